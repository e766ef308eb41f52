"""Sentences that update an event without telling one: "no casualties", "it was unclear whether", "had yet to comment".

Called by the reader after the drafts are joined. A qualifier goes to the event told last before it that it can speak of, and
raises nothing by itself.
"""

import re
from bisect import bisect_left
from collections.abc import Sequence
from datetime import timedelta

from streams.extract import background, outcome, pauses, quantities, responsibility, statements
from streams.extract.cues import Cue
from streams.extract.drafts import Cluster, Draft
from streams.extract.parsed import Parsed, Wording
from streams.extract.refer import References
from streams.extract.sentences import Prefilter
from streams.extract.sheets import Line
from streams.extract.signs import Signs
from streams.extract.tellings import Teller, qualifier
from streams.records.flow import Telling

CUES = (
    *statements.CUES,
    "failed", "fail", "unclear", "clear", "intercepted", "intercept", "shot down", "downed", "destroyed", "casualties", "casualty", "injuries", "injured", "hurt",
    "killed", "wounded", "dead", "damage", "damaged", "death toll", "toll", "died", "missed", "fell short", "denied", "false", "yet to", "resumed", "pause", "lull",
    "first", "since", "claimed", "responsibility", "house", "houses", "hosts", "hosting", "housing", "home to", "used by", "stationed", "troops", "forces", "soldiers",
    "death", "deaths", "killing", "kill", "kills", "displaced", "foiled", "thwarted", "averted", "repelled", "repulsed", "disrupted", "destroying", "damaging", "wounding", "injuring",
    "injury", "direct hit", "direct hits", "detained", "arrested", "missing", "malfunctioned", "overshot", "unsuccessful", "botched", "abortive", "uncertain", "unconfirmed", "ablaze", "on fire",
    "personnel", "detonate", "both", "called it", "investigating", "unknown", "comment", "statement", "perpetrators", "calm", "truce", "quiet",
)  # fmt: skip
_CALLED = Cue(
    r"\b(?:call|calls|called|describe[sd]?|label+ed|term(?:s|ed)) (?:it|the (?:blast|explosion|incident|fire)) (?:as )?an? (?:\w+ ){0,3}attack\b",
    re.IGNORECASE,
)
_REACH = 6  # sentences; an assumption: further on, an article speaks of something else


class Additions:
    """Which sentences that tell nothing are parsed because they may add to what the article tells."""

    def __init__(self, signs: Signs) -> None:
        self._signs = signs
        self._cues = Prefilter(CUES)

    def of(self, rest: Sequence[Line], drafts: Sequence[Draft], references: References) -> list[Line]:
        """Those of an article's other sentences that may qualify an event, state a lull, or say more of a base."""
        if not drafts:
            return []
        told = sorted({d.sentence for d in drafts if not d.statement and d.telling.path[0] in ("violence", "accidents")})
        said = min((d.sentence for d in drafts if d.statement), default=None)
        attacked = any("armed-attack" in d.telling.path for d in drafts)
        found = []
        for line in rest:
            if not self._cues.hits(line.text):
                continue
            place = bisect_left(told, line.number)
            near = place > 0 and line.number - told[place - 1] <= _REACH
            words = Wording(line.number, line.where, line.start, line.text)
            if (
                (near and _may_qualify(words))
                or (said is not None and said < line.number and responsibility.not_yet(words) is not None)
                or (attacked and pauses.may_state(words))
                or (references.bases_told and self._signs.base(line.text))
            ):
                found.append(line)
        return found


def _may_qualify(words: Wording) -> bool:
    """Whether a sentence has what `qualifier` looks for, all of which is words alone."""
    return bool(
        outcome.outcomes(words, None)
        or background.doubts(words)
        or responsibility.not_yet(words)
        or responsibility.disowns(words) is not None
        or responsibility.claims(words) is not None
        or _CALLED.search(words.plain)
        or quantities.casualties(words.text)
    )


def attach(clusters: Sequence[Cluster], sheets: Sequence[Parsed], teller: Teller, references: References) -> None:
    """Hangs qualifying sentences on their clusters, and lulls that the text states beside an attack."""
    telling_sentences = {(d.telling.sentence.where, d.telling.sentence.start) for c in clusters for d in c.drafts}
    for parsed in sheets:
        if (parsed.where, parsed.start) in telling_sentences:
            continue
        _lull(clusters, parsed, teller)
        home = _speaks_of(clusters, parsed, references)
        if home is None:
            continue
        if _long_past(parsed):
            continue
        told = _called_attack(parsed, home) or qualifier(parsed, home.lead, teller, references)
        if told is not None:
            home.qualifiers.append(told)


def _long_past(parsed: Parsed) -> bool:
    """Whether a sentence speaks of another year: "the airliner that crashed on 12 August 1985, killing 520"."""
    dated = [timed.interval for timed in parsed.times if timed.interval is not None and timed.relation != "since"]
    return bool(dated) and all(interval.end < parsed.published - timedelta(days=300) for interval in dated)


def _called_attack(parsed: Parsed, home: Cluster) -> Telling | None:
    """ "Commanders called it an attack, the military said it was investigating": what an explosion was is in dispute."""
    match = _CALLED.search(parsed.plain)
    if match is None or "explosion" not in home.lead.path:
        return None
    return Telling(
        type=home.lead.type,
        path=home.lead.path,
        trigger=parsed.span(match.start(), match.end()),
        sentence=parsed.whole(),
        standing="disputed",
        adds="qualifies",
    )


def _speaks_of(clusters: Sequence[Cluster], parsed: Parsed, references: References) -> Cluster | None:
    """The cluster that a qualifying sentence speaks of: the one told last before it."""
    before = [c for c in clusters if any(d.sentence < parsed.number for d in c.drafts)]
    if responsibility.not_yet(parsed) is not None:
        groups = {
            p.id
            for token in parsed.tokens
            if token.dep_ in ("nsubj", "nsubjpass")
            for p in [references.who(parsed, token)]
            if p is not None and p.id
        }
        spoken = [c for c in before if c.drafts[0].statement and groups & {a.id for a in c.lead.actors}]
        if spoken:
            return spoken[-1]
    attacks = [c for c in before if not c.drafts[0].statement and c.lead.path[0] in ("violence", "accidents")]
    near = [c for c in attacks if parsed.number - _latest(c, parsed.number) <= _REACH]
    return max(near, key=lambda c: _latest(c, parsed.number), default=None)


def _latest(cluster: Cluster, number: int) -> int:
    return max((d.sentence for d in cluster.drafts if d.sentence < number), default=-100)


def _lull(clusters: Sequence[Cluster], parsed: Parsed, teller: Teller) -> None:
    """ "The outpost had not been attacked since January": a pause stated beside the attack that ended it."""
    found = pauses.find(parsed, teller.deeds.triggers.is_attack, lambda t: teller.deeds.cast.participant(parsed, t))
    if found is None:
        return
    attacks = [c for c in clusters if "armed-attack" in c.lead.path and c.lead.stage == "happened"]
    if not attacks:
        return
    lead = attacks[0].lead
    attacks[0].qualifiers.append(
        Telling(
            type=lead.type, path=lead.path, trigger=found.pause.quote, sentence=parsed.whole(), pause=found.pause, adds="qualifies"
        )
    )
