"""The catalogue is the test: every endpoint, table, field, type and scope as the document has them, over HTTP."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from rollbook.api.resource import AnyTable, Counted, Endpoint, Facts
from rollbook.dialects.xporter.catalogue import ENDPOINTS
from rollbook.scopes import ANYONE, CATALOGUE, Need

from ..hub import BRAMBLESIDE, SAGUARO, THORNFIELD, Hub
from ..laws.asking import usable, widest

DOCUMENT: dict[str, Any] = json.loads((Path(__file__).parent.parent / "xporter_document.json").read_text())
"""The facts of the Xporter document: by endpoint its tables, with each field's scopes and the kind of its example,
and its parameters. AgencyAgent, TimetableStructure and the two of conduct are from the service's own catalogue of 2018,
since the document's tables for them are copies of others, or are not there."""

SEGMENTS = sorted(DOCUMENT)

ADDED: dict[str, set[str]] = {
    **{f"{table}": {"XID"} for table in ("Contacts.Contacts", "Groups.Group", "Staff.Staff", "Students.Students")},
    "Post16Study.Post16StudyCourses": {"Post16StudyId"},
    **{f"HistoricalAttendanceSummary.{name}": set() for name in ("MinutesLate", "AttendanceNotes")},
    "HistoricalAttendanceSummary.StatutoryComments": set(),
    "SchoolInfo.SchoolInfo": {
        "CurrentAcademicYear",
        "SchoolLogoUrl",
        "SchoolLogoAlternateUrl",
        "LastUpdated",
        "RowHash",
    },
    "Calendar.SchoolCalendar": {"LastUpdated", "RowHash"},
    "Tags.TagDefinitions": set(),
    "XIDs.EntityAttributes": set(),
    **{
        f"TimetableFor{whom}.{name}": set()
        for whom in ("Group", "Staff", "Student")
        for name in ("Timetables", "TimetableDays", "TimetablePeriods")
    },
}
"""Columns that the document does not have and Rollbook shows, by `Endpoint.Table`; see docs/xporter-differences.md."""

EMPTY: dict[str, str] = {
    "ValidationErrors.ValidationErrors": "the source of the demo, which is the hub itself, is refused nothing",
}
"""Tables that have no rows at any of the invented schools, and why."""

NEVER_FILLED: dict[str, str] = {
    "AssessmentResultsByMarksheet.assessmentresults.Notes": "the marksheets of the example have no notes; others do",
    "AssessmentResultsByStudent.assessmentresults.Notes": "the students of the example have no notes; others do",
    "SchoolInfo.SchoolInfo.DeniNo": "the school is in England, and this is a number of Northern Ireland",
    "TimetableForStaff.Lessons.JoinedId": "the teacher of the example has no double lessons; others have",
}
"""Columns that are null in every row of the first invented school, which developers build against, and why."""

ALWAYS_FILLED: dict[str, tuple[str, ...]] = {
    "Calendar.SchoolCalendar": ("StartDate", "EndDate", "Category", "Description", "Type"),
    "Contacts.Contacts": ("Forename", "Surname", "TranslatorRequired"),
    "SchoolInfo.SchoolInfo": ("Name", "Head", "Telephone", "Governance", "Phase", "Address", "CurrentAcademicYear"),
    "Staff.Staff": ("Surname", "Gender", "StaffStatus"),
    "Students.Students": ("Surname", "Gender", "DateofBirth", "EntryDate", "EnrolmentStatus", "ModeOfTravel"),
}
"""Columns that a school's system always has a value for, and so has every row of the first invented school."""

OTHER_KINDS: dict[str, str] = {}
"""Fields whose example in the document is of another kind than what is served, and why."""

KINDS = {
    "date": {"date"},
    "time": {"time"},
    "datetime": {"datetime", "moment"},
    "number": {"text", "number", "flag", "decimal"},
}
"""For each kind of example, the kinds that a field may be of: ids and codes are texts that look like numbers."""


def endpoint_of(segment: str) -> Endpoint:
    return ENDPOINTS[segment.lower()]


def columns(endpoint: Endpoint, table: AnyTable) -> dict[str, tuple[Need, str]]:
    """What must be held to see each field of a table, and its kind; any of its parts may show it."""
    if isinstance(table, Facts):
        return {name: (table.need, kind) for name, (_, _, kind) in table.columns.items()}
    if isinstance(table, Counted):
        return {name: (table.need, "number" if name == "Count" else "text") for name in table.columns}
    found: dict[str, tuple[Need, str]] = {}
    for part in endpoint.parts(table):
        for name, value in part.columns.items():
            found[name] = (found[name][0] | value.need if name in found else value.need, value.kind)
    return found


