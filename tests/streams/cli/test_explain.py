"""`tocsin explain`: where it finds the article, what it prints, and how it exits."""

import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from peers.remembered import cursor

from streams.cli.main import main
from streams.records.flow import Item
from streams.store.inbox import StoreInbox
from streams.store.store import Store
from tests.builders import article, at, attack, reading

RULES = """\
version: 1
rules:
  - id: base-hit
    owner: gsoc
    when:
      event: armed-attack
      target: {kind: base}
      place: {in: SY}
    severity:
      - critical: {killed: ">=1"}
      - high
    expires: 2032-12-31
    alert:
      again_on: [severity, toll]
      hold: {sources: 2, within: 2h}
      escalate: {unacked: 10m, to: [mail:duty]}
      quiet: {from: "22:00", to: "06:00", below: high}
      budget: {alerts: 3, within: 1h}
  - {id: riots, owner: gsoc, when: {event: riot}, severity: low}
  - {id: campaign, owner: gsoc, when: {event: armed-attack}, count: {incidents: 3, within: 48h, by: place.country}, severity: low}
"""
FIRES = "Rockets were fired at a base near Hasakah in Syria on Monday."
SILENT = "Rockets were fired at a base near Mosul in Iraq on Monday."
Said = Callable[..., tuple[int, str, str]]


@pytest.fixture
def said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Said:
    """Runs the command in a folder with a rule file; exit code, output and errors. Words cost a second: the model is loaded."""
    monkeypatch.chdir(tmp_path)
    Path("rules.yaml").write_text(RULES, "utf-8")

    def run(*arguments: str, stdin: str = "") -> tuple[int, str, str]:
        monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
        with pytest.raises(SystemExit) as done:
            main(["explain", *arguments])
        captured = capsys.readouterr()
        return int(done.value.code or 0), captured.out, captured.err

    return run


def test_a_rule_that_fires_is_shown_with_words_offsets_lines_and_policies(said: Said) -> None:
    assert said("base-hit", "--rules", "rules.yaml", "--text", FIRES, "--published", "2031-01-07")[:2] == (0, """\
rule base-hit (rules.yaml:3): fires, high
article text: (no title), published 2031-01-07 00:00Z, read alone
event 1 of 1: shelling at "fired" (text 13-18): "when" holds
  holds: event: armed-attack (line 6), found shelling: "fired" (text 13-18)
  holds: place: {in: SY} (line 8), found Al-Hasakah, SY: "Hasakah" (text 34-41)
  holds: target (line 7), found a base near Hasakah in Syria (base): "a base near Hasakah in Syria" (text 22-50)
    holds: kind: base (line 7), found base: "a base near Hasakah in Syria" (text 22-50)
  holds: stage: happened (default), found happened: "fired" (text 13-18)
  holds: standing: [confirmed, reported, claimed, disputed] (default), found reported
severity critical: not stated
  not stated: killed: ">=1" (line 10)
severity high: holds
max_age: what happened more than 7d ago is not announced as new
expires: after 2032-12-31 nothing is announced as new; what was told is still corrected
to: the default channel of the settings
again_on: on the same post severity, toll call again; a correction or withdrawal always does
hold: the first telling waits up to 2h for 2 independent sources, then it is sent, marked as resting on fewer
escalate: when nobody has taken it after 10m, mail:duty is told
quiet: from 22:00 to 06:00 (the desk's time) what is below high waits for a digest
budget: beyond 3 alerts within 1h the rest goes into a digest, and the owner is told
""")  # fmt: skip


def test_a_miss_names_the_nearest_clause_and_exits_with_one(said: Said) -> None:
    code, out, _ = said("base-hit", "-", "--rules", "rules.yaml", "--published", "2031-01-07", stdin=SILENT)
    assert code == 1
    assert out.splitlines()[0] == "rule base-hit (rules.yaml:3): does not fire"
    at = out.splitlines().index('nearest is shelling at "fired" (text 13-18); to hold it wants')
    assert out.splitlines()[at + 1] == '  line 8: "place: {in: SY}", not so, found Mosul, IQ'


def test_words_without_an_event_are_said_to_have_none(said: Said) -> None:
    code, out, _ = said("riots", "--rules", "rules.yaml", "--text", "The shop opened at nine.", "--title", "Shop")
    assert (code, out.splitlines()[0]) == (1, "rule riots (rules.yaml:19): does not fire: no event is found in the text")
    assert out.splitlines()[1].startswith("article text: Shop, published ")


