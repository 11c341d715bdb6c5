"""Resources as values: what Edlink calls a kind of thing, its properties and what may be asked of each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from ...fields import (
    ALWAYS,
    Condition,
    Expr,
    HubId,
    Key,
    LastUpdated,
    Literal,
    Made,
    Many,
    Nested,
    Record,
    Ref,
    Rows,
    Split,
)
from ...model.origin import ONEROSTER

ID = ("equals", "in", "not in")
MOMENT = ("equals", "gt", "lt", "gte", "lte")
EMAIL = ("equals", "starts with", "contains")
CODE = (*ID, "is known", "is unknown")
NAME = ("equals", "starts with", "contains", "in", "not in", "is known", "is unknown")
"""The operators that `$filter` allows, as the documented tables group them."""

OPERATORS = tuple(dict.fromkeys((*NAME, *MOMENT)))

Finish = Callable[[Any], Any]


@dataclass(frozen=True)
class Property:
    """One property: the value shown, and what `$filter` may ask of it.

    `kind` is how a filter's value is written: text, uuid or moment. `compared` is the value that it is compared with,
    where that is not the one shown; `among` a fact of many records, of which one is enough. `leads` names the resource
    that its ids lead to. `finish` puts what was read into Edlink's form, where the store cannot.
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
    """What may be listed: its name in paths, and the properties that its things have."""

    def __init__(self, name: str, properties: Mapping[str, Property]) -> None:
        self.name = name
        self.properties = properties

    @property
    def expansions(self) -> dict[str, str]:
        """What `$expand` may name, each with the property that holds the ids."""
        return {expansion(name): name for name, p in self.properties.items() if p.leads}


class Resource(Listing):
    """A kind of thing that is read from records: its name as an event's target, and what it is made of."""

    def __init__(self, name: str, one: str, *parts: Part) -> None:
        super().__init__(name, parts[0].properties)
        self.one = one
        self.parts = parts
        for part in parts:
            if next(iter(part.properties)) != "id":
                raise TypeError(f"{name} must begin with its id")
            if {n: (p.filters, p.kind, p.leads) for n, p in part.properties.items()} != {
                n: (p.filters, p.kind, p.leads) for n, p in self.properties.items()
            }:
                raise TypeError(f"the parts of {name} differ in what they offer")


def expansion(name: str) -> str:
    """What a property's ids expand to: `school_id` to `school`, `school_ids` to `schools`."""
    return name.removesuffix("_id") if name.endswith("_id") else f"{name.removesuffix('_ids')}s"


# ---- properties that many resources have


def stamps(of: type[Record]) -> dict[str, Property]:
    """The properties with which every resource begins."""
    return {
        "id": Property(HubId(of), ID, "uuid"),
        "created_date": Property(Key(Made(of), "Z")),
        "updated_date": Property(Key(LastUpdated(of), "Z"), MOMENT, "moment", LastUpdated(of)),
    }


def day(value: Expr, filters: tuple[str, ...] = ()) -> Property:
    """A day, which Edlink writes as its first moment in UTC."""
    return Property(midnight(value), filters, "moment", Key(value, "T00:00:00.000"))


def midnight(value: Expr) -> Expr:
    """The first moment of a day."""
    return Key(value, "T00:00:00.000Z")


def link(value: Expr, leads: str, filters: tuple[str, ...] = ()) -> Property:
    """The id of something of another resource."""
    return Property(value, filters, "uuid", leads=leads)


def links(many: Many, ref: Ref, also: Expr, leads: str, filters: tuple[str, ...] = ()) -> Property:
    """The ids of several things of another resource: those that many records name, and one that the row names."""
    shown = Nested({"many": each(many, ref), "one": also})
    return Property(shown, filters, "uuid", also, (many, ref), leads, finish=in_order)


def each(many: Many, fact: Expr) -> Expr:
    """A fact of each of many records, in the order in which they were made, for `flat`."""
    return Rows(many, {"is": fact}, order=(Made(many.child),))


def identifiers(**known: Expr) -> Property:
    """The other ids by which something is known, by Edlink's name for the kind of id."""
    return Property(Nested(known), finish=identified)


def known_by(of: type[Record], *, country: Expr | None = None, state: Expr | None = None, **further: Expr) -> Property:
    """The identifiers of a record: its id in the system that it came from, and where that spoke OneRoster, as that.

    `state` is its number where a state gives one: in Britain, unless a roster, which may have any, brought it.
    """
    nothing = Literal(None)
    told = {"origin": of.fields["origin"], "country": country or nothing, "state_id": state or nothing}
    return Property(Nested({**told, "sis_id": of.fields["external_id"], **further}), finish=sourced)


UNKNOWN = Property(Literal(None))
"""What no record tells."""

NO_IDS = Property(Split(Literal(None)))
NO_PROPERTIES = Property(Nested({}))


# ---- finishing


def identified(known: Mapping[str, Any]) -> list[dict[str, str]]:
    """A list of identifiers, each once."""
    pairs = dict.fromkeys((kind, value) for kind, values in known.items() for value in flat(values))
    return [{"type": kind, "value": value} for kind, value in pairs]


def sourced(known: Mapping[str, Any]) -> list[dict[str, str]]:
    """A list of identifiers, each where its source could know it."""
    roster = known["origin"] == ONEROSTER
    state = known["state_id"] if known["country"] == "GB" and not roster else None
    rest = {name: value for name, value in known.items() if name not in ("origin", "country", "sis_id", "state_id")}
    told = {"sis_id": known["sis_id"], "oneroster_id": known["sis_id"] if roster else None}
    return identified({**told, **rest, "state_id": state})


def in_order(ids: object) -> list[str]:
    """Ids, each once, in order."""
    return sorted(flat(ids))


def flat(values: object) -> list[Any]:
    """What is known of a value, a list, or lists by name, each once, in order."""
    # Documents come from JSON, so that a look at the very type is enough; each person has dozens of them.
    if values is None or values == "":
        return []
    if type(values) is dict:
        values = list(cast(dict[str, object], values).values())
    if type(values) is list:
        return list(dict.fromkeys(one for part in cast(list[object], values) for one in flat(part)))
    return [values]
