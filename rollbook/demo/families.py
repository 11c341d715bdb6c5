"""Families of an invented district: their children and who cares for them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from .admissions import CURRENT, Admissions, Child, Family, Guardian, Place, Seats, Stay, seats_of, take
from .draft import Draft, guid
from .people import Home, Human, born_between, invent, invent_home, mail_name
from .schools import BRAMBLESIDE, THORNFIELD, Plan, Trust
from .staffroom import Member
from .words import Locale

SHAPES: tuple[tuple[int, tuple[tuple[str, int], ...]], ...] = (
    (44, (("Mother", 1), ("Father", 1))),
    (10, (("Mother", 1), ("Father", 1), ("Grandparent", 0))),
    (16, (("Mother", 1),)),
    (5, (("Father", 1), ("Grandparent", 0))),
    (10, (("Mother", 1), ("Father elsewhere", 1))),
    (5, (("Mother", 1), ("Step-father", 0), ("Father elsewhere", 1))),
    (3, (("Grandparent", 1), ("Grandparent", 1))),
    (3, (("Carer", 1), ("Social Worker", 0))),
    (4, (("Mother", 1), ("Doctor", 0))),
)
"""Who cares for the children of a family, and whether by law, as often as it is so."""

GENDERS = {"Mother": "F", "Father": "M", "Father elsewhere": "M", "Step-father": "M"}
AT_HOME = ("Mother", "Father", "Step-father", "Carer")
OUTSIDERS = ("Doctor", "Social Worker")
WORKPLACES = ("tannery.example", "hobbin-mills.example", "lantern-press.example", "wold-bakery.example")

THE_MOSSGROVES = (
    ("Graham", "M", Stay(THORNFIELD, CURRENT, 8), 1),
    ("Primrose", "F", Stay(THORNFIELD, CURRENT, 10), 0),
    ("Bertie", "M", Stay(BRAMBLESIDE, CURRENT, 3), 0),
)
"""The family that the documents tell of: forename, gender, place and registration group of each child."""


def settle(draft: Draft, trust: Trust, today: date, size: float, teachers: Sequence[Member]) -> list[Place]:
    """Invent families until every place at the district's schools is filled; gives the places."""
    admissions = Admissions(draft, today)
    seats = seats_of(trust, size)
    locale = trust.plans[0].locale
    if THORNFIELD in trust.plans:
        _settle_the_mossgroves(draft, admissions, seats)
    parents = [m for number, m in enumerate(teachers) if number % 8 == 3]
    number = 1
    while seats:
        number += 1
        parent = parents.pop() if parents and number % 12 == 0 else None
        family = _invent_family(draft, locale, number, parent)
        for cohort in _cohorts(draft, seats):
            stays = take(seats, cohort)
            child = _invent_child(draft, stays[0].plan, family, cohort)
            for stay in stays:
                admissions.admit(child, stay)
    return admissions.places


def _settle_the_mossgroves(draft: Draft, admissions: Admissions, seats: Seats) -> None:
    locale, surname = THORNFIELD.locale, "Mossgrove"
    background = locale.backgrounds[0]
    home = invent_home(draft, locale)
    home.facts.update(house_no="22", house_name=None, apartment=None, street="Winnow Road")
    hilda = {"forename": "Hilda", "surname": surname, "title": "Mrs"}
    ambrose = {"forename": "Ambrose", "surname": surname, "title": "Mr"}
    guardians = (
        _guardian(draft, locale, home, background, "Mother", 1, **hilda),
        _guardian(draft, locale, home, background, "Father", 1, **ambrose),
    )
    family = Family(1, surname, home, background, guardians)
    for forename, gender, stay, form in THE_MOSSGROVES:
        take(seats, stay.year, (stay,))
        child = _invent_child(draft, stay.plan, family, stay.year, forename=forename, gender=gender)
        admissions.admit(child, stay, form=form)


def _cohorts(draft: Draft, seats: Seats) -> list[int]:
    """The years of one, two or three children, none of the same age."""
    chosen: list[int] = []
    for share in (1.0, 0.45, 0.25):
        near = [c for c in seats if c not in chosen and (not chosen or abs(c - chosen[0]) <= 5)]
        if not near or not draft.chance(share):
            break
        chosen += draft.rng.choices(near, [len(seats[c]) for c in near])
    return chosen


