"""Users and their demographics."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ...api.listing.resource import Part, Property, Resource, each, flat
from ...fields import (
    ALWAYS,
    Coalesce,
    Condition,
    Field,
    Literal,
    MadeNumber,
    Many,
    Mapped,
    Nested,
    Not,
    Rows,
    Some,
    When,
)
from ...model.people import Contact, Person, Staff
from ...model.roster import (
    as_contact,
    as_employee,
    as_pupil,
    as_staff,
    as_student,
    is_district_head,
    is_guardian,
    is_head,
    is_kept_away,
    is_parent,
    is_teacher,
    of_contact,
    of_student,
    students_of_contact,
    work_email,
)
from ...model.students import Relationship, Student
from .properties import NOTHING_MADE_UP, SYNTHETIC, own_id, stamps, text, told_id, word, yes_or_no
from .wire import reference

ROLES = (
    *("aide", "counselor", "districtAdministrator", "guardian", "parent", "principal", "proctor", "relative"),
    *("siteAdministrator", "student", "systemAdministrator", "teacher"),
)
"""OneRoster 1.2, vocabulary of a user's roles; others begin with `ext:`."""

STAFF, RELATIVE = "ext:staff", "relative"

_post = When(
    (is_district_head, "districtAdministrator"), (is_head, "principal"), (is_teacher, "teacher"), otherwise=STAFF
)
_contacts = Many("The contacts of a student", Relationship.student, where=Not(is_kept_away))
_students = Many("The students of a contact", Relationship.contact, where=Not(is_kept_away))


def _kin(what: Condition) -> Condition:
    return Some(students_of_contact, what & Not(is_kept_away))


_kinship = When(
    (_kin(is_parent), "parent"),
    (_kin(Relationship.relationship.is_(RELATIVE)), RELATIVE),
    (_kin(is_guardian), "guardian"),
)

_roles = Nested(
    {
        "student": Rows(
            as_student,
            {"org": told_id(Student.school, "orgs"), "beginDate": Student.entry_date, "endDate": Student.leaving_date},
            order=(MadeNumber(Student),),
        ),
        "staff": Rows(
            as_staff,
            {
                "org": told_id(Staff.school, "orgs"),
                "words": Staff.roles,
                "role": _post,
                "beginDate": Staff.employment_start,
                "endDate": Staff.employment_end,
            },
            order=(MadeNumber(Staff),),
        ),
        "contact": Rows(
            as_contact,
            {"org": told_id(Contact.school, "orgs"), "role": _kinship},
            order=(MadeNumber(Contact),),
        ),
    }
)


