"""The schema of the settings file, judged by a real validator and held against the reader."""

import re
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from streams.cli.operate import SETTINGS
from streams.errors import SettingsError
from streams.notation.marked_yaml import load, plain
from streams.settings.load import load as load_settings
from streams.settings.schema import EXAMPLES, settings_schema

DATA = Path(__file__).parents[2] / "data" / "settings"
MADE = settings_schema()
VALIDATOR = Draft202012Validator(MADE)
SLACK = "channels: {slack:a: {channel: C01, token: {env: T}%s}}\n"
MAIL = "channels: {mail:a: {to: a@b.example, from: a@b.example, host: h%s}}\n"
FEED = "feeds: [{name: a, url: 'https://a.example'%s}]\n"


def complaints(text: str) -> list[str]:
    """What the validator says of a text of YAML."""
    return [f"{list(one.path)}: {one.message}" for one in VALIDATOR.iter_errors(plain(load(text, "f")))]


def refused(text: str, folder: Path) -> list[str]:
    """What the reader says of it."""
    path = folder / "tocsin.yaml"
    path.write_text(text, encoding="utf-8")
    try:
        load_settings(path, {"T": "token"})
    except SettingsError as fault:
        return [one.message for one in fault.mistakes]
    return []


def test_it_is_a_schema() -> None:
    """Of the draft that it names."""
    assert MADE["$schema"] == Draft202012Validator.META_SCHEMA["$id"]
    Draft202012Validator.check_schema(MADE)


@pytest.mark.parametrize("text", [(DATA / "full.yaml").read_text(encoding="utf-8"), SETTINGS], ids=["full", "init"])
def test_good_settings_are_valid(text: str) -> None:
    """Every key once, and what `tocsin init` writes."""
    assert complaints(text) == []


def test_examples_are_valid() -> None:
    """Each as a value of its key, wherever it stands."""
    feed, poll = MADE["properties"]["feeds"]["items"]["properties"], MADE["properties"]["poll"]["properties"]
    kafka = MADE["properties"]["kafka"]["properties"]
    channel = MADE["properties"]["channels"]["patternProperties"]["^slack:."]["properties"]
    known = feed | poll | kafka | channel | MADE["properties"]
    for key, values in EXAMPLES.items():
        for value in values:
            assert Draft202012Validator(known[key]).is_valid(value), key


KAFKA = "kafka: {brokers: [a:9092]%s}\n"

# everything after the mark of a message that the reader gives and the schema must too
SHAPES = [
    "feed: 1\n",
    "feeds: {}\n",
    FEED % ", evry: 2m",
    FEED % ", tier: 4",
    FEED % ", tier: '1'",
    FEED % ", every: soon",
    FEED % ", every: 5",
    FEED % ", covers: {}",
    FEED % ", covers: [1]",
    FEED % ", allow_private: 'yes'",
    FEED % ", headers: {X: plain}",
    "feeds: [{name: A b, url: 'https://a.example'}]\n",
    f"feeds: [{{name: {'a' * 65}, url: 'https://a.example'}}]\n",
    "feeds: [{name: a, url: 'ftp://a.example'}]\n",
    "feeds: [{name: a}]\n",
    "feeds: [text]\n",
    "channels: []\n",
    "channels: {slack: {}, console: {}}\n",
    "channels: {sms:a: {}, console: {}}\n",
    "channels: {console: {colour: red}}\n",
    "channels: {console: }\n",
    SLACK % ", chanel: C02",
    "channels: {slack:a: {channel: general, token: {env: T}}}\n",
    "channels: {slack:a: {token: {env: T}}}\n",
    "channels: {slack:a: {channel: C01, token: text}}\n",
    "channels: {slack:a: {channel: C01, token: {env: T, file: t}}}\n",
    "channels: {slack:a: {channel: C01, token: {}}}\n",
    MAIL % ", tls: ssl",
    MAIL % ", port: 0",
    MAIL % ", port: '25'",
    "channels: {mail:a: {to: [], from: a@b.example, host: h}}\n",
    "channels: {mail:a: {to: a@b.example, from: nobody, host: h}}\n",
    "channels: {mail:a: {to: a@b.example, from: a@b.example}}\n",
    "store: [a]\n",
    "store: {}\n",
    "kafka: {}\n",
    "kafka: {brokers: []}\n",
    "kafka: {broker: a}\n",
    KAFKA % ", partitions: 0",
    KAFKA % ", partitions: '4'",
    KAFKA % ", session: 15",
    KAFKA % ", security: TLS",
    KAFKA % ", ca: [a]",
    KAFKA % ", password: sesame",
    KAFKA % ", prefix: a b",
    "retention: {articles: 30}\n",
    "retention: {years: 1}\n",
    "rules: {}\n",
    "knowledge: 5\n",
    "workers: 0\n",
    "workers: many\n",
    "poll: {max_bytes: 15}\n",
    "poll: {redirects: 21}\n",
    "poll: {contact: 5}\n",
    "delivery: {pace: 1}\n",
    "model:\n",
    "time_zone: 5\n",
]


@pytest.mark.parametrize("text", SHAPES)
def test_mistakes_of_shape_are_refused_by_reader_and_schema(text: str, tmp_path: Path) -> None:
    """One mistake each."""
    assert refused(text, tmp_path) != []
    assert complaints(text) != []


@pytest.mark.parametrize("text", [SLACK % "", MAIL % "", FEED % "", "delivery: {pace: 0s}\n", "channels: {console: {}}\n"])
def test_what_they_were_made_from_is_right_for_both(text: str, tmp_path: Path) -> None:
    """So that each of them is refused for its mistake."""
    assert refused(text, tmp_path) == []
    assert complaints(text) == []


def test_every_unknown_key_of_the_broken_settings_is_seen() -> None:
    """Reader and schema know the same keys: those that the first names are those that the second does not take."""
    text = (DATA / "broken.yaml").read_text(encoding="utf-8")
    told = sorted(re.findall(r'^#! \S+ unknown (?:key|channel) "(.*?)"', text, re.MULTILINE))
    seen = []
    for one in VALIDATOR.iter_errors(plain(load(text, "f"))):
        if one.validator == "additionalProperties":
            known, patterns = one.schema["properties"], one.schema.get("patternProperties", {})
            seen += [key for key in one.instance if key not in known and not any(re.search(mark, key) for mark in patterns)]
    assert sorted(seen) == told
