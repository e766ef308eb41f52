"""Log lines: one name a fact, an article can be followed by its id, and no secret."""

import ast
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from peers.feeds import Piece, rss
from peers.http_server import Answer, FeedServer
from peers.run import ROOT, Run, Unhurried, desk
from peers.slack import SlackPeer

LEVELS = {"debug", "info", "warning", "error", "exception", "critical"}
NOW = datetime(2024, 4, 23, 6, tzinfo=UTC)
FIRST = "Two rockets were fired at the Ain al-Asad air base in Iraq on Monday, an Iraqi security official said."
OTHER = "The council of the town of Brightwater has voted to mend the roof of its library before winter comes."


async def test_an_article_is_followed_by_its_id_through_every_stage(tmp_path: Path) -> None:
    """Taken, read, decided and delivered each name the article; one that concerns nobody ends with its decision."""
    strike = Piece(title="Rockets", guid="g-1", link="https://a.example/1", text=FIRST, date=NOW - timedelta(minutes=9))
    library = Piece(title="Library", guid="g-2", link="https://a.example/2", text=OTHER, date=NOW - timedelta(minutes=8))
    async with FeedServer() as server, Unhurried() as peer:
        folder = desk(tmp_path / "desk", {"wire": server.script("/a.xml", Answer(body=rss(strike, library)))}, peer)
        async with Run.started(folder, clock=NOW, speed=1) as run:
            await run.until("delivered", 120)
            taken = [line["article"] for line in run.log if line["event"] == "taken"]
            assert await run.stop() == 0
    life = {
        article: [line["event"] for line in run.log if line.get("article") == article or article in line.get("articles", ())]
        for article in taken
    }
    assert sorted(life.values(), key=len) == [["taken", "read", "decided"], ["taken", "read", "decided", "delivered"]]
    assert {key for line in run.log for key in line} >= {"level", "timestamp"}
    assert SlackPeer.token not in run.text


def calls() -> Iterator[tuple[str, ast.Call]]:
    """Every call of a logger, with its place."""
    for room in ("streams", "connectors", "rules"):
        for path in sorted((ROOT / room).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in LEVELS:
                    of = ast.unparse(node.func.value)
                    if of in {"_log", "log"} or of.startswith("structlog.get_logger("):
                        yield f"{path.relative_to(ROOT)}:{node.lineno}", node


def test_the_name_of_a_fact_is_written_out_and_what_differs_stands_in_fields() -> None:
    """So that a search for a name finds all of it: no name is put together while running."""
    found = list(calls())
    assert len(found) > 40
    made = [place for place, call in found if not (call.args and isinstance(call.args[0], ast.Constant))]
    assert made == []


def test_a_name_of_a_fact_is_of_one_level() -> None:
    """What is an error in one place and news in another is two facts; a search for one must not find the other."""
    levels: dict[str, set[str]] = {}
    for _, call in calls():
        if call.args and isinstance(call.args[0], ast.Constant):
            assert isinstance(call.func, ast.Attribute)
            levels.setdefault(str(call.args[0].value), set()).add(call.func.attr.replace("exception", "error"))
    assert {name: found for name, found in levels.items() if len(found) > 1} == {}
