"""The rules in force in a local run: journalled when they come, renewed while it goes on, and what they say of the past.

Called by `streams.local`. A set is adopted between two articles, never within one: adopting and deciding are each one
transaction without an await in it. Until a set is adopted the one before it decides.
"""

import asyncio
import time
from dataclasses import dataclass, field, replace

import structlog

from rules.model import Rule, RuleSet
from streams import backfill, metrics, pipeline, wire
from streams.alerting.decision import Decision
from streams.backfill import SLICE
from streams.errors import EnvironmentFault, FencedOff
from streams.labels.wanted import Desk
from streams.records.flow import Reading
from streams.records.progress import Backfill
from streams.reload import Watch
from streams.stages import either
from streams.store import journal
from streams.store.lock import Lock
from streams.store.store import Store

AGAIN_S = 5.0  # after a fault of the environment; the articles' own tries decide whether the run ends
BREATH_S = 0.02  # between two slices, for everything else of the run
SLICE_S = 0.05  # what a slice may take; an article waits for one at most
_MOST = 256  # incidents in a slice
TOLD_EVERY_S = 10.0  # how often the log says how far a pass has come

_log = structlog.get_logger("rules")


@dataclass(slots=True, kw_only=True)
class InForce:
    """The rule set that decides, and its desk.

    Attributes:
        renewed: set when there may be something to look back for.
    """

    store: Store
    lock: Lock
    rules: RuleSet
    desk: Desk
    renewed: asyncio.Event = field(default_factory=asyncio.Event)
    stepping: asyncio.Lock = field(default_factory=asyncio.Lock)  # one step at a time
    _size: int = SLICE  # incidents of the next slice

    def adopt(self, rules: RuleSet, desk: Desk) -> None:
        """Journals the set if it differs from the one journalled last, and decides by it from now on."""
        texts = pipeline.desk_texts(rules, desk)
        last = journal.last(self.store, "rules")
        before = wire.decode(last.payload, pipeline.RuleTexts) if last else None
        if before != texts:
            changed = pipeline.changed_rules(rules, before)
            with self.store.matching(self.lock) as memory:
                pipeline.take_rules(texts, changed, memory, desk)
            gone = sorted(set(before.hashes) - set(texts.hashes)) if before else []
            _log.info("rules adopted", rules=len(rules.rules), changed=[rule.id for rule in changed], gone=gone)
        self.rules, self.desk = rules, desk
        self.renewed.set()
        metrics.note_rules(rule.mode for rule in rules.rules)

    async def renew(self, watch: Watch) -> None:
        """Adopts every good set that the watch finds, until it ends."""
        async for rules in watch.sets(self.rules):
            desk = await asyncio.to_thread(self._desk, rules)
            while not watch.stop.is_set():
                try:
                    self.adopt(rules, desk)
                except FencedOff:
                    raise
                except EnvironmentFault as fault:
                    _log.error("cannot adopt the rules, trying again", fault=str(fault), wait_s=AGAIN_S)
                    await asyncio.sleep(AGAIN_S)
                else:
                    break

    async def look_back(self, stop: asyncio.Event) -> None:
        """Takes slice after slice of the past while there is one, with a breath between them, until the run stops."""
        told_at = 0.0
        while not stop.is_set():
            self.renewed.clear()
            try:
                one, left = await self._step()
            except FencedOff:
                raise
            except EnvironmentFault as fault:
                _log.error("cannot look back, trying again", fault=str(fault), wait_s=AGAIN_S)
                await either(AGAIN_S, stop)
                continue
            if one is None and not left:
                await either(None, stop, self.renewed)
            elif one is not None and (not left or time.monotonic() - told_at >= TOLD_EVERY_S):
                told_at = time.monotonic()
                words = {"rules": list(one.rules), "judged": one.judged, "of": one.total}
                if left:
                    _log.info("looking back at what is known", **words)
                else:
                    _log.info("looked back at what is known", **words)
            await asyncio.sleep(BREATH_S)

    async def make_ready(self, reading: Reading) -> None:
        """Ends the pass of a temporal rule that the reading touches, step by step: the reading waits, the run does not."""
        while True:
            with self.store.remembering() as memory:
                if not pipeline.owes(reading, memory, self.desk):
                    return
            await self._step()
            await asyncio.sleep(0)

    async def _step(self) -> tuple[Backfill | None, bool]:
        """The pass after its next step, and whether it goes on; what takes long is found beside the run."""
        async with self.stepping:
            found = await asyncio.to_thread(self._episodes, self.desk)
            if found is None:
                return self._slice()
            one, rule, episodes = found
            with self.store.matching(self.lock) as memory:
                moved = backfill.end(one, rule, episodes, memory, self.desk)
                return moved, backfill.left(moved, memory)

    def _episodes(self, desk: Desk) -> tuple[Backfill, Rule, Decision] | None:
        """The episodes of a temporal rule, where they are the next step; none, loudly, when they cannot be found."""
        with self.store.remembering() as memory:
            due = backfill.due(memory, desk)
            if due is None:
                return None
            try:
                return *due, backfill.episodes(due[1], memory, desk)
            except EnvironmentFault:
                raise
            except Exception:  # noqa: BLE001 - the edge of the loop, as in `_slice`: the rule is named and goes on without its past
                _log.exception("a new rule failed on the past; it knows none", rule=due[1].id)
                return *due, Decision()

    def _slice(self) -> tuple[Backfill | None, bool]:
        """The pass after its next slice, and whether it goes on; an incident that cannot be judged is passed over by name."""
        for limit in (self._size, 1):
            try:
                begun = time.perf_counter()
                with self.store.matching(self.lock) as memory:
                    one = pipeline.look_back(memory, self.desk, limit=limit)
                    left = one is not None and backfill.left(one, memory)
                self._size = fitted(limit, time.perf_counter() - begun)
                return one, left
            except EnvironmentFault:
                raise
            except Exception:  # noqa: BLE001 - the edge of the loop: the incident is named, passed over, and the loop goes on
                if limit == 1:
                    with self.store.matching(self.lock) as memory:
                        name = backfill.pass_over(memory)
                    _log.exception("the new rules failed on an incident; it is passed over", incident=name)
        return None, True

    def _desk(self, rules: RuleSet) -> Desk:
        return replace(self.desk, rules=rules.rules)


def fitted(size: int, took_s: float) -> int:
    """How many incidents the next slice has, after one of that size took so long; it at most doubles."""
    return max(1, min(_MOST, 2 * size, int(size * SLICE_S / max(took_s, 1e-6))))
