"""How far the matcher has taken each partition of a topic, as the store knows it; written and compared by the match role.

A group's own offsets live with the brokers and know nothing of a store that was made from a backup. Noted after a batch is decided
and before it is acknowledged, a place here is never behind what is acknowledged, unless the store is older than that.
"""

from collections.abc import Mapping

from sqlalchemy import select

from streams.store import restored, schema
from streams.store.store import Store


class StorePlaces:
    """The places of a store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def note(self, topic: str, places: Mapping[int, int]) -> None:
        """Writes the next offset to take, by partition."""
        if not places:
            return
        with self._store.writing() as connection:
            for partition, place in places.items():
                schema.upsert(connection, schema.places, {"topic": topic, "partition": partition, "place": place})

    def behind(self, topic: str, acknowledged: Mapping[int, int]) -> dict[int, int]:
        """Partitions of which more is acknowledged than the store has taken, with the offset from which to take them again.

        0 stands for the beginning: the store was made from a backup that knew nothing of the partition.
        """
        table = schema.places.c
        with self._store.reading() as connection:
            rows = connection.execute(select(table.partition, table.place).where(table.topic == topic))
            known = {row.partition: row.place for row in rows}
            if restored.last(connection) is not None:
                known = dict.fromkeys(acknowledged, 0) | known
        return {partition: known[partition] for partition, place in acknowledged.items() if known.get(partition, place) < place}
