"""Rows that come as columns, encoded as JSON: for a database that is slower at it than this is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from .gathered import Body, Row
from .planned import Plan


def encoded(plan: Plan, rows: Iterable[Row], values: Mapping[str, Any], before: int) -> Iterator[Row]:
    """The rows with their bodies as JSON; some columns stand `before` them, and what stands after is left as it is."""
    assert plan.columns is not None
    shown, hashed = plan.columns
    bodies = plan.completion.bodies if plan.completion else (_plain(shown), *([_plain(hashed)] if hashed else []))
    named = list(zip((shown, hashed), bodies, strict=False))
    making = [forming.making(values) for forming in (plan.completion.one_by_one if plan.completion else ())]
    begin = before + sum(part is None for body in bodies for part in body)
    end = begin + len(making)
    # The digest is over the whole row; where that is what is shown, once is enough.
    same = (None,) if plan.row_hash and not hashed else ()
    for row in rows:
        made = [iter(make(gathered)) for make, gathered in zip(making, row[begin:end], strict=True)]
        selected = iter(row[before:begin])
        yield (*row[:before], *(_json(names, body, selected, made) for names, body in named), *same, *row[end:])


def _plain(names: Sequence[str]) -> Body:
    """A row that is selected as it is; one without any columns has one that is null."""
    return (None,) * max(len(names), 1)


def _json(names: Sequence[str], body: Body, selected: Iterator[Any], made: list[Iterator[bytes]]) -> bytes:
    found = [msgspec.Raw(next(made[part.gathering])) if part else next(selected) for part in body]
    return msgspec.json.encode(dict(zip(names, found, strict=False)))
