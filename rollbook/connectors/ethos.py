"""Ellucian Ethos, before Banner and Colleague: periods, courses, sections, persons, and who is in each section."""

from __future__ import annotations

from typing import Any, cast

from ..ingest.mapping import but, coded, column, constant, maybe, only
from ..ingest.mapping.parts import part, role_of, seat_of
from ..ingest.mapping.plan import Plan
from ..ingest.settings import Setting
from ..ingest.web import REACHED, JwtExchange, Listing, Offset, service_of
from ..ingest.web.provider import TOLD, Provider

ADDRESS = "https://integrate.elluciancloud.com"
SCHOOL = constant("the school")
PAGES = Offset(500)
ROLES = {"instructor": "teacher", "student": "student", "employee": "aide", "advisor": "aide"}
NUMBERS = ("bannerId", "colleaguePersonId")
USERNAMES = ("bannerUserName", "colleagueUserName")


def _list(name: str, **more: Any) -> Listing:
    return Listing(f"api/{name}", ("",), PAGES, **more)


def _listed(row: dict[str, Any], name: str) -> list[dict[str, Any]]:
    return cast(list[dict[str, Any]], row.get(name) or [])


def _first(rows: list[dict[str, Any]], preference: str) -> dict[str, Any]:
    """The row that is preferred, or the first one."""
    preferred = (one for one in rows if one.get("preference") == preference)
    return next(preferred, rows[0] if rows else {})


def _titled(row: dict[str, Any]) -> dict[str, Any]:
    """A course or section with its title, of which newer versions have a list of several lengths."""
    titles = [one.get("value") for one in _listed(row, "titles")]
    return {**row, "named": next(iter(titles), None) or row.get("title") or row.get("code") or row.get("number")}


def _person(row: dict[str, Any]) -> dict[str, Any]:
    """A person by the name that they prefer, and by what they are here: many are alumni, or applied, or gave."""
    known = {str(one.get("type")): one.get("value") for one in _listed(row, "credentials")}
    roles = {one.get("role") for one in _listed(row, "roles")}
    return {
        **row,
        "name": _first(_listed(row, "names"), "preferred"),
        "mail": _first(_listed(row, "emails"), "primary").get("address"),
        "number": next((known[kind] for kind in NUMBERS if known.get(kind)), ""),
        "username": next((known[kind] for kind in USERNAMES if known.get(kind)), ""),
        "is": next((said for role, said in ROLES.items() if role in roles), ""),
    }


HERE = but("is", "")

PLAN = Plan(
    "ethos",
    (
        part(
            "orgs",
            TOLD,
            {"sourcedId": SCHOOL, "name": "school", "type": constant("school"), "identifier": "number"},
            rest=False,
        ),
        part(
            "academicSessions",
            "periods",
            {
                "sourcedId": "id",
                "title": "title",
                "type": coded("category.type", {"year": "schoolYear", "subterm": "gradingPeriod"}, "term"),
                "startDate": column("startOn", before="T"),
                "endDate": column("endOn", before="T"),
            },
        ),
        part(
            "courses",
            "courses",
            {"sourcedId": "id", "title": "named", "courseCode": maybe("number"), "orgSourcedId": SCHOOL},
        ),
        part(
            "classes",
            "sections",
            {
                "sourcedId": "id",
                "title": "named",
                "classCode": maybe("code"),
                "classType": constant("scheduled"),
                "courseSourcedId": "course.id",
                "schoolSourcedId": SCHOOL,
                "termSourcedIds": maybe("academicPeriod.id"),
            },
        ),
        seat_of("places", "section.id", SCHOOL, "registrant.id", "student"),
        seat_of(
            "posts",
            "section.id",
            SCHOOL,
            "instructor.id",
            "teacher",
            primary=maybe("instructorRole", codes={"primary": "true"}, otherwise="false"),
        ),
        part(
            "users",
            "persons",
            {
                "sourcedId": "id",
                "enabledUser": constant("true"),
                "username": "username",
                "givenName": "name.firstName",
                "familyName": "name.lastName",
                "middleName": maybe("name.middleName"),
                "identifier": "number",
                "email": "mail",
            },
            HERE,
        ),
        role_of("persons", "id", SCHOOL, column("is"), HERE),
        part(
            "demographics",
            "persons",
            {
                "sourcedId": "id",
                "birthDate": maybe("dateOfBirth", before="T"),
                "sex": maybe("gender", codes={"female": "female", "male": "male"}, otherwise=""),
            },
            only("is", "student"),
            rest=False,
        ),
    ),
    "Ellucian Ethos",
)

ETHOS = Provider(
    "ethos",
    "ethos",
    (
        Setting("school", "The name of the institution"),
        Setting("number", "The number by which other systems know it", needed=False),
        Setting("key", "The API key of your application in Ethos", secret=True),
        Setting("address", f"The address of Ethos in your region, where not {ADDRESS}", needed=False),
        *REACHED,
    ),
    lambda said: service_of(said, said.get("address") or ADDRESS),
    lambda said: JwtExchange(f"{(said.get('address') or ADDRESS).rstrip('/')}/auth", said["key"]),
    {
        "periods": _list("academic-periods"),
        "courses": _list("courses"),
        "sections": _list("sections"),
        "persons": _list("persons"),
        "places": _list("section-registrations", where=(only("status.registrationStatus", "registered"),)),
        "posts": _list("section-instructors", optional=True),
    },
    PLAN,
    {"courses": _titled, "sections": _titled, "persons": _person},
)
