"""The command line from outside: what it imports, what it says of mistakes, and how it exits."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from streams.cli import main as cli
from streams.cli import owners
from streams.errors import EnvironmentFault, UsageError

ROOT = Path(__file__).parents[3]
HEAVY = (
    "aiohttp", "feedparser", "faust", "jinja2", "kafka", "lxml", "numpy", "orjson", "pydantic", "re2", "rich", "ruamel",
    "slack_sdk", "spacy", "sqlalchemy", "structlog", "trafilatura", "yaml", "zstandard",
)  # fmt: skip
GOOD = "version: 1\nrules: [{id: a, owner: me, when: {event: threat}, severity: low, tests: [{fires: a}, {silent: b}]}]\n"


def tocsin(*arguments: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """One run of the command, as an operator would start it."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("TOCSIN_")}
    return subprocess.run(
        [sys.executable, "-m", "streams.cli.main", *arguments],
        cwd=cwd,
        env=environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


# ------------------------------------------------------------------------------------------------------------- imports


HELPS = [(name, "--help") for name in ("check", "test", "try", "words", "rules", "explain", "replay", "extract")]


@pytest.mark.parametrize("arguments", [("--help",), *HELPS, ("--version",), ("chek",)])
def test_help_imports_nothing_heavy(arguments: tuple[str, ...]) -> None:
    """Help must be there at once, also on a machine under load; 0.4 s were asked for, 0.15 s measured."""
    code = f"""\
import sys
from streams.cli.main import main
try:
    main({list(arguments)!r})
except SystemExit:
    pass
print("\\n".join(sys.modules), file=sys.stderr)
"""
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    loaded = {name.partition(".")[0] for name in ran.stderr.splitlines()}
    assert "typer" in loaded
    own = {"pydantic"} if "--help" in arguments[1:] else set()  # typer asks it about the types of a command's options
    assert loaded & set(HEAVY) <= own


def test_checking_rules_imports_no_language_model() -> None:
    """Nor what only a run needs."""
    code = "import sys, streams.cli.author, rules.load, streams.settings.load; print('\\n'.join(sys.modules))"
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    loaded = {name.partition(".")[0] for name in ran.stdout.splitlines()}
    assert loaded & {"spacy", "faust", "sqlalchemy", "feedparser", "aiohttp", "slack_sdk"} == set()


@pytest.mark.parametrize("name", list(cli.COMMANDS))
def test_every_command_is_there_and_its_help_is_the_one_listed(name: str) -> None:
    """The table tells the help without importing; both must say the same."""
    target, listed = cli.COMMANDS[name]
    command = cli.load(target)
    text = command.info.help if isinstance(command, typer.Typer) else command.__doc__
    assert isinstance(text, str)
    assert text.strip().splitlines()[0] == listed


def test_all_commands_are_listed() -> None:
    """In the order of the table."""
    ran = tocsin("--help")
    assert ran.returncode == 0
    listed = [line.split()[0] for line in ran.stdout.split("Commands:")[1].splitlines() if line[2:3].strip()]
    assert listed == list(cli.COMMANDS)


# -------------------------------------------------------------------------------------------------------------- exits


def exit_of(monkeypatch: pytest.MonkeyPatch, command: object) -> int:
    """The exit code of a command."""
    monkeypatch.setattr(cli, "load", lambda _: command)
    with pytest.raises(SystemExit) as fault:
        cli.main(["check"])
    assert isinstance(fault.value.code, int)
    return fault.value.code


def test_exit_codes(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """0 done, 1 the answer is no, 2 usage or configuration, 3 the environment gave up; never a traceback."""

    def done() -> None:
        """Nothing to say."""

    def answer_is_no() -> None:
        raise typer.Exit(1)

    def misused() -> None:
        raise UsageError("first line\nsecond line")

    def gave_up() -> None:
        raise EnvironmentFault("store is locked")

    assert exit_of(monkeypatch, done) == 0
    assert exit_of(monkeypatch, answer_is_no) == 1
    assert capsys.readouterr() == ("", "")
    assert exit_of(monkeypatch, misused) == 2
    assert capsys.readouterr() == ("", "first line\nsecond line\n")
    assert exit_of(monkeypatch, gave_up) == 3
    assert capsys.readouterr() == ("", "store is locked\n")


def test_a_reader_that_leaves_is_no_fault() -> None:
    """As `head` does: nothing is said, and the exit code is typer's."""
    code = """\
import sys
import streams.cli.main as cli
def many():
    for number in range(100_000):
        print(number)
cli.load = lambda _: many
cli.main(["check"])
"""
    pipe = f"'{sys.executable}' -c '{code}' | head -n 1; exit ${{PIPESTATUS[0]}}"
    ran = subprocess.run(["bash", "-c", pipe], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert (ran.returncode, ran.stdout, ran.stderr) == (1, "0\n", "")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("chek",), 'unknown command "chek"; allowed: {commands}; did you mean "check"?\n'),
        (("check",), "no rule files: give their paths, or a settings file that names them (--settings tocsin.yaml)\n"),
        (("check", "gone.yaml"), "gone.yaml:1:1: cannot be read: No such file or directory\n"),
        (("check", "--settings", "gone.yaml"), "gone.yaml:1:1: cannot be read: No such file or directory\n"),
    ],
)
def test_mistakes_of_usage_are_one_line(tmp_path: Path, arguments: tuple[str, ...], told: str) -> None:
    """On standard error, exit code 2."""
    ran = tocsin(*arguments, cwd=tmp_path)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr == told.replace("{commands}", ", ".join(cli.COMMANDS))


