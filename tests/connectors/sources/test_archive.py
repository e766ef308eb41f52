"""Archives: every form there is, and every way in which one can be wrong."""

import gzip
import json
from pathlib import Path

import pytest
import zstandard

from connectors.sources.archive import read
from streams.errors import Mistake, UsageError

LINES = [
    {"id": f"a{n}", "url": "", "title": f"T {n}", "published": f"2031-01-0{n}T06:00:00Z", "source": "s", "text": "Text."}
    for n in (1, 2, 3)
]
BODY = "".join(json.dumps(line) + "\n" for line in LINES).encode()


def taken(path: Path, body: bytes) -> tuple[list[str], list[str]]:
    """Ids read, and mistakes as lines without the path."""
    path.write_bytes(body)
    faults: list[Mistake] = []
    ids = [article.id for article in read(str(path), faults.append)]
    return ids, [str(fault).removeprefix(f"{path}:") for fault in faults]


def test_plain_gzip_and_zstandard_archives_read_alike(tmp_path: Path) -> None:
    packed = {"a.jsonl": BODY, "a.jsonl.gz": gzip.compress(BODY), "a.jsonl.zst": zstandard.ZstdCompressor().compress(BODY)}
    for name, body in packed.items():
        assert taken(tmp_path / name, body) == (["a1", "a2", "a3"], []), name


@pytest.mark.parametrize("suffix", ["gz", "zst"])
def test_an_archive_that_breaks_off_gives_what_stood_before_and_says_so(tmp_path: Path, suffix: str) -> None:
    many = BODY * 3000
    packed = gzip.compress(many) if suffix == "gz" else zstandard.ZstdCompressor().compress(many)
    ids, faults = taken(tmp_path / f"a.jsonl.{suffix}", packed[: len(packed) // 2] + b"garbage")
    assert len(ids) < 9000
    assert len(faults) >= 1
    assert "Traceback" not in "".join(faults)


def test_a_bad_line_is_named_by_its_number_and_the_rest_is_read(tmp_path: Path) -> None:
    body = (
        BODY
        + b"{oops\n"
        + b'["no object"]\n'
        + b'{"id": "x", "text": "t"}\n'
        + b'{"id": "y", "text": "t", "published": "soon"}\n'
        + BODY
    )
    ids, faults = taken(tmp_path / "a.jsonl", body)
    assert len(ids) == 6
    assert [fault.partition(":")[0] for fault in faults] == ["4", "5", "6", "7"]
    assert faults[1] == '5:1: a line is one article as an object, found "list"'
    assert faults[2] == '6:1: "published" is missing; an article needs "id", "text" and "published" (or "fetched")'
    assert faults[3] == "7:1: \"published\" is no ISO 8601 date: 'soon'; write 2024-04-22T06:30:00Z"


def test_the_clock_of_a_line_is_its_fetch_else_its_publication(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(json.dumps(LINES[0] | {"fetched": "2031-01-05T00:00:00+02:00"}).encode())
    (only,) = read(str(tmp_path / "a.jsonl"), pytest.fail)
    assert only.taken_at.isoformat() == "2031-01-04T22:00:00+00:00"
    assert only.published.isoformat() == "2031-01-01T06:00:00+00:00"


def test_a_missing_archive_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="the archive cannot be read: No such file"):
        list(read(str(tmp_path / "none.jsonl"), pytest.fail))


@pytest.mark.parametrize(
    ("body", "begins"),
    [
        (b"Rockets hit a base on Sunday, an official said.\n\nNobody was hurt.\n", "Rockets hit a base on Sunday, an official"),
        (b'[{"id": "a1"},\n', '[{"id": "a1"},'),
        (b"\xff\xfe{\x00", "\ufffd\ufffd{\ufffd"),
        (b"\n\n<rss>\x1b[31m</rss>", "<rss>\ufffd[31m</rss>"),
        (b"word\n" * 100 + BODY, "word"),
    ],
)
def test_a_file_that_is_no_archive_is_refused_as_a_whole(tmp_path: Path, body: bytes, begins: str) -> None:
    """One message, not one a line; what it quotes of the file cannot move the cursor."""
    with pytest.raises(UsageError) as fault:
        taken(tmp_path / "a.txt", body)
    assert str(fault.value) == (
        f'{tmp_path / "a.txt"}: no archive: it begins with "{begins[:40]}"; an archive is JSON lines, one article a line: '
        '{"id": "1", "published": "2024-04-22T06:30:00Z", "text": "..."}'
    )


def test_a_few_bad_lines_before_the_first_article_are_only_skipped(tmp_path: Path) -> None:
    """As a byte order mark is, which some editors write."""
    assert taken(tmp_path / "a.jsonl", b"# taken by hand\n\n" + BODY)[0] == ["a1", "a2", "a3"]
    assert taken(tmp_path / "a.jsonl", b"\xef\xbb\xbf" + BODY) == (["a1", "a2", "a3"], [])
    assert taken(tmp_path / "a.jsonl", b"") == ([], [])
