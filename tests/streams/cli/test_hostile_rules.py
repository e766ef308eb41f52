"""Rule files that are hostile, or only odd: refused with place and reason or read right, soon and in little memory."""

import os
import re
import subprocess
import sys
from pathlib import Path
from time import process_time

import pytest

from streams.cli import main as cli

ROOT = Path(__file__).parents[3]
TESTS = "    tests: [{fires: a}, {silent: b}]\n"


def rule(name: str, *, id: str = "", when: str = "", more: str = "") -> str:
    """A rule file that would be right without what is given; `more` stands in line 8."""
    event = f"event: threat, text: {{any: [{name}word]}}"  # so that no rule contains another
    return f"version: 1\nrules:\n  - id: {id or name}\n    owner: me\n    when: {{{event}{when}}}\n    severity: low\n{TESTS}{more}"


def bomb() -> str:
    """Lists that name lists: nine to the power of forty texts, were they written out."""
    return "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 40))


def of_lists() -> str:
    """The same with lists of our own: a hundred thousand words named a thousand times."""
    many = f"version: 1\nlists: {{all: [US{', US' * 100_000}]}}\n"
    return many + rule("lists", when=f", actor: {{all: [{'{nation: $all}, ' * 1000}]}}").removeprefix("version: 1\n")


NUL = "control character U+0000 is not allowed; remove it, or write it as an escape in double quotes"
ESC = NUL.replace("U+0000", "U+001B")
SLUG = "allowed: a-z, 0-9 and single hyphens, up to 64 characters"
NUMBER = '"killed" is a number, or a comparison in quotes like ">=1"'
UTF16 = "1:1: this file is UTF-16 or UTF-32; save it as UTF-8"

# file: its text or bytes, and the first that is said of it
REFUSED: dict[str, tuple[str | bytes, str]] = {
    "bomb": (bomb(), '1:1: unknown key "a0" in a rule file; allowed: version, lists, watch, rules'),
    "bomb-of-lists": (of_lists(), "lists come to more than 1,000,000 words where they are named; name shorter ones"),
    "ten-megabytes": (b"# " + b"x" * 10_000_000, "1:1: file has over 8,000,000 bytes; allowed: 2,000,000 characters; split it"),
    "three-megabytes": (b"a: " + b"x" * 3_000_000, "1:1: file has 3,000,003 characters; allowed: 2,000,000; split it"),
    "deep-list": ("[" * 100_000, "1:52: nested deeper than 50"),
    "deep-map": ("{a: " * 100_000, "1:202: nested deeper than 50"),
    "deep-block": ("\n".join(" " * n + "a:" for n in range(1200)), "51:51: nested deeper than 50"),
    "deep-dashes": ("- " * 100_000, "1:103: nested deeper than 50"),
    "key-twice": (rule("key-twice", more="    owner: you\n"), '8:5: key "owner" stands here twice; first in line 4'),
    "tab": (rule("tab", more="\towner: you\n"), "8:1: a tab indents this line; indent with spaces"),
    "utf-16": (rule("a").encode("utf-16"), UTF16),
    "utf-16-be": (b"\xfe\xff" + rule("a").encode("utf-16-be"), UTF16),
    "utf-16-without-mark": (rule("a").encode("utf-16-le"), f"1:2: {NUL}"),
    "utf-32": (rule("a").encode("utf-32"), UTF16),
    "latin-1": (rule("a", id="é").encode("latin-1"), "3:9: byte 0xe9 is not UTF-8; save the file as UTF-8"),
    "norway-in-lower-case": (rule("no", when=", actor: {nation: no}"), 'unknown nation "no"; did you mean "NO"?'),
    "mode-off": (rule("off", more="    mode: off\n"), '8:11: unknown mode "off"; allowed: on, shadow'),
    "known-yes": (rule("yes", when=", target: {known: yes}"), '"known" is true or false, found "yes"'),
    "sexagesimal": (
        rule("sexagesimal", more="    max_age: 12:30\n"),
        '8:14: "max_age": "12:30" is not a length of time like "30s", "5m", "48h", "30d" or "2w"',
    ),
    "octal": (rule("octal", when=", killed: 0o10"), f'{NUMBER}, found "0o10"'),
    "infinite": (rule("infinite", when=", killed: .inf"), f'{NUMBER}, found ".inf"'),
    "long-number": (rule("long", when=f", killed: {'9' * 30}"), f'{NUMBER}, found "{"9" * 30}"'),
    "nul": (rule("nul").encode().replace(b"me", b"m\0e"), f"4:13: {NUL}"),
    "nul-escaped": (rule("nul", id='"a\\0b"'), f'3:9: "id" "a\\x00b" is no slug; {SLUG}'),
    "escape": (rule("escape", id="a\x1b[2Jb"), f"3:10: {ESC}"),
    "escape-escaped": (rule("escape", id='"a\\e[2Jb"'), f'3:9: "id" "a\\x1b[2Jb" is no slug; {SLUG}'),
    "long-key": (rule("long-key", more=f"    {'k' * 2000}: 1\n"), "8:2005: not YAML: could not find expected ':'"),
    "very-long-key": (rule("very-long-key", more=f"    ? {'k' * 900_000}\n    : 1\n"), '8:7: unknown key "kkkk'),
    "merge": (rule("merge", more="    <<: {owner: you}\n"), '8:5: unknown key "<<" in a rule; allowed: id'),
    "merge-of-an-alias": (
        rule("a", more="    <<: *x\n"),
        '8:9: alias "*x" is not supported; write the value out, or quote the text',
    ),
    "python-object": (
        rule("a", id='!!python/object/apply:os.system ["touch pwned"]'),
        '3:9: tag "tag:yaml.org,2002:python/object/apply:os.system" is not supported; remove it, or quote the text',
    ),
    "binary": (rule("binary", id="!!binary YQ=="), '3:9: tag "tag:yaml.org,2002:binary" is not supported'),
    "two-documents": (rule("two") + "---\n" + rule("three"), "8:1: a second document starts here; one file holds one document"),
    "after-the-end": (rule("after") + "...\nx: 1\n", "9:1: not YAML: did not find expected <document start>"),
    "yaml-1.1": ("%YAML 1.1\n---\n" + rule("old"), "1:1: this directive asks for another YAML than 1.2; remove it"),
    "line-separator": (rule("a", id='"a\\u2028b"'), f'3:9: "id" "a\\u2028b" is no slug ("\\u2028" is U+2028); {SLUG}'),
    "right-to-left": (rule("a", id="a\u202eb"), f'3:9: "id" "a\\u202eb" is no slug ("\\u202e" is U+202E); {SLUG}'),
    "zero-width": (rule("a", id="a\u200bb"), f'3:9: "id" "a\\u200bb" is no slug ("\\u200b" is U+200B); {SLUG}'),
    "letter-that-looks-like-ours": (rule("a", id="\u0430"), f'3:9: "id" "\u0430" is no slug ("\u0430" is U+0430); {SLUG}'),
    "half-a-character": (
        rule("half", more='    title: "\\ud800"\n'),
        "8:15: not YAML: found invalid Unicode character escape code",
    ),
    "hard-space": (rule("hard", more="\u00a0   title: x\n"), '8:1: unknown key "\\xa0   title" in a rule file'),
    "nothing": ("", "1:1: a rule file is a map, found nothing; allowed keys: version, lists, watch, rules"),
    "a-list-as-key": ("? [a]\n: 1\n", "1:3: a key is a text, found a list"),
    "its-own-watch-list": (
        rule("own", more="watch: {w: its-own-watch-list.yaml}\n"),
        "1:1: a watch list has at least one of sites, people, travel",
    ),
    "a-device-as-watch-list": (
        rule("device", more="watch: {w: /dev/zero}\n"),
        '8:12: watch list "w": there is no file "/dev/zero" beside this one',
    ),
    "many-unknown-words": (rule("many", when=f", instrument: [{'x, ' * 50_000}]"), 'unknown instrument "x"'),
}

