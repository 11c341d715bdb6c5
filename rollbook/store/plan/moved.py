"""Which rows may be other ones since a kind of record stood at a number."""

from __future__ import annotations

from ...fields import Record
from .phrases import every
from .statement import Statement


def moved(sql: Statement) -> dict[str, str]:
    """For each kind, a SELECT of the hub ids of rows that were written, or refer to one that was written or is gone."""
    if sql.of.derived() or sql.sight.follows:
        return {}
    # A row that was written may stand at another school now, or be a part of somebody who is left out.
    found = {sql.of.__name__: [*_written(sql.of, "id"), _gone(sql.of, "id")]}
    own = every(sql.sight.bounds(sql.of, "b", few=True))
    for name, ref in sql.direct.items():
        other = " UNION ALL ".join([*_written(ref.target, "key"), _gone(ref.target, "made")])
        those = f'SELECT b.id FROM "{sql.of.table}" b WHERE {own} AND b."{name}" IN ({other})'
        found.setdefault(ref.target.__name__, []).append(those)
    return {kind: " UNION ".join(parts) for kind, parts in found.items()}


def _written(record: type[Record], column: str) -> list[str]:
    """What was made since, and what was changed since, each by an index of its own."""
    those = f'SELECT {column} FROM "{record.table}" WHERE district = :district AND'
    return [f"{those} key > :since", f"{those} seq > :since"]


def _gone(record: type[Record], column: str) -> str:
    return f"SELECT {column} FROM history WHERE district = :district AND kind = '{record.__name__}' AND seq > :since"
