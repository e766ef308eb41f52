"""The hooks for desks that keep their rules in git: what they start exists, and the guide names them."""

import re
from pathlib import Path
from typing import Any

import yaml

from streams.cli.main import COMMANDS

ROOT = Path(__file__).parents[1]
GUIDE = ROOT / "docs" / "guides" / "editors.md"


def test_each_hook_starts_a_command_on_every_yaml_file() -> None:
    """As pre-commit reads it: id, name, entry and language; the rules themselves come from the settings."""
    hooks: list[dict[str, Any]] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert [hook["id"] for hook in hooks] == ["tocsin-check", "tocsin-test"]
    for hook in hooks:
        program, command = hook["entry"].split()
        assert (program, command in COMMANDS, hook["id"]) == ("tocsin", True, f"tocsin-{command}")
        assert hook["language"] == "system"
        assert hook["pass_filenames"] is False
        assert [bool(re.search(hook["files"], name)) for name in ("rules/a.yaml", "tocsin.yml", "notes.md")] == [True, True, False]


def test_the_guide_shows_hooks_that_there_are() -> None:
    """Its example is a configuration of pre-commit."""
    shown = re.search(r"^```yaml\n(repos:\n.*?)^```", GUIDE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    assert shown is not None
    hooks: list[dict[str, Any]] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    used = yaml.safe_load(shown[1])["repos"][0]["hooks"]
    assert [one["id"] for one in used] == [hook["id"] for hook in hooks]
