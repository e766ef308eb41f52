"""The house itself: directions, sizes, names, and documents that agree with the code."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import typer

from rules import keys
from rules.model import AGAIN_ON, BY
from streams.cli.main import COMMANDS, load
from streams.settings import model

ROOT = Path(__file__).parents[1]
ROOMS = ("streams", "connectors", "rules")
MODULES = sorted(path.relative_to(ROOT) for room in ROOMS for path in (ROOT / room).rglob("*.py"))
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
MOST_LINES = 500


def dotted(path: Path) -> str:
    return ".".join(path.with_suffix("").parts)


def listed() -> tuple[set[str], set[str]]:
    """The modules that layers name, and the packages whose modules must be named one by one."""
    named: set[str] = set()
    containers: set[str] = set(ROOMS)
    for contract in PROJECT["tool"]["importlinter"]["contracts"]:
        if contract["type"] != "layers":
            continue
        inside = contract.get("containers", [])
        containers |= set(inside)
        for layer in contract["layers"]:
            names = [name.strip() for name in re.split(r"[|:]", layer)]
            named |= {f"{holder}.{name}" for holder in inside for name in names} if inside else set(names)
    return named, containers


def test_every_module_stands_in_a_contract():
    named, containers = listed()
    rooms = named - containers  # a package listed as a whole covers what is in it, unless another contract looks inside
    homeless = []
    for path in MODULES:
        name = dotted(path)
        above = {name.rsplit(".", cut)[0] for cut in range(1, name.count(".") + 1)}
        if path.name != "__init__.py" and name not in named and not above & rooms:
            homeless.append(name)
    assert not homeless, "list it in a layer of [tool.importlinter] in pyproject.toml"


def test_what_contracts_name_exists():
    named, containers = listed()
    present = {dotted(path) for path in MODULES} | {dotted(path.parent) for path in MODULES}
    assert (named | containers) - present - set(ROOMS) == set()


def test_the_packages_that_are_installed_are_all_there_are():
    packages = {".".join(path.parent.parts) for path in MODULES}
    assert set(PROJECT["tool"]["setuptools"]["packages"]) == packages


def test_data_beside_modules_is_installed():
    """Each file that is no module matches a pattern of the package data."""
    data = PROJECT["tool"]["setuptools"]["package-data"]
    kept = {found for room, patterns in data.items() for pattern in patterns for found in (ROOT / room).glob(pattern)}
    there = {
        path
        for room in ROOMS
        for path in (ROOT / room).rglob("*")
        if path.is_file() and path.suffix not in {".py", ".pyc"} and not path.name.startswith(".")
    }
    assert there == kept


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_a_module_stays_under_its_size(path: Path):
    assert len((ROOT / path).read_text("utf-8").splitlines()) <= MOST_LINES


@pytest.mark.parametrize("path", [path for path in MODULES if path.name == "__init__.py"], ids=str)
def test_an_init_file_holds_a_docstring_and_nothing_else(path: Path):
    """`rules` and `connectors` are also names of other packages; losing one of these files must break nothing."""
    body = ast.parse((ROOT / path).read_text("utf-8")).body
    assert len(body) == 1
    assert isinstance(body[0], ast.Expr)
    assert isinstance(body[0].value, ast.Constant)
    assert isinstance(body[0].value.value, str)


def test_no_package_under_tests():
    assert list((ROOT / "tests").rglob("__init__.py")) == []


def tracked() -> list[Path]:
    """What git keeps; in a tree without git, all but hidden and built files."""
    found = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if found.returncode == 0:
        return [path for name in found.stdout.split("\0") if name and (path := ROOT / name).is_file()]
    return [path for room in (*ROOMS, "tests", "docs") for path in (ROOT / room).rglob("*") if path.is_file()]


def test_no_path_of_the_machine_that_wrote_it():
    path = re.compile(rb"(?<![\w.])/" + rb"(?:work|root|home/\w+)/")
    assert [str(file.relative_to(ROOT)) for file in tracked() if path.search(file.read_bytes())] == []


@pytest.mark.parametrize("name", ["constraints.txt", "requirements-model.txt"])
def test_pins_name_no_host(name: str):
    """Where packages come from is the machine's business."""
    assert not re.search(r"https?:|--(?:extra-)?index-url|--find-links|@ ", (ROOT / name).read_text("utf-8"))


def test_what_is_declared_is_pinned_and_has_a_reason():
    def plain(name: str) -> str:
        return re.split(r"[=<>\s\[]", name)[0].lower().replace("_", "-")

    pins = {plain(line) for line in (ROOT / "constraints.txt").read_text("utf-8").split()}
    project = PROJECT["project"]
    reasons = (ROOT / "docs" / "dependencies.md").read_text("utf-8").lower().replace("_", "-")
    for name in map(plain, [*project["dependencies"], *project["optional-dependencies"]["test"]]):
        assert name in pins, f"{name}: pin it in constraints.txt"
        assert re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", reasons), f"{name}: give its reason in docs/dependencies.md"


