"""Words of an article: `text` and `mentions`. A last resort, for words cannot tell who did what; True or False, None without one.

Everything is found whole, folded as `streams.knowledge.aliases` does. Cached, since many rules ask the same of one article.
"""

from collections.abc import Iterator
from functools import lru_cache

from rules.model import Mentions, Scope, WordsIn, WordsNear
from streams.knowledge.aliases import Aliases, word_count
from streams.knowledge.world import Knowledge
from streams.records.flow import Article, Event, Span, Telling, Where


def found_in(
    clause: WordsIn | WordsNear | Mentions, telling: Telling, article: Article | None, knowledge: Knowledge
) -> bool | None:
    """Whether the words stand there; None when there is no article to look into."""
    if clause.scope != "sentence" and article is None:
        return None
    return next(quotes(clause, telling, article, knowledge), None) is not None


def quotes(
    clause: WordsIn | WordsNear | Mentions, telling: Telling, article: Article | None, knowledge: Knowledge
) -> Iterator[Span]:
    """Where they stand, in the order title, text."""
    for text, offset, where in texts(clause.scope, telling, article):
        for start, end in _places(clause, text, knowledge):
            yield Span(text[start:end], offset + start, offset + end, where)


def texts(scope: Scope, telling: Telling, article: Article | None) -> Iterator[tuple[str, int, Where]]:
    """What is looked through, with its offset in the article."""
    if scope == "sentence":
        for one in telling.tellings if isinstance(telling, Event) and telling.tellings else (telling,):
            yield one.sentence.text, one.sentence.start, one.sentence.where
    elif article is not None:
        yield article.title, 0, "title"
        if scope == "article":
            yield article.text, 0, "text"


def _places(clause: WordsIn | WordsNear | Mentions, text: str, knowledge: Knowledge) -> tuple[tuple[int, int], ...]:
    match clause:
        case WordsIn(words):
            return _found(words, text)
        case WordsNear(words, within):
            return _together(words, within, text)
        case Mentions(ids, names, watches):
            known = tuple((start, end) for start, end, id in entities(text, knowledge) if id in ids) if ids else ()
            people = tuple(spelling for watch in watches for spelling, _ in watch.people)
            return (*known, *(_found(names, text) if names else ()), *(_found(people, text) if people else ()))


@lru_cache(maxsize=1024)
def _found(words: tuple[str, ...], text: str) -> tuple[tuple[int, int], ...]:
    """Where one of the words or phrases stands, by itself."""
    return tuple((one.start, one.end) for one in _names(words).find(text))


@lru_cache(maxsize=1024)
def _names(words: tuple[str, ...]) -> Aliases[str]:
    return Aliases((word, word) for word in words)


@lru_cache(maxsize=64)
def entities(text: str, knowledge: Knowledge) -> tuple[tuple[int, int, str], ...]:
    """Known entities that the text names: start, end, id."""
    return tuple((hit.start, hit.end, hit.entity.id) for hit in knowledge.mentions(text))


@lru_cache(maxsize=1024)
def _together(words: tuple[str, ...], within: int, text: str) -> tuple[tuple[int, int], ...]:
    """The first stretch that holds all of the words and is short enough, none when there is none."""
    standing = sorted((start, end, word) for word in words for start, end in _found((word,), text))
    latest: dict[str, tuple[int, int]] = {}
    for start, end, word in standing:
        latest[word] = start, end
        if len(latest) == len(words):
            first, last = min(begin for begin, _ in latest.values()), max(until for _, until in latest.values())
            if word_count(text[first:last]) <= within:
                return ((first, last),)
    return ()
