"""What the staff of an invented school are qualified in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import Any

from ..model.workforce import StaffQualification
from .opened import Opened
from .staffroom import Member

SUBJECTS = {
    "En": "English studies - Q300",
    "ENG": "English studies - Q300",
    "Ma": "Mathematics - G100",
    "MATH": "Mathematics - G100",
    "Sc": "Chemistry - F100",
    "SCI": "Biology - C100",
    "Fr": "French studies - R100",
    "SPA": "Spanish studies - R400",
    "Hi": "History - V100",
    "SOC": "History - V100",
    "Gg": "Geography - L700",
    "Ar": "Fine art - W100",
    "Mu": "Music - W300",
    "ELE": "Music - W300",
    "Co": "Computer science - G400",
    "Pe": "Sport and exercise science - C600",
}
"""What teachers of a subject studied, with the code of the Joint Academic Coding System."""
OTHERS = ("Education studies - X300", "Psychology - C800", "Philosophy - V500", "Drama - W400")
SCIENCES = ("Ma", "MATH", "Sc", "SCI", "Co", "Pe")
CLASSES = (
    ("First class honours", 18),
    ("Upper second class honours", 47),
    ("Lower second class honours", 28),
    ("Third class honours", 7),
)
LEVELS = {
    "degree": "Other First Degree or equivalent",
    "teaching": "PGCE or equivalent",
    "higher": "Masters Degree or equivalent",
    "vocational": "NVQ Level 3 or equivalent",
}


def put_qualifications(opened: Opened) -> None:
    """Add them."""
    rng = opened.chance_of("qualifications")
    for number, member in enumerate(opened.staff.members):
        if member.post.kind == "governor":
            continue
        for facts in _of(opened, member, number, rng):
            opened.put(StaffQualification, staff=member.id, **facts)


def _of(opened: Opened, member: Member, number: int, rng: Random) -> Iterator[dict[str, Any]]:
    grown = int(member.human.facts["birth_date"][:4]) + 21
    origin = "American" if opened.plan.american else ("Irish" if number % 17 == 5 else "British")
    facts: dict[str, Any] = {"origin": origin, "verified": int(member.post.when != "future" and number % 23 != 7)}
    taught = member.post.kind == "teacher" or member.post.title in ("Supply Teacher", "School Counselor")
    if not taught:
        name, described = (
            ("Diploma", "Supporting Teaching and Learning in Schools"),
            ("Certificate", "Office Skills"),
        )[member.post.title in ("Administrator", "School Secretary")]
        yield {**facts, "name": name, "description": described, "level": LEVELS["vocational"], "awarded": _day(grown)}
        return
    first = SUBJECTS.get(member.post.subject or "", OTHERS[number % len(OTHERS)])
    yield {**facts, **_degree(member, first, number, rng), "awarded": _day(grown)}
    if member.post.when == "temporary":
        return
    teaching = ("BEd", "Teaching Licence Programme") if opened.plan.american else ("PGCE", "Postgraduate Certificate")
    yield {
        **facts,
        "name": teaching[0],
        "description": f"{teaching[1]} in Education",
        "level": LEVELS["teaching"],
        "first_subject": OTHERS[0],
        "awarded": _day(grown + 1),
    }
    if number % 9 == 4 and grown + 6 < int(opened.today[:4]):
        higher = {"name": "MA", "description": "Master of Arts", "level": LEVELS["higher"], "first_subject": OTHERS[0]}
        yield {**facts, **higher, "awarded": _day(grown + 6)}


def _degree(member: Member, first: str, number: int, rng: Random) -> dict[str, Any]:
    science = member.post.subject in SCIENCES
    return {
        "name": "BSc" if science else "BA",
        "description": "Bachelor of Science" if science else "Bachelor of Arts",
        "level": LEVELS["degree"],
        "first_subject": first,
        "second_subject": OTHERS[1 + number % 3] if number % 5 == 0 and first not in OTHERS else None,
        "degree_class": rng.choices([c for c, _ in CLASSES], [share for _, share in CLASSES])[0],
    }


def _day(year: int) -> str:
    graduation = date(year, 7, 8)
    return (graduation - timedelta(max(0, graduation.weekday() - 4))).isoformat()
