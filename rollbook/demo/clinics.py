"""What happened at an invented school for its students' health: vaccinations, inspections, first aid."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from ..model.medical import MedicalEvent, MedicalEventNote
from .admissions import Place
from .health import known_now
from .opened import Opened
from .register import Registers


class Clinic(NamedTuple):
    """A day on which nurses come for some years, and how many in a hundred take part."""

    date: str
    years: tuple[int, ...]
    kind: str
    description: str
    taken: int
    again: str | None = None
    note: tuple[str, str] | None = None


BRITISH = (
    Clinic("2026-03-10", (10,), "Vaccination", "Teenage booster and meningitis (MenACWY)", 82),
    Clinic("2026-05-19", (9,), "Vaccination", "HPV", 78),
    Clinic("2026-10-06", (*range(12),), "Vaccination", "Influenza (nasal spray)", 52),
    Clinic(
        "2026-11-04",
        (0, 6),
        "Medical Inspection",
        "Height and weight measured",
        91,
        note=("Measured", "Height and weight measured. The family will have a letter."),
    ),
    Clinic("2026-11-05", (0,), "Medical Inspection", "Sight and hearing checked", 93, "2027-02-04"),
    Clinic("2027-03-09", (9,), "Vaccination", "Teenage booster and meningitis (MenACWY)", 80),
    Clinic("2027-04-21", (0, 6), "Medical Inspection", "Teeth checked", 90),
    Clinic("2027-05-18", (8,), "Vaccination", "HPV", 76),
)
"""NHS, "Vaccinations and when to have them"; National Child Measurement Programme. Years are those of this year."""

AMERICAN = (
    Clinic("2026-09-15", (9,), "Medical Inspection", "Vision screening", 88, note=("Screened", "Nothing to report.")),
    Clinic("2026-10-14", (9, 10, 11, 12), "Vaccination", "Influenza", 31),
    Clinic("2027-02-09", (11,), "Medical Inspection", "Hearing screening", 85),
)


class Help(NamedTuple):
    """Why a student came to the medical room, what was done, and in how many days somebody asks after them."""

    kind: str
    description: str
    summary: str
    note: str
    days: int | None


HELP = (
    Help("First Aid", "Grazed knee", "Cleaned, plaster", "Fell on the playground. Cleaned, plaster put on.", None),
    Help("First Aid", "Bumped head", "Ice pack, home told", "Bumped heads at football. Ice pack; home was told.", 1),
    Help("First Aid", "Nosebleed", "Stopped after a while", "Sat quietly until it stopped. Back in lessons.", None),
    Help("First Aid", "Splinter", "Taken out", "From the bench in the yard. Taken out with tweezers.", None),
    Help("First Aid", "Felt faint", "Rested, drank water", "Had no breakfast. Rested, ate a banana.", None),
    Help("First Aid", "Twisted ankle", "Ice, foot up", "Landed badly in long jump. Ice, foot up, collected.", 3),
    Help("Medication", "Pain relief given", "Paracetamol", "Headache. One tablet, as the parent agreed.", None),
)
INHALER = Help(
    "Medication", "Inhaler used", "Needed inhaler", "Out of breath after running. Better after two puffs.", None
)
"""What only those with asthma come for."""
VISITORS = 0.14
"""The share of students who come to the medical room once or more in a term."""


def put_clinics(opened: Opened, asthmatic: frozenset[str]) -> None:
    """Add what happened for the students' health since last spring, and what is planned."""
    room = MedicalRoom(opened, asthmatic)
    places = [place for place in known_now(opened) if place.entry <= opened.today]
    for session in AMERICAN if opened.plan.american else BRITISH:
        room.hold(session, places)
    for place in places:
        if room.rng.random() < VISITORS:
            room.visit(place)


class MedicalRoom:
    """Where students are looked after; nobody is on a day on which the registers do not have them there."""

    def __init__(self, opened: Opened, asthmatic: frozenset[str]) -> None:
        self.opened = opened
        self.asthmatic = asthmatic
        self.rng = opened.chance_of("medical room")
        self.registers = Registers(opened.groups, opened.places, opened.today)
        self._present: dict[str, dict[str, None]] = {}

    def present(self, place: Place) -> dict[str, None]:
        """The days of this year on which a student was there, in order."""
        if place.id not in self._present:
            marks = ((day.date, entry.mark) for day, _, entry in self.registers.of(place))
            self._present[place.id] = {day: None for day, mark in marks if mark in ("/", "\\", "L")}
        return self._present[place.id]

    def here(self, place: Place, day: str) -> bool:
        """Whether a student was, or is likely to be, at the school."""
        if not place.entry <= day <= (place.leaving or day):
            return False
        this_year = self.opened.plan.this_year.first <= day <= self.opened.today
        return day in self.present(place) if this_year else True

    def hold(self, session: Clinic, places: list[Place]) -> None:
        """Add a session of the nurses."""
        for place in places:
            taken = place.stay.year in session.years and self.rng.random() * 100 < session.taken
            if taken and self.here(place, session.date):
                event = self.record(place, session.kind, session.description, session.date, session.again)
                if session.note and session.date <= self.opened.today:
                    self.write(place, event, *session.note)

    def visit(self, place: Place) -> None:
        """Add one visit to the medical room, or a few."""
        days = list(self.present(place))
        for day in sorted(self.rng.sample(days, min(len(days), self.rng.choice((1, 1, 1, 2, 3))))):
            help_ = self.rng.choice((*HELP, INHALER, INHALER) if place.id in self.asthmatic else HELP)
            again = self.later(day, help_.days) if help_.days else None
            event = self.record(place, help_.kind, help_.description, day, again)
            self.write(place, event, help_.summary, help_.note)

    def record(self, place: Place, kind: str, description: str, day: str, again: str | None) -> str:
        """Add an event."""
        facts = {"kind": kind, "description": description, "date": day, "follow_up": again}
        return self.opened.put(MedicalEvent, student=place.id, **facts)

    def write(self, place: Place, event: str, summary: str, note: str) -> None:
        """Add what was written down about an event."""
        self.opened.put(MedicalEventNote, student=place.id, event=event, summary=summary, note=note)

    def later(self, day: str, days: int) -> str:
        """So many days later, or on the next day after that on which the school teaches."""
        later = (date.fromisoformat(day) + timedelta(days)).isoformat()
        return next(d.date for d in self.opened.plan.this_year.days() if d.date >= later and not d.closed)
