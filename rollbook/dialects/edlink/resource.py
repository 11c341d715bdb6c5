"""Properties that many of Edlink's resources have, and how they are written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...api.listing.resource import Listing, Property, each, flat, in_order
from ...fields import (
    Arg,
    Expr,
    Given,
    HubId,
    Key,
    LastUpdated,
    Literal,
    Made,
    Many,
    Nested,
    Record,
    Ref,
    Split,
)
from ...model.origin import ONEROSTER
from ...scopes import ANYONE

ID = ("equals", "in", "not in")
MOMENT = ("equals", "gt", "lt", "gte", "lte")
EMAIL = ("equals", "starts with", "contains")
CODE = (*ID, "is known", "is unknown")
NAME = ("equals", "starts with", "contains", "in", "not in", "is known", "is unknown")
"""The operators that `$filter` allows, as the documented tables group them."""

OPERATORS = tuple(dict.fromkeys((*NAME, *MOMENT)))


def expansions(listing: Listing) -> dict[str, str]:
    """What `$expand` may name, each with the property that holds the ids."""
    return {expansion(name): name for name, p in listing.properties.items() if p.leads}


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

PRODUCTS = Property(Split(Given(Arg("product"), ANYONE, kind="text")))
"""The products that are licensed to what a school shares with an app: the app itself, which each request brings."""


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
