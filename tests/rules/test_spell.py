"""Clauses in words: what is written is what the rule file could say."""

import pytest
from small_world import WORLD

from rules.load import load_texts
from rules.spell import braced

WHENS = [
    "{event: armed-attack}",
    "{event: [threat, armed-attack], outcome: {known: true}}",
    "{event: threat, target: {kind: base, used_by: US}, not: {actor: {forces_of: [US, GB]}}}",
    "{event: threat, place: {in: [IQ, SY]}, actor: {id: houthis}, killed: \">=1\"}",
    "{event: threat, about: {event: armed-attack, target: {nation: US}}}",
    "{event: threat, text: {any: [a, b], in: sentence}}",
    "{event: threat, target: {nation: {differs_from: place.country}}}",
    "{any: [{event: threat}, {event: talks, stage: planned}]}",
    "{event: threat, actor: {any: [{sponsored_by: IR}, {owned_by: IR}]}, instrument: rocket, standing: claimed}",
    "{all: [{outcome: hit}, {outcome: missed}]}",
    "{event: threat, near: {watch: ours, within: 50km, if_coarse: low}}",
    "{event: threat, near: {watch: ours}, mentions: {any: [houthis, Basra Gas], watch: ours, in: title}}",
    "{event: threat, text: {near: {words: [convoy, car bomb], within: 8}, in: sentence}}",
    "{event: threat, origin: {in: IQ}, place: {country: {differs_from: origin.country}}}",
    "{event: threat, claimed_by: {id: houthis}, not: {disowned_by: {known: true}}}",
    "{event: threat, speaker: {class: [official, witness], nation: US, id: houthis, outlet: Reuters}}",
    "{event: threat, doubt: {known: false}, disclosed_late: true, source: [wire, other]}",
    "{event: threat, actor: {nation: {same_as: target.nation}}, speaker: {known: true}}",
]  # fmt: skip
WATCH = "version: 1\nsites: [{id: s, name: S, at: [1, 2], radius: 1km}]\npeople: [{id: p, name: P Q}]\n"


def core_of(when: str) -> object:
    """What a `when` means."""
    text = f"version: 1\nwatch: {{ours: w.yaml}}\nrules: [{{id: a, severity: low, when: {when}}}]\n"
    return load_texts({"a.yaml": text, "w.yaml": WATCH}, WORLD).rules[0].core


@pytest.mark.parametrize("when", WHENS)
def test_what_is_spelled_reads_the_same(when: str) -> None:
    """There and back, and again the same words."""
    core = core_of(when)
    words = braced(core)  # type: ignore[arg-type]  # object for brevity
    assert core_of(words) == core


def test_spelled_as_written() -> None:
    """Short where the file is short."""
    for when in WHENS[:3]:
        assert braced(core_of(when)) == when  # type: ignore[arg-type]
