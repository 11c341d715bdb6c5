"""Invented humans, their homes, and the ways to reach them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from ..fields import Record
from ..model.people import Person
from .draft import Draft
from .words import Locale


@dataclass(frozen=True)
class Home:
    """Where people live."""

    facts: dict[str, Any]
    phone: str


@dataclass(frozen=True)
class Human:
    """An invented person, with what their roles at schools repeat."""

    id: str
    title: str | None
    forename: str
    surname: str
    gender: str
    home: Home
    facts: dict[str, Any] = field(default_factory=dict[str, Any], compare=False)


def invent_home(draft: Draft, locale: Locale) -> Home:
    """A new address with its telephone."""
    rng = draft.rng
    locality, town, county, code = draft.pick(locale.towns)
    named = draft.chance(0.1)
    end = f"{rng.randrange(100):02}" if code.isdigit() else f" {rng.randrange(1, 10)}{_letter(draft)}{_letter(draft)}"
    facts = {
        "house_no": None if named else str(rng.randrange(1, 180)),
        "house_name": f"{draft.pick(('Ridge', 'Mill', 'Orchard', 'Beacon'))} View" if named else None,
        "apartment": f"Flat {rng.randrange(1, 9)}" if draft.chance(0.12) else None,
        "street": draft.pick(locale.streets),
        "locality": locality,
        "town": town,
        "county": county,
        "post_code": code + end,
        "country": locale.country,
    }
    return Home(facts, locale.landline(rng.randrange(1000)))


def _letter(draft: Draft) -> str:
    # Royal Mail: the last two letters of a post code are never C, I, K, M, O or V.
    return draft.pick("ABDEFGHJLNPQRSTUWXYZ")


def invent(draft: Draft, locale: Locale, home: Home, **given: Any) -> Human:
    """A new person at a home, with the facts given; `gender`, `forename` and `surname` must be among them."""
    forename, surname = given["forename"], given["surname"]
    # Now and then papers still bear another name than the one that a person goes by.
    legal_surname = draft.pick(locale.surnames) if draft.chance(0.01) else surname
    facts: dict[str, Any] = {
        "legal_forename": LONG_NAMES.get(forename, forename),
        "legal_surname": legal_surname,
        **home.facts,
        **given,
    }
    identity = draft.put(Person, **facts)
    return Human(identity, given.get("title"), forename, surname, given["gender"], home, facts)


LONG_NAMES = {
    "Bertie": "Albert",
    "Alfie": "Alfred",
    "Dev": "Devendra",
    "Lottie": "Charlotte",
    "Nell": "Eleanor",
    "Winnie": "Winifred",
    "Hattie": "Harriet",
    "Rafi": "Rafael",
    "Kit": "Christopher",
}
"""Forenames by which people are called, and those on their papers."""


def mail_name(draft: Draft, forename: str, surname: str) -> str:
    """A name to sign in with and to send mail to, which nobody else in the district has."""
    return draft.unlike(f"{forename}.{surname}".lower())


def born_between(draft: Draft, first: str, last: str) -> str:
    """A day from the first to the last."""
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    return (start + timedelta(draft.rng.randrange((end - start).days + 1))).isoformat()


NOTES = ("After 6 pm only", "Shared with grandmother", "Leave a message", "Text rather than ring")


def put_comms(draft: Draft, record: type[Record], school: str, who: str, facts: dict[str, Any]) -> None:
    """Add the ways to reach a person: the main ones among the facts, and now and then one more."""
    ways = (
        ("T", "H", facts.get("home_phone")),
        ("M", "M", facts.get("mobile_phone")),
        ("T", "W", facts.get("work_phone")),
        ("E", "H", facts.get("home_email")),
        ("E", "W", facts.get("work_email")),
    )
    rows = [(kind, location, 1, value) for kind, location, value in ways if value]
    spare = facts.get("spare_phone")
    if spare:
        rows.append(("M", "M", 0, spare))
    for priority, (kind, location, is_default, value) in enumerate(rows, 1):
        draft.put(
            record,
            school=school,
            who=who,
            comms_type=kind,
            location_code=location,
            priority=priority,
            is_default=is_default,
            value=value,
            notes=draft.pick(NOTES) if draft.chance(0.05) else None,
        )
