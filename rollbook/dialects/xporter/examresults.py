"""What students were entered for, are expected to achieve and achieved (school.examentries, school.examforecasts,
school.examresults)."""

from __future__ import annotations

from ...api.resource import Endpoint, Filter, Table
from ...fields import Arg, Either, Field, LastUpdated, Question, Ref, RowHash, Within
from ...model.assessment import Aspect, ResultSet
from ...model.exams import (
    ExamBoard,
    ExamEntry,
    ExamForecast,
    ExamLevel,
    ExamResult,
    ExamSeason,
    ExamSeries,
    OptionCode,
    Qan,
    SyllabusCode,
)
from ...model.students import Student
from ...scopes import S


def _any_of(arg: str, about: str, ref: Ref, *known_by: Field) -> Filter:
    """Rows that refer to one of the records of a list, each known by its id or by another value."""
    asked = Either(tuple(fact.one_of(Arg(arg)) for fact in known_by))
    return Filter(about, Within(ref, Question(ref.target, (), asked)), kind="list")


class ExamResults(Table, of=ExamResult, order=(ExamResult.date, ExamResult.mis_id)):
    """Results of public examinations, those of leavers too."""

    Id = ExamResult.mis_id
    Mis_Id = ExamResult.mis_id
    StudentId = ExamResult.student / Student.mis_id
    Result = ExamResult.result
    ResultDate = ExamResult.date
    AspectId = ExamResult.aspect / Aspect.mis_id
    ResultSetId = ExamResult.result_set / ResultSet.mis_id
    ExamSeasonId = ExamResult.season / ExamSeason.mis_id
    QanId = ExamResult.qan / Qan.mis_id
    SyllabusCodeId = ExamResult.syllabus / SyllabusCode.mis_id
    ExamBoardId = ExamResult.board / ExamBoard.mis_id
    ExamLevelId = ExamResult.level / ExamLevel.mis_id
    OptionCodeId = ExamResult.option / OptionCode.mis_id
    LastUpdated = LastUpdated(ExamResult)
    RowHash = RowHash(ExamResult)


_RESULT_FILTERS = {
    "Students": _any_of("Students", "CSV of student ids", ExamResult.student, Student.mis_id),
    "Aspects": _any_of("Aspects", "CSV of aspects, by Id", ExamResult.aspect, Aspect.mis_id),
    "Resultsets": _any_of("Resultsets", "CSV of resultsets, by Id", ExamResult.result_set, ResultSet.mis_id),
    "Seasons": _any_of("Seasons", "CSV of seasons, by Id", ExamResult.season, ExamSeason.mis_id),
    "Qans": _any_of("Qans", "CSV of QANs, by Id or by the QAN itself", ExamResult.qan, Qan.mis_id, Qan.qan),
    "SyllabusCodes": _any_of(
        "SyllabusCodes",
        "CSV of syllabus codes, by Id or by the code itself",
        ExamResult.syllabus,
        SyllabusCode.mis_id,
        SyllabusCode.code,
    ),
    "OptionCodes": _any_of(
        "OptionCodes",
        "CSV of option codes, by Id or by the code itself",
        ExamResult.option,
        OptionCode.mis_id,
        OptionCode.code,
    ),
}

exam_results = Endpoint(
    "ExamResults",
    "Exam Results",
    "Exams",
    "Results of public examinations. A result has one of the values of each filter that is given.",
    S.ExamsResults,
    (ExamResults,),
    at_least=tuple(_RESULT_FILTERS),
    example={"Seasons": "13"},
    filters={
        **_RESULT_FILTERS,
        "ResultDateBetween": Filter(
            "Filter to results achieved between these dates (inclusive, pipe separated)",
            ExamResult.date.since(Arg("ResultDateBetween_from")) & ExamResult.date.until(Arg("ResultDateBetween_to")),
            kind="range",
        ),
    },
)


class ExamEntries(Table, of=ExamEntry, order=(ExamEntry.entered, ExamEntry.mis_id)):
    """Entries of students, those of leavers and those withdrawn too. Its columns are Rollbook's."""

    Id = ExamEntry.mis_id
    Mis_Id = ExamEntry.mis_id
    StudentId = ExamEntry.student / Student.mis_id
    ExamSeasonId = ExamEntry.season / ExamSeason.mis_id
    ExamSeriesId = ExamEntry.series / ExamSeries.mis_id
    QanId = ExamEntry.qan / Qan.mis_id
    SyllabusCodeId = ExamEntry.syllabus / SyllabusCode.mis_id
    ExamBoardId = ExamEntry.board / ExamBoard.mis_id
    ExamLevelId = ExamEntry.level / ExamLevel.mis_id
    OptionCodeId = ExamEntry.option / OptionCode.mis_id
    OptionCode = ExamEntry.option / OptionCode.code
    Tier = ExamEntry.tier
    Status = ExamEntry.status
    EntryDate = ExamEntry.entered
    WithdrawnDate = ExamEntry.withdrawn
    IsResit = ExamEntry.resit
    Fee = ExamEntry.fee
    FeePayer = ExamEntry.fee_payer
    LastUpdated = LastUpdated(ExamEntry)
    RowHash = RowHash(ExamEntry)


exam_entries = Endpoint(
    "ExamEntries",
    "Exam Entries",
    "Exams",
    "What students are or were entered for in public examinations.",
    S.ExamsResults,
    (ExamEntries,),
    filters={
        "Students": _any_of("Students", "CSV of student ids", ExamEntry.student, Student.mis_id),
        "Seasons": _any_of("Seasons", "CSV of season ids", ExamEntry.season, ExamSeason.mis_id),
    },
)


class ForecastResults(Table, of=ExamForecast, order=(ExamForecast.date, ExamForecast.mis_id)):
    """Grades that teachers expect students to achieve, in the columns of ExamResults. They are Rollbook's."""

    Id = ExamForecast.mis_id
    Mis_Id = ExamForecast.mis_id
    StudentId = ExamForecast.student / Student.mis_id
    Result = ExamForecast.result
    ResultDate = ExamForecast.date
    AspectId = ExamForecast.aspect / Aspect.mis_id
    ExamSeasonId = ExamForecast.season / ExamSeason.mis_id
    QanId = ExamForecast.qan / Qan.mis_id
    SyllabusCodeId = ExamForecast.syllabus / SyllabusCode.mis_id
    ExamBoardId = ExamForecast.board / ExamBoard.mis_id
    ExamLevelId = ExamForecast.level / ExamLevel.mis_id
    OptionCodeId = ExamForecast.option / OptionCode.mis_id
    LastUpdated = LastUpdated(ExamForecast)
    RowHash = RowHash(ExamForecast)


exam_forecasts = Endpoint(
    "ExamForecasts",
    "Exam Forecasts",
    "Exams",
    "The results that students are expected to achieve in public examinations.",
    S.ExamsResults,
    (ForecastResults,),
    filters={
        "Students": _any_of("Students", "CSV of student ids", ExamForecast.student, Student.mis_id),
        "Seasons": _any_of("Seasons", "CSV of season ids", ExamForecast.season, ExamSeason.mis_id),
    },
)
