"""Rule files to rules: what they come to mean, and every mistake with its text and place."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_world import WORLD

from rules import keys
from rules.load import gather, load_rules, load_texts, read_rules
from rules.model import (
    AGAIN_ON,
    AboutIs,
    AllOf,
    AnyOf,
    CountWithin,
    EventIs,
    FirstWithin,
    History,
    IdIs,
    InstrumentIs,
    KindIs,
    NationAgainst,
    NationIs,
    NotThat,
    NumberIs,
    OutcomeIn,
    PlaceIn,
    Resume,
    Rule,
    RuleSet,
    RuleTest,
    SequenceWithin,
    SeverityCase,
    StageIn,
    StandingIn,
    Stated,
    Step,
    TestArticle,
    Who,
    WordsIn,
)
from streams.errors import RuleFileError
from streams.knowledge.world import load as load_knowledge
from streams.records.policies import Budget, Escalation, Hold, Policy, Quiet

BROKEN = sorted((Path(__file__).parent.parent / "data" / "rules" / "broken").glob("*.yaml"))
PACKS = Path(__file__).parents[2] / "rules" / "packs"
CHANNELS = ("slack:gsoc", "console")
NOT_DENIED = StandingIn(("confirmed", "reported", "claimed", "disputed"))


def rules_of(text: str) -> tuple[Rule, ...]:
    """The rules of one text without mistakes."""
    return load_texts({"rules.yaml": text}, WORLD).rules


def rule_of(when: str, more: str = "") -> Rule:
    """A rule with this `when`."""
    text = f"version: 1\nlists: {{ours: [US, GB]}}\nrules:\n  - id: some-rule\n    severity: high\n    when: {when}\n{more}"
    return rules_of(text)[0]


# ---------------------------------------------------------------------------------------------------------------- meaning


@pytest.mark.parametrize(
    ("when", "means"),
    [
        ("{event: armed-attack}", EventIs(("armed-attack",))),
        ("{event: [threat, armed-attack]}", EventIs(("threat", "armed-attack"))),
        ("[{event: threat}, {event: talks}]", AnyOf((EventIs(("threat",)), EventIs(("talks",))))),
        ("{event: threat, outcome: hit}", AllOf((EventIs(("threat",)), OutcomeIn(("hit",))))),
        ("{outcome: hit, event: threat}", AllOf((EventIs(("threat",)), OutcomeIn(("hit",))))),
        ("{event: threat, outcome: {known: true}}", AllOf((EventIs(("threat",)), Stated("outcome", True)))),
        ("{event: threat, instrument: [rocket, drone]}", AllOf((EventIs(("threat",)), InstrumentIs(("rocket", "drone"))))),
        ("{event: threat, instrument: {known: false}}", AllOf((EventIs(("threat",)), Stated("instrument", False)))),
        (
            "{event: threat, place: {in: [IQ, Syria, al-hasakah]}}",
            AllOf((EventIs(("threat",)), PlaceIn(("IQ", "SY", "al-hasakah")))),
        ),
        ("{event: threat, place: {known: true}}", AllOf((EventIs(("threat",)), Stated("place", True)))),
        (
            "{event: threat, place: {in: middle-east, known: true}}",
            AllOf((EventIs(("threat",)), AllOf((Stated("place", True), PlaceIn(("middle-east",)))))),
        ),
        (
            "{event: threat, target: {kind: base, used_by: American}}",
            AllOf((EventIs(("threat",)), Who("target", AllOf((KindIs(("base",)), NationIs("used_by", ("US",))))))),
        ),
        (
            "{event: threat, actor: [{group: houthis}, {owned_by: IR}]}",
            AllOf((EventIs(("threat",)), AnyOf((Who("actor", IdIs(("houthis",))), Who("actor", NationIs("owned_by", ("IR",))))))),
        ),
        (
            "{event: threat, actor: {any: [{id: houthis}, {sponsored_by: IR}], not: {nation: $ours}}}",
            AllOf(
                (
                    EventIs(("threat",)),
                    Who(
                        "actor",
                        AllOf(
                            (
                                AnyOf((IdIs(("houthis",)), NationIs("sponsored_by", ("IR",)))),
                                NotThat(NationIs("any", ("US", "GB"))),
                            )
                        ),
                    ),
                )
            ),
        ),
        ("{event: threat, actor: {known: true}}", AllOf((EventIs(("threat",)), Stated("actor", True)))),
        (
            "{event: threat, actor: {known: true, kind: force}}",
            AllOf((EventIs(("threat",)), AllOf((Stated("actor", True), Who("actor", KindIs(("force",))))))),
        ),
        (
            "{event: abduction, target: {nation: {differs_from: place.country}}}",
            AllOf((EventIs(("abduction",)), Who("target", NationAgainst("place.country", same=False)))),
        ),
        ('{event: threat, killed: ">=1"}', AllOf((EventIs(("threat",)), NumberIs("killed", ">=", 1)))),
        ('{event: threat, wounded: "< 10"}', AllOf((EventIs(("threat",)), NumberIs("wounded", "<", 10)))),
        ("{event: threat, fired: 5}", AllOf((EventIs(("threat",)), NumberIs("fired", "=", 5)))),
        (
            "{event: threat, about: {event: armed-attack, target: {nation: US}}}",
            AllOf((EventIs(("threat",)), AboutIs(AllOf((EventIs(("armed-attack",)), Who("target", NationIs("any", ("US",)))))))),
        ),
        (
            "{event: threat, text: {any: [rocket, car bomb]}}",
            AllOf((EventIs(("threat",)), WordsIn(("rocket", "car bomb"), "article"))),
        ),
        (
            "{event: threat, text: {all: [rocket, base], none: drill, in: sentence}}",
            AllOf(
                (
                    EventIs(("threat",)),
                    AllOf(
                        (WordsIn(("rocket",), "sentence"), WordsIn(("base",), "sentence"), NotThat(WordsIn(("drill",), "sentence")))
                    ),
                )
            ),
        ),
        (
            "{event: threat, not: [{outcome: hit}, {stage: planned}]}",
            AllOf((EventIs(("threat",)), NotThat(AnyOf((OutcomeIn(("hit",)), StageIn(("planned",))))))),
        ),
        (
            "{event: threat, all: [{outcome: hit}, {stage: planned}]}",
            AllOf((EventIs(("threat",)), AllOf((OutcomeIn(("hit",)), StageIn(("planned",)))))),
        ),
    ],
)
def test_when_means(when: str, means: object) -> None:
    """Every key, in both of its spellings; the order of keys in the file does not matter."""
    assert rule_of(when).core == means


def test_the_defaults_are_written_out_in_when_and_absent_from_core() -> None:
    """The core judges announcements, which have not happened."""
    rule = rule_of("{event: threat, outcome: hit}")
    assert rule.when == AllOf((EventIs(("threat",)), OutcomeIn(("hit",)), StageIn(("happened",)), NOT_DENIED))
    assert rule.core == AllOf((EventIs(("threat",)), OutcomeIn(("hit",))))


@pytest.mark.parametrize(
    ("when", "added"),
    [
        ("{event: threat, stage: planned}", (NOT_DENIED,)),
        ("{event: threat, standing: denied}", (StageIn(("happened",)),)),
        ("{event: threat, standing: denied, stage: planned}", ()),
        ("{event: threat, any: [{stage: planned}, {stage: exercise}]}", (NOT_DENIED,)),
        ("{event: threat, not: {stage: exercise}}", (StageIn(("happened",)), NOT_DENIED)),
        ("{event: threat, about: {event: talks, stage: planned}}", (StageIn(("happened",)), NOT_DENIED)),
    ],
)
def test_a_default_gives_way_to_what_the_rule_says_itself(when: str, added: tuple[object, ...]) -> None:
    """What a rule excludes, or says of a statement's content, is no wish for the event's own stage."""
    rule = rule_of(when)
    assert isinstance(rule.when, AllOf)
    assert isinstance(rule.core, AllOf)
    assert rule.when.parts == (*rule.core.parts, *added)


def test_a_rule_with_nothing_but_the_necessary() -> None:
    """All defaults."""
    rule = rule_of("{event: threat}")
    assert rule.title == "Some rule"
    assert rule.severity == (SeverityCase(severity="high"),)
    assert (rule.owner, rule.channels, rule.tests, rule.references, rule.definition) == ("", (), (), (), "")
    assert rule.again_on == AGAIN_ON
    assert rule.max_age == timedelta(days=7)
    assert rule.mode == "on"
    assert rule.form is None
    assert (rule.path, rule.line) == ("rules.yaml", 4)


def test_a_rule_with_everything() -> None:
    """Every key but `resume` and `tests`, which have tests of their own."""
    rule = rule_of(
        "{event: threat}",
        """\
    title:  A  threat
    owner: gsoc
    definition: In words.
    references: [ACLED Codebook]
    mode: shadow
    max_age: 30d
    alert: {to: [slack:gsoc, mail:duty], again_on: [toll, severity]}
