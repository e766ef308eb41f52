"""The schemas that editors use, judged by a real validator, and held against the readers: both know the same keys."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from small_world import WORLD

from rules import keys
from rules.load import read_rules
from rules.schema import rules_schema, watch_schema
from rules.schema_examples import EXAMPLES
from streams.knowledge.world import load as load_knowledge
from streams.notation.marked_yaml import load, plain, read

ROOT = Path(__file__).parents[2]
DATA = ROOT / "tests" / "data" / "rules"
BROKEN = sorted((DATA / "broken").glob("*.yaml"))
SHIPPED = [*sorted((ROOT / "rules" / "packs").glob("*.yaml")), *sorted((DATA / "ideas").glob("*.yaml")), DATA / "kinds.yaml"]
CHANNELS = ("slack:gsoc", "console")
SMALL = rules_schema(WORLD, channels=CHANNELS)
OF_SMALL = Draft202012Validator(SMALL)
OF_WATCH = Draft202012Validator(watch_schema())


@pytest.fixture(scope="module")
def of_rules() -> Draft202012Validator:
    """With the shipped knowledge."""
    return Draft202012Validator(rules_schema(load_knowledge()))


def complaints(validator: Draft202012Validator, text: str) -> list[str]:
    """What the validator says of a text of YAML."""
    return [f"{list(one.path)}: {one.message[:200]}" for one in validator.iter_errors(plain(load(text, "f")))]


def examples_of(document: str) -> list[str]:
    """Whole files among the examples of a document."""
    return re.findall(r"^```yaml\n(version: 1\n.*?)^```", (ROOT / "docs" / document).read_text("utf-8"), re.MULTILINE | re.DOTALL)


# ------------------------------------------------------------------------------------------------------------ good files


@pytest.mark.parametrize("made", [SMALL, watch_schema()], ids=["rules", "watch"])
def test_the_schemas_are_schemas(made: dict[str, Any]) -> None:
    """Of the draft that they name."""
    assert made["$schema"] == Draft202012Validator.META_SCHEMA["$id"]
    Draft202012Validator.check_schema(made)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_shipped_rule_file_is_valid(path: Path, of_rules: Draft202012Validator) -> None:
    """Packs, and the rules of the tests."""
    assert complaints(of_rules, path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", sorted((ROOT / "rules" / "packs" / "watch").glob("*.yaml")), ids=lambda path: path.stem)
def test_every_shipped_watch_list_is_valid(path: Path) -> None:
    """Those that the packs name."""
    assert complaints(OF_WATCH, path.read_text(encoding="utf-8")) == []


def test_every_example_of_the_reference_is_valid(of_rules: Draft202012Validator) -> None:
    """Rule files by one schema, watch lists by the other, and neither passes for its sibling."""
    texts = examples_of("rules.md")
    assert len(texts) >= 4
    for text in texts:
        mine, other = (of_rules, OF_WATCH) if "\nrules:" in text else (OF_WATCH, of_rules)
        assert complaints(mine, text) == []
        assert complaints(other, text) != []


def test_words_are_those_of_the_knowledge(of_rules: Draft202012Validator) -> None:
    """Codes, names and adjectives of nations; names of lists anywhere; nothing that is not known."""
    rule = "version: 1\nrules: [{id: a, severity: low, when: {event: armed-attack, actor: {nation: %s}}}]\n"
    for good in ("US", "NO", "Iraqi", "[American, Iraq, $ours]", "$ours"):
        assert complaints(of_rules, rule % good) == []
    for bad in ("Amerika", "[US, UX]", "[]", "5", "{in: US}"):
        assert complaints(of_rules, rule % bad) != []


def test_channels_and_feeds_are_those_of_the_settings_where_they_are_known() -> None:
    """And any text where they are not."""
    rule = "version: 1\nrules: [{id: a, severity: low, when: {event: threat, source: %s}, alert: {to: %s}}]\n"
    known = Draft202012Validator(rules_schema(WORLD, channels=CHANNELS, feeds=("wire",)))
    assert complaints(known, rule % ("wire", "[console, $all]")) == []
    assert complaints(known, rule % ("wires", "console")) != []
    assert complaints(known, rule % ("wire", "slack")) != []
    assert complaints(Draft202012Validator(rules_schema(WORLD)), rule % ("wires", "slack")) == []


# ---------------------------------------------------------------------------------------------------------- broken files

# what is no question of shape: a name that stands elsewhere, one value against another, what only a calendar or a list can tell
BEYOND = {
    "count-longer-than-kept",
    "escalate-out-of-order",
    "id-twice",
    "list-unknown",
    "list-with-unknown-nation",
    "max-age-longer-than-kept",
    "max-age-zero",
    "mentions-no-letters",
    "mentions-unknown-watch",
    "near-unknown-watch",
    "quiet-all-day",
    "resume-looks-back-too-far",
    "severity-never-reached",
    "text-no-letters",
    "watch-missing",
}


def test_broken_files_are_refused_but_for_those_beyond_a_schema() -> None:
    """The list is exact: what a schema learns to refuse leaves it."""
    passed = set()
    for path in BROKEN:
        text = path.read_text(encoding="utf-8")
        wrong = [line for line in text.splitlines() if line.startswith("#! ") and " warning: " not in line]
        root, mistakes = read(text, path.name)
        if root is None or mistakes or not wrong:  # no YAML, or warnings only
            continue
        if OF_SMALL.is_valid(plain(root)):
            passed.add(path.stem)
    assert passed == BEYOND


def test_what_is_only_warned_of_is_valid() -> None:
    """A file without an owner is no broken file."""
    for path in BROKEN:
        text = path.read_text(encoding="utf-8")
        if all(" warning: " in line for line in text.splitlines() if line.startswith("#! ")):
            assert complaints(OF_SMALL, text) == []


@pytest.mark.parametrize(
    "wrong",
    [
        "sites: []\n",
        "version: 1\n",
        "version: 2\nsites: []\n",
        "version: 1\nsites: []\nsite: []\n",
        "version: 1\nsites: [{id: a, name: A, at: [91, 0], radius: 5km}]\n",
        "version: 1\nsites: [{id: a, name: A, at: [1], radius: 5km}]\n",
        "version: 1\nsites: [{id: a, name: A, at: [1, 2, 3], radius: 5km}]\n",
        "version: 1\nsites: [{id: A b, name: A, at: [1, 2], radius: 5km}]\n",
        "version: 1\nsites: [{id: a, name: A, at: [1, 2], radius: near}]\n",
        "version: 1\nsites: [{id: a, name: A, at: [1, 2]}]\n",
        "version: 1\npeople: [{id: a}]\n",
        "version: 1\ntravel: [{id: a, name: A, at: [1, 2], radius: 5km, from: 2031-01-04}]\n",
    ],
)
def test_broken_watch_lists_are_refused(wrong: str) -> None:
    """One mistake of shape each; the empty list of the right one is valid."""
    assert complaints(OF_WATCH, wrong) != []
    assert complaints(OF_WATCH, "version: 1\nsites: []\n") == []


# ------------------------------------------------------------------------------------------------------------------ keys


def tables(part: Any) -> Iterator[dict[str, Any]]:
    """Every map that a schema describes key by key."""
    if isinstance(part, dict):
        if isinstance(part.get("properties"), dict) and part.get("additionalProperties") is False:
            yield part["properties"]
        for one in part.values():
            yield from tables(one)
    elif isinstance(part, list):
        for one in part:
            yield from tables(one)


def test_every_key_has_its_description_in_the_schema_and_every_description_a_key() -> None:
    """Both ways: the words of keys.py are those that an editor shows."""
    told = {
        (key, value.get("description")) for made in (SMALL, watch_schema()) for one in tables(made) for key, value in one.items()
    }
    own = {
        (key, words) for name, table in vars(keys).items() if name.isupper() and name != "GROUPS" for key, words in table.items()
    }
    severities = {(name, f"{name} when this holds") for name in ("critical", "high", "medium", "low")}
    assert own - told == set()
    assert told - own - severities == {("known", None)}  # of `outcome: {known: true}`, which the description of outcome tells


def _file(table: str, key: str, value: Any) -> dict[str, Any]:
    """A file with this value under this key of this table."""
    rule: dict[str, Any] = {"id": "a", "owner": "me", "severity": "low", "when": {"event": "threat"}}
    when: dict[str, Any] = {"event": "threat"}
    forms = {
        "RESUME": {"pause": "30d", "before_pause": {"incidents": 1, "within": "90d"}} | {key: value},
        "COUNT": {"incidents": 3, "within": "48h"} | {key: value},
        "SEQUENCE": {"within": "3d", "steps": [when, when]} | {key: value},
        "FIRST": {"within": "3d"} | {key: value},
    }
    inside: dict[str, Any] = {
        "WHEN": {key: value},
        "ABOUT": {"about": {key: value}},
        "TRAITS": {"target": {key: value}},
        "PLACE": {"place": {key: value}},
        "ORIGIN": {"origin": {key: value}},
        "NEAR": {"near": {"watch": "sites"} | {key: value}},
        "SPEAKER": {"speaker": {key: value}},
    }
    if table == "RULE":
        rule |= {key: value}
    elif table in forms:
        rule |= {table.lower(): forms[table]}
    elif table == "ALERT":
        rule |= {"alert": {key: value}}
    else:
        rule |= {"when": when | inside[table]}
    return {"version": 1, "watch": {"sites": "w.yaml", "people": "w.yaml"}, "rules": [rule]}


_WATCHED = {"sites": "SITE", "people": "PERSON", "travel": "TRAVEL"}
RULE_EXAMPLES = [(table, key) for table, of in EXAMPLES.items() if table not in _WATCHED.values() for key in of]


@pytest.mark.parametrize(("table", "key"), RULE_EXAMPLES, ids="-".join)
def test_every_example_is_right_where_it_is_offered(table: str, key: str, of_rules: Draft202012Validator) -> None:
    """By the reader, with the shipped knowledge, and by the schema itself."""
    watched = "version: 1\nsites: [{id: a, name: A, at: [1, 2], radius: 5km}]\npeople: [{id: b, name: Jane Doe}]\n"
    assert key in getattr(keys, table)
    for value in EXAMPLES[table][key]:
        made = _file(table, key, value)
        _, mistakes = read_rules({"a.yaml": json.dumps(made), "w.yaml": watched}, load_knowledge())
        assert [str(one) for one in mistakes if one.severity == "error"] == []
        assert [one.message for one in of_rules.iter_errors(made)] == []


def test_every_example_of_a_watch_list_is_right() -> None:
    """As entries of one file."""
    entries = {kind: [{key: values[0] for key, values in EXAMPLES[table].items()}] for kind, table in _WATCHED.items()}
    entries["travel"][0]["radius"] = "40km"
    made = {"version": 1} | entries
    assert [one.message for one in OF_WATCH.iter_errors(made)] == []
    rules = "version: 1\nwatch: {all: w.yaml}\nrules: []\n"
    assert read_rules({"a.yaml": rules, "w.yaml": json.dumps(made)}, WORLD)[1] == ()


# ------------------------------------------------------------------------------------------- the schema and the readers

_WORDS = sorted({word for name, table in vars(keys).items() if name.isupper() for word in table} | {"critical", "high", "colour"})
_LEAVES = st.sampled_from([True, 1, "armed-attack", "hit", "30d", "$a", "x"])


def strangers(schema: Any, value: Any) -> Iterator[str]:
    """Keys of the value, at any depth, that the schema does not have where they stand."""
    while "$ref" in schema:
        schema = SMALL["$defs"][schema["$ref"].rpartition("/")[2]]
    for branch in schema.get("anyOf", ()):
        yield from strangers(branch, value)
    if isinstance(value, dict) and "properties" in schema:
        for key, inner in value.items():
            if key in schema["properties"]:
                yield from strangers(schema["properties"][key], inner)
            elif schema.get("additionalProperties") is False:
                yield key
    elif isinstance(value, list) and isinstance(schema.get("items"), dict):
        for inner in value:
            yield from strangers(schema["items"], inner)


@st.composite
def _like(draw: Any, schema: Any, depth: int = 0) -> Any:
    """A value much like those of the schema: its keys, at times another one, and values of any kind."""
    while "$ref" in schema:
        schema = SMALL["$defs"][schema["$ref"].rpartition("/")[2]]
    branches = [one for one in schema.get("anyOf", ()) if "required" not in one and one.get("pattern") != r"^\$"]
    if branches and not {"properties", "items"} & set(schema):
        simple = [one for one in branches if depth < 6 or "properties" in one] or branches
        return draw(_like(draw(st.sampled_from(simple)), depth + 1))
    if "properties" in schema and depth < 9:
        ways = [one["required"] for of in ("anyOf", "oneOf") for one in schema.get(of, ()) if "required" in one]
        needed = (*schema.get("required", ()), *(draw(st.sampled_from(ways)) if ways else ()))
        more = {"min_size": 0 if needed else schema.get("minProperties", 0), "max_size": schema.get("maxProperties", 2)}
        chosen = draw(st.lists(st.sampled_from(sorted(schema["properties"])), **more, unique=True))
        made = {key: draw(_like(schema["properties"][key], depth + 1)) for key in dict.fromkeys((*needed, *chosen))}
        extra = draw(st.sampled_from([None] * 400 + _WORDS))
        return made if extra is None or extra in made else made | {extra: draw(_LEAVES)}
    if schema.get("type") == "array" and isinstance(schema.get("items"), dict) and depth < 9:
        return draw(st.lists(_like(schema["items"], depth + 1), min_size=1, max_size=2))
    if draw(st.integers(0, 60)) == 37:
        return draw(_LEAVES)
    if schema.get("type") in ("boolean", "integer"):
        return True if schema["type"] == "boolean" else draw(st.integers(schema["minimum"], schema["minimum"] + 5))
    return draw(st.sampled_from(schema.get("enum") or schema.get("examples") or [schema.get("const", "x")]))


# mistakes between one value and another, which no schema of values can see
_BETWEEN = re.compile(
    r"unknown (watch )?list|this severity is never|.severity. ends with|.escalate.: this step|.quiet. from|.*longer than events"
)


@settings(max_examples=120, deadline=None)
@given(_like(SMALL["$defs"]["rule"]))
def test_schema_and_readers_know_the_same_keys(rule: Any) -> None:
    """What the schema has, no reader calls unknown; what a reader calls unknown, the schema has not; and such a file is refused."""
    made = {"version": 1, "rules": [rule]}
    _, mistakes = read_rules({"a.yaml": json.dumps(made)}, WORLD, channels=CHANNELS)
    named = {found[1] for one in mistakes if (found := re.match(r'unknown key "(.*?)"', one.message))}
    unknown = set(strangers(SMALL, made))
    assert named <= unknown
    if unknown:
        assert any(one.severity == "error" for one in mistakes)
        assert not OF_SMALL.is_valid(made)
    if OF_SMALL.is_valid(made):
        assert [str(one) for one in mistakes if one.severity == "error" and not _BETWEEN.match(one.message)] == []