def documented(ways: list[str]) -> set[frozenset[str]]:
    """The ways in which a field may be held, as the document lists them."""
    return {frozenset(way.split("&")) for way in ways}


# ---- the declarations beside the document


def test_every_endpoint_of_the_document_is_there() -> None:
    assert sorted(e.segment for e in ENDPOINTS.values()) == SEGMENTS
    assert len(SEGMENTS) == 89


@pytest.mark.parametrize("segment", SEGMENTS)
def test_an_endpoint_has_the_tables_of_the_document_in_its_order(segment: str) -> None:
    tables = [t.name for t in endpoint_of(segment).tables]
    told = list(DOCUMENT[segment]["tables"])
    assert [name for name in tables if name in told] == told
    assert {f"{segment}.{name}" for name in tables if name not in told} <= ADDED.keys()


@pytest.mark.parametrize("segment", SEGMENTS)
def test_a_table_has_the_fields_of_the_document(segment: str) -> None:
    endpoint = endpoint_of(segment)
    for table in endpoint.tables:
        told = DOCUMENT[segment]["tables"].get(table.name)
        if told:
            own = set(columns(endpoint, table))
            more = ADDED.get(f"{segment}.{table.name}", set())
            assert set(told) <= own, table.name
            # What options add is told among the options rather than the fields.
            assert own - set(told) - endpoint.optional().keys() == more, table.name


@pytest.mark.parametrize("segment", SEGMENTS)
def test_a_field_needs_the_scopes_that_the_document_lists(segment: str) -> None:
    endpoint = endpoint_of(segment)
    for table in endpoint.tables:
        own = columns(endpoint, table)
        for name, said in DOCUMENT[segment]["tables"].get(table.name, {}).items():
            if said["scopes"]:
                need, _ = own[name]
                assert set(need.ways) == documented(said["scopes"]), f"{table.name}.{name} needs {need}"


@pytest.mark.parametrize("segment", SEGMENTS)
def test_a_field_is_of_the_kind_of_its_example(segment: str) -> None:
    endpoint = endpoint_of(segment)
    for table in endpoint.tables:
        own = columns(endpoint, table)
        for name, said in DOCUMENT[segment]["tables"].get(table.name, {}).items():
            field = f"{segment}.{table.name}.{name}"
            if "example" in said and field not in OTHER_KINDS:
                assert own[name][1] in KINDS[said["example"]], f"{field} is {own[name][1]}, not {said['example']}"


@pytest.mark.parametrize("segment", SEGMENTS)
def test_an_endpoint_takes_every_parameter_of_the_document(segment: str) -> None:
    endpoint = endpoint_of(segment)
    taken = {n.lower() for n in (*endpoint.options, *endpoint.filters)}
    assert {p.lower() for p in DOCUMENT[segment]["parameters"]} <= taken


# ---- what is served


def asked(hub: Hub, token: str) -> Iterator[tuple[str, str]]:
    """Each endpoint that `Queries` lists, with the path of its widest question."""
    wide = widest(hub, token)
    for row in hub.get("/api/v1/Queries", token).json["Endpoints"]:
        if row["Method"] != "GET" or "/School/" not in row["Path"]:
            continue
        found = re.fullmatch(r"/api/v1/School/\{estab\}/(\w+)(/\{id\})?", row["Path"])
        assert found, row["Path"]
        if found[1] != "TestError":
            yield found[1], wide[found[1]]


def tables_of(hub: Hub, token: str, path: str, estab: str = THORNFIELD) -> dict[str, list[dict[str, Any]]]:
    """The tables of an answer that is not an error."""
    body = hub.school(path, token, estab)
    assert "ExceptionType" not in body, (path, body)
    return {name: rows for name, rows in body.items() if name not in ("meta", "__pagination__")}


def fits(kind: str, value: object) -> bool:
    """Whether a value is one of its kind, as JSON."""
    if value is None:
        return True
    patterns = {
        "date": r"\d{4}-\d\d-\d\d",
        "time": r"\d\d:\d\d",
        "datetime": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d",
        "moment": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}",
    }
    if kind in patterns:
        return isinstance(value, str) and re.fullmatch(patterns[kind], value) is not None
    if kind == "flag":
        return type(value) is int and value in (0, 1)
    if kind == "number":
        return isinstance(value, int) and not isinstance(value, bool)
    if kind == "decimal":
        return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, str)


@dataclass(frozen=True)
class Seen:
    """What the rows of a table show: the columns that rows have, and the values of each column with their types."""

    columns: frozenset[frozenset[str]]
    values: dict[str, set[tuple[type[Any], Any]]]