""",
    )
    assert rule.title == "A threat"
    assert (rule.owner, rule.definition, rule.references, rule.mode) == ("gsoc", "In words.", ("ACLED Codebook",), "shadow")
    assert rule.max_age == timedelta(days=30)
    assert rule.channels == ("slack:gsoc", "mail:duty")
    assert rule.again_on == ("severity", "toll")


def test_the_bounds_themselves_are_allowed() -> None:
    """Ids, titles and windows."""
    text = f"""\
version: 1
rules:
  - id: {"x" * 64}
    title: {"x" * 150}
    owner: me
    severity: low
    when: {{event: threat}}
    max_age: 400d
    resume: {{pause: 100d, before_pause: {{incidents: 1, within: 300d}}}}
    tests: [{{fires: a}}, {{silent: b}}]
"""
    assert read_rules({"a.yaml": text}, WORLD)[1] == ()


def test_what_a_pause_leaves_out() -> None:
    """One incident is enough before it unless more are asked for; what an article states needs none."""
    resume = rule_of("{event: threat}", "    resume: {pause: 30d, before_pause: {within: 90d}}\n").form
    assert isinstance(resume, Resume)
    assert resume.before_incidents == 1
    resume = rule_of("{event: threat}", "    resume: {pause: 30d, evidence: [stated, announced]}\n").form
    assert isinstance(resume, Resume)
    assert (resume.before_incidents, resume.before_within) == (1, timedelta(0))


def test_nothing_pings_again_when_again_on_is_empty() -> None:
    """Edits only."""
    assert rule_of("{event: threat}", "    alert: {again_on: []}\n").again_on == ()


def test_severity_cases() -> None:
    """The first that holds; a case has no defaults of stage and standing."""
    cases = '[{critical: {killed: ">=1"}}, {low: {stage: retold}}, high]'
    text = f"version: 1\nrules: [{{id: a, when: {{event: threat}}, severity: {cases}}}]\n"
    assert rules_of(text)[0].severity == (
        SeverityCase(severity="critical", when=NumberIs("killed", ">=", 1)),
        SeverityCase(severity="low", when=StageIn(("retold",))),
        SeverityCase(severity="high"),
    )


def test_resume() -> None:
    """All of its keys, and its defaults."""
    before = "before_pause: {incidents: 3, within: 90d}"
    full = f'{before}, evidence: [stated, observed], history: {{last: 2024-02-04, by: duty analyst, ref: "https://example.org"}}'
    assert rule_of("{event: threat}", f"    resume: {{by: [place.country, actor.group], pause: 30d, {full}}}\n").form == Resume(
        by=("actor.group", "place.country"),
        pause=timedelta(days=30),
        before_incidents=3,
        before_within=timedelta(days=90),
        evidence=frozenset(("observed", "stated")),
        history=History(last=date(2024, 2, 4), by="duty analyst", ref="https://example.org"),
    )
    assert rule_of("{event: threat}", f"    resume: {{by: [], pause: 30d, {before}}}\n").form == Resume(
        by=(),
        pause=timedelta(days=30),
        before_incidents=3,
        before_within=timedelta(days=90),
        evidence=frozenset(("observed", "stated", "announced")),
    )


def test_the_other_forms() -> None:
    """Count, first, and a sequence whose steps share what stands under `when`."""
    count = rule_of("{event: threat}", "    count: {incidents: 3, within: 48h, by: place.country}\n").form
    assert count == CountWithin(incidents=3, within=timedelta(hours=48), by=("place.country",))
    first = rule_of("{event: threat}", "    first: {within: 90d, by: [target.id, actor.group]}\n").form
    assert first == FirstWithin(within=timedelta(days=90), by=("actor.group", "target.id"))
    steps = "    sequence: {by: parties, within: 14d, steps: [{event: talks}, {event: threat, stage: planned}]}\n"
    rule = rule_of("{outcome: hit}", steps)
    talks = AllOf((OutcomeIn(("hit",)), EventIs(("talks",))))
    threat = AllOf((OutcomeIn(("hit",)), EventIs(("threat",)), StageIn(("planned",))))
    assert rule.form == SequenceWithin(
        steps=(
            Step(when=AllOf((*talks.parts, StageIn(("happened",)), NOT_DENIED)), core=talks),
            Step(when=AllOf((*threat.parts, NOT_DENIED)), core=threat),
        ),
        within=timedelta(days=14),
        by=("parties",),
    )
    assert isinstance(rule.form, SequenceWithin)
    assert rule.core == AnyOf((talks, threat))
    assert rule.when == AnyOf(tuple(step.when for step in rule.form.steps))


def test_a_sequence_does_without_when() -> None:
    """Its steps say it all."""
    text = "version: 1\nrules: [{id: a, severity: low, sequence: {within: 1d, steps: [{event: talks}, {event: threat}]}}]\n"
    assert rules_of(text)[0].core == AnyOf((EventIs(("talks",)), EventIs(("threat",))))


def test_what_delivery_is_asked_to_do() -> None:
    """All of it, and what it is where less is said."""
    more = """\
    expires: 2031-12-31
    alert:
      hold: {sources: 2, within: 2h, else: send}
      escalate: [{unacked: 10m, to: slack:lead}, {unacked: 1h, to: [mail:duty, slack:lead]}]
      quiet: {from: "22:00", to: "06:30", time_zone: Europe/Berlin, below: critical}
      budget: {alerts: 10, within: 1h}
