"""Reads `tocsin.yaml`: positions, secrets from environment and files, and all mistakes at once.

Called by the command line. Values are judged by the descriptions in `streams.settings.model`; here stands only what the file has
besides: where a secret may come from, and what holds between several keys.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from streams.errors import FileMistakes, Mistake, SettingsError
from streams.notation.marked_yaml import Items, Map, Node, Scalar, mistake, named, plain, read, read_text, unknown_keys
from streams.notation.suggestions import suggest
from streams.settings.model import (
    Channel,
    ConsoleChannel,
    DeliveryPace,
    Feed,
    Kafka,
    MailChannel,
    Part,
    Poll,
    Retention,
    Settings,
    SlackChannel,
)
from streams.settings.secret import Secret

KINDS: dict[str, type[SlackChannel | MailChannel | ConsoleChannel]] = {
    "slack": SlackChannel,
    "mail": MailChannel,
    "console": ConsoleChannel,
}
ROLES = ("default", "operations")  # keys under "channels" that name a channel
KAFKA_VARIABLE = "TOCSIN_KAFKA_PASSWORD"  # the variable, not its value
SECRETS = {"slack": ("token", "TOCSIN_SLACK_TOKEN"), "mail": ("password", "TOCSIN_MAIL_PASSWORD")}
KAFKA_FILES = ("ca", "certificate", "key")
_PASSWORD = re.compile(r"://[^/@\s]*:[^/@\s]*@|[?&](?:ssl)?password=")
INNER = ("default_channel", "operations_channel", "kind")  # fields that are no keys of the file

Made = TypeVar("Made", bound=Part)


def load(path: Path, environ: Mapping[str, str]) -> Settings:
    """The settings.

    Args:
        environ: the environment; TOCSIN_SLACK_TOKEN and TOCSIN_MAIL_PASSWORD are read where a channel names no other source. Where
            a name is not set, the same with `_FILE` behind it names a file that holds the value.

    Raises:
        SettingsError: with every mistake of the file and of what it takes from the environment.
    """
    try:
        text = read_text(path)
    except FileMistakes as fault:
        raise SettingsError(fault.mistakes) from fault
    root, mistakes = read(text, str(path))
    if root is None:
        raise SettingsError(mistakes)
    reader = _Reader(path, environ, mistakes)
    settings = reader.settings(root)
    if settings is None or mistakes:
        raise SettingsError(mistakes)
    return settings


class _Reader:
    def __init__(self, path: Path, environ: Mapping[str, str], mistakes: list[Mistake]) -> None:
        self.folder = path.parent
        self.environ = environ
        self.mistakes = mistakes

    def settings(self, root: Node) -> Settings | None:
        """The settings, None when a mistake was noted."""
        made: dict[str, Any] = {}
        if isinstance(root, Map):
            channels, made["default_channel"], made["operations_channel"] = self._channels(root.get("channels"))
            made["channels"] = channels
            if isinstance(root.get("feeds"), Items):
                made["feeds"] = tuple(self._feed(node) for node in _items(root.get("feeds")))
            for name, model in (("retention", Retention), ("poll", Poll), ("delivery", DeliveryPace)):
                if name in root.keys:
                    made[name] = self._part(root.values[name], model, f'"{name}"', {})
            if "kafka" in root.keys:
                made["kafka"] = self._kafka(root.values["kafka"])
            made |= self._store(root.get("store"))
            self._unique_names(root.get("feeds"))
        settings = self._part(root, Settings, "the settings file", made)
        return self._rooted(settings) if settings and not self.mistakes else None

    def _part(self, node: Node, model: type[Made], what: str, made: dict[str, Any]) -> Made | None:
        """One map as a part of the settings, None when a mistake was noted; `made` has the values that are read already."""
        fields = {field.alias or name: field for name, field in model.model_fields.items() if name not in INNER}
        if not isinstance(node, Map):
            self._wrong(node, f"{what} is a map, found {named(node)}; allowed keys: {', '.join(fields)}")
            return None
        self.mistakes += unknown_keys(node, fields, what)
        for key, field in fields.items():
            if field.is_required() and key not in node.keys and key not in made:
                self._wrong(node, f'{what} has no "{key}"; it is {field.description}')
        data = {key: plain(value) for key, value in node.values.items() if key in fields} | made
        try:
            return model.model_validate(data)
        except ValidationError as fault:
            for error in fault.errors(include_url=False, include_context=False, include_input=False):
                name, *steps = map(str, error["loc"])
                value = node.get(name)
                if value is None or name in made:
                    continue
                for step in steps:
                    value = value.items[int(step)] if isinstance(value, Items) and step.isdecimal() else value
                own = error["msg"].removeprefix("Value error, ") if error["type"] == "value_error" else ""
                self._wrong(value, f'"{name}": {own}' if own else f'"{name}" is {fields[name].description}, found {named(value)}')
            return None

    def _feed(self, node: Node) -> Feed | None:
        headers = node.get("headers") if isinstance(node, Map) else None
        made: dict[str, Any] = {}
        if isinstance(headers, Map):
            made["headers"] = {name: self._secret(value, name, "NAME") for name, value in headers.values.items()}
        return self._part(node, Feed, "a feed", made)

    def _rooted(self, made: Settings) -> Settings:
        """With paths as seen from the working directory."""
        store = made.store if isinstance(made.store, Secret) or "://" in made.store else str(self.folder / made.store)
        places = {name: tuple(self.folder / path for path in getattr(made, name)) for name in ("rules", "knowledge")}
        return made.model_copy(update={"store": store, **places})

    # ------------------------------------------------------------------------------------------------------------- kafka

    def _kafka(self, node: Node) -> Kafka | None:
        """How the brokers are reached, None when a mistake was noted; what does not fit together is noted too."""
        secret: dict[str, Any] = {}
        if isinstance(node, Map) and "password" in node.keys:
            secret = {"password": self._secret(node.values["password"], "password", KAFKA_VARIABLE)}
        elif isinstance(node, Map) and "user" in node.keys and (found := self._from_environment(KAFKA_VARIABLE, node)):
            secret = {"password": found}
        made = self._part(node, Kafka, '"kafka"', secret)
        if made is None or not isinstance(node, Map):
            return made
        self._fitting(made, node)
        files = {name: self.folder / path for name in KAFKA_FILES if (path := getattr(made, name)) is not None}
        for name, path in files.items():
            try:
                path.open("rb").close()
            except OSError as fault:
                self._wrong(node.values[name], f'"{name}": the file "{path}" cannot be read: {fault.strerror}')
        return made.model_copy(update=files)

    def _fitting(self, made: Kafka, node: Map) -> None:
        for name in (one for one in (*KAFKA_FILES, "user", "password") if one in node.keys):
            allowed = "SSL or SASL_SSL" if name in KAFKA_FILES else "SASL_SSL or SASL_PLAINTEXT"
            if not (made.tls if name in KAFKA_FILES else made.sasl):
                self._wrong(node.keys[name], f'"{name}" needs "security" to be {allowed}, found "{made.security}"')
        for name, other in (("certificate", "key"), ("key", "certificate")):
            if name in node.keys and other not in node.keys:
                self._wrong(node.keys[name], f'"{name}" stands without "{other}"; name both files, or none')
        if made.sasl and made.user is None:
            self._wrong(node, f'"kafka" has no "user", and "security" is {made.security}; name one')
        elif made.sasl and made.password is None:
            advice = f'set {KAFKA_VARIABLE} or {KAFKA_VARIABLE}_FILE, or write "password: {{env: NAME}}"'
            self._wrong(node, f'"kafka" has no "password"; {advice}')

    # ---------------------------------------------------------------------------------------------------------- channels

    def _channels(self, node: Node | None) -> tuple[dict[str, Channel], str, str]:
        """Channels by name, the default one, and the one for operations; the console when the file names none."""
        if node is None:
            return {"console": ConsoleChannel()}, "console", "console"
        if not isinstance(node, Map):
            self._wrong(node, f'"channels" is a map of channels by name, found {named(node)}')
            return {}, "", ""
        names: list[str] = []
        found: dict[str, Channel] = {}
        for name in (one for one in node.keys if one not in ROLES):
            kind, _, rest = name.partition(":")
            if kind not in KINDS or (rest == "") is not (kind == "console"):
                advice = 'a channel is called "slack:NAME", "mail:NAME" or "console"'
                self._wrong(node.keys[name], f'unknown channel "{name}"; {advice}')
                continue
            names.append(name)
            made = self._channel_secret(name, kind, node.values[name])
            channel = self._part(node.values[name], KINDS[kind], f'channel "{name}"', made)
            if channel is not None:
                found[name] = channel
        if not set(node.keys) - set(ROLES):
            self._wrong(node, '"channels" names no channel; name one, or leave "channels" out to use the console')
            return found, "", ""
        default = self._role("default", node, names, names[0] if len(names) == 1 else None)
        return found, default, self._role("operations", node, names, default)

    def _role(self, role: str, node: Map, names: list[str], otherwise: str | None) -> str:
        wish = node.get(role)
        if wish is None:
            if otherwise is None:
                self._wrong(node, f'"channels" has no "{role}"; name the channel of rules that name none{suggest("", names)}')
            return otherwise or ""
        if isinstance(wish, Scalar) and wish.text in names:
            return wish.text
        self._wrong(wish, f'"{role}" names no channel of this file, found {named(wish)}{suggest(getattr(wish, "text", ""), names)}')
        return ""

    def _channel_secret(self, name: str, kind: str, node: Node) -> dict[str, Secret]:
        """The channel's secret by its key, as its own map or the environment has it; empty when there is none."""
        if kind not in SECRETS or not isinstance(node, Map):
            return {}
        key, variable = SECRETS[kind]
        if key in node.keys:
            return {key: self._secret(node.values[key], key, variable)}
        found = self._from_environment(variable, node)
        if found is not None:
            return {key: found}
        if kind == "slack" or "user" in node.keys:
            advice = f'set {variable} or {variable}_FILE, or write "{key}: {{env: NAME}}"'
            self._wrong(node, f'channel "{name}" has no "{key}"; {advice}')
            return {key: Secret("")}
        return {}

    # ----------------------------------------------------------------------------------------------------------- secrets

    def _secret(self, node: Node, key: str, variable: str) -> Secret:
        """What `{env: NAME}` or `{file: PATH}` holds; an empty secret when a mistake was noted. Never shows what it found."""
        source = next(iter(node.keys)) if isinstance(node, Map) and len(node.keys) == 1 else ""
        value = node.get(source) if isinstance(node, Map) else None
        if source not in ("env", "file") or not isinstance(value, Scalar) or not value.text:
            if isinstance(node, Scalar):
                self._wrong(node, f'"{key}" stands in the file as text; secrets come from elsewhere: "{key}: {{env: {variable}}}"')
            else:
                self._wrong(node, f'"{key}" is {{env: NAME}} or {{file: PATH}}')
            return Secret("")
        if source == "file":
            return self._from_file(self.folder / value.text, value)
        found = self._from_environment(value.text, value)
        if found is None:
            self._wrong(value, f'"{key}": the environment has no {value.text}; set it')
        return found or Secret("")

    def _from_environment(self, variable: str, node: Node) -> Secret | None:
        if self.environ.get(variable):
            return Secret(self.environ[variable])
        file = self.environ.get(f"{variable}_FILE")
        return self._from_file(Path(file), node) if file else None

    def _from_file(self, path: Path, node: Node) -> Secret:
        try:
            value = path.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as fault:
            reason = fault.strerror if isinstance(fault, OSError) else "not UTF-8"
            self._wrong(node, f'the secret\'s file "{path}" cannot be read: {reason}')
            return Secret("")
        if not value:
            self._wrong(node, f'the secret\'s file "{path}" is empty')
        return Secret(value)

    def _store(self, node: Node | None) -> dict[str, Secret]:
        """The store when it is a secret, or would be one."""
        if isinstance(node, Map):
            return {"store": self._secret(node, "store", "TOCSIN_STORE")}
        if isinstance(node, Scalar) and _PASSWORD.search(node.text):
            self._wrong(node, 'a password stands in this address; secrets come from elsewhere: "store: {env: TOCSIN_STORE}"')
            return {"store": Secret("")}
        return {}

    def _unique_names(self, node: Node | None) -> None:
        """Notes every feed whose name another feed has."""
        first: dict[str, Scalar] = {}
        for feed in _items(node):
            name = feed.get("name") if isinstance(feed, Map) else None
            if isinstance(name, Scalar) and first.setdefault(name.text, name) is not name:
                message = f'feed "{name.text}" is there already, line {first[name.text].line}; a name stands for one feed for good'
                self._wrong(name, message)

    def _wrong(self, node: Node, message: str) -> None:
        self.mistakes.append(mistake(node, message))


def _items(node: Node | None) -> tuple[Node, ...]:
    return node.items if isinstance(node, Items) else ()
