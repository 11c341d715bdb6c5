"""Contacts, what they are to students, and how people can be reached."""

from __future__ import annotations

from ...api.resource import Add, Also, Endpoint, Filter, Only, Option, Table, Union
from ...fields import (
    ALWAYS,
    Arg,
    Called,
    Condition,
    Csv,
    Expr,
    Field,
    Key,
    LastUpdated,
    Literal,
    Question,
    Ref,
    RowHash,
    Some,
    Within,
)
from ...model.people import Comm, Contact, ContactComm, Staff, StaffComm
from ...model.students import Relationship as Link
from ...model.students import Student, StudentComm, children, contact_students
from ...scopes import S
from .filters import updated_since, updated_since_in

_on_roll = (Link.student / Student.on_roll).is_("OnRoll")
_planned = (Link.student / Student.on_roll).is_("PreAdmission")
_left = (Link.student / Student.on_roll).is_("Leaver")
_unrestricted = Link.court_order.is_not(1)


class Contacts(Table, of=Contact, only=Some(contact_students, _on_roll & _unrestricted), order=(Contact.mis_id,)):
    """Contacts of students on roll, unless a court order restricts them."""

    Id = Contact.mis_id
    IdaasId = Contact.idaas_id
    ExternalId = Contact.external_id
    XID = Contact.xid
    Title = Contact.title
    Suffix = Contact.suffix
    Surname = Contact.surname
    Forename = Contact.forename
    DisplayName = Contact.display_name
    HomeLanguage = Contact.home_language
    HomeLanguageCode = Contact.home_language_code
    TranslatorRequired = Contact.translator_required
    WorkEmail = Contact.work_email
    WorkPhone = Contact.work_phone
    HomeEmail = Contact.home_email
    HomePhone = Contact.home_phone
    MobilePhone = Contact.mobile_phone
    AddressBlock = Contact.address_block
    HouseNo = Contact.house_no
    HouseName = Contact.house_name
    Apartment = Contact.apartment
    Street = Contact.street
    District = Contact.locality
    TownOrCity = Contact.town
    County = Contact.county
    PostCode = Contact.post_code
    Country = Contact.country
    ChildIdaasIds = Csv(
        children,
        Link.student / Student.idaas_id,
        about="CSV of Idaas Ids of the students for whom the contact has parental responsibility",
    )
    ChildXIDs = Csv(
        children,
        Link.student / Student.xid,
        about="CSV of XIDs of the students for whom the contact has parental responsibility",
    )
    LastUpdated = LastUpdated(Contact)
    RowHash = RowHash(Contact)


contacts = Endpoint(
    "Contacts",
    "Fetch a list of Contacts",
    "Contacts",
    "Contact details for the students that are currently on roll.",
    S.Contact,
    (Contacts,),
    options={
        "includeChildIdaasIds": Option(
            "Enable the ChildIdaasIds column where the contact has parental responsibility",
            Add("ChildIdaasIds"),
        ),
        "includeChildXIDs": Option(
            "Enable the ChildXIDs column where the contact has parental responsibility", Add("ChildXIDs")
        ),
        "includePreAdmissions": Option(
            "Include records where the student is PreAdmission",
            Also(Some(contact_students, _planned & _unrestricted)),
        ),
        "includeRestrictedRelationships": Option(
            "Include contacts with a court order restriction",
            Also(Some(contact_students, _on_roll)),
            Also(Some(contact_students, _planned), beside="includePreAdmissions"),
        ),
        "onlyParentalResponsibility": Option(
            "Only include contacts with parental responsibility for at least one student",
            Only(Some(contact_students, Link.parental.is_(1))),
        ),
    },
    filters={
        "id": Filter(
            "A single contact by Id, ExternalId or XID",
            Called((Contact.mis_id, Contact.external_id, Contact.xid), Arg("id")),
        ),
        "updatedSince": updated_since(Contact),
    },
)


class StudentContacts(
    Table,
    of=Link,
    only=_on_roll & _unrestricted,
    order=(Link.student / Student.mis_id, Link.contact / Contact.mis_id, Link.priority),
):
    """What each contact is to each student on roll."""

    Id = Key(
        Link.student / Student.idaas_id,
        ".",
        Link.contact / Contact.idaas_id,
        about="Unique Id for change comparison",
        example="PL-10000.PC-10001",
    )
    StudentId = Link.student / Student.mis_id
    ContactId = Link.contact / Contact.mis_id
    StudentExternalId = Link.student / Student.external_id
    ContactExternalId = Link.contact / Contact.external_id
    Relationship = Link.relationship
    Priority = Link.priority
    ParResp = Link.parental
    LastUpdated = LastUpdated(Link)
    RowHash = RowHash(Link)


