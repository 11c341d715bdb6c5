"""Properties that many resources have, and how values are written: references, words of yes and no, lists."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...api.listing.resource import Property, flat
from ...fields import Arg, Expr, Given, HubId, Key, LastUpdated, Literal, Many, Record, Ref, Split, Truth
from ...model.organisation import District
from .wire import reference

TEXT = ("=", "!=", ">", ">=", "<", "<=", "~")
ID = ("=", "!=")
AMONG = ("=", "~")
"""The operators that `filter` allows: of texts and days, of ids and words, and of lists."""

DISTRICT = Given(Arg("district_org"), District.scope, kind="text")
"""The id of the district; records do not refer to theirs, so each request brings it."""


def stamps(of: type[Record]) -> dict[str, Property]:
    """The properties with which every resource begins."""
    return {
        "sourcedId": Property(HubId(of), ID, "uuid"),
        "status": Property(Literal("active"), ID),
        "dateLastModified": Property(Key(LastUpdated(of), "Z"), TEXT, "moment", LastUpdated(of)),
    }


def text(value: Expr) -> Property:
    """A text or a day, which is compared letter by letter."""
    return Property(value, TEXT)


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


def links(shown: Expr, leads: str, among: tuple[Many, Ref] | None = None) -> Property:
    """References to several things of another resource."""

    def told(ids: Any) -> list[dict[str, str]]:
        return [reference(leads, one) for one in sorted(flat(ids))]

    return Property(shown, ID if among else (), "uuid", Literal(None), among, leads, told)


def made_up(what: str) -> Property:
    """What says of a row that the hub made it up, since OneRoster wants one where the record has none."""
    return Property(Literal(what), finish=_said)


SYNTHETIC = "rollbook.synthetic"
"""The member of `metadata` that names what the hub made up."""

NOTHING_MADE_UP = Property(Literal(None))


def _said(what: str | None) -> Mapping[str, str] | None:
    return {SYNTHETIC: what} if what else None
