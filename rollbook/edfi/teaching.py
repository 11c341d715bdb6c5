"""What is taught: programmes, sessions, courses and their offering."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..fields import Expr, Ref
from ..model.calendar import Session
from ..model.curriculum import Course, CourseOffering, Program
from ..model.organisation import School
from . import parts, targets
from .homes import (
    NUMERAL,
    Fact,
    FirstKnown,
    Guessed,
    Home,
    OrganisationId,
    Rest,
    Row,
    known,
    numbered,
    placed,
)
from .schema import Boolean, Collection, Date, Descriptor, Integer, Reference, Resource, Text
from .words import TERMS, session_kind, uri, word, words


def _organisation(school: Ref) -> Reference:
    estab = school / School.estab
    return Reference(
        "educationOrganizationReference",
        "The school or district",
        targets.ORGANISATION,
        identity=True,
        at=school,
        sets="school",
        homes={"educationOrganizationId": OrganisationId(school, estab)},
    )


def _learning_standards(item: str) -> Collection:
    return parts.single(
        "learningStandards",
        "The learning standards that it follows",
        item,
        Reference("learningStandardReference", "A learning standard", targets.LEARNING_STANDARD, identity=True),
    )


programs = Resource(
    "programs",
    "Program",
    "A programme of instruction, support or benefits beside the timetable.",
    of=Program,
    only=known(Program.name, Program.kind) & placed(Program.school, Program.school / School.estab),
    properties=(
        Text("programName", "The name of the programme", 60, identity=True, home=Fact(Program.name)),
        Descriptor(
            "programTypeDescriptor",
            "The kind of programme",
            "ProgramType",
            identity=True,
            home=word(Program.kind, "ProgramType"),
        ),
        _organisation(Program.school),
        parts.single(
            "characteristics",
            "What marks the programme",
            "programCharacteristic",
            Descriptor("programCharacteristicDescriptor", "A mark", "ProgramCharacteristic", identity=True),
        ),
        _learning_standards("programLearningStandard"),
        Text("programId", "A number or code for it", 20),
        parts.single(
            "sponsors",
            "Who pays for it",
            "programSponsor",
            Descriptor("programSponsorDescriptor", "A sponsor", "ProgramSponsor", identity=True),
        ),
    ),
)


def _academic_year(year: Any) -> str | None:
    return None if year is None else f"{year - 1}-{year}"


sessions = Resource(
    "sessions",
    "Session",
    "A part of a school year in which courses are taught.",
    of=Session,
    only=known(Session.name, Session.year) & numbered(Session.school / School.estab),
    key_may_change=True,
    unified=(
        (
            "$.schoolReference.schoolId",
            "$.academicWeeks[*].academicWeekReference.schoolId",
            "$.gradingPeriods[*].gradingPeriodReference.schoolId",
        ),
        ("$.schoolYearTypeReference.schoolYear", "$.gradingPeriods[*].gradingPeriodReference.schoolYear"),
    ),
    properties=(
        Text("sessionName", "The name of the session", 60, identity=True, home=Fact(Session.name)),
        Reference(
            "schoolReference",
            "The school",
            targets.SCHOOL,
            identity=True,
            at=Session.school,
            sets="school",
            homes={"schoolId": Fact(Session.school / School.estab, NUMERAL)},
        ),
        Reference(
            "schoolYearTypeReference",
            "The school year",
            targets.YEAR,
            identity=True,
            homes={"schoolYear": Fact(Session.year, also=(("school_year", _academic_year),))},
        ),
        parts.single(
            "academicWeeks",
            "The weeks of the session",
            "sessionAcademicWeek",
            Reference("academicWeekReference", "A week", targets.ACADEMIC_WEEK, identity=True),
        ),
        Date("beginDate", "The first day", required=True, home=Fact(Session.start)),
        Date("endDate", "The last day", required=True, home=Fact(Session.end)),
        parts.single(
            "gradingPeriods",
            "The grading periods of the session",
            "sessionGradingPeriod",
            Reference("gradingPeriodReference", "A grading period", targets.GRADING_PERIOD, identity=True),
        ),
        Descriptor(
            "termDescriptor",
            "Which term it is",
            "Term",
            required=True,
            home=Guessed(
                Session.term,
                words("Term"),
                also=(("kind", session_kind),),
                any_case=True,
                guess=Session.kind,
                guesses=TERMS,
            ),
        ),
        Integer(
            "totalInstructionalDays",
            "On how many days the school teaches",
            0,
            required=True,
            home=Fact(Session.instructional_days),
        ),
    ),
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


courses = Resource(
    "courses",
    "Course",
    "A plan of what is learnt in a subject, which schools may offer.",
    of=Course,
    only=known(Course.code) & placed(Course.school, Course.school / School.estab),
    properties=(
        Text("courseCode", "The code of the course", 60, identity=True, home=Fact(Course.code)),
        Collection(
            "identificationCodes",
            "Codes by which others know it, by system",
            "courseIdentificationCode",
            (
                Descriptor(
                    "courseIdentificationSystemDescriptor",
                    "The system of codes",
                    "CourseIdentificationSystem",
                    identity=True,
                ),
                Text("assigningOrganizationIdentificationCode", "Who gave the code", 60),
                Text("courseCatalogURL", "Where the code is explained", 255, 5),
                Text("identificationCode", "The code", 60, required=True),
            ),
            required=True,
            home=_Codes(),
        ),
        _organisation(Course.school),
        parts.single(
            "academicSubjects",
            "The subjects that it teaches",
            "courseAcademicSubject",
            Descriptor("academicSubjectDescriptor", "A subject", "AcademicSubject", identity=True),
        ),
        Descriptor("careerPathwayDescriptor", "The career that it leads to", "CareerPathway"),
        parts.single(
            "competencyLevels",
            "The levels by which students are rated",
            "courseCompetencyLevel",
            Descriptor("competencyLevelDescriptor", "A level", "CompetencyLevel", identity=True),
        ),
        Descriptor("courseDefinedByDescriptor", "Who defined it", "CourseDefinedBy"),
        Text("courseDescription", "What it is about", 1024, home=Fact(Course.description)),
        Descriptor("courseGPAApplicabilityDescriptor", "Whether it counts for the average", "CourseGPAApplicability"),
        Text("courseTitle", "The title", 60, required=True, home=FirstKnown((Course.title, Course.code))),
        Date("dateCourseAdopted", "The day on which it was adopted"),
        Boolean("highSchoolCourseRequirement", "Whether it counts for graduation"),
        _learning_standards("courseLearningStandard"),
        parts.course_characteristics("courseLevelCharacteristic", "levelCharacteristics"),
        Integer("maxCompletionsForCredit", "How often it may be taken for credit", 1),
        parts.credit_conversion("maximumAvailableCreditConversion"),
        parts.credits("maximumAvailableCredits", "The most credits"),
        Descriptor("maximumAvailableCreditTypeDescriptor", "The kind of those credits", "CreditType"),
        parts.credit_conversion("minimumAvailableCreditConversion"),
        parts.credits("minimumAvailableCredits", "The fewest credits"),
        Descriptor("minimumAvailableCreditTypeDescriptor", "The kind of those credits", "CreditType"),
        Integer("numberOfParts", "How many parts it has", 1, 8, required=True, otherwise=1),
        parts.grade_levels("offeredGradeLevels", "courseOfferedGradeLevel", Course.grades),
        Integer("timeRequiredForCompletion", "How many minutes it takes", 1),
    ),
)

_offered_at = CourseOffering.school
_offered_in = CourseOffering.session

course_offerings = Resource(
    "courseOfferings",
    "CourseOffering",
    "A course as a school teaches it in a session.",
    of=CourseOffering,
    only=known(CourseOffering.code, _offered_in / Session.name, _offered_in / Session.year)
    & numbered(_offered_at / School.estab, _offered_in / (Session.school / School.estab)),
    key_may_change=True,
    unified=(("$.schoolReference.schoolId", "$.sessionReference.schoolId"),),
    properties=(
        Text("localCourseCode", "The school's code for it", 60, identity=True, home=Fact(CourseOffering.code)),
        Reference(
            "courseReference",
            "The course",
            targets.COURSE,
            required=True,
            at=CourseOffering.course,
            sets="course",
            homes={
                "courseCode": Fact(CourseOffering.course / Course.code),
                "educationOrganizationId": OrganisationId(
                    CourseOffering.course / Course.school,
                    CourseOffering.course / (Course.school / School.estab),
                ),
            },
        ),
        Reference(
            "schoolReference",
            "The school",
            targets.SCHOOL,
            identity=True,
            at=_offered_at,
            sets="school",
            homes={"schoolId": Fact(_offered_at / School.estab, NUMERAL)},
        ),
        Reference(
            "sessionReference",
            "The session",
            targets.SESSION,
            identity=True,
            at=_offered_in,
            sets="session",
            homes={
                "schoolId": Fact(_offered_in / (Session.school / School.estab), NUMERAL),
                "schoolYear": Fact(_offered_in / Session.year),
                "sessionName": Fact(_offered_in / Session.name),
            },
        ),
        parts.course_characteristics("courseOfferingCourseLevelCharacteristic"),
        parts.single(
            "curriculumUseds",
            "The curricula that early learners follow",
            "courseOfferingCurriculumUsed",
            Descriptor("curriculumUsedDescriptor", "A curriculum", "CurriculumUsed", identity=True),
        ),
        Integer("instructionalTimePlanned", "How many minutes of teaching are planned", 1),
        Text("localCourseTitle", "The school's title for it", 60, home=Fact(CourseOffering.title)),
        parts.grade_levels("offeredGradeLevels", "courseOfferingOfferedGradeLevel", None),
    ),
)
