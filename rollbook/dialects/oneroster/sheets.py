"""The files of OneRoster CSV, 1.1 and 1.2: each lists a collection, and names where each of its cells is in an object.

OneRoster 1.1 CSV Tables, section 4; OneRoster 1.2 CSV Binding, section 4. The order of columns is the standard's, and
what a hub adds of its own stands behind them, under `metadata`.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from ...api.listing.services import Collection, Collections
from ...errors import Malformed, Problem, nearest
from ...ingest.roster.gradebook import OF_DAYS
from ...ingest.roster.roster import OURS
from .catalogue import COLLECTIONS, OLD_COLLECTIONS
from .gradebook import GRADEBOOK, OLD_GRADEBOOK
from .materials import MATERIALS, USES
from .people import RACES
from .properties import SYNTHETIC
from .services import GRADEBOOK as GRADEBOOKS
from .services import MATERIALS as RESOURCES
from .services import OLD, ROSTERS

Object = Mapping[str, Any]
"""A thing as the REST services show it."""

Cell = Callable[[Object], str]

STAMPS = ("sourcedId", "status", "dateLastModified")
"""The columns with which every file begins."""

_PARTS = uuid.UUID("6f0f6b0e-6a0b-5d0c-9d2b-5c1f7f3a4e10")
"""The name space of the ids of what is a member of something in the REST services, such as a role, and a row here."""


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
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
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


def _day(name: str) -> Cell:
    """The day of a moment: files have no times."""
    return lambda row: written(row.get(name))[:10]


def _pairs(row: Object) -> str:
    # OneRoster 1.2 CSV, scoreScales.csv: {LHS:RHS} with commas between, such as {90-100:A},{80-89:B}.
    return ",".join(f"{{{one['itemValueLHS']}:{one['itemValueRHS']}}}" for one in row.get("scoreScaleValue", ()))


_OWN: Mapping[str, Cell] = {
    "userIds": _ids,
    "username": _username,
    "password": lambda row: "",
    "assignDate": _day("assignDate"),
    "dueDate": _day("dueDate"),
    "scoreDate": _day("scoreDate"),
    "scoreScaleValue": _pairs,
}
"""Cells that are not as the members are; no hub keeps a password."""


_MOMENTS: Mapping[str, Cell] = {f"{OF_DAYS}.{name}": _member(name) for name in ("assignDate", "dueDate")}
"""What a hub adds of its own where a file has days."""


def _itself(row: Object) -> Iterable[Object]:
    return (row,)


def _part(thing: Object, told: Object, *known: str) -> Object:
    """A part of a thing, as a row whose id says which it is of what."""
    own = str(uuid.uuid5(_PARTS, " ".join((thing["sourcedId"], *known))))
    return {**{name: thing[name] for name in STAMPS}, **told, "of": {"sourcedId": thing["sourcedId"]}, "sourcedId": own}


def _roles(user: Object) -> Iterable[Object]:
    """The roles of a user."""
    me = {"sourcedId": user["sourcedId"]}
    for role in user.get("roles", ()):
        yield _part(user, {**role, "user": me}, role["role"], role["org"]["sourcedId"])


def _scales(thing: Object) -> Iterable[Object]:
    """The scale of a line item or of a result."""
    if scale := thing.get("scoreScale"):
        yield _part(thing, {"scoreScale": scale}, "scale", scale["sourcedId"])


def _objectives(thing: Object) -> Iterable[Object]:
    """The learning objectives of a line item or, with scores, of a result."""
    for some in thing.get("learningObjectiveSet", ()):
        for one in some.get("learningObjectiveIds") or some.get("learningObjectiveResults") or ():
            told = cast(Object, one) if isinstance(one, Mapping) else {"learningObjectiveId": one}
            yield _part(thing, {**told, "source": some["source"]}, some["source"], str(told["learningObjectiveId"]))


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
    cells |= {f"metadata.{one}": _MOMENTS.get(one) or _extension(one) for one in extensions}
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

_ITEM = (
    "title! description assignDate! dueDate! classSourcedId!>class categorySourcedId!>category"
    " gradingPeriodSourcedId>gradingPeriod"
)
_RANGE = "resultValueMin resultValueMax"
_RESULT = "lineItemSourcedId!>lineItem studentSourcedId!>student scoreStatus! score scoreDate! comment"
_RESOURCE = "vendorResourceId! title roles importance vendorId applicationId"
_USE = "resourceSourcedId!>resource"
_OBJECTIVE = "source! learningObjectiveId!"


def _gradebook(collections: Collections, item: str, result: str) -> tuple[Sheet, ...]:
    """The files of gradebooks and resources that both versions have."""
    return (
        _sheet(collections, "lineItems", f"{_ITEM}{item}", *_MOMENTS),
        _sheet(collections, "results", f"{_RESULT}{result}"),
        _sheet(MATERIALS, "resources", _RESOURCE),
        _sheet(USES, "classResources", f"title classSourcedId!>class {_USE}"),
        _sheet(USES, "courseResources", f"title courseSourcedId!>course {_USE}"),
    )


_NEW_GRADEBOOK = (
    _sheet(GRADEBOOK, "categories", "title! weight", SYNTHETIC),
    _sheet(
        GRADEBOOK,
        "scoreScales",
        "title! type! orgSourcedId>org courseSourcedId>course classSourcedId!>class scoreScaleValue!",
    ),
    *_gradebook(
        GRADEBOOK,
        f" academicSessionSourcedId>academicSession {_RANGE} schoolSourcedId>school",
        " textScore classSourcedId>class inProgress incomplete late missing",
    ),
    _sheet(
        GRADEBOOK,
        "lineItemScoreScales",
        "lineItemSourcedId!>of scoreScaleSourcedId!>scoreScale",
        of="lineItems",
        rows=_scales,
    ),
    _sheet(
        GRADEBOOK,
        "lineItemLearningObjectiveIds",
        f"lineItemSourcedId!>of {_OBJECTIVE}",
        of="lineItems",
        rows=_objectives,
    ),
    _sheet(
        GRADEBOOK,
        "resultScoreScales",
        "resultSourcedId!>of scoreScaleSourcedId!>scoreScale",
        of="results",
        rows=_scales,
    ),
    _sheet(
        GRADEBOOK,
        "resultLearningObjectiveIds",
        f"resultSourcedId!>of {_OBJECTIVE} score textScore",
        of="results",
        rows=_objectives,
    ),
    _sheet(USES, "userResources", f"userSourcedId!>user orgSourcedId>org classSourcedId>class {_USE}"),
)

SHEETS: Mapping[str, tuple[Sheet, ...]] = {
    "1.1": (
        *_sheets(OLD_COLLECTIONS, f"enabledUser! orgSourcedIds!>orgs role! username! userIds {_PERSON}", "birthdate"),
        _sheet(OLD_GRADEBOOK, "categories", "title!", SYNTHETIC),
        *_gradebook(OLD_GRADEBOOK, f" {_RANGE}", ""),
    ),
    "1.2": (
        *_sheets(COLLECTIONS, _NEW_USER, "birthDate"),
        _sheet(COLLECTIONS, "roles", _ROLE, of="users", rows=_roles),
        *_NEW_GRADEBOOK,
    ),
}
"""The files of each version."""


def needs(version: str, sheet: Sheet) -> frozenset[str]:
    """The scopes of which a client needs one to be given a file: those with which it may ask a service for the same."""
    name = sheet.collection.name
    if version == "1.1":
        return OLD.needs("GET", "resources" if name in USES else name)
    service = GRADEBOOKS if name in GRADEBOOK else RESOURCES if name in MATERIALS or name in USES else ROSTERS
    return service.needs("GET", name)


ABSENT: Mapping[str, tuple[str, ...]] = {"1.1": (), "1.2": ("userProfiles",)}
"""The files of each version that no hub has anything for; its manifest says so."""


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
