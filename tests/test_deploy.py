"""What is handed to whoever deploys: files that nothing here runs, each read by a tool of its kind."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import promql_parser
import pytest
import typer
import yaml
from compose_spec import PyCompose
from peers.needs import lacking
from peers.run import ROOT

from streams.cli.main import COMMANDS, load
from streams.health import vitals
from streams.metrics import REGISTRY
from streams.settings.load import load as load_settings

DEPLOY = ROOT / "deploy"
SETTINGS = sorted((DEPLOY / "settings").glob("*.yaml"))
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
ROLES = {"topics", "ingest", "extract", "match", "deliver"}
DASHBOARD: dict[str, Any] = json.loads((DEPLOY / "grafana" / "tocsin.json").read_text("utf-8"))
ALERTS: dict[str, Any] = yaml.safe_load((DEPLOY / "prometheus" / "alerts.yaml").read_text("utf-8"))
NOT_OURS = {"up", "process_resident_memory_bytes"}  # Prometheus' own, and those of every process


# ------------------------------------------------------------------------------------------------------------ settings


@pytest.mark.parametrize("path", SETTINGS, ids=lambda path: path.stem)
def test_example_settings_are_right(path: Path, tmp_path: Path) -> None:
    """Read by the real reader, with secrets from files as the units and the compose file give them."""
    environ = {"EXAMPLE_PAID_KEY": "key"}
    for name, text in (("TOCSIN_SLACK_TOKEN", "xoxb-example"), ("TOCSIN_STORE", "postgresql://tocsin:secret@postgres/tocsin")):
        (tmp_path / name).write_text(text)
        environ[f"{name}_FILE"] = str(tmp_path / name)
    settings = load_settings(path, environ)
    assert settings.feeds
    assert (settings.kafka is not None) is (path.stem == "kafka")


# --------------------------------------------------------------------------------------------------------- container


def test_the_image_is_written_as_the_linter_wants_it() -> None:
    hadolint = Path(sys.executable).with_name("hadolint")
    done = subprocess.run([hadolint, DEPLOY / "container" / "Dockerfile"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_the_image_runs_as_a_user_without_rights_and_says_how_it_is() -> None:
    text = (DEPLOY / "container" / "Dockerfile").read_text("utf-8")
    last = text.rpartition("\nFROM ")[2]
    assert re.search(r"^USER 10001", last, re.MULTILINE)
    assert re.search(r"^HEALTHCHECK .*\\\n.*/healthz", last, re.MULTILINE)
    assert "--require-hashes -r requirements-model.txt" in text


def test_the_image_is_built_of_what_is_there() -> None:
    """Each path it copies exists, and the list of what the builder is given has it."""
    text = (DEPLOY / "container" / "Dockerfile").read_text("utf-8")
    given = (DEPLOY / "container" / "Dockerfile.dockerignore").read_text("utf-8").splitlines()
    copied = {name for line in re.findall(r"^COPY (?!--from)(.+) \S+$", text, re.MULTILINE) for name in line.split()}
    assert len(copied) >= 8
    assert {name for name in copied if not (ROOT / name).exists() or f"!{name}" not in given} == set()


# ------------------------------------------------------------------------------------------------------------ compose


def test_the_compose_file_follows_the_specification() -> None:
    found = PyCompose.from_yaml(yaml.safe_dump(COMPOSE))  # its reader does not know YAML's merge key
    with pytest.raises(ValueError, match="read_onyl"):
        PyCompose.from_yaml(yaml.safe_dump({"services": {"ingest": {"image": "tocsin", "read_onyl": True}}}))
    assert set(found.service_names()) == {*ROLES, "kafka", "postgres", "prometheus"}


def test_no_role_may_write_its_root_gain_rights_or_wait_for_ever() -> None:
    for name in ROLES:
        role = COMPOSE["services"][name]
        assert (role["read_only"], role["cap_drop"], role["security_opt"]) == (True, ["ALL"], ["no-new-privileges:true"]), name
        assert role["user"] == "10001:10001"
        assert role["restart"] in ("unless-stopped", "on-failure")
        assert "ports" not in role


def test_every_secret_is_a_file_and_none_stands_in_the_compose_file() -> None:
    used = {secret for service in COMPOSE["services"].values() for secret in service.get("secrets", ())}
    assert used == set(COMPOSE["secrets"])
    assert all(set(secret) == {"file"} for secret in COMPOSE["secrets"].values())
    settings = [
        f"{name}={value}" for service in COMPOSE["services"].values() for name, value in service.get("environment", {}).items()
    ]
    assert [one for one in settings if re.search("PASSWORD|TOKEN|STORE", one) and "_FILE=/run/secrets/" not in one] == []


# --------------------------------------------------------------------------------------------------------- command lines


def command_lines() -> Iterator[tuple[str, list[str]]]:
    """Where a command of ours stands in a file, with its words."""
    for name in sorted(ROLES):
        yield f"compose {name}", COMPOSE["services"][name]["command"]
    text = (DEPLOY / "container" / "Dockerfile").read_text("utf-8")
    yield "Dockerfile", json.loads(re.findall(r"^CMD (\[.*\])$", text, re.MULTILINE)[-1])
    for unit in UNITS:
        yield unit.name, re.findall(r"^ExecStart=/opt/tocsin/bin/tocsin (.*)$", unit.read_text("utf-8"), re.MULTILINE)[0].split()


@pytest.mark.parametrize(("place", "words"), list(command_lines()), ids=lambda value: value if isinstance(value, str) else "")
def test_a_command_line_is_one_that_the_program_takes(place: str, words: list[str]) -> None:
    """Parsed by the command's own parser; it is not run."""
    app = typer.Typer(add_completion=False)
    found = load(COMMANDS[words[0]][0])
    if isinstance(found, typer.Typer):
        app = found
    else:
        app.command()(found)
    made = typer.main.get_command(app)
    rest = [word.replace("%i", "1") for word in words[1:]]
    if hasattr(made, "commands"):
        made, rest = made.commands[rest[0]], rest[1:]
    context = made.make_context(words[0], rest)
    assert str(context.params["folder"]) == "/etc/tocsin"


