"""The words of an alert."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from peers import desk

from streams.records.flow import About, Attribution, Count, Instrument, Interval, Nearby, Origin, Participant, Span
from streams.records.message import Message
from streams.records.timelines import Pattern
from streams.words.render import bare, message


def told(made: Message, kind: str) -> list[str]:
    """The paragraphs of one kind, matched words between stars."""
    return [
        "".join(f"*{piece.text}*" if piece.bold else piece.text for piece in block.pieces)
        for block in made.blocks
        if block.kind == kind
    ]


def test_a_phone_shows_the_event_how_far_it_got_and_whose_word_it_is():
    assert message(desk.delivery(), "UTC").summary == (
        "HIGH · Rockets at coalition base, Tal Nasib, S Syria · Sun 21 Apr · "
        "failed, no US hurt, target unclear · Meridian Wire only"
    )


def test_several_labels_stand_gravest_first():
    both = desk.delivery(desk.resumption(), desk.label(severity="medium"))
    assert message(both, "UTC").summary == (
        "HIGH · Attacks resume; strike on U.S. base (medium) · Rockets at coalition base, Tal Nasib, S Syria · Sun 21 Apr · "
        "failed, no US hurt, target unclear · Meridian Wire only"
    )


def test_the_paragraphs_of_a_whole_story():
    made = message(desk.delivery(desk.resumption()), "Europe/Berlin")
    assert told(made, "headline") == ["*HIGH · Resumption of attacks after a pause*"]
    assert told(made, "quote") == [
        "“It was *the first such fire since early March*, when a council of armed factions in Iraq called off its campaign.” "
        "— levant-dispatch.example"
    ]
    assert told(made, "facts") == [
        "*Status: *happened; failed (missed or intercepted); reported, not confirmed",
        "*On the word of: *three Iraqi army officers (unnamed) and a U.S. diplomat (unnamed), to Meridian Wire",
        "*Time: *Sun 21 Apr 2024 (“Sunday”)",
        "*Place: *Tal Nasib, S Syria; from Tal Asmar, Iraq map (within 5 km)",
        "*Toll: *no U.S. soldiers hurt",
    ]
    assert told(made, "pause") == [
        "*Pause: *nearly seven weeks, since early March (1–10 Mar 2024), halted by a council of armed factions in Iraq; "
        "evidence: stated, announced — not observed by us"
    ]
    assert told(made, "doubt") == [
        "*Unclear: *whether the rockets fell short or were shot down on their way; "
        "whether the base or the airfield beside it was the target"
    ]
    assert told(made, "sources") == ["*Sources: *1 independent origin: Meridian Wire (3 articles)"]
    assert told(made, "why") == [
        "Why: rule attacks-resume (5d1c0ffee5d1), decided Mon 22 Apr 2024 08:12 (Europe/Berlin), incident I1-1"
    ]


def test_a_sentence_that_several_labels_rest_on_is_quoted_once():
    both = desk.delivery(desk.label(), desk.resumption(evidence=desk.label().evidence))
    assert len(told(message(both, "UTC"), "quote")) == 3


def test_what_does_not_fit_a_screen_is_counted():
    many = desk.label(evidence=tuple(desk.quote(desk.FIRED, start=at) for at in range(0, 2000, 250)))
    quotes = told(message(desk.delivery(many), "UTC"), "quote")
    assert quotes[4] == "… and 4 more"


def test_qualifiers_are_quoted_as_such_and_matched_words_are_bold():
    quotes = told(message(desk.delivery(), "UTC"), "quote")
    assert quotes[0].startswith("“Militants *fired* eight or more *rockets* on Sunday")
    assert quotes[2].startswith("But: “She spoke of “a volley that came to nothing,” though it is *unclear whether* the rockets")


@pytest.mark.parametrize(
    ("outcome", "phone", "full"),
    [
        ((), "", "outcome not stated"),
        (("hit",), "hit", "hit"),
        (("intercepted",), "intercepted", "intercepted"),
        (("intercepted", "missed"), "failed", "failed (missed or intercepted)"),
        (("hit", "intercepted"), "outcome unclear", "outcome unclear (hit or intercepted)"),
    ],
)
def test_an_outcome_is_said_as_far_as_it_is_known(outcome, phone, full):
    made = message(desk.delivery(desk.label(outcome=outcome, doubt=(), counts=())), "UTC")
    segments = made.summary.split(" · ")
    assert segments[3:-1] == ([phone] if phone else [])
    assert told(made, "facts")[0] == f"*Status: *happened; {full}; reported, not confirmed"


def count(what, low, high, words, whom=""):
    return Count(what=what, low=low, high=high, span=Span(words, 0, len(words)), whom=whom)


@pytest.mark.parametrize(
    ("counts", "phone", "full"),
    [
        ((count("wounded", 7, None, "at least seven soldiers", "soldiers"),), "at least 7 hurt", "at least 7 soldiers wounded"),
        ((count("wounded", 3, 3, "three"), count("killed", 1, 1, "one")), "1 killed, 3 hurt", "1 killed, 3 wounded"),
        ((count("killed", 24, None, "dozens of people"),), "dozens killed", "dozens killed"),
        ((count("killed", 0, 12, "up to 12"),), "up to 12 killed", "up to 12 killed"),
        ((count("wounded", 0, 0, "no injuries"),), "no one hurt", "no one hurt"),
        ((count("fired", 5, None, "at least five rockets"),), "", "at least 5 fired"),
    ],
)
def test_a_toll_keeps_its_bounds(counts, phone, full):
    made = message(desk.delivery(desk.label(counts=counts, doubt=(), outcome=())), "UTC")
    assert made.summary.split(" · ")[3:-1] == ([phone] if phone else [])
    assert told(made, "facts")[-1] == f"*Toll: *{full}"


DAY = datetime(2024, 4, 21, tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "hours", "precision", "text", "phone", "full"),
    [
        (DAY, 24, "day", "Sunday", "Sun 21 Apr", "Sun 21 Apr 2024 (“Sunday”)"),
        (DAY - timedelta(hours=3), 24, "day", "Sunday", "Sun 21 Apr", "Sun 21 Apr 2024 (“Sunday”)"),  # midnight at the place
        (DAY + timedelta(hours=14, minutes=50), 0.02, "minute", "5:50 p.m.",
         "Sun 21 Apr 17:50 local (14:50 UTC)", "Sun 21 Apr 2024 17:50 local (14:50 UTC), 16:50 Europe/Berlin (“5:50 p.m.”)"),
        (DAY, 6, "part-of-day", "early Sunday", "early Sun 21 Apr", "early Sun 21 Apr 2024 (“early Sunday”)"),
        (datetime(2024, 4, 15, tzinfo=UTC), 7 * 24, "week", "last week", "15–21 Apr", "15–21 Apr 2024 (“last week”)"),
        (DAY, 30, "unstated", "", "time not stated, reported Mon 22 Apr",
         "not stated; reported Mon 22 Apr 2024 08:10 (Europe/Berlin)"),
        (datetime(2024, 4, 14, tzinfo=UTC), 24, "day", "14 April", "Sun 14 Apr, first reported Mon 22 Apr",
         "Sun 14 Apr 2024 (“14 April”); first reported Mon 22 Apr 2024 08:10 (Europe/Berlin)"),
        (datetime(2024, 2, 1, tzinfo=UTC), 24 * 29, "month", "February", "Feb, first reported Mon 22 Apr",
         "Feb 2024 (“February”); first reported Mon 22 Apr 2024 08:10 (Europe/Berlin)"),
        (datetime(2023, 12, 31, tzinfo=UTC), 24, "day", "New Year's Eve", "Sun 31 Dec 2023, first reported Mon 22 Apr",
         "Sun 31 Dec 2023 (“New Year's Eve”); first reported Mon 22 Apr 2024 08:10 (Europe/Berlin)"),
    ],
)  # fmt: skip
def test_a_time_is_never_finer_than_it_was_stated(start, hours, precision, text, phone, full):
    when = Interval(start=start, end=start + timedelta(hours=hours), precision=precision, text=text)
    made = message(desk.delivery(desk.label(time=when)), "Europe/Berlin")
    assert made.summary.split(" · ")[2] == phone
    assert told(made, "facts")[2] == f"*Time: *{full}"


def test_an_update_says_what_changed_in_front_and_in_one_line_for_the_thread():
    made = message(desk.delivery(ordinal=2, kind="update", changes=("severity high, was medium", "1 killed")), "UTC")
    assert told(made, "changes") == ["*UPDATE: *severity high, was medium; 1 killed"]
    assert made.blocks[1].kind == "changes"
    assert made.reply == "UPDATE · HIGH · severity high, was medium; 1 killed — Rockets at coalition base, Tal Nasib, S Syria"


def test_a_withdrawal_says_so_first():
    made = message(
        desk.delivery(ordinal=2, kind="withdrawal", withdrawn=(desk.label(),), changes=("the source took it back",)), "UTC"
    )
    assert made.summary.startswith("WITHDRAWN · Rockets at coalition base")
    assert told(made, "headline") == ["*WITHDRAWN · Strike on a U.S. base*"]
    assert made.reply == "WITHDRAWN · the source took it back — Rockets at coalition base, Tal Nasib, S Syria"


def test_a_silent_edit_has_no_line_for_the_thread():
    assert message(desk.delivery(ordinal=2, ping=False), "UTC").reply == ""


@pytest.mark.parametrize(
    ("origins", "phone", "full"),
    [
        ((desk.MERIDIAN, Origin(name="AFP", articles=("b",), independent=True)), "Meridian Wire + AFP",
         ["*Sources: *2 independent origins: Meridian Wire (3 articles), AFP (1 article)"]),
        ((desk.MERIDIAN, *(Origin(name=name, articles=(name,), independent=True) for name in ("AFP", "AP"))), "3 origins",
         ["*Sources: *3 independent origins: Meridian Wire (3 articles), AFP (1 article), AP (1 article)"]),
        ((Origin(name="localreport", articles=("a",), independent=False),), "localreport only, independence unknown",
         ["*Independence unknown: *localreport (1 article)"]),
        ((desk.MERIDIAN, Origin(name="localreport", articles=("a",), independent=False)), "Meridian Wire only",
         ["*Sources: *1 independent origin: Meridian Wire (3 articles)", "*Independence unknown: *localreport (1 article)"]),
    ],
)  # fmt: skip
def test_an_outlet_of_unknown_independence_never_counts_as_one_more(origins, phone, full):
    made = message(desk.delivery(origins=origins), "UTC")
    assert made.summary.split(" · ")[-1] == phone
    assert told(made, "sources") == full


def test_stage_and_standing_are_said_when_they_are_not_the_plain_case():
    made = message(desk.delivery(desk.label(stage="threatened", standing="claimed", outcome=(), doubt=(), counts=())), "UTC")
    assert made.summary.split(" · ")[3] == "threatened only, claimed only"


def test_a_known_attacker_and_a_claim_are_named():
    houthis = Participant(span=Span("the Houthis", 0, 11), head="houthis", id="houthis")
    ship = Participant(span=Span("a Greek-owned tanker in the Red Sea", 0, 35), head="tanker", kind="merchant-ship")
    sea = replace(desk.TAL_NASIB, name="Red Sea", kind="sea", country=None, path=("red-sea",))
    facts = desk.facts(actors=(houthis,), targets=(ship,), instruments=(), type="missile-strike", place=sea, origin=None)
    made = message(
        desk.delivery(desk.label(claimed_by=("houthis",), place=sea, doubt=(), counts=(), outcome=("hit",)), told=facts), "UTC"
    )
    assert (
        made.summary == "HIGH · Missile strike on Greek-owned tanker by Houthis, Red Sea · Sun 21 Apr · "
        "hit, claimed by Houthis · Meridian Wire only"
    )


BASE = Participant(span=Span("an air base in Iraq", 0, 19), head="base", kind="base")
MEN = Participant(span=Span("three aid workers", 0, 17), head="worker", kind="aid-worker")
ATTACK = ("violence", "armed-attack", "attack")


@pytest.mark.parametrize(
    ("type_", "path", "means", "target", "words"),
    [
        ("shelling", ATTACK, ("rocket", "a rocket"), BASE, "Rocket at air base"),
        ("shelling", ATTACK, ("rocket", "rocket fire"), BASE, "Rockets at air base"),
        ("shelling", ATTACK, ("rocket", "rocket attack"), BASE, "Rocket attack on air base"),
        ("air-drone-strike", ATTACK, ("aircraft", "warplanes"), BASE, "Air strike on air base"),
        ("air-drone-strike", ATTACK, None, BASE, "Air or drone strike on air base"),
        ("shooting", ATTACK, ("firearm", "automatic weapons"), BASE, "Gunfire at air base"),
        ("armed-attack", ATTACK, ("weapon", "weapons"), BASE, "Attack on air base"),
        ("remote-explosive", ATTACK, ("ied", "a roadside bomb"), BASE, "IED at air base"),
        ("shelling", ATTACK, None, BASE, "Shelling of air base"),
        ("explosion", ("violence", "explosion"), None, BASE, "Explosion at air base"),
        ("abduction", ("violence", "abduction"), None, MEN, "Abduction of three aid workers"),
        ("border-closed", ("state-acts", "border-closed"), None, BASE, "Border closed: air base"),
        ("coup", ("state-acts", "coup"), None, None, "Coup"),
    ],
)
def test_the_event_in_a_few_words(type_, path, means, target, words):
    instruments = (Instrument(kind=means[0], span=Span(means[1], 0, len(means[1]))),) if means else ()
    facts = desk.facts(type=type_, path=path, instruments=instruments, targets=(target,) if target else ())
    assert message(desk.delivery(told=facts), "UTC").summary.split(" · ")[1].removesuffix(", Tal Nasib, Syria") == words


def test_a_threat_names_who_threatens_what():
    about = About(type="armed-attack", path=ATTACK, targets=(BASE,), stage="threatened")
    group = Participant(span=Span("the Iraqi armed faction", 0, 23), head="faction", id="kataib-hezbollah")
    facts = desk.facts(type="threat", path=("statements", "threat"), actors=(group,), targets=(), instruments=(), about=about)
    summary = message(desk.delivery(desk.label(outcome=(), doubt=(), counts=()), told=facts), "UTC").summary
    assert summary.split(" · ")[1] == "Threat by Iraqi armed faction: attack on air base, Tal Nasib, Syria"


@pytest.mark.parametrize(
    ("name", "kind", "country", "words"),
    [
        ("northeastern Syria", "region", "SY", "NE Syria"),
        ("northern Iraq", "region", "IQ", "N Iraq"),
        ("North Korea", "country", "KP", "North Korea"),
        ("Goma", "town", "CD", "Goma, DR Congo"),
        ("Red Sea", "sea", None, "Red Sea"),
        ("Atlantis", "town", "XX", "Atlantis, XX"),
    ],
)
def test_a_place_goes_from_fine_to_coarse(name, kind, country, words):
    place = replace(desk.TAL_NASIB, name=name, kind=kind, country=country, path=(), latitude=None, longitude=None)
    facts = desk.facts(targets=(BASE,), place=place, origin=None)
    made = message(desk.delivery(desk.label(place=place), told=facts), "UTC")
    assert told(made, "facts")[3] == f"*Place: *{words}"


def test_who_denies_responsibility_and_a_contradicted_pause_are_said():
    lone = desk.resumption()
    contradicted = replace(
        lone, disowned_by=("kataib-hezbollah",), pause=replace(lone.pause, contradiction="we know of an attack on 4 Mar")
    )
    made = message(desk.delivery(contradicted), "UTC")
    assert "*Responsibility denied by: *Kataib Hezbollah" in told(made, "facts")
    assert told(made, "pause")[0].endswith("not observed by us. Contradiction: we know of an attack on 4 Mar")


def test_watched_sites_are_named_with_their_distance():
    near = (
        Nearby(name="Plant", km=12.3, coarse_km=3, certain=True),
        Nearby(name="Office", km=0.4, coarse_km=0, certain=True),
        Nearby(name="Port", km=70, coarse_km=60, certain=False),
    )
    assert told(message(desk.delivery(desk.label(nearby=near)), "UTC"), "facts")[4] == (
        "*Near: *Plant, 12 km (within 3 km); Office, 0 km; Port, perhaps: the place is known to 60 km only"
    )


def test_nobody_named_is_said():
    made = message(desk.delivery(desk.label(attribution=())), "UTC")
    assert told(made, "facts")[1] == "*On the word of: *nobody named"
    official = Attribution(span=Span("the Pentagon", 0, 12), speaker="official", nation="US")
    assert told(message(desk.delivery(desk.label(attribution=(official,))), "UTC"), "facts")[1] == "*On the word of: *the Pentagon"


HOSTILE = "Rockets\r\nBcc: all \u202egnihton\u202c \x1b[31m\x00 <!channel> " + "z" * 100_000


def test_hostile_words_cannot_break_a_line_reorder_it_or_grow_without_bound():
    sentence = Span(HOSTILE, 0, len(HOSTILE))
    evil = desk.label(
        title=HOSTILE,
        doubt=(HOSTILE,),
        evidence=(replace(desk.quote("x"), span=sentence, source=HOSTILE, url="https://reuters.com@evil.example/"),),
        claimed_by=(HOSTILE,),
    )
    target = Participant(span=sentence, head="base")
    made = message(
        desk.delivery(evil, told=desk.facts(targets=(target,)), origins=(Origin(name=HOSTILE, articles=("a",), independent=True),)),
        "UTC",
    )
    words = [made.summary, made.reply, *(piece.text for block in made.blocks for piece in block.pieces)]
    assert not [word for word in words if set(word) & set("\r\n\u202e\u202c\x1b\x00")]
    assert len(made.summary) <= 400
    assert sum(map(len, words)) < 20_000
    assert not [piece.link for block in made.blocks for piece in block.pieces if "evil" in piece.link]


def test_a_link_to_another_site_than_the_source_says_shows_where_it_leads():
    moved = desk.label(evidence=(replace(desk.quote("x"), source="Reuters", url="https://www.example.org/a b"),), qualifiers=())
    (block,) = [block for block in message(desk.delivery(moved), "UTC").blocks if block.kind == "quote"]
    assert block.pieces[-2].link == "https://www.example.org/a%20b"
    assert block.pieces[-1].text == " (example.org)"


def test_the_least_that_can_be_said_needs_titles_only():
    assert bare(desk.delivery()).summary == "HIGH · Strike on a U.S. base · I1-1"


@pytest.mark.parametrize(
    ("pattern", "phone", "full"),
    [
        ({}, "3rd in 48 h (since Sat 20 Apr 04:00Z)", "; series IQ; incidents I1-1, I2-1, I3-1"),
        ({"certain": False}, "3rd in 48 h, by vague times (since Sat 20 Apr 04:00Z)", "; series IQ; incidents I1-1, I2-1, I3-1"),
        ({"number": 4, "key": ("",)}, "4th since Sat 20 Apr 04:00Z (3 in 48 h)", "; series not stated; incidents I1-1, I2-1, I3-1"),
        (
            {"form": "sequence", "asked": 2, "within_s": 1_209_600, "members": ("I1-1", "I2-1"), "key": ()},
            "2 steps in 14 d (since Sat 20 Apr 04:00Z)",
            "; incidents I1-1, I2-1",
        ),
        ({"form": "first", "number": 1, "within_s": 7_776_000, "members": ("I3-1",), "key": ()}, "first known in 90 d", ""),
        (
            {"form": "first", "number": 2, "within_s": 7_776_000, "members": ("I1-1",), "key": ()},
            "not the first in 90 d (one Sat 20 Apr 04:00Z)",
            "",
        ),
    ],
)
def test_what_a_form_over_time_found_is_said_in_one_line(pattern, phone, full):
    since = datetime(2024, 4, 20, 4, tzinfo=UTC)
    found = {"form": "count", "number": 3, "asked": 3, "within_s": 172_800, "since_from": since, "since_to": since, "certain": True}
    label = desk.label(pattern=Pattern(**(found | {"key": ("IQ",), "members": ("I1-1", "I2-1", "I3-1")} | pattern)))
    made = message(desk.delivery(label), "UTC")
    assert made.summary.startswith(f"HIGH · Strike on U.S. base, {phone} · Rockets at coalition base")
    assert f"*Pattern: *{phone}{full}" in told(made, "facts")


def test_a_day_is_no_hour_where_a_form_says_since_when():
    since = datetime(2024, 4, 20, tzinfo=UTC)
    pattern = Pattern(
        form="count",
        number=3,
        asked=3,
        within_s=172_800,
        since_from=since,
        since_to=since + timedelta(days=1),
        key=(),
        members=("I1-1", "I2-1", "I3-1"),
        certain=True,
    )
    assert "3rd in 48 h (since Sat 20 Apr) · " in message(desk.delivery(desk.label(pattern=pattern)), "UTC").summary
