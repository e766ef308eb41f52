"""Which language: enough to tell English from what the extractor cannot read."""

import pytest

from streams.extract.language import language


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Rockets hit the base in the western desert on Sunday, officials said.", "en"),
        ("Cohetes impactaron en la base de los soldados según las autoridades del país.", "es"),
        ("Des roquettes ont visé la base dans le nord du pays, selon les autorités.", "fr"),
        ("Raketen haben am Sonntag den Stützpunkt im Norden des Landes getroffen.", "de"),
        ("Irak'ın batısında bir üsse roket saldırısı oldu ve iki asker yaralandı.", "tr"),
        ("سقطت صواريخ على قاعدة عسكرية في غرب البلاد مساء الأحد", "ar"),
        ("چند موشک به یک پایگاه نظامی در غرب کشور شلیک شد", "fa"),
        ("Ракеты упали на базу на западе страны, сообщили военные, были взрывы.", "ru"),
        ("Ракети впали на базу на заході країни, її пошкоджено.", "uk"),
        ("רקטות נפלו על הבסיס במערב המדינה", "he"),
        ("火箭弹袭击了该国西部的一个基地", "zh"),
        ("ロケット弾が国の西部の基地に着弾しました", "ja"),
        ("", ""),
        ("123 — 456 !!!", ""),
    ],
)
def test_a_text_is_known_by_its_script_its_letters_and_its_small_words(text: str, expected: str) -> None:
    assert language(text) == expected


def test_a_short_latin_text_without_evidence_is_taken_for_english() -> None:
    assert language("Kirkuk explosion") == "en"


def test_foreign_names_leave_a_text_english() -> None:
    assert language("Fighters of Kata'ib Hezbollah (كتائب حزب الله) hit the base in Zumar on Sunday, an official said.") == "en"
    assert language("General Müller and Señor Núñez said that the base was hit by rockets.") == "en"


def test_the_feed_is_believed_only_where_the_text_does_not_speak_against_it() -> None:
    assert language("", "en-GB") == "en"
    assert language("12:30", "ar") == "ar"
    assert language("سقطت صواريخ على قاعدة عسكرية", "en") == "ar"
    assert language("Rockets hit the base in the west of the country, officials said.", "fr") == "en"
