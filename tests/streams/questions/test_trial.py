"""The tests beside rules: what passes, what does not and why, and what they would not notice."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from builders import attack, group, place, us_base
from small_world import WORLD

from rules.defaults import expanded
from rules.load import load_rules, load_texts
from rules.model import (
    AllOf,
    AnyOf,
    Clause,
    CountryAgainst,
    DisclosedLate,
    EventIs,
    Mentions,
    NationAgainst,
    NearSite,
    OriginIn,
    RuleSet,
    SequenceWithin,
    SourceIn,
    SpeakerIs,
    Watch,
    Who,
    WordsNear,
)
from rules.mutate import mutants
from rules.spell import spelled
from streams.extract.reader import load as load_extractor
from streams.knowledge.world import load as load_knowledge
from streams.questions.trial import Report, run
from streams.records.flow import Article, Event, NationRole, Participant, Reading, Span

PACKS = Path(__file__).parents[3] / "rules" / "packs"
RULE = """\
version: 1
rules:
  - id: strike
    when:
      event: armed-attack
      target: {kind: base, used_by: US}
      not: {actor: {forces_of: US}}
    severity:
      - medium: {outcome: [intercepted, missed]}
      - high
    tests:
"""
US_FORCES = Participant(span=Span("U.S. forces", 0, 11), head="force", kind="state-force", nations=(NationRole("US", "forces"),))
IRAQI_BASE = Participant(span=Span("a base", 0, 6), head="base", kind="base", nations=(NationRole("IQ", "user"),))
OIL_SITE = Participant(span=Span("a site", 0, 6), head="site", kind="energy-site", nations=(NationRole("US", "user"),))


class WordReader:
    """A reader that understands a handful of words."""

    def read(self, articles: Sequence[Article]) -> list[Reading]:
        """One event for each article with the word "attack"."""
        return [self._reading(one) for one in articles]

    def _reading(self, article: Article) -> Reading:
        if "bonjour" in article.text:
            return Reading(article=article, extractor="words", unread="language:fr")
        return Reading(article=article, extractor="words", events=(self._event(article),) if "attack" in article.text else ())

    def _event(self, article: Article) -> Event:
        words = article.text
        targets = (
            (IRAQI_BASE,) if "Iraqi" in words else (OIL_SITE,) if "oil" in words else () if "nothing" in words else (us_base(),)
        )
        path = ("diplomacy", "talks") if "talks" in words else ("violence", "armed-attack", "explosions", "shelling")
        return attack(
            article,
            None,
            type=path[-1],
            path=path,
            targets=targets,
            actors=(US_FORCES,) if "by us" in words else (group(),),
            outcome=("missed",) if "missed" in words else ("intercepted",) if "shot down" in words else (),
            stage="threatened" if "threat" in words else "happened",
            place=place(),
        )


def reports(tests: str, rule: str = RULE) -> list[Report]:
    """What the tests of a rule say."""
    return list(run(load_texts({"rules.yaml": rule + tests}, WORLD), WordReader(), WORLD))


def problems(tests: str, rule: str = RULE) -> list[str]:
    """What is wrong with each test, "" for nothing."""
    return [verdict.problem for verdict in reports(tests, rule)[0].verdicts]


def test_tests_that_pass() -> None:
    """Severity is compared where the test names one."""
    tests = """\
      - fires: attack
      - {fires: attack missed, severity: medium}
      - {fires: attack, severity: high}
      - silent: attack by us
      - silent: nothing at all
"""
    assert problems(tests) == [""] * 5


def test_why_a_rule_did_not_fire() -> None:
    """The nearest that the article came, with the lines of the rule."""
    tests = """\
      - fires: nothing at all
      - fires: bonjour
      - fires: attack nothing
      - fires: attack by us
      - fires: attack Iraqi, threat
      - {fires: attack, severity: medium}
