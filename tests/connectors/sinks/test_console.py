"""The desk's messages on a terminal."""

import io

from peers import desk
from rich.console import Console

from connectors.sinks.console import ConsoleSink
from streams.records.message import Block, Message, Piece, Step
from streams.words.render import message


async def shown(delivery, *, terminal, made=None, name="post", detail=True):
    out = io.StringIO()
    sink = ConsoleSink(
        Console(file=out, force_terminal=terminal, width=100, color_system="standard" if terminal else None), detail=detail
    )
    ref = await sink.perform(Step(delivery=delivery.id, name=name), delivery, made or message(delivery, "UTC"), "")
    assert ref == delivery.id
    return out.getvalue()


async def test_a_file_gets_plain_lines():
    text = await shown(desk.delivery(), terminal=False)
    lines = text.splitlines()
    assert lines[0] == message(desk.delivery(), "UTC").summary
    assert lines[1].startswith("  “Militants fired eight or more rockets on Sunday from the outskirts of Tal Asmar, Iraq")
    assert "\x1b" not in text


async def test_a_terminal_gets_a_panel_with_the_matched_words_lit():
    text = await shown(desk.delivery(), terminal=True)
    assert "slack:gsoc · I1-1" in text
    assert "\x1b[1;30;43mrockets\x1b[0m" in text


async def test_an_update_shows_its_line_for_the_thread_first():
    update = desk.delivery(ordinal=2, kind="update", changes=("1 killed",))
    text = await shown(update, terminal=False, name="reply", detail=False)
    assert text == "UPDATE · HIGH · 1 killed — Rockets at coalition base, Tal Nasib, S Syria\n"


def test_a_silent_edit_shows_nothing():
    sink = ConsoleSink(Console(file=io.StringIO()))
    assert sink.steps(desk.delivery(ordinal=2, ping=False)) == ()
    assert sink.steps(desk.delivery(ordinal=2)) == ("reply",)
    assert sink.steps(desk.delivery()) == ("post",)


async def test_markup_and_terminal_codes_of_strangers_stay_words():
    hostile = "[red]x[/red] \x1b]8;;http://evil\x07y \x9b31m\r\nz"
    made = Message(summary=hostile, blocks=(Block("quote", (Piece(hostile, bold=True),)),), reply=hostile)
    for terminal in (False, True):
        text = await shown(desk.delivery(), terminal=terminal, made=made)
        assert "[red]x[/red]" in text
        assert not set(text) & set("\x07\x9b\r")
        assert "\x1b]" not in text
