"""What each invented school assesses, when, and on which sheets."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist
from typing import NamedTuple

from .curriculum import SUBJECTS, US_SUBJECTS, lines_of
from .grading import SCALES
from .schools import Plan


class Marks(NamedTuple):
    """The numbers that a result may be, and how those of all students spread about the middle."""

    least: int
    most: int
    middle: float
    spread: float
    bell: bool = True

    def of(self, able: float) -> int:
        """The mark of somebody who is more able than this share of all."""
        at = NormalDist().inv_cdf(able) if self.bell else able
        # A whole number that the fraction has just missed counts as reached.
        return min(max(int(self.middle + self.spread * at + 1e-9), self.least), self.most)


SCALED, AGE_SCORE, SCREEN = Marks(80, 120, 105, 7.5), Marks(60, 140, 101, 14), Marks(150, 250, 215, 14)
MONTHS = Marks(48, 216, 64.5, 111, bell=False)
PHONICS = Marks(0, 40, 32 - 4.75 * NormalDist().inv_cdf(0.2), 4.75)
"""The standard of the phonics check is 32 of 40; one child in five does not reach it."""


@dataclass(frozen=True)
class Measure:
    """An aspect: what is judged by grades of a scale, or by a number within bounds."""

    key: str
    name: str
    category: str
    scale: str = ""
    marks: Marks | None = None
    description: str = ""
    stage: str = ""

    def said(self, able: float, day: str) -> tuple[str, float]:
        """The result, on a day, of somebody who is more able than this share of all: as written, and its number."""
        if self.marks:
            mark = self.marks.of(able)
            return str(mark), mark
        step = SCALES[self.scale].step(able, day)
        return step.value, step.number


class Drop(NamedTuple):
    """A resultset: a time whose results are collected on one day, after some days on which they are achieved."""

    key: str
    name: str
    start: str | None
    end: str | None
    days: tuple[str, ...] = ()
    collected: str = ""


class Sheet(NamedTuple):
    """A template: its name, year group and subject, and columns of heading, aspect, resultset and read-only."""

    name: str
    category: str
    year: int | None
    subject: str
    notes: str | None
    columns: tuple[tuple[str, str, str | None, int], ...]


STAGES = {"KS3": ("steps", (7, 8, 9)), "KS4": ("gcse", (10, 11)), "KS5": ("alevel", (12, 13))}
_PROGRESS, _EFFORT, _BASELINE, _NATIONAL, _READING = (
    "Academic Progress",
    "Effort",
    "Baseline",
    "National Assessments",
    "Reading",
)
CATEGORIES = (_PROGRESS, _EFFORT, _BASELINE, _NATIONAL, _READING)


def stage_of(year: int) -> str:
    """The key stage of a secondary school's year."""
    return next(stage for stage, (_, years) in STAGES.items() if year in years)


def subjects_in(plan: Plan, years: tuple[int, ...]) -> list[str]:
    """What is taught in any of these years, in the order of the school's subjects."""
    taught = {s for year in years if year in plan.years for line in lines_of(plan, year) for s in line.subjects}
    return [s for s in (US_SUBJECTS if plan.american else SUBJECTS) if s in taught]


def graded(plan: Plan, stage: str) -> list[str]:
    """The subjects in which students of a key stage are given a target: all but games after year 9."""
    return [s for s in subjects_in(plan, STAGES[stage][1]) if stage == "KS3" or s != "Pe"]


def _national(key: str, name: str, stage: str, graded_by: str | Marks) -> Measure:
    scale, marks = (graded_by, None) if isinstance(graded_by, str) else ("", graded_by)
    return Measure(key, name, _NATIONAL, scale, marks, stage=stage)


