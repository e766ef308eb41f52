"""The guides are run: what a page says to put into a file is put there, its commands are given, its answers are compared.

A block of `console` has commands after `$` and what they print, standard output before standard error; `…` alone on a line stands
for any lines, and inside a line for any words. A block of `yaml` goes into the file named in code marks before it, or to its end
where the page says "add"; a block of `diff` changes that file.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from peers import stored as peer

from rules.load import load_rules
from streams.cli.main import main
from streams.extract.reader import load as load_extractor
from streams.knowledge import world

GUIDES = Path(__file__).parents[1] / "docs" / "guides"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"`(rules/[\w.-]+\.yaml)`")


def pieces(page: str) -> Iterator[tuple[str, str, str]]:
    """Words before each block, its language, and what stands in it."""
    end = 0
    for found in BLOCK.finditer(page):
        yield page[end : found.start()], found[1], found[2]
        end = found.end()


def commands(block: str) -> Iterator[tuple[list[str], list[str]]]:
    """Words of each command, and the lines that it is said to print."""
    for one in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        line, *answer = one.rstrip("\n").split("\n")
        yield line.split(), answer


def matches(answer: list[str], printed: list[str]) -> bool:
    """Whether the lines are those of the page, with its gaps."""
    lines = (".*" if line == "…" else re.escape(line).replace("…", "[^\n]*") for line in answer)
    pattern = "\n".join(lines).replace("\n.*\n", "\n(?:.*\n)?").removeprefix(".*\n").removesuffix("\n.*")
    before, after = ("(?:.*\n)?" if answer[:1] == ["…"] else ""), ("(?:\n.*)?" if answer[-1:] == ["…"] else "")
    return answer == ["…"] or re.fullmatch(before + pattern + after, "\n".join(printed), re.DOTALL) is not None


class Reader:
    """Follows a page in the working directory."""

    def __init__(self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self.capsys, self.monkeypatch = capsys, monkeypatch
        self.file = Path()

    def follow(self, before: str, language: str, block: str) -> None:
        named = FILE.findall(before)
        self.file = Path(named[-1]) if named else self.file
        if language == "yaml":
            adds = "add" in before.rstrip().rpartition("\n\n")[2].split()
            self.file.write_text((self.file.read_text("utf-8") if adds else "") + block, "utf-8")
        elif language == "diff":
            old, new = ("".join(line[1:] + "\n" for line in block.splitlines() if line[0] == mark) for mark in "-+")
            text = self.file.read_text("utf-8")
            assert text.count(old) == 1, f"{self.file} has no such lines, or several:\n{old}"
            self.file.write_text(text.replace(old, new), "utf-8")
        else:
            assert language == "console"
            for words, answer in commands(block):
                self.give(words, answer)

    def give(self, words: list[str], answer: list[str]) -> None:
        if words[0] == "cd":
            self.monkeypatch.chdir(words[1])
            return
        assert words[0] == "tocsin"
        with pytest.raises(SystemExit):
            main(words[1:])
        said = self.capsys.readouterr()
        printed = (said.out + said.err).rstrip("\n").split("\n")
        assert matches(answer, printed), f"{' '.join(words)} prints\n" + "\n".join(printed)


@pytest.fixture
def reader(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Reader:
    for name in [name for name in os.environ if name.startswith("TOCSIN_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return Reader(capsys, monkeypatch)


@pytest.mark.slow
def test_your_first_rule(reader: Reader) -> None:
    """From nothing to a rule that runs."""
    for piece in pieces((GUIDES / "first-rule.md").read_text("utf-8")):
        reader.follow(*piece)
    assert len(load_rules([Path("rules/energy.yaml")], world.load()).rules[0].tests) == 6


@pytest.mark.slow
def test_a_missed_story(reader: Reader) -> None:
    """In a folder where a run took the articles that the page quotes."""
    page = (GUIDES / "missed-story.md").read_text("utf-8")
    (refinery, drill) = (quote.replace("\n> ", " ") for quote in re.findall(r"^> (.*(?:\n> .*)*)$", page, re.MULTILINE))
    first, *rest = pieces(page)
    Path("rules").mkdir()
    Path("tocsin.yaml").write_text("rules: rules\n", "utf-8")
    reader.follow(*first)
    articles = [peer.news("refinery", "2031-01-13T08:00", refinery), peer.news("drill", "2031-01-14T08:00", drill)]
    known = world.load()
    peer.run(Path("tocsin.db"), articles, load_rules([Path("rules")], known), load_extractor(knowledge=known), known)
    for piece in rest:
        reader.follow(*piece)
    tests = load_rules([Path("rules")], known).rules[0].tests
    assert [test.expect for test in tests] == ["fires", "silent", "fires", "silent"]


@pytest.mark.parametrize(
    ("answer", "printed", "fits"),
    [
        (["a"], ["a"], True),
        (["a"], ["a", "b"], False),
        (["a", "…"], ["a", "b", "c"], True),
        (["a", "…", "c"], ["a", "c"], True),
        (["a", "…", "c"], ["a", "b", "b", "c"], True),
        (["…", "c"], ["a", "b", "c"], True),
        (["…", "c"], ["c"], True),
        (["a … c"], ["a b. c"], True),
        (["a … c"], ["a b. d"], False),
        (["…"], ["anything"], True),
        (["a", "…", "b", "…"], ["a", "x", "b", "y"], True),
        (["a", "…", "b", "…"], ["a", "x", "y"], False),
    ],
)
def test_gaps_in_an_answer(answer: list[str], printed: list[str], fits: bool) -> None:
    assert matches(answer, printed) is fits
