"""Random work on both fillings of the Memory port at once: whatever is asked, they answer alike."""

import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from hypothesis import HealthCheck, settings, strategies
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from peers.remembered import day, days, delivery, event, incident, point, reading, told

from streams.memory import DictMemory
from streams.ports import Memory
from streams.records.flow import Disposition
from streams.records.orders import Ack, Timer
from streams.records.prints import Backing, Print
from streams.records.progress import Backfill
from streams.store.store import Store

ARTICLES = strategies.sampled_from("abc")
EVENTS = strategies.sampled_from([f"{name}#{revision}#text#{offset}" for name in "abc" for revision in (1, 2) for offset in (0, 9)])
INCIDENTS = strategies.sampled_from(["I1-1", "I2-1", "I10-1", "I3-2"])
RULES = strategies.sampled_from(["strike", "resume", "Über"])
ENTRIES = strategies.sampled_from([3, 7])
REVISIONS = strategies.integers(1, 3)
HALF_DAYS = strategies.integers(-6, 60).map(lambda number: number / 2)
SPANS = strategies.tuples(HALF_DAYS, strategies.sampled_from([0, 0.5, 1, 2, 3, 7, 30, 400])).map(
    lambda pair: days(pair[0], sum(pair))
)
KEYS = strategies.sampled_from(["a", "ä", "r\nI1-1"])
HANDLES = strategies.lists(strategies.sampled_from(["at hit", "by IQ", "*"]), unique=True, max_size=3)
MARKS = strategies.sets(strategies.sampled_from([-(2**63), -1, 0, 7, 2**63 - 1]), min_size=1)
CHANNELS = strategies.sampled_from(["console", "mail:duty"])


