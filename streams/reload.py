"""Rule files watched while a run goes on: what comes out is a whole set without a mistake, or nothing and a loud word.

Called by `streams.adopt`. Nothing is trusted but the texts themselves: the system's notices only wake us, and the files are
read again every RESCAN_S whatever it says (network file systems, replaced folders, a watch that ran dry). A text counts once
two readings SETTLE_S apart found the same in all files, so that an editor's half-written file is not judged while it is
being written.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import structlog
from watchfiles import Change, awatch

from rules.load import gather, read_rules
from rules.model import RuleSet
from streams import metrics, pulse
from streams.errors import Mistake
from streams.knowledge.world import Knowledge

SETTLE_S = 0.4  # an assumption: editors that write in place take milliseconds, a slow copy is caught by its next change
RESCAN_S = 2.0
_SUFFIXES = (".yaml", ".yml")

Texts = tuple[Mapping[str, str], tuple[Mistake, ...]]  # by path, and what could not be read

_log = structlog.get_logger("rules")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Where the rules of a run stand, and what they are judged by."""

    paths: tuple[Path, ...]  # rule files and folders
    knowledge: Knowledge
    channels: tuple[str, ...]
    feeds: tuple[str, ...] | None  # None: any
    kept: timedelta  # how long events are kept
    fixed: tuple[Path, ...] = ()  # read at the start only, such as tocsin.yaml


@dataclass(slots=True)
class Watch:
    """The eyes on the files of one run.

    Args:
        sources: what to watch.
        asked: set by whoever wants the files read again now, changed or not.
        stop: ends the watch.
        settle_s: how long the texts must stand still.
        rescan_s: how long nobody looks when there are no notices.
    """

    sources: Sources
    asked: asyncio.Event
    stop: asyncio.Event
    settle_s: float = SETTLE_S
    rescan_s: float = RESCAN_S
    _stir: asyncio.Event = field(default_factory=asyncio.Event)

    async def sets(self, in_force: RuleSet) -> AsyncIterator[RuleSet]:
        """Each set that is right as a whole and other than the one before it; every mistake of the others is logged, once."""
        seen: Texts = (in_force.texts, ())
        fixed = await asyncio.to_thread(_raw, self.sources.fixed)
        notices = asyncio.create_task(self._listen())
        self._stir.set()  # what changed since the set in force was read is found at once
        try:
            while await self._woken():
                fixed = await self._same(fixed)
                asked = self.asked.is_set()
                self.asked.clear()
                now = await self._settled(seen)
                if now is None or (now == seen and not asked):
                    continue
                seen = now
                found = await asyncio.to_thread(_judged, now, self.sources)
                if found is not None and found.texts != in_force.texts:
                    in_force = found
                    yield found
                elif found is not None:
                    _log.info("rules read again: as they are in force", rules=len(found.rules))
        finally:
            notices.cancel()
            with suppress(asyncio.CancelledError):
                await notices

    async def _woken(self) -> bool:
        """Returns when there may be something to read; False when the run stops."""
        waits = [asyncio.create_task(event.wait()) for event in (self._stir, self.asked, self.stop)]
        try:
            await asyncio.wait(waits, timeout=self.rescan_s, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
        self._stir.clear()
        return not self.stop.is_set()

    async def _settled(self, seen: Texts) -> Texts | None:
        """The texts once they stand still; None when they cannot be read at all now, or the run stops."""
        before: Texts | None = None
        while not self.stop.is_set():
            now = await asyncio.to_thread(_texts, self.sources.paths)
            if now is not None and now in (before, seen):
                return now
            before = now
            await asyncio.sleep(self.settle_s)
        return None

    async def _same(self, fixed: dict[Path, bytes]) -> dict[Path, bytes]:
        now = await asyncio.to_thread(_raw, self.sources.fixed)
        for path in sorted(path for path in now.keys() | fixed.keys() if now.get(path) != fixed.get(path)):
            _log.warning("changed, and read at the start only: restart the run to apply it", file=str(path))
        return now

    async def _listen(self) -> None:
        """Wakes at the system's notices; where it gives none, the rescans must do."""
        while not self.stop.is_set():
            folders = {path if path.is_dir() else path.parent for path in self.sources.paths}
            known = {path: _identity(path) for path in folders}
            try:
                notices = awatch(
                    *(path for path in folders if known[path]),
                    watch_filter=_relevant,
                    debounce=200,
                    stop_event=self.stop,
                    rust_timeout=int(self.rescan_s * 1000),
                    yield_on_timeout=True,
                )
                async with aclosing(notices):
                    async for _ in notices:
                        self._stir.set()
                        if any(_identity(path) != known[path] for path in folders):
                            break  # a folder was replaced, and the notices are those of the old one
            except (OSError, RuntimeError) as fault:
                _log.warning(
                    "no notices of changed files; they are read every few seconds", fault=str(fault), every_s=self.rescan_s
                )
                await asyncio.sleep(self.rescan_s * 10)


def _judged(texts: Texts, sources: Sources) -> RuleSet | None:
    """The set, None when anything is wrong with it; what is wrong is logged."""
    channels, feeds = sources.channels, sources.feeds
    found, mistakes = read_rules(texts[0], sources.knowledge, channels=channels, feeds=feeds, kept=sources.kept)
    wrong = [*texts[1], *mistakes]
    count = sum(one.severity == "error" for one in wrong)
    metrics.RULES_WRONG.set(count > 0)
    pulse.HERE.doubts("rules", f"{count} mistakes in the files; the last good set stays in force" if count else "")
    for one in wrong:
        if one.severity == "error":
            _log.error("mistake in the rules", mistake=str(one))
        else:
            _log.warning("doubt about the rules", mistake=str(one))
    if found is not None and not texts[1]:
        return found
    _log.error("RULES NOT LOADED: the last good set stays in force", mistakes=count)
    return None


def _texts(paths: tuple[Path, ...]) -> Texts | None:
    try:
        texts, mistakes = gather(paths)
    except OSError:  # a folder went away while it was listed
        return None
    return texts, tuple(mistakes)


def _raw(paths: tuple[Path, ...]) -> dict[Path, bytes]:
    """Bytes by path of files, and of the YAML files below folders; what cannot be read is left out."""
    found: dict[Path, bytes] = {}
    for path in paths:
        with suppress(OSError):
            for one in sorted(path.rglob("*.yaml")) if path.is_dir() else [path]:
                found[one] = one.read_bytes()
    return found


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _relevant(_: Change, path: str) -> bool:
    return path.endswith(_SUFFIXES)
