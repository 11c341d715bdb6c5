"""The files of OneRoster CSV, 1.1 and 1.2: each lists a collection, and names where each of its cells is in an object.

OneRoster 1.1 CSV Tables, section 4; OneRoster 1.2 CSV Binding, section 4. The order of columns is the standard's, and
what a hub adds of its own stands behind them, under `metadata`.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ...api.listing.services import Collection, Collections, Service
from ...errors import Malformed, Problem, nearest
from ...ingest.roster.roster import OURS
from .catalogue import COLLECTIONS, OLD_COLLECTIONS
from .people import RACES
from .properties import SYNTHETIC
from .services import OLD, ROSTERS

Object = Mapping[str, Any]
"""A thing as the REST services show it."""

Cell = Callable[[Object], str]

STAMPS = ("sourcedId", "status", "dateLastModified")
"""The columns with which every file begins."""

_ROLES = uuid.UUID("6f0f6b0e-6a0b-5d0c-9d2b-5c1f7f3a4e10")
"""The name space of the ids of roles, which are members of users in the REST services and rows of their own here."""


@dataclass(frozen=True)
class Sheet:
    """A file: the collection that it lists, its columns after the stamps, which rows a thing makes, what must be told.

    A user of 1.2 makes a row for each role.
    """

    name: str
    collection: Collection
    cells: Mapping[str, Cell]
    needed: frozenset[str]
    rows: Callable[[Object], Iterable[Object]]

    @property
    def file(self) -> str:
        """The file's name."""
        return f"{self.name}.csv"

    @property
    def header(self) -> list[str]:
        """The names of the columns, in their order."""
        return [*STAMPS, *self.cells]

    def told(self, row: Object) -> list[str]:
        """The cells after the stamps."""
        return [cell(row) for cell in self.cells.values()]


def written(value: Any) -> str:
    """A value as a cell: lists with commas between, references by the ids that they lead to."""
    if value is None:
        return ""
    if isinstance(value, Mapping):
        return str(value["sourcedId"])  # pyright: ignore[reportUnknownArgumentType]
    return ",".join(map(written, value)) if isinstance(value, list) else str(value)  # pyright: ignore[reportUnknownArgumentType]


def _member(name: str) -> Cell:
    return lambda row: written(row.get(name))


def _extension(name: str) -> Cell:
    return lambda row: written(row.get("metadata", {}).get(name))


def _ids(row: Object) -> str:
    # OneRoster 1.1 CSV, users.csv: {Type:Id} with commas between, such as {LDAP:Id},{LTI:Id}.
    return ",".join(f"{{{one['type']}:{one['identifier']}}}" for one in row.get("userIds", ()))


def _username(row: Object) -> str:
    # What the hub made up in an answer would come back as somebody's name from a file.
    made_up = row.get("metadata", {}).get(SYNTHETIC) == "username"
    return "" if made_up else written(row.get("username"))


_OWN: Mapping[str, Cell] = {"userIds": _ids, "username": _username, "password": lambda row: ""}
"""Cells that are not as the members are; no hub keeps a password."""


def _itself(row: Object) -> Iterable[Object]:
    return (row,)


def _roles(user: Object) -> Iterable[Object]:
    """The roles of a user, whose ids say whose they are, where and in which role."""
    me = {"sourcedId": user["sourcedId"]}
    for role in user.get("roles", ()):
        own = str(uuid.uuid5(_ROLES, f"{user['sourcedId']} {role['role']} {role['org']['sourcedId']}"))
        yield {**{name: user[name] for name in STAMPS}, **role, "user": me, "sourcedId": own}


def _sheet(
    collections: Collections,
    name: str,
    columns: str,
    *extensions: str,
    of: str = "",
    rows: Callable[[Object], Iterable[Object]] = _itself,
) -> Sheet:
    """Columns: `!` must not be blank, `schoolSourcedId>school` is in the member `school`."""
    cells: dict[str, Cell] = {}
    needed: set[str] = set()
    for word in columns.split():
        column, _, member = word.partition(">")
        column, need = column.rstrip("!"), column.endswith("!")
        cells[column] = _OWN.get(column) or _member(member or column)
        needed |= {column} if need else set()
    cells |= {f"metadata.{one}": _extension(one) for one in extensions}
    return Sheet(name, collections[of or name], cells, frozenset(needed), rows)


