"""Public examinations: their structure, and all endpoints about them (school.exam*, discount codes)."""

from __future__ import annotations

from ...api.resource import Endpoint, Table
from ...model.assessment import Aspect, Grade, GradeSet, GradeSetHistory, MarkSet, ResultSet
from ...model.exams import ExamBoard, ExamLevel, ExamSeason, OptionCode, Qan, SyllabusCode
from ...model.exams import ExamSeries as Series
from ...scopes import S
from .discounts import discount_codes, ks4_discount_codes, ks5_discount_codes
from .examcandidates import exam_candidates
from .examresults import exam_entries, exam_forecasts, exam_results


class Aspects(Table, of=Aspect, only=Aspect.exam.is_(1), order=(Aspect.name, Aspect.mis_id)):
    """What results of public examinations relate to: the grade or mark of one option."""

    Id = Aspect.mis_id
    Mis_Id = Aspect.mis_id
    Name = Aspect.name
    AspectType = Aspect.kind


class Resultsets(Table, of=ResultSet, only=ResultSet.exam.is_(1), order=(ResultSet.start, ResultSet.mis_id)):
    """The times over which results of public examinations were recorded."""

    Id = ResultSet.mis_id
    Mis_Id = ResultSet.mis_id
    Name = ResultSet.name


class Gradesets(Table, of=GradeSet, only=GradeSet.exam.is_(1), order=(GradeSet.name, GradeSet.mis_id)):
    """The scales on which public examinations are graded."""

    Id = GradeSet.mis_id
    Mis_Id = GradeSet.mis_id
    Name = GradeSet.name
    Notes = GradeSet.notes


class GradesetHistories(
    Table,
    of=GradeSetHistory,
    only=(GradeSetHistory.grade_set / GradeSet.exam).is_(1),
    order=(GradeSetHistory.start, GradeSetHistory.mis_id),
):
    """The times for which the grades of a scale were valid."""

    Id = GradeSetHistory.mis_id
    Mis_Id = GradeSetHistory.mis_id
    StartDate = GradeSetHistory.start
    EndDate = GradeSetHistory.end
    GradeSetId = GradeSetHistory.grade_set / GradeSet.mis_id


class Grades(
    Table,
    of=Grade,
    only=(Grade.version / (GradeSetHistory.grade_set / GradeSet.exam)).is_(1),
    order=(Grade.version, Grade.display_order, Grade.mis_id),
):
    """The grades of the scales, the best first."""

    Id = Grade.mis_id
    Mis_Id = Grade.mis_id
    GradeSetHistoryId = Grade.version / GradeSetHistory.mis_id
    Description = Grade.description
    Value = Grade.value
    NumericValue = Grade.numeric_value
    DisplayOrder = Grade.display_order


class Marksets(Table, of=MarkSet, only=(MarkSet.aspect / Aspect.exam).is_(1), order=(MarkSet.start, MarkSet.mis_id)):
    """The marks that a result may be, of aspects that are numbers."""

    Id = MarkSet.mis_id
    Mis_Id = MarkSet.mis_id
    AspectId = MarkSet.aspect / Aspect.mis_id
    StartDate = MarkSet.start
    EndDate = MarkSet.end
    MinValue = MarkSet.least
    MaxValue = MarkSet.most


class ExamSeasons(Table, of=ExamSeason, order=(ExamSeason.start, ExamSeason.mis_id)):
    """The seasons in which the school holds examinations."""

    Id = ExamSeason.mis_id
    Mis_Id = ExamSeason.mis_id
    Name = ExamSeason.name
    StartDate = ExamSeason.start
    EndDate = ExamSeason.end


class QANs(Table, of=Qan, order=(Qan.qan, Qan.mis_id)):
    """The qualifications that the school enters for, as the regulator numbers them."""

    Id = Qan.mis_id
    Mis_Id = Qan.mis_id
    Qan = Qan.qan


class SyllabusCodes(Table, of=SyllabusCode, order=(SyllabusCode.code, SyllabusCode.mis_id)):
    """The specifications that the school teaches to."""

    Id = SyllabusCode.mis_id
    Mis_Id = SyllabusCode.mis_id
    Code = SyllabusCode.code


class OptionCodes(Table, of=OptionCode, order=(OptionCode.code, OptionCode.mis_id)):
    """What candidates are entered for."""

    Id = OptionCode.mis_id
    Mis_Id = OptionCode.mis_id
    Code = OptionCode.code
    Title = OptionCode.title


class ExamBoards(Table, of=ExamBoard, order=(ExamBoard.code, ExamBoard.mis_id)):
    """The bodies that set the examinations."""

    Id = ExamBoard.mis_id
    Mis_Id = ExamBoard.mis_id
    Code = ExamBoard.code
    Description = ExamBoard.description


class ExamLevels(Table, of=ExamLevel, order=(ExamLevel.code, ExamLevel.mis_id)):
    """The kinds of qualification."""

    Id = ExamLevel.mis_id
    Mis_Id = ExamLevel.mis_id
    Code = ExamLevel.code
    Description = ExamLevel.description


class ExamSeries(Table, of=Series, order=(Series.start, Series.code, Series.mis_id)):
    """The examinations of one board and kind in a season. Its columns are Rollbook's."""

    Id = Series.mis_id
    Mis_Id = Series.mis_id
    Code = Series.code
    Name = Series.name
    ExamSeasonId = Series.season / ExamSeason.mis_id
    ExamBoardId = Series.board / ExamBoard.mis_id
    Year = Series.year
    Month = Series.month
    EntryDeadline = Series.entry_deadline
    StartDate = Series.start
    EndDate = Series.end
    ResultsDate = Series.results_date


exams_structure = Endpoint(
    "ExamsStructure",
    "Exam Structure",
    "Exams",
    "The components that make up a given school's exams setup: what results of public examinations relate to.",
    S.School,
    (
        Aspects,
        Resultsets,
        Gradesets,
        GradesetHistories,
        Grades,
        Marksets,
        ExamSeasons,
        QANs,
        SyllabusCodes,
        OptionCodes,
        ExamBoards,
        ExamLevels,
        ExamSeries,
    ),
)

ENDPOINTS = (
    discount_codes,
    exam_candidates,
    exam_entries,
    exam_forecasts,
    exam_results,
    exams_structure,
    ks4_discount_codes,
    ks5_discount_codes,
)
