"""The cleaning room: markup to text, what is masked, what makes two revisions the same, capitals to mixed case."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams import clean

MARKUP = st.text(alphabet=st.sampled_from("<>/pbrdiv &;!-\"'=a\n\x00é\ud800\u200b"), max_size=60)


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>Rockets hit the base.</p><p>No one was hurt.</p>", "Rockets hit the base.\n\nNo one was hurt."),
        ("Rockets hit<br>the base.", "Rockets hit\nthe base."),
        ("Rockets  hit\tthe base.", "Rockets hit the base."),
        ("Rockets &amp; drones", "Rockets & drones"),
        ("&lt;p&gt;Rockets hit.&lt;/p&gt;", "Rockets hit."),
        ("<p>Rockets</p><script>alert('x')</script>", "Rockets"),
        ("<p>Rockets <del>missed</del>hit the base.</p>", "Rockets hit the base."),
        ('<p>Rockets hit.</p><p style="display:none">Buy now.</p>', "Rockets hit."),
        ("<figure><img><figcaption>Troops</figcaption></figure><p>Rockets hit.</p>", "Rockets hit."),
        ("<figcaption>Troops at the base.</figcaption>", "Troops at the base."),
        ("Losses < 5 and > 2", "Losses < 5 and > 2"),
        ("Roc\u200bkets h\u202eit", "Rockets hit"),
        ("<p>unclosed <b>bold", "unclosed bold"),
        ("", ""),
        ("<p> </p>", ""),
        ("<![CDATA[Rockets <b>hit</b>]]>", "Rockets hit"),
        ("Rockets <a href='https://cut", "Rockets"),
        ("<td>7</td><td>8</td>", "7 8"),
        ("half &#xD800; a character", "half \ufffd a character"),
    ],
)
def test_markup_becomes_the_text_that_a_reader_sees(html: str, text: str) -> None:
    assert clean.from_html(html) == text


def test_a_title_is_one_line() -> None:
    assert clean.plain_title("<b>Rockets</b><br>hit\n\nthe&nbsp;base") == "Rockets hit the base"


def test_markup_that_nests_deeply_is_read() -> None:
    assert clean.from_html("<div>" * 200 + "Rockets" + "</div>" * 200) == "Rockets"


def test_markup_deeper_than_the_parser_goes_is_read() -> None:
    """libxml2 drops what nests deeper than its limit, and says so in its log only."""
    nested = "<div>" * 3000 + "Rockets" + "</div>" * 3000
    assert clean.from_html(f"<script>alert('x')</script>{nested}<!-- no -->") == "Rockets"


@settings(max_examples=100, deadline=None)
@given(MARKUP)
def test_no_markup_raises_or_leaves_what_cannot_be_stored(html: str) -> None:
    text = clean.from_html(html)
    text.encode("utf-8")
    assert "\x00" not in text
    assert text == text.strip()


def masks(text: str) -> list[tuple[str, str]]:
    return [(text[mask.start : mask.end], mask.kind) for mask in clean.masked(text)]


@pytest.mark.parametrize(
    "line",
    [
        "Read more: The week in pictures",
        "Follow us on Twitter",
        "Subscribe to our newsletter",
        "(Except for the headline, this story has not been edited by our desk and comes from a syndicated feed.)",
        "This report is auto-generated from an agency feed.",
        "Reporting by A. Writer; Editing by B. Editor",
        "Advertisement",
        "(c) 2024 The Example Times",
        "5 min read",
        "See also\u00a0 Other news of the day",
        "Follow us on Google news ,Twitter , and Join Whatsapp Group of the.example",
        "Follow Us on",
        "Last updated: 22 April 2024, 10:40 GMT",
    ],
)
def test_furniture_of_a_page_is_boilerplate(line: str) -> None:
    text = f"Rockets hit the base.\n\n{line}\n\nNo one was hurt."
    assert masks(text) == [(line, "boilerplate")]


@pytest.mark.parametrize(
    "line",
    ["File photo: Troops at the base.", "Troops stand at the base. (AP Photo/A. Name)", "In this photo troops stand at the base."],
)
def test_what_stands_under_a_picture_is_a_caption(line: str) -> None:
    assert masks(f"Rockets hit the base.\n\n{line}") == [(line, "caption")]


@pytest.mark.parametrize(
    "line",
    [
        "Rockets hit the base, officials said.",
        "Police said they would follow the suspects on foot.",
        "The group shared the video of the attack.",
        "Two more rockets fell in the desert.",
        "Reporters saw smoke over the base.",
        "UPDATE 2-Rockets hit the base",
        "Published reports of the attack were wrong, he said.",
        "This report by the ministry was reviewed by Reuters, it said.",
        "Join the fight, the militia's leader said.",
        "Read more than a hundred letters of the dead: that is what she did.",
    ],
)
def test_a_report_is_not_masked(line: str) -> None:
    assert masks(f"{line}\n\nNo one was hurt.") == []


@pytest.mark.parametrize("text", ["WATCH: Rockets hit the base", "Photo: rockets over the base"])
def test_a_text_that_would_be_masked_whole_is_all_there_is_and_stays(text: str) -> None:
    assert masks(text) == []


def test_a_file_photo_is_a_caption_even_alone() -> None:
    text = "Troops at the base, in this file picture from November 2023."
    assert masks(text) == [(text, "caption")]


def test_the_credit_of_a_picture_in_a_line_of_report_is_masked_alone() -> None:
    assert masks("Rockets hit the base. (Photo: A. Name)\n\nNo one was hurt.") == [("(Photo: A. Name)", "caption")]


def test_a_credit_inside_a_line_is_masked_alone() -> None:
    text = "Rockets hit the base. (Reporting by A. Writer) No one was hurt."
    assert masks(text) == [("(Reporting by A. Writer)", "boilerplate")]


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("ROCKETS HIT BASE", "Rockets hit the base."),
        ("Rockets hit base!", "Rockets hit the base ."),
        ("Rockets hit base", "Rockets  hit\nthe base."),
        ("Rockets hit base", "Rockets hit the base.\n\nRead more: Other news"),
        ("Rockets hit base", "Rockets hit the base. (Updated at 12:30 GMT)"),
        ("Rockets hit base", "Rockets hit the base.\n\nFile photo: Troops at the base."),
    ],
)
def test_cosmetics_leave_the_fingerprint_alone(title: str, text: str) -> None:
    assert clean.fingerprint(title, text, "") == clean.fingerprint("Rockets hit base", "Rockets hit the base.", "")


@pytest.mark.parametrize(
    ("title", "text", "summary"),
    [
        ("Rockets miss base", "Rockets hit the base.", ""),
        ("Rockets hit base", "Two rockets hit the base.", ""),
        ("Rockets hit base", "Rockets hit the base.", "Seven soldiers died."),
        ("", "Rockets hit base Rockets hit the base.", ""),
    ],
)
def test_a_changed_word_changes_the_fingerprint(title: str, text: str, summary: str) -> None:
    assert clean.fingerprint(title, text, summary) != clean.fingerprint("Rockets hit base", "Rockets hit the base.", "")


def test_a_changed_number_changes_the_fingerprint() -> None:
    assert clean.fingerprint("", "7 soldiers died.", "") != clean.fingerprint("", "8 soldiers died.", "")


def test_a_summary_that_the_text_says_already_does_not_count() -> None:
    text = "Rockets hit the base. No one was hurt."
    assert clean.fingerprint("", text, "Rockets hit the base.") == clean.fingerprint("", text, "")


def test_capitals_become_mixed_case_and_keep_every_place() -> None:
    text = "ROCKETS HIT US BASE IN SYRIA ON SUNDAY, GENERAL SMITH SAYS"
    cased = clean.truecase(text, frozenset({"Syria"}))
    assert cased == "Rockets hit US base in Syria on Sunday, general Smith says"
    assert len(cased) == len(text)


@pytest.mark.parametrize(
    ("capitals", "mixed"),
    [
        (
            "IT HIT THE U.S. BASE AT 5 A.M. ON MAY 5. TROOPS MAY LEAVE.",
            "It hit the U.S. base at 5 a.m. on May 5. Troops may leave.",
        ),
        ("ON SUNDAY. PRESIDENT JOE BIDEN SPOKE.", "On Sunday. President Joe Biden spoke."),
        ("KATAIB HEZBOLLAH-LINKED MEN TOLD US OF IRAQ'S ROLE", "Kataib Hezbollah-linked men told us of Iraq's role"),
        (
            "BAGHDAD, JAN 5 (REUTERS) - ROCKETS HIT AN IRAN-BACKED UNIT",
            "Baghdad, Jan 5 (Reuters) - Rockets hit an Iran-backed unit",
        ),
        ("IN FEB. ROCKETS FELL", "In Feb. rockets fell"),
        ("AN F-16 AND A U.S.-LED FORCE", "An F-16 and a U.S.-led force"),
    ],
)
def test_names_acronyms_and_beginnings_keep_their_capitals(capitals: str, mixed: str) -> None:
    assert clean.truecase(capitals, frozenset({"Baghdad", "Iran", "Iraq", "Kataib Hezbollah"})) == mixed


def test_mixed_case_is_left_as_it_is() -> None:
    text = "Rockets hit US base in SYRIA"
    assert clean.truecase(text, frozenset({"Syria"})) == text


def test_a_few_capitals_are_no_headline_in_capitals() -> None:
    assert not clean.is_upper_case("NATO UN")
    assert clean.is_upper_case("ROCKETS HIT BASE")


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet=st.sampled_from("ABCDEİßŉSYRIA. \n'-É"), max_size=60))
def test_true_casing_never_moves_a_character(text: str) -> None:
    assert len(clean.truecase(text, frozenset({"Syria", "al-Asad"}))) == len(text)