def roles_of(told: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What a user is, and where: first what is told first, of a student, a member of staff, then a contact."""
    found = [_role("student", row) for row in told["student"]]
    found += [_role(word, row) for row in told["staff"] for word in _words(row)]
    found += [_role(row["role"] or RELATIVE, row) for row in told["contact"]]
    seen = {(one["role"], one["org"]["sourcedId"]): one for one in reversed(found) if one["org"]}
    distinct = [*reversed(seen.values())]
    return [{"roleType": "secondary" if at else "primary", **one} for at, one in enumerate(distinct)]


def _words(row: Mapping[str, Any]) -> list[str]:
    """A member of staff's roles in OneRoster's words, as far as the record has them in these."""
    words = [word for word in (row["words"] or "").split(",") if word in ROLES]
    return words or [row["role"] or STAFF]


def _role(word: str, row: Mapping[str, Any]) -> dict[str, Any]:
    days = {name: row.get(name) for name in ("beginDate", "endDate") if row.get(name)}
    return {"role": word, "org": reference("orgs", row["org"]) if row["org"] else None, **days}


# ---- who stands for whom

_agents = Nested(
    {
        "contacts": Rows(as_student, {"of": each(_contacts, told_id(Relationship.contact / Contact.person, "users"))}),
        "students": Rows(as_contact, {"of": each(_students, told_id(Relationship.student / Student.person, "users"))}),
    }
)


def agents_of(told: Mapping[str, Any]) -> list[dict[str, str]]:
    """The contacts of a student, and the students of a contact."""
    return [reference("users", one) for one in sorted(flat([told["contacts"], told["students"]]))]


# ---- users

GIVEN_TYPE = "SIS"


def ids_of(told: Mapping[str, Any]) -> list[dict[str, str]]:
    """The other ids by which a user is known, by the kind of id."""
    pairs = dict.fromkeys((kind, value) for kind, values in told.items() for value in flat(values))
    return [{"type": kind, "identifier": value} for kind, value in pairs]


_is_here = Some(as_pupil, ALWAYS) | Some(as_employee, ALWAYS) | Some(as_contact, ALWAYS)


def _preferred(legal: Field, used: Field) -> Property:
    """The name that somebody goes by, where it is not the legal one."""
    return Property(Nested({"legal": legal, "used": used}), finish=_other)


def _other(told: Mapping[str, Any]) -> str | None:
    return told["used"] if told["legal"] and told["legal"] != told["used"] else None


users = Resource(
    "users",
    "user",
    Part(
        Person,
        {
            **stamps(Person, "users"),
            "metadata": NOTHING_MADE_UP,
            "userMasterIdentifier": text(Coalesce(Person.student_unique_id, Person.staff_unique_id)),
            "username": text(Person.username),
            "userIds": Property(
                Nested(
                    {
                        GIVEN_TYPE: Nested(
                            {
                                "student": each(as_pupil, Student.external_id),
                                "staff": each(as_employee, Staff.external_id),
                                "contact": each(as_contact, Contact.external_id),
                            }
                        ),
                        "UPN": each(as_pupil, Student.upn),
                    }
                ),
                finish=ids_of,
            ),
            "enabledUser": word(When((_is_here, "true"), otherwise="false")),
            "givenName": text(Coalesce(Person.legal_forename, Person.forename)),
            "familyName": text(Coalesce(Person.legal_surname, Person.surname)),
            "middleName": text(Person.middle_name),
            "preferredFirstName": _preferred(Person.legal_forename, Person.forename),
            "preferredLastName": _preferred(Person.legal_surname, Person.surname),
            "roles": Property(_roles, finish=roles_of),
            "identifier": text(of_student(Student.admission_no)),
            "email": text(Coalesce(work_email, Person.home_email, of_contact(Contact.work_email))),
            "sms": text(Person.mobile_phone),
            "phone": text(Person.home_phone),
            "agents": Property(_agents, finish=agents_of),
            "grades": Property(
                each(as_pupil, Student.grade_level),
                ("=", "~"),
                "list",
                Literal(None),
                (as_pupil, Student.grade_level),
                finish=flat,
            ),
            "primaryOrg": Property(_roles, finish=lambda told: primary_of(roles_of(told))),
        },
        # Whoever has left is somebody whom enrolments of the past lead to: their roles have ended.
        only=Some(as_student, ALWAYS) | Some(as_staff, ALWAYS) | Some(as_contact, ALWAYS),
        parts=(as_student, as_staff, as_contact),
    ),
    key="sourcedId",
)


def primary_of(roles: list[dict[str, Any]]) -> dict[str, str] | None:
    """The organisation of a user's primary role."""
    return roles[0]["org"] if roles else None


# ---- the same in OneRoster 1.1

_LATER = ("userMasterIdentifier", "preferredFirstName", "preferredLastName", "roles", "primaryOrg")
"""What 1.1 has no members for: one role is what somebody is, wherever they are it."""

OLD_ROLES = ("administrator", "aide", "guardian", "parent", "proctor", "relative", "student", "teacher")


def old_role(word: str) -> str:
    """A role in the words of 1.1."""
    known = {"counselor": "aide", STAFF: "aide"}
    return word if word in OLD_ROLES else known.get(word, "administrator")


def role_of(told: Mapping[str, Any]) -> str | None:
    """What a user is."""
    roles = roles_of(told)
    return old_role(roles[0]["role"]) if roles else None


def orgs_of(told: Mapping[str, Any]) -> list[dict[str, str]]:
    """Where a user is what they are, or anything else."""
    return list({one["org"]["sourcedId"]: one["org"] for one in roles_of(told)}.values())


def _named(username: str | None) -> dict[str, str] | None:
    return {SYNTHETIC: "username"} if username is None else None


_user = users.parts[0]

old_users = Resource(
    "users",
    "user",
    replace(
        _user,
        properties={
            **{name: one for name, one in _user.properties.items() if name not in _LATER},
            # Of 1.1 every user has one, and its clients' models take none without; of 1.2 it need not be there.
            "metadata": Property(Person.username, finish=_named),
            "username": text(Coalesce(Person.username, own_id(Person, "users"))),
            "role": Property(_roles, finish=role_of),
            "orgs": Property(_roles, finish=orgs_of),
        },
    ),
    key="sourcedId",
)

# ---- demographics

SEXES = {"M": "male", "F": "female", "X": "other"}
RACES = (
    *("americanIndianOrAlaskaNative", "asian", "blackOrAfricanAmerican", "nativeHawaiianOrOtherPacificIslander"),
    *("white", "demographicRaceTwoOrMoreRaces"),
)
_RACES = {name.lower(): name for name in RACES}


def _among(races: str | None, name: str) -> str | None:
    if races is None:
        return None
    held = {"".join(c for c in word.lower() if c.isalpha()) for word in races.split(",")}
    return "true" if name.lower() in held or (name == RACES[-1] and len(held & _RACES.keys()) > 1) else "false"


def _race(name: str) -> Property:
    return Property(Person.races, finish=lambda races: _among(races, name))


demographics = Resource(
    "demographics",
    "demographics",
    Part(
        Person,
        {
            **stamps(Person, "users"),
            "metadata": NOTHING_MADE_UP,
            "birthDate": text(Person.birth_date),
            "sex": word(Mapped(Person.gender, SEXES)),
            **{name: _race(name) for name in RACES},
            "hispanicOrLatinoEthnicity": yes_or_no(Person.hispanic),
            "countryOfBirthCode": text(Person.birth_country_code),
            "stateOfBirthAbbreviation": text(Person.birth_state),
            "cityOfBirth": text(Person.birth_city),
            "publicSchoolResidenceStatus": text(of_student(Student.residence_status)),
        },
        only=Some(as_pupil, ALWAYS),
        lost=Some(as_student, ALWAYS) & Not(Some(as_pupil, ALWAYS)),
        parts=(as_student,),
    ),
    key="sourcedId",
)
"""Of students; their ids are those of the users."""

_told = demographics.parts[0]

old_demographics = Resource(
    "demographics",
    "demographics",
    replace(
        _told,
        properties={("birthdate" if name == "birthDate" else name): one for name, one in _told.properties.items()},
    ),
    key="sourcedId",
)
