"""What is taught: programmes, sessions, courses and their offering."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..fields import Expr
from ..model.calendar import Session
from ..model.curriculum import Course, CourseOffering, Program
from .declaring import At, declare, organisation, through
from .homes import Fact, FirstKnown, Guessed, Home, Listing, Rest, Row
from .organisations import schools
from .words import GRADES, TERMS, session_kind, uri, word, words

programs = declare(
    "programs",
    Program,
    {
        "programName": Fact(Program.name),
        "programTypeDescriptor": word(Program.kind, "ProgramType"),
        "educationOrganizationReference": organisation(Program.school),
    },
)


def _academic_year(year: Any) -> str | None:
    return None if year is None else f"{year - 1}-{year}"


sessions = declare(
    "sessions",
    Session,
    {
        "sessionName": Fact(Session.name),
        "schoolReference": through(Session.school, schools),
        "schoolYearTypeReference": At(
            homes={"schoolYear": Fact(Session.year, also=(("school_year", _academic_year),))}
        ),
        "beginDate": Fact(Session.start),
        "endDate": Fact(Session.end),
        "termDescriptor": Guessed(
            Session.term,
            words("Term"),
            also=(("kind", session_kind),),
            any_case=True,
            guess=Session.kind,
            guesses=TERMS,
        ),
        "totalInstructionalDays": Fact(Session.instructional_days),
    },
)


@dataclass(frozen=True)
class _Codes(Home):
    """A course's codes by system: each document has one, so that the district's own stands in where none was given."""

    def columns(self) -> dict[str, Expr]:
        return {"code": Course.code}

    def read(self, row: Row, rest: Rest, name: str) -> Any:
        own = {
            "courseIdentificationSystemDescriptor": uri("CourseIdentificationSystem", "LEA course code"),
            "identificationCode": row.get("code"),
        }
        return rest.get(name) or [own]

    def rest(self, name: str, value: Any, document: Mapping[str, Any]) -> dict[str, Any]:
        return {name: value}


courses = declare(
    "courses",
    Course,
    {
        "courseCode": Fact(Course.code),
        "identificationCodes": _Codes(),
        "educationOrganizationReference": organisation(Course.school),
        "courseDescription": Fact(Course.description),
        "courseTitle": FirstKnown((Course.title, Course.code)),
        "offeredGradeLevels": Listing(Course.grades, "gradeLevelDescriptor", words("GradeLevel", GRADES)),
    },
    otherwise={"numberOfParts": 1},
)

course_offerings = declare(
    "courseOfferings",
    CourseOffering,
    {
        "localCourseCode": Fact(CourseOffering.code),
        "courseReference": through(CourseOffering.course, courses),
        "schoolReference": through(CourseOffering.school, schools),
        "sessionReference": through(CourseOffering.session, sessions),
        "localCourseTitle": Fact(CourseOffering.title),
    },
)
