"""Health, diet and meals: what a school must know to look after its students."""

from __future__ import annotations

from ..fields import Code, Date, Flag, Many, Ref, Text
from ..scopes import S
from .organisation import SchoolRecord
from .students import Student

_WHO = ("mis_id", "external_id", "xid", "idaas_id", "on_roll")
_BY_STUDENT = (("school", "student"), ("student",))


class MedicalCondition(SchoolRecord, scope=S.StudentMedical, indexes=(("school", "mis_id"),)):
    """A medical condition that the school's system lists, whether or not a student has it."""

    mis_id = Text("Id of the Medical Condition", "1")
    description = Text("The condition description", "Hayfever")


class StudentCondition(SchoolRecord, scope=S.StudentMedical, indexes=(*_BY_STUDENT, ("condition",))):
    """A medical condition that a student has."""

    student = Ref("Id of the student", Student, part_of=True, tells=_WHO)
    condition = Ref("Id of the condition", MedicalCondition, part_of=True, tells=("mis_id", "description"))


class MedicalRecord(SchoolRecord, scope=S.StudentMedical, indexes=_BY_STUDENT):
    """What a school knows about a student's health besides conditions, notes and events; one for each student."""

    student = Ref("StudentId", Student, part_of=True, tells=(*_WHO, "disabled"))
    emergency_consent = Flag("Whether a parent agreed to treatment in an emergency, 1 or 0", 1)
    pregnant = Flag("Whether the student is pregnant, 1 or 0", 1, scope=S.StudentMedical | S.StudentPregnancy)


class MedicalNote(SchoolRecord, scope=S.StudentMedical, indexes=(*_BY_STUDENT, ("school", "mis_id"))):
    """A note about a student's health."""

    student = Ref("Id of the student the note relates to", Student, part_of=True, tells=_WHO)
    mis_id = Text("Id for the note", "1453")
    summary = Text("Summary of the note", "Needed inhaler")
    note = Text("Note in full", "Came to medical on Friday afternoon. Needed inhaler.")
    last_modified = Date("Date when the note was last modified. Not to be confused with LastUpdated", "2016-09-23")


class MedicalEvent(SchoolRecord, scope=S.StudentMedical, indexes=(*_BY_STUDENT, ("school", "mis_id"))):
    """A past or planned event concerning a student's health: an inspection, a vaccination, first aid."""

    student = Ref("Id of the student the event relates to", Student, part_of=True, tells=_WHO)
    mis_id = Text("Id for the medical event", "1453")
    kind = Text("Type of medical event", "Medical Inspection")
    description = Text("Description of the medical event", "Medical Inspection")
    date = Date("Date of the medical event", "2023-01-04")
    follow_up = Date("Follow up date for the medical event", "2023-01-10")


class MedicalEventNote(SchoolRecord, scope=S.StudentMedical, indexes=(*_BY_STUDENT, ("event",), ("school", "mis_id"))):
    """A note about a medical event."""

    student = Ref("Whose event it is", Student, part_of=True, tells=_WHO)
    event = Ref("Id for the medical event that the note relates to", MedicalEvent, part_of=True, tells=("mis_id",))
    mis_id = Text("Id for the medical event note", "1453")
    summary = Text("Summary of the note", "Height and sight measured")
    note = Text("Free text of the note itself", "Height and sight measured. All well.")


class DietaryNeed(SchoolRecord, scope=S.DietaryNeeds | S.StudentMedical, indexes=(("school", "mis_id"),)):
    """Something that people cannot or do not eat, including allergies, as listed in the school's system."""

    mis_id = Text("Id of the dietary need.", "1744")
    code = Code("Code of the dietary need.", "DAIR")
    description = Text("Description of the dietary need.", "No dairy produce")


class StudentDietaryNeed(
    SchoolRecord,
    scope=S.DietaryNeeds | S.StudentMedical,
    indexes=(*_BY_STUDENT, ("record",), ("school", "mis_id")),
):
    """Something that a student cannot or does not eat."""

    student = Ref("Id of the student.", Student, part_of=True, tells=_WHO)
    need = Ref("Id of the dietary need.", DietaryNeed, part_of=True, tells=("mis_id", "code", "description"))
    record = Ref("The student's medical record, which also shows the need", MedicalRecord)
    mis_id = Text("Id of the student dietary need record.", "1453")


dietary_needs = Many(
    "What the student cannot or does not eat", StudentDietaryNeed.record, scope=S.DietaryNeeds | S.StudentMedical
)


class MealType(SchoolRecord, scope=S.StudentExtended, indexes=(("school", "mis_id"),)):
    """A kind of meal that students have at the school, or instead of a school meal."""

    mis_id = Text("Id of the meal type", "1")
    code = Code("Code of the meal type", "SM")
    description = Text("Description of the meal type", "School Meal")
    active = Flag("Whether the school uses the meal type now, boolean", 1)


_MEAL = ("mis_id", "code", "description")


class MealPattern(SchoolRecord, scope=S.StudentExtended, indexes=_BY_STUDENT):
    """What a student eats on each day of the week; one for each student."""

    student = Ref("The MIS Id of the student", Student, part_of=True, tells=(*_WHO, "legal_forename", "legal_surname"))
    sunday = Ref("Student's meal type for Sunday", MealType, tells=_MEAL)
    monday = Ref("Student's meal type for Monday", MealType, tells=_MEAL)
    tuesday = Ref("Student's meal type for Tuesday", MealType, tells=_MEAL)
    wednesday = Ref("Student's meal type for Wednesday", MealType, tells=_MEAL)
    thursday = Ref("Student's meal type for Thursday", MealType, tells=_MEAL)
    friday = Ref("Student's meal type for Friday", MealType, tells=_MEAL)
    saturday = Ref("Student's meal type for Saturday", MealType, tells=_MEAL)
