"""Clever's Data API, version 3: schools, terms, courses, sections and users of a district, by its token."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..ingest.mapping import but, coded, column, constant, maybe, only
from ..ingest.mapping.parts import part, seat_of
from ..ingest.mapping.plan import Plan
from ..ingest.settings import Setting
from ..ingest.web import REACHED, Bearer, Listing, NextUrl, service_of
from ..ingest.web.provider import Provider

ADDRESS = "https://api.clever.com/v3.0"
PAGES = NextUrl("links", {"limit": "1000"})

GRADES = {
    "InfantToddler": "IT",
    "Preschool": "PR",
    "PreKindergarten": "PK",
    "TransitionalKindergarten": "TK",
    "Kindergarten": "KG",
    "PostGraduate": "PS",
    "Ungraded": "UG",
    "Other": "Other",
    **{str(grade): f"{grade:02}" for grade in range(1, 14)},
}
SEXES = {"M": "male", "F": "female", "X": "other"}
RACES = {
    "Caucasian": "white",
    "Asian": "asian",
    "Black or African American": "blackOrAfricanAmerican",
    "American Indian": "americanIndianOrAlaskaNative",
    "Hawaiian or Other Pacific Islander": "nativeHawaiianOrOtherPacificIslander",
    "Two or More Races": "demographicRaceTwoOrMoreRaces",
}
ROLES = {"student": "student", "teacher": "teacher", "staff": "administrator", "district_admin": "administrator"}
PARENTS = ("Parent/Guardian", "Guardian")


# ---- rows as the plan reads them


def _within(value: Any) -> dict[str, Any]:
    """An object; one that is not said has nothing in it."""
    return value or {}


def _listed(value: Any) -> list[Any]:
    return [one for one in value or () if one]


def _data(row: dict[str, Any]) -> dict[str, Any]:
    """What is within the envelope that each row has."""
    return _within(row.get("data"))


def _section(row: dict[str, Any]) -> dict[str, Any]:
    """A section with everybody in it; one without a course has one of its own."""
    one = _data(row)
    first, students = one.pop("teacher", None), _listed(one.pop("students", ()))
    teachers = _listed(one.pop("teachers", ())) or _listed([first])
    people = [(user, "teacher") for user in teachers] + [(user, "student") for user in students]
    own = {} if one.get("course") else {"course": f"course of {one.get('id')}", "own": True}
    placed = [{"user": user, "role": role, "primary": user == first} for user, role in people]
    return {"subject": "", **one, **own, "people": placed}


def _user(row: dict[str, Any]) -> dict[str, Any]:
    """A user with their posts: what they are, and where."""
    one = _data(row)
    roles = {name: _within(facts) for name, facts in _within(one.get("roles")).items()}
    race, related = _within(roles.get("student")).get("race"), _relations(_within(roles.get("contact")))
    logins = [_within(facts.get("credentials")).get("district_username") for facts in roles.values()]
    return {
        **one,
        "name": _name(_within(one.get("name"))),
        "posts": [*_posts(one.get("district"), roles)],
        "pupils": [said.get("student") for said in related],
        "username": next(iter(_listed(logins)), ""),
        "student": "student" in roles,
        "races": {RACES[race]: True} if race in RACES else {},
    }


def _name(name: dict[str, Any]) -> dict[str, Any]:
    if name.get("first"):
        return name
    # Clever keeps the whole name of a contact as the last name.
    first, _, last = str(name.get("last") or "").rpartition(" ")
    return {**name, "first": first or last, "last": last}


def _relations(contact: dict[str, Any]) -> list[dict[str, Any]]:
    return [_within(said) for said in _listed(contact.get("student_relationships"))]


def _posts(district: Any, roles: Mapping[str, dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for name, facts in roles.items():
        if name in ROLES:
            for school in _listed(facts.get("schools")) or [facts.get("school") or district]:
                yield {"role": ROLES[name], "org": school, "key": f"{name}:{school}"}
        elif name == "contact":
            kinds = {said.get("type") for said in _relations(facts)}
            yield {"role": "guardian" if kinds & {*PARENTS} else "relative", "org": district, "key": name}


# ---- tables


PLAN = Plan(
    "clever",
    (
        part("orgs", "districts", {"sourcedId": "id", "name": "name", "type": constant("district")}),
        part(
            "orgs",
            "schools",
            {
                "sourcedId": "id",
                "name": "name",
                "type": constant("school"),
                "identifier": maybe("school_number"),
                "parentSourcedId": "district",
            },
        ),
        part(
            "academicSessions",
            "terms",
            {
                "sourcedId": "id",
                "title": "name",
                "type": constant("term"),
                "startDate": "start_date",
                "endDate": "end_date",
            },
        ),
        part(
            "courses",
            "courses",
            {"sourcedId": "id", "title": "name", "courseCode": maybe("number"), "orgSourcedId": "district"},
        ),
        part(
            "courses",
            "sections",
            {"sourcedId": "course", "title": "name", "orgSourcedId": "school"},
            but("course", ""),
            only("own", "true"),
            rest=False,
        ),
        part(
            "classes",
            "sections",
            {
                "sourcedId": "id",
                "title": "name",
                "classCode": maybe("section_number"),
                "classType": coded("subject", {"homeroom/advisory": "homeroom"}, "scheduled"),
                "courseSourcedId": "course",
                "schoolSourcedId": "school",
                "termSourcedIds": maybe("term_id"),
                "periods": maybe("period"),
                "subjects": maybe("subject"),
                "grades": maybe("grade", codes=GRADES),
            },
        ),
        seat_of(
            "sections",
            "id",
            "school",
            "people.user",
            column("people.role"),
            each="people",
            primary="people.primary",
        ),
        part(
            "users",
            "users",
            {
                "sourcedId": "id",
                "enabledUser": constant("true"),
                "username": "username",
                "givenName": "name.first",
                "familyName": "name.last",
                "middleName": maybe("name.middle"),
                "identifier": maybe("roles.student.student_number"),
                "email": maybe("email"),
                "phone": maybe("roles.contact.phone"),
                "agentSourcedIds": "pupils",
                "grades": maybe("roles.student.grade", codes=GRADES),
            },
        ),
        part(
            "roles",
            "users",
            {
                "sourcedId": column("id", "posts.key", between=":"),
                "userSourcedId": "id",
                "roleType": constant("primary"),
                "role": "posts.role",
                "orgSourcedId": "posts.org",
            },
            each="posts",
            rest=False,
        ),
        part(
            "demographics",
            "users",
            {
                "sourcedId": "id",
                "birthDate": maybe("roles.student.dob", days=("M/D/YYYY", "YYYY-MM-DD")),
                "sex": maybe("roles.student.gender", codes=SEXES, otherwise=""),
                **{race: maybe(f"races.{race}") for race in RACES.values()},
                "hispanicOrLatinoEthnicity": maybe(
                    "roles.student.hispanic_ethnicity", codes={"Y": "true", "N": "false"}
                ),
            },
            only("student", "true"),
            rest=False,
        ),
    ),
    "Clever",
)

CLEVER_REST = Provider(
    "clever-rest",
    "clever",
    (
        Setting("token", "The token of the district for your app", secret=True),
        Setting("address", f"The address of the API, where not {ADDRESS}", needed=False),
        *REACHED,
    ),
    lambda said: service_of(said, said.get("address") or ADDRESS),
    lambda said: Bearer(said["token"]),
    {
        name: Listing(name, ("data",), PAGES, key="data.id")
        for name in ("districts", "schools", "terms", "courses", "sections", "users")
    },
    PLAN,
    dict.fromkeys(("districts", "schools", "terms", "courses"), _data) | {"sections": _section, "users": _user},
)
