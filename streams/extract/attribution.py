"""On whose word: the speakers behind a trigger, their class and nation, and the outlet they told.

Called by the reader for each sentence with a trigger; judges words only. An official without a name or a body behind him is
anonymous; a ministry, an army, a named spokesman is on record.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import takewhile
from typing import Literal

from streams.extract import tree
from streams.extract.cues import Cue
from streams.extract.parsed import Parsed
from streams.extract.participants import Cast
from streams.extract.stage_words import DENY
from streams.extract.tokens import Token
from streams.records.flow import Attribution, Participant, Span, Standing

Speaker = Literal["official", "anonymous-official", "armed-group", "witness", "media", "other"]

REPORT = frozenset(
    "say tell report announce add claim confirm state declare note acknowledge write quote deny warn threaten vow insist suggest explain "
    "disclose reveal post tweet allege recount describe estimate tally cite complain".split()
)
_ASIDE = frozenset({"after", "before", "following", "since", "despite", "amid"})  # "vowed revenge after the killing"
_ALLEGED = frozenset("accusation allegation claim charge report suggestion assertion".split())
_ON_RECORD = frozenset(
    "spokesman spokeswoman spokesperson spokesmen ministry minister military army command police government pentagon department secretary president premier "
    "statement communique service directorate authority authorities mayor governor general commander force forces navy bloc embassy council kremlin "
    "guard guards office administration prosecutors chief coalition".split()
)
_SPOKEN_FOR = frozenset({"spokesman", "spokeswoman", "spokesperson"})
_PERSON = frozenset(
    "official officer source commander general colonel major captain lawmaker diplomat adviser advisor aide attendee leader staffer".split()
)
_WITNESS = frozenset(
    "witness resident villager survivor local neighbour neighbor shopkeeper shepherd driver passenger bystander worker".split()
)
_CARRIERS = frozenset({"post", "statement", "message", "video", "communique"})  # their word is that of whoever stands behind them
_PRIVATE = ("company", "aid-organisation", "political-party")  # their spokesmen are no authority
_MEDIA = frozenset(
    "media television tv newspaper agency radio channel outlet broadcaster station website reporter correspondent journalist report monitor".split()
)
_OTHER = frozenset(
    "monitor observatory analyst expert think-tank activist medic doctor hospital researcher company firm charity".split()
)
_ANONYMOUS = Cue(
    r"\b(?:condition of anonymity|not authori[sz]ed to speak|declin\w+ to be (?:named|identified)|asked not to be)\b", re.IGNORECASE
)
_VIA = Cue(
    r"\b(?:told|tells|to|according to|reported by|quoted by|cited by|informed)\s+(?:the\s+)?(?P<outlet>Reuters|Agence France-Presse|AFP|(?:The )?Associated Press|AP|CNN|BBC(?: News)?|Al Jazeera|Al-Jazeera|"
    r"Fox News|NBC(?: News)?|CBS(?: News)?|ABC News|Rudaw|Kurdistan 24|Shafaq News|Axios|Politico|Sky News|Al Arabiya|Al-Monitor|Bloomberg|The New York Times|The Washington Post|The Wall Street Journal|state (?:media|television|TV))\b"
)
_TRAILING = Cue(
    r"\s[-–—|:]\s*(?P<who>(?:[\w.'’]+\s+){0,4}(?:official|officials|source|sources|police|military|army|pentagon|statement|spokesman|monitor|ministry|media|tv|reuters|afp)\b[\w\s.]{0,30})$",
    re.IGNORECASE,
)


def speakers(parsed: Parsed, trigger: Token, cast: Cast) -> tuple[Attribution, ...]:
    """Whose word the trigger rests on, in reading order; empty when the sentence names nobody."""
    found: dict[int, Attribution] = {}
    for verb in _report_verbs(parsed, trigger):
        for subject in tree.speakers(verb):
            if subject.i in found or subject.tag_ in ("WDT", "EX", "CD") or subject == trigger or parsed.is_time(subject):
                continue
            found[subject.i] = _attribution(parsed, subject, cast)
    for head in _according_to(parsed):
        found.setdefault(head.i, _attribution(parsed, head, cast))
    result = [found[i] for i in sorted(found)]
    if not result and parsed.where == "title":
        result = _after_dash(parsed, cast)
    via = _VIA.search(parsed.text)
    if via is not None:
        outlet = re.sub(r"^[Tt]he ", "", via["outlet"])
        result = [replace(one, via=outlet) if not one.via else one for one in result]
    return tuple(result)


def _report_verbs(parsed: Parsed, trigger: Token) -> list[Token]:
    above = list(takewhile(lambda word: word.dep_ != "prep" or word.lower_ not in _ASIDE, tree.governors(trigger)))
    alleged = any(word.lemma_ in _ALLEGED for word in above)  # "rejected accusations that"
    verbs = [word for word in above if word.pos_ == "VERB" and (word.lemma_ in REPORT or (alleged and word.lemma_ in DENY))]
    if verbs:
        return verbs
    root = next((t for t in parsed.tokens if t.head == t), trigger)
    near = [*root.children, *trigger.children]
    return [
        t
        for t in near
        if t.dep_ in ("parataxis", "ccomp", "conj")
        and t.lemma_ in ("say", "tell", "add", "report")
        and t.i > trigger.i
        and t != trigger
    ]


def _according_to(parsed: Parsed) -> list[Token]:
    heads: list[Token] = []
    for token in parsed.tokens:
        if token.lower_ == "according":
            for prep in token.children:
                heads.extend(each for leaf in prep.children if leaf.dep_ == "pobj" for each in tree.unfolded(leaf))
    return heads


def _after_dash(parsed: Parsed, cast: Cast) -> list[Attribution]:
    match = _TRAILING.search(parsed.text)
    if match is None:
        return []
    head = next((t for t in reversed(parsed.tokens) if match.start("who") <= t.idx and t.pos_ in ("NOUN", "PROPN")), None)
    if head is None:
        return []
    return [_attribution(parsed, head, cast, span=parsed.span(*match.span("who")))]


def _attribution(parsed: Parsed, head: Token, cast: Cast, span: Span | None = None) -> Attribution:
    one = cast.participant(parsed, head)
    words = [*cast.left(head), *(t for t in head.subtree if head.lemma_ in _CARRIERS and t.i > head.i)]
    phrase = parsed.of(words) if span is None else span
    speaker = _class(parsed, head, one, cast)
    nation = next(
        (held.nation for held in one.nations if held.role in ("government", "forces", "nationality", "owner", "home")), None
    )
    via = ""
    if speaker == "media" and one.id is not None:
        via = one.span.text
    return Attribution(span=phrase, speaker=speaker, nation=nation if "official" in speaker else None, actor=one.id, via=via)


def _class(parsed: Parsed, head: Token, one: Participant, cast: Cast) -> Speaker:
    lemma = head.lemma_.lower()
    words = {t.lower_ for t in cast.left(head)}
    if (
        cast.is_a(one.kind, "armed-group")
        or ("telegram" in words and words & {"group", "channel"})
        or lemma in ("militant", "militia", "insurgent", "rebel", "fighter")
    ):
        return "armed-group"
    if head.pos_ == "PROPN" and words & _SPOKEN_FOR:  # "Pentagon spokesman Pat Ryder", "Kataib Hezbollah spokesman Ali Hadi"
        of = [e.kind for t in cast.left(head) if (e := parsed.names.get(t.i)) is not None and t != head]
        return "armed-group" if any(cast.is_a(kind, "armed-group") for kind in of) else "official"
    if lemma in _SPOKEN_FOR | _CARRIERS:
        behind = list(_behind(parsed, head, cast))
        if any(cast.is_a(kind, "armed-group") for kind in behind):
            return "armed-group"
        if any(cast.is_a(kind, private) for kind in behind for private in _PRIVATE):
            return "other"
    if lemma in _WITNESS:
        return "witness"
    if lemma in _OTHER or "observatory" in words:
        return "other"
    if one.kind in ("outlet", "media", "journalist") or lemma in _MEDIA or words & {"news", "media", "tv", "telegram"}:
        return "media"
    if lemma in ("source", "attendee") or _ANONYMOUS.search(parsed.text):
        return "anonymous-official"
    if lemma in _PERSON:
        named = any(t.dep_ == "appos" and t.pos_ == "PROPN" for t in head.subtree)
        return "official" if named or head.pos_ == "PROPN" else "anonymous-official"
    if (
        lemma in _ON_RECORD
        or cast.is_a(one.kind, "state-force")
        or one.kind in ("official", "government", "police", "body", "state-body")
    ):
        return "official"
    if one.id is not None and any(held.role in ("government", "forces") for held in one.nations):
        return "official"
    if any(
        c.pos_ == "PROPN" and c.lower_ in ("minister", "secretary", "president", "gen", "gen.", "maj.", "lt.", "col.")
        for c in head.children
    ):
        return "official"
    return "official" if any(held.role == "government" for held in one.nations) else "other"


def _behind(parsed: Parsed, head: Token, cast: Cast) -> Iterator[str | None]:
    """Kinds of whoever stands behind a spokesman or a statement: "a spokesman for the militia", "a guerrilla communique"."""
    for token in head.subtree:
        if token != head and token.pos_ in ("NOUN", "PROPN"):
            entity = parsed.names.get(token.i)
            yield entity.kind if entity is not None else cast.kind_of(token)


def standing(attributions: tuple[Attribution, ...], claimers: tuple[Participant, ...]) -> Standing:
    """How far the event is believed on these words alone: denial and dispute are judged elsewhere."""
    if any(word.speaker == "official" for word in attributions):
        return "confirmed"
    if claimers and all(word.speaker == "armed-group" for word in attributions):
        return "claimed"
    if attributions and all(word.speaker == "armed-group" for word in attributions):
        return "claimed"
    return "reported"
