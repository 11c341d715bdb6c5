"""When the staff of an invented school were away, their contracts, checks, qualifications and training."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from ..model.workforce import AbsenceCertificate, StaffAbsence, StaffImpairment
from .absences import CAUSES, Away, absences, days_of
from .checks import put_checks
from .contracts import put_contracts
from .opened import Opened
from .qualifications import put_qualifications
from .training import put_training
from .weeks import week_of


def put_workforce(opened: Opened) -> None:
    """Add them."""
    put_contracts(opened)
    _put_absences(opened)
    put_checks(opened)
    put_qualifications(opened)
    put_training(opened)
    _put_impairments(opened)


SICKNESS = ("Self-certificated", "Medically certificated")
PAY = {
    "Self-certificated": ("Sickness", "Full Pay Rate"),
    "Medically certificated": ("Sickness", "Full Pay Rate"),
    "Training": ("Paid leave", "Full Pay Rate"),
    "Compassionate leave": ("Paid leave", "Full Pay Rate"),
    "Jury service": ("Public duty", "Reduced Pay Rate"),
    "Annual leave": ("Annual leave", "Full Pay Rate"),
}
"""The category of an absence for payroll purposes, and what is paid."""
NOTES = {
    "Training": "Course away from school",
    "Jury service": "Loss of earnings form sent to the court",
    "Compassionate leave": "Agreed with the headteacher",
    "Annual leave": "Agreed in the spring",
}


def _put_absences(opened: Opened) -> None:
    every = [*_last_year(opened), *absences(opened), *_planned(opened)]
    years = (opened.plan.last_year, opened.plan.this_year)
    taught = {d.date for year in years for d in year.days() if not d.closed}
    for number, away in enumerate(sorted(every, key=lambda a: (a.first, a.member.id))):
        week = week_of(opened.plan, away.member)
        lost = [week.on(day) for day in _worked(away, taught)]
        category, rate = PAY[away.kind]
        hurt = away.kind in SICKNESS and number % 40 == 9
        excluded = away.kind == "Medically certificated" and number % 9 == 2
        absence = opened.put(
            StaffAbsence,
            staff=away.member.id,
            start=away.first,
            start_time="00:00",
            end=away.last,
            end_time="23:59",
            kind=away.kind,
            illness="Sprain from a fall at work" if hurt else away.illness,
            days_lost=float(sum(1 for hours in lost if hours)),
            hours_lost=round(sum(lost), 2),
            sick_pay_excluded=int(excluded),
            annual_leave=int(away.kind == "Annual leave"),
            industrial_injury=int(hurt),
            payroll_category=category,
            pay_rate=rate,
            note=NOTES.get(away.kind),
        )
        _put_certificates(opened, away, absence)


def _worked(away: Away, taught: set[str]) -> list[str]:
    """The days of an absence on which there would have been work: leave may be taken in the holidays."""
    days = [d for d in days_of(away) if date.fromisoformat(d).weekday() < 5]
    return days if away.kind == "Annual leave" else [d for d in days if d in taught]


def _last_year(opened: Opened) -> Iterator[Away]:
    rng, year = opened.chance_of("absences last year"), opened.plan.last_year
    days = [d.date for d in year.days() if not d.closed]
    for number, member in enumerate(opened.staff.members):
        if member.post.kind == "governor" or not member.start or member.start > year.first:
            continue
        for part in range(rng.choice((0, 1, 1, 2, 3))):
            # A third of the year each, so that nobody is away twice at once.
            first = rng.randrange(len(days) // 3 - 12) + part * (len(days) // 3)
            kind, illness, _ = rng.choices(CAUSES, [c[2] for c in CAUSES])[0]
            length = rng.randrange(5, 12) if kind == "Medically certificated" else rng.choice((1, 1, 2, 3))
            if not member.end or days[first + length - 1] <= member.end:
                yield Away(member, days[first], days[first + length - 1], kind, illness)
        if member.post.kind == "support" and member.current and number % 5 == 0 and not opened.plan.american:
            yield Away(member, "2026-08-03", "2026-08-14", "Annual leave", None)


def _planned(opened: Opened) -> Iterator[Away]:
    """What is agreed for the spring."""
    day = next(d.date for d in opened.plan.this_year.days() if d.date > "2027-01-25" and not d.closed)
    for number, member in enumerate(m for m in opened.staff.teachers() if not m.end):
        if number % 20 == 4:
            yield Away(member, day, day, "Training", None)


SELF, DOCTOR = ("Self", "Self"), ("Doctor", "General practitioner")


def _put_certificates(opened: Opened, away: Away, absence: str) -> None:
    if away.kind not in SICKNESS:
        return
    # Statutory Sick Pay: who is ill for more than seven days needs a fit note; before that, one's own word will do.
    signed = min(away.last, _later(away.first, 6))
    papers = [("Self Certificate", _later(away.last, 1), SELF)]
    if away.kind == "Medically certificated":
        papers = [("Refrain from Work", signed, DOCTOR)]
    if len(days_of(away)) == 1:
        papers = []
    for kind, day, (who, what) in papers:
        if day <= opened.today:
            opened.put(
                AbsenceCertificate,
                staff=away.member.id,
                absence=absence,
                received=min(_later(day, 2), opened.today),
                signed=day,
                kind=kind,
                signed_by=who,
                signatory=what,
            )


def _later(day: str, days: int) -> str:
    """So many days later, or on the Friday before when that is at a weekend."""
    found = date.fromisoformat(day) + timedelta(days)
    return max(day, (found - timedelta(max(0, found.weekday() - 4))).isoformat())


IMPAIRMENTS = (
    (5, "HEAR", "Hearing impairment", "Meets in the room with the hearing loop", None, "Prefers messages in writing"),
    (13, "MOB", "Mobility impairment", "Teaches on the ground floor", None, None),
    (16, "LTC", "Long-standing health condition", "Flexible start after appointments", "2026-03-27", "All well again"),
)


def _put_impairments(opened: Opened) -> None:
    """A few people told the school what makes work easier for them."""
    current = [m for m in opened.staff.members if m.current and m.start and m.start < "2026"]
    for number, code, description, adjustment, end, notes in IMPAIRMENTS:
        if number < len(current):
            member = current[number]
            opened.put(
                StaffImpairment,
                staff=member.id,
                code=code,
                description=description,
                start=member.start,
                end=end,
                adjustment=adjustment,
                notes=notes,
            )
