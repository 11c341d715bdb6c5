"""What is assessed, on which scale, and what each student achieved."""

from __future__ import annotations

from ..fields import TODAY, Code, Date, Decimal, Flag, Many, Moment, Number, Ref, Text
from ..scopes import S
from .calendar import Session
from .gradebook import SCORE_STATUSES, Rubric, ScoreScale
from .groups import Group
from .organisation import School, SchoolRecord
from .origin import came_from
from .people import Staff
from .students import Student


class GradeSet(SchoolRecord, scope=S.School, indexes=(("school", "mis_id"),)):
    """A scale of grades."""

    mis_id = Text("The unique MIS identifier for the gradeset", "74")
    name = Text("Description of the gradeset", "Teacher Assessments")
    notes = Text("Additional text description for the gradeset", "Teacher Assessment Grades")
    exam = Flag("Whether public examinations are graded with it", 0)


class GradeSetHistory(SchoolRecord, scope=S.School, indexes=(("school", "mis_id"), ("grade_set",))):
    """The grades of a scale for a period; earlier results relate to the grades of their own period."""

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


class AssessmentCategory(
    SchoolRecord,
    scope=S.School,
    writing=S.WritebackAssessment,
    remembers=("origin", "name"),
    indexes=(("school", "mis_id"), ("external_id",)),
):
    """A category that aspects and templates are sorted into, and the line items of gradebooks."""

    school = Ref("The school that sorts by it; all schools of the district if empty", School, part_of=True, shared=True)
    mis_id = Text("The unique MIS identifier for the assessment category", "136")
    external_id = Text("Its id in the system that it came from", "cat-homework")
    origin = came_from()
    name = Text("The name of the assessment category", "Academic Progress")
    weight = Decimal("What the category counts for in a gradebook, in per cent", 40.0)


class Aspect(
    SchoolRecord,
    scope=S.School,
    writing=S.WritebackAssessment,
    remembers=(
        *("origin", "name", "exam", "category.origin", "category.external_id"),
        *("group.origin", "group.external_id", "school.origin", "school.external_id"),
        *("session.origin", "session.external_id"),
    ),
    indexes=(
        *(("school", "mis_id"), ("mis_id",), ("category",), ("grade_set",)),
        *(("group",), ("external_id",), ("rubric",)),
    ),
    # A document says the whole keys of its class and its grading period, and moves with them.
    natural=(
        *("mis_id", "namespace", "school.estab", "classwork"),
        *(f"session.{name}" for name in Session.natural),
        *(f"group.{name}" for name in Group.natural if name != "district.identifier"),
    ),
):
    """The definition of an assessment: what results relate to. A line item of a class's gradebook is one, too."""

    school = Ref("The school that assesses; all schools of the district if empty", School, part_of=True, shared=True)
    mis_id = Text("The unique MIS identifier for the aspect", "702")
    namespace = Text("Who numbers it, if it is not the school", "uri://gradebooks.example")
    external_id = Text("The defined externalId for the aspect", "93")
    origin = came_from()
    kind = Code("Definition of the type of result to be associated", "Grade", {"Grade": "Grade", "Integer": "Integer"})
    name = Text("Name of the aspect", "English Attainment Level")
    description = Text("Description of the aspect", "English Attainment Level")
    supplier = Text("Name of the establishment that created the aspect", "328 4321 Example School")
    grade_set = Ref("The gradeset assigned to this aspect", GradeSet, tells=("mis_id",))
    exam = Flag("Whether it is for a public examination", 0)
    prior = Flag(
        "Whether its results are prior attainment: from the Early Years, key stage 1 or key stage 2",
        1,
        scope=S.School | S.SchoolLite,
    )
    ks1 = Flag("Is the aspect KS1, 1 or 0", 1)
    ks2 = Flag("Is the aspect KS2, 1 or 0", 1)
    ks3 = Flag("Is the aspect KS3, 1 or 0", 1)
    category = Ref("The category that the aspect is sorted under", AssessmentCategory, tells=("mis_id", "name"))
    classwork = Flag("Whether it is a line item: work that is set for one class", 0)
    group = Ref("The class that the work is set for, or that is assessed", Group)
    session = Ref("The grading period, or other session, that the work counts towards", Session)
    assigned = Moment("When the work is set, UTC", "2026-11-02T00:00:00.000")
    due = Moment("When the work is due, UTC", "2026-11-09T00:00:00.000")
    parent = Ref("The assessment that this one is a part of")
    score_scale = Ref("What its scores stand for", ScoreScale)
    rubric = Ref("What the work is judged by", Rubric)


class MarkSet(
    SchoolRecord,
    scope=S.School,
    writing=S.WritebackAssessment,
    indexes=(("school", "mis_id"), ("aspect",)),
):
    """The numbers that a result may be, for aspects without grades."""

    school = Ref("The school whose aspect it is; all of the district if empty", School, part_of=True, shared=True)
    mis_id = Text("The unique MIS identifier for the markset", "136")
    aspect = Ref("The aspect", Aspect, part_of=True, tells=("mis_id", "exam"))
    start = Date("Date from which this record is valid", "1990-09-01")
    end = Date("Date after which this record is no longer valid", "2026-08-31")
    least = Decimal("Minimum valid value for this record", 0.0)
    most = Decimal("Maximum valid value for this record", 100.0)


range_now = Many(
    "The numbers that results may be now", MarkSet.aspect, where=MarkSet.end.unknown() | MarkSet.end.since(TODAY)
)


class ResultSet(SchoolRecord, scope=S.School, indexes=(("school", "mis_id"),)):
    """A reporting period in which results are recorded."""

    mis_id = Text("The unique MIS identifier for the resultset", "31")
    external_id = Text("External Id of the resultset", "31")
    name = Text("Description of the resultset", "Year 7 Spring Term")
    supplier = Text("Name of the establishment that created the resultset", "328 4321 Example School")
    start = Date("First day of the period", "2026-01-05")
    end = Date("Last day of the period", "2026-03-27")
    exam = Flag("Whether it is for public examinations", 0)


