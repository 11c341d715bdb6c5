"""What an invented school does beside its lessons: what it offers each year, and who takes part."""

from __future__ import annotations

from typing import NamedTuple

from ..model.intervention import (
    Intervention,
    InterventionAgent,
    InterventionContact,
    InterventionOverview,
    InterventionStaff,
)
from .admissions import Place
from .needs import Caseload, after
from .years import Year


class Offer(NamedTuple):
    """Help that a school offers: how long a student has it, how often, and which profession from outside advises."""

    kind: str
    name: str
    description: str
    aim: str
    weeks: int
    per_week: int
    minutes: int
    reason: str
    adviser: str | None = None


OFFERS = (
    Offer(
        "Literacy",
        "Reading Ladder",
        "Reading with an adult, with books of the right step",
        "Reads a book of their own choice with ease",
        10,
        3,
        20,
        "Reading age behind actual age",
    ),
    Offer(
        "Numeracy",
        "Number Works",
        "Number facts and word problems in a group of four",
        "Knows number facts by heart",
        8,
        2,
        30,
        "Below the expected standard in mathematics",
    ),
    Offer(
        "Communication",
        "Talk Together",
        "Games for listening, taking turns and new words",
        "Follows what is said in lessons",
        10,
        2,
        25,
        "Finds longer instructions hard to follow",
        "Speech and Language Therapist",
    ),
    Offer(
        "Wellbeing",
        "The Quiet Room",
        "Time with a trained adult to talk, draw and plan the week",
        "Has three ways to calm down, and uses them",
        8,
        1,
        40,
        "Anxious about coming to lessons",
        "Counsellor",
    ),
    Offer(
        "Behaviour",
        "Fresh Start",
        "A mentor looks at each day's report with the student",
        "A week of good reports",
        6,
        5,
        10,
        "On report to the head of year",
    ),
    Offer(
        "Attendance",
        "Every Day Counts",
        "A call in the morning and a chart of the week",
        "Attendance of 95%",
        6,
        5,
        5,
        "Attendance below 90%",
    ),
)
BY_NEED = {"SPLD": "Literacy", "SLCN": "Communication", "ASD": "Communication", "SEMH": "Wellbeing", "MLD": "Numeracy"}
TARGETS = {
    "Literacy": "A gain of six months in reading age",
    "Numeracy": "A standardised score of 95",
    "Communication": "Follows three steps without a prompt",
    "Wellbeing": "In every lesson for three weeks",
    "Behaviour": "Ten good reports in a row",
    "Attendance": "Four full weeks",
}
MEASURES = {
    "Numeracy": ("Standardised score 84", "Standardised score 89", "Standardised score 96"),
    "Communication": ("Follows one step at a time", "Follows two steps", "Follows three steps"),
    "Wellbeing": ("Missed four lessons a week", "Missed two lessons a week", "Missed no lesson in three weeks"),
    "Behaviour": ("Three incidents a week", "One incident a week", "No incident in two weeks"),
    "Attendance": ("86% in the last six weeks", "91% in the last six weeks", "96% in the last six weeks"),
}
"""Where students stand at the start, when they have got on a little, and when they have achieved what was aimed at."""
COMMENTS = ("Asks for the next session", "Best on Tuesdays, when it is first thing", "Practises at home every evening")


def put_interventions(load: Caseload) -> None:
    """Add what is offered in the last and in this academic year, with those who take part."""
    plan = load.opened.plan
    needs = {case.place.id: case.needs for case in load.cases}
    for year in (plan.last_year, plan.this_year):
        overviews = {offer.kind: _put_overview(load, offer, number, year) for number, offer in enumerate(OFFERS)}
        for place in load.opened.places:
            for kind in _kinds(load, place, needs.get(place.id, ())) if place.year_in(year) is not None else ():
                offer = next(o for o in OFFERS if o.kind == kind)
                _put_intervention(load, place, offer, overviews[kind], year)


