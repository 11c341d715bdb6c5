"""Who is who, and what is what: by which facts two rows of different sources are known to be one record.

`MATCHED` has the kinds whose records are known by something that was given to them, such as a number. `NATURE` has the
kinds whose records belong to what was matched: a student's place in a group is that of the same student in the same
group. A kind in `ALWAYS_NEW` has nothing that would tell two of its records apart, so that each source brings its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from ...fields import RECORDS, Record


class Need(Enum):
    """How far a fact of two rows must be the same."""

    EQUAL = ""
    """Both say it, and say the same."""
    ALIKE = "?"
    """Both say the same, or neither says it."""
    UNDISPUTED = "~"
    """Not both say it and say something else."""


@dataclass(frozen=True)
class Nature:
    """The facts by which rows of a kind are one record; with `span`, the days of both must overlap as well."""

    facts: tuple[tuple[str, Need], ...]
    span: tuple[str, str] | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Every fact that is compared."""
        return (*(name for name, _ in self.facts), *(self.span or ()))

    @property
    def equal(self) -> tuple[str, ...]:
        """The facts that both must say."""
        return tuple(name for name, need in self.facts if need is Need.EQUAL)


@dataclass(frozen=True)
class Keys:
    """What records of a kind are known by: certainly, unless the rest contradicts it, and what makes it only likely."""

    certain: tuple[str, ...]
    likely: tuple[tuple[str, ...], ...]


MATCHED: Mapping[str, Keys] = {
    "District": Keys(("identifier", "the numbers of its schools"), (("name",),)),
    "School": Keys(
        ("estab", "identifier", "external_id, where it is a UUID"), (("estab without authority",), ("name",))
    ),
    "Person": Keys(
        (
            *("Student.upn, unless temporary", "Student.uln", "Staff.teacher_number", "Staff.ni_number"),
            *("student_unique_id", "staff_unique_id", "Student.admission_no of a school"),
            *("userMasterIdentifier", "userIds", "external_id, where it is a UUID"),
        ),
        (("birth_date", "surname", "forename"), ("username", "surname", "forename")),
    ),
}
"""Kinds that are known by what was given to them. `people.py` and `places.py` say when a key is contradicted."""

_OF_PLACES = {
    "Organisation": "kind identifier",
    "Site": "school name",
    "Session": "school? kind start end",
    "CalendarEvent": "school start start_time? description",
    "DayCalendar": "school code year",
    "CalendarDay": "calendar date",
    "Subject": "school? code | school? name code~",
    "Program": "school? name kind",
    "Course": "school? code school_year~ | school? title code~ school_year~",
    "CourseOffering": "school course session code~",
    "GroupType": "school code",
    "Group": "school? kind code offering~ [start end]",
    "SubGroup": "child parent",
    "GroupSession": "group session",
    "GroupProgram": "group program",
    "ClassSection": "group name",
    "Room": "school code | school name code~",
    "RoomClosure": "room start end?",
    "DocumentType": "school name",
    "TagDefinition": "school code | school name code~",
    "GroupTag": "definition who [start end]",
    "UserDefinedField": "school kind name",
    "LookupType": "school name",
    "Lookup": "type code",
    "ConsentType": "school description",
    "Agency": "school kind? name",
    "AgencyAgent": "agency agent",
    "Resource": "school? vendor_resource_id vendor_id?",
    "ClassResource": "group resource",
    "CourseResource": "course resource",
}

_OF_ROLES = {
    "Student": "school person [entry_date leaving_date]",
    "Staff": "school person",
    "Contact": "school person",
    "Applicant": "school person",
    "StudentMembership": "group student [start end]",
    "StaffMembership": "group staff role~ [start end]",
    "Relationship": "student contact",
    "StudentProfile": "student organisation",
    "StudentComm": "who value comms_type~",
    "StaffComm": "who value comms_type~",
    "ContactComm": "who value comms_type~",
    "StudentPhoto": "who",
    "StaffPhoto": "who",
    "StudentTag": "definition who [start end]",
    "StaffTag": "definition who [start end]",
    "StudentResource": "resource who group?",
    "StaffResource": "resource who group?",
    "ContactResource": "resource who group?",
    "StudentFieldValue": "field student",
    "StaffFieldValue": "field staff",
    "ContactFieldValue": "field contact",
    "ParentalConsent": "student kind",
    "AgencyStudent": "agency student",
    "AgentStudent": "agent student",
    "PreviousSchool": "student estab | student name estab~",
    "Enrolment": "student status start",
    "Entitlement": "group student [start end]",
}

_OF_STAFF = {
    "StaffHierarchy": "parent child code?",
    "StaffVehicle": "staff registration",
    "StaffSwacRole": "staff role",
    "StaffNextOfKin": "staff person",
    "StaffAbsence": "staff start kind?",
    "StaffCheck": "staff code requested?",
    "StaffQualification": "staff name awarded?",
    "StaffTraining": "staff code start",
    "StaffImpairment": "staff code start?",
    "StaffContract": "staff post start",
    "StaffAssignment": "staff classification start",
    "ContractRole": "contract role start?",
    "ContractScale": "contract scale start?",
    "ContractAllowance": "contract code start?",
    "WorkingDay": "contract weekday day?",
    "PayScale": "school code",
}

