"""Achievements and behaviour, and what comes of them."""

from __future__ import annotations

from ..fields import Code, Computed, Date, Flag, Key, Literal, Many, Mapped, Number, Ref, Text
from ..scopes import S
from .curriculum import Subject
from .organisation import SchoolRecord
from .people import Staff
from .students import Student

CATEGORIES = {"Ach": "Achievement", "Beh": "Behaviour"}

LOOKUPS = {
    "AchActivity": "What was going on when an achievement was seen",
    "AchOutcome": "What came of an achievement",
    "BehActivity": "What was going on when an incident happened",
    "BehBullMode": "Ways of bullying",
    "BehEventTimes": "Parts of the school day",
    "BehLocation": "Places",
    "BehOutcome": "What came of an incident",
    "BehStatus": "How far an incident is dealt with",
    "BehStuRole": "The part that a student had in an incident",
    "StfRole": "The part that a member of staff had in an achievement or incident",
}
"""The lists that a school keeps for its conduct records, by the names that its writers use."""

_WORDS = ("mis_id", "code", "description", "word")


def _word() -> Text:
    return Text(
        "The word of a standard's list that the entry stands for, where it was made for one",
        "uri://ed-fi.org/BehaviorDescriptor#School Violation",
    )


class ConductType(SchoolRecord, scope=S.Conduct, writing=S.WritebackConduct, indexes=(("school", "mis_id"),)):
    """A kind of achievement or incident that a school records, with the points that it usually brings."""

    category = Code("Conduct type", "Beh", CATEGORIES)
    mis_id = Text("Id of the lookup for use with writeback endpoints", "7")
    description = Text("Description of lookup", "Assault")
    word = _word()
    points = Number("Default points for lookup from MIS", 50)
    sub_types = Code("Pointer to Bullying subtypes in Lookups result set", "BehBullMode", LOOKUPS)
    display_order = Number("List order from MIS", 2)
    active = Flag("Whether it may be used for new records", 1)


class ConductLookup(
    SchoolRecord,
    scope=S.Conduct,
    writing=S.WritebackConduct,
    indexes=(("school", "kind", "mis_id"), ("school", "mis_id")),
):
    """An entry of a list that a school keeps for its conduct records."""

    kind = Code("Lookup type", "BehStuRole", LOOKUPS)
    category = Computed(
        "The category of record that it is for; both if empty",
        "Beh",
        Mapped(kind, {name: name[:3] for name in LOOKUPS if name[:3] in CATEGORIES}),
    )
    mis_id = Text("Id of the lookup for use with writeback endpoints", "1")
    code = Code("Short code from MIS for lookup", "PT")
    description = Text("Description of lookup", "Participant")
    word = _word()
    display_order = Number("List order from MIS", 1)
    active = Flag("Whether it may be used for new records", 1)


class ConductRecord(SchoolRecord, abstract=True):
    """Something that students did and the school recorded."""

    mis_id = Text("MIS Id of the conduct record", "4000")
    type = Ref("The incident type", ConductType, tells=("mis_id", "description", "word"))
    date = Date("Date of the incident", "2017-05-10")
    time = Ref("Name of the time period", ConductLookup, tells=_WORDS)
    activity = Ref("Activity type", ConductLookup, tells=_WORDS)
    location = Ref("Location description for the incident", ConductLookup, tells=_WORDS)
    subject = Ref("Subject the incident relates to", Subject, tells=("mis_id", "name"))
    outcome = Ref("Outcome of the incident", ConductLookup, tells=_WORDS)
    outcome_date = Date("Date of the outcome incident", "2017-03-26")
    parent_informed = Flag("Whether the parent or guardian has been informed, boolean", 1)
    recorded_by = Ref("Staff member who recorded the incident", Staff, tells=("mis_id", "display_name"))
    recorded_on = Date("Date incident was recorded", "2017-05-10")


class Achievement(ConductRecord, scope=S.Conduct, indexes=(("school", "mis_id"), ("school", "date", "mis_id"))):
    """Something that students did well."""

    conduct_id = Computed(
        "Id of the conduct record prefixed with the conduct type to ensure uniqueness with behaviour records",
        "Ach.4000",
        Key("Ach.", ConductRecord.mis_id),
    )
    category = Computed("Ach or Beh to define record type", "Ach", Literal("Ach"))
    status = Computed("Current status of the conduct record; achievements have none", None, Literal(None))
    description = Text("Comment on the incident record", "Helped a new student", scope=S.ConductComments)


