"""The MUC-4 adapter, run as a program on articles of our own."""

import json
import subprocess
import sys
from pathlib import Path

ARTICLES = [
    {
        "id": "one",
        "date": "1989-11-03",
        "title": None,
        "source": "EFE",
        "text": "Two terrorists on a motorcycle murdered Judge Maria Salas last night outside her home in Medellin, police "
        "said today. The murderers fired submachineguns at her car.",
    },
    {
        "id": "two",
        "date": None,
        "title": None,
        "source": None,
        "text": "The two ministers met on Monday and signed a trade agreement.",
    },
    {
        "id": "three",
        "date": "1990-02-11",
        "title": None,
        "source": None,
        "text": "Guerrillas kidnapped the engineer Pedro Ruiz this morning in Cali. His family said that he was taken from "
        "his farm.",
    },
]


def test_the_adapter_says_types_and_parties_in_the_scorers_form(tmp_path):
    given, output = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    given.write_text("".join(json.dumps(line) + "\n" for line in ARTICLES), "utf-8")
    root = Path(__file__).parents[2]
    subprocess.run([sys.executable, "tests/bench/muc4.py", str(given), str(output)], check=True, cwd=root)
    first, second, third = map(json.loads, output.read_text("utf-8").splitlines())
    assert (first["id"], second["id"], third["id"]) == ("one", "two", "three")
    assert first["events"][0]["type"] == "ATTACK"
    assert any("terrorists" in name for name in first["events"][0]["perpetrator_individual"])
    assert second["events"] == []
    assert third["events"][0]["type"] == "KIDNAPPING"
    assert "Pedro Ruiz" in third["events"][0]["target_human"]
