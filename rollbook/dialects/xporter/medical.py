"""Medical conditions, notes and events, and what students cannot or do not eat."""

from __future__ import annotations

from ...api.resource import Endpoint, Filter, Table
from ...fields import ALWAYS, Arg, Called, Condition, Csv, Key, LastUpdated, Ref, RowHash
from ...model import medical
from ...model.medical import dietary_needs as needs_of
from ...model.students import Student
from ...scopes import S


def _on_roll(student: Ref) -> Condition:
    return (student / Student.on_roll).is_("OnRoll")


def _named(student: Ref, arg: str) -> Condition:
    return Called((Student.mis_id, Student.external_id, Student.xid), Arg(arg), student)


# ---- conditions, notes and events


class ConditionLookups(Table, of=medical.MedicalCondition, order=(medical.MedicalCondition.mis_id,)):
    """The medical conditions that the school's system lists."""

    Id = medical.MedicalCondition.mis_id
    ConditionDescription = medical.MedicalCondition.description
    LastUpdated = LastUpdated(medical.MedicalCondition)
    RowHash = RowHash(medical.MedicalCondition)


_had = medical.StudentCondition


class StudentConditions(Table, of=_had, only=_on_roll(_had.student), order=(_had.student, _had.condition)):
    """The medical conditions of students on roll."""

    Id = Key(
        _had.condition / medical.MedicalCondition.mis_id,
        ".",
        _had.student / Student.mis_id,
        about="Composite Id for uniqueness used in changesets",
        example="1.8501",
    )
    StudentId = _had.student / Student.mis_id
    MedicalConditionId = _had.condition / medical.MedicalCondition.mis_id
    ConditionDescription = _had.condition / medical.MedicalCondition.description
    LastUpdated = LastUpdated(_had)
    RowHash = RowHash(_had)


_kept = medical.MedicalRecord


class StudentMedical(Table, of=_kept, only=_on_roll(_kept.student), order=(_kept.student,)):
    """What else the school knows of the health of students on roll, a row for each."""

    Id = _kept.student / Student.mis_id
    DietaryNeeds = Csv(
        needs_of,
        medical.StudentDietaryNeed.need / medical.DietaryNeed.description,
        separator=", ",
        scope=S.StudentMedical,
    )
    StudentAssessedDisabled = _kept.student / Student.disabled
    EmergencyConsent = _kept.emergency_consent
    PregnantPupil = _kept.pregnant
    LastUpdated = LastUpdated(_kept)
    RowHash = RowHash(_kept)


_note = medical.MedicalNote


class StudentMedicalNotes(Table, of=_note, only=_on_roll(_note.student), order=(_note.student, _note.last_modified)):
    """What was written down about the health of students on roll."""

    Id = _note.mis_id
    StudentId = _note.student / Student.mis_id
    Note = _note.note
    Summary = _note.summary
    LastModified = _note.last_modified
    LastUpdated = LastUpdated(_note)
    RowHash = RowHash(_note)


_event = medical.MedicalEvent


class StudentMedicalEvents(Table, of=_event, only=_on_roll(_event.student), order=(_event.student, _event.date)):
    """Inspections, vaccinations, first aid and the like of students on roll, past and planned."""

    Id = _event.mis_id
    StudentMis_Id = _event.student / Student.mis_id
    EventType = _event.kind
    EventDescription = _event.description
    EventDate = _event.date
    FollowUpDate = _event.follow_up
    LastUpdated = LastUpdated(_event)
    RowHash = RowHash(_event)


_said = medical.MedicalEventNote


class MedicalEventNotes(Table, of=_said, only=_on_roll(_said.student), order=(_said.student, _said.event)):
    """What was written down about the medical events of students on roll."""

    Id = _said.mis_id
    MedicalEventId = _said.event / _event.mis_id
    Summary = _said.summary
    Note = _said.note
    LastUpdated = LastUpdated(_said)
    RowHash = RowHash(_said)


student_medical = Endpoint(
    "StudentMedical",
    "Student medical conditions",
    "Students",
    "Medical conditions of students on roll, with notes and events, and the list of conditions that the school's MIS "
    "has.",
    S.StudentMedical,
    (
        ConditionLookups,
        StudentConditions,
        StudentMedical,
        StudentMedicalNotes,
        StudentMedicalEvents,
        MedicalEventNotes,
    ),
    filters={
        "StudentId": Filter(
            "Request information for a specific student, by Id, ExternalId or XID",
            ALWAYS,
            elsewhere={
                StudentConditions: _named(_had.student, "StudentId"),
                StudentMedical: _named(_kept.student, "StudentId"),
                StudentMedicalNotes: _named(_note.student, "StudentId"),
                StudentMedicalEvents: _named(_event.student, "StudentId"),
                MedicalEventNotes: _named(_said.student, "StudentId"),
            },
        ),
    },
)


# ---- diet


class DietaryNeeds(Table, of=medical.DietaryNeed, order=(medical.DietaryNeed.mis_id,)):
    """What people cannot or do not eat, as the school's system lists it."""

    Id = medical.DietaryNeed.mis_id
    Code = medical.DietaryNeed.code
    Description = medical.DietaryNeed.description


_need = medical.StudentDietaryNeed


class StudentDietaryNeeds(Table, of=_need, only=_on_roll(_need.student), order=(_need.student, _need.mis_id)):
    """What students on roll cannot or do not eat."""

    Id = _need.mis_id
    DietaryNeedsId = _need.need / medical.DietaryNeed.mis_id
    StudentId = _need.student / Student.mis_id
    StudentLocalId = Key(_need.student / Student.idaas_id, about="Local id of the student.", example="PL-1744")


dietary_needs = Endpoint(
    "DietaryNeeds",
    "Dietary needs",
    "Students",
    "Dietary needs (including allergies) and the students on roll who have them.",
    S.DietaryNeeds | S.StudentMedical,
    (DietaryNeeds, StudentDietaryNeeds),
    filters={
        "id": Filter(
            "Records relating to a specific student, by Id, ExternalId or XID",
            ALWAYS,
            elsewhere={StudentDietaryNeeds: _named(_need.student, "id")},
        ),
    },
)

ENDPOINTS = (student_medical, dietary_needs)