# -------------------------------------------------------------------------------------------------------------- units


def test_units_are_what_systemd_takes(tmp_path: Path) -> None:
    if not shutil.which("systemd-analyze"):
        lacking("systemd-analyze is not here; Debian's package systemd has it")
    made = []
    for unit in UNITS:
        text = unit.read_text("utf-8").replace("/opt/tocsin/bin/tocsin", sys.executable)  # one that is there
        made.append(tmp_path / unit.name.replace("@", "@1"))
        made[-1].write_text(text)
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", *made], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_unit_gives_its_process_no_more_than_it_needs(unit: Path, tmp_path: Path) -> None:
    """By systemd's own judgement: 0 is all shut, 100 all open; and what must not be missing whatever the sum says."""
    if not shutil.which("systemd-analyze"):
        lacking("systemd-analyze is not here; Debian's package systemd has it")
    text = unit.read_text("utf-8")
    for line in ("NoNewPrivileges=true", "ProtectSystem=strict", "Restart=always", "RestartPreventExitStatus=2", "Type=notify"):
        assert f"\n{line}\n" in text
    assert "ProcSubset" not in text, "figures of the process need /proc/stat"
    path = tmp_path / unit.name.replace("@", "@1")
    path.write_text(text.replace("/opt/tocsin/bin/tocsin", sys.executable))
    judge = ["systemd-analyze", "security", "--offline=true", "--threshold=20", path]
    done = subprocess.run(judge, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


# ------------------------------------------------------------------------------------------------- dashboard and alerts


def metric_names() -> set[str]:
    """Every series that a process shows: a histogram's three, a counter's _total."""
    names = set(vitals.GAUGES)
    for family in REGISTRY.collect():
        if family.type == "histogram":
            names |= {f"{family.name}_{part}" for part in ("bucket", "count", "sum")}
        else:
            names.add(f"{family.name}_total" if family.type == "counter" else family.name)
    return names


def queries() -> list[tuple[str, str]]:
    """Where a query stands, and the query with the dashboard's variable filled in."""
    found = [(f"alert {rule['alert']}", rule["expr"]) for group in ALERTS["groups"] for rule in group["rules"]]
    found += [(f"note {one['name']}", one["expr"]) for one in DASHBOARD["annotations"]["list"]]
    found += [(panel["title"], target["expr"]) for panel in DASHBOARD["panels"] for target in panel.get("targets", ())]
    return [(place, query.replace("$__rate_interval", "1m")) for place, query in found]


def test_every_query_is_one_that_prometheus_takes_and_names_metrics_that_exist() -> None:
    known = metric_names() | NOT_OURS
    unknown = {}
    for place, query in queries():
        promql_parser.parse(query)  # raises what is wrong with it
        named = set(re.findall(r"\b(?:tocsin|process|up)(?:_[a-z]+)*\b(?!\.)", re.sub(r'"[^"]*"', "", query)))
        assert named, place
        if named - known:
            unknown[place] = named - known
    assert len(queries()) > 60
    assert unknown == {}


def test_every_alert_says_what_it_is_and_what_to_do() -> None:
    for rule in ALERTS["groups"][0]["rules"]:
        assert rule["labels"]["severity"] in ("page", "ticket"), rule["alert"]
        assert {"summary", "action"} == set(rule["annotations"])


def test_every_command_that_an_advice_names_exists() -> None:
    """In alert rules, in what the doctor says to do, and in the compose file's words."""
    places = [
        DEPLOY / "prometheus" / "alerts.yaml",
        DEPLOY / "compose.yaml",
        ROOT / "streams" / "health" / "doctor.py",
        ROOT / "streams" / "cli" / "doctor.py",
    ]
    named = {word for place in places for word in re.findall(r"\btocsin ([a-z]+)\b", place.read_text("utf-8"))}
    assert {"doctor", "dead", "run"} <= named
    assert named - set(COMMANDS) == set()


def test_panels_have_names_of_their_own_and_do_not_lie_on_each_other() -> None:
    panels = DASHBOARD["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    taken: set[tuple[int, int]] = set()
    for panel in panels:
        place = panel["gridPos"]
        cells = {(place["x"] + x, place["y"] + y) for x in range(place["w"]) for y in range(place["h"])}
        assert not cells & taken, panel["title"]
        assert place["x"] + place["w"] <= 24
        taken |= cells
        assert panel["type"] == "row" or (panel["description"] and panel["datasource"]["uid"] == "${source}")


def test_what_prometheus_scrapes_is_what_the_compose_file_runs() -> None:
    config = yaml.safe_load((DEPLOY / "prometheus" / "prometheus.yaml").read_text("utf-8"))
    names = config["scrape_configs"][0]["dns_sd_configs"][0]["names"]
    assert set(names) == ROLES - {"topics"}
    assert (DEPLOY / "prometheus" / config["rule_files"][0]).is_file()
