"""What is assessed, on which scale, and what each student achieved."""

from __future__ import annotations

from ..fields import Code, Date, Decimal, Flag, Number, Ref, Text
from ..scopes import S
from .organisation import SchoolRecord


class GradeSet(SchoolRecord, scope=S.School, indexes=(("school", "mis_id"),)):
    """A scale of grades."""

    mis_id = Text("The unique MIS identifier for the gradeset", "74")
    name = Text("Description of the gradeset", "Teacher Assessments")
    notes = Text("Additional text description for the gradeset", "Teacher Assessment Grades")
    exam = Flag("Whether public examinations are graded with it", 0)


class GradeSetHistory(SchoolRecord, scope=S.School, indexes=(("school", "mis_id"), ("grade_set",))):
    """The grades of a scale as they are for a time; results of earlier times relate to earlier grades."""

    mis_id = Text("The unique MIS identifier for the gradesethistory record", "1463")
    grade_set = Ref("The gradeset this record is linked to", GradeSet, part_of=True, tells=("mis_id", "exam"))
    start = Date("Date from which this record is valid", "2004-09-01")
    end = Date("Date after which this record is no longer valid", "2026-08-31")


class Grade(SchoolRecord, scope=S.School, indexes=(("school", "mis_id"), ("version",))):
    """One grade of a scale."""

    mis_id = Text("The unique MIS identifier for the grade", "832")
    version = Ref(
        "The gradesethistory record to ensure validity", GradeSetHistory, part_of=True, tells=("mis_id", "grade_set")
    )
    description = Text("Description of the grade", "Working Towards Level 1")
    value = Text("Entry value for the grade", "W")
    numeric_value = Decimal("Hidden numeric value for the grade", 3.0)
    display_order = Number("Order to display the grade in its gradeset", 15)


class Aspect(SchoolRecord, scope=S.School, indexes=(("school", "mis_id"),)):
    """The definition of an assessment: what results relate to."""

    mis_id = Text("The unique MIS identifier for the aspect", "702")
    external_id = Text("The defined externalId for the aspect", "93")
    kind = Code("Definition of the type of result to be associated", "Grade", {"Grade": "Grade", "Integer": "Integer"})
    name = Text("Name of the aspect", "English Attainment Level")
    description = Text("Description of the aspect", "English Attainment Level")
    supplier = Text("Name of the establishment that created the aspect", "328 4321 Example School")
    grade_set = Ref("The gradeset assigned to this aspect", GradeSet, tells=("mis_id",))
    exam = Flag("Whether it is that of a public examination", 0)


class MarkSet(SchoolRecord, scope=S.School, indexes=(("school", "mis_id"), ("aspect",))):
    """The numbers that a result may be, for aspects without grades."""

    mis_id = Text("The unique MIS identifier for the markset", "136")
    aspect = Ref("The aspect", Aspect, part_of=True, tells=("mis_id", "exam"))
    start = Date("Date from which this record is valid", "1990-09-01")
    end = Date("Date after which this record is no longer valid", "2026-08-31")
    least = Decimal("Minimum valid value for this record", 0.0)
    most = Decimal("Maximum valid value for this record", 100.0)


class ResultSet(SchoolRecord, scope=S.School, indexes=(("school", "mis_id"),)):
    """A reporting period in which results are recorded."""

    mis_id = Text("The unique MIS identifier for the resultset", "31")
    external_id = Text("External Id of the resultset", "31")
    name = Text("Description of the resultset", "Year 7 Spring Term")
    supplier = Text("Name of the establishment that created the resultset", "328 4321 Example School")
    start = Date("First day of the period", "2026-01-05")
    end = Date("Last day of the period", "2026-03-27")
    exam = Flag("Whether it is of public examinations", 0)
