"""What is taught: programmes, sessions, courses and their offering."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..fields import Arg, Coalesce, Condition, Expr, Ref
from ..model.calendar import Session
from ..model.curriculum import Course, CourseOffering, Program
from .declaring import At, declare, organisation, through
from .homes import Fact, FirstKnown, Guessed, Home, Listing, Rest, Row, trail
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


GRADING_PERIOD = "gradingPeriod"
"""The kind of session for which marks are given; Ed-Fi does not count it among the sessions."""


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
    only=Session.kind.is_not(GRADING_PERIOD),
)


@dataclass(frozen=True)
class _Period(Fact):
    """Which grading period of a year it is: what was said, or else its name, which is a word of the school's own."""

    name_: Expr = Session.name
    kind: Expr = Session.kind
    compared = True

    def columns(self) -> dict[str, Expr]:
        return {trail(one): one for one in (self.expr, self.name_, self.kind)}

    def read(self, row: Row, rest: Rest, name: str) -> Any:
        if row.get(trail(self.kind), GRADING_PERIOD) != GRADING_PERIOD:
            return None
        said = row.get(self.name)
        return self.codec.read(said if said is not None else row.get(trail(self.name_)))

    def where(self, arg: Arg) -> Condition | None:
        return Coalesce(self.expr, self.name_).same(arg) & self.kind.is_(GRADING_PERIOD)

    @property
    def known(self) -> Condition:
        return self.name_.known()

    def through(self, ref: Ref) -> Home:
        return _Period(
            ref / Session.grading_period, self.codec, any_case=True, name_=ref / Session.name, kind=ref / Session.kind
        )


grading_periods = declare(
    "gradingPeriods",
    Session,
    {
        "gradingPeriodDescriptor": _Period(Session.grading_period, words("GradingPeriod"), any_case=True),
        "gradingPeriodName": Fact(Session.name),
        "schoolReference": through(Session.school, schools),
        "schoolYearTypeReference": At(
            homes={"schoolYear": Fact(Session.year, also=(("school_year", _academic_year),))}
        ),
        "beginDate": Fact(Session.start),
        "endDate": Fact(Session.end),
        "totalInstructionalDays": Fact(Session.instructional_days),
    },
    only=Session.kind.is_(GRADING_PERIOD),
    fresh={"kind": GRADING_PERIOD},
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
