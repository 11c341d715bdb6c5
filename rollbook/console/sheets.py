"""Tables that a spreadsheet opens, and other files to take away."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from ..api.messages import NO_STORE, Response

CSV, PDF = "text/csv; charset=utf-8", "application/pdf"


def sheet(name: str, heads: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """A table as CSV, in which no cell is taken for a formula."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(heads)
    writer.writerows([_inert(cell) for cell in row] for row in rows)
    return attached(f"{name}.csv", CSV, text.getvalue().encode("utf-8-sig"))


def attached(name: str, kind: str, body: bytes) -> Response:
    """A file to be kept, under a name of plain letters."""
    plain = "".join(c for c in name if c.isascii() and (c.isalnum() or c in "-."))
    head = (b"content-disposition", f'attachment; filename="{plain}"'.encode())
    return Response(body, 200, ((b"content-type", kind.encode()), NO_STORE, head))


def _inert(cell: object) -> object:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in "=+-@\t\r" and cell else cell
