"""Tests written from stored articles: which sentence, where it goes, and what is refused; with the shipped knowledge and model."""

from difflib import ndiff
from pathlib import Path

import pytest
from peers import stored as peer

from rules.load import load_rules
from rules.model import RuleSet
from streams.cli import stored
from streams.errors import EnvironmentFault, UsageError
from streams.extract.reader import Extractor
from streams.extract.reader import load as load_extractor
from streams.knowledge import world
from streams.knowledge.world import Knowledge
from streams.questions.trial import run as run_tests
from streams.records.flow import Article
from streams.store.store import Store

TEXT = """\
# ours
version: 1
watch: {staff: staff.yaml}
rules:
  - id: base   # the first
    owner: gsoc
    when: {event: armed-attack, target: {kind: base}}
    severity:
      - critical: {killed: ">=1"}
      - high
    tests:
      - silent: Talks on the base went on.   # no attack

  # no tests yet
  - id: energy
    owner: gsoc
    when: {event: armed-attack, target: {kind: energy-site}, instrument: drone}
    severity: high
  - {id: fed, owner: gsoc, when: {event: armed-attack, source: wire, text: {any: "Oil prices", in: article}}, severity: low}
  - {id: named, owner: gsoc, when: {event: armed-attack, mentions: {watch: staff}}, severity: low}
"""
STAFF = "version: 1\npeople: [{id: jane, name: Jane Zweifelhof}]\n"
STRIKE = "Two rockets were fired at the Ain al-Asad air base in Iraq on Monday, an Iraqi security official said."
REFINERY = "Rockets hit an oil refinery near Basra on Sunday, officials said."
ARTICLES = [
    peer.news("strike", "2031-01-07T08:00", f"Oil prices rose on Tuesday.\n\n{STRIKE} Jane Zweifelhof was nearby."),
    peer.news("refinery", "2031-01-13T08:00", f"Oil prices rose on Monday.\n\n{REFINERY} Nobody was hurt."),
    peer.news("library", "2031-01-14T08:00", "The library opens at nine. It has a new roof."),
]


@pytest.fixture(scope="module")
def known() -> Knowledge:
    return world.load()


@pytest.fixture(scope="module")
def reader(known: Knowledge) -> Extractor:
    return load_extractor(knowledge=known)


class Desk:
    """A folder with rules and the store of a run on them."""

    def __init__(
        self, folder: Path, reader: Extractor, known: Knowledge, text: str = TEXT, articles: list[Article] = ARTICLES
    ) -> None:
        self.file = folder / "rules.yaml"
        self.file.write_text(text, "utf-8")
        (folder / "staff.yaml").write_text(STAFF, "utf-8")
        self.known, self.reader = known, reader
        self.alerts = peer.run(folder / "t.db", articles, self.rules, reader, known)
        self.store = Store.open(folder / "t.db", read_only=True)

    @property
    def rules(self) -> RuleSet:
        return load_rules([self.file], self.known)

    def alert(self, rule: str, *, false: bool = False) -> stored.Draft:
        (id,) = [one for one in self.alerts if f"/{rule}/" in one]
        return stored.of_alert(self.store, id, self.rules, self.reader, self.known, false=false)

    def miss(self, url: str, rule: str = "energy", words: str = "") -> stored.Draft:
        return stored.of_miss(self.store, url, stored.named(self.rules, rule), self.known, words)

    def write(self, draft: stored.Draft) -> list[str]:
        """Lines that came and went."""
        before = self.file.read_text("utf-8").splitlines()
        stored.write(draft, self.rules, self.known)
        return [line for line in ndiff(before, self.file.read_text("utf-8").splitlines()) if line[0] in "+-"]

    def problems(self, rule: str) -> list[str]:
        """Of each test of a rule."""
        return next(
            [one.problem for one in report.verdicts]
            for report in run_tests(self.rules, self.reader, self.known)
            if report.rule.id == rule
        )


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reader: Extractor, known: Knowledge):  # type: ignore[no-untyped-def]
    monkeypatch.chdir(tmp_path)
    made = Desk(tmp_path, reader, known)
    yield made
    made.store.close()


