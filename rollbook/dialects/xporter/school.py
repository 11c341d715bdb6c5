"""The school itself: its details, counts, diary, health, and which scope shows which field."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...api.resource import AnyTable, Context, Counted, Endpoint, Facts, Filter, Option, Table, Union, With
from ...fields import ALWAYS, Arg, Coalesce, Given, LastUpdated, Literal, Mapped, RowHash, Value
from ...jobs import DATABASES
from ...jobs.freshness import PURGED
from ...model.calendar import CalendarEvent
from ...model.organisation import School, Site
from ...model.people import Staff as Employee
from ...model.people import StaffPhoto
from ...model.students import Student, StudentPhoto
from ...scopes import Need, S
from .contacts import Contacts
from .filters import updated_since
from .groups import Groups
from .staff import Staff
from .students import Students

_NEED = S.School | S.SchoolLite


class SchoolInfo(Table, of=School):
    """The school establishment with contact and address details."""

    Id = Literal("1", "Record Id of the school (always 1)", _NEED)
    Name = School.name
    Head = School.head
    MainContact = School.main_contact
    Telephone = School.telephone
    Web = School.web
    Email = School.email
    DeniNo = School.deni_no
    Governance = School.governance
    Phase = School.phase
    ExamCentre = School.exam_centre
    Address = School.address
    EstabId = School.estab
    # The document leaves these out; recordings of the service have them.
    CurrentAcademicYear = Given(
        Arg("academic_year"),
        _NEED,
        about="The calendar year in which the current academic year begins",
        example=2026,
        kind="number",
    )
    SchoolLogoUrl = School.logo
    SchoolLogoAlternateUrl = School.second_logo
    LastUpdated = LastUpdated(School)
    RowHash = RowHash(School)


class Sites(Table, of=Site, order=(Site.mis_id,)):
    """The places where the school teaches."""

    Id = Site.mis_id
    Name = Site.name
    IsMain = Site.is_main
    Telephone = Site.telephone
    Address = Site.address
    PostCode = Site.post_code
    Latitude = Site.latitude
    Longitude = Site.longitude
    OpenedDate = Site.opened


school_info = Endpoint(
    "SchoolInfo",
    "Retrieval of SchoolInfo",
    "School",
    "Information about the school establishment including contact and address details where available from the MIS.",
    _NEED,
    (SchoolInfo, Sites),
    years=True,
    options={"includeSites": Option("Additional result set with site information", With(Sites))},
    filters={"updatedSince": updated_since(School, "The school, if its details were last updated after this date")},
)


class StudentPhotos(Table, of=StudentPhoto, only=(StudentPhoto.who / Student.on_roll).is_("OnRoll")):
    """Photographs of students on roll."""

    Id = StudentPhoto.mis_id


class StaffPhotos(Table, of=StaffPhoto, only=(StaffPhoto.who / Employee.status).is_("Current")):
    """Photographs of current staff."""

    Id = StaffPhoto.mis_id


counts = Endpoint(
    "Counts",
    "Counts of the number of students, staff, contacts, groups and photos for this school",
    "School",
    "Total counts of students, contacts, staff, groups, and available photos for active people.",
    _NEED,
    (
        Counted(
            "counts",
            _NEED,
            {
                "Students": Students,
                "Staff": Staff,
                "Contacts": Contacts,
                "Groups": Groups,
                "Photos": Union("Photos", (StudentPhotos, StaffPhotos)),
            },
            {"Area": "Area for count", "Count": "Count of entities"},
        ),
    ),
)


class SchoolCalendar(Table, of=CalendarEvent, order=(CalendarEvent.start, CalendarEvent.start_time)):
    """The school's diary."""

    Id = CalendarEvent.mis_id
    StartDate = CalendarEvent.start
    StartTime = CalendarEvent.start_time
    EndDate = CalendarEvent.end
    EndTime = CalendarEvent.end_time
    Category = CalendarEvent.category
    Description = Coalesce(CalendarEvent.description, CalendarEvent.category)
    Type = Mapped(CalendarEvent.kind, CalendarEvent.kind.choices, about="Event type", example="School Event")
    LastUpdated = LastUpdated(CalendarEvent)
    RowHash = RowHash(CalendarEvent)


calendar = Endpoint(
    "Calendar",
    "school calendar",
    "School",
    "An event diary/calendar for a school.",
    S.School,
    (SchoolCalendar,),
    filters={
        "id": Filter("A single event by its Id", CalendarEvent.mis_id.is_(Arg("id"))),
        "DateFrom": Filter(
            "School events starting from this date", CalendarEvent.start.since(Arg("DateFrom")), kind="date"
        ),
        "DateTo": Filter(
            "School events ending on or before this date", CalendarEvent.end.until(Arg("DateTo")), kind="date"
        ),
        "EventType": Filter(
            "A specific type of school event",
            CalendarEvent.kind.is_(Arg("EventType")),
            kind="code",
            choices={kind: kind for kind in CalendarEvent.kind.choices},
        ),
    },
)


