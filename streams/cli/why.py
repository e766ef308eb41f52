"""`tocsin why`: the whole life of one article, in words."""

import os
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from streams.cli.operate import settings_of

if TYPE_CHECKING:
    from streams.incidents.joining import Joined
    from streams.records.flow import Disposition, Event
    from streams.store.life import Life, Sent, Taken

_LINE_CHARS = 2000  # of `why`; no sentence of a newspaper is as long


def why(
    what: Annotated[str, typer.Argument(metavar="URL|ID", help="An article's link, or its id.", show_default=False)],
    folder: Annotated[Path, typer.Argument(help="The folder that holds tocsin.yaml.")] = Path(),
    store: Annotated[
        str | None, typer.Option(help="The store itself, instead of a folder: a path or an address.", show_default=False)
    ] = None,
) -> None:
    """Tell the whole life of an article: read, decided, told and sent."""
    from connectors.sources.feed_ids import canonical_link
    from streams.hostile import tame
    from streams.settings.load import load
    from streams.store.life import life
    from streams.store.progress import under_way
    from streams.store.store import Store

    address = store or load(settings_of(folder), os.environ).store_address()
    with Store.open(address, read_only=True) as opened:
        names = filter(None, (what, canonical_link(what)))  # items without a link have "", which names nobody
        lives = next((found for name in names if (found := life(opened, name))), ())
        passes = under_way(opened)
    for each in lives:
        for line in _life(each):
            words = line.lstrip(" ")
            print(" " * (len(line) - len(words)) + tame(words, _LINE_CHARS))  # strangers' words: nothing of theirs moves a cursor
    for one in passes if lives else ():
        rules = ", ".join(one.rules)
        print(f"new or changed rules still look back ({one.judged} of {one.total} incidents judged): {tame(rules, _LINE_CHARS)}")
    if not lives:
        print(f'no article with the id or link "{what}" was ever taken')
        raise typer.Exit(1)


def _life(life: "Life") -> Iterator[str]:
    """The life of one article in lines, in the order in which things happened."""
    yield f"article {life.article}"
    for taken in life.taken:
        yield from _taken(taken)
    if life.newest is not None:
        yield f"  read as: {life.newest.title or '(no title)'}, published {_moment(life.newest.published)}"
    credits = dict.fromkeys(f"{one.name}{' (in one sentence)' if one.end else ''}" for one in life.backing.credits)
    if credits:
        yield f"  credits {', '.join(credits)}"
    for copy in life.backing.copies:
        yield f"  one text with {copy}, whichever copied"
    yield from told_lines(life.events, life.joined)
    for incident in life.incidents:
        others = [one for one in incident.events if one not in {event.id for event in life.events}]
        yield f"  incident {incident.id}: {len(incident.events)} events, {len(others)} of them from other articles"
        for other in others:
            yield f"    also told by {other}"
        for origin in incident.origins:
            known = "rests on" if origin.independent else "independence unknown:"
            yield f"    {known} {origin.name}: {', '.join(origin.articles)}"
    for one in life.decided:
        yield f"  decided{f' by journal entry {one.entry}' if one.entry else ''}: {_disposition(one.disposition)}"
    from streams.route import independent

    for told in life.told:
        last = f", the last is {told.anchor}/{told.rule}/{told.ordinal}" if told.ordinal else ""
        yield f"  told: rule {told.rule} on {told.anchor}, {told.ordinal} alerts{last}, {told.label.severity}, {told.state}"
        if told.held:
            until = f" until {_moment(told.until)}" if told.until else ""
            yield f"    held: {told.held}{until}; {independent(told.label)} independent sources by now"
    for sent in life.sent:
        yield from _sent(sent)


def _taken(taken: "Taken") -> Iterator[str]:
    deaths = f", {taken.deaths} extraction processes died on it" if taken.deaths else ""
    kept = "" if taken.text else ", text no longer kept"
    yield f"  revision {taken.revision} taken {_moment(taken.taken_at)} from {taken.source}: {taken.state}{deaths}{kept}"
    if taken.url:
        yield f"    {taken.url}"


def told_lines(events: "Sequence[Event]", joined: "Sequence[Joined]") -> Iterator[str]:
    """Events in lines, and why each stands in its incident and in no other."""
    stands = {one.event: one for one in joined}
    for event in events:
        yield from _event(event)
        one = stands.get(event.id)
        if one is not None:
            yield f"    stands in {one.incident}: {'; '.join(one.reasons) or 'alone, for nothing else told ties to it'}"
            if one.nearest:
                yield f"    nearest other is {one.nearest}: {'; '.join(one.apart)}"


def _event(event: "Event") -> Iterator[str]:
    when = f"{_moment(event.time.start)} to {_moment(event.time.end)} ({event.time.precision})" if event.time else "not stated"
    where = event.place.name if event.place else "place not stated"
    yield f"  event {event.id}: {event.type}, {event.stage}, {event.standing}, {where}, {when}"
    for name, found in (("by", event.actors), ("at", event.targets)):
        if found:
            yield f"    {name}: " + "; ".join(f"{one.span.text}{f' ({one.id})' if one.id else ''}" for one in found)
    for telling in event.tellings:
        yield f'    "{" ".join(telling.sentence.text.split())}"'


def _disposition(one: "Disposition") -> str:
    scope = f"revision {one.revision}"
    if one.event:
        scope = f"event {one.event}"
    return f"{scope}{f', rule {one.rule}' if one.rule else ''}: {one.outcome}"


def _sent(sent: "Sent") -> Iterator[str]:
    delivery = sent.delivery
    news = ", ".join(f"{alert.kind} {alert.id}" for alert in delivery.alerts) or "a silent edit"
    yield f"  delivery {delivery.id} to {delivery.channel}: {news}: {sent.state}"
    for step in sent.steps:
        ref, fault = f", as {step.ref}" if step.ref else "", f", {step.error}" if step.error else ""
        yield f"    {step.name}: {step.state}, attempts {step.attempts}{ref}{fault}"
    for at, message in sent.versions:
        yield f"    {_moment(at)}: {message.summary}"


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%SZ}"
