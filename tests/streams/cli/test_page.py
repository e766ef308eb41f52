"""Readings as a page: self-contained, escaped, readable by everybody, and right in a real browser where there is one."""

import html
import json
import re
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from lxml import html as markup

from streams.cli.marks import ROLES
from streams.cli.page import Page
from streams.errors import UsageError
from streams.extract.reader import Extractor, load
from streams.hostile import tame
from streams.records.flow import Article, Reading

PUBLISHED = datetime(2024, 4, 22, 12, tzinfo=UTC)  # a Monday
TEMPLATE = Path("streams/data/readings.html")
STORY = (
    "Gunmen killed four aid workers in an ambush near Mosul in northern Iraq on Sunday, two Iraqi officials told Reuters.\n\n"
    "Drones hit the U.S. base at Al-Shaddadi in Syria on Saturday, the U.S. military said. No soldier was injured."
)
HOSTILE = (
    "<script>alert(1)</script> Gunmen killed <b onclick='x'>four</b> aid \u202eworkers\x1b[31m in \"Mosul\" &amp; left on Sunday."
)


@pytest.fixture(scope="module")
def readings() -> list[Reading]:
    def article(name: str, title: str, text: str, url: str = "") -> Article:
        return Article(id=name, source="wire", url=url, title=title, text=text, published=PUBLISHED, taken_at=PUBLISHED)

    extractor: Extractor = load()
    return extractor.read(
        [
            article("one", "Aid workers killed in Iraq", STORY, "https://wire.example/one"),
            article("two", "", HOSTILE, "javascript:alert(1)"),
            article("three", "", "Ракеты попали в базу в воскресенье, сообщил представитель. " * 60),
        ]
    )


def written(path: Path, readings: list[Reading]) -> markup.HtmlElement:
    with Page(path) as page:
        for reading in readings:
            page.show(reading)
    return markup.fromstring(path.read_bytes().decode("utf-8"))


@pytest.fixture
def page(tmp_path: Path, readings: list[Reading]) -> markup.HtmlElement:
    return written(tmp_path / "page.html", readings)


def words(element: markup.HtmlElement) -> str:
    """The text a reader sees, without the raised letters."""
    copy = markup.fromstring(markup.tostring(element, encoding="unicode"))
    for sup in copy.xpath(".//sup"):
        sup.drop_tree()
    return str(copy.text_content())


def test_nothing_is_lost_or_doubled_by_the_marks(page: markup.HtmlElement) -> None:
    found = [words(each) for each in page.xpath("//article[@id='a1']/p[@class='text']")]
    assert found == STORY.split("\n\n")
    assert words(page.xpath("//article[@id='a1']/h2")[0]) == "Aid workers killed in Iraq"


def test_a_mark_has_its_role_its_events_and_what_is_known_of_it(page: markup.HtmlElement) -> None:
    (base,) = page.xpath("//article[@id='a1']/p//mark[@class='target'][contains(., 'U.S. base')]")
    (place,) = base.xpath("./mark[@class='place']")
    assert words(place) == "Al-Shaddadi"
    assert re.fullmatch(r"target, event \d: base, .*US user.*", base.get("title"))
    number = base.get("title").split()[2].rstrip(":")
    assert base.xpath("./sup/a/@href") == [f"#a1-e{number}"]


def test_a_table_per_event_and_the_contents_before_them(page: markup.HtmlElement, readings: list[Reading]) -> None:
    for number, reading in enumerate(readings, start=1):
        tables = page.xpath(f"//article[@id='a{number}']/table")
        assert [table.get("id") for table in tables] == [f"a{number}-e{count}" for count in range(1, len(reading.events) + 1)]
        for table, event in zip(tables, reading.events, strict=True):
            cells = {row.xpath("string(th)"): row.xpath("string(td)") for row in table.xpath(".//tr")}
            assert event.type in cells["type"]
            assert cells["stage"] == event.stage
            assert [who.span.text in cells["who"] for who in event.actors] == [True] * len(event.actors)
    assert len(readings[0].events) >= 2
    assert page.xpath("//nav//a/@href") == ["#a1", "#a2", "#a3"]
    assert page.xpath("string(//nav//li[3])").endswith("not read: language:ru")
    assert page.xpath("string(//article[@id='a3']/h2/@lang)") == "ru"


def test_every_link_inside_the_page_leads_somewhere(page: markup.HtmlElement) -> None:
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert {link[1:] for link in page.xpath("//a/@href") if link.startswith("#")} <= set(ids)


