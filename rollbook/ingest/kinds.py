"""The kinds of record that a source can bring, each after those that it refers to."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter

from ..fields import RECORDS, Record

KEY = "key"
"""The column in which a file of records has the source's own key of each row."""

# What the hub keeps for itself is no source's, nor are documents that are kept as their clients wrote them.
OWN = ("rollbook.model.research", "rollbook.model.vocabulary", "rollbook.model.whole")


def _in_order() -> tuple[type[Record], ...]:
    kinds = {name: r for name, r in RECORDS.items() if not r.derived() and r.__module__ not in OWN}
    needs = {name: {ref.target.__name__ for ref in r.refs().values()} - {name} for name, r in kinds.items()}
    try:
        return tuple(kinds[name] for name in TopologicalSorter(needs).static_order())
    except CycleError as error:
        raise TypeError(f"records refer to each other in a circle: {error.args[1]}") from error


KINDS = _in_order()
BY_TABLE = {kind.table: kind for kind in KINDS}
