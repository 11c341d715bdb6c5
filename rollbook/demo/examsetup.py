"""The examinations office of an invented school: seasons, boards, options, aspects and grades."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from ..model.assessment import Aspect, Grade, GradeSet, GradeSetHistory, MarkSet, ResultSet
from ..model.exams import (
    DiscountCode,
    ExamBoard,
    ExamLevel,
    ExamSeason,
    ExamSeries,
    OptionCode,
    Qan,
    SyllabusCode,
)
from .draft import guid
from .opened import Opened
from .scales import ERAS, FULL_MARK, SPOKEN, Scale, scale_of
from .syllabuses import BOARDS, LEVELS, RESAT, SYLLABUSES, Syllabus


class Season(NamedTuple):
    """A season: its number and name, its days, and when it is entered for, forecast and published."""

    number: str
    name: str
    start: str
    end: str
    entered: str
    deadline: str
    results: tuple[tuple[str, str], ...]
    withdrawn: str
    approved: tuple[str, str]
    forecast: str = ""
    seated: bool = False
    """Whether it is still known who sat where."""

    @property
    def year(self) -> int:
        """The year in which it is held."""
        return int(self.start[:4])

    def published(self, kind: str) -> str:
        """The day on which results of GCSEs or A levels are published."""
        return dict(self.results)[kind]

    @property
    def month(self) -> int:
        """The month by which boards call it."""
        return 11 if self.name.startswith("November") else 6


def _summer(number: str, year: int, days: tuple[str, str], results: tuple[str, str], **more: bool) -> Season:
    start, end = (f"{year}-{day}" for day in days)
    gcse, a_level = (f"{year}-08-{day}" for day in results)
    return Season(
        number,
        f"Summer Exams {year}",
        start,
        end,
        f"{year}-02-05",
        f"{year}-02-21",
        (("GCSE", gcse), ("A level", a_level)),
        f"{year}-03-18",
        (f"{year - 1}-10-14", f"{year + 1}-12-14"),
        f"{year}-01-22",
        **more,
    )


SUMMER_2025 = _summer("12", 2025, ("05-08", "06-25"), ("21", "14"))
SUMMER_2026 = _summer("13", 2026, ("05-11", "06-24"), ("20", "13"), seated=True)
NOVEMBER_2026 = Season(
    "14",
    "November Exams 2026",
    "2026-11-03",
    "2026-11-09",
    "2026-09-24",
    "2026-10-04",
    (("GCSE", "2027-01-07"),),
    "2026-10-16",
    SUMMER_2026.approved,
    seated=True,
)
# What is known of next summer in autumn: teachers' first forecasts, and entries that are provisional until February.
SUMMER_2027 = _summer("15", 2027, ("05-10", "06-23"), ("19", "12"))._replace(
    entered="2026-10-12", forecast="2026-11-06"
)
SEASONS = (SUMMER_2025, SUMMER_2026, NOVEMBER_2026, SUMMER_2027)

RESULT, FORECAST, MARK, ORAL = "Result Grade", "Forecast Grade", "Total Mark", "Spoken Language Grade"


@dataclass
class ExamsOffice:
    """What entries and results refer to, each by its code with its hub id."""

    opened: Opened
    boards: dict[str, str] = field(default_factory=dict[str, str])
    levels: dict[str, str] = field(default_factory=dict[str, str])
    qans: dict[str, str] = field(default_factory=dict[str, str])
    syllabuses: dict[str, str] = field(default_factory=dict[str, str])
    options: dict[str, str] = field(default_factory=dict[str, str])
    scales: dict[Scale, str] = field(default_factory=dict[Scale, str])
    aspects: dict[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])
    seasons: dict[Season, str] = field(default_factory=dict[Season, str])
    series: dict[tuple[Season, str, str], str] = field(default_factory=dict[tuple[Season, str, str], str])
    result_sets: dict[Season, str] = field(default_factory=dict[Season, str])

    def about(self, syllabus: Syllabus, option: str) -> dict[str, str]:
        """What an entry, forecast or result for an option refers to."""
        return {
            "board": self.boards[syllabus.board],
            "level": self.levels[syllabus.level],
            "qan": self.qans[syllabus.qan],
            "syllabus": self.syllabuses[syllabus.code],
            "option": self.options[option],
        }


def open_office(opened: Opened) -> ExamsOffice:
    """Add what a school's examinations are made of."""
    office = ExamsOffice(opened)
    put = opened.put
    for number, (code, words) in enumerate(BOARDS.items(), 11):
        office.boards[code] = put(ExamBoard, mis_id=str(number), code=code, description=words)
    for number, (code, words) in enumerate(LEVELS.items(), 1):
        office.levels[code] = put(ExamLevel, mis_id=str(number), code=code, description=words)
    for number, qan in enumerate(dict.fromkeys(s.qan for s in SYLLABUSES), 1241):
        office.qans[qan] = put(Qan, mis_id=str(number), qan=qan)
    options = [(code, title, syllabus) for syllabus in SYLLABUSES for code, title in syllabus.options.items()]
    for number, syllabus in enumerate(SYLLABUSES, 7441):
        office.syllabuses[syllabus.code] = put(SyllabusCode, mis_id=str(number), code=syllabus.code)
    for number, (code, title, _) in enumerate(options, 811):
        office.options[code] = put(OptionCode, mis_id=str(number), code=code, title=title)
    _put_scales(office)
    for code, title, syllabus in options:
        _put_aspects(office, syllabus, code, title)
    for season in SEASONS:
        _put_season(office, season)
    return office


