"""Canvas SIS CSV, as a folder or a ZIP, whatever its files are called: what is in each, its header tells.

Canvas knows accounts, not schools. One account at the top, with others in it and no course of its own, is the district,
and those right below it are its schools; otherwise those at the top are the schools. What is further down is a
department. Who a user is, enrolments say. What is `deleted` counts as absent, and an enrolment that is not active is
none. Passwords are never kept; what else has no field stays in the record's remainder, under `canvas`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from ..ingest.bundle import Part, open_bundle
from ..ingest.mapping.cells import column, constant
from ..ingest.mapping.paths import Given
from ..ingest.mapping.rows import Condition, Rows
from ..ingest.roster.fills import FILLS
from ..ingest.roster.roster import Roster
from ..ingest.roster.sheets import Says, Sheet, read_sheet, roster_of
from ..ingest.rows import Problems, Reading
from ..ingest.tables import Layout, layout


def _layout(name: str, columns: str, key: str) -> Layout:
    dropped = ["password", "ssha_password"]
    return replace(layout(name, columns, key=key, dropped=dropped), any_case=True)


KINDS = (
    _layout("user_observers", "observer_id! student_id! status!", "observer_id"),
    _layout(
        "enrollments",
        "course_id section_id user_id! role role_id status! associated_user_id start_date end_date",
        "user_id",
    ),
    _layout(
        "users",
        "user_id! login_id! status! integration_id first_name last_name full_name sortable_name email",
        "user_id",
    ),
    _layout("sections", "section_id! course_id! name! status! start_date end_date", "section_id"),
    _layout("courses", "course_id! short_name! long_name! status! account_id term_id start_date end_date", "course_id"),
    _layout("terms", "term_id! name! status! start_date end_date", "term_id"),
    _layout("accounts", "account_id! parent_account_id^ name! status!", "account_id"),
)
"""Canvas's files of a roster, those first whose headers hold the columns of others."""
TELLING = {
    "user_observers": {"observer_id", "student_id"},
    "enrollments": {"user_id", "status"},
    "users": {"user_id", "login_id"},
    "sections": {"section_id", "course_id", "name"},
    "courses": {"course_id", "short_name", "long_name"},
    "terms": {"term_id", "name"},
    "accounts": {"account_id", "parent_account_id"},
}
"""By which columns each kind of file is known."""
NEEDED = ("users", "courses", "enrollments")
ROOT = "root account"
"""The school of courses that are in no account: they are in Canvas's root account, which no file has."""
ROLES = {"student": "student", "teacher": "teacher", "ta": "aide"}


class CanvasCsv:
    """Canvas's SIS import files in CSV."""

    name = "canvas-csv"
    format = "canvas"
    fills = FILLS

    def read(self, reading: Reading) -> Roster:
        """Open a folder or ZIP and read the files whose headers are Canvas's."""
        problems, unread = Problems(), list[str]()
        parts = open_bundle(reading.path, problems)
        sheets: dict[str, list[Sheet]] = {of.name: [] for of in KINDS}
        for done, (name, part) in enumerate(parts.items()):
            reading.progress("reading", done, len(parts))
            of = _kind(part, problems)
            if of is None:
                unread.append(f"{name} is not a file of a Canvas roster and was not read")
            else:
                sheets[of.name].append(read_sheet(replace(of, name=name.removesuffix(".csv")), part, problems))
        reading.progress("reading", len(parts), len(parts))
        for name in NEEDED:
            if parts and not sheets[name]:
                hint = "Canvas's files are known by their headers"
                problems.add(name, name, f"there is no file with the columns {', '.join(sorted(TELLING[name]))}", hint)
        roster = roster_of("canvas", _Canvas(sheets, problems).says(), problems, self.name)
        roster.notes += unread
        return roster


CANVAS_CSV = CanvasCsv()


def _kind(part: Part, problems: Problems) -> Layout | None:
    header = (part.read(problems) or b"").decode("utf-8-sig", "replace").partition("\n")[0]
    names = {name.strip(' "\r').lower() for name in header.split(",")}
    return next((of for of in KINDS if TELLING[of.name] <= names and _telling(of.name, names)), None)


def _telling(kind: str, names: set[str]) -> bool:
    """Whether nothing says that it is another kind of file: admins and further logins are of users too."""
    if kind == "enrollments":
        return bool({"role", "role_id"} & names and {"course_id", "section_id"} & names)
    return not names & {"users": {"existing_user_id"}, "terms": {"course_id"}}.get(kind, set())


def _cell(row: Given, name: str) -> str:
    return str(row.get(name, "")).strip()


def _lives(row: Given) -> bool:
    return _cell(row, "status").lower() != "deleted"


