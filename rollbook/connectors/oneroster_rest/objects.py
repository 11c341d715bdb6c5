"""OneRoster's objects, as services list them, as rows of the tables that files have."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

import msgspec

from ...ingest.mapping.paths import ABSENT, at, elements, leaves, text
from ...ingest.mapping.rows import NEVER_KEPT
from ...ingest.roster.gradebook import MOMENTS
from ...ingest.roster.roster import Roster
from ...ingest.tables import Column, Layout
from ...ingest.web.tables import SERVED, table_of

Read = Callable[[Layout, dict[str, Any]], list[dict[str, str]]]
"""The rows of a table that an object makes."""


def take(roster: Roster, name: str, objects: list[dict[str, Any]]) -> None:
    """Take the objects of a list into a roster, as rows of its table."""
    of = roster.layout(SERVED[name])
    rows = [row for one in objects for row in READ.get(name, _alone)(of, one)]
    roster.take(table_of(of, rows))


def _alone(of: Layout, one: dict[str, Any]) -> list[dict[str, str]]:
    cells = {column.name: _cell(column, one) for column in of.columns}
    return [{**_rest(of, one), **cells, "status": cells["status"] or "active"}]


def _cell(column: Column, one: Mapping[str, Any]) -> str:
    path = _path(column)
    value = at(one, path)
    if value is ABSENT and column.to:
        # Some services name what is referred to by its id alone.
        value = at(one, path.removesuffix(".sourcedId"))
    return text(value) or ""


def _path(column: Column) -> str:
    """Where in an object a column of the CSV format is: `termSourcedIds` are at `terms.sourcedId`."""
    if not column.to or column.name == "sourcedId":
        return SPELLED.get(column.name, column.name)
    stem = column.name.removesuffix("s").removesuffix("SourcedId")
    return f"{stem}s.sourcedId" if column.many else f"{stem}.sourcedId" if stem else column.name


SPELLED = {
    "preferredGivenName": "preferredFirstName",
    "preferredFamilyName": "preferredLastName",
    "userProfileSourcedId": "userProfile",
    **{f"{name}SourcedId": f"{name}.sourcedId" for name in ("org", "school", "class", "course", "academicSession")},
    "gradingPeriodSourcedId": "gradingPeriod.sourcedId",
}


def _rest(of: Layout, one: Mapping[str, Any]) -> dict[str, str]:
    """What an object holds besides its columns; what an extension says is `metadata` there and here."""
    known = {_path(column).partition(".")[0] for column in of.columns} | UNKEPT
    rest = {name: value for name, value in one.items() if name not in known and name != "metadata"}
    said = [*leaves(rest), *leaves(one.get("metadata") or {})]
    kept = {f"metadata.{path}": text(value) or "" for path, value in said if not path.lower().endswith(NEVER_KEPT)}
    return {path: value for path, value in kept.items() if value} | _lists_with_commas(of, one)


_OTHERWISE = ("roles", "userProfiles", "orgs", "scoreScale", "learningObjectiveSet")
UNKEPT = frozenset(("sourcedId", "status", "dateLastModified", "children", "password", *_OTHERWISE))
"""What is read otherwise, is told by others too (children by their parent), or is never kept."""


def _lists_with_commas(of: Layout, one: Mapping[str, Any]) -> dict[str, str]:
    """Lists of which an element has a comma, which a cell would take for two."""
    lists = {column.name: one.get(column.name) for column in of.columns}
    return {
        f"metadata.{name}": msgspec.json.encode(value).decode()
        for name, value in lists.items()
        if isinstance(value, list) and any("," in str(part) for part in elements(value))
    }


def _org(of: Layout, one: dict[str, Any]) -> list[dict[str, str]]:
    # Some services write organisations of one kind in the plural: `departments`.
    (row,) = _alone(of, one)
    singular = row["type"].removesuffix("s")
    kinds = next(column.choices for column in of.columns if column.name == "type")
    return [{**row, "type": singular if singular in kinds else row["type"]}]


def _user(of: Layout, one: dict[str, Any]) -> list[dict[str, str]]:
    (row,) = _alone(of, one)
    ids = [f"{{{text(at(i, 'type')) or ''}:{text(at(i, 'identifier')) or ''}}}" for i in elements(one.get("userIds"))]
    return [{**row, "userIds": ",".join(ids), "enabledUser": row["enabledUser"] or "true"}]


def _roles(of: Layout, one: dict[str, Any]) -> list[dict[str, str]]:
    """The roles of a user; one that a service of 1.2 writes as 1.1 has it counts too."""
    given = elements(one.get("roles")) or _as_in_1_1(one)
    rows = [{c.name: _cell(c, role) for c in of.columns} for role in given]
    for row in rows:
        row["roleType"] = row["roleType"] or "primary"
    return _of_user(one, rows, "orgSourcedId", "role", "roleType", "beginDate")


def _as_in_1_1(one: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [{"role": one["role"], "org": org} for org in elements(one.get("orgs"))] if one.get("role") else []


def _profiles(of: Layout, one: dict[str, Any]) -> list[dict[str, str]]:
    rows = [_profile(of, profile) for profile in elements(one.get("userProfiles"))]
    keyed = _of_user(one, rows, "vendorId", "applicationId", "profileType")
    return [{**row, "sourcedId": row.pop("profileId") or row["sourcedId"]} for row in keyed]


def _profile(of: Layout, profile: Mapping[str, Any]) -> dict[str, str]:
    within = {"credentialType": "credentials.type", "username": "credentials.username", "profileId": "profileId"}
    cells = {column.name: _cell(column, profile) for column in of.columns}
    return cells | {name: text(at(profile, path)) or "" for name, path in within.items()}


def _of_user(one: Mapping[str, Any], rows: list[dict[str, str]], *key: str) -> list[dict[str, str]]:
    """Rows of a user that have no key of their own there: they are known by what they say."""
    user, status = text(one.get("sourcedId")) or "", text(one.get("status")) or "active"
    keyed = {":".join((user, *(row[name] for name in key))): row for row in rows}
    return [{**row, "sourcedId": name, "userSourcedId": user, "status": status} for name, row in keyed.items()]


def _demographic(of: Layout, one: dict[str, Any]) -> list[dict[str, str]]:
    # 1.1 writes `birthdate`, and 1.2 `birthDate`.
    born = one.pop("birthdate", None)
    return _alone(of, {**one, "birthDate": one.get("birthDate") or born})


# ---- gradebooks and resources


def _dated(of: Layout, one: dict[str, Any]) -> list[dict[str, str]]:
    """What has moments where files have days: these are beside them."""
    moments = {path: one.get(path.rpartition(".")[2]) for path in MOMENTS}
    told = {path: at for path, at in moments.items() if isinstance(at, str) and len(at) > 10}
    days = {name: (text(one.get(name)) or "")[:10] for name in ("assignDate", "dueDate", "scoreDate") if one.get(name)}
    return [{**row, **(told if of.name == "lineItems" else {})} for row in _alone(of, {**one, **days})]


def _scale(of: Layout, one: dict[str, Any]) -> list[dict[str, str]]:
    pairs = elements(one.get("scoreScaleValue"))
    told = [f"{{{text(at(p, 'itemValueLHS')) or ''}:{text(at(p, 'itemValueRHS')) or ''}}}" for p in pairs]
    return _alone(of, {**one, "scoreScaleValue": ",".join(told)})


def _part(of: Layout, one: Mapping[str, Any], column: str, told: Mapping[str, str], *key: str) -> dict[str, str]:
    """A row for a part of a thing that has no key of its own there."""
    me, status = text(one.get("sourcedId")) or "", text(one.get("status")) or "active"
    blank = dict.fromkeys((c.name for c in of.columns), "")
    return {**blank, **told, column: me, "sourcedId": ":".join((me, *key)), "status": status}


def _scales(column: str) -> Read:
    def read(of: Layout, one: dict[str, Any]) -> list[dict[str, str]]:
        scale = text(at(one, "scoreScale.sourcedId"))
        return [_part(of, one, column, {"scoreScaleSourcedId": scale}, scale)] if scale else []

    return read


def _objectives(column: str) -> Read:
    def read(of: Layout, one: dict[str, Any]) -> list[dict[str, str]]:
        rows: list[dict[str, str]] = []
        for some in elements(one.get("learningObjectiveSet")):
            source = text(at(some, "source")) or ""
            for aim in (*elements(at(some, "learningObjectiveIds")), *elements(at(some, "learningObjectiveResults"))):
                said = cast(dict[str, Any], aim) if isinstance(aim, dict) else {"learningObjectiveId": aim}
                told = {n: text(said.get(n)) or "" for n in ("learningObjectiveId", "score", "textScore")}
                known = {name: value for name, value in told.items() if name in {c.name for c in of.columns}}
                rows.append(_part(of, one, column, {**known, "source": source}, source, told["learningObjectiveId"]))
        return rows

    return read


def _used(column: str) -> Read:
    def read(of: Layout, one: dict[str, Any]) -> list[dict[str, str]]:
        ids = [text(at(ref, "sourcedId")) or "" for ref in elements(one.pop("resources", None))]
        return [_part(of, one, column, {"resourceSourcedId": key}, key) for key in dict.fromkeys(ids) if key]

    return read


READ: Mapping[str, Read] = {
    "orgs": _org,
    "users": _user,
    "roles": _roles,
    "userProfiles": _profiles,
    "demographics": _demographic,
    "scoreScales": _scale,
    "lineItems": _dated,
    "results": _dated,
    "lineItemScoreScales": _scales("lineItemSourcedId"),
    "resultScoreScales": _scales("resultSourcedId"),
    "lineItemLearningObjectiveIds": _objectives("lineItemSourcedId"),
    "resultLearningObjectiveIds": _objectives("resultSourcedId"),
    "classResources": _used("classSourcedId"),
    "courseResources": _used("courseSourcedId"),
    "userResources": _used("userSourcedId"),
}
