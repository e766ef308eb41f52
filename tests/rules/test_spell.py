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
]  # fmt: skip


def core_of(when: str) -> object:
    """What a `when` means."""
    return load_texts({"a.yaml": f"version: 1\nrules: [{{id: a, severity: low, when: {when}}}]\n"}, WORLD).rules[0].core


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