_OF_MARKS = {
    "AttendanceCode": "school mark",
    "Mark": "student date session kind instance?",
    "GradeSet": "school name",
    "GradeSetHistory": "grade_set start?",
    "Grade": "version value",
    "AssessmentCategory": "school? name",
    "ResultSet": "school name",
    "Aspect": "school? name kind? group? assigned?",
    "MarkSet": "aspect start?",
    "AssessmentResult": "student aspect result_set? date?",
    "Template": "school name",
    "TemplateColumn": "template aspect result_set?",
    "Marksheet": "template group",
    "ScoreScale": "school title group?",
    "ScoreScaleValue": "scale score",
    "Rubric": "school title group?",
    "RubricCriterion": "rubric name",
    "RubricLevel": "criterion name",
    "ClassFile": "group aspect? title",
    "SubmissionFile": "result title",
    "ExamBoard": "school code",
    "ExamLevel": "school code",
    "ExamSeason": "school name start?",
    "ExamSeries": "season board? code",
    "Qan": "school qan",
    "SyllabusCode": "school code",
    "OptionCode": "school code",
    "DiscountCode": "school? stage? year? qan? code",
    "ExamEntry": "student season? option",
    "ExamResult": "student season? option result_set?",
    "ExamForecast": "student season? option aspect?",
    "ExamCandidate": "student season",
    "ExternalCandidate": "season number",
    "ExamSitting": "student season option component?",
    "ExamArrangement": "student season code",
}

_OF_LESSONS = {
    "Timetable": "school description start?",
    "TimetableDay": "timetable name",
    "TimetableSession": "day session",
    "TimetablePeriod": "timetable day name",
    "TimetableDayInstance": "day date",
    "TimetableSessionInstance": "session date",
    "TimetablePeriodInstance": "period date",
    "LessonClass": "lesson group",
    "LessonStaff": "lesson staff",
    "LessonRoom": "lesson room",
    "LessonInstance": "lesson date start?",
    "SeatingPlan": "group room? name",
    "Seat": "plan student",
}

_OF_CARE = {
    "ConductType": "school category description",
    "ConductLookup": "school kind code",
    "AchievementStudent": "achievement student",
    "AchievementStaff": "achievement staff",
    "BehaviourStudent": "behaviour student type~",
    "BehaviourStaff": "behaviour staff",
    "DetentionLookup": "school kind code",
    "DetentionType": "school code",
    "StudentDetention": "detention student",
    "DetentionActivity": "detention activity",
    "DetentionStaff": "detention staff",
    "ExclusionReason": "school code",
    "Exclusion": "student kind start",
    "ExclusionGround": "exclusion reason",
    "ExclusionAgency": "exclusion agency",
    "EntitlementGroup": "school name",
    "MedicalCondition": "school description",
    "StudentCondition": "student condition",
    "MedicalRecord": "student",
    "DietaryNeed": "school code",
    "StudentDietaryNeed": "student need",
    "MealType": "school code",
    "MealPattern": "student",
    "InterventionOverview": "school name start?",
    "Intervention": "student overview start?",
    "InterventionStaff": "intervention staff",
    "InterventionContact": "intervention contact",
    "InterventionAgent": "intervention agent",
    "SenNeed": "student code start?",
    "SenProvision": "student code start?",
    "Disability": "student description start?",
    "StudyProgramme": "student academic_year kind?",
    "StudyCourse": "programme course start?",
    "FundingRecord": "student kind code academic_year?",
    "LearnerSupport": "student code academic_year? start?",
    "AlternativeProvision": "student start",
    "ApplicantSenProvision": "applicant code start?",
    "ApplicantSenNeed": "applicant code start?",
    "Application": "applicant reference",
}

ALWAYS_NEW = frozenset(
    {
        # Two incidents, notes or documents of one day may be as like as two peas, and still be two.
        *("Achievement", "Behaviour", "ConductMedia", "Detention", "StudentDocument", "StaffDocument"),
        *("MedicalNote", "MedicalEvent", "MedicalEventNote", "ApplicantMedicalEvent", "ReportCard"),
        *("SenReview", "SenEvent", "SenEventPerson", "SenStatement", "SenPlan"),
        *("SenStatementDocument", "SenPlanDocument", "AbsenceCertificate"),
        # A social worker or doctor is known by name only.
        "Agent",
        # What an app noted is no source's.
        *("StudentAttribute", "StaffAttribute", "ContactAttribute", "GroupAttribute"),
        # Lessons of one period differ by who is in them, which is said elsewhere.
        *("TimetableLesson", "CoverLesson", "CoverStaff", "CoverRoom"),
    }
)


def _natures(kind: str, written: str) -> tuple[Nature, ...]:
    return tuple(_nature(RECORDS[kind], one) for one in written.split("|"))


def _nature(record: type[Record], written: str) -> Nature:
    facts, _, span = written.partition("[")
    parted = [(word.rstrip("?~"), Need(word[len(word.rstrip("?~")) :])) for word in facts.split()]
    first, *last = span.rstrip("] ").split() or [""]
    made = Nature(tuple(parted), (first, last[0]) if last else None)
    if unknown := [name for name in made.names if name not in record.stored()]:
        raise TypeError(f"{record.__name__} has no {', '.join(unknown)} to be matched by")
    return made


_OF_DOCUMENTS = {
    "WholeDocument": "resource digest student | resource digest staff",
}

NATURE: Mapping[str, tuple[Nature, ...]] = {
    kind: _natures(kind, written)
    for part in (_OF_PLACES, _OF_ROLES, _OF_STAFF, _OF_MARKS, _OF_LESSONS, _OF_CARE, _OF_DOCUMENTS)
    for kind, written in part.items()
}
"""By kind, what its records are by their nature; of several ways, the first one that both sides say.

`code` must be said by both and be equal, `code?` must be equal or unknown to both, `code~` must only not differ, and
`[start end]` stands for days that overlap, where an unknown day is one before or after all others.
"""
