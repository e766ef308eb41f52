"""Rows on standard output: a table in plain columns, or JSON lines."""

import json
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

import typer

Format = Annotated[Literal["table", "jsonl"], typer.Option("--format", help="Columns for people, or JSON lines.")]


def put_rows(rows: Sequence[Mapping[str, Any]], format: str) -> None:
    """All rows; a table has the keys of the first as its head, and nothing is printed when there are none."""
    if format == "jsonl":
        put_lines(rows)
    elif rows:
        table = [[str(key) for key in rows[0]], *([_cell(value) for value in row.values()] for row in rows)]
        widths = [max(map(len, column)) for column in zip(*table, strict=True)]
        for row in table:
            print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def put_lines(rows: Sequence[Mapping[str, Any]]) -> None:
    """One JSON object a line."""
    for row in rows:
        print(json.dumps(row, ensure_ascii=False))


def _cell(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
