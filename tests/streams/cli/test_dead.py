"""`tocsin dead`: what was set aside is listed, shown and tried again, from the inbox and from the topic of dead letters."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from kafka import KafkaConsumer, KafkaProducer
from peers.kafka import fresh_prefix
from peers.remembered import article, cursor, day, item
from peers.tansu import Tansu

from streams import letters, wire
from streams.broker import topics
from streams.cli.main import main
from streams.errors import WireError
from streams.letters import Raw
from streams.records.flow import Disposition, Reading
from streams.settings.model import Kafka
from streams.store.inbox import StoreInbox
from streams.store.store import Store

SEEN = datetime(2024, 4, 22, 6, 30, tzinfo=UTC)
POISON = b"\xff{not json\x1b[2J"


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(("dead", *arguments))
    return int(ended.value.code or 0)


def lines(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """A desk whose run has set two articles aside, and decided a newer revision of one of them."""
    monkeypatch.chdir(tmp_path)
    Path("tocsin.yaml").write_text("store: tocsin.db\n")
    with Store.open("tocsin.db") as store:
        inbox = StoreInbox(store)
        inbox.take([item("a"), item("b"), item("c")], cursor())
        inbox.quarantine("a", 1, "the extraction process died on it")
        inbox.quarantine("c", 1, "deciding failed: \x1b[31mred")
        inbox.take([item("c", "2")], cursor())
        with store.lock(day(0)) as lock, store.matching(lock) as memory:
            memory.append("reading", day(1), b"{}")
            memory.put_reading(Reading(article=article("c", 2), extractor="x"))
            memory.dispose([Disposition(article="c", revision=2, event="", rule="", outcome="unmatched")])
        yield store


# --------------------------------------------------------------------------------------------------------------- inbox


def test_quarantined_articles_are_listed(desk: Store, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("list", "--format", "jsonl") == 0
    first, second = lines(capsys.readouterr().out)
    assert first == {
        "id": "inbox/1", "stage": "quarantine", "article": "a", "error": "the extraction process died on it",
        "first_seen": "2024-04-01T00:00:00Z", "revision": 1, "bytes": len(wire.encode(article("a"))),
    }  # fmt: skip
    assert second["error"] == "deciding failed: \x1b[31mred"
    assert run("list") == 0
    table = capsys.readouterr().out
    assert table.splitlines()[0].split() == ["id", "stage", "article", "error", "first_seen"]
    assert "\x1b" not in table, "what strangers wrote moves no cursor"


def test_one_is_shown_whole(desk: Store, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("show", "inbox/1") == 0
    shown = capsys.readouterr().out
    assert "error: the extraction process died on it\n" in shown
    assert '"text": "It struck."' in shown


def test_a_revision_set_aside_waits_again(desk: Store, capsys: pytest.CaptureFixture[str]) -> None:
    """And is published again at once: its row no longer says that it was."""
    inbox = StoreInbox(desk)
    inbox.note_published([article("a")], day(1))
    assert run("retry", "inbox/1") == 0
    assert capsys.readouterr().out == "1 tried again\n"
    assert [one.id for one in inbox.pending()] == ["a", "b"]
    assert article("a") in inbox.unpublished(day(2), datetime(2030, 1, 1, tzinfo=UTC) - datetime(2020, 1, 1, tzinfo=UTC))
    assert run("retry", "inbox/1") == 2
    assert 'inbox/1: nothing with this number is set aside; "tocsin dead list" names what is\n' in capsys.readouterr().err


def test_what_the_matcher_has_passed_is_not_tried_again(desk: Store, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("retry", "all") == 1
    said = capsys.readouterr()
    assert said.out == "1 tried again\n"
    assert said.err == "inbox/3: the matcher has decided this or a newer revision, or somebody was quicker\n"


@pytest.mark.parametrize(
    ("id", "text"),
    [
        ("17", '"17" is no id; "tocsin dead list" names them, like inbox/17 and dead/0/4\n'),
        ("inbox/99", 'inbox/99: nothing with this number is set aside; "tocsin dead list" names what is\n'),
        ("dead/0/4", 'dead/0/4: there is no "kafka" in the settings, so there is no topic of dead letters\n'),
    ],
)
def test_what_is_not_there_is_said(desk: Store, capsys: pytest.CaptureFixture[str], id: str, text: str) -> None:
    assert run("show", id) == 2
    assert capsys.readouterr().err == text


# --------------------------------------------------------------------------------------------------------------- topic


@pytest.fixture
def spread(desk: Store, tansu: Tansu) -> Kafka:
    """The desk with Kafka, and two letters in its topic: one no role could read, one whose headers say nothing."""
    kafka = Kafka(brokers=(tansu.servers,), prefix=fresh_prefix(), partitions=2)
    Path("tocsin.yaml").write_text(
        f"store: tocsin.db\nkafka: {{brokers: ['{tansu.servers}'], prefix: {kafka.prefix}, partitions: 2}}\n"
    )
    topics.create(kafka)
    raw = Raw(topic=kafka.topic("events"), partition=1, offset=41, key=b"wire:a", value=POISON, stamped=SEEN, headers={"x": b"1"})
    out = letters.set_aside(raw, kafka.topic("dead"), "decode", WireError("no JSON"), SEEN)
    producer = KafkaProducer(bootstrap_servers=tansu.servers)
    producer.send(out.topic, key=out.key, value=out.value, headers=list(out.headers.items()), partition=1).get(10)
    producer.send(out.topic, key=b"odd", value=b"?", partition=0).get(10)
    producer.close()
    return kafka


def test_letters_are_listed_with_where_they_stood(spread: Kafka, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("list", "--format", "jsonl") == 0
    found = lines(capsys.readouterr().out)
    assert [one["id"] for one in found] == ["inbox/1", "inbox/3", "dead/0/0", "dead/1/0"]
    assert found[3] == {
        "id": "dead/1/0", "stage": "decode", "article": "wire:a", "error": "WireError: no JSON",
        "first_seen": "2024-04-22T06:30:00Z", "topic": spread.topic("events"), "partition": 1, "offset": 41,
        "bytes": len(POISON), "retried": None,
    }  # fmt: skip


def test_the_doctor_counts_letters_until_they_are_sent_again(spread: Kafka, capsys: pytest.CaptureFixture[str]) -> None:
    def examined() -> dict[str, object]:
        capsys.readouterr()
        with pytest.raises(SystemExit):
            main(("doctor", "--format", "jsonl"))
        return next(one for one in lines(capsys.readouterr().out) if one["what"] == "dead letters")

    found = examined()
    assert found["state"] == "attend"
    assert found["found"] == "2 records: dead/0/0 (its headers do not say); dead/1/0 (WireError: no JSON)"
    assert '"tocsin dead retry all"' in str(found["do"])
    assert run("retry", "dead/1/0") == 0
    assert examined()["found"] == "1 record: dead/0/0 (its headers do not say)"


def test_a_letters_own_bytes_are_shown(spread: Kafka, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert run("show", "dead/1/0", "--raw") == 0
    assert capfdbinary.readouterr().out == POISON
    assert run("show", "dead/1/0") == 0
    shown = capfdbinary.readouterr().out
    assert b"\\xff{not json" in shown
    assert b"\x1b" not in shown


def test_a_letter_goes_back_as_it_was_and_is_marked(spread: Kafka, tansu: Tansu, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("retry", "dead/1/0") == 0
    (record,) = records(tansu, spread.topic("events"))
    assert (record.key, record.value) == (b"wire:a", POISON)
    headers = dict(record.headers)
    assert (headers["first_seen"], headers["offset"]) == (b"2024-04-22T06:30:00+00:00", b"41")
    assert datetime.fromisoformat(headers["retried"].decode()).tzinfo is not None
    capsys.readouterr()
    assert run("list", "--format", "jsonl") == 0
    said = capsys.readouterr()
    assert [one["id"] for one in lines(said.out)] == ["inbox/1", "inbox/3", "dead/0/0"]
    assert said.err == "1 more were sent again; --all lists them\n"
    assert run("list", "--all", "--format", "jsonl") == 0
    assert lines(capsys.readouterr().out)[-1]["retried"] is not None


def test_it_goes_a_second_time_only_when_that_is_asked_for(spread: Kafka, tansu: Tansu, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("retry", "dead/1/0") == 0
    assert run("retry", "dead/1/0") == 1
    assert "--again does it once more\n" in capsys.readouterr().err
    assert run("retry", "dead/1/0", "--again") == 0
    assert len(records(tansu, spread.topic("events"))) == 2


def test_a_letter_from_nowhere_is_sent_nowhere(spread: Kafka, tansu: Tansu, capsys: pytest.CaptureFixture[str]) -> None:
    """And with it nothing else: who asks for all gets all or hears why not."""
    assert run("retry", "all") == 2
    name = spread.topic("dead")
    assert (
        f"{name}/0/0: this letter does not say from which of our topics it came; it cannot be sent again\n"
        in capsys.readouterr().err
    )
    assert records(tansu, spread.topic("events")) == []


def test_a_letter_that_is_not_there_is_said(spread: Kafka, capsys: pytest.CaptureFixture[str]) -> None:
    for id in ("dead/1/7", "dead/9/0"):
        assert run("show", id) == 2
        assert (
            f'{id}: the topic holds no such letter (any more); "tocsin dead list" names those it holds\n' in capsys.readouterr().err
        )


def records(tansu: Tansu, topic: str) -> list[object]:
    consumer = KafkaConsumer(topic, bootstrap_servers=tansu.servers, auto_offset_reset="earliest", consumer_timeout_ms=1500)
    found = list(consumer)
    consumer.close()
    return found