"""
    rule = rule_of("{event: threat}", more)
    assert rule.expires == date(2031, 12, 31)
    assert rule.policy == Policy(
        hold=Hold(sources=2, within_s=7200, otherwise="send"),
        escalate=(
            Escalation(unacked_s=600, channels=("slack:lead",)),
            Escalation(unacked_s=3600, channels=("mail:duty", "slack:lead")),
        ),
        quiet=Quiet(start="22:00", end="06:30", time_zone="Europe/Berlin", below="critical"),
        budget=Budget(alerts=10, within_s=3600),
    )
    less = '    alert: {hold: {sources: 3, within: 1d}, escalate: {unacked: 10m, to: a}, quiet: {from: "22:00", to: "06:00"}}\n'
    assert rule_of("{event: threat}", less).policy == Policy(
        hold=Hold(sources=3, within_s=86400, otherwise="send-marked"),
        escalate=(Escalation(unacked_s=600, channels=("a",)),),
        quiet=Quiet(start="22:00", end="06:00", time_zone="", below="high"),
    )
    assert rule_of("{event: threat}").policy == Policy()
    assert rule_of("{event: threat}").expires is None


@pytest.mark.parametrize(
    "more",
    [
        "    expires: 2031-12-31\n",
        "    alert: {budget: {alerts: 1, within: 1h}}\n",
        "    count: {incidents: 2, within: 1h}\n",
        "    first: {within: 1h}\n",
        "    max_age: 1h\n",
    ],
)
def test_a_rule_that_does_something_else_has_another_hash(more: str) -> None:
    """What was told under one meaning is not taken for what another would tell."""
    assert rule_of("{event: threat}", more).hash != rule_of("{event: threat}").hash


def test_feeds_are_checked_where_the_settings_are_known() -> None:
    """Like channels."""
    text = {"a.yaml": "version: 1\nrules: [{id: a, severity: low, when: {event: threat, source: [wire, wire, x]}}]\n"}
    assert read_rules(text, WORLD)[0] is not None
    _, mistakes = read_rules(text, WORLD, feeds=("wire",))
    assert [str(one) for one in mistakes if one.severity == "error"] == ['a.yaml:2:75: unknown feed "x"; allowed: wire']


def test_tests_beside_a_rule() -> None:
    """One text, or several with dates."""
    rule = rule_of(
        "{event: threat}",
        """\
    tests:
      - {fires: One text., title: A title, published: 2024-04-22, severity: high}
      - silent: [{published: "2024-04-22T06:30+02:00", text: First.}, {published: 2024-04-23, text: Second., title: Two}]
        why: because