def test_hostile_text_is_text(page: markup.HtmlElement) -> None:
    """Nor does an address that is none become a link."""
    assert page.xpath("//script | //b | //*[@onclick]") == []
    assert [words(each) for each in page.xpath("//article[@id='a2']/p[@class='text']")] == [tame(HOSTILE)]
    assert page.xpath("//article[@id='a2']/p[@class='facts']//a") == []
    assert page.xpath("//a/@href[not(starts-with(., '#'))]") == ["https://wire.example/one"]


def test_the_page_asks_for_nothing_outside(tmp_path: Path, readings: list[Reading]) -> None:
    written(tmp_path / "page.html", readings)
    text = (tmp_path / "page.html").read_text("utf-8")
    assert (
        re.search(r"<(?:script|link|img|iframe|object|embed)\b|\bsrc=|@import|url\(", text.replace(html.escape(HOSTILE), ""))
        is None
    )
    assert '<html lang="en">' in text


def test_one_article_needs_no_contents(tmp_path: Path, readings: list[Reading]) -> None:
    page = written(tmp_path / "page.html", readings[:1])
    assert page.xpath("//nav") == []
    assert page.xpath("string(//title)") == "What Tocsin reads: Aid workers killed in Iraq"


def test_a_failure_leaves_an_older_page_as_it_was(tmp_path: Path, readings: list[Reading]) -> None:
    """And a later page replaces it whole."""
    path = tmp_path / "page.html"
    written(path, readings)
    before = path.read_bytes()
    with pytest.raises(AttributeError):
        written(path, [readings[0], "no reading"])  # type: ignore[list-item]
    assert path.read_bytes() == before
    written(path, readings[:1])
    assert path.read_bytes().count(b"<!doctype html>") == 1
    with pytest.raises(UsageError, match=r"^--html: .*: cannot be written: Is a directory$"):
        Page(tmp_path)


# ------------------------------------------------------------------------------------------------------------ contrast


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_words_stand_out_from_what_is_behind_them_in_light_and_dark() -> None:
    """WCAG 2.2: 4.5 for text, 3 for the lines that tell roles apart."""
    schemes = re.findall(r":root \{(.*?)\}", TEMPLATE.read_text("utf-8"), re.DOTALL)
    assert len(schemes) == 2
    for scheme in schemes:
        colour = dict(re.findall(r"--([\w-]+): (#\w{6});", scheme))
        for behind in ("paper", *(role for role in ROLES if role in colour)):
            assert contrast(colour["ink"], colour[behind]) >= 4.5, behind
        for front in ("soft", "link"):
            assert contrast(colour[front], colour["paper"]) >= 4.5, front
            assert contrast(colour[front], colour["band"]) >= 4.5, front
        for role in ROLES:
            assert contrast(colour[f"{role}-line"], colour["paper"]) >= 3, role


# ------------------------------------------------------------------------------------------------------------- browser

BROWSER = shutil.which("chromium") or shutil.which("google-chrome")
QUIET = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--window-size=520,900",
)  # fmt: skip
PROBE = """<script>
const backgrounds = {};
for (const mark of document.querySelectorAll("article mark")) backgrounds[mark.className] = getComputedStyle(mark).backgroundColor;
document.title = JSON.stringify({
  wide: document.documentElement.scrollWidth, window: innerWidth, backgrounds,
  asked: performance.getEntriesByType("resource").length,
});
</script>"""


@pytest.mark.slow
@pytest.mark.skipif(BROWSER is None, reason="no Chromium on this machine: the page is looked at by a parser only")
def test_a_browser_shows_the_roles_in_colours_of_their_own(tmp_path: Path, readings: list[Reading]) -> None:
    """On a narrow window nothing stands over the edge, and nothing is fetched. The probe is in a copy of the page."""
    assert BROWSER is not None
    written(tmp_path / "page.html", readings)
    probed = tmp_path / "probed.html"
    probed.write_text((tmp_path / "page.html").read_text("utf-8").replace("</body>", f"{PROBE}</body>"), "utf-8")
    ran = subprocess.run(
        [BROWSER, *QUIET, f"--user-data-dir={tmp_path / 'profile'}", "--dump-dom", probed.as_uri()],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    seen = json.loads(markup.fromstring(ran.stdout).xpath("string(//title)"))
    assert seen["asked"] == 0
    assert seen["wide"] <= seen["window"]
    assert {"deed", "actor", "target", "place", "time", "source"} <= set(seen["backgrounds"])
    assert len(set(seen["backgrounds"].values())) == len(seen["backgrounds"])