def test_an_alert_becomes_a_test_that_fires(desk: Desk) -> None:
    """The sentence and no more, with the day that "Monday" is said on, behind the other tests; the severity where it can vary."""
    assert len(desk.alerts) == 4
    assert desk.write(desk.alert("base")) == [
        f"+       - fires: {STRIKE}",
        "+         published: 2031-01-07T08:00:00Z",
        "+         severity: high",
        f'+         why: "told as {desk.alerts[0]}: https://news.example/strike"',
    ]
    assert desk.problems("base") == ["", ""]
    assert desk.file.read_text("utf-8").splitlines()[12] == f"      - fires: {STRIKE}"


def test_a_false_alert_becomes_a_test_that_is_silent(desk: Desk) -> None:
    """It fails until the rule is mended, which is the point."""
    assert desk.write(desk.alert("base", false=True))[0] == f"+       - silent: {STRIKE}"
    assert desk.problems("base") == ["", f'fired: "{STRIKE}"']


def test_a_missed_article_becomes_a_test_that_fires(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    """Of its sentences the one that comes nearest; a rule without tests gets them; why it did not fire is said."""
    assert desk.write(desk.miss("https://news.example/refinery?utm_source=x")) == [
        "+     tests:",
        f"+       - fires: {REFINERY}",
        "+         published: 2031-01-13T08:00:00Z",
        '+         why: "missed: https://news.example/refinery?utm_source=x"',
    ]
    said = capsys.readouterr()
    assert 'event "shelling" at "' in said.err
    assert 'line 17 "instrument: drone" is not so' in said.err
    assert said.out == f'{desk.file}:20: added fires: "{REFINERY}"\n'
    (problem,) = desk.problems("energy")
    assert problem.startswith("did not fire: ")
    desk.file.write_text(desk.file.read_text("utf-8").replace("instrument: drone", "instrument: [drone, rocket]"), "utf-8")
    assert desk.problems("energy") == [""]


def test_the_sentence_of_a_missed_article_can_be_named(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    """Where no event was found, the first is taken and said to be."""
    assert desk.miss("wire:library").articles[0].text == "The library opens at nine."
    assert "no event was found" in capsys.readouterr().err
    assert desk.miss("wire:library", words="new ROOF").articles[0].text == "It has a new roof."
    with pytest.raises(UsageError) as fault:
        desk.miss("wire:library", words="rocket")
    assert str(fault.value) == '--words: no sentence of the article has "rocket"'


def test_a_test_that_is_there_already_is_not_written_twice(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    desk.write(desk.alert("base"))
    assert desk.write(desk.alert("base")) == []
    assert capsys.readouterr().out.splitlines()[-1] == f"{desk.file}:13: this test is there already"


def test_what_stands_on_a_watch_list_is_warned_of(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    """Rule files are read by more people than watch lists; a rule in braces stays in braces."""
    (old, new) = desk.write(desk.alert("named"))
    assert new == (
        f'+{old[1:-1]}, tests: [{{fires: "{STRIKE} Jane Zweifelhof was nearby.", published: "2031-01-07T08:00:00Z", '
        f'why: "told as {desk.alerts[2]}: https://news.example/strike"}}]}}'
    )
    assert desk.problems("named") == [""]
    assert 'names what stands on watch list "staff"' in capsys.readouterr().err


def test_what_a_rule_asks_of_the_article_comes_with_the_sentence(desk: Desk) -> None:
    """Its feed, and the sentences with words that it looks for anywhere."""
    draft = desk.miss("wire:strike", "fed")
    assert draft.articles[0].text == f"Oil prices rose on Tuesday. {STRIKE}"
    assert draft.articles[0].source == "wire"
    desk.write(draft)
    assert desk.problems("fed") == [""]


def test_strangers_words_turn_no_line_round(desk: Desk, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """In the file they stand as escapes, on the terminal they are left out; the test has the text as it was."""
    text = f"\u202e{REFINERY}\u009b2J \u2066end"
    peer.run(tmp_path / "t.db", [peer.news("odd", "2031-01-15T08:00", text)], desk.rules, desk.reader, desk.known)
    added = "".join(desk.write(desk.miss("wire:odd", words="Rockets hit")))
    assert "\\u202e" in added
    said = capsys.readouterr()
    assert set("\u202e\u2066\u009b").isdisjoint(desk.file.read_text("utf-8") + said.out + said.err)
    assert "\u202e" in next(rule for rule in desk.rules.rules if rule.id == "energy").tests[0].articles[0].text


FORMS = """\
version: 1
rules:
  - id: many
    owner: gsoc
    when: {event: armed-attack, target: {kind: base}}
    count: {incidents: 3, within: 5d}
    severity: high
  - id: again
    owner: gsoc
    when: {event: armed-attack, target: {kind: base}}
    resume: {pause: 20d, before_pause: {incidents: 3, within: 30d}, evidence: observed}
    severity: high
"""
SERIES = [
    peer.news("one", "2031-01-07T08:00", STRIKE),
    peer.news("two", "2031-01-08T08:00", "A drone attacked a military base in eastern Syria on Tuesday, officials said."),
    peer.news("three", "2031-01-09T08:00", "Mortar shells hit a military base near Amman in Jordan on Wednesday, police said."),
    peer.news("four", "2031-02-19T08:00", "Rockets were fired at a military base near Erbil on Tuesday, officials said."),
]


def test_a_temporal_rule_gets_its_timeline(
    tmp_path: Path, reader: Extractor, known: Knowledge, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sentence for each incident, dated; what a count counted, and what was before a pause."""
    monkeypatch.chdir(tmp_path)
    desk = Desk(tmp_path, reader, known, FORMS, SERIES)
    assert [one.split("/")[1] for one in desk.alerts] == ["many", "again"]
    for rule, days in (("many", ["01-07", "01-08", "01-09"]), ("again", ["01-07", "01-08", "01-09", "02-19"])):
        draft = desk.alert(rule)
        assert [f"{one.published:%m-%d}" for one in draft.articles] == days
        desk.write(draft)
        assert desk.problems(rule) == [""]
    text = desk.file.read_text("utf-8")
    assert text.count(f"          - text: {STRIKE}\n            published: 2031-01-07T08:00:00Z\n") == 2
    desk.file.write_text(text.replace("incidents: 3, within: 5d", "incidents: 4, within: 5d"), "utf-8")
    with pytest.raises(UsageError) as fault:
        desk.alert("many")
    assert "write its timeline by hand" in str(fault.value)
    desk.store.close()


def test_unknown_names_are_refused(desk: Desk) -> None:
    """An alert, an article, a rule."""
    for ask, words in (
        (
            lambda: stored.of_alert(desk.store, "I1-1/base/9", desk.rules, desk.reader, desk.known, false=False),
            "--from-alert: no alert",
        ),
        (
            lambda: stored.of_alert(desk.store, "nonsense", desk.rules, desk.reader, desk.known, false=False),
            "--from-alert: no alert",
        ),
        (lambda: desk.miss("https://news.example/none"), "--from-miss: no article with the id or link"),
        (
            lambda: stored.named(desk.rules, "bases"),
            'no rule "bases" in these files; allowed: base, energy, fed, named; did you mean "base"?',
        ),
    ):
        with pytest.raises(UsageError) as fault:
            ask()
        assert str(fault.value).startswith(words)


def test_a_file_that_changed_meanwhile_is_left_alone(desk: Desk) -> None:
    draft, rules = desk.alert("base"), desk.rules
    desk.file.write_text(TEXT + "# later\n", "utf-8")
    with pytest.raises(UsageError) as fault:
        stored.write(draft, rules, desk.known)
    assert str(fault.value) == f"{desk.file}: nothing is written, for the file has changed meanwhile; try again"
    assert desk.file.read_text("utf-8") == TEXT + "# later\n"


def test_marks_modes_and_links_of_a_file_stay(desk: Desk, tmp_path: Path) -> None:
    """A byte order mark, permissions, and a file that is a link to another."""
    real = tmp_path / "elsewhere.yaml"
    real.write_bytes(b"\xef\xbb\xbf" + TEXT.encode())
    real.chmod(0o640)
    desk.file.unlink()
    desk.file.symlink_to(real)
    desk.write(desk.alert("base"))
    assert desk.file.is_symlink()
    assert real.stat().st_mode & 0o777 == 0o640
    assert real.read_bytes().startswith(b"\xef\xbb\xbf# ours")
    assert [path.name for path in tmp_path.iterdir() if "new" in path.name] == []


def test_a_folder_that_cannot_be_written_is_the_disks_fault(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is left behind."""
    draft = desk.alert("base")
    (tmp_path / ".rules.yaml.new").mkdir()
    with pytest.raises((EnvironmentFault, IsADirectoryError)):
        desk.write(draft)
    assert desk.file.read_text("utf-8") == TEXT
