"""Suspensions and exclusions.

Codes: Department for Education, Common Basic Data Set, exclusion category and exclusion reason; those of the document
of the Xporter School Data API 1.0.0, and the reasons that were added in 2020.
"""

from __future__ import annotations

from ..fields import Code, Computed, Date, Decimal, Flag, Many, Mapped, Number, Ref, Text
from ..scopes import S
from .agency import Agency
from .organisation import SchoolRecord
from .students import Student

EXCLUSION_TYPES = {
    "FIXD": "Fixed Term",
    "PERM": "Permanent",
    "LNCH": "Lunchtime",
    "RPER": "Reinstated Permanent",
    "RFIX": "Reinstated Fixed Term",
}
EXCLUSION_REASONS = {
    "PP": "Physical assault against a pupil",
    "PA": "Physical assault against an adult",
    "VP": "Verbal abuse / threatening behaviour against a pupil",
    "VA": "Verbal abuse / threatening behaviour against an adult",
    "BU": "Bullying",
    "RA": "Racist abuse",
    "SM": "Sexual misconduct",
    "DA": "Drug and alcohol related",
    "DM": "Damage",
    "TH": "Theft",
    "DB": "Persistent disruptive behaviour",
    "OT": "Other",
    "OW": "Use or threat of use of an offensive weapon or prohibited item",
    "LG": "Abuse against sexual orientation and gender identity",
    "DS": "Abuse relating to disability",
    "MT": "Inappropriate use of social media or online technology",
    "PH": "Wilful and repeated transgression of protective measures in place to protect public health",
}


class ExclusionReason(SchoolRecord, scope=S.StudentExclusions, indexes=(("school", "mis_id"),)):
    """A reason for which a school may exclude."""

    mis_id = Text("The Id of the exclusion reason", "14")
    code = Code("The code of the exclusion reason", "PA", EXCLUSION_REASONS)
    description = Text("The description of the exclusion reason", "Physical assault against an adult")


class Exclusion(
    SchoolRecord,
    scope=S.StudentExclusions,
    writing=S.WritebackConduct,
    indexes=(("school", "mis_id"), ("school", "start"), ("student", "start")),
    natural=("mis_id", "start", "kind", "school.estab", "student.person.student_unique_id"),
):
    """A student's exclusion from the school, or from its premises at lunchtime, for a time or permanently."""

    student = Ref("The excluded student", Student, part_of=True, tells=("mis_id", "forename", "surname", "on_roll"))
    mis_id = Text("The Id of the exclusion event", "2318")
    kind = Code("Type of exclusion - code", "FIXD", EXCLUSION_TYPES)
    kind_name = Computed("Type of exclusion", "Fixed Term", Mapped(kind, EXCLUSION_TYPES))
    reason = Ref("The reason, if it is the only one", ExclusionReason, tells=("code", "description"))
    sessions = Number("Number of sessions the student is excluded from", 1)
    days = Decimal("Duration the student is excluded for, in school days", 1.0)
    start = Date("Exclusion start date", "2017-05-01")
    end = Date("Exclusion end date", "2017-05-01")
    start_session = Code("Exclusion start session", "AM", {"AM": "Morning", "PM": "Afternoon"})
    end_session = Code("Exclusion end session", "PM", {"AM": "Morning", "PM": "Afternoon"})
    comments = Text("Free-text comments regarding this item", "Misbehaviour")
    result = Text("Disciplinary committee result", "Exclusion Stands")
    hearing = Date("Disciplinary committee date", "2017-05-01")
    parents_represented = Flag("Parents represented on disciplinary committee? (1/0)", 1)
    reinstatement = Date("Date if reinstatement recommended", "2017-05-01")
    appealed = Flag("Appeal received? (1/0)", 1)
    appeal = Date("Date of appeal", "2017-05-01")
    appeal_result = Text("Result of appeal", "Appeal Dismissed")
    appeal_notice = Date("Date of hearing notice of appeal", "2017-05-01")
    appeal_reinstatement = Date("Date of appeal reinstatement", "2017-05-01")
    term = Text("The term of the exclusion", "Spring Term")
    academic_year = Text("The academic year of the exclusion", "2021/2022")


class ExclusionGround(
    SchoolRecord, scope=S.StudentExclusions, indexes=(("school",), ("exclusion", "reason"), ("student",))
):
    """A reason for an exclusion, which may have several."""

    exclusion = Ref("The exclusion", Exclusion, part_of=True, tells=("mis_id",))
    student = Ref("The excluded student", Student, part_of=True)
    reason = Ref("The reason", ExclusionReason, part_of=True, tells=("mis_id", "code"))


class ExclusionAgency(
    SchoolRecord, scope=S.StudentExclusions, indexes=(("school",), ("exclusion", "agency"), ("student",))
):
    """An agency's involvement in an exclusion."""

    exclusion = Ref("The exclusion", Exclusion, part_of=True, tells=("mis_id",))
    student = Ref("The excluded student", Student, part_of=True)
    agency = Ref("The agency", Agency, part_of=True, tells=("name",))


exclusion_grounds = Many("The reasons for an exclusion", ExclusionGround.exclusion)
exclusion_agencies = Many("Agencies relating to the exclusion", ExclusionAgency.exclusion)
