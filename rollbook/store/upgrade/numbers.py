"""The numbers of the new layout, as SQL over rows of the old file."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ..connection import Opened
from .catalogue import Kind, kinds, tables
from .spelling import number


class Numbers:
    """What was found out about the numbers; those of most kinds of record are in their stamps, and need no look-up."""

    def __init__(self, connection: Opened) -> None:
        self._connection = connection
        self._odd = self._listed("notes.odd")
        self._astray = self._listed("notes.astray")

    def _listed(self, name: str) -> frozenset[str | int]:
        return frozenset(kind for (kind,) in self._connection.execute(f"SELECT DISTINCT kind FROM {name}").fetchall())

    def key(self, kind: Kind, alias: str) -> str:
        """The key of a row."""
        return self.of_stamp(kind, alias, f"{alias}.made")

    def of_stamp(self, kind: Kind, alias: str, stamp: str) -> str:
        """The number of a row's stamp."""
        fresh = f"SELECT d.number FROM notes.odd d WHERE {_own(kind, alias)} AND d.stamp = {stamp}"
        return f"coalesce(({fresh}), {number(stamp)})" if kind.number in self._odd else number(stamp)

    def last_write(self, kind: Kind, alias: str) -> str:
        """The number of a row's last write; that of its making where it has only been made."""
        last = f"{alias}.seq"
        if kind.number in self._odd:
            last = f"coalesce((SELECT max(d.number) FROM notes.odd d WHERE {_own(kind, alias)}), {last})"
        return f"max({last}, {self.key(kind, alias)})"

    def named(self, kind: Kind, district: str, identity: str) -> str:
        """The key of the record that has a hub id; null where none has."""
        own = f"t.district = {district} AND t.id = {identity}"
        return f'(SELECT {self.key(kind, "t")} FROM main."{kind.table}" t WHERE {own})'

    def reference(self, kind: Kind, alias: str, name: str) -> str:
        """The key that a reference holds."""
        target = tables()[kind.references[name]]
        district, identity = f"{alias}.district", f'{alias}."{name}"'
        found = self.named(target, district, identity)
        return f"coalesce({found}, {astray(target, district, identity)})" if target.name in self._astray else found

    def named_in(self, among: str) -> list[Kind]:
        """The kinds of record that a table of housekeeping names rows of, by `kind` and `id`."""
        held = self._connection.execute(f'SELECT DISTINCT kind FROM main."{among}"').fetchall()
        return [kinds()[name] for (name,) in held if name in kinds()]

    def remembered(self, alias: str) -> str:
        """The key that a row of the history tells of: another than it says where the record has got a fresh one."""
        some = [kind for kind in kinds().values() if kind.number in self._odd]
        same = f"t.district = {alias}.district AND t.id = {alias}.id AND {number('t.made')} = {alias}.made"
        key = by_kind(
            some, alias, lambda kind: f'(SELECT {self.key(kind, "t")} FROM main."{kind.table}" t WHERE {same})'
        )
        return f"coalesce({key}, {alias}.made)"


def astray(target: Kind, district: str, identity: str) -> str:
    """The number that stands for a record which is gone, or never was."""
    own = f"a.kind = '{target.name}' AND a.district = {district} AND a.id = {identity}"
    return f"(SELECT a.number FROM notes.astray a WHERE {own})"


def by_kind(some: Iterable[Kind], alias: str, value: Callable[[Kind], str]) -> str:
    """The value of the kind that a row names; null for any other."""
    cases = " ".join(f"WHEN '{kind.name}' THEN {value(kind)}" for kind in some)
    return f"CASE {alias}.kind {cases} END" if cases else "NULL"


def _own(kind: Kind, alias: str) -> str:
    return f"d.kind = {kind.number} AND d.row = {alias}.rowid"
