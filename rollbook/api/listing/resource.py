"""Resources as values: a kind of thing that a dialect lists, its properties, and what may be asked of each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from ...fields import ALWAYS, Condition, Expr, Made, Many, Record, Rows

Finish = Callable[[Any], Any]


@dataclass(frozen=True)
class Property:
    """One property: the value shown, and what a filter may ask of it.

    `kind` is how a filter's value is written, in the words of the dialect. `compared` is the value that it is compared
    with, where that is not the one shown; `among` a fact of many records, of which one is enough. `leads` names the
    resource that its ids lead to. `finish` puts what was read into the dialect's form, where the store cannot.
    """

    shown: Expr
    filters: tuple[str, ...] = ()
    kind: str = "text"
    compared: Expr | None = None
    among: tuple[Many, Expr] | None = None
    leads: str = ""
    finish: Finish | None = None

    @property
    def value(self) -> Expr:
        """What a filter compares."""
        return self.compared if self.compared is not None else self.shown


@dataclass(frozen=True, eq=False)
class Part:
    """The rows of one kind of record that are a resource's, and their properties.

    `lost` says which other rows were the resource's once, so that those who have read them must be told. `parts` are
    the records whose changes are the row's own.
    """

    of: type[Record]
    properties: Mapping[str, Property]
    only: Condition = ALWAYS
    lost: Condition | None = None
    parts: tuple[Many, ...] = ()


class Listing:
    """What may be listed: its name, and the properties that its things have."""

    def __init__(self, name: str, properties: Mapping[str, Property]) -> None:
        self.name = name
        self.properties = properties


class Resource(Listing):
    """A kind of thing that is read from records: what one of it is called, and what it is made of.

    Raises `TypeError` where its parts do not have the same properties, the first of which is its `key`.
    """

    def __init__(self, name: str, one: str, *parts: Part, key: str = "id") -> None:
        super().__init__(name, parts[0].properties)
        self.one = one
        self.parts = parts
        for part in parts:
            if next(iter(part.properties)) != key:
                raise TypeError(f"{name} must begin with its {key}")
            if _offered(part) != _offered(parts[0]):
                raise TypeError(f"the parts of {name} differ in what they offer")


def _offered(part: Part) -> dict[str, tuple[tuple[str, ...], str, str]]:
    return {n: (p.filters, p.kind, p.leads) for n, p in part.properties.items()}


def each(many: Many, fact: Expr) -> Expr:
    """A fact of each of many records, in the order in which they were made, for `flat`."""
    return Rows(many, {"is": fact}, order=(Made(many.child),))


def flat(values: object) -> list[Any]:
    """What is known of a value, a list, or lists by name, each once, in order."""
    found: dict[Any, None] = {}
    _gather(values, found)
    return [*found]


def _gather(value: object, found: dict[Any, None]) -> None:
    # Documents come from JSON, so that a look at the very type is enough; each person has dozens of them.
    if type(value) is dict:
        for one in cast(dict[str, object], value).values():
            _gather(one, found)
    elif type(value) is list:
        for one in cast(list[object], value):
            _gather(one, found)
    elif value is not None and value != "":
        found[value] = None


def in_order(ids: object) -> list[str]:
    """Ids, each once, in order."""
    return sorted(flat(ids))
