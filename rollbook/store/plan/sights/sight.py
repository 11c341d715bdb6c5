"""What a statement asks about rows and facts, and what several ways of seeing answer alike."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import NamedTuple, Protocol

from ....fields import Expr, Field, Record, Ref
from ....model.organisation import School
from ....scopes import Need
from ..flavour import Flavour

CHOSEN_NOW = ":allowed_on BETWEEN first AND last"
"""Whether a row of `chosen` holds today: places on roll and in groups have dates, so a rule names people for a time."""

BETWEEN = ","
"""What stands between the hub ids, or the keys, of a list."""


class Decides(NamedTuple):
    """What decides whether a record is there, beside its own facts and the roles of a human.

    `refs` lead from the record to what decides, or from that to the record; `kinds` decide in a roundabout way.
    """

    refs: tuple[Ref, ...] = ()
    kinds: frozenset[str] = frozenset()


class Sight(Protocol):
    """What a statement asks about rows and facts; each answer is SQL, or "" where nothing has to be asked."""

    @property
    def flavour(self) -> Flavour:
        """The flavour of the database whose rows are seen; each answer is written in it."""
        ...

    @property
    def key(self) -> Hashable:
        """What tells it from other sights: equal keys, equal statements."""
        ...

    @property
    def common(self) -> str:
        """A SELECT of keys that stands in many places of a statement; "" for none."""
        ...

    @property
    def follows(self) -> bool:
        """Whether a row has changed when the parts that it tells of have."""
        ...

    @property
    def by_roles(self) -> bool:
        """Whether a human is there, and what is told of them, depends on the roles that they have."""
        ...

    @property
    def dated(self) -> bool:
        """Whether who is seen may be another one tomorrow."""
        ...

    def bounds(self, record: type[Record], alias: str, *, few: bool = False, keyed: bool = False) -> list[str]:
        """What holds of the rows that a question may be about.

        `few` that they are not found by their school, `keyed` that each is found by its key.
        """
        ...

    def linked(self, record: type[Record], alias: str) -> list[str]:
        """What holds of a row that another one refers to."""
        ...

    def part(self, record: type[Record], alias: str, of: type[Record], *, disclosed: bool) -> list[str]:
        """What holds of the rows that refer to another one; `disclosed` when a scope of their own covers them."""
        ...

    def together(self, record: type[Record], of: type[Record]) -> bool:
        """Whether all rows that are part of another one are seen as soon as one of them is."""
        ...

    def decides(self, record: type[Record]) -> Decides:
        """What other records decide whether one is there."""
        ...

    def shows(self, field: Field, alias: str, *, sure: bool) -> str:
        """Whether a row's fact is shown; `sure` that the row is one that `bounds` let through."""
        ...

    def allows(self, record: type[Record], alias: str, need: Need) -> str:
        """Whether what needs these scopes is shown of a row."""
        ...

    def remembers(self, role: type[Record], alias: str, need: Need) -> str:
        """Whether what was written of a human beside the facts is shown, through a role."""
        ...

    def through(self, record: type[Record], alias: str) -> str:
        """The schools through which a row is seen: a key, or keys with commas between; "" where there is one."""
        ...

    def facts(self, expr: Expr) -> frozenset[int]:
        """The numbers of the views under which a fact is shown; none where there are no views."""
        ...

    def called(self, record: type[Record]) -> str:
        """Where a record is looked up by a value that is its own."""
        ...

    def turned(self, record: type[Record], alias: str, refs: Iterable[str]) -> list[str]:
        """The stamps with which whoever a row is, is a part of, or refers to by `refs` was let in or left out."""
        ...

    def appeared(self, record: type[Record], alias: str) -> list[str]:
        """The stamps with which a row that was left out came back."""
        ...

    def turned_since(self, record: type[Record], alias: str, refs: Iterable[str], bound: str) -> list[str]:
        """What holds of the rows of which a stamp of `turned` may have a number within a bound, such as `>= :low`."""
        ...


def in_district(flavour: Flavour, alias: str, *, keyed: bool) -> str:
    """A row is the district's, and is found by that unless it is `keyed`.

    Every index begins with the district, so a database that has no statistics takes any of them for a short list.
    """
    mine = f"{alias}.district"
    return f"{flavour.unindexed(mine) if keyed else mine} = :district"


def school_ref(record: type[Record]) -> Ref | None:
    school = record.fields.get("school")
    return school if isinstance(school, Ref) else None


def humans(record: type[Record], alias: str) -> list[tuple[type[Record], str]]:
    """The humans whom a row is, or is a part of, each with the SQL of their key."""
    found = [(record, f"{alias}.key")] if record.human else []
    return found + [
        (ref.target, f'{alias}."{name}"') for name, ref in record.refs().items() if ref.part_of and ref.target.human
    ]


def of_whom(record: type[Record], alias: str, identity: str, guard: str) -> str:
    """A guard of the human with a key, where a row need not be a part of one."""
    free = any(ref.shared and f'{alias}."{name}"' == identity for name, ref in record.refs().items())
    return f"({identity} IS NULL OR {guard})" if free else guard


def unveiled(flavour: Flavour, record: type[Record], alias: str) -> list[str]:
    """A row is not veiled from the reader's app (`:seer`), nor is what it is a part of."""
    parts = [(r.target, f'{alias}."{n}"') for n, r in record.refs().items() if r.part_of and r.target is not School]
    own = [] if record.derived() else [(record, f"{alias}.key")]
    return [f"({key} IN ({_hidden(flavour, kind)})) IS NOT TRUE" for kind, key in (*own, *parts)]


def _hidden(flavour: Flavour, kind: type[Record]) -> str:
    """A SELECT of the keys of the records of a kind that the reader's app may not see.

    Who has a record in each of several districts has one hub id and several keys.
    """
    where = f"{flavour.number('v.app = :seer')} <> v.shown"
    if kind.numbered or kind.derived():
        return f"SELECT v.key FROM veiled v WHERE {where}"
    there = f'JOIN "{kind.table}" k ON k.district = :district AND k.id = v.id'
    return f"SELECT k.key FROM veiled v {there} WHERE {where}"