class Template(
    SchoolRecord, scope=S.School, indexes=(("school", "mis_id"), ("filter_group",), ("category",), ("creator",))
):
    """A collection of columns that define the grid in which results are recorded for a purpose."""

    mis_id = Text("The unique MIS identifier for the template", "1121")
    name = Text("The template name", "English Assessment Y9")
    notes = Text(
        "Optional contextual information added to the template", "Please enter test results by the end of Spring term"
    )
    creator = Ref("The staff member that created the template", Staff, tells=("mis_id",))
    filter_group = Ref("The group the template is filtered by", Group, tells=("mis_id",))
    category = Ref("The category that the template is sorted under", AssessmentCategory, tells=("mis_id", "name"))


class TemplateColumn(
    SchoolRecord,
    scope=S.School,
    indexes=(("school", "mis_id"), ("template", "aspect"), ("aspect", "result_set"), ("result_set",)),
):
    """A column of a template: an aspect in a reporting period, or in any."""

    mis_id = Text("The unique MIS identifier for the column", "13839")
    template = Ref(
        "The template this column belongs to", Template, part_of=True, tells=("mis_id", "category", "filter_group")
    )
    heading = Text("The description of the aspect in this template", "English Attainment Lev 2")
    aspect = Ref("The aspect where the result is stored", Aspect, tells=("mis_id",))
    result_set = Ref("The resultset for which this column is linked", ResultSet, tells=("mis_id",))
    display_order = Number("Display order of the column in the marksheet", 7)
    read_only = Flag("Boolean to identify if the result is modifiable", 0)


class Marksheet(SchoolRecord, scope=S.School, indexes=(("school", "mis_id"), ("template",), ("group",))):
    """A template for a specific group, in which staff record results."""

    mis_id = Text("The unique MIS identifier for the marksheet", "5372")
    template = Ref("The template used in this marksheet", Template, part_of=True, tells=("mis_id",))
    group = Ref("The group this marksheet is configured for", Group, tells=("mis_id",))


class AssessmentResult(
    SchoolRecord,
    scope=S.AssessmentResults,
    writing=S.WritebackAssessment,
    remembers=(
        *("origin", "student.person", "aspect.group", "aspect.exam"),
        *("aspect.origin", "aspect.external_id", "aspect.group.origin", "aspect.group.external_id"),
        *("student.person.origin", "student.person.external_id"),
    ),
    numbered=True,
    natural=(
        *("aspect.mis_id", "aspect.namespace", "aspect.school.estab", "aspect.classwork"),
        "student.person.student_unique_id",
    ),
    indexes=(
        ("school", "aspect"),
        ("school", "result_set"),
        ("school", "student", "aspect"),
        ("student",),
        ("external_id",),
        # Ed-Fi lists results in the order of their ids.
        ("id",),
    ),
):
    """What a student achieved in an aspect on a day."""

    mis_id = Text("The unique MIS identifier for the result", "1289067")
    external_id = Text("Its id in the system that it came from", "result-4711")
    origin = came_from()
    student = Ref("The student who owns the result", Student, part_of=True, tells=("mis_id",))
    aspect = Ref(
        "The aspect for which the result is for", Aspect, tells=("mis_id", "external_id", "origin", "classwork", "exam")
    )
    result_set = Ref("The resultset against which the result was recorded", ResultSet, tells=("mis_id",))
    date = Date("Date the result was achieved", "2015-09-03")
    time = Text("The time of that day, UTC, where somebody said one", "09:30:00")
    collection_date = Date("Date on which the result was collected", "2015-09-07")
    result = Text("The value of the result", "6C")
    numeric_value = Decimal("The numeric value of the result", 24)
    notes = Text("Optional notes field", "Sat the test a week later")
    status = Code("How far the marking has come", "fully graded", SCORE_STATUSES)
    percentile = Decimal("The share of all who sat it that did no better, in per cent", 87.5)
    in_progress = Flag("Whether the student is at work on it", 0)
    incomplete = Flag("Whether a part of the work is missing", 0)
    late = Flag("Whether the work came late", 0)
    missing = Flag("Whether the work never came", 0)
    score_scale = Ref("What the score stands for, if it is not as the aspect says", ScoreScale)
    scores = Text(
        "The scores by method of reporting as JSON, where somebody said more than the facts do",
        '[{"assessmentReportingMethodDescriptor":"uri://ed-fi.org/AssessmentReportingMethodDescriptor#Raw score",'
        '"resultDatatypeTypeDescriptor":"uri://ed-fi.org/ResultDatatypeTypeDescriptor#Integer","result":"24"}]',
    )


class PriorAttainment(
    SchoolRecord,
    scope=S.School | S.SchoolLite,
    over=("AssessmentResult", "Aspect"),
):
    """What a student achieved in the Early Years Foundation Stage, key stage 1 or key stage 2."""

    mis_id = Text("The MIS Id of the group", "1233114")
    student = Ref("The student", Student, part_of=True, tells=("mis_id",))
    aspect = Ref("The aspect", Aspect, tells=("mis_id", "name"))
    result_id = Text("The Result ID of group", "1233114", scope=S.AssessmentResults)
    result_set = Ref("The result set", ResultSet, scope=S.AssessmentResults, tells=("mis_id",))
    result = Text("The Result description", "2A", scope=S.AssessmentResults)
    numeric_value = Decimal("The Result value", 110, scope=S.AssessmentResults)
    date = Date("Date the result was achieved", "2015-07-07", scope=S.AssessmentResults)
