"""The adapter of the type benches: from a file of snippets to a file of labels, and tables that name only what exists."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from streams.knowledge import world
from tests.bench.schemes import SLUGS, SPLITS, TABLES, label

ROOT = Path(__file__).resolve().parents[2]
SNIPPETS = {
    "case": {
        "f": ("An earthquake killed forty people in the mountains on Monday.", "NATURAL_DISASTER"),
        "g": ("Police arrested six men.", "ARREST"),
    },
    "plv": {
        "f": ("Norway rejected the proposal of Chad.", "REJECT"),
        "g": ("The ministers of Norway and Chad met in Geneva.", "CONSULT"),
    },
    "plover": {
        "f": ("Norway urged Chad to pull out of the valley.", "DEMAND"),
        "g": ("Norway rejected the proposal of Chad.", "REJECT"),
    },
}


def test_the_tables_name_only_types_that_exist():
    known = world.load()
    named = {slug for table in TABLES.values() for slug in table} | {slug for table in SLUGS.values() for slug in table.values()}
    assert named - set(known.taxonomy) == set()


def test_a_label_learned_as_a_type_comes_back_as_that_label():
    known = world.load()
    for scheme, slugs in SLUGS.items():
        assert {name: label(scheme, slug, known) for name, slug in slugs.items()} == {name: name for name in slugs}


def test_the_nearest_ancestor_wins_and_a_strange_type_has_no_label():
    known = world.load()
    assert label("case", "earthquake", known) == "NATURAL_DISASTER"
    assert label("case", "shooting", known) == "ATTACK"
    assert label("plv", "shooting", known) == "ASSAULT"
    assert label("plv", "earthquake", known) is None
    assert label("plv", "no-such-type", known) is None


def test_splits_lead_to_labels_of_the_older_division_only():
    labels = set(TABLES["plover"].values())
    assert set(SPLITS) <= labels
    assert {one for split in SPLITS.values() for one in split} <= labels - set(TABLES["plv"].values())


@pytest.mark.parametrize("scheme", sorted(TABLES))
@pytest.mark.parametrize("events_only", [False, True])
def test_the_script_labels_a_file_that_lies_elsewhere(tmp_path: Path, scheme: str, events_only: bool):
    """Events alone find fewer: of them only a line per snippet is asked."""
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    rows = [{"id": id, "text": text} for id, (text, _) in SNIPPETS[scheme].items()]
    source.write_text("\n".join(map(json.dumps, rows)) + "\n", encoding="utf-8")
    only = ["--events-only"] if events_only else []
    command = [sys.executable, str(ROOT / "tests" / "bench" / "types.py"), "--scheme", scheme, *only, str(source), str(target)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    found = {row["id"]: row["label"] for row in map(json.loads, target.read_text("utf-8").splitlines())}
    assert list(found) == list(SNIPPETS[scheme])
    if not events_only:
        assert found == {id: wanted for id, (_, wanted) in SNIPPETS[scheme].items()}
