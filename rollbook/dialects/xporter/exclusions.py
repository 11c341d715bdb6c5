"""Suspensions and exclusions (school.studentexclusions)."""

from __future__ import annotations

from ...api.resource import Add, Also, Endpoint, Filter, Option, Table
from ...fields import Arg, Called, Coalesce, Csv, Key, LastUpdated, Mapped, RowHash, Some
from ...model.agency import Agency
from ...model.exclusion import (
    EXCLUSION_REASONS,
    EXCLUSION_TYPES,
    Exclusion,
    ExclusionAgency,
    ExclusionGround,
    exclusion_agencies,
    exclusion_grounds,
)
from ...model.exclusion import ExclusionReason as Reason
from ...model.students import Student
from ...scopes import S

STATUSES = {"OnRoll": "On Roll", "Leaver": "Leaver", "PreAdmission": "Pre-Admission"}

_roll = Exclusion.student / Student.on_roll


class StudentExclusions(
    Table, of=Exclusion, only=_roll.is_("OnRoll"), order=(Exclusion.start, Exclusion.student / Student.mis_id)
):
    """Suspensions and exclusions of students on roll."""

    Id = Exclusion.mis_id
    StudentId = Exclusion.student / Student.mis_id
    Forename = Exclusion.student / Student.forename
    Surname = Exclusion.student / Student.surname
    ExclusionType = Exclusion.kind_name
    ExclusionTypeCode = Exclusion.kind
    ExclusionReason = Exclusion.reason / Reason.description
    ExclusionReasonCode = Exclusion.reason / Reason.code
    ExclusionSessions = Exclusion.sessions
    StartDate = Exclusion.start
    EndDate = Exclusion.end
    StartSession = Exclusion.start_session
    EndSession = Exclusion.end_session
    ExclusionDays = Exclusion.days
    Comments = Exclusion.comments
    DisciplinaryResult = Exclusion.result
    CommitteeHearingDate = Exclusion.hearing
    ParentalRepresentation = Exclusion.parents_represented
    CommitteeReinstatementDate = Exclusion.reinstatement
    AppealIndicator = Exclusion.appealed
    AppealDate = Exclusion.appeal
    AppealResult = Exclusion.appeal_result
    HearingNoticeOfAppealDate = Exclusion.appeal_notice
    AppealReinstatementDate = Exclusion.appeal_reinstatement
    StudentStatus = Mapped(_roll, STATUSES, about="Whether the student is still enrolled", example="On Roll")
    Term = Exclusion.term
    AcademicYear = Exclusion.academic_year
    AgenciesInvolved = Csv(exclusion_agencies, ExclusionAgency.agency / Agency.name)
    LastUpdated = LastUpdated(Exclusion)
    RowHash = RowHash(Exclusion)


class StudentExclusionReasons(
    Table,
    of=ExclusionGround,
    follows=ExclusionGround.exclusion,
    order=(ExclusionGround.exclusion / Exclusion.mis_id, ExclusionGround.reason / Reason.mis_id),
    key=Key(ExclusionGround.exclusion / Exclusion.mis_id, ".", ExclusionGround.reason / Reason.mis_id),
):
    """The reasons for the exclusions shown, however many each of them has."""

    StudentExclusionId = ExclusionGround.exclusion / Exclusion.mis_id
    ReasonId = ExclusionGround.reason / Reason.mis_id


class ExclusionReasons(Table, of=Reason, order=(Reason.mis_id,)):
    """The reasons for which the school may exclude."""

    Id = Reason.mis_id
    ReasonCode = Reason.code
    ReasonDescription = Reason.description


def _of_type(arg: str) -> Filter:
    choices = {code: code for code in EXCLUSION_TYPES}
    return Filter("Exclusions of these types, as CSV", Exclusion.kind.one_of(Arg(arg)), kind="csv", choices=choices)


student_exclusions = Endpoint(
    "StudentExclusions",
    "Student exclusions",
    "Students",
    "Temporary and permanent exclusions for current students.",
    S.StudentExclusions,
    (StudentExclusions, StudentExclusionReasons, ExclusionReasons),
    options={
        "includeComments": Option("Set to enable the comments field", Add("Comments")),
        "includeAppealInfo": Option(
            "Set to enable the various appeal fields",
            Add(
                "DisciplinaryResult",
                "CommitteeHearingDate",
                "ParentalRepresentation",
                "CommitteeReinstatementDate",
                "AppealIndicator",
                "AppealDate",
                "AppealResult",
                "HearingNoticeOfAppealDate",
                "AppealReinstatementDate",
            ),
        ),
        "includeLeavers": Option("Set to allow exclusions for leavers", Also(_roll.is_("Leaver"))),
    },
    filters={
        "id": Filter("A single student by Id", Called((Student.mis_id,), Arg("id"), Exclusion.student)),
        "DateFrom": Filter(
            "Exclusions that start on this date or later", Exclusion.start.since(Arg("DateFrom")), kind="date"
        ),
        "DateTo": Filter(
            "Exclusions that end on this date or earlier; one without an end, that start by then",
            Coalesce(Exclusion.end, Exclusion.start).until(Arg("DateTo")),
            kind="date",
        ),
        # The document spells it without an i; the service's own catalogue of 2018, and its text, with one.
        "ExclustionType": _of_type("ExclustionType"),
        "ExclusionType": _of_type("ExclusionType"),
        "ExclusionReason": Filter(
            "Exclusions with one of these reasons, as CSV",
            Some(exclusion_grounds, (ExclusionGround.reason / Reason.code).one_of(Arg("ExclusionReason"))),
            kind="csv",
            choices={code: code for code in EXCLUSION_REASONS},
        ),
    },
)

ENDPOINTS = (student_exclusions,)
