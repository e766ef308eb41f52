"""Records as they lie in topics: what a role is given, what it hands on, and what is set aside with its reason.

Called by the roles of the Kafka run. Bytes stay bytes here; a role decodes them itself, so that what cannot be decoded is set
aside like everything else and never lost in a client library.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from streams.errors import RecordError
from streams.records.flow import Article
from streams.wire import encode_versioned

ARTICLE_BYTES = 900_000  # of an article in a topic; brokers take 1,048,588 with all that goes round it (Kafka, message.max.bytes)
READING_BYTES = 3_900_000  # of a reading; `streams.broker.topics` makes the topics of readings and dead letters that wide
_LONGEST_ERROR = 2_000  # characters
_CUTS = 20  # each takes 2 % at least off what can be cut


@dataclass(frozen=True, slots=True, kw_only=True)
class Raw:
    """One record of a topic."""

    topic: str
    partition: int
    offset: int
    key: bytes
    value: bytes
    stamped: datetime  # when its producer sent it
    headers: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Out:
    """One record to be sent."""

    topic: str
    key: bytes
    value: bytes
    headers: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dead:
    """A record that was set aside, and why: what its headers say."""

    topic: str  # where it stood
    partition: int
    offset: int
    stage: str  # "decode", "extract", "match"
    error: str
    first_seen: datetime  # by the first that set it aside


def set_aside(raw: Raw, to: str, stage: str, fault: BaseException, now: datetime) -> Out:
    """The record for the topic of dead letters: its own key and bytes, and in the headers where it stood and why it is there."""
    before = dead(raw.headers)
    place = before or Dead(topic=raw.topic, partition=raw.partition, offset=raw.offset, stage=stage, error="", first_seen=now)
    told = {
        "topic": place.topic,
        "partition": str(place.partition),
        "offset": str(place.offset),
        "stage": stage,
        "error": f"{type(fault).__name__}: {fault}"[:_LONGEST_ERROR],
        "first_seen": place.first_seen.astimezone(UTC).isoformat(),
    }
    return Out(topic=to, key=raw.key, value=raw.value, headers={name: text.encode() for name, text in told.items()})


def dead(headers: Mapping[str, bytes]) -> Dead | None:
    """What the headers of a dead letter say, None when they are none of one. One that is sent again keeps them."""
    try:
        told = {name: headers[name].decode() for name in ("topic", "partition", "offset", "stage", "error", "first_seen")}
        return Dead(
            topic=told["topic"],
            partition=int(told["partition"]),
            offset=int(told["offset"]),
            stage=told["stage"],
            error=told["error"],
            first_seen=datetime.fromisoformat(told["first_seen"]),
        )
    except (KeyError, ValueError):
        return None


def packed(article: Article, most: int = ARTICLE_BYTES) -> tuple[bytes, Article]:
    """The article's bytes for its topic, and the article in them: with a text cut until it fits, and then `clipped`.

    Raises RecordError when it does not fit without any text.
    """
    value = encode_versioned(article)
    for _ in range(_CUTS):
        if len(value) <= most:
            return value, article
        article = clipped(article, most / len(value))
        value = encode_versioned(article)
    raise RecordError(f'article "{article.id[:100]}" has {len(value)} bytes without its text; {most} go into a message')


def clipped(article: Article, share: float) -> Article:
    """The article with at most that share of its words, cut at the end of a paragraph where there is one near; flagged."""
    share = min(share, 1.0) * 0.98  # escapes and the other fields are not spread evenly
    return replace(
        article,
        title=article.title[: max(int(len(article.title) * share), 1_000)],
        summary=_cut(article.summary, int(len(article.summary) * share)),
        text=_cut(article.text, int(len(article.text) * share)),
        clipped=True,
    )


def _cut(text: str, most: int) -> str:
    if len(text) <= most:
        return text
    paragraph = text.rfind("\n\n", most // 2, most)
    return text[: paragraph if paragraph > 0 else most]