NATIONAL = (
    _national("KS2 Re", "KS2 Reading Scaled Score", "ks2", SCALED),
    _national("KS2 Ma", "KS2 Mathematics Scaled Score", "ks2", SCALED),
    _national("KS2 Gps", "KS2 Grammar, Punctuation and Spelling Scaled Score", "ks2", SCALED),
    _national("KS2 Wr", "KS2 Writing Teacher Assessment", "ks2", "standard"),
    _national("KS2 Sc", "KS2 Science Teacher Assessment", "ks2", "standard"),
    _national("KS1 Re", "KS1 Reading Teacher Assessment", "ks1", "standard"),
    _national("KS1 Wr", "KS1 Writing Teacher Assessment", "ks1", "standard"),
    _national("KS1 Ma", "KS1 Mathematics Teacher Assessment", "ks1", "standard"),
    _national("Ph", "Year 1 Phonics Mark", "ks1", PHONICS),
    _national("Ph Out", "Year 1 Phonics Outcome", "ks1", "phonics"),
    _national("EY Co", "EYFS Communication and Language", "eyfs", "goal"),
    _national("EY Li", "EYFS Literacy", "eyfs", "goal"),
    _national("EY Ma", "EYFS Mathematics", "eyfs", "goal"),
)
_AGES = Measure("Reading", "Reading Age (months)", _READING, "", MONTHS, "Age equivalent of a group reading test")


def measures_of(plan: Plan) -> tuple[Measure, ...]:
    """The aspects of a school."""
    if plan.american:
        return _american()
    return (*_primary(), _AGES, *NATIONAL) if plan.primary else (*_secondary(plan), _AGES, *NATIONAL)


def _secondary(plan: Plan) -> tuple[Measure, ...]:
    found: list[Measure] = []
    for stage, (scale, _) in STAGES.items():
        for subject in graded(plan, stage):
            for what in ("Target", "Working At"):
                name = f"{SUBJECTS[subject]} {stage} {what}"
                found.append(Measure(f"{subject} {stage} {what}", name, _PROGRESS, scale, stage=stage.lower()))
    found += [Measure(f"{s} Effort", f"{SUBJECTS[s]} Effort", _EFFORT, "effort") for s in SUBJECTS]
    for key in ("Verbal", "Quantitative", "Non-verbal"):
        found.append(
            Measure(f"Base {key}", f"{key} Reasoning Baseline", _BASELINE, "", AGE_SCORE, "Standard age score")
        )
    return tuple(found)


def _primary() -> tuple[Measure, ...]:
    subjects = ("Reading", "Writing", "Mathematics")
    return tuple(Measure(f"{s} Working At", f"{s} Working At", _PROGRESS, "primary") for s in subjects)


def _american() -> tuple[Measure, ...]:
    grades = (Measure(f"{s} Grade", f"{n} Semester Grade", _PROGRESS, "letter") for s, n in US_SUBJECTS.items())
    return (*grades, Measure("Screen", "Fall Reading Screener", _BASELINE, "", SCREEN, "Scale score"))


def _term(key: str, name: str, first: str, last: str, days: tuple[str, ...] = (), collected: str = "") -> Drop:
    return Drop(key, name, first, last, days, collected)


def _days(month: str, *days: int) -> tuple[str, ...]:
    return tuple(f"{month}-{day:02}" for day in days)


TARGETS = {"31": _days("2025-09", 22, 23, 24, 25, 26), "34": _days("2026-09", 21, 22, 23, 24, 25)}
"""When the targets of a year are set, by the resultset in which they are recorded."""