"""
    assert problems(tests) == [
        "did not fire: no event is found in the text",
        "did not fire: the text is not read (language:fr)",
        'did not fire: event "shelling" at "attacked": line 6 "target: {kind: base, used_by: US}" is not stated',
        'did not fire: event "shelling" at "attacked": line 7 "not: {actor: {forces_of: US}}" is not so',
        'did not fire: event "shelling" at "attacked": line 6 "target: {kind: base, used_by: US}" is not so; '
        'default "stage: happened" is not so',
        'fired with severity "high", not "medium"',
    ]


def test_an_attack_told_twice_is_not_new() -> None:
    """The second article joins the incident of the first."""
    day = "published: 2031-01-05T06:00Z"
    (problem,) = problems(f"      - fires: [{{{day}, text: attack}}, {{{day}, text: attack}}]\n")
    assert problem == 'did not fire: event "shelling" at "attacked" satisfies "when", but it was told before, or is too old'


def test_why_a_rule_should_have_been_silent() -> None:
    """The sentence it fired on."""
    (problem,) = problems("      - silent: attack\n")
    assert problem.startswith('fired: "sentence 0 of test:12:1"')


def test_a_list_of_texts_is_a_time_line() -> None:
    """The last one must raise the rule; three attacks, seven weeks of quiet, then one."""
    rule = RULE.replace(
        "    severity:", "    resume: {pause: 30d, before_pause: {incidents: 3, within: 90d}, evidence: observed}\n    severity:"
    )
    days = "{published: 2031-01-05, text: attack}, {published: 2031-01-14, text: attack}, {published: 2031-01-27, text: attack}"
    tests = f"""\
      - fires: [{days}, {{published: 2031-03-20, text: attack}}]
      - silent: [{days}, {{published: 2031-02-13, text: attack}}]
      - fires: [{days}, {{published: 2031-02-13, text: attack}}]
"""
    found = problems(tests, rule)
    assert found[:2] == ["", ""]
    assert found[2] == 'did not fire: event "shelling" at "attacked" satisfies "when", but no pause is shown'


def test_a_rule_in_shadow_is_tested_like_any_other() -> None:
    """It is never sent, so nobody else would notice."""
    rule = RULE.replace("    severity:", "    mode: shadow\n    severity:")
    assert problems("      - fires: attack\n      - silent: attack by us\n", rule) == ["", ""]


def test_what_the_tests_would_not_notice() -> None:
    """Each part of the rule that could go without a test failing, at its line."""
    (report,) = reports("      - fires: attack\n      - silent: attack by us\n")
    assert report.mutants == 8
    assert [(one.line, one.change) for one in report.survivors] == [
        (5, 'without "event: armed-attack"'),
        (6, 'without "target: {kind: base, used_by: US}"'),
        (6, 'without "kind: base"'),
        (6, 'without "used_by: US"'),
        (9, 'without "intercepted" in "outcome: [intercepted, missed]"'),
        (9, 'without "missed" in "outcome: [intercepted, missed]"'),
        (9, 'without severity "medium"'),
    ]


def test_tests_that_notice_everything() -> None:
    """One for each part."""
    (report,) = reports("""\
      - fires: attack
      - {fires: attack missed, severity: medium}
      - {fires: attack shot down, severity: medium}
      - silent: attack by us
      - silent: talks of an attack
      - silent: attack oil
      - silent: attack Iraqi
""")
    assert report.passed
    assert report.survivors == ()


def test_changes_are_not_tried_when_a_test_fails_already() -> None:
    """Nothing could be learned."""
    (report,) = reports("      - fires: nothing at all\n")
    assert (report.passed, report.mutants, report.survivors) == (False, 0, ())


def test_mutants_of_a_pause() -> None:
    """The form without itself, its bounds, and each kind of evidence."""
    rule = RULE.replace("    severity:", "    resume: {pause: 30d, before_pause: {incidents: 3, within: 90d}}\n    severity:")
    found = load_texts({"rules.yaml": rule + "      - fires: attack\n"}, WORLD).rules[0]
    assert [one.change for one in mutants(found)][-7:] == [
        'without "resume"',
        'with "pause: 15d"',
        'with "pause: 60d"',
        'with "incidents: 4"',
        'without evidence "announced"',
        'without evidence "observed"',
        'without evidence "stated"',
    ]


@pytest.mark.parametrize(
    ("form", "changes"),
    [
        (
            "count: {incidents: 3, within: 48h, by: place.country}",
            [
                'without "count"',
                'with "incidents: 2"',
                'with "incidents: 4"',
                'with "within: 1d"',
                'with "within: 4d"',
                'without "place.country" in "by"',
            ],
        ),
        (
            "count: {incidents: 2, within: 48h}",
            ['without "count"', 'with "incidents: 3"', 'with "within: 1d"', 'with "within: 4d"'],
        ),
        (
            "first: {within: 90d, by: [actor.group]}",
            ['without "first"', 'with "within: 45d"', 'with "within: 180d"', 'without "actor.group" in "by"'],
        ),
    ],
)
def test_mutants_of_a_form(form: str, changes: list[str]) -> None:
    """Without itself, its bounds one less and one more, its window half and double, and each part of the key."""
    rule = RULE.replace("    severity:", f"    {form}\n    severity:")
    found = load_texts({"rules.yaml": rule + "      - fires: attack\n"}, WORLD).rules[0]
    assert [one.change for one in mutants(found)][-len(changes) :] == changes


def test_mutants_of_a_sequence() -> None:
    """A step less, its clauses, its window; what the rule is found by follows its steps."""
    steps = '[{event: threat}, {event: armed-attack, killed: ">=1"}, {event: [threat, talks]}]'
    text = f"version: 1\nrules: [{{id: a, owner: o, severity: low, sequence: {{within: 14d, steps: {steps}}}}}]\n"
    found = list(mutants(load_texts({"rules.yaml": text}, WORLD).rules[0]))
    assert [one.change for one in found] == [
        'without step "event: threat"',
        'without step "all: [{event: armed-attack}, {killed: ">=1"}]"',
        'without "event: armed-attack"',
        'without "killed: ">=1""',
        'without step "event: [threat, talks]"',
        'without "threat" in "event: [threat, talks]"',
        'without "talks" in "event: [threat, talks]"',
        'with "within: 7d"',
        'with "within: 28d"',
    ]
    for one in found:
        assert isinstance(one.rule.form, SequenceWithin)
        assert one.rule.when == AnyOf(tuple(step.when for step in one.rule.form.steps))


def test_mutants_of_a_pause_that_is_only_stated() -> None:
    """There is no activity to count, and no evidence to leave out."""
    rule = RULE.replace("    severity:", "    resume: {pause: 30d, evidence: stated}\n    severity:")
    found = load_texts({"rules.yaml": rule + "      - fires: attack\n"}, WORLD).rules[0]
    assert [one.change for one in mutants(found)][-3:] == ['without "resume"', 'with "pause: 15d"', 'with "pause: 60d"']


def test_each_mutant_differs_from_its_rule() -> None:
    """A change that changes nothing could never be noticed."""
    text = """\
