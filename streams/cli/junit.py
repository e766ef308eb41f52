"""Findings as JUnit's XML, which build servers show; the shape is that of the Apache Ant task (testsuite, testcase, failure)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from types import MappingProxyType
from xml.etree import ElementTree

_UNSAFE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, section 2.2


@dataclass(frozen=True, slots=True)
class Case:
    """One thing that was looked at."""

    suite: str  # what it belongs to, e.g. a rule's id; cases of a suite stand together
    name: str
    path: str
    line: int
    failure: str = ""  # why it is wrong, "" when it is not


def junit(name: str, cases: Sequence[Case], notes: Mapping[str, str] = MappingProxyType({})) -> str:
    """The whole document; suites in the order of the cases. `notes`: by a suite's name, what is said beside it."""
    root = ElementTree.Element("testsuites", _sums(name, cases))
    for suite, of_suite in groupby(cases, key=lambda case: case.suite):
        own = list(of_suite)
        parent = ElementTree.SubElement(root, "testsuite", _sums(suite, own))
        for case in own:
            at = {"classname": case.suite, "name": case.name, "file": case.path, "line": str(case.line)}
            node = ElementTree.SubElement(parent, "testcase", _clean(at))
            if case.failure:
                failure = ElementTree.SubElement(node, "failure", _clean({"message": case.failure}))
                failure.text = _UNSAFE.sub("\ufffd", f"{case.path}:{case.line}: {case.failure}")
        if notes.get(suite):
            ElementTree.SubElement(parent, "system-out").text = _UNSAFE.sub("\ufffd", notes[suite])
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=False)


def _sums(name: str, cases: Sequence[Case]) -> dict[str, str]:
    failed = sum(bool(case.failure) for case in cases)
    return _clean({"name": name, "tests": str(len(cases)), "failures": str(failed), "errors": "0"})


def _clean(attributes: dict[str, str]) -> dict[str, str]:
    return {key: _UNSAFE.sub("\ufffd", value) for key, value in attributes.items()}
