"""Compiled questions, asked: what an answer holds is read from the database as it is iterated."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ..plan.planned import Plan
from .statements import Row, Statements

Bound = Mapping[str, Any]
"""The values of a plan's parameters, by name."""

KEYS = 2
"""How many columns stand before the bodies of keyed rows: the hub id and the key."""


class Plans(Statements):
    """Questions that were compiled, asked over one connection. `Plan` says what the columns of each row are."""

    def rows(self, plan: Plan, values: Bound) -> Iterator[Row]:
        """The rows, for those whom nobody asks of whom they read."""
        return self._complete(plan, plan.rows, values)

    def telling(self, plan: Plan, values: Bound) -> Iterator[Row]:
        """The rows, each with the people of whom it tells."""
        return self._complete(plan, plan.telling, values)

    def facts_of_one(self, plan: Plan, values: Bound) -> Iterator[str]:
        """For each row of `telling`, letters for what its columns do not tell by themselves."""
        return self._stream_of_values(plan.facts_of_one, values)

    def keyed(self, plan: Plan, values: Bound) -> Iterator[Row]:
        """The rows, each behind its hub id and key, with the people of whom it tells."""
        return self._complete(plan, plan.keyed, values, KEYS)

    def some(self, plan: Plan, values: Bound, only: Iterable[str]) -> Iterator[Row]:
        """The same for those rows that have one of some hub ids."""
        return self._complete(plan, plan.some, {**values, "only": json.dumps(list(only))}, KEYS)

    def ids(self, plan: Plan, values: Bound) -> list[str]:
        """The hub ids of the rows, in their order."""
        return list(self._stream_of_values(plan.ids, values))

    def count(self, plan: Plan, values: Bound) -> int:
        """How many rows there are on all pages."""
        return int(self._value(plan.count, values))

    def named(self, plan: Plan, values: Bound) -> Iterator[str]:
        """The hub ids of the people whom the request names, as far as the reader may see them."""
        for statement in plan.named:
            yield from self._stream_of_values(statement, values)

    def numbered(self, plan: Plan, values: Bound) -> list[Row]:
        """The people of whom a count is."""
        return self._rows(plan.numbered, values)

    def passed(self, plan: Plan, values: Bound) -> list[Row]:
        """The people of whom the rows are that are skipped before a page."""
        return self._rows(plan.passed, values)

    def moved(self, plan: Plan, kind: str, since: int, values: Bound) -> Iterator[str]:
        """The hub ids of the rows that may be other ones since a kind of record stood at a number."""
        return self._stream_of_values(plan.moved[kind], {**values, "since": since})

    def _complete(self, plan: Plan, statement: str, values: Bound, before: int = 0) -> Iterator[Row]:
        """The rows, with what is made after the query; some columns stand `before` the bodies."""
        rows = self._stream(statement, values)
        return plan.completion.rows(rows, values, before) if plan.completion else rows
