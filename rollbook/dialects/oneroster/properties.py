"""Properties that many resources have, and how values are written: references, words of yes and no, lists."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...api.listing.asking import UUID
from ...api.listing.resource import Property, flat
from ...fields import (
    Arg,
    Called,
    Coalesce,
    Condition,
    Expr,
    Field,
    Given,
    HubId,
    Kept,
    Key,
    LastUpdated,
    Literal,
    Many,
    Mapped,
    Not,
    OneOf,
    Path,
    Record,
    Ref,
    Split,
    Told,
    Truth,
    When,
)
from ...model.organisation import District
from ...model.origin import ONEROSTER
from ...model.people import Person
from .wire import reference

TEXT = ("=", "!=", ">", ">=", "<", "<=", "~")
ID = ("=", "!=")
AMONG = ("=", "~")
"""The operators that `filter` allows: of texts and days, of ids and words, and of lists."""

DISTRICT = Given(Arg("district_org"), District.scope, kind="text")
"""The hub id of the district; records do not refer to theirs, so each request brings it."""

DISTRICT_ID = Given(Arg("district_id_told"), District.scope, kind="text")
"""Its `sourcedId`."""

# ---- ids

_SAME = {"assessmentLineItems": "lineItems", "assessmentResults": "results", "demographics": "users"}


def listed_with(resource: str) -> str:
    """The list in which the ids of a resource must be of one thing only, as `LISTED` names it."""
    return _SAME.get(resource, resource)


def shared(resource: str) -> Arg:
    """The ids that several sources gave to what the caller sees of a list: they lead to nothing."""
    return Arg(f"shared_{listed_with(resource)}")


def own_id(of: type[Record], resource: str, at: Ref | Path | None = None) -> Expr:
    """The id of a record, or of the one that a reference leads to: its source's where it has one, else the hub's.

    `resource` is where it is listed.
    """
    name, origin = _beyond(at, of.fields["external_id"]), _beyond(at, of.fields["origin"])
    alone = When((OneOf(name, (shared(resource),)), None), otherwise="")
    return Coalesce(Key(alone, Mapped(origin, {ONEROSTER: ""}), name), HubId(of) if at is None else at)


def _beyond(at: Ref | Path | None, fact: Field) -> Field | Path:
    """A fact of what a reference leads to; a fact of a human is told by the role that leads there."""
    if at is None:
        return fact
    steps, ref = at.steps if isinstance(at, Path) else (), _ref(at)
    told = (one for one in ref.owner.fields.values() if isinstance(one, Told) and one.fact is fact)
    if fact.owner is not Person:
        return Path((*steps, ref), fact)
    return Path(steps, next(told)) if steps else next(told)


def _ref(at: Ref | Path) -> Ref:
    end = at.end if isinstance(at, Path) else at
    if not isinstance(end, Ref):
        raise TypeError(f"{at!r} leads to no record")
    return end


def told_id(value: Expr, resource: str) -> Expr:
    """What leads to something, by hub ids, as it is told: by the ids under which that is listed."""
    match value:
        case Coalesce():
            return Coalesce(*(told_id(one, resource) for one in value.values))
        case HubId():
            return own_id(value.of, resource)
        case Ref() | Path():
            return own_id(_ref(value).target, resource, value)
        case _:
            return DISTRICT_ID if value is DISTRICT else value


WANTED, WANTED_ID = Arg("wanted"), Arg("wanted_id")


def wanting(identity: str) -> dict[str, str]:
    """The values that `known_as` asks for."""
    return {WANTED.name: identity, WANTED_ID.name: identity.lower()}


def known_as(of: type[Record], resource: str, identity: str) -> tuple[Condition, ...]:
    """Whether a record has an id, in the ways in which it can: its own before the hub's, each by an index."""
    name = of.fields["external_id"]
    own = Called((name,), WANTED) & of.fields["origin"].is_(ONEROSTER) & Not(OneOf(name, (shared(resource),)))
    hubs = HubId(of).is_(WANTED_ID)
    return (own, hubs) if UUID.fullmatch(identity.lower()) else (own,)


# ---- properties


def stamps(of: type[Record], resource: str) -> dict[str, Property]:
    """The properties with which every resource begins."""
    return {
        "sourcedId": Property(own_id(of, resource), ID, "uuid", HubId(of)),
        "status": Property(Literal("active"), ID),
        "dateLastModified": moment(LastUpdated(of)),
    }


def text(value: Expr) -> Property:
    """A text or a day, which is compared letter by letter."""
    return Property(value, TEXT)


def number(value: Expr) -> Property:
    """A number."""
    return Property(value, (*TEXT[:-1],), "number")


def moment(value: Expr) -> Property:
    """A moment."""
    return Property(Key(value, "Z"), TEXT, "moment", value)


def word(value: Expr) -> Property:
    """One of a few words."""
    return Property(value, ID)


def yes_or_no(value: Expr) -> Property:
    """A flag, which OneRoster writes as a text (Boolean in its common data types: `true` or `false`)."""
    return Property(value if isinstance(value, Literal) else Truth(value), finish=spelled)


def spelled(flag: Any) -> str | None:
    """A flag as a text."""
    return None if flag is None else "true" if flag else "false"


def csv(value: Expr) -> Property:
    """A list that the record keeps as a text with commas."""
    return Property(Split(value), AMONG, "list", value)


def link(value: Expr, leads: str) -> Property:
    """A reference to something of another resource, by a value that gives its hub id."""

    def told(one: str | None) -> dict[str, str] | None:
        return reference(leads, one) if one else None

    return Property(told_id(value, leads), ID, "uuid", value, leads=leads, finish=told)


def links(shown: Expr, leads: str, among: tuple[Many, Ref] | None = None) -> Property:
    """References to several things of another resource; `shown` are their ids as they are told."""

    def told(ids: Any) -> list[dict[str, str]]:
        return [reference(leads, one) for one in sorted(flat(ids))]

    return Property(shown, ID if among else (), "uuid", Literal(None), among, leads, told)


def kept(of: type[Record], name: str) -> Property:
    """What a client wrote that the record has no fact for."""

    def told(of_client: Mapping[str, Any] | None) -> Any:
        return of_client.get(name) if of_client else None

    return Property(Kept(of, ONEROSTER), finish=told)


def made_up(what: str) -> Property:
    """What says of a row that the hub made it up, since OneRoster wants one where the record has none."""
    return Property(Literal(what), finish=_said)


SYNTHETIC = "rollbook.synthetic"
"""The member of `metadata` that names what the hub made up."""

NOTHING_MADE_UP = Property(Literal(None))


def _said(what: str | None) -> Mapping[str, str] | None:
    return {SYNTHETIC: what} if what else None