""",
    )
    day = datetime(2024, 4, 22, tzinfo=UTC)
    assert rule.tests == (
        RuleTest(expect="fires", articles=(TestArticle(text="One text.", title="A title", published=day),), severity="high"),
        RuleTest(
            expect="silent",
            articles=(
                TestArticle(text="First.", published=day + timedelta(hours=4, minutes=30)),
                TestArticle(text="Second.", title="Two", published=day + timedelta(days=1)),
            ),
            why="because",
        ),
    )
    assert [test.line for test in rule.tests] == [8, 9]
    assert [one.published and one.published.tzinfo for test in rule.tests for one in test.articles] == [UTC] * 3


def test_a_timeline_says_of_each_text_what_it_gives() -> None:
    """In the order of arrival; what revises another comes as its next revision."""
    rule = rule_of(
        "{event: threat}",
        """\
    tests:
      - timeline:
          - {published: 2024-04-22, text: One., gives: new, severity: high}
          - {published: 2024-04-21, text: Two., gives: nothing, source: wire}
          - {published: 2024-04-22, text: Three., title: No, gives: withdrawal, revises: 1}
        why: because
""",
    )
    day = datetime(2024, 4, 22, tzinfo=UTC)
    assert rule.tests == (
        RuleTest(
            expect="timeline",
            articles=(
                TestArticle(text="One.", published=day, gives="new", severity="high"),
                TestArticle(text="Two.", published=day - timedelta(days=1), gives="nothing", source="wire"),
                TestArticle(text="Three.", title="No", published=day, gives="withdrawal", revises=1),
            ),
            why="because",
        ),
    )
    assert rule.tests[0].shows("fires")
    assert rule.tests[0].shows("silent")


# ------------------------------------------------------------------------------------------------------------------- sets


def test_a_list_serves_all_files_of_the_set() -> None:
    """Wherever it stands."""
    texts = {
        "b.yaml": "version: 1\nlists: {ours: [US]}\n",
        "a.yaml": "version: 1\nrules: [{id: a, when: {event: threat, actor: {nation: $ours}}, severity: low}]\n",
    }
    assert load_texts(texts, WORLD).rules[0].core == AllOf((EventIs(("threat",)), Who("actor", NationIs("any", ("US",)))))


def test_mistakes_between_files_name_both() -> None:
    """An id and a list twice."""
    rule = "{id: a, owner: me, when: {event: threat}, severity: low, tests: [{fires: a}, {silent: b}]}"
    text = f"version: 1\nlists: {{ours: [US]}}\nrules: [{rule}]\n"
    found, mistakes = read_rules({"one.yaml": text, "two.yaml": text}, WORLD)
    assert found is None
    assert [str(one) for one in mistakes] == [
        'two.yaml:2:9: list "ours" is there already, one.yaml:2; give one of them another name',
        'two.yaml:3:14: rule "a" is there already, one.yaml:3; an id names one rule for good',
    ]


def test_files_folders_and_what_cannot_be_read(tmp_path: Path) -> None:
    """A folder means all YAML files below it; a missing path, an empty folder and bytes that are no text are mistakes."""
    good = "version: 1\nrules: [{id: %s, when: {event: threat}, severity: low}]\n"
    (tmp_path / "deep" / "deeper").mkdir(parents=True)
    (tmp_path / "empty").mkdir()
    (tmp_path / "b.yaml").write_text(good % "b")
    (tmp_path / "deep" / "deeper" / "a.yml").write_text(good % "a")
    (tmp_path / "notes.txt").write_text("no rules")
    (tmp_path / "folder.yaml").mkdir()
    found = load_rules([tmp_path, tmp_path / "b.yaml"], WORLD)
    assert [rule.id for rule in found.rules] == ["b", "a"]
    assert list(found.texts) == [f"{tmp_path}/b.yaml", f"{tmp_path}/deep/deeper/a.yml"]
    assert found.rule("a") is found.rules[1]
    assert found.rule("c") is None

    (tmp_path / "latin.yaml").write_bytes(b"version: 1\n# caf\xe9\n")
    with pytest.raises(RuleFileError) as fault:
        load_rules([tmp_path, tmp_path / "empty", tmp_path / "gone.yaml"], WORLD)
    assert [str(one).replace(f"{tmp_path}/", "") for one in fault.value.mistakes if one.severity == "error"] == [
        "empty:1:1: no rule file in this folder; rule files end in .yaml",
        "gone.yaml:1:1: cannot be read: No such file or directory",
        "latin.yaml:2:6: byte 0xe9 is not UTF-8; save the file as UTF-8",
    ]


def test_a_set_with_a_mistake_is_not_loaded_at_all(tmp_path: Path) -> None:
    """Neither from files nor from the journal's texts; the error carries the warnings too."""
    text = "version: 1\nrules: [{id: a, when: {event: threat}, severity: low}, {id: b}]\n"
    (tmp_path / "a.yaml").write_text(text)
    for load in (lambda: load_rules([tmp_path], WORLD), lambda: load_texts({"a.yaml": text}, WORLD)):
        with pytest.raises(RuleFileError) as fault:
            load()
        assert sorted(one.severity for one in fault.value.mistakes) == ["error"] * 2 + ["warning"] * 4


