"""What schools teach: subjects, courses and their offering in a session, and programmes."""

from __future__ import annotations

from ..fields import Code, Record, Ref, Text
from ..scopes import S
from .calendar import Session
from .organisation import School, SchoolRecord
from .origin import came_from


class Subject(Record, scope=S.School | S.SchoolLite, indexes=(("school", "mis_id"),)):
    """What is taught."""

    school = Ref("The school that teaches it; all schools of the district if empty", School, shared=True)
    mis_id = Text("MIS Id of the subject", "111")
    code = Code("The subject code", "Fr")
    name = Text("The name of the subject", "French")


class Course(
    Record,
    scope=S.School | S.SchoolLite,
    writing=S.WritebackSchool,
    indexes=(("school",), ("external_id",), ("code",)),
    natural=("code", "school.estab", "district.identifier"),
    remembers=("title", "origin", "school.external_id", "school.origin"),
):
    """A plan of what a class learns, which schools of the district may share."""

    school = Ref("The school that offers it; all schools of the district if empty", School, shared=True)
    external_id = Text("The id of the course in the system that it came from", "13b46ddd-c41d-4ae4-8280-44de46f18473")
    origin = came_from()
    title = Text("The title of the course", "Homeroom KG")
    code = Text("The code of the course", "HR00000")
    grades = Text("CSV of the grades that it is for", "KG,01")
    subjects = Text("CSV of the subjects that it teaches", "Homeroom")
    subject_codes = Text("CSV of the codes of the subjects that it teaches", "HR")
    school_year = Ref("The academic year in which it is offered", Session)
    description = Text("What the course is about", "Registration and pastoral care of a kindergarten class")


class CourseOffering(
    SchoolRecord,
    scope=S.School | S.SchoolLite,
    writing=S.WritebackGroups,
    indexes=(("school", "code"), ("course",), ("session",)),
    natural=("code", "school.estab", "session.name", "session.year"),
):
    """A course as one school teaches it in one session."""

    course = Ref("The course that is taught", Course)
    session = Ref("The session in which it is taught", Session)
    code = Text("The school's code for it", "Fr-9")
    title = Text("What the school calls it, if not by the course's title", "French, Year 9")
    external_id = Text("Its id in the system that it came from", "5f1f2cf6-7a0b-4c74-9a0c-6f9d9f1b8a11")


class Program(
    Record,
    scope=S.School | S.SchoolLite,
    writing=S.WritebackSchool,
    indexes=(("school",), ("name",)),
    natural=("name", "kind", "school.estab", "district.identifier"),
):
    """A programme of instruction or support outside the timetable, which schools of the district may share."""

    school = Ref("The school that runs it; all schools of the district if empty", School, part_of=True, shared=True)
    name = Text("The name of the programme", "Reading Recovery")
    kind = Text("The kind of programme, as a value of Ed-Fi's ProgramTypeDescriptor", "Remedial Education")
    external_id = Text("Its id in the system that it came from", "8f0a4e0e-6b3c-4a5e-8f5d-0d1a9d6f2c77")