def _put_overview(load: Caseload, offer: Offer, number: int, year: Year) -> str:
    leaders = load.opened.staff.teachers()
    return load.opened.put(
        InterventionOverview,
        name=offer.name,
        kind=offer.kind,
        description=offer.description,
        aim=offer.aim,
        start=load.school_day(after(year.first, 12)),
        end=year.last,
        sessions_per_week=offer.per_week,
        minutes=offer.minutes,
        leader=leaders[(number * 3 + 1) % len(leaders)].id,
    )


def _kinds(load: Caseload, place: Place, needs: tuple[str, ...]) -> list[str]:
    """What a student takes part in during a year: by their needs, how they get on, and now and then by chance."""
    rng = load.rng
    kinds = [BY_NEED[n] for n in needs[:1] if n in BY_NEED and rng.random() < 0.5]
    if place.ability < 0.1 and rng.random() < 0.6:
        kinds.append(rng.choice(("Literacy", "Numeracy")))
    if load.facts[place.id]["on_report"] and rng.random() < 0.6:
        kinds.append("Behaviour")
    if rng.random() < 0.012:
        kinds.append("Attendance")
    return list(dict.fromkeys(kinds))


def _put_intervention(load: Caseload, place: Place, offer: Offer, overview: str, year: Year) -> None:
    rng, today = load.rng, load.opened.today
    start = load.day_between(max(after(year.first, 12), place.entry), after(year.terms[1].start, 40))
    end = load.school_day(after(start, offer.weeks * 7))
    leaving = min(place.leaving or year.last, year.last)
    if leaving < start:
        return
    end = min(end, leaving)
    done = end < today
    before, partly, fully = _measures(load, place, offer.kind, year)
    outcome = rng.choices(("Achieved", "Partly achieved", "Not achieved"), (5, 3, 1))[0] if done else None
    identity = load.opened.put(
        Intervention,
        student=place.id,
        overview=overview,
        start=start,
        end=end,
        review=min(load.school_day(after(start, offer.weeks * 4)), end),
        reason=offer.reason,
        target=TARGETS[offer.kind],
        before=before if start <= today else None,
        after={"Achieved": fully, "Partly achieved": partly, "Not achieved": before}[outcome] if outcome else None,
        outcome=outcome,
        comments=rng.choice(COMMENTS) if start <= today and rng.random() < 0.4 else None,
    )
    _put_people(load, place, offer, identity, (start, end))


def _measures(load: Caseload, place: Place, kind: str, year: Year) -> tuple[str, str, str]:
    if kind != "Literacy":
        return MEASURES[kind]
    age = (place.year_in(year) or 0) + 5
    behind, gain = load.rng.randrange(14, 34), load.rng.randrange(7, 14)
    before = max(age * 12 - behind, 50)
    return _reading_age(before), _reading_age(before + gain // 3), _reading_age(before + gain)


def _reading_age(months: int) -> str:
    return f"Reading age {months // 12}y {months % 12}m"


def _put_people(load: Caseload, place: Place, offer: Offer, intervention: str, span: tuple[str, str]) -> None:
    """Who takes part: a helper and a teacher who plans it, a parent now and then, often an agent who advises."""
    opened, rng = load.opened, load.rng
    staff = opened.staff
    helpers = [m for m in staff.members if m.current and m.post.kind == "support"] or staff.teachers()
    teachers = staff.teachers()
    whom = {"intervention": intervention, "student": place.id}
    opened.put(InterventionStaff, **whom, staff=rng.choice(helpers).id, role="Delivers")
    opened.put(InterventionStaff, **whom, staff=teachers[place.number % len(teachers)].id, role="Plans and reviews")
    guardian = load.guardians.get(place.id)
    if guardian and rng.random() < 0.4:
        opened.put(InterventionContact, **whom, contact=guardian, role="Supports at home")
    if offer.adviser and (rng.random() < 0.6 or not load.advised):
        load.advised = True
        adviser = load.outside.of_kind(offer.adviser, place)
        load.outside.link(place, adviser, *span)
        opened.put(InterventionAgent, **whom, agent=adviser.id, role="Advises")