@dataclass
class _Canvas:
    """Canvas's files, with what they say together."""

    sheets: Mapping[str, list[Sheet]]
    problems: Problems
    orgs: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    """The accounts where each user is what `roles` says."""
    roles: dict[str, str] = field(default_factory=dict[str, str])
    agents: dict[str, list[str]] = field(default_factory=dict[str, list[str]])

    def __post_init__(self) -> None:
        self.accounts = {_cell(row, "account_id"): _cell(row, "parent_account_id") for row in self._rows("accounts")}
        self.courses = {_cell(row, "course_id"): row for row in self._rows("courses")}
        self.sections = {_cell(row, "section_id"): _cell(row, "course_id") for row in self._rows("sections")}
        self.terms = {_cell(row, "term_id") for row in self._rows("terms") if _dated(row)}
        self.gone = {kind: self._deleted(kind, key) for kind, key in KEYS.items()}
        self.district = self._district()
        self._meet_users()

    def _rows(self, kind: str) -> Iterable[Given]:
        return (row for sheet in self.sheets[kind] for row in sheet if _lives(row))

    def _deleted(self, kind: str, key: str) -> set[str]:
        return {_cell(row, key) for sheet in self.sheets[kind] for row in sheet if not _lives(row)}

    # ---- accounts

    def _tops(self) -> list[str]:
        return [key for key, parent in self.accounts.items() if parent not in self.accounts]

    def _district(self) -> str:
        tops, used = self._tops(), {_cell(row, "account_id") for row in self.courses.values()}
        alone = tops[0] if len(tops) == 1 else ""
        return alone if alone in self.accounts.values() and alone not in used else ""

    def _account(self, row: Given) -> dict[str, str]:
        key, parent = _cell(row, "account_id"), _cell(row, "parent_account_id")
        top = parent == self.district if self.district else parent not in self.accounts
        return {"type": "district" if key == self.district else "school" if top else "department"}

    def _home(self, course: str) -> str:
        """The account of a course; blank where there is no such course."""
        row = self.courses.get(course)
        return "" if row is None else _cell(row, "account_id") or ROOT

    # ---- who is what

    def _meet_users(self) -> None:
        for row in self._rows("user_observers"):
            self._let_see(_cell(row, "student_id"), _cell(row, "observer_id"))
        told: dict[str, list[tuple[str, str]]] = {}
        for row in self._rows("enrollments"):
            if not self._counts(row):
                continue
            place = (_role(row), self._home(self._course(row)))
            if place[0] == "observer":
                self._let_see(_cell(row, "associated_user_id"), _cell(row, "user_id"))
            elif place[1]:
                told.setdefault(_cell(row, "user_id"), []).append(place)
        for user, places in told.items():
            # What else a user is, each enrolment says; contacts are of users who are students.
            role = next((role for role, _ in places if role == "student"), places[0][0])
            self.roles[user] = role
            self.orgs[user] = list(dict.fromkeys(org for said, org in places if said == role))

    def _let_see(self, student: str, observer: str) -> None:
        if student and observer not in self.agents.setdefault(student, []):
            self.agents[student].append(observer)

    def _course(self, row: Given) -> str:
        return self.sections.get(_cell(row, "section_id"), "") or _cell(row, "course_id")

    def _counts(self, row: Given) -> bool:
        """Whether an enrolment is one: those of what is deleted went with it."""
        gone = any(_cell(row, key) in self.gone[kind] for kind, key in KEYS.items())
        return _cell(row, "status").lower() == "active" and not gone and self._course(row) not in self.gone["courses"]

    # ---- what is told of rows

    def _user(self, row: Given) -> dict[str, str]:
        user, (given, family) = _cell(row, "user_id"), _names(row)
        return {
            "first_name": given,
            "last_name": family,
            "role": self.roles.get(user, ""),
            "orgs": ",".join(self.orgs.get(user, [])),
            "agents": ",".join(self.agents.get(user, [])),
            "enabled": "false" if _cell(row, "status").lower() == "suspended" else "true",
        }

    def _taught(self, row: Given) -> dict[str, str]:
        course = self.courses.get(_cell(row, "course_id"), {})
        term = _cell(course, "term_id")
        home = self._home(_cell(row, "course_id")) or "the account of no course"
        return {"school": home, "term": term if term in self.terms else "", "key": f"course:{_cell(row, 'course_id')}"}

    def _place(self, row: Given) -> dict[str, str]:
        group = _cell(row, "section_id") or f"course:{_cell(row, 'course_id')}"
        home = self._home(self._course(row)) or "the account of no course"
        return {"class": group, "school": home, "role": _role(row)}

    def _bare(self) -> set[str]:
        """The courses in which people are enrolled without a section."""
        return {_cell(row, "course_id") for row in self._rows("enrollments") if not _cell(row, "section_id")}

    def says(self) -> list[Says]:
        """What each file says of a roster."""
        bare, sheets = self._bare(), self.sheets
        living = {kind: [sheet.only(_lives) for sheet in found] for kind, found in sheets.items()}
        homeless = [one.only(lambda row: not _cell(row, "account_id")).faultless for one in living["courses"]]
        first = next((replace(one, rows=one.rows[:1], lines=one.lines[:1]) for one in homeless if one.rows), None)
        return [
            *(Says(one.finding(self._account), (ACCOUNT,)) for one in living["accounts"]),
            *([Says(first, (ROOT_ACCOUNT,))] if first else []),
            *(Says(one.only(_dated), (TERM,)) for one in living["terms"]),
            *(Says(one.finding(self._taught), (COURSE,)) for one in living["courses"]),
            *(Says(one.only(self._offered).finding(self._taught), (SECTION,)) for one in living["sections"]),
            *(
                Says(one.only(lambda row: _cell(row, "course_id") in bare).faultless.finding(self._taught), (ALONE,))
                for one in living["courses"]
            ),
            *(Says(one.finding(self._user), (USER,)) for one in living["users"]),
            *(Says(one.only(self._teaches).finding(self._place), (PLACE,)) for one in living["enrollments"]),
        ]

    def _offered(self, row: Given) -> bool:
        return _cell(row, "course_id") not in self.gone["courses"]

    def _teaches(self, row: Given) -> bool:
        return self._counts(row) and _role(row) != "observer"


