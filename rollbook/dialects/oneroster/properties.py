"""Properties that many resources have, and how values are written: references, words of yes and no, lists."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...api.listing.resource import Property, flat
from ...fields import (
    Arg,
    Called,
    Coalesce,
    Condition,
    Expr,
    Given,
    HubId,
    Kept,
    Key,
    LastUpdated,
    Literal,
    Many,
    Mapped,
    Record,
    Ref,
    Split,
    Truth,
)
from ...model.assessment import Aspect, AssessmentCategory, AssessmentResult
from ...model.gradebook import ScoreScale
from ...model.organisation import District
from ...model.origin import ONEROSTER
from ...model.resources import Resource
from .wire import UUID, reference

TEXT = ("=", "!=", ">", ">=", "<", "<=", "~")
ID = ("=", "!=")
AMONG = ("=", "~")
"""The operators that `filter` allows: of texts and days, of ids and words, and of lists."""

DISTRICT = Given(Arg("district_org"), District.scope, kind="text")
"""The id of the district; records do not refer to theirs, so each request brings it."""


OWN: tuple[type[Record], ...] = (AssessmentCategory, Aspect, AssessmentResult, ScoreScale, Resource)
"""What has the `sourcedId` that its client or its roster gave it; other things have the hub's."""


def own_id(of: type[Record], at: Ref | None = None) -> Expr:
    """The id of a record, or of the one that a reference leads to: its own, where it came through OneRoster."""

    def fact(name: str) -> Expr:
        return at / of.fields[name] if at is not None else of.fields[name]

    return Coalesce(Key(Mapped(fact("origin"), {ONEROSTER: ""}), fact("external_id")), HubId(of) if at is None else at)


def known_as(of: type[Record], wanted: Arg, identity: str = "") -> tuple[Condition, ...]:
    """Whether a record has an id, in the ways in which it can: its own before the hub's, each by an index.

    Where the `identity` is given, and can be none of the hub's, it is only the first.
    """
    hubs = HubId(of).is_(wanted)
    if of not in OWN:
        return (hubs,)
    own = Called((of.fields["external_id"],), wanted) & of.fields["origin"].is_(ONEROSTER)
    return (own,) if identity and not UUID.fullmatch(identity) else (own, hubs)


def stamps(of: type[Record]) -> dict[str, Property]:
    """The properties with which every resource begins."""
    return {
        "sourcedId": Property(own_id(of), ID) if of in OWN else Property(HubId(of), ID, "uuid"),
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
    """A reference to something of another resource."""
    return Property(value, ID, "uuid", leads=leads, finish=lambda one: reference(leads, one) if one else None)


def own_link(ref: Ref, leads: str) -> Property:
    """A reference to something that has its own id."""
    value = own_id(ref.target, ref)
    return Property(value, ID, leads=leads, finish=lambda one: reference(leads, one) if one else None)


def links(shown: Expr, leads: str, among: tuple[Many, Ref] | None = None) -> Property:
    """References to several things of another resource."""

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