def test_all_ranks_the_rules_of_the_set_and_a_form_wants_its_history(said: Said) -> None:
    code, out, fault = said("--all", "--rules", "rules.yaml", "--text", FIRES, "--published", "2031-01-07", "--top", "2")
    assert code == 0
    assert [line for line in out.splitlines() if not line.startswith(" ")] == [
        "base-hit: fires, high",
        'campaign: does not fire on this article alone: "when" holds, and "count" looks at what was before',
    ]
    assert fault == "3 rules, 1 of them fires\n"


def test_json_lines_carry_the_tree_of_a_line_of_a_file(said: Said) -> None:
    texts = (("a", FIRES), ("b", SILENT))
    lines = [json.dumps({"id": name, "published": "2031-01-07", "source": "x", "text": text}) for name, text in texts]
    Path("two.jsonl").write_text("\n".join(lines), "utf-8")
    code, out, _ = said("base-hit", "two.jsonl:2", "--rules", "rules.yaml", "--format", "jsonl")
    told = json.loads(out)
    assert (code, told["article"], told["fires"], told["holds"], told["severity"]) == (1, "b", False, False, None)
    assert told["nearest"] == [
        {"clause": "place: {in: SY}", "line": 8, "verdict": "not so", "found": "Mosul, IQ",
         "quotes": [{"text": "Mosul", "start": 34, "end": 39}]}
    ]  # fmt: skip
    assert [part["verdict"] for part in told["events"][0]["clauses"]["parts"]] == ["holds", "not so", "holds", "holds", "holds"]
    assert told["policy"]["alert"]["budget"] == {"alerts": 3, "within": "1h"}
    refused = said("base-hit", "two.jsonl", "--rules", "rules.yaml")
    assert refused == (2, "", 'two.jsonl has several articles; name one by its line, e.g. "two.jsonl:3"\n')


def test_a_line_of_an_archive_may_come_on_standard_input(said: Said) -> None:
    line = json.dumps({"id": "b", "published": "2031-01-07", "source": "x", "text": FIRES})
    code, out, _ = said("base-hit", "-", "--rules", "rules.yaml", stdin=line)
    assert (code, out.splitlines()[1]) == (0, "article b: (no title), published 2031-01-07 00:00Z, read alone")


def test_an_article_of_the_store_is_judged_as_it_was_read(said: Said) -> None:
    """By link and by id, with the events that the matcher was given and no model."""
    home = replace(article("a", "04-22"), url="https://news.example/a")
    with Store.open(Path("tocsin.db")) as store:
        StoreInbox(store).take([Item(article=home, fingerprint="1")], cursor())
        with store.lock(at("04-22")) as lock, store.matching(lock) as memory:
            memory.append("reading", at("04-22"), b"{}")
            memory.put_reading(reading(home, attack(home, "04-21")))
    for name in ("a", "https://news.example/a", "https://news.example/a?utm_source=x"):
        code, out, _ = said("base-hit", name, "--rules", "rules.yaml", "--store", "tocsin.db")
        assert (code, out.splitlines()[2]) == (
            1,
            'event 1 of 1: shelling-artillery-missile at "attacked" (text 4-12): "when" does not hold',
        )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["base-hit"], "give a rule's id and an article, found 1: tocsin explain RULE ARTICLE"),
        (["--all"], "give an article, found 0: tocsin explain RULE ARTICLE"),
        (["base-hit", "x", "--text", "y"], "give a rule's id, found 2: tocsin explain RULE ARTICLE"),
        (["base-hits", "-"], 'no rule "base-hits" in these files; allowed: base-hit, riots, campaign; did you mean "base-hit"?'),
        (["base-hit", "x"], '"x" is no file, and no link or id of the store; give file.jsonl, file.jsonl:LINE, or - for words'),
        (["base-hit", "rules.yaml:99"], "rules.yaml has no article in line 99"),
        (["base-hit", "x", "--store", "none.db"], 'none.db: there is no store; "tocsin run" makes one'),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_mistakes_are_told_in_one_line(said: Said, arguments: list[str], message: str) -> None:
    assert said(*arguments, "--rules", "rules.yaml") == (2, "", f"{message}\n")