READ: dict[str, str | bytes] = {
    "mark": b"\xef\xbb\xbf" + rule("mark").encode(),
    "windows": rule("windows").replace("\n", "\r\n"),
    "old-mac": rule("old-mac").replace("\n", "\r"),
    "norway": rule("norway", when=", actor: {nation: NO}"),
    "mode-on": rule("mode-on", more="    mode: on\n"),
    "a-day": rule("a-day", more="    expires: 2931-01-04\n"),
    "zeros-before": rule("zeros-before", when=", killed: 010"),
    "old-line-break": rule("old-line-break", more="    title: a\x85b\n"),
    "right-to-left-in-a-title": rule("right-to-left", more="    title: a\u202eb\n"),
    "tab-inside": rule("tab-inside", more="    title: c\td\n"),
    "astral": rule("astral", more="    title: \U0001f6a8 siren\n"),
}


def checked(folder: Path, files: dict[str, str | bytes], capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    """One run over all of them."""
    for name, text in files.items():
        (folder / f"{name}.yaml").write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(SystemExit) as ended:
        cli.main(["check", *(f"{name}.yaml" for name in files)])
    shown = capsys.readouterr()
    return int(str(ended.value.code)), shown.out, shown.err


def test_hostile_files_are_refused_with_place_and_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """All of them in one run, each with a line of its own; soon, and nothing in them is ever carried out."""
    monkeypatch.chdir(tmp_path)
    begun = process_time()
    code, out, err = checked(tmp_path, {name: text for name, (text, _) in REFUSED.items()}, capsys)
    assert process_time() - begun < 15  # four were measured
    assert (code, out) == (2, "")
    said: dict[str, list[str]] = {name: [] for name in REFUSED}
    for line in err.splitlines():
        found = re.match(r"([\w.-]+)\.yaml:(\d+:\d+: .*)", line)
        assert found is not None, line
        said[found[1]].append(found[2])
        assert line.isprintable()
        assert len(line) < 4200
    missing = {name: said[name][:2] for name, (_, words) in REFUSED.items() if not any(words in one for one in said[name])}
    assert missing == {}
    assert not Path("pwned").exists()


def test_odd_files_are_read_right(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """What looks odd and means what it says."""
    monkeypatch.chdir(tmp_path)
    code, out, err = checked(tmp_path, READ, capsys)
    assert (code, out, err) == (0, f"{len(READ)} rules in {len(READ)} files: no mistakes\n", "")


def test_bombs_need_little_memory(tmp_path: Path) -> None:
    """With 600 MB of addresses for everything, the interpreter included, they are refused as ever; a device is read in part."""
    for name in ("bomb", "bomb-of-lists", "ten-megabytes", "deep-map", "very-long-key"):
        text = REFUSED[name][0]
        (tmp_path / f"{name}.yaml").write_bytes(text if isinstance(text, bytes) else text.encode())
    code = """\
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, (600_000_000, 600_000_000))
from streams.cli.main import main
main(["check", "/dev/zero", *sys.argv[1:]])
"""
    ran = subprocess.run(
        [sys.executable, "-c", code, *map(str, sorted(tmp_path.iterdir()))],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (ran.returncode, "Traceback" in ran.stderr, "MemoryError" in ran.stderr) == (2, False, False)
    assert "/dev/zero:1:1: file has over 8,000,000 bytes; allowed: 2,000,000 characters; split it" in ran.stderr