def _health(context: Context) -> list[dict[str, Any]]:
    """Data is served for thirty days after it was last read, whatever happens at the source (the document)."""
    data = next(d for d in context.databases if d.name == "XodSchoolData")
    days = data.age_minutes(context.now) // 1440
    states = {d.status for d in context.databases}
    return [
        {
            "Id": "1",
            "Estab": context.reader.grant.estab,
            "SchoolDataStatus": "ok" if days <= PURGED else "expired",
            "SchoolDataAgeDays": days,
            "XodStatus": "failed" if "Failed" in states else "refreshing" if "Refreshing" in states else "ok",
        }
    ]


health = Endpoint(
    "Health",
    "Health",
    "School",
    "The availability of data for a given school.",
    # Any token may ask after the health of its school.
    S.School | ALWAYS.need,
    (
        Facts(
            "health",
            _health,
            {
                "Id": ("Record Id (always 1)", "1", "text"),
                "Estab": ("The DfE establishment code for the school", "3285502", "text"),
                "SchoolDataStatus": (
                    "ok, or expired when the school's data has not been read from its source for 30 days",
                    "ok",
                    "text",
                ),
                "SchoolDataAgeDays": (
                    "How many days ago the school's data was last read from its source",
                    0,
                    "number",
                ),
                "XodStatus": ("The overall status of the available data: ok, refreshing or failed", "ok", "text"),
            },
            passing=True,
        ),
    ),
    databases=tuple(DATABASES),
    filters={"estab": Filter("A specific school, when asked with a management token", ALWAYS)},
)


def fields_by_scope(endpoint: Endpoint, table: AnyTable) -> list[dict[str, Any]]:
    """The fields of a table, each with the scopes that show it; the parts of a table may need different ones."""
    needs: dict[str, Need] = {}
    said: dict[str, tuple[str, Value]] = {}
    for name, about, example, need in _said_of(endpoint, table):
        needs[name] = needs[name] | need if name in needs else need
        said.setdefault(name, (about, example))
    return [
        {
            "Id": f"{endpoint.segment}.{table.name}.{name}",
            "APIEndpoint": endpoint.segment,
            "ResultSet": table.name,
            "Field": name,
            "Scope": str(needs[name]),
            "Description": about,
            "Example": None if example is None else str(example),
        }
        for name, (about, example) in said.items()
    ]


def _said_of(endpoint: Endpoint, table: AnyTable) -> Iterator[tuple[str, str, Value, Need]]:
    """Name, description, example and need of each field."""
    for part in endpoint.parts(table):
        yield from ((name, expr.about, expr.example, expr.need) for name, expr in part.columns.items())
    if isinstance(table, Facts):
        yield from ((name, about, example, table.need) for name, (about, example, _) in table.columns.items())
    if isinstance(table, Counted):
        yield from ((name, about, None, table.need) for name, about in table.columns.items())


def _scope_fields(context: Context) -> list[dict[str, Any]]:
    scope, endpoint = (str(context.args.get(n) or "").lower() for n in ("Scope", "APIEndpoint"))
    rows = [row for e in context.catalogue.values() for t in e.tables for row in fields_by_scope(e, t)]
    words = [(row, {w for way in row["Scope"].lower().split(" / ") for w in way.split("&")}) for row in rows]
    return [
        row
        for row, needed in words
        if (not scope or scope in needed) and (not endpoint or row["APIEndpoint"].lower() == endpoint)
    ]


scope_fields = Endpoint(
    "ScopeFields",
    "Retrieval of scope fields",
    "School",
    "Retrieval of scope fields",
    S.School | ALWAYS.need,
    (
        Facts(
            "ScopeFieldDictionary",
            _scope_fields,
            {
                "Id": ("Unique Id of the row", "Students.Students.UPN", "text"),
                "APIEndpoint": ("The endpoint that shows the field", "Students", "text"),
                "ResultSet": ("The result set that the field is in", "Students", "text"),
                "Field": ("The name of the field", "UPN", "text"),
                "Scope": ("The scopes that show it: / for either, & for both", "UPN", "text"),
                "Description": ("What the field says", "Student's Unique Pupil Number", "text"),
                "Example": ("An example of its value", "A01937632542", "text"),
            },
        ),
    ),
    databases=("XodEndpointInfo",),
    filters={
        "Scope": Filter("Show fields accessible with this scope", ALWAYS),
        "APIEndpoint": Filter("Show all fields in an endpoint", ALWAYS),
    },
)

test_error = Endpoint(
    "TestError", "testerror", "School", "Returns an error for testing purposes", S.School | ALWAYS.need, ()
)

ENDPOINTS = (calendar, counts, health, school_info, scope_fields, test_error)