version: 1
rules:
  - id: everything
    severity: low
    when:
      event: [threat, armed-attack]
      actor: {any: [{group: [houthis, kataib-hezbollah]}, {not: {kind: [base, site]}}]}
      place: {in: [IQ, SY]}
      killed: ">=1"
      about: {event: armed-attack, stage: [planned, threatened]}
      text: {any: [a, b], all: [c, d], none: [e, f]}
      not: [{outcome: [hit, missed]}, {instrument: [rocket, drone]}, {standing: [claimed, reported]}]
"""
    rule = load_texts({"rules.yaml": text}, WORLD).rules[0]
    found = list(mutants(rule))
    assert len(found) > 30
    assert all(one.rule != rule and one.rule.core != rule.core for one in found)
    assert len({repr(one.rule.core) for one in found}) == len(found)
    assert all(6 <= one.line <= 12 for one in found)


@pytest.mark.slow
def test_the_shipped_rules_pass_their_tests_which_notice_every_change() -> None:
    """With the shipped knowledge and the default language model, as `tocsin test rules/packs` does."""
    knowledge = load_knowledge()
    found = list(run(load_rules([PACKS], knowledge), load_extractor(knowledge=knowledge), knowledge))
    assert [(verdict.test.line, verdict.problem) for report in found for verdict in report.verdicts if not verdict.passed] == []
    assert [(one.line, one.change) for report in found for one in report.survivors] == []
    assert sum(report.mutants for report in found) >= 200


def test_a_rule_needs_a_test_of_each_kind() -> None:
    """One that only fires may fire on everything; one that is only silent may never fire."""
    lacking = [
        reports(tests)[0]
        for tests in ("      - fires: attack\n", "      - silent: nothing\n", "      - fires: attack\n      - silent: nothing\n")
    ]
    assert [(report.lacking, report.passed) for report in lacking] == [(("silent",), False), (("fires",), False), ((), True)]


def test_a_rule_without_tests_has_nothing_to_notice() -> None:
    """Nothing is tried on it."""
    found = load_texts({"rules.yaml": RULE + "      - fires: attack\n"}, WORLD)
    bare = RuleSet(rules=tuple(replace(rule, tests=()) for rule in found.rules), texts={}, hash="")
    (report,) = run(bare, WordReader(), WORLD)
    assert (report.passed, report.lacking, report.verdicts, report.mutants) == (False, ("fires", "silent"), (), 0)


# ------------------------------------------------------------------------------------------- mutants of single clauses


def changes(*parts: Clause) -> list[str]:
    """What is tried on a rule of these clauses, beside leaving one of them out."""
    found = load_texts({"rules.yaml": RULE + "      - fires: attack\n"}, WORLD).rules[0]
    core = AllOf((EventIs(("armed-attack",)), *parts))
    rule = replace(found, core=core, when=expanded(core), severity=found.severity[-1:])
    tried = [one.change for one in mutants(rule)]
    assert all(one.rule.core != core for one in mutants(rule))
    assert tried[0] == 'without "event: armed-attack"'
    return [change for change in tried[1:] if change not in {f'without "{spelled(part)}"' for part in parts}]


WATCH = Watch(name="staff", digest="d", people=(("Jane Doe", "jane-doe"),), sites=())


def test_mutants_of_nearness() -> None:
    """Half and twice the reach, and without what a coarse place means."""
    assert changes(NearSite(WATCH, 50.0, "low")) == [
        'without "if_coarse" in "near: {watch: staff, within: 50km, if_coarse: low}"',
        'with "within: 25km" in "near: {watch: staff, within: 50km, if_coarse: low}"',
        'with "within: 100km" in "near: {watch: staff, within: 50km, if_coarse: low}"',
    ]
    assert changes(NearSite(WATCH)) == []


def test_mutants_of_words_near_each_other() -> None:
    """A word less, and another stretch; never shorter than the words themselves are many."""
    clause = "text: {near: {words: [a, b], within: 3}, in: article}"
    assert changes(WordsNear(("a", "b"), 3, "article")) == [
        f'without "a" in "{clause}"',
        f'without "b" in "{clause}"',
        f'with "within: 2" in "{clause}"',
        f'with "within: 6" in "{clause}"',
    ]


def test_mutants_of_mentions_name_the_watch_list_and_nobody_on_it() -> None:
    """What is mentioned are alternatives: each can go, but not the last."""
    clause = "mentions: {any: [rumalin, Acme, Apex], watch: staff, in: title}"
    assert changes(Mentions(("rumalin",), ("Acme", "Apex"), (WATCH,), "title")) == [
        f'without "{value}" in "{clause}"' for value in ("rumalin", "Acme", "Apex", "staff")
    ]
    assert changes(Mentions((), (), (WATCH,), "article")) == []


def test_mutants_of_a_speaker() -> None:
    """Each value of a list, and a question of which that was all."""
    clause = "speaker: {class: [official, media], nation: US}"
    assert changes(SpeakerIs(("official", "media"), ("US",))) == [
        f'without "{value}" in "{clause}"' for value in ("official", "media", "US")
    ]
    assert changes(SpeakerIs(("official",))) == []


def test_mutants_of_origins_and_feeds() -> None:
    """Lists like any other."""
    assert changes(OriginIn(("IQ", "SY"))) == [f'without "{one}" in "origin: {{in: [IQ, SY]}}"' for one in ("IQ", "SY")]
    assert changes(SourceIn(("one", "two"))) == [f'without "{one}" in "source: [one, two]"' for one in ("one", "two")]


def test_clauses_that_hold_or_do_not_have_no_smaller_form() -> None:
    """They can only go as a whole."""
    assert changes(CountryAgainst(same=False), DisclosedLate(wanted=True)) == []
    assert changes(Who("target", NationAgainst("place.country", same=False))) == []


TIMELINE = """\
      - timeline:
          - {published: 2031-01-05, text: an attack, gives: %s}
          - {published: 2031-01-05, text: an attack, gives: %s}
          - {published: 2031-01-06, text: nothing of the kind, gives: %s, revises: 1}
          - {published: 2031-01-06, text: nothing of the kind, gives: %s, revises: 2}
