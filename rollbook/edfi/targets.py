"""What references point at, by the members of its natural key.

Resources that this hub does not have (calendars, class periods, graduation plans, ...) are targets too: a document may
name one, and is refused as naming something that does not exist. The specification leaves such properties out.
"""

from __future__ import annotations

from .schema import Date, Descriptor, Integer, Target, Text

FIRST_YEAR, LAST_YEAR = 1991, 2100
"""The school years that there are, each by the calendar year in which it ends."""

_school_id = Integer("schoolId", "The number of the school", bits=64, least=1)
_organisation_id = Integer("educationOrganizationId", "The number of the organisation", bits=64, least=1)
_school_year = Integer("schoolYear", "The calendar year in which the school year ends", FIRST_YEAR, LAST_YEAR)
_session_name = Text("sessionName", "The name of the session", 60)
_course_code = Text("localCourseCode", "The code by which the school knows the course", 60)
_student_id = Text("studentUniqueId", "The id of the student", 32)
_staff_id = Text("staffUniqueId", "The id of the member of staff", 32)


def _served(name: str, **others: str) -> dict[str, dict[str, str]]:
    return {name: others}


SCHOOL = Target("school", (_school_id,), _served("schools"))
DISTRICT = Target(
    "localEducationAgency",
    (Integer("localEducationAgencyId", "The number of the district", bits=64, least=1),),
    _served("localEducationAgencies"),
)
ORGANISATION = Target(
    "educationOrganization",
    (_organisation_id,),
    {
        "schools": {"educationOrganizationId": "schoolId"},
        "localEducationAgencies": {"educationOrganizationId": "localEducationAgencyId"},
    },
)
YEAR = Target("schoolYearType", (_school_year,), everywhere=True)
STUDENT = Target("student", (_student_id,), _served("students"))
STAFF = Target("staff", (_staff_id,), _served("staffs"))
SESSION = Target("session", (_school_id, _school_year, _session_name), _served("sessions"))
COURSE = Target("course", (Text("courseCode", "The code of the course", 60), _organisation_id), _served("courses"))
OFFERING = Target("courseOffering", (_course_code, _school_id, _school_year, _session_name), _served("courseOfferings"))
SECTION = Target(
    "section",
    (
        _course_code,
        _school_id,
        _school_year,
        Text("sectionIdentifier", "The school's own identifier of the section", 255),
        _session_name,
    ),
    _served("sections"),
)
PROGRAM = Target(
    "program",
    (
        _organisation_id,
        Text("programName", "The name of the programme", 60),
        Descriptor("programTypeDescriptor", "The kind of programme", "ProgramType"),
    ),
    _served("programs"),
)
COHORT = Target(
    "cohort", (Text("cohortIdentifier", "The name or id of the cohort", 36), _organisation_id), _served("cohorts")
)

# ---- what this hub does not have

PERSON = Target(
    "person",
    (
        Text("personId", "The id of the human", 32),
        Descriptor("sourceSystemDescriptor", "The system that gave the id", "SourceSystem"),
    ),
)
STATE_AGENCY = Target(
    "stateEducationAgency", (Integer("stateEducationAgencyId", "The number of the agency", bits=64, least=1),)
)
SERVICE_CENTER = Target(
    "educationServiceCenter", (Integer("educationServiceCenterId", "The number of the centre", bits=64, least=1),)
)
CALENDAR = Target("calendar", (Text("calendarCode", "The id of the calendar", 60), _school_id, _school_year))
GRADUATION_PLAN = Target(
    "graduationPlan",
    (
        _organisation_id,
        Descriptor("graduationPlanTypeDescriptor", "The kind of plan", "GraduationPlanType"),
        Integer("graduationSchoolYear", "The school year of graduation", FIRST_YEAR, LAST_YEAR),
    ),
)
CREDENTIAL = Target(
    "credential",
    (
        Text("credentialIdentifier", "The id of the credential", 120),
        Descriptor("stateOfIssueStateAbbreviationDescriptor", "The state that issued it", "StateAbbreviation"),
    ),
)
EMPLOYMENT = Target(
    "staffEducationOrganizationEmploymentAssociation",
    (
        _organisation_id,
        Descriptor("employmentStatusDescriptor", "The kind of employment", "EmploymentStatus"),
        Date("hireDate", "The day of hire"),
        _staff_id,
    ),
)
ACADEMIC_WEEK = Target("academicWeek", (_school_id, Text("weekIdentifier", "The school's name of the week", 80)))
GRADING_PERIOD = Target(
    "gradingPeriod",
    (
        Descriptor("gradingPeriodDescriptor", "The kind of grading period", "GradingPeriod"),
        Text("gradingPeriodName", "The name of the grading period", 60),
        _school_id,
        _school_year,
    ),
)
LEARNING_STANDARD = Target("learningStandard", (Text("learningStandardId", "The id of the standard", 60),))
LOCATION = Target("location", (Text("classroomIdentificationCode", "The code of the room", 60), _school_id))
CLASS_PERIOD = Target("classPeriod", (Text("classPeriodName", "The name of the period", 60), _school_id))