def _invent_child(draft: Draft, plan: Plan, family: Family, cohort: int, **given: str) -> Child:
    locale, home = plan.locale, family.home
    born = int(plan.this_year.first[:4]) - 5 - cohort - plan.american
    gender = given.get("gender") or ("X" if draft.chance(0.004) else draft.pick("FM"))
    forename = given.get("forename") or draft.pick(locale.forenames(gender))
    username = mail_name(draft, forename, family.surname)
    grown = cohort > 8
    human = invent(
        draft,
        locale,
        home,
        gender=gender,
        forename=forename,
        surname=family.surname,
        middle_name=draft.pick(locale.forenames(gender)) if draft.chance(0.5) else None,
        previous_legal_surname=draft.pick(locale.surnames) if draft.chance(0.02) else None,
        birth_date=born_between(draft, f"{born}-09-01", f"{born + 1}-08-31"),
        home_phone=home.phone if draft.chance(0.5) else None,
        mobile_phone=locale.mobile(draft.rng.randrange(1000)) if grown and draft.chance(0.7) else None,
        home_email=f"{username}@hearth.example" if grown and draft.chance(0.4) else None,
        username=username,
        external_id=guid(plan.estab, "person", family.number, cohort),
        student_unique_id=str(6_048_000 + family.number * 20 + cohort) if plan.american else None,
        **family.background,
        **({} if plan.american else _asked_in_england(draft, family)),
    )
    return Child(human, family, cohort)


def _asked_in_england(draft: Draft, family: Family) -> dict[str, Any]:
    traveller = family.number % 70 == 11
    return {
        "ethnicity_source": draft.pick("PPPCS"),
        "first_language_source": draft.pick("PPPCS"),
        "asylum_status": draft.pick(("Asylum Seeker", "Refugee")) if family.number % 60 == 7 else None,
        "is_traveller": int(traveller) if traveller or draft.chance(0.95) else None,
        "traveller_source": draft.pick(("Parent", "Student")) if traveller else None,
        "traveller_type": draft.pick(("Showman", "Bargee", "Gypsy")) if traveller else None,
    }


def _invent_family(draft: Draft, locale: Locale, number: int, parent: Member | None) -> Family:
    background = draft.pick(locale.backgrounds)
    if parent:
        return _staff_family(parent.human, number, background)
    surname, home = draft.pick(locale.surnames), invent_home(draft, locale)
    shape = draft.rng.choices([s for _, s in SHAPES], [n for n, _ in SHAPES])[0]
    # Most parents have their children's surname, nobody else need have it.
    guardians = tuple(
        _guardian(draft, locale, home, background, relationship, parental, surname=surname)
        if relationship in GENDERS and draft.chance(0.85)
        else _guardian(draft, locale, home, background, relationship, parental)
        for relationship, parental in shape
    )
    return Family(number, surname, home, background, guardians)


def _staff_family(parent: Human, number: int, background: dict[str, Any]) -> Family:
    relationship = "Father" if parent.gender == "M" else "Mother"
    guardian = Guardian(parent, relationship, 1, 0, {**parent.facts, "translator_required": 0})
    return Family(number, parent.surname, parent.home, background, (guardian,))


def _guardian(
    draft: Draft,
    locale: Locale,
    family_home: Home,
    background: dict[str, Any],
    relationship: str,
    parental: int,
    **given: str,
) -> Guardian:
    home = family_home if relationship in AT_HOME else invent_home(draft, locale)
    language = {k: v for k, v in background.items() if k.startswith("home_language")}
    human = _adult(draft, locale, home, relationship, language, given)
    foreign = language["home_language"] != "English"
    outsider = relationship in OUTSIDERS
    rng, name = draft.rng, f"{human.forename}.{human.surname}".lower()
    asked = draft.chance(0.95)
    facts = {
        **human.facts,
        "translator_required": int(asked and foreign and draft.chance(0.5)),
        "work_email": f"{name}@{draft.pick(WORKPLACES)}" if draft.chance(0.4) else None,
        "work_phone": locale.office(rng.randrange(1000)) if outsider or draft.chance(0.4) else None,
        "spare_phone": locale.mobile(rng.randrange(1000)) if draft.chance(0.1) else None,
    }
    court_order = int(relationship == "Father elsewhere" and draft.chance(0.12))
    return Guardian(human, relationship.removesuffix(" elsewhere"), parental, court_order, facts)


def _adult(
    draft: Draft,
    locale: Locale,
    home: Home,
    relationship: str,
    language: dict[str, Any],
    given: dict[str, str],
) -> Human:
    outsider, doctor = relationship in OUTSIDERS, relationship == "Doctor"
    gender = GENDERS.get(relationship) or draft.pick("FM")
    forename = given.get("forename") or draft.pick(locale.forenames(gender))
    surname = given.get("surname") or draft.pick(locale.surnames)
    mail = mail_name(draft, forename, surname)
    usual = given.get("title") or ("Mr" if gender == "M" else draft.pick(("Mrs", "Mrs", "Ms", "Miss")))
    return invent(
        draft,
        locale,
        home,
        title="Dr" if doctor else usual,
        suffix="M.D." if doctor else "O.B.E." if draft.chance(0.01) else None,
        gender=gender,
        forename=forename,
        surname=surname,
        home_phone=home.phone if not outsider and draft.chance(0.8) else None,
        mobile_phone=locale.mobile(draft.rng.randrange(1000)) if draft.chance(0.95) else None,
        home_email=None if outsider or draft.chance(0.15) else f"{mail}@hearth.example",
        **({} if outsider else language),
    )
