"""Canvas's REST API: an account with all that is below it, its terms, courses, sections, users and enrolments.

Canvas knows accounts, not schools. The account that is asked for is the district where it has others in it and no
course of its own, and those right below it are its schools; otherwise it is the school. What is further down is a
department. Who a user is, enrolments say, of which only active ones are read.
"""

from __future__ import annotations

from typing import Any

from ..ingest.mapping import Cell, but, column, constant, maybe
from ..ingest.mapping.parts import part
from ..ingest.mapping.plan import Plan
from ..ingest.settings import Setting
from ..ingest.web import ADDRESS, REACHED, Bearer, Listing, NextUrl, service_of
from ..ingest.web.provider import Lists, Provider

PAGES = NextUrl("", {"per_page": "100"})
"""The header Link names the next page; Canvas gives no more than 100 rows at a time."""

OBSERVER = "ObserverEnrollment"
ROLES = {"StudentEnrollment": "student", "TeacherEnrollment": "teacher", "TaEnrollment": "aide"}


def _user(row: dict[str, Any]) -> dict[str, Any]:
    """A user by given and family name, which Canvas keeps as `Family, Given`."""
    family, comma, given = str(row.get("sortable_name") or "").partition(",")
    if not comma:
        given, _, family = str(row.get("name") or "").rpartition(" ")
    return {**row, "given": given.strip(), "family": family.strip()}


def _joined(lists: Lists) -> None:
    """Say of accounts which are schools, of sections and enrolments where they are, and of pupils who observes them."""
    courses = {str(row["id"]): row for row in lists["courses"] or ()}
    _place(lists, {row["account_id"] for row in courses.values()})
    dated = {row["id"] for row in lists["terms"] or () if row.get("start_at") and row.get("end_at")}
    for row in (*(lists["sections"] or ()), *(lists["enrollments"] or ())):
        course = courses[row["of"]]
        term = course.get("enrollment_term_id")
        row |= {"school": course["account_id"], "term": term if term in dated else ""}
    posts, observers = dict[Any, dict[str, Any]](), dict[Any, list[Any]]()
    for row in lists["enrollments"] or ():
        row["as"] = "observer" if row["type"] == OBSERVER else ROLES.get(row["type"], f"ext:{row['type']}")
        if row["type"] != OBSERVER:
            post = {"key": f"{row['school']}:{row['as']}", "org": row["school"], "role": row["as"]}
            posts.setdefault(row["user_id"], {})[post["key"]] = post
        elif row.get("associated_user_id"):
            observers.setdefault(row["associated_user_id"], []).append(row["user_id"])
    for row in lists["users"] or ():
        row |= {"observers": observers.get(row["id"], []), "posts": [*posts.get(row["id"], {}).values()]}


def _place(lists: Lists, used: set[Any]) -> None:
    """Say of each account what it is."""
    top, below = {row["id"] for row in lists["root"] or ()}, lists["accounts"] or ()
    district = bool(below) and not top & used
    for row in lists["root"] or ():
        row["kind"] = "district" if district else "school"
    for row in below:
        row["kind"] = "school" if district and row.get("parent_account_id") in top else "department"


def _account(file: str) -> dict[str, Any]:
    return {
        "sourcedId": "id",
        "name": "name",
        "type": "kind",
        # SIS ids are those of the school's own system, by which other sources may know the same.
        "identifier": maybe("sis_account_id"),
        "parentSourcedId": constant("") if file == "root" else maybe("parent_account_id"),
    }


PLAN = Plan(
    "canvas",
    (
        part("orgs", "root", _account("root")),
        part("orgs", "accounts", _account("accounts")),
        part(
            "academicSessions",
            "terms",
            {
                "sourcedId": "id",
                "title": "name",
                "type": constant("term"),
                "startDate": maybe("start_at", before="T"),
                "endDate": maybe("end_at", before="T"),
            },
            but("start_at", ""),
            but("end_at", ""),
        ),
        part(
            "courses",
            "courses",
            {"sourcedId": "id", "title": "name", "courseCode": maybe("course_code"), "orgSourcedId": "account_id"},
        ),
        part(
            "classes",
            "sections",
            {
                "sourcedId": "id",
                "title": "name",
                "classType": constant("scheduled"),
                "courseSourcedId": "of",
                "schoolSourcedId": "school",
                "termSourcedIds": "term",
            },
        ),
        part(
            "users",
            "users",
            {
                "sourcedId": "id",
                "enabledUser": constant("true"),
                "username": maybe("login_id"),
                "givenName": "given",
                "familyName": "family",
                "identifier": maybe("sis_user_id"),
                "email": maybe("email"),
                "agentSourcedIds": "observers",
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
            "enrollments",
            "enrollments",
            {
                "sourcedId": "id",
                "classSourcedId": "course_section_id",
                "schoolSourcedId": "school",
                "userSourcedId": "user_id",
                "role": "as",
                "beginDate": Cell(("start_at",), before="T", optional=True),
                "endDate": Cell(("end_at",), before="T", optional=True),
            },
            but("as", "observer"),
            rest=False,
        ),
    ),
    "Canvas",
)

CANVAS_REST = Provider(
    "canvas-rest",
    "canvas",
    (
        ADDRESS,
        Setting("token", "An access token of an administrator of the account", secret=True),
        Setting(
            "account", "The account to read with all below it: its id, or `self` for the root of the token's owner"
        ),
        *REACHED,
    ),
    lambda said: service_of(said, f"{said['address'].rstrip('/')}/api/v1"),
    lambda said: Bearer(said["token"]),
    {
        "root": Listing("accounts/{account}", lone=True),
        "accounts": Listing("accounts/{account}/sub_accounts", pages=PAGES, params={"recursive": "true"}),
        "terms": Listing("accounts/{account}/terms", ("enrollment_terms",), PAGES),
        "courses": Listing("accounts/{account}/courses", pages=PAGES),
        "sections": Listing("courses/{of}/sections", pages=PAGES, of="courses"),
        "users": Listing("accounts/{account}/users", pages=PAGES, params={"include[]": "email"}),
        "enrollments": Listing("courses/{of}/enrollments", pages=PAGES, params={"state[]": "active"}, of="courses"),
    },
    PLAN,
    {"users": _user},
    joined=_joined,
)
