"""Whose word an incident rests on: which of its articles are one source, and which sources are known to be independent.

Called by `streams.incidents.grouping`. Independence is whose word, not whose words: fourteen outlets that copy or rewrite one
dispatch are one origin, and no measure of likeness tells a rewrite from a second report. So first come credits ("told Reuters", a
dateline, a sign-off), then copies, which rest on what the copied text rests on, then speakers: an article that credits nobody and
quotes who a credited one quotes tells that one's story. Whatever is left is "independence unknown" and never counts as one more.
Pure, and the same for the same articles whatever order they came in.
"""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field

from streams.records.flow import Article, Event, Origin
from streams.records.prints import Backing, Credit

_ARTICLES = ("a ", "an ", "the ", "one ", "two ", "three ", "four ", "several ", "some ")


@dataclass(slots=True, kw_only=True)
class _Family:
    """Articles that are copies of one another; often only one."""

    articles: list[Article]  # by publication, then id
    credits: set[str] = field(default_factory=set)
    speakers: set[str] = field(default_factory=set)

    @property
    def sources(self) -> list[str]:
        """The feeds that have it."""
        return [article.source for article in self.articles]

    @property
    def name(self) -> str:
        """The feed that had it first."""
        return self.articles[0].source


def origins(articles: Iterable[Article], events: Sequence[Event], backings: Mapping[str, Backing]) -> tuple[Origin, ...]:
    """Whose word stands behind the articles: independent ones by name, then those of unknown independence by name.

    Args:
        articles: of the incident.
        events: of the incident; their attributions name speakers, and outlets that these told.
        backings: by article, where anything is known.
    """
    families = _families(sorted(articles, key=lambda one: (one.published, one.id)), backings)
    told: dict[str, list[Event]] = {}
    for event in events:
        told.setdefault(event.article, []).append(event)
    for family in families:
        for article in family.articles:
            here = told.get(article.id, [])
            own = [word for event in here for word in event.attribution]
            credits = backings.get(article.id, _NOTHING).credits
            family.credits |= {word.via for word in own if word.via} | {one.name for one in credits if _speaks_for(one, here)}
            named = (_speaker(word.actor, word.span.text) for word in own if word.speaker != "media")
            family.speakers |= {speaker for speaker in named if speaker is not None}
    credited = [family for family in families if family.credits]
    names = {_letters(name): name for family in credited for name in family.credits}
    for family in families:
        if not family.credits:  # the credited outlet's own article; a rewrite, which quotes whom a credited article quotes
            family.credits = {names[feed] for feed in map(_letters, family.sources) if feed in names}
            family.credits |= {name for other in credited if family.speakers & other.speakers for name in other.credits}
    behind: dict[str, set[str]] = {}
    for family in families:
        for name in family.credits:
            behind.setdefault(name, set()).update(article.id for article in family.articles)
    unknown: dict[str, set[str]] = {}
    for family in _by_speaker([family for family in families if not family.credits]):
        unknown.setdefault(family.name, set()).update(article.id for article in family.articles)
    return (*_records(behind, independent=True), *_records(unknown, independent=False))


_NOTHING = Backing(article="")


def _speaks_for(credit: Credit, events: Sequence[Event]) -> bool:
    """Whether a credit is the whole article's, or stands in a sentence that tells one of the events."""
    told = (telling.sentence for event in events for telling in event.tellings)
    return not credit.end or any(one.where == "text" and one.start < credit.end and credit.start < one.end for one in told)


def _records(behind: Mapping[str, Set[str]], *, independent: bool) -> Iterable[Origin]:
    return (Origin(name=name, articles=tuple(sorted(ids)), independent=independent) for name, ids in sorted(behind.items()))


def _letters(name: str) -> str:
    """A name without case, marks and blanks: the feed "meridian-wire" is "Meridian Wire"."""
    return "".join(filter(str.isalnum, name)).lower()


def _speaker(actor: str | None, words: str) -> str | None:
    """What makes two speakers the same: the id of a known one, else the words without number; None for a single word.

    "Officials" and "the statement" are whoever; "Iraqi security sources" in two texts are most likely the same.
    """
    if actor:
        return actor
    spoken = words.lower()
    for lead in _ARTICLES:
        spoken = spoken.removeprefix(lead)
    return spoken if " " in spoken else None


def _families(articles: Sequence[Article], backings: Mapping[str, Backing]) -> list[_Family]:
    """The articles by copies: who is a copy of a member is a member."""
    by_id = {article.id: article for article in articles}
    left, found = dict.fromkeys(by_id), list[_Family]()
    while left:
        queue, ids = [next(iter(left))], set[str]()
        while queue:
            name = queue.pop()
            if name in left:
                del left[name]
                ids.add(name)
                queue.extend(backings.get(name, _NOTHING).copies)
        found.append(_Family(articles=[article for article in articles if article.id in ids]))
    return found


def _by_speaker(families: Sequence[_Family]) -> list[_Family]:
    """Uncredited families joined where they quote the same speaker: one word, whosever it is."""
    joined: list[_Family] = []
    for family in families:
        same = [other for other in joined if other.speakers & family.speakers]
        whole = _Family(articles=list(family.articles), speakers=set(family.speakers))
        for other in same:
            joined.remove(other)
            whole.articles += other.articles
            whole.speakers |= other.speakers
        whole.articles.sort(key=lambda one: (one.published, one.id))
        joined.append(whole)
    return joined
