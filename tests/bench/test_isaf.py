"""The mapping of the bench of press releases, on lines written by hand, and what it says without its file."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from bench.isaf import f1, fields, kind

ROOT = Path(__file__).parents[2]
KNOWN = frozenset({"khost", "paktya"})


def event(path: str, *, place: tuple[str, ...] = (), target: str = "", **more: Any) -> dict[str, Any]:
    told = {
        "path": path.split("/"),
        "place": {"path": list(place)} if place else None,
        "actors": [],
        "targets": [{"id": target}] if target else [],
    }
    return told | {"stage": "happened", "standing": "reported", "about": None, "counts": [], "tellings": [told]} | more


def test_the_fields_of_a_release() -> None:
    arrests = event(
        "x/arrests", place=("gardez", "paktia", "AF"), target="haqqani-network", counts=[{"what": "captured", "low": 2}]
    )
    attack = event("x/armed-attack", counts=[{"what": "killed", "low": 3}, {"what": "killed", "low": 1}])
    denied = event("x/air-drone-strike", standing="denied", counts=[{"what": "killed", "low": 9}])
    planned = event("x/armed-attack", stage="planned", target="taliban")
    assert fields([arrests, attack, denied, planned], KNOWN) == {
        "province": "paktya",
        "target_group": frozenset({"haqqani", "taliban"}),
        "min_killed": 3,
        "min_captured": 2,
        "killq": True,
        "captureq": True,
        "airstrike": False,
        "event_type": "captureandkill",
    }


@pytest.mark.parametrize(
    ("killed", "captured", "strike", "expected"),
    [
        (0, 2, True, "detention"),
        (1, 0, True, "airstrike"),
        (0, 0, True, "airstrike"),
        (1, 0, False, "insurgentskilled"),
        (0, 0, False, ""),
    ],
)
def test_the_kind_of_a_release(killed: int, captured: int, strike: bool, expected: str) -> None:
    assert kind(killed, captured, strike=strike) == expected


def test_f1_counts_what_is_asserted() -> None:
    """No and nothing assert nothing: always saying no gets no credit."""
    assert f1([(False, False), (False, True)]) == 0
    assert f1([(True, True), (True, False)]) == pytest.approx(200 / 3)
    assert f1([(frozenset({"a", "b"}), frozenset({"a"})), ("", "")]) == pytest.approx(200 / 3)


def test_without_the_file_it_says_so(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "tests/bench/isaf.py", str(tmp_path / "none.gz")], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr == f"{tmp_path / 'none.gz'}: not there; the releases lie beside the repository, in ../shared/bench/replay\n"
