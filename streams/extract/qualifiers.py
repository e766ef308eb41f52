"""Sentences that update an event without telling one: "no casualties", "it was unclear whether", "had yet to comment".

Called by the reader after the drafts are joined. A qualifier goes to the event told last before it that it can speak of, and
raises nothing by itself.
"""

import re
from collections.abc import Sequence

from streams.extract import pauses, responsibility, statements
from streams.extract.merge import Cluster
from streams.extract.parsed import Parsed
from streams.extract.refer import References
from streams.extract.tellings import Teller, qualifier
from streams.records import Telling

CUES = (
    *statements.CUES,
    "failed", "fail", "unclear", "clear", "intercepted", "intercept", "shot down", "downed", "destroyed", "casualties", "casualty", "injuries", "injured", "hurt",
    "killed", "wounded", "dead", "damage", "damaged", "death toll", "toll", "died", "missed", "fell short", "denied", "false", "yet to", "resumed", "pause", "lull",
    "first", "since", "claimed", "responsibility", "house", "houses", "hosts", "hosting", "housing", "home to", "used by", "stationed", "troops", "forces", "soldiers",
    "personnel", "detonate", "both", "called it", "investigating", "unknown", "comment", "statement", "perpetrators", "calm", "truce", "quiet",
)  # fmt: skip
_CALLED = re.compile(
    r"\b(?:call|calls|called|describe[sd]?|label+ed|term(?:s|ed)) (?:it|the (?:blast|explosion|incident|fire)) (?:as )?an? (?:\w+ ){0,3}attack\b",
    re.IGNORECASE,
)
_REACH = 6  # sentences; an assumption: further on, an article speaks of something else


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
        told = _called_attack(parsed, home) or qualifier(parsed, home.lead, teller, references)
        if told is not None:
            home.qualifiers.append(told)


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
