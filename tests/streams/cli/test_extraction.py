"""`tocsin extract` as a process: its lines, its mistakes, and input that nobody should have to read."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from connectors.sources.archive import read
from streams.cli.extraction import line
from streams.extract.reader import Extractor, load
from streams.records.flow import Article, Event, Gist

ROOT = Path(__file__).parents[3]
DEMO = ROOT / "streams" / "data" / "demo.jsonl"
GUARDIAN = ROOT / "../shared/bench/guardian_replay.jsonl"
SENTENCE = "Two rockets hit the U.S. base at Al-Shaddadi in Syria on Sunday, a U.S. official told Reuters."
pytestmark = pytest.mark.slow


def extract(*arguments: str, stdin: bytes | None = None, **environ: str) -> subprocess.CompletedProcess[bytes]:
    """One run, as an operator would start it."""
    return subprocess.run(
        [sys.executable, "-m", "streams.cli.main", "extract", *arguments],
        cwd=ROOT,
        env=os.environ | environ,
        input=stdin,
        capture_output=True,
        timeout=300,
        check=False,
    )


# --------------------------------------------------------------------------------------------------------------- lines


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return load()


def spans(value: Any) -> Iterator[dict[str, Any]]:
    """Everything in parsed JSON that is a span."""
    if isinstance(value, dict):
        if {"text", "start", "end"} <= set(value) and isinstance(value["start"], int):
            yield value
        for inner in value.values():
            yield from spans(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from spans(inner)


def hold(article: Article, found: dict[str, Any]) -> int:
    """How many spans the line has; all must be where they say they are."""
    count = 0
    for span in spans(found):
        assert set(span) <= {"text", "start", "end", "where"}
        assert span.get("where") in (None, "title")  # said of titles only
        whole = article.title if span.get("where") == "title" else article.text
        assert whole[span["start"] : span["end"]] == span["text"] != ""
        count += 1
    return count


def test_every_span_of_the_demo_is_where_it_says(extractor: Extractor) -> None:
    articles = list(read(str(DEMO), pytest.fail))
    counts = [hold(one.article, json.loads(json.dumps(line(one)))) for one in extractor.read(articles)]
    assert len(counts) == len(articles) >= 80
    assert sum(counts) > 500


@pytest.mark.skipif(not GUARDIAN.is_file(), reason="../shared/bench is not beside the repository: articles of a newspaper")
def test_every_span_of_long_articles_is_where_it_says(extractor: Extractor) -> None:
    articles = list(read(str(GUARDIAN), pytest.fail))[::6]
    assert sum(hold(one.article, json.loads(json.dumps(line(one)))) for one in extractor.read(articles)) > 2_000


def test_a_line_holds_every_field_of_every_event() -> None:
    """Also those at their default: who reads the line need not know ours."""
    article = {
        "id": "a",
        "title": "Rockets hit U.S. base in Syria",
        "published": "2024-04-22",
        "text": f"{SENTENCE}\n\nMore follows.",
    }
    ran = extract("-", stdin=json.dumps(article).encode())
    assert ran.returncode == 0
    assert ran.stderr.startswith(b"1 article, ")
    (only,) = ran.stdout.splitlines()
    found = json.loads(only)
    assert list(found) == ["id", "events", "gist"]
    assert set(found["gist"]) == {each.name for each in fields(Gist)}
    (event,) = found["events"]
    assert set(event) == {each.name for each in fields(Event)}
    assert (event["stage"], event["standing"], event["doubt"], event["pause"]) == ("happened", "reported", [], None)
    assert event["path"][-1] == event["type"]
    assert event["trigger"]["where"] == "title"
    assert {telling["sentence"].get("where", "text") for telling in event["tellings"]} == {"title", "text"}
    assert all(set(telling) == set(event["tellings"][0]) for telling in event["tellings"])


def test_a_sentence_of_the_command_line() -> None:
    ran = extract("--text", SENTENCE, "--published", "2024-04-22")
    assert ran.returncode == 0
    (event,) = json.loads(ran.stdout)["events"]
    assert event["time"] == {"start": "2024-04-21T00:00:00Z", "end": "2024-04-22T00:00:00Z", "precision": "day", "text": "Sunday"}
    assert json.loads(extract("--text", SENTENCE).stdout)["events"][0]["published"] > "2026"  # dated now


def test_bytes_of_the_command_line_that_are_no_text() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "streams.cli.main", "extract", "--text", b"Gunmen \xff killed two people."],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    assert ran.returncode == 0
    assert json.loads(ran.stdout)["events"][0]["sentence"]["text"] == "Gunmen \ufffd killed two people."


# ----------------------------------------------------------------------------------------------------------- for people


def test_shown_without_a_terminal_there_are_brackets_and_no_colour() -> None:
    """With a forced terminal there is colour, unless NO_COLOR forbids it; an output without Unicode is no fault."""
    arguments = ("--text", SENTENCE, "--published", "2024-04-22", "--show")
    ran = extract(*arguments)
    assert ran.returncode == 0
    assert b"[T1 the U.S. base at [P1 Al-Shaddadi]" in ran.stdout
    assert b"\x1b" not in ran.stdout
    assert b"\x1b[30;46mthe U.S. base at " in extract(*arguments, FORCE_COLOR="1", TERM="xterm", COLUMNS="120").stdout
    assert b"[T1 the U.S. base" in extract(*arguments, FORCE_COLOR="1", NO_COLOR="1", TERM="xterm", COLUMNS="120").stdout
    ascii_only = extract(*arguments, PYTHONIOENCODING="ascii")
    assert ascii_only.returncode == 0
    assert b"whom" in ascii_only.stdout


def test_a_table_of_all_events() -> None:
    ran = extract("--text", SENTENCE, "--published", "2024-04-22", "--format", "table")
    assert ran.returncode == 0
    assert b" ".join(ran.stdout.split()[:8]) == b"article event stage standing who whom where when"
    assert b"Al-Shaddadi" in ran.stdout


def test_a_page_instead_of_lines_unless_both_are_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    ran = extract("--text", SENTENCE, "--html", str(path))
    assert (ran.returncode, ran.stdout) == (0, b"")
    assert ran.stderr.startswith(f"{path}: written\n".encode())
    assert b'<mark class="target"' in path.read_bytes()
    assert extract("--text", SENTENCE, "--html", str(path), "--format", "jsonl").stdout.startswith(b'{"id":"text"')


def test_the_worked_example_of_the_documents() -> None:
    """Its text and what is drawn of it, but for the confidence, which a model may weigh anew."""
    words = (ROOT / "docs" / "extraction.md").read_text("utf-8").partition("## A worked example")[2]
    quote = " ".join(one.removeprefix("> ") for one in words.splitlines() if one.startswith("> "))
    ran = extract("--text", quote, "--published", "2031-03-10", "--show", COLUMNS="130")
    drawn = [one.rstrip() for one in ran.stdout.decode().splitlines() if not one.startswith("  confidence")]
    assert "\n".join(drawn).strip().endswith(words.split("```text\n")[1].split("```")[0].strip())


# ------------------------------------------------------------------------------------------------------------- mistakes


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), 'nothing to read: give an archive of JSON lines, "-" for standard input, or --text "a sentence"'),
        (("a.jsonl", "--text", "x"), '--text stands for the archive; leave "a.jsonl" or --text out'),
        (
            ("a.jsonl", "--published", "2024-04-22"),
            "--published dates --text only; the articles of an archive have dates of their own",
        ),
        (("--text", "x", "--published", "soon"), '--published: "soon" is no date; write 2024-04-22 or 2024-04-22T06:30:00Z'),
        (("--text", "x", "--show", "--format", "table"), '"--show" and "--format" exclude each other: both say what is printed'),
        (("--text", "x", "--html", "none/page.html"), "--html: none/page.html: cannot be written: No such file or directory"),
        (
            ("gone.jsonl",),
            "gone.jsonl: the archive cannot be read: No such file or directory; give a file of JSON lines, .gz or .zst",
        ),
        (("--text", "x", "--knowledge", "gone"), "gone:1:1: no such folder; name a folder of .yaml files"),
    ],
)
def test_mistakes_of_usage_are_one_line(arguments: tuple[str, ...], told: str) -> None:
    ran = extract(*arguments)
    assert (ran.returncode, ran.stdout, ran.stderr.decode()) == (2, b"", told + "\n")


def test_a_plain_text_is_no_archive(tmp_path: Path) -> None:
    (tmp_path / "article.txt").write_text(SENTENCE + "\n" * 3 + "More follows.\n" * 40)
    ran = extract(str(tmp_path / "article.txt"))
    assert (ran.returncode, ran.stdout) == (2, b"")
    assert ran.stderr.decode().splitlines() == [
        f'{tmp_path / "article.txt"}: no archive: it begins with "{SENTENCE[:40]}"; an archive is JSON lines, one article a line: '
        '{"id": "1", "published": "2024-04-22T06:30:00Z", "text": "..."}'
    ]


def test_a_line_with_a_mistake_is_named_and_the_others_are_read(tmp_path: Path) -> None:
    """The exit code says that something was skipped."""
    path = tmp_path / "a.jsonl"
    good = {"id": "a", "published": "2024-04-22", "text": SENTENCE}
    bad = [
        {key: value for key, value in good.items() if key != "text"},
        {key: value for key, value in good.items() if key != "published"},
        good | {"published": "22 April"},
        good | {"title": 7},
        good | {"id": ""},
    ]
    path.write_text("\n".join(map(json.dumps, [good, *bad, good | {"id": "b"}])) + "\n{oops\n")
    ran = extract(str(path))
    assert ran.returncode == 1
    assert [json.loads(one)["id"] for one in ran.stdout.splitlines()] == ["a", "b"]
    skipped = ran.stderr.decode().splitlines()
    assert [one.split(":")[1] for one in skipped[:-1]] == ["2", "3", "4", "5", "6", "8"]
    assert (
        skipped[0]
        == f'{path}:2:1: "text" is missing or no text; an article needs "id", "text" and "published"; the line is skipped'
    )
    assert skipped[-1].startswith("2 articles, ")


# ------------------------------------------------------------------------------------------------------------ bad input

PARAGRAPH = "Gunmen killed four people in Mosul on Sunday, police said. The weather was mild. "
ODD = {
    "empty": "",
    "blank": " \n\t\u2028\u00a0\n",
    "one-word": "Attack",
    "one-mark": "?",
    "no-end": "rockets hit the base in Erbil and " * 300,
    "one-long-word": "attack" * 20_000,
    "upper": PARAGRAPH.upper() * 5,
    "html": f"<div class='x'><p>{PARAGRAPH}</p><script>var attack = 1;</script></div>" * 20,
    "nested-html": "<b>" * 5_000 + PARAGRAPH,
    "control": "Gun\x00men \x1b[31mkilled\x07 four\x08 people\x7f in\x9b Mosul\x85 on Sunday.",
    "right-to-left": "\u202eGunmen killed four people\u202c in \u2067Mosul\u2069 on Sunday. هاجم مسلحون قاعدة أمريكية",
    "joined-marks": "Gunmen k\u0301\u0302\u0303\u0304illed four people in the town of Mosul, police said. " * 5,
    "emoji": "🚀🚀 hit the base 👩‍👩‍👧 in Erbil 🇮🇶 on Sunday.",
    "quotes": "“" * 3_000 + "attack" + "”" * 3_000,
    "brackets": "(" * 3_000 + "Gunmen killed four people" + ")" * 3_000,
    "russian": "Ракеты попали в базу в воскресенье, сообщил представитель армии. " * 20,
    "mixed": "Rockets hit the base. " + "Ракеты попали в базу. " * 3 + PARAGRAPH,
    "megabyte": PARAGRAPH * 13_000,
    "numbers": "1,2,3.4 " * 10_000 + "killed 99999999999999999999999999 people",
}
UNREAD = {"megabyte": "too-long", "russian": "language:ru"}


@pytest.fixture(scope="module")
def odd_archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("odd") / "odd.jsonl"
    rows = [{"id": name, "published": "2024-04-22", "title": text[:3_000], "text": text} for name, text in ODD.items()]
    path.write_text("\n".join(map(json.dumps, rows)), "utf-8")
    return path


def test_no_text_makes_it_fail(odd_archive: Path) -> None:
    """What is not read says why; every span of the rest holds."""
    ran = extract(str(odd_archive))
    assert ran.returncode == 0, ran.stderr.decode()[-2_000:]
    found = {one["id"]: one for one in map(json.loads, ran.stdout.splitlines())}
    assert list(found) == list(ODD)
    for article in read(str(odd_archive), pytest.fail):
        hold(article, found[article.id])
    assert {name: one["unread"] for name, one in found.items() if "unread" in one} == UNREAD
    assert all("unread" not in found[name] and not found[name]["events"] for name in ("empty", "blank", "one-mark"))
    assert found["right-to-left"]["events"]
    assert len(ran.stderr.splitlines()) == 1


def test_no_text_breaks_what_is_shown(odd_archive: Path, tmp_path: Path) -> None:
    """The terminal gets no control, the page only its own markup."""
    ran = extract(str(odd_archive), "--show", "--html", str(tmp_path / "odd.html"))
    assert ran.returncode == 0, ran.stderr.decode()[-2_000:]
    shown = ran.stdout.decode("utf-8")
    assert not {each for each in shown if each != "\n" and (each < " " or "\x7f" <= each < "\xa0" or "\u202a" <= each <= "\u202e")}
    page = (tmp_path / "odd.html").read_text("utf-8")
    assert "<script" not in page
    assert page.count("<article ") == page.count("</article>") == len(ODD)
    assert "\x1b" not in page
    assert "\u202e" not in page
    assert "Not read: too-long" in page