def _put_scales(office: ExamsOffice) -> None:
    put = office.opened.put
    versions, grades = iter(range(9101, 9200)), iter(range(9201, 9400))
    for number, (scale, eras) in enumerate(ERAS.items(), 901):
        made = put(GradeSet, mis_id=str(number), name=scale.name, notes=scale.notes, exam=1)
        office.scales[scale] = made
        for era in eras:
            version = put(GradeSetHistory, mis_id=str(next(versions)), grade_set=made, start=era.start, end=era.end)
            for order, (value, words, worth) in enumerate(era.grades, 1):
                put(
                    Grade,
                    mis_id=str(next(grades)),
                    version=version,
                    value=value,
                    description=words,
                    numeric_value=worth,
                    display_order=order,
                )


def _put_aspects(office: ExamsOffice, syllabus: Syllabus, option: str, title: str) -> None:
    scale = scale_of(syllabus)
    wanted: list[tuple[str, Scale | None]] = [(RESULT, scale), (FORECAST, scale)]
    if syllabus.code == RESAT[0].code:
        wanted.append((ORAL, SPOKEN))
    if syllabus.code == RESAT[1].code:
        wanted.append((MARK, None))
    for what, graded in wanted:
        number = str(9001 + len(office.aspects))
        office.aspects[option, what] = aspect = office.opened.put(
            Aspect,
            mis_id=number,
            external_id=guid(office.opened.plan.estab, "exam aspect", number),
            kind="Grade" if graded else "Integer",
            name=f"{syllabus.board}/{syllabus.kind} {option} {what}",
            description=f"{title}, {what.lower()}",
            supplier=BOARDS[syllabus.board],
            grade_set=office.scales[graded] if graded else None,
            exam=1,
        )
        if graded is None:
            _put_marks(office, number, aspect)


def _put_marks(office: ExamsOffice, number: str, aspect: str) -> None:
    for after, (start, end, most) in enumerate((("2012-09-01", "2017-08-31", 300), ("2017-09-01", None, FULL_MARK))):
        office.opened.put(
            MarkSet,
            mis_id=str(int(number) + 500 + 100 * after),
            aspect=aspect,
            start=start,
            end=end,
            least=0.0,
            most=float(most),
        )


def _put_season(office: ExamsOffice, season: Season) -> None:
    put, days = office.opened.put, {"start": season.start, "end": season.end}
    office.seasons[season] = put(ExamSeason, mis_id=season.number, name=season.name, **days)
    office.result_sets[season] = put(
        ResultSet,
        mis_id=f"9{season.number}",
        external_id=guid(office.opened.plan.estab, "exam resultset", season.number),
        name=season.name,
        supplier=office.opened.plan.name,
        exam=1,
        **days,
    )
    held = RESAT if season.month == 11 else SYLLABUSES
    for board, kind in dict.fromkeys((s.board, s.kind) for s in held):
        letter, month = ("B", "November") if season.month == 11 else ("6", "June")
        office.series[season, board, kind] = put(
            ExamSeries,
            mis_id=str(31 + len(office.series)),
            season=office.seasons[season],
            board=office.boards[board],
            code=f"{letter}{kind[0]}{season.year % 100}",
            name=f"{board} {kind} {month} {season.year}",
            year=season.year,
            month=season.month,
            entry_deadline=season.deadline,
            results_date=season.published(kind),
            **days,
        )


LISTED_ELSEWHERE = (
    ("KS4", "60990110", "AQA Level 1/Level 2 GCSE (9-1) in Latin", "4L01", "Latin"),
    ("KS4", "60990122", "OCR Level 1/Level 2 GCSE (9-1) in Film Studies", "4D01", "Film Studies"),
    ("KS5", "60991102", "AQA Level 3 Advanced GCE in Philosophy", "5P01", "Philosophy"),
)
"""Qualifications that the schools do not offer, but the national list has."""

OWN = ("60990122",)
"""QANs that the school added to the list itself."""


def put_discount_codes(opened: Opened) -> None:
    """Add the national list, once for all schools of the district."""
    shared = [s.qan for s in SYLLABUSES]
    for year in range(SUMMER_2025.year, SUMMER_2027.year + 1):
        for syllabus in SYLLABUSES:
            # Only where one qualification has several syllabuses do they count apart.
            apart = shared.count(syllabus.qan) > 1
            _put_discount(
                opened,
                year,
                ("KS5" if syllabus.level == "ADV" else "KS4", syllabus.qan, _listed(syllabus, apart=apart)),
                (syllabus.code, f"{syllabus.kind} {syllabus.title}") if apart else ("", ""),
                (syllabus.discount, syllabus.title),
            )
        for stage, qan, title, code, words in LISTED_ELSEWHERE:
            _put_discount(opened, year, (stage, qan, title), ("", ""), (code, words))


def _listed(syllabus: Syllabus, *, apart: bool) -> str:
    return syllabus.qualification.replace(syllabus.title, "Art and Design") if apart else syllabus.qualification


def _put_discount(
    opened: Opened, year: int, what: tuple[str, str, str], syllabus: tuple[str, str], code: tuple[str, str]
) -> None:
    stage, qan, title = what
    opened.draft.put_later(
        DiscountCode,
        school=opened.school if qan in OWN else None,
        stage=stage,
        year=year,
        qan=qan,
        qualification_title=title,
        syllabus_code=syllabus[0],
        syllabus_title=syllabus[1],
        code=code[0],
        description=code[1],
    )
