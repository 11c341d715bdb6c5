"""Whom a row of an answer tells of: the humans that it is, is a part of, or shows facts of, as SQL of their hub ids."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..fields import Many, Record, Ref
from ..model.people import Person
from .phrases import masked
from .sights import NEVER

if TYPE_CHECKING:
    from .statement import Statement

BETWEEN = ","
"""What stands between the hub ids of a list."""


@dataclass
class Telling:
    """The humans of whom the rows of one statement tell, each once; SQL by what tells it from the others."""

    singles: dict[object, str] = field(default_factory=dict[object, str])
    """One hub id each, or null."""
    lists: dict[object, str] = field(default_factory=dict[object, str])
    """Hub ids with commas between, or null."""

    def reached(self, ref: Ref, alias: str, seen: str, *, own: bool) -> None:
        """A fact of the record that a reference leads to is shown; `own` that the reference is the row's."""
        same = ref.owner.human and ref.target is Person
        if seen == NEVER or same or (own and ref.part_of):
            return
        for sql in _beyond(ref, alias):
            self.singles[sql, seen] = masked(seen, sql)

    def listed(self, sql: Statement, many: Many, inner: Statement, own: str, seen: str, alias: str) -> None:
        """Facts of the many records of a row are shown."""
        beyond = [*inner.telling.singles.values(), *inner.telling.lists.values()]
        if seen == NEVER or not (beyond or any(_of_part(many, inner.base))):
            return
        key = (id(many), alias, seen, tuple(_unaliased(inner, beyond)))
        if key in self.lists:
            return
        if not beyond:
            # What the rows are parts of is known without what else is shown of them.
            inner, own = sql.child(many, alias, disclosed=inner.disclosed)
        ids = f"concat_ws('{BETWEEN}', {', '.join([*_of_part(many, inner.base), *beyond])})"
        found = f"(SELECT group_concat({ids}, '{BETWEEN}') FROM {inner.tables()} WHERE {own})"
        self.lists[key] = masked(seen, found)


def _unaliased(inner: Statement, beyond: list[str]) -> list[str]:
    return [text.replace(f"{inner.base}.", "") for text in beyond]


def whom(sql: Statement) -> tuple[list[str], list[str]]:
    """The SQL of single hub ids, and of lists of them, of whom a row with the columns so far tells."""
    own = dict.fromkeys([*_itself(sql.of, sql.base), *_of(sql.of, sql.base)])
    found = dict.fromkeys([*own, *sql.telling.singles.values()])
    return list(found), list(sql.telling.lists.values())


def _itself(record: type[Record], alias: str) -> Iterator[str]:
    """The human that a row is, or whom it stands for."""
    if record.human or record is Person:
        yield f"{alias}.id"
    elif record.behind:
        yield f'{alias}."{record.behind}"'


def _of(record: type[Record], alias: str, but: Ref | None = None) -> Iterator[str]:
    """The humans whom a row is a part of."""
    for name, ref in record.refs().items():
        if not ref.part_of or ref is but:
            continue
        if ref.target.human:
            yield f'{alias}."{name}"'
        elif ref.target.behind:
            stands = f'SELECT b."{ref.target.behind}" FROM "{ref.target.table}" b'
            yield f'({stands} WHERE b.district = {alias}.district AND b.id = {alias}."{name}")'


def _beyond(ref: Ref, alias: str) -> Iterator[str]:
    """The humans of whom a record tells that is referred to; what two records are parts of is mostly the same one."""
    yield from _itself(ref.target, alias)
    if not ref.owner.human and not any(_of(ref.owner, alias)):
        yield from _of(ref.target, alias)


def _of_part(many: Many, alias: str) -> Iterator[str]:
    """The humans of whom the many records of a row tell, beside the one that the row tells of anyway."""
    if not (many.child.human and many.via.target is Person):
        yield from _itself(many.child, alias)
    yield from _of(many.child, alias, but=many.via)
