"""A store as a run leaves it: articles taken, read and decided, with the real path and no feed."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from rules.model import RuleSet
from streams import pipeline
from streams.knowledge.world import Knowledge
from streams.labels.wanted import Desk
from streams.records.flow import Article, Cursor, Item
from streams.replay import Reader
from streams.store.inbox import StoreInbox
from streams.store.store import Store


def news(name: str, published: str, text: str, *, title: str = "") -> Article:
    """An article of one feed, taken ten minutes after it was published."""
    moment = datetime.fromisoformat(published).replace(tzinfo=UTC)
    taken = moment.replace(minute=moment.minute + 10)
    link = f"https://news.example/{name}"
    return Article(id=f"wire:{name}", source="wire", url=link, title=title, text=text, published=moment, taken_at=taken)


def run(path: Path, articles: Sequence[Article], rules: RuleSet, reader: Reader, known: Knowledge) -> list[str]:
    """Ids of the alerts that the run decided; its store stands at `path` and may be there already."""
    alerts: list[str] = []
    with Store.open(path) as store, store.lock(articles[0].taken_at) as lock:
        StoreInbox(store).take([Item(article=one, fingerprint=one.text) for one in articles], Cursor(feed="wire", address=""))
        desk = Desk(rules=rules.rules, knowledge=known, default_channels=("console",))
        with store.matching(lock) as memory:
            pipeline.take_rules(pipeline.rule_texts(rules, known, ("console",)), (), memory, desk)
        for reading in reader.read(articles):
            with store.matching(lock) as memory:
                alerts += [alert.id for alert in pipeline.take(reading, memory, desk).alerts]
    return alerts
