"""Compiled questions, asked: what an answer holds is read from the database as it is iterated."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ..connection import Connection
from ..hub_ids import HubIds
from ..lasting import Lasting
from ..plan.encoded import encoded
from ..plan.planned import Plan
from .statements import Row, Statements

Bound = Mapping[str, Any]
"""The values of a plan's parameters, by name."""

Columns = list[Sequence[Any]]
"""Rows as their columns, each as long as there are rows."""

KEYS = 2
"""How many columns stand before the bodies of keyed rows: the hub id and the key."""

PAGE = 10_000
"""Up to how many rows of a page are read as a whole where several statements bring them."""

FIRST_ROWS, MORE_ROWS = 8, 128
"""How many rows are given hub ids at a time: few at first, so that an answer begins at once."""


class Plans(Statements):
    """Questions that were compiled, asked over one connection. `Plan` says what the columns of each row are.

    People and schools are told of by hub ids.
    """

    def __init__(self, connection: Connection, hub_ids: HubIds, lasting: Lasting | None = None) -> None:
        super().__init__(connection)
        self._hub_ids = hub_ids
        self._lasting = lasting

    def rows(self, plan: Plan, values: Bound) -> Iterator[Row]:
        """The rows, for those whom nobody asks of whom they read."""
        return self._complete(plan, plan.rows, values)

    def telling(self, plan: Plan, values: Bound) -> Iterator[Columns]:
        """The rows with the people of whom they tell, some at a time: the columns of those."""
        return self._columns(self._complete(plan, plan.telling, values), _told(plan), values)

    def one(self, plan: Plan, values: Bound) -> Iterator[tuple[Row, str]]:
        """The same where one thing is asked for: of each row also letters for what its columns do not tell."""
        lettered = len(plan.letters)
        for row in self._told(plan, values, self._complete(plan, plan.one, values), lettered):
            last = len(row) - lettered
            yield row[:last], "".join(row[last:])

    def keyed(self, plan: Plan, values: Bound) -> Iterator[Row]:
        """The rows, each behind its hub id and key, with the people of whom it tells."""
        return self._told(plan, values, self._complete(plan, plan.keyed, values, KEYS))

    def some(self, plan: Plan, values: Bound, only: Iterable[str]) -> Iterator[Row]:
        """The same for those rows that have one of some hub ids."""
        bound = {**values, "only": json.dumps(list(only))}
        return self._told(plan, values, self._complete(plan, plan.some, bound, KEYS))

    def ids(self, plan: Plan, values: Bound) -> list[str]:
        """The hub ids of the rows, in their order."""
        return list(self._stream_of_values(plan.ids, values))

    def those(self, plan: Plan, values: Bound, only: Iterable[str]) -> list[str]:
        """Those of some hub ids that rows have, whatever page they are parts of."""
        return list(self._stream_of_values(plan.those, {**values, "only": json.dumps(list(only))}))

    def count(self, plan: Plan, values: Bound) -> int:
        """How many rows there are on all pages."""
        if self._lasting is None:
            return int(self._value(plan.count, values))
        return self._lasting.get((plan.count, *values.items()), plan.tables, lambda: self._value(plan.count, values))

    def named(self, plan: Plan, values: Bound) -> Iterator[str]:
        """The hub ids of the people whom the request names, as far as the reader may see them."""
        return self._stream_of_values(plan.named, values)

    def numbered(self, plan: Plan, values: Bound) -> list[Row]:
        """The people of whom a count is."""
        return self._named(values, self._rows(plan.numbered, values))

    def passed(self, plan: Plan, values: Bound) -> list[Row]:
        """The people of whom the rows are that are skipped before a page."""
        return self._named(values, self._rows(plan.passed, values))

    def moved(self, plan: Plan, kind: str, since: int, values: Bound) -> Iterator[str]:
        """The hub ids of the rows that may be other ones since a kind of record stood at a number."""
        return self._stream_of_values(plan.moved[kind], {**values, "since": since})

    def lost(self, plan: Plan, kind: str, since: int, values: Bound) -> bool:
        """Whether a record of a kind has left a row since it stood at a number, and it is not known which."""
        statement = plan.lost.get(kind)
        return statement is not None and bool(self._rows(f"{statement} LIMIT 1", {**values, "since": since}))

    def _told(self, plan: Plan, values: Bound, rows: Iterator[Row], after: int = 0) -> Iterator[Row]:
        """The rows with those of whom they tell, who stand at their ends, with so many columns `after` them."""
        told = _told(plan, after)
        if not told:
            return rows
        return (row for columns in self._columns(rows, told, values) for row in zip(*columns, strict=True))

    def _columns(self, rows: Iterator[Row], told: list[int], values: Bound) -> Iterator[Columns]:
        """The columns of rows, some at a time, with hub ids for keys in those of them that tell of somebody.

        Column by column this takes a fifth of the time.
        """
        some = FIRST_ROWS
        while chunk := list(itertools.islice(rows, some)):
            columns: Columns = list(zip(*chunk, strict=True))
            for place in told:
                columns[place] = self._hub_ids.each(self._connection, values["district"], columns[place])
            yield columns
            some = MORE_ROWS

    def _named(self, values: Bound, told: Sequence[Row]) -> list[Row]:
        """Rows that tell of somebody in each of their columns."""
        each = (self._hub_ids.each(self._connection, values["district"], one) for one in zip(*told, strict=True))
        return list(zip(*each, strict=True))

    def _complete(self, plan: Plan, statements: Sequence[str], values: Bound, before: int = 0) -> Iterator[Row]:
        """The rows, with what is made after the query; some columns stand `before` the bodies."""
        rows = self._beside(statements, values)
        if plan.columns is not None:
            return encoded(plan, rows, values, before)
        return plan.completion.rows(rows, values, before) if plan.completion else rows

    def _beside(self, statements: Sequence[str], values: Bound) -> Iterator[Row]:
        """The rows of one moment that several statements give, each some of their columns."""
        if len(statements) == 1:
            return self._stream(statements[0], values)
        # SQLite looks through all cursors that are open whenever a look-up within a row opens another one, so that two
        # statements side by side take twice as long as one after the other.
        read = self._rows if 0 <= values.get("limit", -1) <= PAGE else self._stream
        return map(_one, zip(*(read(statement, values) for statement in statements), strict=True))


def _told(plan: Plan, after: int = 0) -> list[int]:
    """Which columns tell of somebody, by their places from a row's end, with so many columns `after` them."""
    people, schools = plan.singles + plan.lists, int(plan.through)
    last = people + plan.by_letters + schools + after
    return [*range(-last, people - last), *([-1 - after] if schools else [])]


def _one(parts: Sequence[Row]) -> Row:
    """A row whose parts several statements brought, each behind what tells the row from others."""
    identity = parts[0][0]
    if any(part[0] != identity for part in parts):
        # What is told of one must never stand beside what is told of another.
        raise RuntimeError("statements that were divided brought rows in different orders")
    return tuple(itertools.chain.from_iterable(part[1:] for part in parts))
