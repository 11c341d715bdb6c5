"""What a school does beside its lessons to help a student on."""

from __future__ import annotations

from ..fields import TODAY, Code, Computed, Date, Many, Number, Ref, Text, When
from ..scopes import S
from .agency import Agent
from .organisation import SchoolRecord
from .people import Contact, Staff
from .students import Student

INTERVENTION_TYPES = {
    "Literacy": "Reading, writing and spelling",
    "Numeracy": "Mathematics",
    "Communication": "Speech, language and communication",
    "Wellbeing": "Social, emotional and mental health",
    "Behaviour": "Behaviour for learning",
    "Attendance": "Attendance and punctuality",
}
_STAFF = ("mis_id", "status")


class InterventionOverview(SchoolRecord, scope=S.Conduct, indexes=(("school", "mis_id"), ("school", "start"))):
    """A kind of help that a school offers for a time and students take part in."""

    mis_id = Text("The MIS Id of the intervention overview", "4")
    name = Text("The name of the intervention", "Reading Recovery")
    kind = Code("The type of intervention", "Literacy", INTERVENTION_TYPES)
    description = Text("What is done", "Daily reading with an adult")
    aim = Text("What it is meant to achieve", "Reads a chapter book alone")
    start = Date("The first day on which it is offered", "2026-09-14")
    end = Date("The last day on which it is offered", "2027-02-12")
    sessions_per_week = Number("How many sessions a student has each week", 3)
    minutes = Number("How many minutes a session takes", 20)
    leader = Ref("The member of staff who leads it", Staff, tells=_STAFF)


class Intervention(
    SchoolRecord, scope=S.Conduct, indexes=(("school", "mis_id"), ("student", "start"), ("overview", "student"))
):
    """Help that a student receives for a time, with an aim."""

    student = Ref("Who is helped", Student, part_of=True, tells=("mis_id", "idaas_id", "on_roll"))
    mis_id = Text("The MIS Id of the intervention", "12")
    overview = Ref(
        "What the student takes part in", InterventionOverview, part_of=True, tells=("mis_id", "name", "kind", "aim")
    )
    start = Date("The first day of the intervention", "2026-09-14")
    end = Date("The last day of the intervention", "2026-10-23")
    review = Date("The day planned for its review", "2026-10-16")
    reason = Text("Why the student takes part", "Reading age two years behind")
    target = Text("What the student is meant to achieve", "Reading age of 9 years by half term")
    before = Text("The student's level at the start", "Reading age 7y 2m")
    after = Text("The student's level at the end", "Reading age 8y 1m")
    outcome = Code(
        "How it ended; null until it ends",
        "Achieved",
        {"Achieved": "Achieved", "Partly achieved": "Partly achieved", "Not achieved": "Not achieved"},
    )
    comments = Text("Comments on the intervention", "Reads at home every evening now", scope=S.ConductComments)
    status = Computed(
        "Whether the intervention is planned, active or completed",
        "Active",
        When((start.after(TODAY), "Planned"), (end.before(TODAY), "Completed"), otherwise="Active"),
    )


class InterventionStaff(
    SchoolRecord, scope=S.Conduct, indexes=(("school", "mis_id"), ("intervention",), ("student",), ("staff",))
):
    """A member of staff who takes part in an intervention."""

    mis_id = Text("Id of the relationship between the intervention and the member of staff", "7")
    intervention = Ref("The intervention", Intervention, part_of=True, tells=("mis_id", "start", "end"))
    student = Ref("Who is helped", Student, part_of=True, tells=("mis_id", "on_roll"))
    staff = Ref("The member of staff", Staff, part_of=True, tells=("mis_id",))
    role = Text("What they do", "Delivers")


class InterventionContact(
    SchoolRecord, scope=S.Conduct, indexes=(("school", "mis_id"), ("intervention",), ("student",), ("contact",))
):
    """A contact of the student who takes part in an intervention."""

    mis_id = Text("Id of the relationship between the intervention and the contact", "7")
    intervention = Ref("The intervention", Intervention, part_of=True, tells=("mis_id", "start", "end"))
    student = Ref("Who is helped", Student, part_of=True, tells=("mis_id", "on_roll"))
    contact = Ref("The contact", Contact, part_of=True, tells=("mis_id",))
    role = Text("What they do", "Supports at home")


class InterventionAgent(
    SchoolRecord, scope=S.Conduct, indexes=(("school", "mis_id"), ("intervention",), ("student",), ("agent",))
):
    """An agent who takes part in an intervention."""

    mis_id = Text("Id of the relationship between the intervention and the agent", "7")
    intervention = Ref("The intervention", Intervention, part_of=True, tells=("mis_id", "start", "end"))
    student = Ref("Who is helped", Student, part_of=True, tells=("mis_id", "on_roll"))
    agent = Ref("The agent", Agent, part_of=True, tells=("mis_id",))
    role = Text("What they do", "Advises")


_current = Intervention.start.until(TODAY) & (Intervention.end.unknown() | Intervention.end.since(TODAY))
overview_students = Many(
    "The students on roll who take part now",
    Intervention.overview,
    where=_current & (Intervention.student / Student.on_roll).is_("OnRoll"),
)
intervention_staff = Many("The members of staff of an intervention", InterventionStaff.intervention)
intervention_contacts = Many("The contacts of an intervention", InterventionContact.intervention)
intervention_agents = Many("The agents of an intervention", InterventionAgent.intervention)
