"""Achievements and behaviour, detentions and report cards of an invented school."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import accumulate
from random import Random
from typing import Any

from ..model.conduct import (
    Achievement,
    AchievementStaff,
    AchievementStudent,
    Behaviour,
    BehaviourStaff,
    BehaviourStudent,
)
from ..model.groups import Group
from .admissions import Place
from .conduct_lists import Lists, put_lists
from .conduct_words import (
    ACHIEVEMENTS,
    APART,
    BEHAVIOURS,
    BULLYING,
    CALLED,
    DISCUSSED,
    INSTIGATOR,
    LATE_DETENTION,
    LESSON,
    LUNCH_DETENTION,
    MET,
    PARTICIPANT,
    RESOLVED,
    SENIOR_DETENTION,
    TARGET,
    UNDER_WAY,
    UNRESOLVED,
    WITNESS,
    Setting,
    Sort,
)
from .detentions import Detained, put_detentions
from .lessons import slots_of
from .opened import Opened
from .register import Registers
from .reports import put_report_cards
from .staffroom import Member
from .years import Day, Year

SEEN_DAILY = {
    "secondary": (0.062, 0.028),
    "primary": (0.07, 0.008),
    "high": (0.03, 0.015),
}
"""How many achievements and incidents a student has a part in on a school day, on average."""

LAST_YEAR = 0.3
"""The share of them that was written down last year, when this was new."""

FIRST_NUMBER = 4000
THERE = ("/", "\\", "L", "U")
MOST = 9.0
"""How many times as much trouble as usual a student may be, at the most."""

SERIOUS = 10
"""The points of an incident of which parents are told."""


def put_conduct(opened: Opened) -> None:
    """Add them."""
    log = Log(opened, put_lists(opened))
    for year in (opened.plan.last_year, opened.plan.this_year):
        log.read(year)
    log.reward_readers()
    put_detentions(opened, log.detained, log.absent)
    put_report_cards(opened, log.trouble)


@dataclass
class Pupil:
    """A student as those see them who reward and reprimand."""

    place: Place
    merit: float
    trouble: float


@dataclass
class Scene:
    """What happens at one time in one place: who is there, and who writes it down."""

    day: Day
    sort: Sort
    setting: Setting
    students: list[Place]
    teacher: Member | None
    facts: dict[str, Any] = field(default_factory=dict[str, Any])


class Log:
    """The book in which a school writes what its students did."""

    def __init__(self, opened: Opened, lists: Lists) -> None:
        self.opened = opened
        self.plan = opened.plan
        self.lists = lists
        self.rng = opened.chance_of("conduct")
        self.detained: list[Detained] = []
        self.absent = self._absent()
        self.pupils = [self._pupil(p) for p in opened.places]
        self.trouble = {p.place.id: p.trouble for p in self.pupils}
        self.groups = {row["id"]: row for row in opened.draft.rows.get(Group, [])}
        self.members = {m.id: m for m in opened.staff.members}
        self.watchful = [m for m in opened.staff.members if m.current and m.post.kind in ("teacher", "support")]
        self.seniors = [m for m in self.watchful if m.post.under in (None, "Headteacher", "Principal")]
        self.numbers = {"Ach": FIRST_NUMBER, "Beh": FIRST_NUMBER}

    def _absent(self) -> set[tuple[str, str]]:
        registers = Registers(self.opened.groups, self.opened.places, self.opened.today)
        said = [(place.id, registers.of(place)) for place in registers.places]
        said += [(place.id, registers.of_last_year(place)) for place in registers.before]
        return {
            (student, day.date) for student, days in said for day, _, entry in days if entry.mark not in (*THERE, "-")
        }

    def _pupil(self, place: Place) -> Pupil:
        # Most do little wrong; a few do it again and again.
        rng = Random(f"{self.plan.key} {place.number} conduct")
        known = 4.0 if place.number == self.plan.first_student else 1.0
        merit = known * rng.lognormvariate(0, 0.5) * (0.6 + place.ability)
        trouble = known * min(rng.lognormvariate(0, 1.3), MOST) * (1.4 - place.ability)
        grown_up = 0.2 if place.stay.year > 11 and not self.plan.american else 1.0
        return Pupil(place, merit, trouble * grown_up)

    # ---- days

    def read(self, year: Year) -> None:
        """Write down what happened on each school day of an academic year until today."""
        share = 1.0 if year is self.plan.this_year else LAST_YEAR
        there = [(p, n) for p in self.pupils if (n := p.place.year_in(year)) is not None]
        days = [d for d in year.days() if not d.closed and d.date <= self.opened.today]
        for day in days:
            pupils = [p for p, _ in there if self._comes(p.place, day)]
            achieved, behaved = SEEN_DAILY[self.plan.kind]
            self._achievements(day, pupils, max(2, self._some(achieved * share * len(pupils))))
            self._incidents(year, day, pupils, max(1, self._some(behaved * share * len(pupils))))

    def _some(self, about: float) -> int:
        return round(about * self.rng.uniform(0.7, 1.3))

    def _comes(self, place: Place, day: Day) -> bool:
        here = place.entry <= day.date <= (place.leaving or "9999")
        return here and (place.id, day.date) not in self.absent

    def _achievements(self, day: Day, pupils: list[Pupil], count: int) -> None:
        if not pupils:
            return
        weights = list(accumulate(p.merit for p in pupils))
        for number, one in enumerate(self.rng.choices(pupils, cum_weights=weights, k=count)):
            sort = self.rng.choices(ACHIEVEMENTS, [s.often for s in ACHIEVEMENTS])[0]
            self._achieve(self._scene(day, sort, one.place, pupils), helped=number == 0)

    def _incidents(self, year: Year, day: Day, pupils: list[Pupil], count: int) -> None:
        if not pupils:
            return
        weights = list(accumulate(p.trouble for p in pupils))
        for number, one in enumerate(self.rng.choices(pupils, cum_weights=weights, k=count)):
            sort = self.rng.choices(BEHAVIOURS, [s.often for s in BEHAVIOURS])[0]
            self._misbehave(year, self._scene(day, sort, one.place, pupils), helped=number == 0)

    def reward_readers(self) -> None:
        """Those who read over the summer are rewarded on the first day of the year, before the term begins."""
        day = Day(self.plan.this_year.start, 1, None)
        sort = next(s for s in ACHIEVEMENTS if s.name == "Reading Challenge")
        readers = [p.place for p in self.pupils if p.place.current and p.place.entry < day.date]
        for place in readers[::25]:
            self._achieve(Scene(day, sort, sort.settings[0], [place], None), helped=False)

    # ---- scenes

    def _scene(self, day: Day, sort: Sort, place: Place, pupils: list[Pupil]) -> Scene:
        setting = self.rng.choice(sort.settings)
        scene = Scene(day, sort, setting, self._together(sort, place, pupils), None)
        if setting is LESSON:
            self._lesson(scene, place)
        return scene

    def _together(self, sort: Sort, place: Place, pupils: list[Pupil]) -> list[Place]:
        if self.rng.random() >= sort.together:
            return [place]
        peers = [p.place for p in self.rng.sample(pupils, min(len(pupils), 40)) if p.place is not place]
        same = [p for p in peers if p.stay.year == place.stay.year]
        return [place, *same[: self.rng.choice((1, 1, 2, 3))]]

    def _lesson(self, scene: Scene, place: Place) -> None:
        period = self.rng.randrange(5)
        scene.setting = Setting(f"P{period + 1}", scene.setting.activity, scene.setting.place)
        this = scene.day.date >= self.plan.this_year.start
        group = self._class_in(place, scene.day.weekday, period) if this else None
        if group is None and not this:
            scene.teacher = self.rng.choice(self.opened.staff.teachers())
            scene.facts["subject"] = self.opened.groups.subjects.get(scene.teacher.post.subject or "")
        elif group is not None:
            scene.teacher = self.members.get(group["primary_staff"])
            scene.facts["subject"] = group["subject"]

    def _class_in(self, place: Place, weekday: int, period: int) -> dict[str, Any] | None:
        """The class that a student has in a period of the week."""
        at = weekday * (7 if self.plan.american else 5) + period
        mine = (self.groups.get(group) for group in place.lessons.values())
        return next((g for g in mine if g and at in slots_of(self.plan, g["code"]).lessons), None)

    def _written(self, scene: Scene, category: str) -> dict[str, Any]:
        """What every record says of when, where and by whom it was written."""
        number, self.numbers[category] = self.numbers[category], self.numbers[category] + 1
        writer = scene.teacher or self.rng.choice(self.watchful)
        later = self.rng.random() < 0.12
        return {
            "mis_id": str(number),
            "type": self.lists.types[category, scene.sort.number],
            "date": scene.day.date,
            "time": self.lists.of("BehEventTimes", scene.setting.time),
            "activity": self.lists.of(f"{category}Activity", scene.setting.activity),
            "location": self.lists.of("BehLocation", scene.setting.place),
            "recorded_by": writer.id,
            "recorded_on": self._next(scene.day) if later else scene.day.date,
            "description": self.rng.choice(scene.sort.notes) if self.rng.random() < 0.8 else None,
            **scene.facts,
        }

    def _next(self, day: Day) -> str:
        after = (d.date for d in self.plan.this_year.days() if day.date < d.date and not d.closed)
        following = next(after, day.date) if day.date >= self.plan.this_year.first else day.date
        return min(following, self.opened.today)

    # ---- records

    def _achieve(self, scene: Scene, *, helped: bool) -> None:
        outcome = self.rng.choice((None, None, None, "COM", "COM", "HPC", "PCH", "ASM"))
        facts = {
            "outcome": self.lists.of("AchOutcome", outcome),
            "outcome_date": self._next(scene.day) if outcome else None,
            "parent_informed": int(outcome == "PCH"),
        }
        event = self.opened.put(Achievement, **self._written(scene, "Ach"), **facts)
        for place in scene.students:
            self.opened.put(
                AchievementStudent,
                achievement=event,
                student=place.id,
                points=scene.sort.points,
                outcome=facts["outcome"],
            )
        if helped or self.rng.random() < 0.12:
            self.opened.put(AchievementStaff, achievement=event, **self._helper())

    def _helper(self) -> dict[str, Any]:
        role = self.rng.choice(("WIT", "WIT", "INT", "FOL", None))
        head = self.opened.staff.members[0]
        who = head if self.rng.random() < 0.15 else self.rng.choice(self.watchful)
        return {"staff": who.id, "role": self.lists.of("StfRole", role)}

    def _misbehave(self, year: Year, scene: Scene, *, helped: bool) -> None:
        roles = self._roles(scene)
        outcomes = [self._outcome(scene, role) for role in roles]
        first = outcomes[0]
        written = self._written(scene, "Beh")
        facts = {
            "outcome": self.lists.of("BehOutcome", first),
            "outcome_date": written["recorded_on"] if first else None,
            "parent_informed": int(first in (CALLED, MET) or scene.sort.points >= SERIOUS),
            "status": self.lists.of("BehStatus", self._status(scene, first)),
            "bullying_type": self._bullying(scene),
        }
        event = self.opened.put(Behaviour, **written, **facts)
        for place, role, outcome in zip(scene.students, roles, outcomes, strict=True):
            self.opened.put(
                BehaviourStudent,
                behaviour=event,
                student=place.id,
                points=scene.sort.points if role in (PARTICIPANT, INSTIGATOR) else 0,
                outcome=self.lists.of("BehOutcome", outcome),
                role=self.lists.of("BehStuRole", role),
                **(self._told(written["type"], role) if self.plan.american else {}),
            )
            if outcome in (LUNCH_DETENTION, LATE_DETENTION, SENIOR_DETENTION):
                self.detained.append(Detained(place, event, outcome, year, scene.sort, written))
        if helped or self.rng.random() < (0.6 if scene.sort.points >= SERIOUS else 0.2):
            self.opened.put(BehaviourStaff, behaviour=event, **self._helper())

    def _told(self, kind: str, role: str) -> dict[str, Any]:
        """What a school in the United States tells of each student by itself: what they did, if anything."""
        harmless = role in (TARGET, WITNESS)
        return {"type": None if harmless else kind, "bystander": int(harmless)}

    def _roles(self, scene: Scene) -> list[str]:
        """The first began it; where it was done to somebody, that is another one."""
        others = scene.students[1:]
        if not others:
            return [PARTICIPANT]
        done_to = scene.sort.name in (BULLYING, "Assault", "Unkind words")
        rest = [TARGET if done_to and n == 0 else self.rng.choice((PARTICIPANT, WITNESS)) for n in range(len(others))]
        return [INSTIGATOR, *rest]

    def _outcome(self, scene: Scene, role: str) -> str | None:
        if role in (TARGET, WITNESS):
            return DISCUSSED if role == TARGET else None
        points = scene.sort.points
        if points >= 30:
            return self.rng.choice((SENIOR_DETENTION, SENIOR_DETENTION, MET, APART))
        if points >= 5:
            return self.rng.choice((LATE_DETENTION, LATE_DETENTION, LUNCH_DETENTION, CALLED, DISCUSSED))
        return self.rng.choice((DISCUSSED, DISCUSSED, DISCUSSED, CALLED, LUNCH_DETENTION, LUNCH_DETENTION, None, None))

    def _status(self, scene: Scene, outcome: str | None) -> str:
        if scene.day.date >= self.opened.today or outcome is None:
            return UNRESOLVED if self.rng.random() < 0.5 else UNDER_WAY if outcome is None else UNRESOLVED
        return RESOLVED if self.rng.random() < 0.95 else UNDER_WAY

    def _bullying(self, scene: Scene) -> str | None:
        if scene.sort.name != BULLYING:
            return None
        return self.lists.of("BehBullMode", self.rng.choice(("VER", "VER", "PHY", "EXC", "ONL")))
