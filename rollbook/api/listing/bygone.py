"""What is gone, as a resource showed it: values and conditions worked out from what the history keeps of records.

Each fact is guarded as it was while the record was there: what a school did not grant is not known.
"""

from __future__ import annotations

import json
import operator
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ...consent import DistrictReader
from ...consent.bygone import Gone
from ...fields import (
    RECORDS,
    All,
    Arg,
    Coalesce,
    Compare,
    Computed,
    Condition,
    Csv,
    Either,
    Expr,
    Field,
    Given,
    HubId,
    Key,
    Known,
    Literal,
    Made,
    Many,
    Mapped,
    Matches,
    Nested,
    Not,
    OneOf,
    Path,
    Rows,
    Some,
    Split,
    When,
    Words,
    trail,
)
from ...model.people import CALLED, OWN, Person

Parts = Mapping[tuple[str, str], list[Gone]]
"""What is gone, by its kind and the hub id of something that it referred to."""

COMPARED: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class Unknowable(Exception):
    """What is gone does not tell this any more."""


def parts_of(gone: Iterable[Gone]) -> Parts:
    """What is gone, by what each referred to."""
    found: dict[tuple[str, str], list[Gone]] = {}
    for one in gone:
        for name in {str(value) for value in one.keys.values() if isinstance(value, str) and len(value) == 36}:
            found.setdefault((one.kind, name), []).append(one)
    return found


def as_human(reader: DistrictReader, identity: str, roles: list[Gone]) -> Gone:
    """A human whose roles are gone, as the reader could see them in these."""
    keys: dict[str, Any] = {}
    for role in roles:
        facts = {name.removeprefix("person."): role.keys.get(name) for name in CALLED}
        own = RECORDS[role.kind].fields
        keys |= {n: v for n, v in facts.items() if v and n in own and reader.tells(role, own[n])}
        # Whoever knew the human knew them by it.
        keys |= {n.removeprefix("person."): role.keys[n] for n in OWN if n.startswith("person.") and n in role.keys}
    last = roles[-1]
    return Gone(last.seq, last.at, Person.__name__, identity, last.school, "gone", keys, last.made)


class Bygone:
    """Something that is gone, as far as a reader could see it; `args` are the values of a request."""

    def __init__(self, reader: DistrictReader, gone: Gone, parts: Parts, args: Mapping[str, Any]) -> None:
        self._reader = reader
        self._gone = gone
        self._parts = parts
        self._args = args

    # ---- values

    def value(self, expr: Expr) -> Any:
        """A value as it was, in the form in which the store gives it. Raises `Unknowable`."""
        match expr:
            case Literal():
                return expr.value
            case Made():
                # Of what is gone only the number of its making is kept, and no moment.
                raise Unknowable
            case HubId():
                return self._gone.id
            case Given():
                return self._args.get(expr.arg.name)
            case Computed():
                return self.value(expr.value) if self._reader.tells(self._gone, expr) else None
            case Field() | Path():
                return self._fact(expr)
            case Nested():
                return {name: self.or_none(one) for name, one in expr.members.items()}
            case Rows():
                return [{name: part.or_none(one) for name, one in _shown(expr)} for part in self._many(expr.many)]
            case _:
                return self._made(expr)

    def _made(self, expr: Expr) -> Any:
        match expr:
            case Mapped():
                found = self.value(expr.value)
                return None if found is None else expr.words.get(found, expr.otherwise)
            case Coalesce():
                return next((found for one in expr.parts() if (found := self.value(one)) is not None), None)
            case When():
                return next((then for held, then in expr.cases if self.holds(held)), expr.otherwise)
            case Key():
                found = [one if isinstance(one, str) else self.value(one) for one in expr.values]
                return None if None in found else "".join(map(str, found))
            case Words():
                found = [one if isinstance(one, str) else self.or_none(one) for one in expr.values]
                return expr.separator.join(str(one) for one in found if one not in (None, "")) or None
            case Split():
                found = self.value(expr.value)
                return found if isinstance(found, bool | int) or found is None else found.split(",")
            case _:
                raise Unknowable

    def or_none(self, expr: Expr) -> Any:
        """The same; nothing where it is not known any more."""
        try:
            return self.value(expr)
        except Unknowable:
            return None

    def _fact(self, expr: Field | Path) -> Any:
        return self._gone.keys.get(trail(expr)) if self._reader.tells(self._gone, expr) else None

    def _many(self, many: Many) -> list[Bygone]:
        """What was a part of it and is gone too."""
        found = self._parts.get((many.child.__name__, self._gone.id), ())
        own = [Bygone(self._reader, one, self._parts, self._args) for one in found]
        return [one for one in own if one._gone.keys.get(many.via.name) == self._gone.id and one.holds(many.where)]

    # ---- conditions

    def holds(self, condition: Condition) -> bool:
        """Whether something held of it. Raises `Unknowable`."""
        match condition:
            case All():
                return all(map(self.holds, condition.conditions))
            case Either():
                return any(map(self.holds, condition.conditions))
            case Not():
                return not self.holds(condition.condition)
            case Known():
                return self.value(condition.expr) is not None
            case Some():
                return any(part.holds(condition.where) for part in self._many(condition.many))
            case Compare():
                return compared(self.value(condition.expr), condition.op, self._given(condition.value))
            case OneOf():
                return self.value(condition.expr) in self._those(condition.values)
            case Matches():
                found, other = self.value(condition.expr), self._given(condition.value)
                return found is not None and matches(str(found), condition.how, str(other))
            case _:
                raise Unknowable

    def _those(self, values: tuple[Any, ...]) -> list[Any]:
        if len(values) == 1 and isinstance(values[0], Arg):
            return json.loads(self._given(values[0]) or "[]")
        return [*map(self._given, values)]

    def _given(self, value: Any) -> Any:
        if not isinstance(value, Arg):
            return value
        return self._reader.today if value.name == "today" else self._args.get(value.name)


def _shown(expr: Csv) -> Iterable[tuple[str, Expr]]:
    what = expr.what
    return what.members.items() if isinstance(what, Nested) else (("is", what),)


def compared(value: Any, op: str, other: Any) -> bool:
    """A comparison as the store makes it: nothing is equal to, before or after what is unknown."""
    if op == "IS NOT":
        return value != other
    if op == "same":
        return value is not None and str(value).lower() == str(other).lower()
    return value is not None and other is not None and COMPARED[op](value, other)


def matches(text: str, how: str, part: str) -> bool:
    """Whether a text matches another one, in one of the ways of `MATCHES`."""
    if how.startswith("i"):
        text, part, how = text.lower(), part.lower(), how[1:]
    match how:
        case "contains":
            return part in text
        case "starts":
            return text.startswith(part)
        case "ends":
            return text.endswith(part)
        case _:
            return text == part
