"""The lists of the dialects beside Xporter's students of as many rows and columns: what each takes of a processor."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from statistics import median
from typing import Any, cast

from rollbook.store.sqlite import Store

from .client import Wire
from .dialects import Read, reads
from .reading import Field, changing, hub_path
from .report import Line, time_text

AIM = 3
"""How many times as long as Xporter's students a list may take."""


def measure_listings(field: Field) -> list[Line]:
    """Each list of people just after a write, the server's time for it."""
    lists = [read for some in reads(field).values() for read in some if read.repeat == 1]
    with ExitStack() as stack:
        store = stack.enter_context(Store(field.folder / "data"))
        students = stack.enter_context(field.asking(field.small))
        return [
            _line(field, read, stack.enter_context(field.calling(read.dialect)), students, changing(store, field.small))
            for read in lists
            if read.dialect != "research"
        ]


def _line(field: Field, read: Read, wire: Wire, students: Wire, change: Callable[[], None]) -> Line:
    rows = read.rows(wire.json(read.path))
    beside = _students(field, students, len(rows), leaves(rows[0]))
    own, theirs = _by_turns(field, ((wire, read.path), (students, beside)), change)
    return Line(
        f"{read.what}, just after a write, beside Xporter's students of as many rows and columns",
        f"{time_text(own)} of server time: {own / theirs:.1f} times as much as {time_text(theirs)}",
        aim=f"{AIM} times",
        met=own <= AIM * theirs,
    )


def leaves(value: Any) -> int:
    """How many values something holds that hold no others."""
    if isinstance(value, dict):
        return sum(map(leaves, cast(dict[str, Any], value).values()))
    return sum(map(leaves, cast(list[Any], value))) if isinstance(value, list) else 1


def _students(field: Field, wire: Wire, rows: int, columns: int) -> str:
    """The address of so many students with so many columns."""
    path = hub_path(field.small)
    names = list(wire.json(f"{path}?pagesize=1")["Students"][0])[:columns]
    return f"{path}?pagesize={rows}&select={','.join(names)}"


def _by_turns(field: Field, asked: Sequence[tuple[Wire, str]], change: Callable[[], None]) -> tuple[float, float]:
    """The server's time for each of two questions, the median of the rounds."""
    took: list[list[float]] = [[] for _ in asked]
    for _ in range(field.sizes.rounds):
        for (wire, path), found in zip(asked, took, strict=True):
            wire.time(path)
            spent = 0.0
            for _ in range(field.sizes.repeat):
                change()
                before = field.hub.cpu()
                wire.time(path)
                spent += field.hub.cpu() - before
            found.append(spent / field.sizes.repeat)
    own, theirs = map(median, took)
    return own, theirs