KEYS = {"users": "user_id", "sections": "section_id", "courses": "course_id"}


def _dated(row: Given) -> bool:
    """Whether a term can be a session: Canvas's own default term has no days."""
    return bool(_cell(row, "start_date") and _cell(row, "end_date"))


def _role(row: Given) -> str:
    word = _cell(row, "role")
    if not word:
        return f"ext:role {_cell(row, 'role_id')}"
    return "observer" if word.lower() == "observer" else ROLES.get(word.lower(), f"ext:{word}")


def _names(row: Given) -> tuple[str, str]:
    """A given and a family name; where only the whole is told, the last word is the family's, as Canvas reads it."""
    if _cell(row, "first_name") or _cell(row, "last_name"):
        return _cell(row, "first_name"), _cell(row, "last_name")
    family, comma, given = _cell(row, "sortable_name").partition(",")
    if comma:
        return given.strip(), family.strip()
    given, _, family = _cell(row, "full_name").rpartition(" ")
    return given, family


ACCOUNT = Rows(
    "orgs",
    {"sourcedId": column("account_id"), "name": column("name"), "type": column("+type")}
    # SIS ids are those of the school's own system, by which other sources may know the same.
    | {"identifier": column("account_id")}
    | {"parentSourcedId": column("parent_account_id")},
    rest=True,
)
ROOT_ACCOUNT = Rows(
    "orgs", {"sourcedId": constant(ROOT), "name": constant("Canvas"), "type": constant("school")}, rest=False
)
TERM = Rows(
    "academicSessions",
    {"sourcedId": column("term_id"), "title": column("name"), "type": constant("term")}
    | {"startDate": column("start_date"), "endDate": column("end_date")},
    rest=True,
)
COURSE = Rows(
    "courses",
    {"sourcedId": column("course_id"), "title": column("long_name"), "courseCode": column("short_name")}
    | {"orgSourcedId": column("+school")},
    rest=True,
)
SECTION = Rows(
    "classes",
    {"sourcedId": column("section_id"), "title": column("name"), "courseSourcedId": column("course_id")}
    | {"schoolSourcedId": column("+school"), "termSourcedIds": column("+term")},
    rest=True,
)
ALONE = Rows(
    "classes",
    {"sourcedId": column("+key"), "title": column("long_name"), "courseSourcedId": column("course_id")}
    | {"schoolSourcedId": column("+school"), "termSourcedIds": column("+term")},
    rest=False,
)
USER = Rows(
    "users",
    {
        "sourcedId": column("user_id"),
        "enabledUser": column("+enabled"),
        "orgSourcedIds": column("+orgs"),
        "role": column("+role"),
        "username": column("login_id"),
        "identifier": column("user_id"),
        "givenName": column("+first_name"),
        "familyName": column("+last_name"),
        "email": column("email"),
        "agentSourcedIds": column("+agents"),
    },
    rest=True,
)
PLACE = Rows(
    "enrollments",
    {
        "sourcedId": column("+class", "user_id", "+role", between=":"),
        "classSourcedId": column("+class"),
        "schoolSourcedId": column("+school"),
        "userSourcedId": column("user_id"),
        "role": column("+role"),
        "beginDate": column("start_date"),
        "endDate": column("end_date"),
    },
    (Condition("user_id", frozenset({""}), but=True),),
    rest=True,
)
