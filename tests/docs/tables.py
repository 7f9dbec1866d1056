"""Tables of documents that follow from the code: ``<!-- table: name -->`` to ``<!-- end -->`` holds one."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence


def with_tables(text: str, tables: Mapping[str, Callable[[], str]], document: str) -> str:
    """Return a document with what the code says now in the place of each table."""
    for name, make in tables.items():
        block = re.compile(rf"(<!-- table: {name} -->\n).*?(<!-- end -->)", re.DOTALL)
        text, n = block.subn(lambda found, make=make: f"{found[1]}{make()}{found[2]}", text)
        if n != 1:
            raise ValueError(f"{document}: {n} places for the table {name!r}, expected 1")
    return text


def table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table in Markdown."""
    lines = [headings, ["---"] * len(headings), *rows]
    return "".join(f"|{'|'.join(f' {cell} ' if cell else ' ' for cell in line)}|\n" for line in lines)
