"""What an article recalls, by where it stands: in a run of old dates, behind "at the time", in a feature, in a review of a year."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from streams.extract.reader import Extractor, load
from streams.records.flow import Article, Event

PUBLISHED = datetime(2031, 1, 8, 12, tzinfo=UTC)  # a Wednesday
Read = Callable[..., list[Event]]
REPORT = (
    "Gunmen ambushed an army convoy near Sarmin on Tuesday and killed three soldiers, officials said. "
    "The convoy was carrying supplies. Troops closed the road. A spokesman said the search went on. Shops stayed shut. "
    "The governor flew home. "
)
FEATURE = (
    "The kettle hums and Aya counts the cups. Her kitchen looks out over apricot trees. She came here in 2028 with one suitcase. "
    "Her sons go to the school down the lane. On market days she sells jam. The neighbours like her apricots best. "
    "She rarely speaks of the city she left. Sometimes the boys ask. In May 2029 the youngest was born. He draws houses. "
    "His teacher keeps the drawings in a folder. The eldest wants to be a vet. In the evening the family plays cards. "
    "The radio is always on. The cat sleeps by the stove. "
)


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return load()


@pytest.fixture(scope="module")
def told(extractor: Extractor) -> Read:
    def events(text: str, stage: str = "happened") -> list[Event]:
        article = Article(id="a", source="wire", url="", title="", text=text, published=PUBLISHED, taken_at=PUBLISHED)
        found = extractor.read([article])[0].events
        return [event for event in found if event.stage == stage and event.path[0] in ("violence", "protests", "state-acts")]

    return events


def test_a_deed_beside_old_dates_is_background(told: Read) -> None:
    """Its own sentence names no day; those around it do, and all lie years back."""
    text = (
        REPORT
        + "He still remembers the blast in the village of Harim in July 2028. A father and his daughter stepped on a landmine."
    )
    assert [event.type for event in told(text)] == ["ambush"]
    assert "remote-explosive" in [event.type for event in told(text, "retold")]


def test_the_date_of_somebody_named_makes_no_run(told: Read) -> None:
    """From a report of 1989 that lost a blast beside the name of a priest killed long before."""
    text = REPORT + "Another unit, named after a preacher who was shot in 2009, fled. "
    text += "The major said that mortar fire hit a clinic and wounded two nurses."
    assert [event.type for event in told(text)] == ["ambush", "shelling"]


def test_at_the_time_leans_on_a_date_long_past(told: Read) -> None:
    text = REPORT + "In 2014 the enclave fell. Its people fled. At the time, a militia overran the outpost of the peacekeepers."
    assert [event.type for event in told(text)] == ["ambush"]


def test_a_deed_of_today_below_old_dates_is_news(told: Read) -> None:
    """Words of the present, or a recent day near by, keep it."""
    text = (
        REPORT
        + "The village of Harim was taken in July 2028. On Monday its clinic reopened. Mortar fire hit it and wounded two nurses."
    )
    assert "shelling" in [event.type for event in told(text)]
    text = (
        REPORT + "The village of Harim was taken in July 2028. Meanwhile, mortar fire hit a clinic in Jisr and wounded two nurses."
    )
    assert "shelling" in [event.type for event in told(text)]


@pytest.mark.parametrize(
    "sentence",
    [
        "Jets bombed the hospital and hundreds of people died.",
        "When the man who held her was killed in a suicide bombing, she climbed over the wall.",
    ],
)
def test_what_a_feature_tells_without_a_day_is_memory(told: Read, sentence: str) -> None:
    assert told(FEATURE + sentence) == []


def test_what_a_feature_tells_with_a_day_is_news(told: Read) -> None:
    assert told(FEATURE + "On Monday jets bombed the hospital and nine people died.") != []


def test_a_report_may_tell_more_news_without_a_day_far_down(told: Read) -> None:
    """Where the head of the article tells a deed, the article is a report."""
    filler = "The river was high. Boats lay idle. Prices rose. The market was empty. Buses stood still. Children stayed at home. "
    text = REPORT + filler + "Lamps were lit early. In the town of Jisr, mortar fire hit a clinic and wounded two nurses."
    assert "shelling" in [event.type for event in told(text)]


def test_a_deed_first_named_far_down_as_known_is_background(told: Read) -> None:
    text = REPORT + "Ties are strained. Ankara accuses the prince of ordering the murder of the reporter inside the consulate."
    assert [event.type for event in told(text)] == ["ambush"]
    text = (
        REPORT + "A march was held in 9 October avenue. The demonstrators were controlled by the police with the use of tear gas."
    )
    assert "force-against-protesters" in [event.type for event in told(text)]


def test_a_review_of_the_year_tells_no_news(told: Read) -> None:
    """It goes from month to month, and the sentence with the deed names none."""
    text = (
        "January began with floods in the delta. In February a dam was rebuilt. In April the harvest failed. June brought cholera. "
        "In August the camps filled. In October donors met in Oslo. Aid agencies paid dearly. The work was slow. "
        "Roads washed out. Staff were tired. Depots ran low. Six aid workers were killed by gunmen "
        "in the worst single attack on humanitarian staff. "
        "Nurses trained new teams. Schools reopened. Rain fell. The fleet grew."
    )
    assert told(text) == []