def test_the_journal_loads_the_same_rules_from_the_texts(tmp_path: Path) -> None:
    """Same texts and knowledge, same hashes."""
    (tmp_path / "a.yaml").write_text("version: 1\nrules: [{id: a, when: {event: threat}, severity: low}]\n")
    loaded = load_rules([tmp_path], WORLD)
    assert load_texts(loaded.texts, WORLD) == loaded


def test_the_hash_is_of_the_meaning() -> None:
    """Order of keys, comments, tests and place do not change it; a list's content, the severity and the title do."""

    def hash_of(text: str) -> str:
        return load_texts({"rules.yaml": f"version: 1\n{text}"}, WORLD).rules[0].hash

    base = hash_of("lists: {x: [US]}\nrules: [{id: a, when: {event: threat, actor: {nation: $x}}, severity: low}]\n")
    same = "# a comment\nrules: [{severity: low, id: a, when: {actor: {nation: US}, event: threat}, tests: [{fires: a}]}]\n"
    assert hash_of(same) == base
    assert hash_of("lists: {x: [US, GB]}\nrules: [{id: a, when: {event: threat, actor: {nation: $x}}, severity: low}]\n") != base
    assert hash_of("rules: [{id: a, when: {event: threat, actor: {nation: US}}, severity: medium}]\n") != base
    assert hash_of("rules: [{id: a, when: {event: threat, actor: {nation: US}}, severity: low, title: B}]\n") != base
    resume = "resume: {pause: 30d, before_pause: {incidents: 3, within: 90d}, evidence: [%s]}"
    hashes = {
        hash_of(f"rules: [{{id: a, when: {{event: threat}}, severity: low, {resume % evidence}}}]\n")
        for evidence in ("observed, stated", "stated, observed", "observed, stated, announced")
    }
    assert len(hashes) == 2