student_contacts = Endpoint(
    "StudentContacts",
    "Student Contacts",
    "Students",
    "The relationship details between students and contacts, allowing the two result sets to be linked.",
    (S.Student | S.StudentLite) & S.Contact,
    (StudentContacts,),
    options={
        "includeExternalIds": Option(
            "Include the student and contact external ID field in the response",
            Add("StudentExternalId", "ContactExternalId"),
        ),
        "includeLeavers": Option("Include records where the student is a leaver", Also(_left & _unrestricted)),
        "includePreAdmissions": Option(
            "Include records where the student is pre-admission", Also(_planned & _unrestricted)
        ),
        "includeRestrictedRelationships": Option(
            "Include relationships that a court order restricts",
            Also(_on_roll),
            Also(_left, beside="includeLeavers"),
            Also(_planned, beside="includePreAdmissions"),
        ),
    },
    filters={
        "id": Filter(
            "A student or contact Id",
            Called((Student.mis_id,), Arg("id"), Link.student) | Called((Contact.mis_id,), Arg("id"), Link.contact),
        ),
        "relationship": Filter(
            'Only these relationships (e.g., "Mother")', Link.relationship.same(Arg("relationship"))
        ),
        "priority": Filter("Only contacts with this priority", Link.priority.is_(Arg("priority")), kind="number"),
        "parresp": Filter(
            "Contacts with or without parental responsibility (1 or 0)",
            Link.parental.is_(Arg("parresp")),
            kind="flag",
        ),
        "updatedSince": updated_since(Link),
    },
)


def _comms(of: type[Comm], who: Ref, idaas_id: Field, mis_id: Field, kind: str) -> dict[str, Expr]:
    """The columns of a way to reach a person, whoever they are."""
    key = Key(
        who / idaas_id,
        ".",
        of.mis_id,
        ".",
        of.comms_type,
        about="Crafted unique composite key",
        example="PC-10001.13067.T",
    )
    return {
        "Id": key,
        "PersonId": who / mis_id,
        "PersonType": Literal(kind, "The type of the person record", of.scope),
        "CommsType": of.comms_type,
        "LocationCode": of.location_code,
        "Priority": of.priority,
        "IsDefault": of.is_default,
        "Value": of.value,
        "Notes": of.notes,
        "LastUpdated": LastUpdated(of),
        "RowHash": RowHash(of),
    }


class StudentComms(
    Table,
    of=StudentComm,
    name="PersonComms",
    only=(StudentComm.who / Student.on_roll).is_("OnRoll"),
    shared=_comms(StudentComm, StudentComm.who, Student.idaas_id, Student.mis_id, "Student"),
):
    """Ways to reach students on roll."""


class StaffComms(
    Table,
    of=StaffComm,
    name="PersonComms",
    only=(StaffComm.who / Staff.status).one_of("Current", "Temporary"),
    shared=_comms(StaffComm, StaffComm.who, Staff.idaas_id, Staff.mis_id, "Staff"),
):
    """Ways to reach current staff."""


_shown = Question(Contact, (), Contacts.only)


class ContactComms(
    Table,
    of=ContactComm,
    name="PersonComms",
    only=Within(ContactComm.who, _shown),
    shared=_comms(ContactComm, ContactComm.who, Contact.idaas_id, Contact.mis_id, "Contact"),
):
    """Ways to reach the contacts of students on roll."""


def _each(column: str, arg: str) -> dict[type[Table], Condition]:
    return {t: t.columns[column].is_(Arg(arg)) for t in (StudentComms, StaffComms, ContactComms)}


def _filter(about: str, column: str, arg: str, kind: str = "text", **choices: str) -> Filter:
    return Filter(about, ALWAYS, kind=kind, choices=choices, elsewhere=_each(column, arg))


person_comms = Endpoint(
    "PersonComms",
    "PersonComms",
    "School",
    "Additional communication methods for students, staff, and contacts.",
    S.Contact | S.Staff | S.Student,
    (Union("PersonComms", (StudentComms, StaffComms, ContactComms)),),
    filters={
        "id": Filter(
            "A particular person id",
            ALWAYS,
            elsewhere={
                StudentComms: Called((Student.mis_id,), Arg("id"), StudentComm.who),
                StaffComms: Called((Staff.mis_id,), Arg("id"), StaffComm.who),
                ContactComms: Called((Contact.mis_id,), Arg("id"), ContactComm.who),
            },
        ),
        "CommsType": _filter("The communication method", "CommsType", "CommsType", "code", E="E", T="T", M="M"),
        "LocationCode": _filter("Home, work or mobile", "LocationCode", "LocationCode", "code", H="H", W="W", M="M"),
        "Priority": _filter("The priority, where the MIS has one", "Priority", "Priority", "number"),
        "IsDefault": _filter("Default communication methods (1 or 0)", "IsDefault", "IsDefault", "flag"),
        "PersonType": _filter(
            "The person type",
            "PersonType",
            "PersonType",
            "code",
            Student="Student",
            Staff="Staff",
            Contact="Contact",
        ),
        "updatedSince": updated_since_in(StudentComms, StaffComms, ContactComms),
    },
)

ENDPOINTS = (contacts, person_comms, student_contacts)