DROPS = (
    _term("31", "Autumn Term 2025", "2025-09-03", "2025-12-19", _days("2025-12", 1, 2, 3, 4, 5), "2025-12-08"),
    _term("32", "Spring Term 2026", "2026-01-05", "2026-03-27", _days("2026-03", 9, 10, 11, 12, 13), "2026-03-16"),
    _term("33", "Summer Term 2026", "2026-04-13", "2026-07-21", _days("2026-06", 15, 16, 17, 18, 19), "2026-06-22"),
    _term("34", "Autumn Term 2026", "2026-09-02", "2026-12-18", _days("2026-10", 12, 13, 14, 15, 16), "2026-10-19"),
    _term("35", "Spring Term 2027", "2027-01-04", "2027-03-25"),
    _term("36", "Summer Term 2027", "2027-04-12", "2027-07-21"),
    Drop("37", "Baseline on Entry", None, None),
    Drop("38", "Key Stage 2", None, None),
    Drop("39", "Key Stage 1", None, None),
    Drop("40", "Early Years Foundation Stage", None, None),
    Drop("41", "Phonics Screening Check", None, None),
)
US_DROPS = (
    _term("31", "Fall Semester 2025", "2025-08-11", "2025-12-19", _days("2025-12", 15, 16, 17), "2025-12-18"),
    _term("32", "Spring Semester 2026", "2026-01-06", "2026-05-22", _days("2026-05", 18, 19, 20), "2026-05-21"),
    _term("33", "Fall Semester 2026", "2026-08-10", "2026-12-18", _days("2026-10", 5, 6, 7), "2026-10-12"),
    _term("34", "Spring Semester 2027", "2027-01-05", "2027-05-21"),
)


def sheets_of(plan: Plan) -> list[Sheet]:
    """The templates of a school."""
    if plan.american:
        return [
            Sheet(f"{name} Grades", _PROGRESS, None, s, None, _american_columns(s)) for s, name in US_SUBJECTS.items()
        ]
    if plan.primary:
        return [*(_primary_sheet(plan, year) for year in plan.years if year), _national_sheet()]
    return [
        *(_subject_sheet(plan, year, s) for year in plan.years for s in subjects_in(plan, (year,))),
        Sheet("Year 7 Baseline", _BASELINE, 7, "", "Results come from the tests of the second week", _baseline()),
        _national_sheet(),
    ]


def _subject_sheet(plan: Plan, year: int, subject: str) -> Sheet:
    stage = stage_of(year)
    short = SUBJECTS[subject]
    notes = (
        "Please enter working at grades by the end of each term's collection week" if subject in ("En", "Ma") else None
    )
    progress: list[tuple[str, str, str | None, int]] = []
    if subject in graded(plan, stage):
        progress.append((f"{short} Target", f"{subject} {stage} Target", "34", 1))
        for drop, term in (("34", "Autumn"), ("35", "Spring"), ("36", "Summer")):
            progress.append((f"{short} {term}", f"{subject} {stage} Working At", drop, 0))
    columns = (*progress, (f"{short} Effort", f"{subject} Effort", "34", 0))
    return Sheet(f"{short} Assessment Y{year}", _PROGRESS, year, subject, notes, columns)


def _baseline() -> tuple[tuple[str, str, str | None, int], ...]:
    tests = tuple((f"{k} SAS", f"Base {k}", "37", 1) for k in ("Verbal", "Quantitative", "Non-verbal"))
    return (*tests, ("Reading Age", "Reading", None, 0))


def _primary_sheet(plan: Plan, year: int) -> Sheet:
    columns = tuple(
        (f"{s} {term}", f"{s} Working At", drop, 0)
        for s in ("Reading", "Writing", "Mathematics")
        for drop, term in (("34", "Autumn"), ("35", "Spring"), ("36", "Summer"))
    )
    return Sheet(f"{plan.year_name(year)} Judgements", _PROGRESS, year, "", None, columns)


def _american_columns(subject: str) -> tuple[tuple[str, str, str | None, int], ...]:
    return tuple((f"{d.name} Grade", f"{subject} Grade", d.key, 0) for d in US_DROPS)


NATIONAL_SETS = {"KS2": "38", "KS1": "39", "EY": "40", "Ph": "41"}


def _national_sheet() -> Sheet:
    columns = tuple((m.name, m.key, NATIONAL_SETS[m.key.split()[0]], 1) for m in NATIONAL)
    return Sheet("National Results", _NATIONAL, None, "", "Read in from the schools' common transfer files", columns)
