"""What students achieved (school.assessmentresults and its three relatives, school.priorattainment).

Values that name students (Students, Groups, Marksheets, Templates) add up, and so do those that name aspects (Aspects,
Columns, Marksheets, Templates); a result is of one of these students and of one of these aspects. Resultsets takes the
place of the resultsets that pairs and columns imply.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial, reduce

from ...api.resource import Endpoint, Filter, Table
from ...fields import ALWAYS, TODAY, Arg, Called, Condition, Many, Not, Paired, Question, Some, Within
from ...model import assessment as model
from ...model.assessment import Aspect, Marksheet, ResultSet, Template, TemplateColumn
from ...model.assessment import AssessmentResult as Entry
from ...model.groups import Group
from ...model.organisation import School
from ...model.students import Student, StudentMembership, student_now
from ...scopes import S


class AssessmentResults(Table, of=Entry, name="assessmentresults"):
    """Results, in the order in which the school recorded them."""

    Id = Entry.mis_id
    StudentId = Entry.student / Student.mis_id
    AspectId = Entry.aspect / Aspect.mis_id
    ResultDate = Entry.date
    ResultSetId = Entry.result_set / ResultSet.mis_id
    Result = Entry.result
    NumericValue = Entry.numeric_value
    Notes = Entry.notes


# ---- values that name students

_group_marksheets = Many("The marksheets of a group", Marksheet.group)
_template_marksheets = Many("The marksheets of a template", Marksheet.template)
_memberships = Many("The groups that a student is or was in", StudentMembership.student)
_given_template = Template.mis_id.one_of(Arg("Templates"))
_given_marksheet = Marksheet.mis_id.one_of(Arg("Marksheets"))

GROUPS: Mapping[str, Condition] = {
    "Groups": Group.mis_id.one_of(Arg("Groups")),
    "Marksheets": Some(_group_marksheets, _given_marksheet),
    "Templates": Some(_group_marksheets, (Marksheet.template / Template.mis_id).one_of(Arg("Templates")))
    | Some(Many("The templates that are filtered by a group", Template.filter_group), _given_template),
}
"""The groups whose members a value names."""

_belongs = student_now | (StudentMembership.group / Group.end).before(TODAY)
"""A group's members are those that it has now; if it is over, all that it had."""

_for_everyone = Within(
    Entry.school,
    Question(
        School,
        (),
        Some(
            Many("The templates of a school", Template.school),
            _given_template & Template.filter_group.unknown() & Not(Some(_template_marksheets, ALWAYS)),
        ),
    ),
)
"""A template without a group names no students: what is asked for of it alone are everyone's results."""


def _members(names: list[str]) -> Condition:
    groups = Question(Group, (), reduce(Condition.__or__, (GROUPS[name] for name in names)))
    return Some(_memberships, Within(StudentMembership.group, groups) & _belongs)


def _of_students(ids: list[str], groups: list[str]) -> Condition:
    """The results of the students that these values name, by their own ids and by their groups."""
    named = [Student.mis_id.one_of(Arg(name)) for name in ids]
    if not groups:
        return Within(Entry.student, Question(Student, (), reduce(Condition.__or__, named)))
    found = Question(Student, (), reduce(Condition.__or__, named, _members(groups)))
    rests_on = (StudentMembership.group, StudentMembership.start, StudentMembership.end)
    students = Within(Entry.student, found, rests_on)
    return students | _for_everyone if not ids and groups == ["Templates"] else students


# ---- values that name aspects

COLUMNS: Mapping[str, Condition] = {
    "Columns": TemplateColumn.mis_id.one_of(Arg("Columns")),
    "Marksheets": Within(TemplateColumn.template, Question(Template, (), Some(_template_marksheets, _given_marksheet))),
    "Templates": Within(TemplateColumn.template, Question(Template, (), _given_template)),
}
"""The columns whose aspects and resultsets a value names."""


def _of_aspects(names: list[str], *, any_result_set: bool) -> Condition:
    """The results of the aspects, or pairs of aspect and resultset, that these values name."""
    columns = [COLUMNS[name] for name in names if name in COLUMNS]
    found: list[Condition] = []
    if "Aspects" in names:
        second = None if any_result_set else Entry.result_set / ResultSet.mis_id
        known = Question(Aspect, (), Paired(Aspect.mis_id, None, Arg("Aspects")))
        found.append(Within(Entry.aspect, known) & Paired(Entry.aspect / Aspect.mis_id, second, Arg("Aspects")))
    if columns:
        pair = (("aspect", TemplateColumn.aspect), ("result_set", TemplateColumn.result_set))
        question = Question(TemplateColumn, pair, reduce(Condition.__or__, columns))
        found.append(Paired(Entry.aspect, None if any_result_set else Entry.result_set, question))
    return reduce(Condition.__or__, found)


# ---- endpoints

_DATES = {
    "ResultDateFrom": Filter(
        "Results achieved on this date or later", Entry.date.since(Arg("ResultDateFrom")), kind="date"
    ),
    "ResultDateTo": Filter(
        "Results achieved on this date or earlier", Entry.date.until(Arg("ResultDateTo")), kind="date"
    ),
    "CollectionDateFrom": Filter(
        "Results collected on this date or later",
        Entry.collection_date.since(Arg("CollectionDateFrom")),
        kind="date",
    ),
    "CollectionDateTo": Filter(
        "Results collected on this date or earlier",
        Entry.collection_date.until(Arg("CollectionDateTo")),
        kind="date",
    ),
}
_RESULT_SETS = Within(Entry.result_set, Question(ResultSet, (), ResultSet.mis_id.one_of(Arg("ResultSets"))))

BY_ID, BY_GROUP, BY_ASPECT = ("Students",), ("Groups", "Marksheets", "Templates"), ("Aspects", *COLUMNS)