def test_an_option_that_does_not_exist() -> None:
    """Left to typer: usage and error on standard error, exit code 2."""
    ran = tocsin("check", "--sttings", "x")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "No such option: --sttings" in ran.stderr
    assert "Traceback" not in ran.stderr


# -------------------------------------------------------------------------------------------------------------- check


def test_check_shows_every_mistake_of_every_file(tmp_path: Path) -> None:
    """Rules and settings together, in order of path, line and column."""
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "a.yaml").write_text("version: 1\nrules: [{id: A, titel: x}]\n")
    (tmp_path / "rules" / "b.yaml").write_text("version: 1\nrules: @\n")
    (tmp_path / "tocsin.yaml").write_text("worker: 2\n")
    ran = tocsin("check", "rules", cwd=tmp_path)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert [line.split(": ", 1)[0] for line in ran.stderr.splitlines()] == [
        "rules/a.yaml:2:9",
        "rules/a.yaml:2:9",
        "rules/a.yaml:2:9",
        "rules/a.yaml:2:9",
        "rules/a.yaml:2:14",
        "rules/a.yaml:2:17",
        "rules/b.yaml:2:8",
        "tocsin.yaml:1:1",
    ]


def test_check_of_good_files(tmp_path: Path) -> None:
    """Those that the settings name; warnings do not fail it."""
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "a.yaml").write_text(GOOD)
    (tmp_path / "tocsin.yaml").write_text("workers: 1\n")
    ran = tocsin("check", cwd=tmp_path)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "1 rule in 1 file: no mistakes\n", "")

    (tmp_path / "rules" / "b.yaml").write_text("version: 1\nrules: [{id: b, owner: me, when: {event: riot}, severity: low}]\n")
    ran = tocsin("check", cwd=tmp_path)
    assert (ran.returncode, ran.stdout) == (0, "2 rules in 2 files: no mistakes, 1 warning\n")
    assert ran.stderr == 'rules/b.yaml:2:9: warning: rule "b" has no "tests"; give one "fires" and one "silent" at least\n'


def test_check_compares_channels_and_windows_with_the_settings(tmp_path: Path) -> None:
    """`to` names a channel of theirs, and nothing looks back further than they keep."""
    (tmp_path / "tocsin.yaml").write_text("channels: {console: {}}\nretention: {events: 5d}\n")
    text = GOOD.replace("severity: low", "severity: low, alert: {to: slack:gsoc}, max_age: 6d")
    (tmp_path / "a.yaml").write_text(text)
    ran = tocsin("check", "a.yaml", cwd=tmp_path)
    assert ran.returncode == 2
    assert ran.stderr.splitlines() == [
        'a.yaml:2:78: unknown channel "slack:gsoc"; allowed: console',
        'a.yaml:2:100: "max_age": "6d" is longer than events are kept; allowed: up to 5d',
    ]


