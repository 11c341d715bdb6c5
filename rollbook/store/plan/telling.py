"""Whom a row of an answer tells of: the humans that it is, is a part of, or shows facts of, as SQL of their keys.

Of a human whom a record stands for (`behind`) there is a hub id in place of a key.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ...fields import Many, Record, Ref
from ...model.people import Person
from .flavour import Flavour
from .phrases import NEVER, masked, naming


@dataclass
class Telling:
    """The humans of whom the rows of one statement tell, each once; SQL by what tells it from the others."""

    singles: dict[object, str] = field(default_factory=dict[object, str])
    """One key each, or null."""
    lists: dict[object, str] = field(default_factory=dict[object, str])
    """Keys with commas between, or null."""

    def reached(self, ref: Ref, alias: str, seen: str, *, own: bool) -> None:
        """A fact of the record that a reference leads to is shown; `own` that the reference is the row's."""
        same = ref.owner.human and ref.target is Person
        if seen == NEVER or same or (own and ref.part_of):
            return
        for sql in _beyond(ref, alias):
            self.singles[sql, seen] = masked(seen, sql)

    def beyond(self) -> list[str]:
        """Whom it tells of beside those that its rows are or are parts of."""
        return [*self.singles.values(), *self.lists.values()]

    def whom(self, record: type[Record], alias: str, flavour: Flavour) -> tuple[list[str], list[str]]:
        """The SQL of single keys, and of lists of them, of whom a row with the columns so far tells."""
        own = dict.fromkeys([*_itself(record, alias), *_of(record, alias)])
        named = [_named(alias, flavour)] if record.names_others else []
        return list(dict.fromkeys([*own, *self.singles.values()])), [*self.lists.values(), *named]


def of_part(many: Many, alias: str) -> Iterator[str]:
    """The humans of whom the many records of a row tell, beside the one that the row tells of anyway."""
    if not (many.child.human and many.via.target is Person):
        yield from _itself(many.child, alias)
    yield from _of(many.child, alias, but=many.via)


def _itself(record: type[Record], alias: str) -> Iterator[str]:
    """The human that a row is, or whom it stands for."""
    if record.human or record is Person:
        yield f"{alias}.key"
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
            yield f'({stands} WHERE b.district = {alias}.district AND b.key = {alias}."{name}")'


def _named(alias: str, flavour: Flavour) -> str:
    """The humans whom the documents of a row name."""
    return f"(SELECT {flavour.joined('CAST(named.key AS TEXT)', ',')} {naming(f'{alias}.id')})"


def _beyond(ref: Ref, alias: str) -> Iterator[str]:
    """The humans of whom a record tells that is referred to; what two records are parts of is mostly the same one."""
    yield from _itself(ref.target, alias)
    if not ref.owner.human and not any(_of(ref.owner, alias)):
        yield from _of(ref.target, alias)
