"""Districts, schools, sessions and courses."""

from __future__ import annotations

from ...api.listing.resource import Part, Property, Resource
from ...fields import (
    TODAY,
    Arg,
    Coalesce,
    Expr,
    First,
    Given,
    Literal,
    Many,
    Mapped,
    Nested,
    When,
)
from ...model.calendar import Session
from ...model.curriculum import Course
from ...model.organisation import District, School, Site
from .resource import (
    CODE,
    ID,
    MOMENT,
    NAME,
    NO_PROPERTIES,
    PRODUCTS,
    UNKNOWN,
    day,
    known_by,
    link,
    stamps,
)
from .words import grade_levels, subjects

DISTRICT = {
    "district_id": Given(Arg("district_id"), District.scope, kind="text"),
    "country": Given(Arg("country"), District.scope, kind="text"),
    "locale": Given(Arg("locale"), District.scope, kind="text"),
    "time_zone": Given(Arg("time_zone"), District.scope, kind="text"),
}
"""What a district tells of everything in it; records do not refer to their district, so each request brings it."""

district_link = link(DISTRICT["district_id"], "districts")


def address(**known: Expr) -> Expr:
    """An address, of which the record knows a part."""
    names = ("street", "unit", "postal_code", "city", "state", "country", "phone", "latitude", "longitude")
    return Nested({name: known.get(name, Literal(None)) for name in names})


# ---- districts

_district_address = Property(
    address(
        street=District.street,
        postal_code=District.post_code,
        city=District.town,
        state=District.county,
        country=District.country,
        phone=District.telephone,
    )
)

districts = Resource(
    "districts",
    "district",
    Part(
        District,
        {
            **stamps(District),
            "name": Property(District.name),
            "picture_url": UNKNOWN,
            "locale": Property(District.locale),
            "time_zone": Property(District.time_zone),
            # The documentation calls it location, the vendor's own client address.
            "location": _district_address,
            "address": _district_address,
            "properties": NO_PROPERTIES,
            "identifiers": known_by(District, country=District.country, state=District.identifier),
        },
    ),
)

# ---- schools

_main_site = Many("The main site of a school", Site.school, where=Site.is_main.is_("1"))

_school_address = Property(
    address(
        street=School.address,
        postal_code=First(_main_site, Site.post_code),
        country=DISTRICT["country"],
        phone=School.telephone,
        latitude=First(_main_site, Site.latitude),
        longitude=First(_main_site, Site.longitude),
    )
)

schools = Resource(
    "schools",
    "school",
    Part(
        School,
        {
            **stamps(School),
            "name": Property(School.name, NAME),
            "picture_url": UNKNOWN,
            "grade_levels": Property(School.grades, finish=grade_levels),
            "locale": Property(Coalesce(School.locale, DISTRICT["locale"])),
            "time_zone": Property(Coalesce(School.time_zone, DISTRICT["time_zone"])),
            "location": _school_address,
            "address": _school_address,
            "properties": NO_PROPERTIES,
            "identifiers": known_by(
                School, country=DISTRICT["country"], state=School.estab, school_id=School.identifier
            ),
            "district_id": district_link,
            "product_ids": PRODUCTS,
        },
        parts=(_main_site,),
    ),
)

# ---- sessions

SESSION_TYPES = {
    "schoolYear": "school_year",
    "semester": "semester",
    "term": "term",
    "gradingPeriod": "grading_period",
}

sessions = Resource(
    "sessions",
    "session",
    Part(
        Session,
        {
            **stamps(Session),
            "name": Property(Session.name, NAME),
            "start_date": day(Session.start, MOMENT),
            "end_date": day(Session.end, MOMENT),
            "state": Property(
                When(
                    (Session.start.after(TODAY), "upcoming"),
                    (Session.end.before(TODAY), "completed"),
                    otherwise="active",
                )
            ),
            "type": Property(Mapped(Session.kind, SESSION_TYPES)),
            "properties": NO_PROPERTIES,
            "identifiers": known_by(Session),
            "school_id": link(Session.school, "schools"),
            "district_id": district_link,
        },
    ),
)

# ---- courses

courses = Resource(
    "courses",
    "course",
    Part(
        Course,
        {
            **stamps(Course),
            "name": Property(Course.title, NAME),
            "code": Property(Course.code, CODE),
            "grade_levels": Property(Course.grades, finish=grade_levels),
            "subjects": Property(Nested({"names": Course.subjects, "codes": Course.subject_codes}), finish=subjects),
            "properties": NO_PROPERTIES,
            "identifiers": known_by(Course),
            "session_id": link(Course.school_year, "sessions", ID),
            "school_id": link(Course.school, "schools", ID),
            "district_id": district_link,
        },
    ),
)
