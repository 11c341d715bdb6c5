"""Where and when the candidates of an invented school sit their papers, and with what help."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from random import Random
from typing import Any, NamedTuple

from ..model.exams import ExamArrangement, ExamSitting, ExternalCandidate
from ..model.students import Student
from ..model.timetable import Room
from .examinees import Entry, uci
from .examsetup import NOVEMBER_2026, SUMMER_2026, ExamsOffice, Season
from .opened import Opened
from .people import mail_name
from .register import PRESENT, Registers
from .syllabuses import A_LEVEL, GCSE, RESAT, Paper, Syllabus

STARTS = {"AM": "09:00", "PM": "13:30"}
EXTRA = {"ET25": 25, "ET50": 50}
APART = ("RD", "SC", "AR")
"""Arrangements with which one sits where nobody else is disturbed."""

SEATS = {"EXH": 12, "EXR": 6}
"""How many seats a row has in each room."""

NOVEMBER = {
    "8901": ("2026-11-03", "2026-11-05"),
    "8903": ("2026-11-04", "2026-11-06", "2026-11-09"),
}
"""The mornings of the papers of what can be sat in November."""

Slot = tuple[str, str]
"""A day, and the morning or the afternoon."""


class Candidate(NamedTuple):
    """Who sits: the number, a student or somebody else, the arrangements."""

    number: str
    who: tuple[str, str]
    arrangements: tuple[str, ...]
    absent: frozenset[str] = frozenset()
    """The days on which the candidate does not come."""

    @property
    def extra(self) -> int:
        """How much more time there is, in per cent."""
        return sum(EXTRA.get(code, 0) for code in self.arrangements)

    @property
    def apart(self) -> bool:
        """Whether the seat is in a room of its own kind."""
        return any(code in APART for code in self.arrangements)


@dataclass(frozen=True)
class Guest:
    """Somebody from outside who is examined at the school."""

    season: Season
    syllabus: Syllabus
    option: str
    arrangements: tuple[str, ...] = ()


GUESTS = (
    Guest(SUMMER_2026, GCSE[4], "C905H"),
    Guest(SUMMER_2026, A_LEVEL[1], "H902", ("ET25",)),
    Guest(NOVEMBER_2026, RESAT[1], "8903F", ("ET25", "RD")),
    Guest(NOVEMBER_2026, RESAT[0], "8901"),
)


class Hall:
    """Seats the candidates of the seasons of which it is known who sat where."""

    def __init__(self, opened: Opened, office: ExamsOffice, entries: Iterable[Entry]) -> None:
        self.opened = opened
        self.office = office
        self.rng = opened.chance_of("exam hall")
        self.entries = list(entries)
        self.welfare: dict[str, dict[str, Any]] = {row["id"]: row for row in opened.draft.rows.get(Student, [])}
        self.sat: defaultdict[tuple[Season, Slot], list[tuple[Candidate, Syllabus, str, Paper]]] = defaultdict(list)
        self.rooms: dict[str, str] = {}
        self.registers = Registers(opened.groups, opened.places, opened.today)

    def open(self) -> None:
        """Add rooms, arrangements, guests and seats."""
        put = self.opened.put
        for number, (code, name) in enumerate((("EXH", "Exam Hall"), ("EXR", "Exam Support Room")), 901):
            self.rooms[code] = put(Room, mis_id=str(number), code=code, name=name)
        self._seat_students()
        for number, guest in enumerate(GUESTS, 8001):
            if guest.season.entered <= self.opened.today:
                self._welcome(guest, str(number))
        for (season, slot), sitters in sorted(self.sat.items(), key=lambda item: item[0][1]):
            self._put_seats(season, slot, sitters)

    def _seat_students(self) -> None:
        slots = {SUMMER_2026: summer(self.opened), NOVEMBER_2026: november()}
        helped: dict[tuple[Season, str], tuple[str, ...]] = {}
        for entry in self.entries:
            key = entry.season, entry.place.id
            if key not in helped:
                helped[key] = arrangements(self.welfare[entry.place.id], f"{self.opened.plan.key} {entry.number}")
                self._put_arrangements(entry.season, ("student", entry.place.id), helped[key])
            if entry.season.seated and entry.status != "W":
                candidate = Candidate(
                    entry.number, ("student", entry.place.id), helped[key], self._absences(entry, slots)
                )
                self._seat(entry.season, candidate, entry.syllabus, entry.option, slots[entry.season])

    def _absences(self, entry: Entry, slots: dict[Season, dict[tuple[str, str], Slot]]) -> frozenset[str]:
        """The days on which somebody is not there: by the register, where there is one, or for all of a subject."""
        mine = [slots[entry.season][entry.syllabus.code, paper.code][0] for paper in entry.syllabus.papers]
        if entry.season is SUMMER_2026:
            return frozenset(mine if entry.absent else ())
        kept = self.registers.of(entry.place, NOVEMBER_2026.start)
        marks = {day.date: said.mark for day, session, said in kept if session == "AM"}
        return frozenset(day for day in mine if marks.get(day, PRESENT["AM"]) not in (PRESENT["AM"], "L"))

    def _seat(
        self, season: Season, who: Candidate, syllabus: Syllabus, option: str, slots: dict[tuple[str, str], Slot]
    ) -> None:
        for paper in syllabus.papers:
            self.sat[season, slots[syllabus.code, paper.code]].append((who, syllabus, option, paper))

    def _welcome(self, guest: Guest, number: str) -> None:
        rng, locale, centre = self.rng, self.opened.plan.locale, self.opened.plan.facts["exam_centre"]
        gender = rng.choice("FM")
        forename, middle = rng.sample(locale.forenames(gender), 2)
        surname = rng.choice(locale.surnames)
        external = self.opened.put(
            ExternalCandidate,
            season=self.office.seasons[guest.season],
            number=number,
            uci=uci(centre, guest.season.year - 1, number),
            title="Mr" if gender == "M" else "Ms",
            forename=forename,
            middle_name=middle if rng.random() < 0.7 else None,
            surname=surname,
            gender=gender,
            birth_date=f"{rng.randrange(1990, 2008)}-{rng.randrange(1, 13):02}-{rng.randrange(1, 29):02}",
            email=f"{mail_name(self.opened.draft, forename, surname)}@hearth.example",
            telephone=locale.mobile(rng.randrange(1000)),
        )
        who = ("external", external)
        self._put_arrangements(guest.season, who, guest.arrangements)
        slots = november() if guest.season is NOVEMBER_2026 else summer(self.opened)
        self._seat(guest.season, Candidate(number, who, guest.arrangements), guest.syllabus, guest.option, slots)

    def _put_arrangements(self, season: Season, who: tuple[str, str], codes: Iterable[str]) -> None:
        for code in codes:
            self.opened.put(
                ExamArrangement,
                **dict([who]),
                season=self.office.seasons[season],
                code=code,
                extra_percent=EXTRA.get(code),
                start=season.approved[0],
                end=season.approved[1],
            )

    def _put_seats(self, season: Season, slot: Slot, sitters: list[tuple[Candidate, Syllabus, str, Paper]]) -> None:
        taken: defaultdict[str, int] = defaultdict(int)
        # In the order of their numbers, as invigilators read them out.
        for who, syllabus, option, paper in sorted(sitters, key=lambda s: (s[2], s[0].number)):
            room = "EXR" if who.apart else "EXH"
            row, seat = divmod(taken[room], SEATS[room])
            taken[room] += 1
            self.opened.put(
                ExamSitting,
                **dict([who.who]),
                season=self.office.seasons[season],
                option=self.office.options[option],
                component=f"{option}/{paper.code}",
                title=f"{syllabus.title}: {paper.title}",
                date=slot[0],
                session=slot[1],
                start_time=STARTS[slot[1]],
                minutes=paper.minutes,
                extra_minutes=-(-paper.minutes * who.extra // 100),
                room=self.rooms[room],
                row=chr(ord("A") + row),
                seat=seat + 1,
                present=int(slot[0] not in who.absent) if slot[0] < self.opened.today else None,
            )


def arrangements(welfare: dict[str, Any], whose: str) -> tuple[str, ...]:
    """What a student needs in examinations, as the rest of the record suggests; the same in every season."""
    rng = Random(f"{whose} arrangements")
    need, level = welfare["sen_provision"], welfare["english_level_code"]
    if need == "E":
        return ("ET50" if rng.random() < 0.1 else "ET25", rng.choice(("RD", "SC", "AR")))
    if need == "K" and rng.random() < 0.7:
        return (rng.choice(("ET25", "ET25", "WP", "RB")),)
    if level in ("A", "B"):
        return ("BD",)
    return ("WP",) if rng.random() < 0.02 else ()


def summer(opened: Opened) -> dict[tuple[str, str], Slot]:
    """When each paper is sat in the last summer: GCSEs in the mornings, A levels in the afternoons, one at a time."""
    days = [
        d.date for d in opened.plan.last_year.days() if SUMMER_2026.start <= d.date <= SUMMER_2026.end and not d.closed
    ]
    slots: dict[tuple[str, str], Slot] = {}
    for session, syllabuses in (("AM", GCSE), ("PM", A_LEVEL)):
        # First papers first, so that everybody has days between the papers of a subject.
        papers = [(n, s.code, p.code) for s in syllabuses for n, p in enumerate(s.papers)]
        for day, (_, syllabus, paper) in zip(days, sorted(papers, key=lambda p: p[0]), strict=False):
            slots[syllabus, paper] = day, session
    return slots


def november() -> dict[tuple[str, str], Slot]:
    """When each paper is sat in November."""
    return {
        (s.code, paper.code): (day, "AM") for s in RESAT for paper, day in zip(s.papers, NOVEMBER[s.code], strict=True)
    }