"""


@pytest.mark.parametrize(
    ("gives", "problem"),
    [
        (("new", "nothing", "nothing", "withdrawal"), ""),
        (("nothing", "nothing", "nothing", "withdrawal"), "text 1 gives new, not nothing"),
        (("new", "update", "nothing", "withdrawal"), "text 2 gives nothing, not update"),
        (("new", "nothing", "nothing", "nothing"), "text 4 gives withdrawal, not nothing"),
    ],
)
def test_a_timeline_says_of_each_text_what_it_gives(gives: tuple[str, ...], problem: str) -> None:
    """The same attack twice is told once, and is withdrawn when the last report of it no longer says so."""
    (report,) = reports(TIMELINE % gives)
    assert [verdict.problem for verdict in report.verdicts] == [problem]


def test_a_timeline_checks_the_severity_of_an_alert() -> None:
    """Of the text that gives it."""
    (report,) = reports("      - timeline: [{published: 2031-01-05, text: an attack, gives: new, severity: low}]\n")
    assert [verdict.problem for verdict in report.verdicts] == ['text 1 gives severity "high", not "low"']


def test_a_rule_past_its_last_day_is_tested_like_any_other() -> None:
    """Its tests say what it means, not whether it is still in use."""
    rule = RULE.replace("    when:", "    expires: 2020-01-01\n    when:")
    assert problems("      - fires: an attack\n", rule) == [""]
