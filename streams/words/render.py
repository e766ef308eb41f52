"""A delivery in words: the line a phone shows, the paragraphs behind it, the line for the thread.

Called by deliver and by replay. Pure: no clock, no vendor's markup, same delivery same message. Written for somebody woken
at three in the morning: gravest first, the event before the rule, what is unclear said as loudly as what is known. Every
word from outside is tamed here (`streams.hostile`).
"""

from collections.abc import Iterable, Sequence
from typing import Literal

from streams.hostile import host_of, tame, tame_link
from streams.records.flow import SEVERITIES, Alert, Delivery, EvidenceKind, Interval, Label, Origin, PauseView, Post, Quote
from streams.records.message import Block, Message, Piece
from streams.records.timelines import Pattern
from streams.route import uncorroborated
from streams.words import dating, digests, whereabouts, wording

Kind = Literal["headline", "changes", "quote", "facts", "doubt", "sources", "pause", "why"]

_QUOTES = 4  # sentences shown before "and n more": a screenful
_QUALIFIERS = 3
_SUMMARY_CHARS = 400  # our own bound; phones cut earlier, the gravest words stand first
_PROOFS = {
    "certain": "observed by us",
    "possible": "observed by us, perhaps shorter than the rule asks",
    "unproven": "unproven: feeds that matter were not alive in the gap",
    "stated": "not observed by us",
}
_KINDS = {"new": "ALSO", "update": "UPDATE", "correction": "CORRECTION", "withdrawal": "WITHDRAWN"}


def message(delivery: Delivery, time_zone: str) -> Message:
    """The delivery in words.

    Args:
        time_zone: the desk's, an IANA name; used where a time of day is known.
    """
    if delivery.digest is not None:
        return digests.message(delivery, delivery.digest, time_zone)
    post = delivery.post
    shown = post.labels or post.withdrawn
    blocks = [*_headline(post), *_changes(delivery.alerts)]
    if shown:
        lead = shown[0]
        blocks += _quotes([quote for label in shown for quote in label.evidence], "", _QUOTES)
        blocks += _quotes([quote for label in shown for quote in label.qualifiers], "But: ", _QUALIFIERS)
        blocks += _facts(post, lead, time_zone)
        blocks += [_fact("Pause", _pause(label.pause, label.evidence_kinds), "pause") for label in shown if label.pause]
        blocks += [_fact("Pattern", _pattern(label)) for label in shown if label.pattern]
        blocks += _doubt(shown)
    blocks += _sources(post)
    blocks += [_why(delivery, label, time_zone) for label in shown]
    unacked = "NOT TAKEN · " if any(alert.unacked for alert in delivery.alerts) else ""
    return Message(summary=unacked + _summary(post), blocks=tuple(blocks), reply=_reply(delivery))


def bare(delivery: Delivery) -> Message:
    """The least that can be said: titles and severities. For when `message` fails on a record nobody foresaw."""
    summary = _join("; ".join(_label(label) for label in delivery.post.labels or delivery.post.withdrawn), delivery.incident)
    return Message(summary=summary, blocks=(_line("headline", summary, bold=True),), reply=summary if delivery.ping else "")


def _summary(post: Post) -> str:
    shown = post.labels or post.withdrawn
    if not shown:
        return tame(_join(_event(post)), _SUMMARY_CHARS)
    lead = shown[0]
    head = lead.severity.upper() if post.labels else "WITHDRAWN"
    several = len(shown) > 1 or lead.pause is not None or lead.pattern is not None
    labels = "; ".join(_brief(label, lead, first=not at) for at, label in enumerate(shown)) if several else ""
    marks = "; ".join(dict.fromkeys(filter(None, map(uncorroborated, post.labels))))
    when = dating.short(lead.time, lead.published, whereabouts.local_zone(lead.place))
    return tame(_join(head, marks, labels, _event(post), when, _state(lead), wording.origins_short(post.origins)), _SUMMARY_CHARS)


def _brief(label: Label, lead: Label, *, first: bool) -> str:
    """A label beside others: "Attacks resume", then "strike on U.S. base (medium)"."""
    words = _deed(label)
    if label.pattern is not None:
        words += f", {wording.pattern_words(label.pattern, _pattern_since(label.pattern, label))}"
    words = words if first or words[1:2].isupper() else words[:1].lower() + words[1:]
    return words + ("" if label.severity == lead.severity else f" ({label.severity})")


def _deed(label: Label) -> str:
    if not label.pause:
        return label.title.replace(" a ", " ").replace(" an ", " ")
    return "Attacks to resume (announced)" if label.evidence_kinds == ("announced",) and not label.pause.begun else "Attacks resume"


def _event(post: Post) -> str:
    lead = (post.labels or post.withdrawn or (None,))[0]
    place = lead.place if lead and lead.place else post.facts.place
    return ", ".join(filter(None, (wording.event_words(post.facts), whereabouts.place_words(place, post.facts.targets))))


