"""Those whom schools contact about students, and whose contacts they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..fields import Arg, Condition, Expr, Field, Kept, KeptValue, Mapped, Ref, Value
from ..model.people import Contact, Person
from ..model.students import Relationship
from ..scopes import S
from .declaring import At, declare
from .homes import Codec, Fact, Home, May, Rest, Row, trail
from .people import ADULT, NAMES, student
from .words import published, word

_P = Person

ADDRESS = {
    "street": "streetNumberName",
    "town": "city",
    "county": "nameOfCounty",
    "post_code": "postalCode",
    "house_no": "buildingSiteNumber",
    "apartment": "apartmentRoomSuiteNumber",
}
"""The facts of the address at which somebody lives, and the members that say them."""


@dataclass(frozen=True)
class Residence(Home):
    """The address at which somebody lives, as far as the record has fields for it; all of it is kept beside.

    The record has no state, which Ed-Fi asks for, so that only an address that was written is shown, as it was; and
    what is not shown, a document without addresses leaves as it is.
    """

    def columns(self) -> dict[str, Expr]:
        return {}

    def read(self, row: Row, rest: Rest, name: str) -> Any:
        return rest.get(name)

    def write(self, value: Any, document: Mapping[str, Any], may: May) -> dict[str, Value]:
        lived: dict[str, Any] | None = next((one for one in value or () if _lived(one)), None)
        return {fact: lived.get(member) for fact, member in ADDRESS.items()} if lived else {}

    def rest(self, name: str, value: Any, document: Mapping[str, Any]) -> dict[str, Any]:
        return {name: value} if value else {}


def _lived(address: Mapping[str, Any]) -> bool:
    return (published("AddressType", address["addressTypeDescriptor"]) or "").lower() == "home"


def contact(role: Ref) -> At:
    """The contact of an association that keeps which role at the school they are."""
    return At(role / Contact.person, {"contactUniqueId": Fact(role / Contact.contact_unique_id)}, role.name, Contact)


contacts = declare(
    "contacts",
    Person,
    {
        # Schools know contacts by one name only; what else they are called stays with what was written.
        **{name: home for name, home in ADULT.items() if name not in NAMES},
        "firstName": Fact(_P.forename),
        "lastSurname": Fact(_P.surname),
        "contactUniqueId": Fact(_P.contact_unique_id),
        "addresses": Residence(),
    },
    remainder=S.ContactExtended,
    role=Contact,
)

COURT_ORDER = "A court order restricts this contact."
"""What a restriction says that the record knows of: whoever would write to a contact has to read it."""

_BESIDE = S.StudentFamily & S.StudentDemographic


@dataclass(frozen=True)
class _Restrictions(Home):
    """What somebody wrote of restrictions, unless a court order restricts the contact: no document takes that away."""

    order: Field

    def columns(self) -> dict[str, Expr]:
        return {trail(self.order): self.order}

    def read(self, row: Row, rest: Rest, name: str) -> Any:
        return COURT_ORDER if row.get(trail(self.order)) else rest.get(name)

    def write(self, value: Any, document: Mapping[str, Any], may: May) -> dict[str, Value]:
        return {self.order.name: 1} if value == COURT_ORDER else {}

    def rest(self, name: str, value: Any, document: Mapping[str, Any]) -> dict[str, Any]:
        return {name: value} if value not in (None, COURT_ORDER) else {}

    def where(self, arg: Arg) -> Condition:
        written = KeptValue(Kept(Relationship, "edfi.studentContactAssociations", _BESIDE), "contactRestrictions")
        return Mapped(self.order, {1: COURT_ORDER}).same(arg) | (self.order.is_not(1) & written.same(arg))


student_contact_associations = declare(
    "studentContactAssociations",
    Relationship,
    {
        "contactReference": contact(Relationship.contact),
        "studentReference": student(Relationship.student),
        "contactRestrictions": _Restrictions(Relationship.court_order),
        "contactPriority": Fact(Relationship.priority),
        "legalGuardian": Fact(Relationship.parental, Codec(bool, int)),
        "relationDescriptor": word(Relationship.relationship, "Relation"),
    },
    remainder=_BESIDE,
    belongs=("student",),
)
