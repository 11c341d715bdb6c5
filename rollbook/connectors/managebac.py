"""ManageBac's API, version 2: one school's students, parents and teachers, its classes and who is in them."""

from __future__ import annotations

from typing import Any

from ..ingest.mapping import coded, column, constant, maybe, only
from ..ingest.mapping.parts import part, role_of, seat_of
from ..ingest.mapping.plan import Plan
from ..ingest.mapping.words import GRADES, SEXES
from ..ingest.settings import Setting
from ..ingest.web import REACHED, KeyHeader, Listing, Numbered, service_of
from ..ingest.web.laying import Filtered
from ..ingest.web.provider import TOLD, Provider
from ..ingest.web.since import FULL_EVERY

ADDRESS = "https://api.managebac.com/v2"
SCHOOL = constant("the school")


def _list(name: str, **more: Any) -> Listing:
    return Listing(name, (name,), Numbered(100, path="meta.total_count"), **more)


def _moment(since: str) -> str:
    return f"{since[:19]}.000Z"


def _class(row: dict[str, Any]) -> dict[str, Any]:
    """A class with what is taught, which may be nothing that has a name."""
    return {**row, "subject": str(row.get("subject_id") or "none"), "taught": row.get("subject_name") or row["name"]}


NAMES = {
    "givenName": "first_name",
    "familyName": "last_name",
    "middleName": maybe("middle_name"),
    "preferredGivenName": maybe("nickname"),
}
HUMAN = {"sourcedId": "id", "enabledUser": constant("true"), **NAMES, "email": maybe("email")}
SEX = {"sourcedId": "id", "birthDate": maybe("birthday"), "sex": maybe("gender", codes=SEXES, otherwise="")}

PLAN = Plan(
    "managebac",
    (
        part(
            "orgs",
            TOLD,
            {"sourcedId": SCHOOL, "name": "school", "type": constant("school"), "identifier": "number"},
            rest=False,
        ),
        part(
            "courses",
            "classes",
            {"sourcedId": "subject", "title": "taught", "orgSourcedId": SCHOOL},
            rest=False,
        ),
        part(
            "classes",
            "classes",
            {
                "sourcedId": "id",
                "title": "name",
                "classCode": maybe("uniq_id"),
                "classType": constant("scheduled"),
                "courseSourcedId": "subject",
                "schoolSourcedId": SCHOOL,
                "subjects": maybe("subject_name"),
                # A grade's number is one more than the grade that is meant: `Grade 11` has 12.
                "grades": maybe("grade", after="Grade ", codes=GRADES),
            },
        ),
        seat_of("memberships", "class_id", SCHOOL, "user_id", coded("role", {"Student": "student"}, "teacher")),
        part(
            "users",
            "students",
            {
                **HUMAN,
                "identifier": maybe("student_id"),
                "phone": maybe("mobile_phone_number"),
                "grades": maybe("class_grade", after="Grade ", codes=GRADES),
            },
        ),
        role_of("students", "id", SCHOOL, "student"),
        part("demographics", "students", SEX, rest=False),
        part("users", "teachers", {**HUMAN, "identifier": maybe("identifier")}),
        role_of("teachers", "id", SCHOOL, "teacher"),
        part(
            "users",
            "parents",
            {**HUMAN, "sms": maybe("mobile_phone_number"), "agentSourcedIds": column("child_ids")},
        ),
        role_of("parents", "id", SCHOOL, "parent"),
    ),
    "ManageBac",
)

MANAGEBAC = Provider(
    "managebac",
    "managebac",
    (
        Setting("school", "The name of the school"),
        Setting("number", "The number by which other systems know the school", needed=False),
        Setting("token", "A token for version 2 of the API, from Settings, Integrations", secret=True),
        Setting("address", f"The address of the API, where not {ADDRESS}", needed=False),
        FULL_EVERY,
        *REACHED,
    ),
    lambda said: service_of(said, said.get("address") or ADDRESS),
    lambda said: KeyHeader("auth-token", said["token"]),
    {
        "classes": _list("classes"),
        # Whoever has left is archived, and still listed.
        "students": _list("students", where=(only("archived", "false"),)),
        "teachers": _list("teachers", where=(only("archived", "false"),)),
        "parents": _list("parents", where=(only("archived", "false"),), optional=True),
        "memberships": _list("memberships"),
    },
    PLAN,
    {"classes": _class},
    # What is deleted is not modified by that, so that either is asked for by itself.
    filtered=Filtered(
        frozenset(("classes", "students", "teachers", "parents", "memberships")),
        lambda since: {"modified_since": _moment(since)},
        lambda since: {"deleted_since": _moment(since)},
    ),
)
