"""How commands print what an import changes: as a table and examples, or as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from .common import Column, draw, say

if TYPE_CHECKING:
    from ..ingest import Diff, Tally
    from ..ingest.rows import Aside

NEWS = {
    "new": "New",
    "changed": "Changed",
    "gone": "Gone",
    "aside": "Set aside",
    "joined": "Matched",
    "review": "To review",
}
"""What can become of a record, in the order in which it is told, with its heading; `unchanged` comes last."""

LISTED = 5
"""How many rows that are set aside are shown."""


def told(diff: Diff) -> dict[str, Any]:
    """What an import did or would do, as it is printed in JSON."""
    examples = [
        {"kind": kind, "what": what, "record": record}
        for kind, tally in diff.kinds.items()
        for what, records in tally.examples.items()
        for record in records
    ]
    found = {"district": diff.district, "source": diff.source, "applied": diff.applied}
    return {**found, "kinds": tallies(diff.kinds), "examples": examples, "notes": [*diff.notes]}


def aside(diff: Diff) -> dict[str, Any]:
    """The rows that are set aside for a fault, and those that somebody has to review, as they are printed in JSON."""
    found = {"aside": _faults(diff), "review": _questions(diff)}
    return {what: [_row(one) for one in listed] for what, listed in found.items()}


def _faults(diff: Diff) -> list[Aside]:
    return [one for one in diff.aside if one.fault]


def _questions(diff: Diff) -> list[Aside]:
    return [one for one in diff.aside if not one.fault]


def _row(one: Aside) -> dict[str, Any]:
    where = one.problem.where
    return {"kind": one.kind, "where": where, "what": one.what, "hint": one.hint, "waiting": len(one.waits)}


def tallies(kinds: Mapping[str, Tally]) -> list[dict[str, Any]]:
    """Kinds of record with what becomes of how many."""
    return [{"kind": kind, **tally.counts} for kind, tally in kinds.items() if any(tally.counts.values())]


def columns(rows: list[dict[str, Any]]) -> tuple[Column, ...]:
    """The columns of such rows: what became of any record, and what became of none that is often asked for."""
    named = {*("new", "changed", "gone"), *(name for row in rows for name, count in row.items() if count)}
    heads = [Column(NEWS[what], what, right=True) for what in NEWS if what in named]
    return (Column("Kind", "kind"), *heads, Column("Unchanged", "unchanged", right=True))


def show_diff(diff: Diff) -> None:
    """Print a table, and then what is new, changed, gone, set aside, matched and to be reviewed, in that order."""
    rows = tallies(diff.kinds)
    draw(columns(rows), rows, "What changed" if diff.applied else "What would change")
    for what, heading in NEWS.items():
        for line in _lines(diff, what, heading):
            say(line)
    for note in diff.notes:
        say(note)


def say_aside(diff: Diff) -> None:
    """Print what is set aside and what is to be reviewed, if anything is."""
    for what in ("aside", "review"):
        for line in _lines(diff, what, NEWS[what]):
            say(line)


def _lines(diff: Diff, what: str, heading: str) -> Iterator[str]:
    if what in ("aside", "review"):
        yield from _listed(_faults(diff) if what == "aside" else _questions(diff), heading)
        return
    total = sum(tally.counts.get(what, 0) for tally in diff.kinds.values())
    if total:
        yield f"{heading}: {total:,}"
    for tally in diff.kinds.values():
        for record in tally.examples.get(what, ()):
            yield f"  {record}"


def _listed(rows: list[Aside], heading: str) -> Iterator[str]:
    if not rows:
        return
    waiting = sum(len(one.waits) for one in rows)
    yield f"{heading}: {len(rows):,}" + (f", and {waiting:,} that wait for them" if waiting else "")
    for one in rows[:LISTED]:
        yield f"  {one.kind}: {one.problem}"
    if len(rows) > LISTED:
        yield f"  and {len(rows) - LISTED:,} more"