def _state(label: Label) -> str:
    """How far it got, for the phone: "failed, no US hurt, target unclear"."""
    stage = () if label.stage == "happened" else (wording.STAGES[label.stage],)
    outcome = wording.outcome_words(label.outcome).split(" (")[0]
    standing = () if label.standing == "reported" else (wording.STANDINGS[label.standing],)
    claimed = (f"claimed by {wording.slug_words(label.claimed_by[0])}",) if label.claimed_by else ()
    waves = (f"{label.waves} waves",) if label.waves > 1 else ()
    toll = wording.toll_words(label.counts, short=True)
    words = (*stage, *waves, outcome, *toll, *wording.doubt_words(label.doubt, label.outcome), *standing, *claimed)
    return ", ".join(filter(None, words))


def _label(label: Label) -> str:
    return f"{label.severity.upper()} · {label.title}"


def _headline(post: Post) -> Iterable[Block]:
    yield from (_line("headline", _label(label), bold=True) for label in post.labels)
    yield from (_line("headline", f"WITHDRAWN · {label.title}", bold=not post.labels) for label in post.withdrawn)


def _changes(alerts: Sequence[Alert]) -> Iterable[Block]:
    for alert in alerts:
        if alert.kind == "new" and alert.changes:  # told late, or again: why
            yield Block("changes", (Piece(tame("; ".join(alert.changes))),))
        elif alert.kind != "new":
            what = "; ".join(alert.changes) or "no longer holds"
            yield Block("changes", (Piece(f"{_KINDS[alert.kind]}: ", bold=True), Piece(tame(what))))


def _quotes(quotes: Iterable[Quote], lead: str, most: int) -> Iterable[Block]:
    merged: dict[tuple[str, str, int], Quote] = {}
    for quote in quotes:
        key = (quote.article, quote.span.where, quote.span.start)
        merged.setdefault(key, quote)
    kept = list(merged.values())
    for quote in kept[:most]:
        yield Block("quote", (*_piece(lead), Piece("“"), *_marked(quote), Piece("” — "), *_linked(quote.source, quote.url)))
    if len(kept) > most:
        yield _line("quote", f"… and {len(kept) - most} more")


def _marked(quote: Quote) -> Iterable[Piece]:
    """The sentence, cut at the matched words, which are bold."""
    at, base, text = 0, quote.span.start, quote.span.text
    for mark in sorted(quote.marks, key=lambda one: one.start):
        start, end = mark.start - base, mark.end - base
        if mark.where == quote.span.where and at <= start < end <= len(text):
            yield from _piece(text[at:start])
            yield from _piece(text[start:end], bold=True)
            at = end
    yield from _piece(text[at:])


def _linked(source: str, url: str) -> Iterable[Piece]:
    """The source's name as a link, and where the link leads unless the name says so."""
    link, name = tame_link(url), tame(source, 80)
    yield Piece(name, link=link)
    if link and host_of(link) not in name.lower():
        yield Piece(f" ({host_of(link)})")


def _facts(post: Post, lead: Label, time_zone: str) -> Iterable[Block]:
    facts, place = post.facts, lead.place or post.facts.place
    outcome = wording.outcome_words(lead.outcome) or "outcome not stated"
    yield _fact("Status", f"{wording.STAGES[lead.stage]}; {outcome}; {wording.STANDINGS[lead.standing]}")
    yield _fact("On the word of", wording.speakers_words(lead.attribution) or "nobody named")
    yield _fact("Time", dating.full(lead.time, lead.published, whereabouts.local_zone(place), time_zone))
    where = whereabouts.place_words(place, facts.targets) or "not stated"
    origin = f"; from {whereabouts.place_words(facts.origin)}" if facts.origin else ""
    yield Block("facts", (Piece("Place: ", bold=True), Piece(tame(where + origin)), *_map(lead)))
    near = wording.nearby_words(one for label in (*post.labels, *post.withdrawn) for one in label.nearby)
    if near:
        yield _fact("Near", near)
    toll = wording.toll_words(lead.counts)
    if toll:
        yield _fact("Toll", ", ".join(toll))
    if lead.claimed_by:
        yield _fact("Claimed by", ", ".join(wording.slug_words(one) for one in lead.claimed_by))
    if lead.disowned_by:
        yield _fact("Responsibility denied by", ", ".join(wording.slug_words(one) for one in lead.disowned_by))
    if post.waves > 1:
        yield _fact("Waves", str(post.waves))


def _map(label: Label) -> Iterable[Piece]:
    place = label.place
    if place and place.latitude is not None and place.longitude is not None:
        at = f"mlat={place.latitude:.4f}&mlon={place.longitude:.4f}"
        yield Piece(" ")
        yield Piece("map", link=f"https://www.openstreetmap.org/?{at}#map=9/{place.latitude:.4f}/{place.longitude:.4f}")
        if place.coarseness_km:
            yield Piece(f" (within {place.coarseness_km:.0f} km)")


