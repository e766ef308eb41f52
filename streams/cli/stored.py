"""Stored articles as tests: the sentence that carried an alert, or that should have, written beside its rule.

Called by `tocsin test --from-alert` and `--from-miss`. What is written is one item of the rule's `tests`; nothing else in the
file changes, and nothing is written that would not load.
"""

import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TextIO

from streams.errors import EnvironmentFault, UsageError

if TYPE_CHECKING:
    from datetime import datetime

    from rules.model import Rule, RuleSet, TestArticle
    from streams.knowledge.world import Knowledge
    from streams.records.flow import Article, Event, Label, Quote
    from streams.replay import Reader
    from streams.store.life import Life
    from streams.store.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A test that is to be written."""

    rule: str
    expect: Literal["fires", "silent"]
    articles: "tuple[TestArticle, ...]"  # one in most
    severity: str = ""
    why: str = ""


# ---------------------------------------------------------------------------------------------------------- from alerts


def of_alert(store: "Store", alert: str, rules: "RuleSet", reader: "Reader", known: "Knowledge", *, false: bool) -> Draft:
    """The sentence an alert rested on: as little of the article as still raises the rule.

    Raises UsageError for an alert or a rule that is not known.
    """
    from rules.model import RuleTest
    from streams.questions import trial
    from streams.store.life import told_as

    label = told_as(store, alert)
    if label is None or not label.evidence:
        raise UsageError(f'--from-alert: no alert "{alert}" in {store.name}; "tocsin why URL" shows the alerts of an article')
    rule = named(rules, label.rule)
    candidates = list(_texts(store, label, rule, known))
    raising = (one for one in candidates if trial.verdict(rule, RuleTest(expect="fires", articles=one), reader, known).passed)
    found = next(raising, None)
    if found is None and rule.form is not None:
        what = "the rule looks at several incidents, and what is stored of them does not raise it as it is now"
        raise UsageError(f"--from-alert: {what}; write its timeline by hand, as a list of dated texts")
    if found is None:
        print("the rule as it is now does not fire on what the alert rested on", file=sys.stderr)
    where = label.evidence[0].url or label.article
    if false:
        return Draft(rule=rule.id, expect="silent", articles=found or candidates[0], why=f"told as {alert}, and wrong: {where}")
    severity = label.severity if found and len(rule.severity) > 1 else ""
    return Draft(rule=rule.id, expect="fires", articles=found or candidates[0], severity=severity, why=f"told as {alert}: {where}")


def _texts(store: "Store", label: "Label", rule: "Rule", known: "Knowledge") -> "Iterator[tuple[TestArticle, ...]]":
    """What may raise the rule, the least first.

    The first sentence alone; with those that have the words a rule looks for in a whole article; all that the alert quotes of
    that article; of all articles, in order of publication; and what a temporal rule found before, a sentence an incident.
    """
    from streams.questions.rehearsal import reach
    from streams.store.life import article, series

    of: dict[str, list[Quote]] = {}
    for quote in label.evidence:
        of.setdefault(quote.article, []).append(quote)
    first = label.evidence[0]
    stored = {name: article(store, name) for name in of}

    def told(name: str, text: str) -> "TestArticle":
        return _told(text, stored[name], label.published, rule)

    yield (told(first.article, _sentence(first.span.text)),)
    yield (worded(told(first.article, _sentence(first.span.text)), stored[first.article], rule, known),)
    whole = {name: told(name, " ".join(dict.fromkeys(_sentence(one.span.text) for one in quotes))) for name, quotes in of.items()}
    yield (whole[first.article],)
    yield tuple(sorted(whole.values(), key=lambda one: one.published or label.published))
    if rule.form is not None:
        *before, _ = series(store, label, reach(rule))
        line = [_telling(events, store, rule, known) for events in before if events]
        yield (*sorted(line, key=lambda one: one.published or label.published), whole[first.article])


def _telling(events: "Sequence[Event]", store: "Store", rule: "Rule", known: "Knowledge") -> "TestArticle":
    """The sentence of an incident that the rule holds of, else of its first event."""
    from rules.match import holds
    from streams.store.life import article

    homes = {one.article: article(store, one.article) for one in events}
    event = next((one for one in events if holds(rule.when, one, homes[one.article], known)), events[0])
    telling = event.tellings[0] if event.tellings else event
    return _told(_sentence(telling.sentence.text), homes[event.article], event.published, rule)


def _told(text: str, home: "Article | None", published: "datetime", rule: "Rule") -> "TestArticle":
    """The text as an article of a test, dated, with its feed where the rule asks for it."""
    from rules.model import SourceIn, TestArticle
    from rules.written import leaves

    asks = home is not None and any(isinstance(one, SourceIn) for one in leaves(rule))
    return TestArticle(
        text=text, published=home.published if home else published, source=home.source if home is not None and asks else ""
    )


def worded(told: "TestArticle", home: "Article | None", rule: "Rule", known: "Knowledge") -> "TestArticle":
    """The same with the title and the sentences of the article that have words which the rule looks for outside the sentence."""
    from dataclasses import replace

    from rules.model import Mentions, WordsIn, WordsNear
    from rules.words import quotes
    from rules.written import leaves
    from streams.extract import sentences
    from streams.records.flow import Span, Telling

    asked = [one for one in leaves(rule) if isinstance(one, (Mentions, WordsIn, WordsNear)) and one.scope != "sentence"]
    if home is None or not asked:
        return told
    none = Span("", 0, 0)
    here = Telling(type="", path=(), trigger=none, sentence=none)
    spans = [span for one in asked for span in quotes(one, here, home, known)]
    lines = sentences.split(home.text)
    wanted = [
        _sentence(line.text)
        for line in lines
        if any(span.where == "text" and line.start <= span.start < line.end for span in spans) or _sentence(line.text) == told.text
    ]
    return replace(
        told,
        text=" ".join(dict.fromkeys(wanted)) or told.text,
        title=home.title if any(one.where == "title" for one in spans) else "",
    )


# ---------------------------------------------------------------------------------------------------------- from misses


def of_miss(store: "Store", what: str, rule: "Rule", known: "Knowledge", words: str) -> Draft:
    """The sentence of an article that comes nearest to a rule, or the one with these words.

    Raises UsageError when there is no such article, or no such sentence.
    """
    from connectors.sources.feed_ids import canonical_link
    from streams.store.life import life

    names = filter(None, (what, canonical_link(what)))
    lives = next((found for name in names if (found := life(store, name))), ())
    if not lives:
        raise UsageError(f'--from-miss: no article with the id or link "{what}" was ever taken into {store.name}')
    _, text, home = min((_nearest(one, rule, known, words) for one in lives), key=lambda one: one[0])
    told = worded(_told(text, home, home.published, rule), home, rule, known)
    return Draft(rule=rule.id, expect="fires", articles=(told,), why=f"missed: {what}")


def _nearest(life: "Life", rule: "Rule", known: "Knowledge", words: str) -> "tuple[int, str, Article]":
    """How many clauses fail, the sentence, and its article with as much text as is still there."""
    from dataclasses import replace

    from streams.extract import sentences
    from streams.knowledge.aliases import fold
    from streams.questions.trial import nearest
    from streams.records.flow import Reading

    texts = [one.text for one in reversed(life.taken) if one.text is not None]
    home = life.newest or next(iter(texts), None)
    if home is None:
        raise UsageError("--from-miss: the article is not read yet, and its text is no longer kept")
    home = replace(home, text=home.text or next((one.text for one in texts if one.text), ""))
    split = [_sentence(one.text) for one in sentences.split(home.text)]
    if words:
        found = next((one for one in split if fold(words) in fold(one)), None)
        if found is None:
            raise UsageError(f'--words: no sentence of the article has "{words}"')
        return 0, found, home
    near = nearest(rule, Reading(article=home, extractor="stored", events=life.events), known)
    if near is not None:
        event, telling, missing = near
        _say(f'nearest is event "{event.type}" at "{telling.trigger.text}": {"; ".join(missing) or "it holds"}', sys.stderr)
        return len(missing), _sentence(telling.sentence.text), home
    if not split:
        raise UsageError("--from-miss: the article has no event, and its text is no longer kept")
    print('no event was found in the article; its first sentence is taken, and --words "..." takes another', file=sys.stderr)
    return 1_000, split[0], home


def _sentence(text: str) -> str:
    return " ".join(text.split())


# --------------------------------------------------------------------------------------------------------------- writing


def write(draft: Draft, rules: "RuleSet", known: "Knowledge") -> None:
    """Writes the test behind the others of its rule, or says that it stands there already.

    Raises UsageError, with nothing written, when the file would not load or has changed since it was read.
    """
    rule = named(rules, draft.rule)
    same = next((one for one in rule.tests if one.expect == draft.expect and _same(one.articles, draft.articles)), None)
    if same is not None:
        print(f"{rule.path}:{same.line}: this test is there already")
        return
    text = rules.texts[rule.path]
    after = _with(draft, text, [one.id for one in rules.rules if one.path == rule.path].index(rule.id))
    line = _checked(draft, rules, rule, after, known)
    _replace(Path(rule.path), text, after)
    _say(f'{rule.path}:{line}: added {draft.expect}: "{draft.articles[-1].text}"', sys.stdout)
    for watch in _named_in(rules, draft):
        print(f'this sentence names what stands on watch list "{watch}"; who reads the rule file reads it', file=sys.stderr)


def named(rules: "RuleSet", id: str) -> "Rule":
    """The rule of this id; raises UsageError when it is not in these files."""
    from streams.notation.suggestions import suggest

    found = rules.rule(id)
    if found is None:
        raise UsageError(f'no rule "{id}" in these files{suggest(id, [one.id for one in rules.rules])}')
    return found


def _say(words: str, to: TextIO) -> None:
    """Strangers' words among ours: nothing of theirs moves a cursor."""
    from streams.hostile import tame

    print(tame(words), file=to)


