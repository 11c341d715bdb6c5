"""What is assessed and how it is graded (school.assessmentstructure); the results stand in a module of their own."""

from __future__ import annotations

from ...api.resource import Endpoint, Filter, Option, Table, With
from ...fields import Arg, Condition, Many, Question, Ref, Some, Within
from ...model import assessment as model
from ...model.assessment import Aspect, AssessmentCategory, Grade, GradeSet, MarkSet, ResultSet, TemplateColumn
from ...model.groups import Group
from ...model.people import Staff as Employee
from ...scopes import S
from . import assessmentresults


class Aspects(Table, of=Aspect, only=Aspect.exam.is_not(1), order=(Aspect.mis_id,)):
    """The definitions of assessments, those of public examinations apart."""

    Id = Aspect.mis_id
    ExternalId = Aspect.external_id
    AspectType = Aspect.kind
    Name = Aspect.name
    Description = Aspect.description
    Supplier = Aspect.supplier
    GradeSetId = Aspect.grade_set / GradeSet.mis_id
    KS1 = Aspect.ks1
    KS2 = Aspect.ks2
    KS3 = Aspect.ks3


class Templates(Table, of=model.Template, order=(model.Template.mis_id,)):
    """Collections of columns that define the grids in which results are recorded."""

    Id = model.Template.mis_id
    Name = model.Template.name
    Notes = model.Template.notes
    CreatorId = model.Template.creator / Employee.mis_id
    FilterGroupId = model.Template.filter_group / Group.mis_id


class Marksheets(Table, of=model.Marksheet, order=(model.Marksheet.mis_id,)):
    """Templates for specific groups, in which staff record results."""

    Id = model.Marksheet.mis_id
    TemplateId = model.Marksheet.template / model.Template.mis_id
    GroupId = model.Marksheet.group / Group.mis_id


class Columns(
    Table, of=TemplateColumn, order=(TemplateColumn.template / model.Template.mis_id, TemplateColumn.display_order)
):
    """The columns of templates: an aspect and a resultset, or an aspect alone."""

    Id = TemplateColumn.mis_id
    TemplateId = TemplateColumn.template / model.Template.mis_id
    ColumnHeading = TemplateColumn.heading
    AspectId = TemplateColumn.aspect / Aspect.mis_id
    ResultSetId = TemplateColumn.result_set / ResultSet.mis_id
    DisplayOrder = TemplateColumn.display_order
    ReadOnly = TemplateColumn.read_only


class ResultSets(Table, of=ResultSet, only=ResultSet.exam.is_not(1), order=(ResultSet.mis_id,)):
    """Reporting periods, those of public examinations apart."""

    Id = ResultSet.mis_id
    ExternalId = ResultSet.external_id
    Name = ResultSet.name
    Supplier = ResultSet.supplier


_history = model.GradeSetHistory


class GradeSetHistory(
    Table, of=_history, only=(_history.grade_set / GradeSet.exam).is_not(1), order=(_history.start, _history.mis_id)
):
    """For how long the grades of gradesets are, or were, as they are."""

    Id = _history.mis_id
    StartDate = _history.start
    EndDate = _history.end
    GradeSetId = _history.grade_set / GradeSet.mis_id


class GradeSets(Table, of=GradeSet, only=GradeSet.exam.is_not(1), order=(GradeSet.mis_id,)):
    """Scales of grades, those of public examinations apart."""

    Id = GradeSet.mis_id
    Name = GradeSet.name
    Notes = GradeSet.notes


class Grades(
    Table,
    of=Grade,
    only=(Grade.version / (_history.grade_set / GradeSet.exam)).is_not(1),
    order=(Grade.version / _history.mis_id, Grade.display_order),
):
    """The grades of gradesets, those of former times too."""

    Id = Grade.mis_id
    GradeSetHistoryId = Grade.version / _history.mis_id
    Description = Grade.description
    Value = Grade.value
    NumericValue = Grade.numeric_value
    DisplayOrder = Grade.display_order


class MarkSets(Table, of=MarkSet, only=(MarkSet.aspect / Aspect.exam).is_not(1), order=(MarkSet.mis_id,)):
    """The numbers that results may be, of aspects without grades."""

    Id = MarkSet.mis_id
    AspectId = MarkSet.aspect / Aspect.mis_id
    StartDate = MarkSet.start
    EndDate = MarkSet.end
    MinValue = MarkSet.least
    MaxValue = MarkSet.most


class Categories(Table, of=AssessmentCategory, order=(AssessmentCategory.mis_id,)):
    """What the school sorts aspects and templates by."""

    Id = AssessmentCategory.mis_id
    categoryName = AssessmentCategory.name


# ---- what belongs to a category

_CATEGORY = Arg("CategoryFilter")


def _sorted_under(category: Ref) -> Condition:
    return (category / AssessmentCategory.name).same(_CATEGORY)


_template = _sorted_under(model.Template.category)
_in_template = (TemplateColumn.template / (model.Template.category / AssessmentCategory.name)).same(_CATEGORY)
_aspect = _sorted_under(Aspect.category) | Some(
    Many("The columns in which an aspect is recorded", TemplateColumn.aspect), _in_template
)
_result_set = Some(
    Many("The columns that record a resultset", TemplateColumn.result_set),
    _in_template | Within(TemplateColumn.aspect, Question(Aspect, (), _sorted_under(Aspect.category))),
)
_grade_set = Some(Many("The aspects that a gradeset is assigned to", Aspect.grade_set), _aspect)
_version = Within(_history.grade_set, Question(GradeSet, (), _grade_set))

structure = Endpoint(
    "AssessmentStructure",
    "Assessment Structure",
    "Assessment",
    "The components that make up the assessment setup of a school: choose from them which results to ask for.",
    S.School,
    (
        Aspects,
        Templates,
        Marksheets,
        Columns,
        ResultSets,
        GradeSetHistory,
        GradeSets,
        Grades,
        MarkSets,
        Categories,
    ),
    databases=("XodAssessmentTables",),
    options={
        "includeMarkingGrids": Option(
            "Set to enable Templates, MarkSheets and Columns", With(Templates, Marksheets, Columns)
        ),
        "includeGradesets": Option("Set to enable GradeSets, Grades, MarkSets", With(GradeSets, Grades, MarkSets)),
        "includeGradesetHistory": Option("Set to enable GradeSetHistory", With(GradeSetHistory)),
    },
    filters={
        "CategoryFilter": Filter(
            "Optional category name filter: each table has what belongs to the category, named in any case",
            _aspect,
            elsewhere={
                Templates: _template,
                Marksheets: Within(model.Marksheet.template, Question(model.Template, (), _template)),
                Columns: _in_template,
                ResultSets: _result_set,
                GradeSetHistory: _version,
                GradeSets: _grade_set,
                Grades: Within(Grade.version, Question(_history, (), _version)),
                MarkSets: Within(MarkSet.aspect, Question(Aspect, (), _aspect)),
                Categories: AssessmentCategory.name.same(_CATEGORY),
            },
        )
    },
)

ENDPOINTS = (structure, *assessmentresults.ENDPOINTS)
