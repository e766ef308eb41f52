"""How many: bounds of a phrase, and who was killed, wounded, missing, captured or displaced."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.extract.quantities import bounds, casualties, projectiles


@pytest.mark.parametrize(
    ("phrase", "expected"),
    [
        ("seven soldiers", (7, 7)),
        ("7 soldiers", (7, 7)),
        ("1,200 people", (1200, 1200)),
        ("twenty-five people", (25, 25)),
        ("two hundred and ten people", (210, 210)),
        ("10-15 people", (10, 15)),
        ("two to three people", (2, 3)),
        ("between two and five people", (2, 5)),
        ("more than a dozen people", (13, None)),
        ("half a dozen people", (6, 6)),
        ("scores of people", (40, None)),
        ("at least 7 soldiers", (7, None)),
        ("no fewer than 7 soldiers", (7, None)),
        ("more than 7 soldiers", (8, None)),
        ("up to 7 soldiers", (0, 7)),
        ("fewer than 7 soldiers", (0, 6)),
        ("about 20 soldiers", (18, 22)),
        ("nearly 20 soldiers", (18, 20)),
        ("between 10 and 15 soldiers", (10, 15)),
        ("dozens of soldiers", (24, None)),
        ("hundreds of people", (200, None)),
        ("several soldiers", (3, 9)),
        ("a dozen soldiers", (12, 12)),
        ("two dozen soldiers", (24, 24)),
        ("no soldiers", (0, 0)),
        ("a soldier", (1, 1)),
        ("both soldiers", (2, 2)),
        ("soldiers", None),
        ("", None),
    ],
)
def test_a_phrase_says_the_lowest_and_the_highest_number(phrase: str, expected: tuple[int, int | None] | None) -> None:
    assert bounds(phrase) == expected


@pytest.mark.parametrize("phrase", ["12-year-old rifle", "40 km away", "3 percent", "the 3rd brigade", "5 p.m.", "three months"])
def test_measures_ages_and_ordinals_are_no_counts(phrase: str) -> None:
    assert bounds(phrase) is None


def counted(sentence: str) -> list[tuple[str, int, int | None, str]]:
    return [(count.what, count.low, count.high, count.whom) for count in casualties(sentence)]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("The strike killed seven soldiers.", [("killed", 7, 7, "soldier")]),
        ("Gunmen shot dead two judges.", [("killed", 2, 2, "judge")]),
        ("Four teachers were gunned down.", [("killed", 4, 4, "teacher")]),
        ("Police detained at least 20 protesters.", [("captured", 20, None, "protester")]),
        ("Two suspects were arrested near the airport.", [("captured", 2, 2, "suspect")]),
        ("Officers arrested a man and seized two rifles.", [("captured", 1, 1, "man")]),
        ("The court arrested two bank accounts.", []),
        ("Seven soldiers were killed.", [("killed", 7, 7, "soldier")]),
        (
            "At least seven soldiers were killed and dozens wounded.",
            [("killed", 7, None, "soldier"), ("wounded", 24, None, "")],
        ),
        ("The blast killed two guards and wounded three.", [("killed", 2, 2, "guard"), ("wounded", 3, 3, "")]),
        ("No casualties were reported.", [("killed", 0, 0, ""), ("wounded", 0, 0, "")]),
        ("There were no injuries.", [("wounded", 0, 0, "")]),
        ("The blast wounded two soldiers and a civilian.", [("wounded", 2, 2, "soldier"), ("wounded", 1, 1, "civilian")]),
        ("Drone strike leaves two soldiers dead", [("killed", 2, 2, "soldier")]),
        ("Four sailors are missing.", [("missing", 4, 4, "sailor")]),
        ("Gunmen abducted three students.", [("captured", 3, 3, "student")]),
        ("More than 100 people died.", [("killed", 101, None, "people")]),
        ("killing a member of Iraqi security forces that includes a group", [("killed", 1, 1, "member")]),
        ("No U.S. personnel were injured.", [("wounded", 0, 0, "personnel")]),
        ("3 killed, five injured in blast", [("killed", 3, 3, ""), ("wounded", 5, 5, "")]),
        ("Three soldiers at Tower 22 were killed and 34 wounded.", [("killed", 3, 3, "soldier"), ("wounded", 34, 34, "")]),
        ("At least 12 people in two villages were killed.", [("killed", 12, None, "people")]),
        ("None of the 30 people aboard were hurt.", [("wounded", 0, 0, "people")]),
        ("Three of the five wounded soldiers died.", [("killed", 3, 3, "soldier")]),
        ("It killed Abu Hadi and two other fighters.", [("killed", 3, None, "fighter")]),
        ("The attack killed five people, including two children.", [("killed", 5, 5, "people")]),
        ("It killed 3, bringing the toll since January to 40.", [("killed", 3, 3, "")]),
        ("The attack, the deadliest since 2019, killed 13 people.", [("killed", 13, 13, "people")]),
        ("The death toll rose to 12.", [("killed", 12, 12, "")]),
        ("The drone did not cause any injuries.", [("wounded", 0, 0, "")]),
        ("34 troops suffered traumatic brain injuries.", [("wounded", 34, 34, "troop")]),
        # no count of this event
        ("Since October, 40 people have been killed.", []),
        ("So far this year, 40 people have been killed.", []),
        ("A total of 30 people were killed.", []),
        ("The war has killed 30,000 people.", []),
        ("A rocket attack killed soldiers.", []),
        ("The army captured two villages.", []),
        ("There was no immediate word on casualties.", []),
        ("The committee killed two bills.", []),
        ("More than 150 people have been killed since October.", []),
        ("Such a strike could kill 50 people.", []),
        ("Such a strike could have killed 50 people.", []),
        ("Drones hit Tower 22.", []),
        ("Rockets hit the base.", []),
        ("", []),
    ],
)
def test_a_sentence_counts_those_hurt_and_no_one_else(sentence: str, expected: list[tuple[str, int, int | None, str]]) -> None:
    assert counted(sentence) == expected


@settings(max_examples=50, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "at least",
                "seven",
                "7",
                "soldiers",
                "were",
                "killed",
                "and",
                "wounded",
                "dozens of",
                "no",
                "casualties",
                "in",
                ".",
                "é",
            ]
        ),
        max_size=14,
    ),
    st.integers(0, 50),
)
def test_every_count_quotes_the_sentence_where_it_stands(words: list[str], offset: int) -> None:
    sentence = " ".join(words)
    for count in casualties(sentence, offset):
        assert sentence[count.span.start - offset : count.span.end - offset] == count.span.text
        assert count.high is None or 0 <= count.low <= count.high


def test_a_bomb_that_had_killed_three_is_not_itself_counted() -> None:
    """A perfect is active unless it says been."""
    assert [(one.what, one.low, one.high) for one in casualties("Police said a car bomb had killed three people.")] == [
        ("killed", 3, 3)
    ]
    assert [(one.what, one.low, one.high) for one in casualties("Three people had been killed.")] == [("killed", 3, 3)]
    assert [(one.what, one.low, one.high) for one in casualties("Four men had died and two had been hurt.")] == [
        ("killed", 4, 4),
        ("wounded", 2, 2),
    ]


@pytest.mark.parametrize(
    ("sentence", "low", "high", "words"),
    [
        ("Twelve rockets were fired at a base.", 12, 12, "Twelve rockets"),
        ("At least five mortar rounds landed in the town.", 5, None, "At least five mortar rounds"),
        ("Militants fired dozens of short-range rockets at it.", 24, None, "dozens of short-range rockets"),
        ("Air defences shot down three drones.", 3, 3, "three drones"),
        ("A rocket hit the base.", 1, 1, "A rocket"),
        ("Two bases were hit by six missiles.", 6, 6, "six missiles"),
    ],
)
def test_what_was_fired_is_counted(sentence: str, low: int, high: int | None, words: str) -> None:
    (count,) = projectiles(sentence)
    assert (count.what, count.low, count.high, count.span.text) == ("fired", low, high, words)


@pytest.mark.parametrize(
    "sentence",
    [
        "A rocket attack killed two soldiers.",
        "Rockets hit four missile depots.",
        "Police seized twelve rockets after the attack.",
        "More than 150 rockets have been fired at the base since October.",
        "No rockets were fired.",
    ],
)
def test_what_was_not_fired_or_sums_up_is_not_counted(sentence: str) -> None:
    assert projectiles(sentence) == []