def _same(ours: "Sequence[TestArticle]", theirs: "Sequence[TestArticle]") -> bool:
    return [_sentence(one.text) for one in ours] == [_sentence(one.text) for one in theirs]


def _with(draft: Draft, text: str, entry: int) -> str:
    from streams.notation.yaml_edit import appended

    def dated(one: "TestArticle", key: str) -> dict[str, str]:
        moment = one.published.isoformat().replace("+00:00", "Z") if one.published else ""
        beside = {"title": one.title, "published": moment, "source": one.source}
        return {key: one.text} | {name: value for name, value in beside.items() if value}

    after = {key: value for key, value in (("severity", draft.severity), ("why", draft.why)) if value}
    item: dict[str, str | list[dict[str, str]]]
    if len(draft.articles) == 1:
        item = {**dated(draft.articles[0], draft.expect), **after}
    else:
        item = {draft.expect: [dated(one, "text") for one in draft.articles], **after}
    return appended(text, ("rules", entry, "tests"), item)


def _checked(draft: Draft, rules: "RuleSet", rule: "Rule", after: str, known: "Knowledge") -> int:
    """The line of the new test; raises UsageError when the file would not say what it is to say."""
    from rules.load import load_texts
    from streams.errors import FileMistakes

    try:
        again = load_texts({**rules.texts, rule.path: after}, known)
    except FileMistakes as fault:
        raise UsageError(f"{rule.path}: nothing is written, for with this test it would not load: {fault}") from fault
    new = again.rule(draft.rule)
    others = [one.hash for one in again.rules] == [one.hash for one in rules.rules]
    if new is None or not others or new.tests[:-1] != rule.tests or not _same(new.tests[-1].articles, draft.articles):
        raise UsageError(
            f"{rule.path}: nothing is written, for the test could not be put behind the others; write it there by hand"
        )
    return new.tests[-1].line


