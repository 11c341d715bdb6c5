"""Contacts and whose they are: documents that the hub takes in from others, and does not serve yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..fields import ALWAYS, Condition, Value
from ..model.people import Person
from ..model.students import Relationship
from .declaring import declare
from .homes import Codec, Fact, Home, May
from .people import ADULT
from .schema import Resource
from .words import published, word


@dataclass(frozen=True, eq=False, repr=False)
class Taken(Resource):
    """A kind of document that is only taken in: no caller writes it, so that no consent is named for it."""

    def __post_init__(self) -> None:
        """Nobody's leave is asked."""

    @property
    def known(self) -> Condition:
        return ALWAYS


@dataclass(frozen=True)
class _Home(Home):
    """The address at which somebody lives, as far as the record has fields for it; all of it is kept beside."""

    def write(self, value: Any, document: Mapping[str, Any], may: May) -> dict[str, Value]:
        every: list[dict[str, Any]] = value or []
        lived = next((one for one in every if _kind(one) == "home"), dict[str, Any]())
        members = {"street": "streetNumberName", "town": "city", "county": "nameOfCounty", "post_code": "postalCode"}
        return {fact: lived.get(member) for fact, member in members.items()}

    def rest(self, name: str, value: Any, document: Mapping[str, Any]) -> dict[str, Any]:
        return {name: value} if value else {}


def _kind(address: Mapping[str, Any]) -> str:
    return (published("AddressType", address["addressTypeDescriptor"]) or "").lower()


contacts = declare(
    "contacts",
    Person,
    {**ADULT, "contactUniqueId": Fact(Person.external_id), "addresses": _Home()},
    kind=Taken,
)

student_contact_associations = declare(
    "studentContactAssociations",
    Relationship,
    {
        "contactPriority": Fact(Relationship.priority),
        "legalGuardian": Fact(Relationship.parental, Codec(bool, int)),
        "relationDescriptor": word(Relationship.relationship, "Relation"),
    },
    kind=Taken,
)

TAKEN: tuple[Resource, ...] = (contacts, student_contact_associations)
