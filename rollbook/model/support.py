"""Special educational needs, provision, reviews, statements and plans.

Codes: Department for Education, Common Basic Data Set, SEN type and SEN provision.
"""

from __future__ import annotations

from ..fields import TODAY, Code, Computed, Date, Flag, Number, Ref, Text, When
from ..scopes import S
from .agency import Agent
from .documents import StudentDocument
from .organisation import SchoolRecord
from .people import Contact, Staff
from .students import SEN_PROVISIONS, Student

NEEDS = {
    "SPLD": "Specific Learning Difficulty",
    "MLD": "Moderate Learning Difficulty",
    "SLD": "Severe Learning Difficulty",
    "PMLD": "Profound and Multiple Learning Difficulty",
    "SEMH": "Social, Emotional and Mental Health",
    "SLCN": "Speech, Language and Communication Needs",
    "HI": "Hearing Impairment",
    "VI": "Vision Impairment",
    "MSI": "Multi-Sensory Impairment",
    "PD": "Physical Disability",
    "ASD": "Autistic Spectrum Disorder",
    "OTH": "Other Difficulty or Disability",
    "NSA": "SEN Support but no Specialist Assessment of Type of Need",
}

_STUDENT = ("mis_id", "on_roll")
_STAFF = ("mis_id", "idaas_id", "title", "forename", "surname", "display_name", "is_teacher")
_AGENT = ("mis_id", "local_id", "display_name")


def _active(start: Date, end: Date) -> Computed:
    days = When((start.after(TODAY), 0), (end.before(TODAY), 0), otherwise=1, kind="flag")
    return Computed("Currently active flag (1/0)", 0, days)


class SenNeed(SchoolRecord, scope=S.SENTypes, indexes=(("school", "mis_id"), ("student", "rank"))):
    """A kind of special educational need that a student has or had."""

    student = Ref("The student", Student, part_of=True, tells=_STUDENT)
    mis_id = Text("The MIS Id of the SEN type item", "100")
    code = Code("SEN Type code", "HI", NEEDS)
    description = Text("SEN Type description", "Hearing Impairment")
    rank = Number("Rank (lowest is most severe)", 2)
    notes = Text("Additional notes", "Has a hearing impairment")
    start = Date("Start date", "2015-01-01")
    end = Date("End date", "2016-01-01")
    active = _active(start, end)


class SenProvision(SchoolRecord, scope=S.SEN | S.SENTypes, indexes=(("school", "mis_id"), ("student", "start"))):
    """What is provided for a student's special educational needs, for a time."""

    student = Ref("The student", Student, part_of=True, tells=_STUDENT)
    mis_id = Text("The MIS Id of the SEN provision item", "9876654321987")
    code = Code("SEN Provision type code", "K", SEN_PROVISIONS)
    description = Text("Sen Provision description", "SEN Support")
    start = Date("Start date", "2015-01-01")
    end = Date("End date", "2016-01-01")
    active = _active(start, end)


class Disability(SchoolRecord, scope=S.SENTypes, indexes=(("school", "mis_id"), ("student", "start"))):
    """A disability that a student has or had."""

    student = Ref("The student", Student, part_of=True, tells=_STUDENT)
    mis_id = Text("The MIS Id of the student disability", "20")
    description = Text("Type of student disability", "Problems with Mobility")
    start = Date("Start date", "2015-01-01")
    end = Date("End date", "2015-01-01")
    active = _active(start, end)


class SenReview(SchoolRecord, scope=S.SENTypes, indexes=(("school", "mis_id"), ("student", "date"))):
    """A review of what is provided for a student's special educational needs."""

    student = Ref("The student that is the subject of the review", Student, part_of=True, tells=_STUDENT)
    mis_id = Text("The MIS Id of SEN Review", "20", scope=S.SENReviews)
    kind = Text("The type of review", "Annual")
    status = Text("The status of the review", "Planned")
    date = Date("The date of the review", "2021-01-15")
    sen_status = Text("The SEN status", "SEN Support")
    comments = Text("Comments relating to the review", "Review to be conducted soon")
    staff = Ref("The SEN coordinator, if a staff member", Staff, tells=_STAFF)
    agent = Ref("The SEN coordinator, if an agent", Agent, tells=_AGENT)


