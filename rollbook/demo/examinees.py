"""Who is examined at an invented school in what, what their teachers expect, and what they achieve."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from ..model.exams import ExamCandidate, ExamEntry, ExamForecast, ExamResult
from ..model.students import Student
from .admissions import LEFT_LAST_YEAR, Place
from .curriculum import MIDDLE, SIXTH
from .examsetup import (
    FORECAST,
    MARK,
    NOVEMBER_2026,
    ORAL,
    RESULT,
    SUMMER_2025,
    SUMMER_2026,
    SUMMER_2027,
    ExamsOffice,
    Season,
)
from .opened import Opened
from .scales import FULL_MARK
from .syllabuses import A_LEVEL, FEES, GCSE, RESAT, Syllabus
from .teaching import choice_of

# JCQ, formats for the exchange of examination data: the last character checks the twelve before it.
UCI_LETTERS = "ABCDEFGHKLMRTVWXY"


def uci(centre: str, year: int, number: str) -> str:
    """The Unique Candidate Identifier that a centre gave a candidate in a year."""
    rest = f"{centre}0{year % 100:02}{number}"
    total = sum(weight * int(digit) for weight, digit in zip(range(16, 4, -1), rest, strict=True))
    return rest + UCI_LETTERS[total % 17]


@dataclass(frozen=True)
class Entry:
    """What a student is entered for in a season, and what comes of it."""

    place: Place
    number: str
    season: Season
    syllabus: Syllabus
    tier: str
    status: str
    grade: str
    forecast: str
    absent: bool

    @property
    def option(self) -> str:
        """The code of the option."""
        return self.syllabus.code + self.tier


class Candidates:
    """Enters students for the examinations of their year."""

    def __init__(self, opened: Opened, office: ExamsOffice) -> None:
        self.opened = opened
        self.office = office
        self.rng: Random = opened.chance_of("exams")
        self.entries: list[Entry] = []
        rows = opened.draft.rows.get(Student, [])
        self.numbers: dict[str, str] = {
            row["id"]: row["candidate_no"] for row in rows if row["school"] == opened.school
        }

    def enter_all(self) -> None:
        """Enter everybody for the seasons of which something is known today."""
        plan = self.opened.plan
        for place in self.opened.places:
            was, now = place.year_in(plan.last_year), place.stay.year if place.current else None
            if now == 13 and place.entry <= SUMMER_2025.entered:
                self._enter(SUMMER_2025, place, 11)
            if was in (11, 13) and place.entry <= SUMMER_2026.entered:
                self._enter(SUMMER_2026, place, was)
            if now in (11, 13) and place.entry <= SUMMER_2027.entered <= self.opened.today:
                self._enter(SUMMER_2027, place, now)
        if self.opened.today >= NOVEMBER_2026.entered:
            self._enter_again()

    def _enter(self, season: Season, place: Place, year: int) -> None:
        for syllabus in syllabuses_of(place, year):
            self._add(season, place, syllabus)

    def _enter_again(self) -> None:
        """Whoever is in the sixth form without grade 4 in English or Mathematics tries again in November."""
        summer = [e for e in self.entries if e.season is SUMMER_2026 and e.syllabus in RESAT and e.place.current]
        for entry in summer:
            if entry.status != "W" and entry.grade in ("1", "2", "3", "U"):
                self._add(NOVEMBER_2026, entry.place, entry.syllabus)

    def _add(self, season: Season, place: Place, syllabus: Syllabus) -> None:
        rng = self.rng
        points = 1.6 + place.ability * 7.2
        tier = "" if not syllabus.tiers else "H" if place.ability > 0.45 else "F"
        absent = rng.random() < 0.005
        grade, forecast = (graded(syllabus, tier, points + rng.gauss(*luck)) for luck in ((0, 0.8), (0.3, 0.4)))
        withdrawn = 1.5 if season.withdrawn <= self.opened.today else 0
        status = "P" if season is SUMMER_2027 else rng.choices("EAW", (95, 3.5, withdrawn))[0]
        number = self.numbers[place.id]
        self.entries.append(
            Entry(place, number, season, syllabus, tier, status, "X" if absent else grade, forecast, absent)
        )

    # ---- writing

    def put_all(self) -> None:
        """Add candidates, entries, forecasts and results."""
        candidates = {(e.season, e.place.id): e.place for e in self.entries}
        for (season, _), place in candidates.items():
            self._put_candidate(season, place)
        for entry in self.entries:
            self._put_entry(entry)
            if entry.season.forecast and entry.season.forecast <= self.opened.today:
                self._put_forecast(entry)
            if entry.status != "W" and entry.season.published(entry.syllabus.kind) <= self.opened.today:
                self._put_results(entry)

    def _put_candidate(self, season: Season, place: Place) -> None:
        centre, number = self.opened.plan.facts["exam_centre"], self.numbers[place.id]
        self.opened.put(
            ExamCandidate,
            student=place.id,
            season=self.office.seasons[season],
            number=number,
            uci=uci(centre, first_examined(place), number),
            centre_no=centre,
        )

    def _put_entry(self, entry: Entry) -> None:
        season, syllabus = entry.season, entry.syllabus
        self.opened.put(
            ExamEntry,
            student=entry.place.id,
            season=self.office.seasons[season],
            series=self.office.series[season, syllabus.board, syllabus.kind],
            **self.office.about(syllabus, entry.option),
            status=entry.status,
            entered=season.entered,
            withdrawn=season.withdrawn if entry.status == "W" else None,
            tier=entry.tier or None,
            resit=int(season is NOVEMBER_2026),
            fee=FEES[syllabus.level],
            fee_payer="C" if self.rng.random() < 0.01 else "S",
        )

    def _put_forecast(self, entry: Entry) -> None:
        self.opened.put(
            ExamForecast,
            student=entry.place.id,
            result=entry.forecast,
            date=entry.season.forecast,
            aspect=self.office.aspects[entry.option, FORECAST],
            season=self.office.seasons[entry.season],
            **self.office.about(entry.syllabus, entry.option),
        )

    def _put_results(self, entry: Entry) -> None:
        found = {RESULT: entry.grade}
        if entry.syllabus is RESAT[0] and entry.grade != "X":
            found[ORAL] = "DMP"[min(2, int(3 - entry.place.ability * 3))]
        if entry.syllabus is RESAT[1] and entry.grade != "X":
            found[MARK] = str(marked(entry.tier, entry.grade, self.rng.random()))
        for what, result in found.items():
            self.opened.put(
                ExamResult,
                student=entry.place.id,
                result=result,
                date=entry.season.published(entry.syllabus.kind),
                aspect=self.office.aspects[entry.option, what],
                result_set=self.office.result_sets[entry.season],
                season=self.office.seasons[entry.season],
                **self.office.about(entry.syllabus, entry.option),
            )


def first_examined(place: Place) -> int:
    """The year in which a student is in year 11 in summer."""
    last = SUMMER_2026.year if place.stay.status == LEFT_LAST_YEAR else SUMMER_2027.year
    return last - (place.stay.year - 11)


def syllabuses_of(place: Place, year: int) -> Iterator[Syllabus]:
    """What a student is examined in at the end of year 11 or 13."""
    if year == 11:
        yield from (s for s in GCSE if s.subject in CORE)
    for line in SIXTH if year == 13 else MIDDLE:
        chosen = choice_of(line, year, place) if line.how == "option" else None
        found = [s for s in (A_LEVEL if year == 13 else GCSE) if s.subject == chosen]
        if found:
            yield found[place.number % len(found)]


CORE = ("En", "Ma", "Sc")


def graded(syllabus: Syllabus, tier: str, points: float) -> str:
    """The grade for points, which are as high as the grades of a GCSE."""
    low, high = {"F": (1, 5), "H": (3, 9), "": (1, 9)}[tier]
    match syllabus.level:
        case "ADV":
            return ("A*", "A", "B", "C", "D", "E", "U")[min(6, max(0, round((9 - points) * 0.65)))]
        case "DA":
            total = min(2 * high, round(2 * points))
            return f"{-(-total // 2)}-{total // 2}" if total >= 2 * low else "U"
        case _:
            grade = min(high, round(points))
            return str(grade) if grade >= low else "U"


def marked(tier: str, grade: str, share: float) -> int:
    """A mark in Mathematics that is worth a grade: boundaries are as far apart as grades."""
    lowest, each = (2, FULL_MARK // 8) if tier == "H" else (0, FULL_MARK // 6)
    steps = 0 if grade == "U" else int(grade) - lowest
    return steps * each + int(share * each)
