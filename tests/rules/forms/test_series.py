"""Keys of series from what an incident tells; "" is what it does not state."""

from typing import Any

import pytest

from rules.forms.episodes import joined
from rules.forms.series import keys
from streams.knowledge import world
from streams.records.flow import Event, Instrument, NationRole, Participant, Span
from tests.builders import article, attack, ceasefire, group, nation, place, us_base

KNOWN = world.load()
NOBODY = Participant(span=Span("gunmen", 0, 6), head="gunman", kind="attacker")
CIVILIAN = Participant(
    span=Span("a student", 0, 9),
    head="student",
    kind="student",
    nations=(NationRole("US", "nationality"), NationRole("IQ", "host")),
)


def told(**more: Any) -> Event:
    return attack(article("a", "04-22"), "04-21", **({"targets": (), "place": None} | more))


def drone(kind: str = "drone") -> Instrument:
    return Instrument(span=Span(kind, 0, 5), kind=kind)


@pytest.mark.parametrize(
    ("by", "event", "expected"),
    [
        ((), told(), [()]),
        (("actor.group",), told(actors=(group("hamas"),)), [(("hamas",),)]),
        (("actor.group",), told(actors=(group("hamas"), group("houthis"))), [(("hamas",),), (("houthis",),)]),
        (("actor.group",), told(actors=(nation("TR"),)), [(("TR",),)]),
        (("actor.group",), told(actors=(NOBODY,)), [(("",),)]),
        (("target.nation",), told(targets=(CIVILIAN,)), [(("US",),)]),
        (("target.id",), told(targets=(us_base("al-asad"),)), [(("al-asad",),)]),
        (("place.country",), told(place=place("town-x", "SY", "town")), [(("SY",),)]),
        (("place.country",), told(), [(("",),)]),
        (("place.town",), told(place=place("basra", "IQ", "town")), [(("IQ",), ("basra",))]),
        (("place.town",), told(place=place("IQ", "IQ", "country")), [(("IQ",), ("",))]),
        (("instrument",), told(instruments=(drone(), drone("missile"))), [(("drone",),), (("missile",),)]),
        (("parties",), told(actors=(nation("IL"),), targets=(group("hamas"),)), [(("IL", "hamas"),)]),
        (("parties",), told(actors=(group("hamas"),), targets=(nation("IL"),)), [(("IL", "hamas"),)]),
        (("parties",), told(actors=(group("hamas"),)), [(("hamas", ""),)]),
        (("parties",), told(actors=(nation("IL"), nation("US"))), [(("IL", ""),), (("US", ""),)]),
        (("parties",), ceasefire(article("a", "04-22"), "04-21", nation("IL"), group("hamas")), [(("IL", "hamas"),)]),
        (("place.country", "instrument"), told(place=place("x", "SY", "town"), instruments=(drone(),)), [(("SY",), ("drone",))]),
    ],
)
def test_an_incident_has_the_keys_of_what_it_tells(by: tuple[str, ...], event: Event, expected: list[Any]) -> None:
    assert list(keys(by, event, KNOWN)) == expected


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        ((("IQ",),), (("",),), (("IQ",),)),
        ((("IQ",),), (("SY",),), None),
        ((("IL", "hamas"),), (("hamas", ""),), (("IL", "hamas"),)),
        ((("hamas", ""),), (("IL", ""),), (("IL", "hamas"),)),
        ((("IL", "hamas"),), (("TR", ""),), None),
        ((("IQ", "IQ"),), (("IQ", ""),), (("IQ", "IQ"),)),
        ((("IQ",), ("",)), (("",), ("drone",)), (("IQ",), ("drone",))),
        ((), (), ()),
    ],
)
def test_two_keys_together_say_what_both_do_or_contradict(one: Any, other: Any, both: Any) -> None:
    assert joined(one, other) == joined(other, one) == both
