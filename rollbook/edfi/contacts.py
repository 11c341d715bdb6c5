"""Contacts and whose they are: documents that the hub takes in from others, and does not serve yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from ..fields import Value
from ..model.people import Person
from ..model.students import Relationship
from . import parts, targets
from .homes import Codec, Fact, Home, May, Slots
from .people import FIRST, LAST, MAIDEN, MIDDLE, NUMBERS, PREFERRED
from .schema import Boolean, Descriptor, Integer, Reference, Resource, Target, Text
from .words import SEXES, published, uri, word


@dataclass(frozen=True, eq=False, repr=False)
class Taken(Resource):
    """A kind of document that is only taken in: no caller writes it, so that no consent is named for it."""

    def __post_init__(self) -> None:
        """Nobody's leave is asked."""


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


CONTACT = Target("contact", (Text("contactUniqueId", "The id of the contact", 32),), {"contacts": {}})

_mails = Slots(
    {uri("ElectronicMailType", "Home/Personal"): Person.home_email},
    "electronicMailTypeDescriptor",
    "electronicMailAddress",
)

contacts = Taken(
    "contacts",
    "Contact",
    "A parent, carer or other person whom a school contacts about a student.",
    of=Person,
    properties=(
        Text("contactUniqueId", "The id of the contact", 32, identity=True, home=Fact(Person.external_id)),
        replace(parts.addresses("contact"), home=_Home()),
        parts.electronic_mails("contact", _mails),
        FIRST,
        Text("genderIdentity", "The gender that the person identifies as", 60),
        Text("generationCodeSuffix", "What stands after the name, such as Jr.", 10, home=Fact(Person.suffix)),
        Descriptor("highestCompletedLevelOfEducationDescriptor", "The highest level of education", "LevelOfEducation"),
        parts.international_addresses("contact"),
        parts.single(
            "languages",
            "The languages that the person uses",
            "contactLanguage",
            Descriptor("languageDescriptor", "A language", "Language", identity=True),
        ),
        LAST,
        Text("loginId", "The username that the person signs in with", 60, home=Fact(Person.username)),
        MAIDEN,
        MIDDLE,
        parts.other_names("contact"),
        parts.identification_documents("personalIdentificationDocuments", "contactPersonalIdentificationDocument"),
        Text("personalTitlePrefix", "The title before the name", 30, home=Fact(Person.title)),
        *PREFERRED,
        Descriptor("sexDescriptor", "The sex at birth", "Sex", home=word(Person.gender, "Sex", SEXES)),
        parts.telephones("contact", NUMBERS),
    ),
)

student_contact_associations = Taken(
    "studentContactAssociations",
    "StudentContactAssociation",
    "A contact's relation to a student.",
    of=Relationship,
    properties=(
        Reference("contactReference", "The contact", CONTACT, identity=True),
        Reference("studentReference", "The student", targets.STUDENT, identity=True),
        Integer("contactPriority", "Whom to call first, second and so on", home=Fact(Relationship.priority)),
        Text("contactRestrictions", "What keeps the contact from the student", 250),
        Boolean("emergencyContactStatus", "Whether to call in an emergency"),
        Boolean(
            "legalGuardian",
            "Whether the contact has parental responsibility",
            home=Fact(Relationship.parental, Codec(bool, int)),
        ),
        Boolean("livesWith", "Whether the student lives with the contact"),
        Boolean("primaryContactStatus", "Whether this is the contact to call first"),
        Descriptor(
            "relationDescriptor",
            "What the contact is to the student",
            "Relation",
            home=word(Relationship.relationship, "Relation"),
        ),
    ),
)

TAKEN: tuple[Resource, ...] = (contacts, student_contact_associations)