def _replace(path: Path, before: str, after: str) -> None:
    """Puts the new text in place of the old at once, so that nobody reads half of it."""
    from streams.notation.marked_yaml import read_text

    real = path.resolve()
    mark = b"\xef\xbb\xbf"
    beside = real.with_name(f".{real.name}.new")
    try:
        if read_text(real) != before:
            raise UsageError(f"{path}: nothing is written, for the file has changed meanwhile; try again")
        begins = mark if real.read_bytes().startswith(mark) else b""
        beside.write_bytes(begins + after.encode())
        shutil.copymode(real, beside)
        os.replace(beside, real)
    except OSError as fault:
        beside.unlink(missing_ok=True)
        raise EnvironmentFault(f"{path}: cannot be written: {fault.strerror}") from fault


def _named_in(rules: "RuleSet", draft: Draft) -> list[str]:
    """Names of the watch lists of which somebody is named in the test."""
    from rules.written import watches_of
    from streams.knowledge.aliases import Aliases

    found: dict[str, None] = {}
    for watch in (watch for rule in rules.rules for watch in watches_of(rule)):
        people = Aliases((spelling, spelling) for spelling, _ in watch.people)
        if any(next(people.find(one.text), None) is not None for one in draft.articles):
            found[watch.name] = None
    return list(found)