def seen(rows: list[dict[str, Any]]) -> Seen:
    """A table's rows as what they show together; True and 1, which are equal, are told apart."""
    names = frozenset(frozenset(row) for row in rows)
    values: dict[str, set[tuple[type[Any], Any]]] = {
        name: {(type(row[name]), row[name]) for row in rows if name in row} for name in {n for ns in names for n in ns}
    }
    return Seen(names, values)


@pytest.fixture(scope="module")
def first(hub: Hub) -> dict[str, dict[str, Seen]]:
    """What the first school shows an app that may see everything, by endpoint and table."""
    token = hub.token()
    return {
        segment: {name: seen(rows) for name, rows in tables_of(hub, token, path).items()}
        for segment, path in asked(hub, token)
    }


def test_a_token_of_all_scopes_gets_every_table_with_every_field_of_its_kind(first: dict[str, dict[str, Seen]]) -> None:
    assert {*first, "TestError"} == set(SEGMENTS)
    for segment, answer in first.items():
        endpoint = endpoint_of(segment)
        assert list(answer) == [t.name for t in endpoint.tables], segment
        for table in endpoint.tables:
            kinds = {name: kind for name, (_, kind) in columns(endpoint, table).items()}
            shown = answer[table.name]
            assert shown.columns <= {frozenset(kinds)}, (
                segment,
                table.name,
                [ns ^ kinds.keys() for ns in shown.columns],
            )
            wrong = {n: v for n, values in shown.values.items() for _, v in values if not fits(kinds[n], v)}
            assert not wrong, (segment, table.name, wrong)


def test_every_table_has_rows_at_one_of_the_schools(hub: Hub, first: dict[str, dict[str, Seen]]) -> None:
    every = {f"{segment}.{name}" for segment, answer in first.items() for name in answer}
    filled = {
        f"{segment}.{name}" for segment, answer in first.items() for name, shown in answer.items() if shown.columns
    }
    listed = dict(asked(hub, hub.token()))
    for estab in (BRAMBLESIDE, SAGUARO):
        token = hub.token(estab=estab)
        for segment, path in listed.items():
            found = tables_of(hub, token, path, estab)
            every |= {f"{segment}.{name}" for name in found}
            filled |= {f"{segment}.{name}" for name, rows in found.items() if rows}
    assert every - filled == EMPTY.keys()


def test_the_first_school_has_a_value_for_every_column_that_it_can_have_one_for(
    first: dict[str, dict[str, Seen]],
) -> None:
    shown = {
        f"{segment}.{table}.{name}": values
        for segment, answer in first.items()
        for table, one in answer.items()
        for name, values in one.values.items()
    }
    null = (type(None), None)
    assert {column for column, values in shown.items() if values == {null}} == NEVER_FILLED.keys()
    wanted = [f"{table}.{name}" for table, names in ALWAYS_FILLED.items() for name in names]
    assert [column for column in wanted if null in shown[column]] == []


@pytest.mark.parametrize("scope", sorted(CATALOGUE))
def test_a_token_of_a_single_scope_gets_what_that_scope_shows(small_hub: Hub, scope: str) -> None:
    token = small_hub.token([scope])
    listed = dict(asked(small_hub, token))
    may = {e.segment for e in ENDPOINTS.values() if e.need.met_by({scope})} - {"TestError"}
    assert set(listed) == may
    for segment, path in listed.items():
        endpoint, answer = endpoint_of(segment), tables_of(small_hub, token, path)
        # The name of a table whose fields are all refused is still there, empty.
        assert list(answer) == [t.name for t in endpoint.tables]
        optional = endpoint.optional()
        for table in endpoint.tables:
            seen = {n for n, (need, _) in columns(endpoint, table).items() if need.met_by({scope})}
            if not isinstance(table, Facts | Counted) and not any(
                need.met_by({scope}) and need != ANYONE for need, _ in columns(endpoint, table).values()
            ):
                assert answer[table.name] == [], (segment, table.name)
            for row in answer[table.name]:
                assert row.keys() <= seen, (segment, table.name, row.keys() - seen)
                assert endpoint.parts(table)[1:] or seen - row.keys() <= optional.keys(), (segment, table.name)


def test_an_option_that_rests_on_what_is_not_held_does_not_exist(small_hub: Hub) -> None:
    token = small_hub.token(["StudentLite"])
    left = usable(small_hub, token, "Students?httpstatuscodes=true", ["includePhotos", "includeSiblingsList"])
    assert left == ["includeSiblingsList"]
