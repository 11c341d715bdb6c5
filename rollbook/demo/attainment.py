"""What the students of an invented school achieved, in keeping with how able each is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import Any, NamedTuple

from .admissions import JOINS_NEXT_YEAR, Place
from .curriculum import SUBJECTS, US_SUBJECTS
from .measures import DROPS, STAGES, TARGETS, US_DROPS, Drop, Measure, graded, stage_of
from .opened import Opened
from .prior import movers, sittings

NOTES = (
    "Extra time was used",
    "Moderated with a colleague's class",
    "Missed a week of this unit",
    "Predicted from classwork",
    "Sat a week after the others",
)
RETEST = ("Read again with a quieter room", "First reading was cut short", "Read again after the holiday")
READING = (("33", "2026-06-09"), ("34", "2026-09-16"))
"""When the group reading test is read, and the resultset that it counts towards."""


class Score(NamedTuple):
    """A result before it is written."""

    place: Place
    measure: str
    drop: str | None
    day: str
    collected: str
    able: float
    note: str | None = None


class Attainment:
    """The results of a school, student by student; always the same."""

    def __init__(
        self, opened: Opened, measures: dict[str, Measure], aspects: dict[str, str], result_sets: dict[str, str]
    ) -> None:
        self.opened = opened
        self.plan = opened.plan
        self.measures = measures
        self.aspects = aspects
        self.result_sets = result_sets
        self.graded = {stage: graded(opened.plan, stage) for stage in STAGES} if max(opened.plan.years) > 12 else {}
        # When the rows are made, those of the students are written and gone.
        self.moving = movers(opened)
        self.subject_of = {group: code.rpartition("/")[2] for (_, code), group in opened.groups.teaching.items()}

    def rows(self) -> Iterator[dict[str, Any]]:
        """The rows of the results that have been collected by today."""
        number = 1_289_000
        for score in self.scores():
            left = score.place.leaving is not None and score.place.leaving < score.day
            if not left and score.collected <= self.opened.today:
                number += 1
                yield self.row(str(number), score)

    def row(self, number: str, score: Score) -> dict[str, Any]:
        """A result as it is written."""
        measure = self.measures[score.measure]
        text, value = measure.said(min(max(score.able, 0.001), 0.999), score.day)
        return {
            "school": self.opened.school,
            "mis_id": number,
            "student": score.place.id,
            "aspect": self.aspects[score.measure],
            "result_set": self.result_sets[score.drop] if score.drop else None,
            "date": score.day,
            "collection_date": score.collected,
            "result": text,
            "numeric_value": value,
            "notes": score.note,
        }

    def scores(self) -> Iterator[Score]:
        """Every result of those who are or were there; national ones of before they came, too."""
        rng = self.opened.chance_of("attainment")
        for place in self.opened.places:
            if not self.plan.american and place.stay.status != JOINS_NEXT_YEAR:
                for sitting in sittings(self.opened, place, moves=place.id in self.moving):
                    yield Score(place, sitting.measure, sitting.drop, sitting.day, sitting.day, sitting.able)
            yield from (score for score in self.own(place, rng) if score.day >= place.entry)

    def own(self, place: Place, rng: Random) -> Iterator[Score]:
        """The results of the school's own assessments."""
        if self.plan.american:
            yield from self.american(place, rng)
            return
        if self.plan.primary:
            yield from self.primary(place, rng)
        else:
            yield from self.secondary(place, rng)
            yield from self.baseline(place, rng)
        yield from self.reading(place, rng)

    # ---- secondary

    def secondary(self, place: Place, rng: Random) -> Iterator[Score]:
        """Targets, working-at grades and effort: of this year in every subject, of last year in the core ones."""
        keen = rng.random()
        for drop in DROPS:
            last = drop.end is not None and drop.end <= self.plan.last_year.last
            year = place.year_in(self.plan.last_year if last else self.plan.this_year)
            if drop.days and year is not None:
                for subject in self.taught(place, year, last=last):
                    yield from self.progress(place, drop, subject, stage_of(year), rng)
                    if drop.key in ("33", "34"):
                        able = 0.6 * keen + 0.4 * rng.random()
                        yield self.score(place, f"{subject} Effort", drop, able, rng)

    def taught(self, place: Place, year: int, *, last: bool) -> list[str]:
        """The subjects that a student was taught in a year."""
        if last and year < 12:
            return ["En", "Ma", "Sc"]
        chosen = {self.subject_of[group] for group in place.lessons.values()}
        return [s for s in SUBJECTS if s in chosen]

    def progress(self, place: Place, drop: Drop, subject: str, stage: str, rng: Random) -> Iterator[Score]:
        """What a student aims at in a subject, and where they are."""
        if subject not in self.graded[stage]:
            return
        gift = place.ability + rng.gauss(0, 0.07)
        if drop.key in TARGETS:
            day = rng.choice(TARGETS[drop.key])
            collected = (date.fromisoformat(TARGETS[drop.key][-1]) + timedelta(3)).isoformat()
            yield Score(place, f"{subject} {stage} Target", drop.key, day, collected, gift + 0.05)
        so_far = {"31": 0.12, "32": 0.08, "33": 0.04, "34": 0.12}[drop.key]
        if rng.random() < 0.985:
            yield self.score(place, f"{subject} {stage} Working At", drop, gift - so_far, rng)

    def score(self, place: Place, measure: str, drop: Drop, able: float, rng: Random) -> Score:
        """A result of the days of a drop, now and then with a note."""
        note = rng.choice(NOTES) if rng.random() < 0.006 else None
        return Score(place, measure, drop.key, rng.choice(drop.days), drop.collected, able, note)

    def baseline(self, place: Place, rng: Random) -> Iterator[Score]:
        """The reasoning tests of the second week of year 7."""
        autumn = int(self.plan.this_year.start[:4]) - (place.child.cohort - 7)
        first = date(autumn, 9, 14)
        day = (first + timedelta((1 - first.weekday()) % 7)).isoformat()
        if place.entry <= day:
            for key in ("Verbal", "Quantitative", "Non-verbal"):
                yield Score(place, f"Base {key}", "37", day, day, place.ability + rng.gauss(0, 0.08))

    # ---- others

    def reading(self, place: Place, rng: Random) -> Iterator[Score]:
        """The group reading test of years 2 to 9, and those who read again, which counts towards no resultset."""
        for drop, day in READING:
            year = place.year_in(self.plan.last_year if drop == "33" else self.plan.this_year)
            if year is None or not 2 <= year <= 9:
                continue
            able = (year - 2) / 10 + 0.35 * place.ability + rng.gauss(0, 0.03)
            yield Score(place, "Reading", drop, day, day, able)
            if rng.random() < 0.06:
                again = (date.fromisoformat(day) + timedelta(14)).isoformat()
                yield Score(place, "Reading", None, again, again, able + 0.02, rng.choice(RETEST))

    def primary(self, place: Place, rng: Random) -> Iterator[Score]:
        """Termly judgements from year 1."""
        for drop in DROPS:
            last = drop.end is not None and drop.end <= self.plan.last_year.last
            year = place.year_in(self.plan.last_year if last else self.plan.this_year)
            for subject in ("Reading", "Writing", "Mathematics") if drop.days and year else ():
                able = place.ability + rng.gauss(0, 0.08)
                yield self.score(place, f"{subject} Working At", drop, able, rng)

    def american(self, place: Place, rng: Random) -> Iterator[Score]:
        """Semester grades, and the reading screener of the fall."""
        for drop in US_DROPS:
            last = drop.end is not None and drop.end <= self.plan.last_year.last
            if drop.days and place.year_in(self.plan.last_year if last else self.plan.this_year) is not None:
                for subject in US_SUBJECTS:
                    yield self.score(place, f"{subject} Grade", drop, place.ability + rng.gauss(0, 0.1), rng)
        if place.year_in(self.plan.this_year) is not None:
            yield Score(place, "Screen", None, "2026-08-27", "2026-08-27", place.ability + rng.gauss(0, 0.05))