def _pause(pause: PauseView, kinds: Sequence[EvidenceKind]) -> str:
    """ "nearly three months, since early February (1–10 Feb 2024), halted by …; evidence: stated, announced …"."""
    length = wording.length_words(pause.length_text, pause.days_low, pause.days_high)
    since = f"since {_since(pause.since)}" if pause.since else ""
    halted = f"halted by {pause.halted_by}" if pause.halted_by else ""
    record = f"quiet since {pause.quiet_since:%d %b %Y} by our own record" if pause.quiet_since else ""
    told = ", ".join(filter(None, (length, since, halted, record))) or "length not stated"
    blind = f" ({pause.blind_since:%d %b %H:%MZ} to {pause.blind_until:%d %b %H:%MZ})" if pause.blind_since else ""
    evidence = f"{', '.join(kinds) or 'none'} — {_PROOFS[pause.proof]}{blind}"
    against = f". Contradiction: {pause.contradiction}" if pause.contradiction else ""
    return f"{told}; evidence: {evidence}{against}"


def _pattern(label: Label) -> str:
    """ "3rd in 48 h (since Mon 6 Jan 04:00Z); series IQ; incidents I1-1, I2-1, I3-1"."""
    pattern = label.pattern
    if pattern is None:
        return ""
    words = wording.pattern_words(pattern, _pattern_since(pattern, label))
    series = ", ".join(part or "not stated" for part in pattern.key)
    members = ", ".join(pattern.members) if len(pattern.members) > 1 else ""
    return "; ".join(filter(None, (words, f"series {series}" if series else "", f"incidents {members}" if members else "")))


def _pattern_since(pattern: Pattern, label: Label) -> str:
    return dating.since(pattern.since_from, pattern.since_to, label.published)


def _since(since: Interval) -> str:
    days = dating.span_words(since)
    return f"{since.text} ({days})" if since.text else days


def _doubt(labels: Sequence[Label]) -> Iterable[Block]:
    doubts = dict.fromkeys(tame(doubt, 300).removeprefix("unclear ") for label in labels for doubt in label.doubt)
    if doubts:
        yield Block("doubt", (Piece("Unclear: ", bold=True), Piece("; ".join(doubts))))


def _sources(post: Post) -> Iterable[Block]:
    known = [one for one in post.origins if one.independent]
    unknown = [one for one in post.origins if not one.independent]
    if known:
        many = f"{len(known)} independent origin{'s' if len(known) > 1 else ''}"
        yield _fact("Sources", f"{many}: " + ", ".join(_origin(one) for one in known), "sources")
    if unknown:
        yield _fact("Independence unknown", ", ".join(_origin(one) for one in unknown), "sources")


def _origin(origin: Origin) -> str:
    count = len(origin.articles)
    return f"{origin.name} ({count} article{'' if count == 1 else 's'})"


def _why(delivery: Delivery, label: Label, time_zone: str) -> Block:
    alert = next((one for one in delivery.alerts if one.label.rule == label.rule), None)
    decided = dating.moment(alert.decided if alert else delivery.post.updated, time_zone)
    return _line("why", f"Why: rule {label.rule} ({label.rule_hash[:12]}), decided {decided}, incident {delivery.incident}")


def _reply(delivery: Delivery) -> str:
    """One line for the thread, gravest first: "UPDATE · HIGH · toll … — Rockets at coalition base, Rumalin, NE Syria"."""
    if not delivery.alerts:
        return ""
    lines = []
    for alert in sorted(delivery.alerts, key=lambda one: SEVERITIES.index(one.label.severity)):
        what = "; ".join(alert.changes) or alert.label.title
        if alert.kind == "new" and alert.changes:
            what = f"{alert.label.title}, {what}"
        head = "NOT TAKEN" if alert.unacked else _KINDS[alert.kind]
        lines.append(_join(head, "" if alert.kind == "withdrawal" else alert.label.severity.upper(), what))
    return tame(f"{' | '.join(lines)} — {_event(delivery.post)}", _SUMMARY_CHARS)


def _fact(name: str, words: str, kind: Kind = "facts") -> Block:
    return Block(kind, (Piece(f"{name}: ", bold=True), Piece(tame(words))))


def _line(kind: Kind, words: str, *, bold: bool = False) -> Block:
    return Block(kind, (Piece(tame(words), bold=bold),))


def _piece(text: str, *, bold: bool = False) -> tuple[Piece, ...]:
    return (Piece(tame(text, 1200), bold=bold),) if text else ()


def _join(*parts: str) -> str:
    return " · ".join(part for part in parts if part)
