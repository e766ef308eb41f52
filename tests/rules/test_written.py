"""A rule written out reads as a rule of the same meaning, whatever it is made of."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_world import WORLD

from rules.load import load_rules, load_texts, read_rules
from rules.model import AboutIs, AllOf, AnyOf, NotThat, Rule, Who
from rules.watch import files_by_name
from rules.written import written
from streams.knowledge import world

PACKS = Path(__file__).parents[2] / "rules" / "packs"
LISTS = """\
version: 1
sites: [{id: plant, name: Plant, at: [30.5, 47.8], radius: 5km}]
people: [{id: jane, name: Jane Doe, aliases: [Dr Doe]}]
"""
FILES = {"ours": "watch/ours.yaml"}
TRAITS: list[dict[str, Any]] = [
    {"kind": ["base", "civilian"]}, {"id": "houthis"}, {"nation": "US"}, {"nation": {"differs_from": "place.country"}},
    {"forces_of": ["US", "GB"]}, {"used_by": "US"}, {"owned_by": "SY"}, {"sponsored_by": "IR"},
]  # fmt: skip
LEAVES: list[dict[str, Any]] = [
    {"event": "armed-attack"}, {"event": ["threat", "abduction"]}, {"stage": ["planned", "threatened"]}, {"standing": "denied"},
    {"outcome": ["missed", "foiled"]}, {"outcome": {"known": True}}, {"instrument": "drone"}, {"instrument": {"known": False}},
    {"place": {"in": ["IQ", "al-hasakah"], "known": True}}, {"place": {"country": {"differs_from": "origin.country"}}},
    {"place": {"in": "SY", "country": {"same_as": "origin.country"}}}, {"place": {"known": False}},
    {"origin": {"in": "YE", "known": True}}, {"near": {"watch": "ours", "within": "30mi", "if_coarse": "low"}},
    {"near": {"watch": "ours"}}, {"near": {"watch": "ours", "within": "1500m"}},
    {"speaker": {"class": ["official", "media"], "nation": "US", "known": True}},
    {"speaker": {"outlet": "Reuters", "id": "houthis"}},
    {"speaker": [{"class": "witness"}, {"class": "media"}]},
    {"killed": ">=1"}, {"wounded": "<5"}, {"fired": 3}, {"doubt": {"known": True}},
    {"disclosed_late": True}, {"disclosed_late": False},
    {"source": ["one", "no"]}, {"mentions": ["rumalin", "Acme: Inc"]},
    {"mentions": {"any": "houthis", "watch": "ours", "in": "title"}},
    {"mentions": {"watch": "ours"}}, {"text": {"any": ["a", "b #c"]}}, {"text": {"any": "yes", "in": "title"}},
    {"text": {"any": ["a", "b"], "all": ["c", "d"], "none": ["e", "12:30"], "in": "sentence"}},
    {"text": {"all": ["c"], "near": {"words": ["x", "null"], "within": 8}}}, {"text": {"none": "z"}},
    {"about": {"event": "armed-attack", "target": {"nation": "US"}}}, {"about": {"stage": "planned", "not": {"event": "shelling"}}},
]  # fmt: skip


def joined(maps: list[dict[str, Any]]) -> dict[str, Any]:
    return {key: value for one in maps for key, value in one.items()}


def grouped(leaf: "st.SearchStrategy[dict[str, Any]]") -> "st.SearchStrategy[dict[str, Any]]":
    """Maps of leaves, and `any`, `all` and `not` of such maps."""
    plain = st.lists(leaf, min_size=1, max_size=4).map(joined)
    return st.recursive(
        plain,
        lambda inner: st.one_of(
            st.tuples(st.sampled_from(["any", "all"]), st.lists(inner, min_size=1, max_size=3)).map(
                lambda pair: {pair[0]: pair[1]}
            ),
            inner.map(lambda one: {"not": one}),
            st.lists(inner, min_size=2, max_size=3).map(joined),
        ),
        max_leaves=6,
    )


SIDES = st.tuples(
    st.sampled_from(["actor", "target", "claimed_by", "disowned_by"]), grouped(st.sampled_from(TRAITS)), st.booleans()
)
WHENS = grouped(st.one_of(
    st.sampled_from(LEAVES),
    SIDES.map(lambda side: {side[0]: side[1] | ({"known": True} if side[2] else {})}),
    SIDES.map(lambda side: {side[0]: [side[1], {"kind": "site"}]}),
))  # fmt: skip
FORMS: list[dict[str, Any]] = [
    {},
    {"resume": {"pause": "30d", "evidence": ["stated", "announced"], "by": ["actor.group", "place.country"]}},
    {"resume": {"pause": "1h30m", "before_pause": {"incidents": 3, "within": "90d"},
                "history": {"last": "2024-02-04", "by": "duty analyst: J.", "ref": "https://example.com/#a"}}},
    {"count": {"incidents": 3, "within": "48h", "by": "place.country"}},
    {"first": {"within": "90d", "by": ["actor.group"]}},
    {"sequence": {"by": "parties", "within": "14d", "steps": [{"event": "threat"}, {"event": "armed-attack", "stage": "planned"}]}},
]  # fmt: skip
ALERTS: list[dict[str, Any]] = [
    {},
    {"to": ["slack:gsoc", "mail:duty"], "again_on": []},
    {"again_on": ["toll", "wave"], "hold": {"sources": 2, "within": "2h"}, "budget": {"alerts": 10, "within": "90m"}},
    {"escalate": [{"unacked": "10m", "to": "slack:lead"}, {"unacked": "1h", "to": ["a", "b"]}],
     "quiet": {"from": "22:00", "to": "06:00", "time_zone": "Europe/Berlin", "below": "medium"},
     "hold": {"sources": 3, "within": "30s", "else": "send"}},
]  # fmt: skip


def read(entry: Mapping[str, Any]) -> Rule:
    """The rule of an entry, JSON being YAML."""
    text = json.dumps({"version": 1, "watch": FILES, "rules": [entry]})
    return load_texts({"r.yaml": text, "watch/ours.yaml": LISTS}, WORLD).rules[0]


def reread(
    rule: Rule,
    known: world.Knowledge = WORLD,
    files: Mapping[str, str] = FILES,
    lists: Mapping[str, str] = {"watch/ours.yaml": LISTS},
) -> Rule:
    """What is read of the rule written out, beside watch lists: paths by name, texts by path."""
    text = written(rule, files)
    found, mistakes = read_rules({**lists, "r.yaml": text}, known)
    assert found is not None, f"{text}\n{mistakes}"
    return found.rules[0]


def meaning(part: Any) -> Any:
    """The clause with nested *and*s and *or*s laid flat, in any order."""
    if isinstance(part, (AllOf, AnyOf)):
        flat: list[Any] = []
        for one in map(meaning, part.parts):
            flat += one[1] if isinstance(one, tuple) and one[0] is type(part) else [one]
        return flat[0] if len(flat) == 1 else (type(part), sorted(flat, key=repr))
    if isinstance(part, (NotThat, AboutIs)):
        return (type(part), [meaning(part.part)])
    return (Who, part.side, [meaning(part.traits)]) if isinstance(part, Who) else part


def assert_same(rule: Rule, again: Rule) -> None:
    """All that decides: compared field by field, clauses by meaning."""
    assert meaning(again.when) == meaning(rule.when)
    assert [(case.severity, meaning(case.when)) for case in again.severity] == [
        (case.severity, meaning(case.when)) for case in rule.severity
    ]
    for name in (
        "id",
        "title",
        "owner",
        "mode",
        "channels",
        "again_on",
        "max_age",
        "expires",
        "policy",
        "definition",
        "references",
    ):
        assert getattr(again, name) == getattr(rule, name), name
    if rule.form is None or not hasattr(rule.form, "steps"):
        assert again.form == rule.form
    else:
        assert again.form is not None
        assert [meaning(step.when) for step in again.form.steps] == [meaning(step.when) for step in rule.form.steps]  # type: ignore[union-attr]
        assert replace(again.form, steps=()) == replace(rule.form, steps=())


@settings(max_examples=200, deadline=None)
@given(WHENS, st.one_of(st.none(), WHENS))
def test_any_clause_comes_back(when: dict[str, Any], case: dict[str, Any] | None) -> None:
    """Also in a case of the severity."""
    severity = "low" if case is None else [{"high": case}, "low"]
    rule = read({"id": "a", "when": when, "severity": severity})
    assert_same(rule, reread(rule))


@pytest.mark.parametrize(
    "when",
    [
        {"all": [{"actor": {"kind": "base"}}, {"actor": {"nation": "US"}}]},  # two participants, not one
        {"all": [{"speaker": {"class": "official"}}, {"speaker": {"nation": "US"}}]},  # two voices
        {"all": [{"place": {"in": "SY"}}, {"place": {"in": "IQ"}}]},
        {"all": [{"actor": {"known": False}}, {"actor": {"nation": "US"}}]},
        {"all": [{"text": {"any": ["a", "b"]}}, {"text": {"any": ["c", "d"]}}]},
        {"all": [{"text": {"any": ["a", "b"]}}, {"text": {"none": "c", "in": "title"}}]},
        {"event": "threat", "any": [{"stage": "planned"}, {"stage": "happened"}], "all": [{"killed": 1}, {"killed": ">=1"}]},
    ],
    ids=str,
)
def test_clauses_that_must_not_run_together(when: dict[str, Any]) -> None:
    """Each says something of its own, also inside another map."""
    rule = read({"id": "a", "when": {"event": "threat"} | when, "severity": "low"})
    assert_same(rule, reread(rule))


@pytest.mark.parametrize("form", FORMS, ids=lambda form: str(list(form)))
@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: str(list(alert)))
def test_every_form_and_policy_comes_back(form: dict[str, Any], alert: dict[str, Any]) -> None:
    """With what is said of the rule beside its meaning."""
    entry = {"id": "a", "title": 'Say "no": twice', "owner": "me", "definition": "x: y\n z", "references": ["a", "b # c"]}
    entry |= {"mode": "shadow", "severity": "low", "max_age": "36h", "expires": "2031-12-31", "alert": alert}
    rule = read(entry | ({} if "sequence" in form else {"when": {"event": "armed-attack"}}) | form)
    again = reread(rule)
    assert_same(rule, again)
    if "resume" in form:
        assert again.core == rule.core  # an announcement is judged by it: no default has crept in
        assert again.hash == rule.hash


def test_shipped_rules_come_back() -> None:
    """With the real knowledge."""
    known = world.load()
    found = load_rules([PACKS], known)
    files = files_by_name(found.texts)
    lists = {path: found.texts[path] for path in files.values()}
    assert len(found.rules) > 20
    assert lists
    for rule in found.rules:
        assert_same(rule, reread(rule, known, files, lists))


def test_what_is_written() -> None:
    """Lists resolved, defaults written out, short where the file is short; the watch list only where it is used."""
    text = "version: 1\nlists: {gulf: [Iraq, SY]}\nrules: [{id: a-b, when: {place: {in: $gulf}, event: threat}, severity: low}]\n"
    rule = load_texts({"r.yaml": text}, WORLD).rules[0]
    assert (
        written(rule, FILES)
        == """\
version: 1
rules:
  - id: a-b
    title: A b
    mode: on
    when:
      event: threat
      place:
        in: [IQ, SY]
      stage: happened
      standing: [confirmed, reported, claimed, disputed]
    severity: low
    max_age: 7d
    alert:
      again_on: [severity, toll, wave, outcome, standing, responsibility, place, ended]
    # sent to the default channel of the settings
"""
    )


def test_defaults_that_a_resumption_does_not_write_out() -> None:
    """They hold for attacks and not for announcements, so they are said beside the rule."""
    rule = read({"id": "a", "when": {"event": "armed-attack"}, "severity": "low", "resume": {"pause": "30d", "evidence": "stated"}})
    assert "    # of attacks by default also: {stage: happened, standing: [confirmed, reported, claimed, disputed]}\n" in written(
        rule
    )