class Behaviour(
    ConductRecord,
    scope=S.Conduct,
    writing=S.WritebackConduct,
    indexes=(("school", "mis_id"), ("school", "date", "mis_id")),
    natural=("mis_id", "school.estab"),
):
    """An incident in which students behaved badly, or were treated badly."""

    conduct_id = Computed(
        "Id of the conduct record prefixed with the conduct type to ensure uniqueness with achievement records",
        "Beh.4000",
        Key("Beh.", ConductRecord.mis_id),
    )
    category = Computed("Ach or Beh to define record type", "Beh", Literal("Beh"))
    bullying_type = Ref("The kind of bullying, if it was bullying", ConductLookup, tells=_WORDS)
    status = Ref("Current status of the conduct record", ConductLookup, tells=_WORDS)
    description = Text("Comment on the incident record", "Graffiti on a wall")
    comments = Computed(
        "Comment on the incident record, as shown in a list of both categories",
        "Graffiti on a wall",
        description,
        scope=S.ConductComments,
    )


_STUDENT = ("mis_id", "external_id", "idaas_id", "on_roll")
_STAFF = ("mis_id", "external_id", "idaas_id")
_EVENT = ("mis_id", "conduct_id", "date")


class Participant(SchoolRecord, abstract=True):
    """A student's part in a conduct record."""

    student = Ref("The student", Student, part_of=True, tells=_STUDENT)
    points = Number("Points assigned to this specific student", 10)
    outcome = Ref("Outcome for this student", ConductLookup, tells=_WORDS)


class AchievementStudent(Participant, scope=S.Conduct, indexes=(("school",), ("student",), ("achievement",))):
    """A student's part in an achievement."""

    achievement = Ref("The achievement", Achievement, part_of=True, tells=_EVENT)
    role = Computed("Role of this student; achievements have none", None, Literal(None))


class BehaviourStudent(
    Participant,
    scope=S.Conduct,
    writing=S.WritebackConduct,
    indexes=(("school",), ("student",), ("behaviour",)),
    natural=(
        *("behaviour.mis_id", "behaviour.school.estab", "student.person.student_unique_id"),
        *("type.word", "behaviour.type.word", "bystander", "role.description"),
    ),
):
    """A student's part in an incident."""

    behaviour = Ref("The incident", Behaviour, part_of=True, tells=_EVENT)
    type = Ref("What this student did, where somebody told it by itself", ConductType, tells=("mis_id", "word"))
    role = Ref("Role of this student in the behaviour record", ConductLookup, tells=_WORDS)
    bystander = Flag("Whether the student did nothing wrong, where somebody told so; else their role tells", 1)


class StaffInvolved(SchoolRecord, abstract=True):
    """A member of staff who was involved, other than the one who recorded it."""

    staff = Ref("The staff member", Staff, part_of=True, tells=_STAFF)
    role = Ref("Role of this staff member in the conduct", ConductLookup, tells=_WORDS)


class AchievementStaff(StaffInvolved, scope=S.Conduct, indexes=(("school",), ("staff",), ("achievement",))):
    """A member of staff who was involved in an achievement."""

    achievement = Ref("The achievement", Achievement, part_of=True, tells=_EVENT)


class BehaviourStaff(
    StaffInvolved,
    scope=S.Conduct,
    writing=S.WritebackConduct,
    indexes=(("school",), ("staff",), ("behaviour",)),
    natural=("behaviour.mis_id", "behaviour.school.estab", "staff.person.staff_unique_id"),
):
    """A member of staff who was involved in an incident."""

    behaviour = Ref("The incident", Behaviour, part_of=True, tells=_EVENT)


achievement_students = Many("The students who share an achievement", AchievementStudent.achievement)
achievement_staff = Many("The staff involved in an achievement", AchievementStaff.achievement)
behaviour_students = Many("The students who took part in an incident", BehaviourStudent.behaviour)
behaviour_staff = Many("The staff involved in an incident", BehaviourStaff.behaviour)


class ReportCard(SchoolRecord, scope=S.Conduct, indexes=(("school", "mis_id"), ("student", "start"))):
    """A period in which a student's teachers report on every lesson, to improve behaviour or work."""

    student = Ref("Who is on report", Student, part_of=True, tells=_STUDENT)
    mis_id = Text("The MIS Id of the report card", "31")
    reason = Text("What the student should improve", "Punctuality")
    start = Date("The first day on report", "2026-11-09")
    end = Date("The last day on report; not known while it is open", "2026-11-20")
    staff = Ref("Who checks the card at the end of each day", Staff, tells=("mis_id", "display_name"))


report_cards = Many("The report cards of a student", ReportCard.student)
