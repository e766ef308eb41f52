"""Rule files under an editor's hands: only whole and right sets come out, and what is wrong is said, once and loudly."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, MutableMapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from peers.run import met
from structlog.testing import capture_logs

from rules.load import load_rules
from rules.model import RuleSet
from streams.knowledge import world
from streams.knowledge.world import Knowledge
from streams.reload import Sources, Watch

SETTLE_S, RESCAN_S = 0.1, 0.5
REFUSED = "RULES NOT LOADED: the last good set stays in force"


@pytest.fixture(scope="module")
def known() -> Knowledge:
    return world.load()


def rule(name: str, event: str = "armed-attack") -> str:
    return f"  - {{id: {name}, title: {name}, owner: desk, when: {{event: {event}}}, severity: high}}\n"


def file(*names: str, event: str = "armed-attack") -> str:
    return "version: 1\nrules:\n" + "".join(rule(name, event) for name in names)


@dataclass
class Desk:
    """A folder of rules that is watched."""

    folder: Path
    found: list[list[str]]  # ids of each set that came out
    log: list[MutableMapping[str, Any]]
    asked: asyncio.Event

    def __post_init__(self) -> None:
        self.folder.mkdir(exist_ok=True)

    def write(self, text: str, name: str = "a.yaml") -> None:
        (self.folder / name).write_text(text, encoding="utf-8")

    def said(self, event: str) -> list[MutableMapping[str, Any]]:
        return [line for line in self.log if line["event"] == event]

    async def comes(self, *names: str) -> None:
        """Returns when the newest set is this one."""
        await met(lambda: bool(self.found) and self.found[-1] == list(names), 10.0)

    async def nothing_comes(self, seconds: float = 6 * SETTLE_S) -> None:
        before = len(self.found)
        await asyncio.sleep(seconds)
        assert self.found[before:] == []


@asynccontextmanager
async def watched(folder: Path, known: Knowledge, *fixed: Path) -> AsyncIterator[Desk]:
    desk = Desk(folder, [], [], asyncio.Event())
    desk.write(file("one"))
    first = load_rules([folder], known)
    stop = asyncio.Event()
    sources = Sources(paths=(folder,), knowledge=known, channels=("console",), feeds=None, kept=timedelta(days=400), fixed=fixed)

    async def hear(watch: Watch, in_force: RuleSet) -> None:
        async for one in watch.sets(in_force):
            desk.found.append([rule.id for rule in one.rules])

    with capture_logs() as log:
        desk.log = log
        watch = Watch(sources, desk.asked, stop, SETTLE_S, RESCAN_S)
        hearing = asyncio.create_task(hear(watch, first))
        await asyncio.sleep(0.2)  # the notices begin
        try:
            yield desk
        finally:
            stop.set()
            await asyncio.wait_for(hearing, 5.0)


async def test_a_good_set_comes_once_and_a_bad_one_is_told_whole_and_once(tmp_path: Path, known: Knowledge) -> None:
    """Two files with a mistake each: both are named with line and column; what is mended back is no new set."""
    async with watched(tmp_path / "rules", known) as desk:
        desk.write(file("one", "two"))
        await desk.comes("one", "two")
        desk.write(file("one", "two", event="armed-atack"))
        desk.write("version: 1\nrules: []\nrulse: []\n", "b.yaml")
        await met(lambda: bool(desk.said(REFUSED)))
        await desk.nothing_comes()
        told = [line["mistake"] for line in desk.said("mistake in the rules")]
        places = [line.removeprefix(f"{desk.folder.as_posix()}/").partition(": ")[0] for line in told]
        assert places == ["a.yaml:3:54", "a.yaml:4:54", "b.yaml:3:1"]
        assert 'did you mean "armed-attack"?' in told[0]
        assert desk.said(REFUSED)[0]["mistakes"] == 3
        assert {line["log_level"] for line in desk.said("mistake in the rules") + desk.said(REFUSED)} == {"error"}
        desk.asked.set()  # an operator asks again: told again
        await met(lambda: len(desk.said(REFUSED)) == 2)
        (desk.folder / "b.yaml").unlink()
        desk.write(file("one", "two"))
        await met(lambda: bool(desk.said("rules read again: as they are in force")))
        assert desk.found == [["one", "two"]]


async def test_a_file_that_is_touched_or_written_again_is_no_new_set(tmp_path: Path, known: Knowledge) -> None:
    async with watched(tmp_path / "rules", known) as desk:
        os.utime(desk.folder / "a.yaml")
        desk.write(file("one"))
        (desk.folder / "new.yaml").write_text(file("one"), encoding="utf-8")
        (desk.folder / "new.yaml").replace(desk.folder / "a.yaml")
        await desk.nothing_comes()
        assert not desk.said(REFUSED)


async def test_a_file_that_is_being_written_is_not_judged(tmp_path: Path, known: Knowledge) -> None:
    """Line by line, each state of it a right rule file but for the first: the whole comes, nothing before it."""
    async with watched(tmp_path / "rules", known) as desk:
        with (desk.folder / "a.yaml").open("w", encoding="utf-8") as out:
            for line in file("one", "two", "three", "four").splitlines(keepends=True):
                out.write(line)
                out.flush()
                await asyncio.sleep(SETTLE_S / 5)
        await desk.comes("one", "two", "three", "four")
        assert len(desk.found) == 1
        assert not desk.said(REFUSED)


async def test_what_editors_and_mounts_leave_beside_a_file_is_not_read(tmp_path: Path, known: Knowledge) -> None:
    async with watched(tmp_path / "rules", known) as desk:
        for name in (".a.yaml.swp", "a.yaml~", ".a.yaml", "#a.yaml#", "4913", "a.yaml.tmp"):
            desk.write("half a", name)
        (desk.folder / ".#a.yaml").symlink_to("user@host.1234")
        (desk.folder / "..2031").mkdir()
        desk.write(file("one"), "..2031/a.yaml")
        desk.write(file("two"), "b.yaml")
        await desk.comes("one", "two")
        assert not desk.said(REFUSED)


async def test_a_folder_that_is_replaced_is_still_watched(tmp_path: Path, known: Knowledge) -> None:
    """As deployments do: the notices of the old folder say nothing of the new one. Gone for good: the last set stays."""
    async with watched(tmp_path / "rules", known) as desk:
        (tmp_path / "next").mkdir()
        (tmp_path / "next" / "a.yaml").write_text(file("two"), encoding="utf-8")
        desk.folder.rename(tmp_path / "last")
        (tmp_path / "next").rename(desk.folder)
        await desk.comes("two")
        await asyncio.sleep(3 * RESCAN_S)
        desk.write(file("three"))
        await desk.comes("three")
        shutil.rmtree(desk.folder)
        await met(lambda: bool(desk.said(REFUSED)))
        desk.folder.mkdir()
        desk.write(file("three", "four"))
        await desk.comes("three", "four")
        assert desk.found == [["two"], ["three"], ["three", "four"]]


async def test_a_watch_list_outside_the_folder_is_part_of_the_set(tmp_path: Path, known: Knowledge) -> None:
    """It gives no notices; reading again finds it."""
    sites = tmp_path / "sites.yaml"
    words = "version: 1\nsites: [{{id: plant, name: Plant, at: [30.5, {east}], radius: 5km}}]\n"
    sites.write_text(words.format(east=47.8), encoding="utf-8")
    text = (
        "version: 1\nwatch: {sites: ../sites.yaml}\nrules:\n"
        "  - {id: near, owner: desk, when: {near: {watch: sites, within: 9km}}, severity: low}\n"
    )
    async with watched(tmp_path / "rules", known) as desk:
        desk.write(text)
        await desk.comes("near")
        sites.write_text(words.format(east=48.8), encoding="utf-8")
        await met(lambda: len(desk.found) == 2, 10.0)


async def test_settings_that_change_are_told_to_need_a_restart(tmp_path: Path, known: Knowledge) -> None:
    settings = tmp_path / "tocsin.yaml"
    settings.write_text("workers: 2\n", encoding="utf-8")
    async with watched(tmp_path / "rules", known, settings) as desk:
        settings.write_text("workers: 3\n", encoding="utf-8")
        words = "changed, and read at the start only: restart the run to apply it"
        await met(lambda: bool(desk.said(words)), 10.0)
        await desk.nothing_comes(3 * RESCAN_S)
        assert [line["file"] for line in desk.said(words)] == [str(settings)]


async def test_what_changed_between_the_start_and_the_watch_is_found(tmp_path: Path, known: Knowledge) -> None:
    """The set in force was read long before the first look: loading a language model takes seconds."""
    folder = tmp_path / "rules"
    folder.mkdir()
    (folder / "a.yaml").write_text(file("one"), encoding="utf-8")
    first = load_rules([folder], known)
    (folder / "a.yaml").write_text(file("two"), encoding="utf-8")
    stop = asyncio.Event()
    sources = Sources(paths=(folder,), knowledge=known, channels=("console",), feeds=None, kept=timedelta(days=400))
    async with asyncio.timeout(10):
        async for one in Watch(sources, asyncio.Event(), stop, SETTLE_S, RESCAN_S).sets(first):
            assert [each.id for each in one.rules] == ["two"]
            stop.set()