_PERSON = "givenName! familyName! middleName identifier email sms phone agentSourcedIds>agents grades password"
_RACES = f"{' '.join(RACES)} hispanicOrLatinoEthnicity countryOfBirthCode stateOfBirthAbbreviation cityOfBirth"


def _sheets(collections: Collections, users: str, birth_date: str) -> tuple[Sheet, ...]:
    sheets = (
        (
            "academicSessions",
            "title! type! startDate! endDate! parentSourcedId>parent schoolYear!",
            SYNTHETIC,
        ),
        ("orgs", "name! type! identifier parentSourcedId>parent", SYNTHETIC),
        (
            "courses",
            "schoolYearSourcedId>schoolYear title! courseCode grades orgSourcedId!>org subjects subjectCodes",
            SYNTHETIC,
        ),
        (
            "classes",
            "title! grades courseSourcedId!>course classCode classType! location schoolSourcedId!>school"
            " termSourcedIds!>terms subjects subjectCodes periods",
            *("rollbook.groupType", "rollbook.purpose"),
        ),
        ("users", users),
        (
            "enrollments",
            "classSourcedId!>class schoolSourcedId!>school userSourcedId!>user role! primary beginDate endDate",
        ),
        ("demographics", f"birthDate>{birth_date} sex {_RACES} publicSchoolResidenceStatus"),
    )
    return tuple(_sheet(collections, *one) for one in sheets)


_NEW_USER = (
    f"enabledUser! username userIds {_PERSON} userMasterIdentifier preferredGivenName>preferredFirstName"
    " preferredMiddleName preferredFamilyName>preferredLastName primaryOrgSourcedId>primaryOrg pronouns"
)
_ROLE = "userSourcedId!>user roleType! role! beginDate endDate orgSourcedId!>org userProfileSourcedId"

SHEETS: Mapping[str, tuple[Sheet, ...]] = {
    "1.1": _sheets(OLD_COLLECTIONS, f"enabledUser! orgSourcedIds!>orgs role! username! userIds {_PERSON}", "birthdate"),
    "1.2": (
        *_sheets(COLLECTIONS, _NEW_USER, "birthDate"),
        _sheet(COLLECTIONS, "roles", _ROLE, of="users", rows=_roles),
    ),
}
"""The files of each version."""

SERVICES: Mapping[str, Service] = {"1.1": OLD, "1.2": ROSTERS}
"""The service of each version that tells the same: whoever may not ask it for something has no file of that."""

_GRADES = "categories classResources courseResources lineItems resources results"
_LATER = (
    "lineItemLearningObjectiveIds lineItemScoreScales resultLearningObjectiveIds resultScoreScales scoreScales"
    " userProfiles userResources"
)
ABSENT: Mapping[str, tuple[str, ...]] = {"1.1": tuple(_GRADES.split()), "1.2": tuple(f"{_GRADES} {_LATER}".split())}
"""The files of each version that a roster does not have; its manifest says so."""


def sheets_of(version: str) -> tuple[Sheet, ...]:
    """The files of a version; raises `Malformed` for one that there is not."""
    if version not in SHEETS:
        raise Malformed(Problem("version", f"{version} is not a version", nearest(version, SHEETS)))
    return SHEETS[version]


def manifest(version: str, modes: Mapping[str, str], district: str) -> list[tuple[str, str]]:
    """The rows of `manifest.csv`: of each file whether it is `bulk`, `delta` or `absent`.

    The hub id of the `district` tells its own hub, if it reads them, that it wrote them.
    """
    every = {**dict.fromkeys((*(one.name for one in SHEETS[version]), *ABSENT[version]), "absent"), **modes}
    return [
        ("propertyName", "value"),
        ("manifest.version", "1.0"),
        ("oneroster.version", version),
        *((f"file.{name}", every[name]) for name in sorted(every)),
        ("source.systemName", "Rollbook"),
        ("source.systemCode", f"{OURS}{district}" if district else "rollbook"),
    ]