class Twins(RuleBasedStateMachine):
    """Both fillings, each operation in a transaction of its own, so that nothing hides in a connection."""

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.store = self.stack.enter_context(Store.open(self.address()))
        self.lock = self.stack.enter_context(self.store.lock(day(0)))
        self.dicts = DictMemory()
        self.closed: set[tuple[str, int]] = set()

    def address(self) -> str:
        """Of an empty store."""
        folder = self.stack.enter_context(tempfile.TemporaryDirectory())
        return str(Path(folder) / "twins.db")

    def teardown(self) -> None:
        self.stack.close()

    def both(self, work: str, *arguments: object, **named: object) -> None:
        expected = getattr(self.dicts, work)(*arguments, **named)
        with self.store.matching(self.lock) as rows:
            found = getattr(rows, work)(*arguments, **named)
        assert found == expected, work

    @rule(at=HALF_DAYS)
    def append(self, at: float) -> None:
        self.both("append", "tick", day(at), b'{"at":1}')

    @rule(name=ARTICLES, revision=REVISIONS, offsets=strategies.lists(strategies.sampled_from([0, 9, 40]), unique=True), time=SPANS)
    def put_reading(self, name: str, revision: int, offsets: list[int], time: object) -> None:
        events = [event(name, revision, offset, time) for offset in offsets]  # type: ignore[arg-type]
        self.both("put_reading", reading(name, revision, events))

    @rule(
        name=INCIDENTS,
        time=strategies.none() | SPANS,
        events=strategies.lists(EVENTS, unique=True, max_size=4),
        published=HALF_DAYS,
        handles=HANDLES,
    )
    def put_incident(self, name: str, time: object, events: list[str], published: float, handles: list[str]) -> None:
        self.both("put_incident", incident(name, time, events, published=published, handles=handles))  # type: ignore[arg-type]

    @rule(handles=HANDLES, start=HALF_DAYS, length=strategies.integers(0, 40))
    def incidents_by(self, handles: list[str], start: float, length: int) -> None:
        self.both("incidents_by", handles, day(start), day(start + length / 2))

    @rule(name=INCIDENTS)
    def drop_incident(self, name: str) -> None:
        self.both("drop_incident", name)

    @rule(name=INCIDENTS, of=RULES, start=HALF_DAYS, length=strategies.sampled_from([0, 0.5, 1, 40]))
    def put_point(self, name: str, of: str, start: float, length: float) -> None:
        self.both("put_point", of, point(name, start, start + length))

    @rule(name=INCIDENTS, of=RULES)
    def drop_point(self, name: str, of: str) -> None:
        self.both("drop_point", of, name)

    @rule(of=RULES, start=HALF_DAYS, length=strategies.integers(0, 40))
    def points(self, of: str, start: float, length: int) -> None:
        self.both("points", of, day(start), day(start + length / 2))

    @rule(of=RULES, subject=strategies.sampled_from(["I1-1", "s#2", "ß"]), anchor=INCIDENTS, ordinal=strategies.integers(0, 3))
    def put_told(self, of: str, subject: str, anchor: str, ordinal: int) -> None:
        self.both("put_told", told(of, subject, anchor, ordinal))

    @rule(name=ARTICLES, published=HALF_DAYS, keys=MARKS)
    def put_print(self, name: str, published: float, keys: set[int]) -> None:
        self.both("put_print", Print(article=name, published=day(published), shingles=b"", keys=tuple(sorted(keys))))

    @rule(name=ARTICLES)
    def drop_print(self, name: str) -> None:
        self.both("drop_print", name)

    @rule(before=HALF_DAYS)
    def forget_prints(self, before: float) -> None:
        self.both("forget_prints", day(before))

    @rule(keys=MARKS, start=HALF_DAYS, length=strategies.integers(0, 40), limit=strategies.integers(1, 3))
    def sharing(self, keys: set[int], start: float, length: int, limit: int) -> None:
        self.both("sharing", sorted(keys), day(start), day(start + length / 2), limit)

    @rule(name=ARTICLES, copies=strategies.sets(ARTICLES), asked=strategies.sets(ARTICLES))
    def backing(self, name: str, copies: set[str], asked: set[str]) -> None:
        self.both("put_backing", Backing(article=name, copies=tuple(sorted(copies))))
        self.both("backings", sorted(asked))

    @rule(entry=ENTRIES, total=strategies.integers(1, 9), after=strategies.just("") | INCIDENTS)
    def put_backfill(self, entry: int, total: int, after: str) -> None:
        self.both("put_backfill", Backfill(entry=entry, rules=("strike",), total=total, after=after))

    @rule(entry=ENTRIES)
    def drop_backfill(self, entry: int) -> None:
        self.both("drop_backfill", entry)

    @rule(entry=ENTRIES, incidents=strategies.lists(INCIDENTS, unique=True))
    def mark_judged(self, entry: int, incidents: list[str]) -> None:
        known = self.dicts.judged(entry, incidents)
        self.both("mark_judged", entry, [name for name in incidents if name not in known])

    @rule(entry=ENTRIES, after=strategies.just("") | INCIDENTS, limit=strategies.integers(1, 5))
    def unjudged(self, entry: int, after: str, limit: int) -> None:
        self.both("unjudged", entry, after, limit)

    @rule(of=INCIDENTS, channel=CHANNELS)
    def enqueue(self, of: str, channel: str) -> None:
        self.both("enqueue", delivery(of, self.dicts.deliveries(of, channel) + 1, channel=channel))

    @rule(name=ARTICLES, revision=REVISIONS)
    def dispose(self, name: str, revision: int) -> None:
        if (name, revision) not in self.closed:
            self.closed.add((name, revision))
            self.both("dispose", [Disposition(article=name, revision=revision, event="", rule="", outcome="matched")])

    @rule(due=HALF_DAYS, key=KEYS)
    def put_timer(self, due: float, key: str) -> None:
        self.both("put_timer", Timer(due=day(due), kind="hold", key=key))

    @rule(key=KEYS)
    def drop_timer(self, key: str) -> None:
        self.both("drop_timer", "hold", key)

    @rule(key=KEYS, of=INCIDENTS, kind=strategies.sampled_from(["ack", "mute"]))
    def put_note(self, key: str, of: str, kind: str) -> None:
        self.both("put_note", kind, key, Ack(incident=of))

    @rule(key=KEYS, kind=strategies.sampled_from(["ack", "mute"]))
    def drop_note(self, key: str, kind: str) -> None:
        self.both("drop_note", kind, key)

    @rule(start=HALF_DAYS, length=strategies.integers(0, 40))
    def incidents_between(self, start: float, length: int) -> None:
        self.both("incidents_between", day(start), day(start + length / 2))

    @rule(ids=strategies.lists(EVENTS))
    def events(self, ids: list[str]) -> None:
        self.both("events", ids)

    @invariant()
    def all_answers_agree(self) -> None:
        with self.store.matching(self.lock) as rows:
            assert self.answers(rows) == self.answers(self.dicts)

    @staticmethod
    def answers(memory: Memory) -> dict[str, object]:
        incidents, rules = ("I1-1", "I2-1", "I10-1", "I3-2"), ("strike", "resume", "Über")
        return {
            "clock": memory.clock(),
            "passes": (memory.backfills(), memory.count_incidents(), [memory.judged(entry, incidents) for entry in (3, 7)]),
            "articles": [(memory.revision(name), memory.article(name), memory.events_of(name)) for name in "abc"],
            "incidents": [memory.incident(name) for name in incidents],
            "all": memory.incidents_between(day(-1000), day(1000)),
            "of": [memory.incident_of(f"{name}#{n}#text#{offset}") for name in "abc" for n in (1, 2) for offset in (0, 9)],
            "points": [memory.points(of, day(-1000), day(1000)) for of in rules],
            "point": [memory.point(of, name) for of in rules for name in incidents],
            "told": [memory.told_by(of) for of in rules] + [memory.told_on(name) for name in incidents],
            "one": [memory.told(of, "I1-1") for of in rules],
            "timers": (memory.next_timer(), memory.timers_due(day(0)), memory.timers_due(day(1000))),
            "notes": [memory.notes(kind, Ack) for kind in ("ack", "mute")] + [memory.note("ack", "ä", Ack)],
            "counts": [memory.deliveries(name, channel) for name in incidents for channel in ("console", "mail:duty")],
        }


SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]
TestTwins = Twins.TestCase
TestTwins.settings = settings(max_examples=30, stateful_step_count=30, deadline=None, suppress_health_check=SLOW)


def test_rows_on_a_server_answer_alike_too(emptied: Callable[[], str]) -> None:
    """Fewer examples: every operation is a transaction, and every transaction a few trips to the server."""

    class OnServer(Twins):
        def address(self) -> str:
            return emptied()

    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        OnServer, settings=settings(max_examples=5, stateful_step_count=30, deadline=None, suppress_health_check=SLOW)
    )