class SenEvent(SchoolRecord, scope=S.SENEvents, indexes=(("school", "mis_id"), ("student", "date"))):
    """Something that was done about a student's special educational needs."""

    student = Ref("The student the event relates to", Student, part_of=True, tells=_STUDENT)
    mis_id = Text("The MIS Id of the SEN event", "20")
    kind = Text("The type of SEN event", "Educational Psychologist")
    date = Date("The date of the SEN event", "2023-01-02")
    comments = Text("Free text comments relating to the event", "Observed in two lessons")


class SenEventPerson(SchoolRecord, scope=S.SENEvents, indexes=(("school", "mis_id"), ("event",), ("student",))):
    """Somebody who took part in an event: a member of staff, an agent or a contact."""

    mis_id = Text("Id of the relationship between SEN event and person", "1")
    event = Ref("The SEN event", SenEvent, part_of=True, tells=("mis_id",))
    student = Ref("The student the event relates to", Student, part_of=True, tells=_STUDENT)
    staff = Ref("The person, if a member of staff", Staff, tells=_STAFF)
    agent = Ref("The person, if an agent", Agent, tells=_AGENT)
    contact = Ref("The person, if a contact", Contact, tells=("mis_id", "idaas_id", "display_name"))


class _Assessed(SchoolRecord, abstract=True):
    """A statutory assessment of a student's special educational needs, and its outcome."""

    student = Ref("The student", Student, part_of=True, tells=_STUDENT)
    mis_id = Text("Id of the statement or plan", "20")
    requested = Date("Date it was requested", "2023-02-12")
    consultation = Date("Date of the consultation", "2023-04-01")
    temporary_disapplication = Text("Subjects that are temporarily disapplied", "Dance,Drama")
    permanent_disapplication = Text("Subjects that are permanently disapplied", "PE")
    assessment = Text("Status of the statutory assessment", "LA Agreed")
    outcome = Text("Outcome of the statutory assessment", "Proposed Statement made")
    tribunal = Flag("Flag indicating whether it is subject to tribunal (boolean)", 1)
    appeal_notes = Text("Free text notes relating to the appeal", "The family asks for another school to be named")
    ceased = Date("Cease date", "2022-01-01")
    finalised = Date("Date finalised", "2022-03-12")
    comments = Text("Free text comments", "Speech therapy each week")


class SenStatement(_Assessed, scope=S.SENStatements, indexes=(("school", "mis_id"), ("student",))):
    """A statement of special educational needs, as used until plans replaced statements."""

    agent = Ref("The agent of the local authority", Agent, tells=("mis_id",))


class SenPlan(_Assessed, scope=S.SENEHCP, indexes=(("school", "mis_id"), ("student",))):
    """An education, health and care plan, requested or made."""

    mediation = Flag("Flag indicating whether undergoing SEND mediation (boolean)", 1)


class SenStatementDocument(
    SchoolRecord, scope=S.SENStatements, indexes=(("school", "mis_id"), ("statement",), ("student",), ("document",))
):
    """A document that belongs to a statement."""

    mis_id = Text("Id of the relationship between the Statement and the document", "2")
    statement = Ref("The statement", SenStatement, part_of=True, tells=("mis_id",))
    student = Ref("The student", Student, part_of=True, tells=_STUDENT)
    document = Ref("The document", StudentDocument, part_of=True, tells=("mis_id",))


class SenPlanDocument(
    SchoolRecord, scope=S.SENEHCP, indexes=(("school", "mis_id"), ("plan",), ("student",), ("document",))
):
    """A document that belongs to an education, health and care plan."""

    mis_id = Text("Id of the relationship between the plan and the document", "1")
    plan = Ref("The plan", SenPlan, part_of=True, tells=("mis_id",))
    student = Ref("The student", Student, part_of=True, tells=_STUDENT)
    document = Ref("The document", StudentDocument, part_of=True, tells=("mis_id",))
