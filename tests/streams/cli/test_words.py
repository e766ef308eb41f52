"""`tocsin words`: what it prints, and how it exits."""

import json
from pathlib import Path

import pytest

from streams.cli.main import main


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as done:
        main(["words", *arguments])
    captured = capsys.readouterr()
    return int(done.value.code or 0), captured.out, captured.err


def test_a_name_with_how_a_rule_uses_it(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Several words need no quotes; knowledge of one's own is looked into."""
    monkeypatch.chdir(tmp_path)
    Path("mine").mkdir()
    group = "{id: night-owls, name: Night Owls, home: IQ, aliases: [Owls of the Night]}"
    Path("mine/groups.yaml").write_text(f"groups: [{group}]\n", "utf-8")
    assert said(capsys, "owls", "of", "the", "night", "--knowledge", "mine")[:2] == (0, """\
armed-group night-owls: Night Owls
  words     Night Owls, Owls of the Night
  nations   home IQ
  in a rule actor: {group: night-owls}
  in a rule mentions: [night-owls]
""")  # fmt: skip


def test_json_lines(capsys: pytest.CaptureFixture[str]) -> None:
    """Everything, one object for each meaning."""
    code, out, _ = said(capsys, "frigate", "--format", "jsonl")
    (line,) = map(json.loads, out.splitlines())
    assert (code, line["what"], line["id"], line["path"]) == (0, "kind", "warship", ["vehicle", "ship", "warship"])
    assert "frigate" in line["words"]


def test_nothing_known_exits_with_1(capsys: pytest.CaptureFixture[str]) -> None:
    """With what is spelled like it."""
    code, out, err = said(capsys, "hezbolah")
    assert (code, out) == (1, "")
    assert err.startswith('nothing is known of "hezbolah"; did you mean Hezbollah')
