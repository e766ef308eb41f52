"""`tocsin schema` from outside."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from streams.cli import main as cli
from streams.notation.marked_yaml import load, plain


def said(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of a command."""
    with pytest.raises(SystemExit) as ended:
        cli.main([str(one) for one in arguments])
    shown = capsys.readouterr()
    return int(str(ended.value.code)), shown.out, shown.err


def test_it_prints_one_schema_and_writes_all(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """What is printed is what is written; rules where none is named."""
    code, out, _ = said(capsys, "schema", "--output", tmp_path / "new" / "schema")
    assert code == 0
    assert out.splitlines() == [str(tmp_path / "new" / "schema" / f"{of}.json") for of in ("rules", "watch", "settings")]
    for path in map(Path, out.splitlines()):
        printed = said(capsys, "schema", path.stem)
        assert printed == (0, path.read_text(encoding="utf-8"), "")
        Draft202012Validator.check_schema(json.loads(printed[1]))
    assert said(capsys, "schema")[1] == said(capsys, "schema", "rules")[1]


def test_with_settings_it_knows_channels_and_knowledge(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Channels and feeds of the file; wrong settings are mistakes."""
    path = tmp_path / "tocsin.yaml"
    path.write_text("feeds: [{name: wire, url: 'https://a.example'}]\nchannels: {console: {}}\n", encoding="utf-8")
    made = json.loads(said(capsys, "schema", "--settings", path)[1])
    assert made["$defs"]["channels"]["anyOf"][0]["anyOf"][0] == {"enum": ["console"]}
    assert made["$defs"]["feeds"]["anyOf"][0]["anyOf"][0] == {"enum": ["wire"]}
    path.write_text("chanels: {}\n", encoding="utf-8")
    assert said(capsys, "schema", "--settings", path)[0] == 2


def test_where_nothing_can_be_written_it_says_so(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """The disk's fault."""
    (tmp_path / "file").touch()
    code, out, err = said(capsys, "schema", "--output", tmp_path / "file" / "schema")
    assert (code, out) == (3, "")
    assert err == f"{tmp_path}/file/schema: cannot be written: Not a directory\n"


def test_what_init_makes_is_valid_by_the_schemas_that_it_names(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Each file's first line names a schema that is there."""
    folder = tmp_path / "desk"
    assert said(capsys, "init", folder)[0] == 0
    files = [folder / "tocsin.yaml", *(folder / "rules").glob("*.yaml")]
    assert len(files) >= 2
    for path in files:
        text = path.read_text(encoding="utf-8")
        mark, _, named = text.splitlines()[0].partition("=")
        assert mark == "# yaml-language-server: $schema"
        made = json.loads((path.parent / named).read_text(encoding="utf-8"))
        assert [one.message for one in Draft202012Validator(made).iter_errors(plain(load(text, "f")))] == []
