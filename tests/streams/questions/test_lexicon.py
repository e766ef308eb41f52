"""What is known of a word: every use that is shown is one that a rule may have, and every name leads to what it names."""

import json

import pytest

from rules.load import read_rules
from streams.knowledge import world
from streams.questions.lexicon import Meaning, meanings, near

KNOWN = world.load()


def found(term: str) -> list[tuple[str, str]]:
    """What and id of each meaning."""
    return [(one.what, one.id) for one in meanings(term, KNOWN)]


def one(term: str) -> Meaning:
    (meaning,) = meanings(term, KNOWN)
    return meaning


@pytest.mark.parametrize(
    ("term", "what", "id"),
    [
        ("kataib hezbollah", "armed-group", "kataib-hezbollah"),
        ("Kata'ib Hizballah", "armed-group", "kataib-hezbollah"),
        ("U.S.", "nation", "US"),
        ("Iraqi", "nation", "IQ"),
        ("Kremlin", "nation", "RU"),
        ("Ain al-Asad", "base", "ain-al-asad"),
        ("frigate", "kind", "warship"),
        ("frigates", "kind", "warship"),
        ("Katyusha", "instrument", "rocket"),
        ("armed-attack", "event", "armed-attack"),
        ("Suicide bomb", "event", "suicide-bomb"),
        ("used_by", "key of actor, target", "used_by"),
        ("planned", "value of stage", "planned"),
    ],
)
def test_what_a_word_means(term: str, what: str, id: str) -> None:
    """Names as they are spelled, adjectives of nations, words of texts in any form, and words of the language."""
    assert (what, id) in found(term)


def test_a_word_of_a_name_leads_to_all_that_have_it() -> None:
    """Where it is no name by itself."""
    groups = found("kataeb")
    assert ("armed-group", "kataib-hezbollah") in groups
    assert len(groups) > 1
    assert found("hezbollah kataib") == [("armed-group", "kataib-hezbollah")]


def test_a_type_with_what_is_below_it_and_the_words_that_tell_it() -> None:
    """Forms of a verb are found, and what it needs beside it is not shown as a word of its own."""
    assert ("event", "shelling") in found("shelled") and ("instrument", "artillery") in found("shells")  # noqa: PT018
    explosions = next(each for each in meanings("explosions", KNOWN) if each.what == "event")
    assert explosions.path == ("violence", "armed-attack", "explosions")
    assert {"shelling", "air-drone-strike"} <= set(explosions.children)
    shelling = next(each for each in meanings("shelling", KNOWN) if each.id == "shelling")
    assert {"shell", "mortar attack"} <= set(shelling.words)


def test_nations_stand_with_their_role() -> None:
    """Whose base, through which alliance; whose group."""
    assert {"home IQ", "sponsor IR"} <= set(one("kataib hezbollah").nations)
    base = one("ain al-asad")
    assert {"host IQ", "user US (us-led-coalition)"} <= set(base.nations)
    assert base.path == ("IQ", "anbar", "ain-al-asad")


def test_a_town_that_rules_cannot_name_leads_to_what_it_lies_in() -> None:
    """It is found in texts all the same."""
    (town, *_) = meanings("Wolfsburg", KNOWN)
    assert (town.what, town.id, town.title) == ("town", "", "Wolfsburg")
    assert "place: {in: DE}" in town.uses


def test_words_of_which_nothing_is_known() -> None:
    """The nearest that there are."""
    assert found("xyzzy") == found("") == found("?") == []
    assert "Hezbollah" in near("hezbolah", KNOWN)
    assert "warship" in near("warshipp", KNOWN)
    assert near("xyzzyxyzzy", KNOWN) == []


def test_every_use_shown_is_one_that_a_rule_may_have() -> None:
    """Of names of every kind, types, kinds, instruments and values."""
    by_kind: dict[str, list[str]] = {}
    for each in KNOWN.entities.values():
        by_kind.setdefault(each.kind, []).append(each.id)
    terms = [id for ids in by_kind.values() for id in ids[:2]]
    terms += [*KNOWN.taxonomy][::4] + [*KNOWN.kinds][::4] + [*KNOWN.instruments][::4]
    terms += ["planned", "claimed", "foiled", "witness", "critical", "toll", "parties", "Wolfsburg"]
    uses = {use: meaning for term in terms for meaning in meanings(term, KNOWN) for use in meaning.uses}
    assert len(by_kind) > 10
    assert len(uses) > 100
    rules = []
    for number, use in enumerate(uses):
        key = use.partition(":")[0]
        severity = "" if key == "severity" else "severity: low, "
        said = use if key in ("severity", "alert", "first") else f"when: {{{use}}}"
        when = "" if said.startswith("when") else "when: {event: threat}, "
        rules.append(f"  - {{id: {json.dumps(f'r{number}')}, {severity}{when}{said}}}")
    _, mistakes = read_rules({"r.yaml": "version: 1\nrules:\n" + "\n".join(rules)}, KNOWN)
    assert [str(each) for each in mistakes if each.severity == "error"] == []
