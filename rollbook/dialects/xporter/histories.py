"""Where students were before, and what they were entitled to (school.studentschoolhistory,
school.studentenrolmenthistory, school.entitlementhistory)."""

from __future__ import annotations

from ...api.resource import Also, Endpoint, Filter, Option, Table, Without
from ...fields import Arg, Called, Clock, LastUpdated, RowHash
from ...model.history import Enrolment, Entitlement, EntitlementGroup, PreviousSchool
from ...model.students import Student
from ...scopes import S

_WHOSE = PreviousSchool.student / Student.mis_id


class StudentSchoolHistory(
    Table,
    of=PreviousSchool,
    only=(PreviousSchool.student / Student.on_roll).is_("OnRoll"),
    order=(_WHOSE, PreviousSchool.leaving_date, PreviousSchool.mis_id),
):
    """A row for each school that a student went to before."""

    Id = PreviousSchool.mis_id
    StudentId = _WHOSE
    Forename = PreviousSchool.student / Student.forename
    Surname = PreviousSchool.student / Student.surname
    PreviousSchoolName = PreviousSchool.name
    LEA = PreviousSchool.authority
    EstabId = PreviousSchool.estab
    LeavingDate = PreviousSchool.leaving_date
    LeavingReason = PreviousSchool.reason
    LastUpdated = LastUpdated(PreviousSchool)
    RowHash = RowHash(PreviousSchool)


school_history = Endpoint(
    "StudentSchoolHistory",
    "Students School History",
    "Students",
    "A row for each previous school that the student has attended.",
    S.Student,
    (StudentSchoolHistory,),
    options={
        "includeLeavers": Option(
            "Set to allow school history for leavers",
            Also((PreviousSchool.student / Student.on_roll).is_("Leaver")),
        ),
    },
    filters={
        "id": Filter(
            "Option to filter on Student ID",
            Called((Student.mis_id, Student.external_id, Student.xid), Arg("id"), PreviousSchool.student),
        ),
        "LeavingDateFrom": Filter(
            "Schools that the student left on this day or later",
            PreviousSchool.leaving_date.since(Arg("LeavingDateFrom")),
            kind="date",
        ),
        "LeavingDateTo": Filter(
            "Schools that the student left on this day or earlier",
            PreviousSchool.leaving_date.until(Arg("LeavingDateTo")),
            kind="date",
        ),
    },
)


class StudentEnrolmentHistory(
    Table,
    of=Enrolment,
    only=Enrolment.start.until(Arg("year_end"))
    & (Enrolment.end.unknown() | Enrolment.end.since(Arg("three_years_before"))),
    order=(Enrolment.student / Student.mis_id, Enrolment.start),
):
    """The times for which students were enrolled in the current and the previous three academic years."""

    Id = Enrolment.key
    StudentIdaasId = Enrolment.student / Student.idaas_id
    Student_MisId = Enrolment.student / Student.mis_id
    StudentXid = Enrolment.student / Student.xid
    EnrolmentStatusCode = Enrolment.status
    StartDate = Enrolment.start
    EndDate = Enrolment.end
    LastUpdated = LastUpdated(Enrolment)
    RowHash = RowHash(Enrolment)


enrolment_history = Endpoint(
    "StudentEnrolmentHistory",
    "Enrolment history of students",
    "Students",
    "The enrolment history of all students in the current and the previous three academic years.",
    S.Student,
    (StudentEnrolmentHistory,),
    years=True,
    filters={
        "id": Filter(
            "Enrolment history of a single student, by MIS Id or Idaas Id",
            Called((Student.mis_id,), Arg("id"), Enrolment.student)
            | (Enrolment.student / Student.idaas_id).is_(Arg("id")),
        ),
        "effectiveDate": Filter(
            "Enrolments that were in force on this day",
            Enrolment.start.until(Arg("effectiveDate"))
            & (Enrolment.end.unknown() | Enrolment.end.since(Arg("effectiveDate"))),
            kind="date",
        ),
    },
)


class EntitlementGroups(Table, of=EntitlementGroup, order=(EntitlementGroup.mis_id,)):
    """What students may be entitled to."""

    Id = EntitlementGroup.mis_id
    Shortname = EntitlementGroup.short
    Fullname = EntitlementGroup.name


class EntitlementGroupStudents(
    Table,
    of=Entitlement,
    follows=Entitlement.group,
    order=(Entitlement.group / EntitlementGroup.mis_id, Entitlement.student / Student.mis_id, Entitlement.start),
):
    """Who was, or is, entitled to what, and for how long."""

    Id = Entitlement.mis_id
    EntitlementGroupId = Entitlement.group / EntitlementGroup.mis_id
    StudentId = Entitlement.student / Student.mis_id
    StartDate = Clock(Entitlement.start, example="2006-05-16T00:00:00")
    EndDate = Clock(Entitlement.end, example="2009-07-30T00:00:00")


entitlement_history = Endpoint(
    "EntitlementHistory",
    "Entitlement History",
    "Students",
    "Free School Meal, Pupil Premium, and Ever6 historical membership for all students.",
    S.StudentFunding | S.historicdata,
    (EntitlementGroups, EntitlementGroupStudents),
    options={
        "onlyEntitlementGroups": Option(
            "Only return the EntitlementGroups resultset", Without(EntitlementGroupStudents)
        ),
    },
)

ENDPOINTS = (school_history, enrolment_history, entitlement_history)
