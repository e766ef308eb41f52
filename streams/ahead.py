"""Readings in inbox order, extracted ahead of the one that is being decided; called by the local run."""

import asyncio
from collections.abc import AsyncGenerator
from functools import partial

from streams.records.flow import Reading
from streams.stages import either, insist, or_stop
from streams.store.inbox import StoreInbox
from streams.workers import Pool

WINDOW = 32  # articles read ahead
IDLE_S = 1.0  # how often the inbox is asked although nobody said that something came


async def in_order(inbox: StoreInbox, pool: Pool, taken: asyncio.Event, stop: asyncio.Event) -> AsyncGenerator[Reading, None]:
    """The reading of every waiting article, in inbox order, until the run stops; each must be decided before the next is asked for.

    Args:
        taken: set when something came into the inbox; cleared here.
    """
    reading: dict[tuple[str, int], asyncio.Task[Reading]] = {}
    try:
        while not stop.is_set():
            taken.clear()
            pending = await insist("look into the inbox", lambda: inbox.pending(limit=WINDOW))
            for article in pending:
                if (article.id, article.revision) not in reading:
                    deaths = await insist("look into the inbox", partial(inbox.deaths, article.id, article.revision))
                    task = asyncio.create_task(pool.read(article, deaths=deaths))
                    reading[article.id, article.revision] = task
            if not pending:
                await either(IDLE_S, taken, stop)
            for article in pending[: max(1, len(pending) // 2)]:  # the other half is read meanwhile
                done = await or_stop(reading[article.id, article.revision], stop)
                if done is None:
                    return
                del reading[article.id, article.revision]
                yield done
    finally:
        for task in reading.values():
            task.cancel()