def test_check_reads_the_operators_own_knowledge(tmp_path: Path) -> None:
    """From the settings, or from an option."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "kinds.yaml").write_text("kinds: [{slug: data-centre, parent: site, title: Data centre}]\n")
    (tmp_path / "a.yaml").write_text(GOOD.replace("{event: threat}", "{event: threat, target: {kind: data-centre}}"))
    assert tocsin("check", "a.yaml", cwd=tmp_path).returncode == 2
    assert tocsin("check", "a.yaml", "--knowledge", "mine", cwd=tmp_path).returncode == 0
    (tmp_path / "tocsin.yaml").write_text("knowledge: mine\nrules: a.yaml\n")
    assert tocsin("check", cwd=tmp_path).returncode == 0


# --------------------------------------------------------------------------------------------------------------- test

TRIAL = """\
version: 1
rules:
  - id: embassy
    when: {event: armed-attack, target: {kind: embassy}}
    severity: high
    tests:
      - fires: Rockets were fired at the U.S. embassy in Baghdad on Monday, police said.
      - silent: Rockets were fired at a military base in Baghdad on Monday, police said.
"""


@pytest.mark.slow
def test_tests_beside_rules(tmp_path: Path) -> None:
    """Exit code 0 when all passed, 1 when not; what is told stands on standard output, the count beside it."""
    (tmp_path / "a.yaml").write_text(TRIAL)
    ran = tocsin("test", "a.yaml", cwd=tmp_path)
    assert ran.returncode == 0
    assert ran.stdout.splitlines() == [
        "embassy: 2 of 2 tests passed, 1 of 2 changes noticed",
        'a.yaml:4: no test notices the rule without "event: armed-attack"',
    ]
    assert ran.stderr == "1 rule, 2 tests, 0 failed, 1 of 2 changes noticed\n"

    (tmp_path / "a.yaml").write_text(TRIAL + "      - silent: Drones attacked an embassy in Baghdad on Tuesday.\n")
    ran = tocsin("test", "a.yaml", "--format", "jsonl", cwd=tmp_path)
    assert ran.returncode == 1
    lines = [json.loads(line) for line in ran.stdout.splitlines()]
    assert [line.get("passed") for line in lines] == [True, True, False, None]
    assert lines[2] == {
        "rule": "embassy",
        "path": "a.yaml",
        "line": 9,
        "expect": "silent",
        "passed": False,
        "problem": 'fired: "Drones attacked an embassy in Baghdad on Tuesday."',
    }
    assert lines[3] == {"rule": "embassy", "path": "a.yaml", "lacking": [], "changes": 0, "survivors": []}
    assert ran.stderr == "1 rule, 3 tests, 1 failed\n"


def test_tests_of_a_broken_rule_are_not_run(tmp_path: Path) -> None:
    """Its mistakes are told as `check` tells them, warnings apart."""
    (tmp_path / "a.yaml").write_text("version: 1\nrules: [{id: a, when: {event: threat}}]\n")
    ran = tocsin("test", "a.yaml", cwd=tmp_path)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr == 'a.yaml:2:9: rule "a" has no "severity"; allowed: critical, high, medium, low\n'


# ------------------------------------------------------------------------------------------------------------- owners


def test_a_foreign_package_of_our_name_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Installing one beside ours overwrites files silently (STYLE.md, generic names)."""
    monkeypatch.setattr(owners, "packages_distributions", lambda: {"rules": ["tocsin", "rules"], "streams": ["tocsin"]})
    with pytest.raises(UsageError) as fault:
        owners.refuse_foreign()
    assert str(fault.value) == (
        'package name "rules" belongs to "rules" and to "tocsin" in this environment; install tocsin into an environment of its own'
    )


def test_our_own_names_are_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    """Installed, or run from a checkout."""
    for owned in ({name: ["tocsin"] for name in owners.OURS}, {}):
        monkeypatch.setattr(owners, "packages_distributions", lambda owned=owned: owned)
        owners.refuse_foreign()
