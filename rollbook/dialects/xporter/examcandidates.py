"""Who sits public examinations, where and with what help (school.examcandidates)."""

from __future__ import annotations

from ...api.resource import Endpoint, Filter, Table
from ...fields import ALWAYS, Arg, Called, Condition, LastUpdated, Mapped, Not, Ref, RowHash
from ...model.exams import ExamArrangement, ExamCandidate, ExamSeason, ExamSitting, ExternalCandidate, OptionCode
from ...model.students import Student
from ...model.timetable import Room
from ...scopes import S


class Candidates(Table, of=ExamCandidate, name="examcandidates", order=(ExamCandidate.season, ExamCandidate.number)):
    """Students as candidates, once for each season. Its columns are Rollbook's."""

    Id = ExamCandidate.mis_id
    Mis_Id = ExamCandidate.mis_id
    StudentId = ExamCandidate.student / Student.mis_id
    ExamSeasonId = ExamCandidate.season / ExamSeason.mis_id
    CandidateNumber = ExamCandidate.number
    UCI = ExamCandidate.uci
    CentreNumber = ExamCandidate.centre_no
    LastUpdated = LastUpdated(ExamCandidate)
    RowHash = RowHash(ExamCandidate)


class ExternalCandidates(
    Table, of=ExternalCandidate, order=(ExternalCandidate.season, ExternalCandidate.number, ExternalCandidate.mis_id)
):
    """People who sit examinations at the school without being its students. Its columns are Rollbook's."""

    Id = ExternalCandidate.mis_id
    Mis_Id = ExternalCandidate.mis_id
    ExamSeasonId = ExternalCandidate.season / ExamSeason.mis_id
    CandidateNumber = ExternalCandidate.number
    UCI = ExternalCandidate.uci
    Title = ExternalCandidate.title
    Forename = ExternalCandidate.forename
    MiddleName = ExternalCandidate.middle_name
    Surname = ExternalCandidate.surname
    Gender = ExternalCandidate.gender
    DateOfBirth = ExternalCandidate.birth_date
    Email = ExternalCandidate.email
    Telephone = ExternalCandidate.telephone
    LastUpdated = LastUpdated(ExternalCandidate)
    RowHash = RowHash(ExternalCandidate)


class ExamSittings(
    Table,
    of=ExamSitting,
    order=(
        ExamSitting.date,
        ExamSitting.start_time,
        ExamSitting.room,
        ExamSitting.row,
        ExamSitting.seat,
        ExamSitting.mis_id,
    ),
):
    """The seat of each candidate at each paper. Its columns are Rollbook's."""

    Id = ExamSitting.mis_id
    Mis_Id = ExamSitting.mis_id
    StudentId = ExamSitting.student / Student.mis_id
    ExternalCandidateId = ExamSitting.external / ExternalCandidate.mis_id
    ExamSeasonId = ExamSitting.season / ExamSeason.mis_id
    OptionCodeId = ExamSitting.option / OptionCode.mis_id
    Component = ExamSitting.component
    Title = ExamSitting.title
    Date = ExamSitting.date
    Session = ExamSitting.session
    StartTime = ExamSitting.start_time
    Minutes = ExamSitting.minutes
    ExtraMinutes = ExamSitting.extra_minutes
    RoomId = ExamSitting.room / Room.mis_id
    Room = ExamSitting.room / Room.name
    Row = ExamSitting.row
    Seat = ExamSitting.seat
    IsPresent = ExamSitting.present
    LastUpdated = LastUpdated(ExamSitting)
    RowHash = RowHash(ExamSitting)


class ExamArrangements(Table, of=ExamArrangement, order=(ExamArrangement.season, ExamArrangement.mis_id)):
    """The access arrangements of candidates, once for each season. Its columns are Rollbook's."""

    Id = ExamArrangement.mis_id
    Mis_Id = ExamArrangement.mis_id
    StudentId = ExamArrangement.student / Student.mis_id
    ExternalCandidateId = ExamArrangement.external / ExternalCandidate.mis_id
    ExamSeasonId = ExamArrangement.season / ExamSeason.mis_id
    Code = ExamArrangement.code
    Description = Mapped(
        ExamArrangement.code, ExamArrangement.code.choices, about="What the arrangement is", example="25% extra time"
    )
    ExtraTimePercent = ExamArrangement.extra_percent
    StartDate = ExamArrangement.start
    EndDate = ExamArrangement.end
    LastUpdated = LastUpdated(ExamArrangement)
    RowHash = RowHash(ExamArrangement)


def _of_student(student: Ref) -> Condition:
    return Called((Student.mis_id, Student.external_id), Arg("StudentId"), student)


def _of_season(season: Ref) -> Condition:
    return (season / ExamSeason.mis_id).is_(Arg("SeasonID"))


exam_candidates = Endpoint(
    "ExamCandidates",
    "ExamCandidates",
    "Exams",
    "Who sits public examinations at the school: candidates, their seats and their access arrangements.",
    S.ExamsResults,
    (Candidates, ExternalCandidates, ExamSittings, ExamArrangements),
    filters={
        "StudentId": Filter(
            "What belongs to one student; no external candidates then",
            _of_student(ExamCandidate.student),
            elsewhere={
                ExternalCandidates: Not(ALWAYS),
                ExamSittings: _of_student(ExamSitting.student),
                ExamArrangements: _of_student(ExamArrangement.student),
            },
        ),
        "SeasonID": Filter(
            "What belongs to one exam season",
            _of_season(ExamCandidate.season),
            elsewhere={
                ExternalCandidates: _of_season(ExternalCandidate.season),
                ExamSittings: _of_season(ExamSitting.season),
                ExamArrangements: _of_season(ExamArrangement.season),
            },
        ),
    },
)