def together(
    given: frozenset[str],
    ids: tuple[str, ...] = BY_ID,
    groups: tuple[str, ...] = BY_GROUP,
    aspects: tuple[str, ...] = BY_ASPECT,
) -> Condition:
    """The results that the values given ask for together."""
    asked = [one.where for name, one in _DATES.items() if name in given]
    by_id, by_group = ([name for name in names if name in given] for names in (ids, groups))
    named = [name for name in aspects if name in given]
    if by_id or by_group:
        asked.append(_of_students(by_id, by_group))
    if named:
        asked.append(_of_aspects(named, any_result_set="ResultSets" in given))
    if "ResultSets" in given:
        asked.append(_RESULT_SETS)
    return reduce(Condition.__and__, asked, ALWAYS)


def _alone(name: str) -> Condition:
    return together(frozenset([name]))


_STUDENTS = Filter("Csv of Student Ids", _alone("Students"), kind="list")
_GROUPS = Filter("Csv of Group Ids whose members are the Students", _alone("Groups"), kind="list")
_ASPECTS = Filter(
    "Csv of Aspects Ids; 702|34 is aspect 702 in resultset 34, and 702| is aspect 702 in none",
    _alone("Aspects"),
    kind="pairs",
)
_MARKSHEETS = Filter("Csv of Marksheet Ids to pre-populate Students and Aspects", _alone("Marksheets"), kind="list")
_TABLES, _DATABASES, _RESULTS = (AssessmentResults,), ("XodAssessmentResults",), S.AssessmentResults

results = Endpoint(
    "AssessmentResults",
    "Assessment Results",
    "Assessment",
    "Specific results, by any of the filters: at least one of those that are not dates.",
    _RESULTS,
    _TABLES,
    databases=_DATABASES,
    filters={
        "Students": _STUDENTS,
        "Groups": _GROUPS,
        "Aspects": _ASPECTS,
        "ResultSets": Filter(
            "Csv of ResultSets Ids, in place of those of Aspects and Columns", _RESULT_SETS, kind="list"
        ),
        "Templates": Filter(
            "Csv of Template Ids to pre-populate Students and Aspects", _alone("Templates"), kind="list"
        ),
        "Columns": Filter("Csv of Column Ids to pre-populate Aspects", _alone("Columns"), kind="list"),
        "Marksheets": _MARKSHEETS,
        **_DATES,
    },
    at_least=("Students", "Groups", "Aspects", "ResultSets", "Templates", "Columns", "Marksheets"),
    together=together,
    example={"Aspects": "702|34"},
)

by_aspect = Endpoint(
    "AssessmentResultsByAspect",
    "Assessment Results By Aspect",
    "Assessment",
    "Results of specific aspects, in all resultsets or in the ones that are paired with them.",
    _RESULTS,
    _TABLES,
    databases=_DATABASES,
    filters={"Aspects": replace(_ASPECTS, required=True), **_DATES},
    together=together,
    example={"Aspects": "702|34,701|33"},
)

by_marksheet = Endpoint(
    "AssessmentResultsByMarksheet",
    "Assessment Results By Marksheet",
    "Assessment",
    "Results of the students and aspects of specific marksheets: what their grids show.",
    # Which students and aspects a marksheet has is the school's structure.
    _RESULTS & S.School,
    _TABLES,
    databases=_DATABASES,
    filters={"Marksheets": replace(_MARKSHEETS, required=True), **_DATES},
    together=together,
    example={"Marksheets": "5301"},
)

by_student = Endpoint(
    "AssessmentResultsByStudent",
    "Assessment Results By Student",
    "Assessment",
    "Results of specific students, or of the members of groups.",
    _RESULTS,
    _TABLES,
    databases=_DATABASES,
    filters={
        "Students": _STUDENTS,
        "Groups": _GROUPS,
        "Marksheets": Filter(
            "Csv of Student Ids, as Students: the name under which the vendor's document lists it",
            _of_students(["Marksheets"], []),
            kind="list",
        ),
        **_DATES,
    },
    at_least=("Students", "Groups", "Marksheets"),
    together=partial(together, ids=("Students", "Marksheets"), groups=("Groups",), aspects=()),
    example={"Students": "9919"},
)


class PriorAttainment(Table, of=model.PriorAttainment):
    """Results of the Early Years Foundation Stage, key stage 1 and key stage 2."""

    Id = model.PriorAttainment.mis_id
    StudentId = model.PriorAttainment.student / Student.mis_id
    AspectID = model.PriorAttainment.aspect / Aspect.mis_id
    AspectName = model.PriorAttainment.aspect / Aspect.name
    ResultId = model.PriorAttainment.result_id
    ResultsetId = model.PriorAttainment.result_set / ResultSet.mis_id
    Result = model.PriorAttainment.result
    ResultValue = model.PriorAttainment.numeric_value


prior_attainment = Endpoint(
    "PriorAttainment",
    "Retrieval of PriorAttainment date relating to Early Years / KS1 and KS2",
    "Students",
    "Retrieval of Prior Attainment date relating to Early Years / KS1 and KS2.",
    S.School | S.SchoolLite,
    (PriorAttainment,),
    databases=_DATABASES,
    filters={
        "StudentId": Filter(
            "Records relating to a specific student",
            Called((Student.mis_id,), Arg("StudentId"), model.PriorAttainment.student),
        ),
        "DateFrom": Filter(
            "Records on or after the date specified", model.PriorAttainment.date.since(Arg("DateFrom")), kind="date"
        ),
        "DateTo": Filter(
            "Records on or before the date specified", model.PriorAttainment.date.until(Arg("DateTo")), kind="date"
        ),
    },
)

ENDPOINTS = (results, by_aspect, by_marksheet, by_student, prior_attainment)