# --------------------------------------------------------------------------------------------------------------- mistakes


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_each_mistake_is_told_whole_at_its_place(path: Path) -> None:
    """Each file says in its last lines, behind `#!`, what is wrong with it: line, column and words."""
    text = path.read_text(encoding="utf-8")
    expected = [line[3:] for line in text.splitlines() if line.startswith("#! ")]
    _, mistakes = read_rules({path.name: text}, WORLD, channels=CHANNELS)
    assert [str(one).removeprefix(f"{path.name}:") for one in mistakes] == expected


def test_there_are_broken_files() -> None:
    """So that a lost folder does not pass for a success."""
    assert len(BROKEN) > 120


def test_warnings_alone_do_not_stop_a_load() -> None:
    """No owner, no tests."""
    found, mistakes = read_rules({"a.yaml": "version: 1\nrules: [{id: a, when: {event: threat}, severity: low}]\n"}, WORLD)
    assert found is not None
    assert {one.severity for one in mistakes} == {"warning"}


def test_windows_are_checked_against_what_is_kept() -> None:
    """The settings' retention, when it is known."""
    rule = "{id: a, owner: me, when: {event: threat}, severity: low, max_age: 30d, tests: [{fires: a}, {silent: b}]}"
    text = f"version: 1\nrules: [{rule}]\n"
    _, mistakes = read_rules({"a.yaml": text}, WORLD, kept=timedelta(days=20))
    assert [str(one) for one in mistakes] == ['a.yaml:2:75: "max_age": "30d" is longer than events are kept; allowed: up to 20d']