def test_every_command_is_in_the_documents():
    words = "\n".join(path.read_text("utf-8") for path in DOCUMENTS)
    below = [f"{name} {one.name}" for name, (target, _) in COMMANDS.items() if isinstance(app := load(target), typer.Typer)
             for one in app.registered_commands]  # fmt: skip
    assert [name for name in (*COMMANDS, *below) if not re.search(rf"\btocsin {name}\b", words)] == []


def flags() -> set[tuple[str, str]]:
    """Commands and their long options, as typer takes them from the functions; also of commands below a command."""
    found = set()
    for name, (target, _) in COMMANDS.items():
        app = typer.Typer(add_completion=False)
        command = load(target)
        if isinstance(command, typer.Typer):
            app = command
        else:
            app.command()(command)
        made = typer.main.get_command(app)
        for one in (made, *getattr(made, "commands", {}).values()):
            for parameter in one.params:
                found |= {(name, flag) for flag in parameter.opts if flag.startswith("--")}
    return {(name, flag) for name, flag in found if flag not in ("--install-completion", "--show-completion")}


def test_every_flag_is_in_the_documents():
    words = "\n".join(path.read_text("utf-8") for path in DOCUMENTS)
    every = flags()
    assert len(every) > 20
    assert {(name, flag) for name, flag in every if not re.search(rf"{flag}(?![\w-])", words)} == set()


def test_every_command_line_of_the_documents_exists():
    used = {
        name
        for path in DOCUMENTS
        for name in re.findall(r"^(?:\$ )?(?:\.venv/bin/)?tocsin ([a-z]+)", path.read_text("utf-8"), re.MULTILINE)
    }
    assert used - set(COMMANDS) == set()


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_files_that_a_document_names_exist(path: Path):
    """Names in code marks that start in one of our folders, and links to other documents."""
    text = path.read_text("utf-8")
    guide = path.parent.name == "guides"  # its files are those of the reader's desk
    names = set() if guide else set(re.findall(r"`((?:streams|connectors|rules|tests|docs|deploy)/[\w./-]*)`", text))
    links = {link.split("#")[0] for link in re.findall(r"\]\(([^)]+)\)", text) if "://" not in link}
    missing = [name for name in names if not (ROOT / name).exists()]
    missing += [link for link in links if link and not (path.parent / link).exists()]
    assert missing == []


def test_every_module_of_the_extractor_is_in_its_document():
    """One word in code marks; the table says which question it answers."""
    words = (ROOT / "docs" / "extraction.md").read_text("utf-8")
    modules = {path.stem for path in (ROOT / "streams" / "extract").glob("*.py")} - {"__init__"}
    assert {name for name in modules if f"`{name}`" not in words and f"/{name}.py`" not in words} == set()


RULE_WORDS = {word for name, table in vars(keys).items() if name.isupper() for word in table} | {*AGAIN_ON, *BY}


def test_every_key_of_a_rule_is_in_the_reference():
    words = (ROOT / "docs" / "rules.md").read_text("utf-8")
    assert {word for word in RULE_WORDS if f"`{word}`" not in words} == set()


def test_every_setting_is_in_the_reference():
    words = (ROOT / "docs" / "operating.md").read_text("utf-8")
    parts = (
        model.Settings,
        model.Feed,
        model.SlackChannel,
        model.MailChannel,
        model.Poll,
        model.Retention,
        model.Spending,
    )
    inner = {"kind", "default_channel", "operations_channel"}  # no keys of the file
    keys = {
        field.alias or name
        for part in (*parts, model.Spending, model.DeliveryPace, model.Kafka)
        for name, field in part.model_fields.items()
        if name not in inner
    }
    assert {key for key in keys if not re.search(rf"`(?:[a-z]+: )?{key}`", words)} == set()


PURE = [
    "streams.records.flow", "streams.clean", "streams.incidents.grouping", "streams.incidents.facts", "streams.incidents.sameness",
    "streams.decide", "streams.labels.wanted", "streams.labels.changes", "streams.labels.resumption", "streams.route",
    "streams.words.render", "streams.pipeline", "rules.match",
]  # fmt: skip
OUTSIDE = ("spacy", "sqlalchemy", "aiohttp", "faust", "kafka", "slack_sdk", "feedparser", "smtplib", "connectors", "streams.store")


def test_importing_the_core_imports_no_model_store_or_network():
    """Also what our dependencies drag in, which import contracts do not see."""
    loading = "; ".join(f"import {module}" for module in PURE)
    script = f"{loading}\nimport sys\nprint(*[name for name in {OUTSIDE!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
