"""Which rows may be other ones since a kind of record stood at a number."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from ...fields import Record
from .flavour import Flavour
from .statement import identified
from .steps import Step, Trace


@dataclass(frozen=True)
class Moving:
    """How the rows of a kind of record lead to what is read for them."""

    of: type[Record]
    flavour: Flavour
    traces: tuple[Trace, ...]

    @cached_property
    def moved(self) -> Mapping[str, str]:
        """For each kind, a SELECT of the hub ids of rows that were written, or lead to one that was written or is gone.

        Some may come more than once, and some may not be rows of the statement.
        """
        # A row that was written may stand at another school now, or be a part of somebody who is left out.
        found = {self.of.__name__: [*_written(self.flavour, self.of, "id"), _gone(self.of, "id")]}
        for (before, target), steps in self._along().items():
            keys = self._referring(steps, _others(self.flavour, target))
            found.setdefault(target.__name__, []).extend(self._rows(before, those) for those in keys)
        for *before, last in (trace for trace in self.traces if trace[-1].back):
            found.setdefault(last.to.__name__, []).append(self._rows(before, self._referred(last)))
        return {kind: " UNION ALL ".join(parts) for kind, parts in found.items()}

    @cached_property
    def lost(self) -> Mapping[str, str]:
        """For each kind of which that may happen, a SELECT of rows that led to another row before, unknown to which."""
        found: dict[str, list[str]] = {}
        for step in {trace[-1]: None for trace in self.traces if trace[-1].back}:
            if step.name not in {name.partition(".")[0] for name in step.record.natural}:
                changed = f"CAST({self.flavour.member('c.changed', step.name)} AS BIGINT)"
                found.setdefault(step.record.__name__, []).append(
                    f'SELECT c.key FROM "{step.record.table}" c'
                    f" WHERE c.district = :district AND c.seq > :since AND {changed} > :since"
                )
        return {kind: " UNION ALL ".join(parts) for kind, parts in found.items()}

    def _along(self) -> dict[tuple[Trace, type[Record]], list[Step]]:
        """The references at the end of traces, those together that lead from the same rows to one kind."""
        found: dict[tuple[Trace, type[Record]], list[Step]] = {}
        for *before, last in (trace for trace in self.traces if not trace[-1].back):
            found.setdefault((tuple(before), last.to), []).append(last)
        return found

    def _referring(self, steps: list[Step], others: str) -> Iterator[str]:
        """The keys of rows that refer to some others: a look-up by each index, one walk for the others."""
        record = steps[0].record
        rows = f'SELECT r.key FROM "{record.table}" r WHERE r.district = :district'
        indexed = {first for first, *_ in record.indexes}
        for step in steps:
            if step.name in indexed:
                yield f'{rows} AND r."{step.name}" IN ({others})'
        walked = " OR ".join(f'r."{one.name}" IN (SELECT key FROM o)' for one in steps if one.name not in indexed)
        if walked:
            yield f"SELECT key FROM (WITH o(key) AS MATERIALIZED ({others}) {rows} AND ({walked})) w"

    def _referred(self, step: Step) -> str:
        """The keys of rows to which others refer, or did while they were there, that were written or are gone."""
        record, target = step.record, step.target
        now = _written(self.flavour, record, f'"{step.name}"')
        then = f"SELECT {self.flavour.member('keys', step.name)} {_stones(record)}"
        before = f'SELECT p.key FROM "{target.table}" p WHERE p.district = :district AND'
        return " UNION ALL ".join([*now, f"{before} {identified(self.flavour, target, 'p', then)}"])

    def _rows(self, before: Iterable[Step], keys: str) -> str:
        """The hub ids of the rows that lead, by some steps, to those with some keys."""
        for step in reversed(list(before)):
            name, table = f'"{step.name}"', f'"{step.record.table}"'
            if step.back:
                keys = self._keyed(name, step.record, keys)
            else:
                keys = f"SELECT s.key FROM {table} s WHERE s.district = :district AND s.{name} IN ({keys})"
        return self._keyed("id", self.of, keys)

    def _keyed(self, column: str, record: type[Record], keys: str) -> str:
        """A column of the rows with some keys, by which they are found at once."""
        district = self.flavour.unindexed("s.district")
        return f'SELECT s.{column} FROM "{record.table}" s WHERE {district} = :district AND s.key IN ({keys})'


def _others(flavour: Flavour, record: type[Record]) -> str:
    """The keys of records that were written or are gone."""
    return " UNION ALL ".join([*_written(flavour, record, "key"), _gone(record, "made")])


def _written(flavour: Flavour, record: type[Record], column: str) -> list[str]:
    """What was made since, and what was changed since, each by an index of its own."""
    those = f'SELECT {column} FROM "{record.table}" WHERE'
    # The key alone finds what is new; an index that begins with the district would be walked through.
    made = f"{flavour.unindexed('district')} = :district AND key > :since"
    return [f"{those} {made}", f"{those} district = :district AND seq > :since"]


def _gone(record: type[Record], column: str) -> str:
    return f"SELECT {column} {_stones(record)}"


def _stones(record: type[Record]) -> str:
    return f"FROM history WHERE district = :district AND kind = '{record.__name__}' AND seq > :since"