EVERY_KEY = sorted({word for name, table in vars(keys).items() if name.isupper() for word in table})
_WORDS = st.sampled_from(
    (
        *EVERY_KEY, "critical", "high", "incidents", "within", "last", "ref",
        "armed-attack", "US", "base", "hit", "$a", ">=1", "30d", "title", "",
    )
)  # fmt: skip
_VALUES: Any = st.recursive(
    st.none() | st.booleans() | st.integers(0, 99) | _WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_WORDS, inner, max_size=4),
    max_leaves=25,
)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from(tuple(keys.RULE)), _VALUES, max_size=8), st.dictionaries(_WORDS, _VALUES, max_size=2))
def test_any_shape_is_a_rule_or_a_mistake(rule: dict[str, Any], more: dict[str, Any]) -> None:
    """Nothing an operator writes may show a traceback, or be left out in silence. JSON is YAML."""
    found, mistakes = read_rules({"a.yaml": json.dumps({"version": 1, "rules": [rule]} | more)}, WORLD)
    assert (found is None) == any(one.severity == "error" for one in mistakes)


WATCH_TABLES = ("GROUPS", "WATCH_FILE", "SITE", "PERSON", "TRAVEL")  # groups stand in others; watch lists: test_watch.py


@pytest.mark.parametrize("table", [name for name in vars(keys) if name.isupper() and name not in WATCH_TABLES])
def test_every_table_of_keys_has_a_broken_file(table: str) -> None:
    """A new key without a test of its mistakes is found here: keys are listed by the errors of unknown ones."""
    told = "\n".join(path.read_text(encoding="utf-8") for path in BROKEN)
    listed = ", ".join(getattr(keys, table))
    assert f"allowed: {listed}" in told or f"allowed keys: {listed}" in told


# ----------------------------------------------------------------------------------------------------------- the packs


@pytest.fixture(scope="module")
def packs() -> RuleSet:
    """All shipped rules, with the shipped knowledge; a warning is as bad as a mistake."""
    texts, unread = gather([PACKS])
    found, mistakes = read_rules(texts, load_knowledge())
    assert (unread, mistakes) == ([], ())
    assert found is not None
    return found


def test_the_shipped_rules_say_what_they_are_and_name_no_channel(packs: RuleSet) -> None:
    """At least the two that were asked for and 24 more; a desk's own settings say where they go."""
    assert len(packs.rules) >= 26
    for rule in packs.rules:
        assert (rule.owner, rule.channels, rule.policy) == ("tocsin", (), Policy()), rule.id
        assert len(rule.definition) > 40, rule.id


def test_only_the_two_that_were_asked_for_are_on(packs: RuleSet) -> None:
    """Whoever begins is not called by rules that he has not read."""
    assert [rule.id for rule in packs.rules if rule.mode == "on"] == ["strike-on-us-base", "attacks-resume"]


def test_every_shipped_rule_has_tests_of_both_kinds_and_reasons(packs: RuleSet) -> None:
    """Two at least that fire and two near misses, each with the reason why it is none."""
    for rule in packs.rules:
        assert sum(test.expect == "fires" for test in rule.tests) >= 2, rule.id
        assert sum(test.expect == "silent" for test in rule.tests) >= 2, rule.id
        assert all(test.why for test in rule.tests if test.expect == "silent"), rule.id
