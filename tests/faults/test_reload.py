"""Rule files broken, mended, replaced and touched again and again while news comes in: no alert is dropped, none is repeated."""

import asyncio
import os
import random
import shutil
import signal
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from peers.run import PACK, Run, met
from peers.world import (
    BASES,
    DAYS,
    EPOCH,
    SPEED,
    World,
    assert_nothing_lost,
    assert_nothing_repeated,
    assert_replayable,
    drain,
    told,
    world,
)

from streams import pipeline, wire
from streams.store import journal
from streams.store.outbox import StoreOutbox
from streams.store.progress import under_way
from streams.store.store import Store

STRIKE = "strike-on-us-base"
REFUSED, ADOPTED = "RULES NOT LOADED: the last good set stays in force", "rules adopted"
RULES = PACK.read_text(encoding="utf-8")
CALMER = RULES.replace("      - high\n", "      - low\n", 1)  # another hash of the strike rule, so that it looks at its past
THREATS = "version: 1\nrules:\n  - {id: any-threat, title: Threat, owner: desk, when: {event: threat}, severity: low}\n"
HALF = RULES[: RULES.index("severity:") + 4]
BROKEN = (HALF, "", "version: 1\nrules: [}\n", RULES.replace("event: armed-attack", "event: armed-atack", 1), "\0", "rules: [")


class Vandal:
    """Everything that editors, deployments and operators do to a folder of rules; each trick leaves it right or mended later."""

    def __init__(self, folder: Path, run: Run, chance: random.Random) -> None:
        self.folder, self.run, self.chance = folder, run, chance
        self.file = folder / "us-forces.yaml"
        self.done: Counter[str] = Counter()

    async def play(self, end: float) -> None:
        """The first tricks each until the run has said what it made of them, then any of them quickly, until that moment."""
        for trick, answer in ((self.breaks, REFUSED), (self.edits, ADOPTED), (self.breaks, REFUSED), (self.mends, ADOPTED)):
            before = self.said(answer)
            self.plays(trick)
            await met(lambda answer=answer, before=before: self.said(answer) > before)
        tricks = [self.breaks, self.mends, self.edits, self.renames, self.touches, self.adds, self.removes, self.replaces]
        tricks += [self.litters, self.asks]
        while time.monotonic() < end:
            self.plays(self.chance.choice(tricks))
            await asyncio.sleep(self.chance.choice((0.02, 0.1, 0.5, 0.9)))  # the last two let the run take it over
            assert self.run.process.returncode is None, self.run.text

    def plays(self, trick: Callable[[], None]) -> None:
        self.done[trick.__name__] += 1
        trick()

    def said(self, event: str) -> int:
        return sum(line.get("event") == event for line in self.run.log)

    def breaks(self) -> None:
        self.file.write_text(self.chance.choice(BROKEN), encoding="utf-8")

    def mends(self) -> None:
        self.file.write_text(RULES, encoding="utf-8")

    def edits(self) -> None:
        """In place: truncated, half of it, the rest."""
        with self.file.open("w", encoding="utf-8") as out:
            out.write(HALF)
            out.flush()
            out.write(CALMER[len(HALF) :])

    def renames(self) -> None:
        (self.folder / ".us-forces.yaml.new").write_text(self.chance.choice((RULES, CALMER)), encoding="utf-8")
        (self.folder / ".us-forces.yaml.new").replace(self.file)

    def touches(self) -> None:
        os.utime(self.file)

    def adds(self) -> None:
        (self.folder / "threats.yaml").write_text(THREATS, encoding="utf-8")

    def removes(self) -> None:
        (self.folder / "threats.yaml").unlink(missing_ok=True)

    def replaces(self) -> None:
        """The folder itself, as deployments do."""
        new, old = self.folder.with_name("new"), self.folder.with_name("old")
        new.mkdir()
        (new / self.file.name).write_text(self.chance.choice((RULES, CALMER)), encoding="utf-8")
        self.folder.rename(old)
        new.rename(self.folder)
        shutil.rmtree(old)

    def litters(self) -> None:
        (self.folder / ".us-forces.yaml.swp").write_bytes(b"\0\1")
        (self.folder / "us-forces.yaml~").write_text(HALF, encoding="utf-8")

    def asks(self) -> None:
        self.run.process.send_signal(signal.SIGHUP)


def assert_told_once(store: Store) -> None:
    """Each strike is new once, whatever became of the rule meanwhile, and no edit of a rule took back or corrected anything."""
    alerts = {alert.id: alert for one in StoreOutbox(store).since(EPOCH) for alert in one.delivery.alerts}.values()
    new = Counter(alert.incident for alert in alerts if alert.label.rule == STRIKE and alert.kind == "new")
    assert set(new.values()) == {1}
    assert len(new) == len([row for row in told(store) if row.rule == STRIKE]) == len(BASES) * len(DAYS)
    assert {alert.kind for alert in alerts} <= {"new", "update"}


async def vandalised(made: World, seconds: float, chance: random.Random) -> tuple[Counter[str], Run]:
    async with Run.started(made.folder, clock=made.now(), speed=SPEED) as run:
        await run.until("running")
        vandal = Vandal(made.folder / "rules", run, chance)
        await vandal.play(time.monotonic() + seconds)
        vandal.replaces()
        vandal.mends()
        vandal.adds()
        await met(lambda: run.log[-1:] != [] and in_force(made) == {"rules/us-forces.yaml": RULES, "rules/threats.yaml": THREATS})
        await drain(made, run)
        return vandal.done, run


def in_force(made: World) -> dict[str, str]:
    """The rule files journalled last, by path below the desk's folder."""
    with Store.open(made.store, read_only=True) as store:
        last = journal.last(store, "rules")
        assert last is not None
        texts = wire.decode(last.payload, pipeline.RuleTexts).texts
    return {Path(path).relative_to(made.folder.resolve()).as_posix(): text for path, text in texts.items()}


@pytest.mark.parametrize(("seconds", "articles"), [(8, 96), pytest.param(180, 300, marks=pytest.mark.soak)])
async def test_no_change_of_rule_files_loses_or_repeats_an_alert(tmp_path: Path, seconds: int, articles: int) -> None:
    """Counted from the source's own log: each article in the ledger, each alert in the channel once, and a journal that replays."""
    begun = time.monotonic()
    async with world(tmp_path / "desk", seconds=float(seconds), seed=seconds, articles=articles, answer_s=0.0) as made:
        (made.folder / "rules").mkdir()
        (made.folder / "rules" / "us-forces.yaml").write_text(RULES, encoding="utf-8")
        settings = (made.folder / "tocsin.yaml").read_text(encoding="utf-8")
        (made.folder / "tocsin.yaml").write_text(settings.replace(f"rules: {PACK}", "rules: rules"), encoding="utf-8")
        done, run = await vandalised(made, seconds, random.Random(seconds))
        lines = Counter(line.get("event") for line in run.log)
        with Store.open(made.store, read_only=True) as store:
            known = assert_nothing_lost(store, made)
            posts = assert_nothing_repeated(store, made)
            assert_told_once(store)
            alerts = assert_replayable(store)
            assert under_way(store) == ()
        refused, adopted = lines[REFUSED], lines[ADOPTED]
        looked = lines["looked back at what is known"]
        told_us = f"{sum(done.values())} tricks, adopted {adopted}, refused {refused}, looked back {looked}"
        print(f"{told_us}, taken {known.taken}, posts {posts}, alerts {alerts}, {time.monotonic() - begun:.0f} s")
        assert "Traceback" not in run.text
        assert adopted >= 4
        assert refused >= 2
        assert looked >= 1
