"""A school at the console: who may come in, who may decide there, and the pages that stand side by side."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..api.messages import Response
from ..consent import slips
from ..consent.choosing import Candidate, Search
from ..consent.disclosures import hub_ids
from ..consent.grants import App, Grant
from ..consent.schools import Listed
from ..consent.slips import asked_by, asks
from ..errors import NotHeld
from .guests import Guest, nothing, school_path

NOBODY = App("", "rollbook", "Rollbook")
"""The app of a grant that stands for the school itself, which looks for its own people."""

FOUND = 30
"""How many people one search shows."""

ROOMS: tuple[tuple[tuple[str, ...], str], ...] = (
    ((), "Apps"),
    (("children",), "Children"),
    (("sources",), "Sources"),
    (("matches",), "Matches"),
    (("pictures",), "Pictures"),
    (("history",), "History"),
    (("people",), "People"),
)
"""The pages of a school that stand side by side."""


def school_at(guest: Guest, estab: str) -> Listed:
    """A school that somebody may look at; another one looks as if it were not there."""
    found = next((s for s in guest.desk.schools.all() if s.estab == estab), None)
    if found is None or not guest.standing.sees(found.id):
        raise nothing()
    return found


def may_decide(guest: Guest, school: Listed) -> bool:
    """Whether somebody may decide for a school."""
    return guest.standing.operates or guest.standing.decides(school.id)


def decided_by(guest: Guest, estab: str) -> Listed:
    """A school for which somebody may decide; raises `NotHeld` for those who only look."""
    school = school_at(guest, estab)
    if not may_decide(guest, school):
        raise NotHeld("your account lets you look, and not decide", hint="ask a colleague who decides")
    return school


def page_of(
    guest: Guest,
    school: Listed,
    template: str,
    crumbs: tuple[tuple[str, str], ...] = (),
    *,
    status: int = 200,
    **facts: Any,
) -> Response:
    """A page of a school, beside its others."""
    home = (school_path(school.estab), school.name or school.estab)
    rooms = [(school_path(school.estab, *part), name) for part, name in ROOMS]
    known: dict[str, Any] = {"broad": True, "wrong": (), "school": school, "rooms": rooms}
    known |= {"may": may_decide(guest, school), "crumbs": (home, *crumbs), **facts}
    return guest.page(template, status, **known)


def own_of(guest: Guest, school: Listed) -> Grant:
    """What stands for the school itself, which sees all of its people."""
    return guest.desk.grants.for_nobody(NOBODY, school.estab)


def zone_at(guest: Guest, school: Listed) -> str:
    """The time zone of a school."""
    return own_of(guest, school).time_zone


def find(guest: Guest, school: Listed, search: Search, kind: str = "Student") -> list[Candidate]:
    """People of a school, children unless said otherwise, their names put down in the ledger as what was looked at."""
    own = own_of(guest, school)
    found = guest.desk.choosing.candidates(own, kind, search, FOUND)
    looked_at(guest, hub_ids(guest.desk.store, own, kind, [one.mis_id for one in found]))
    return found


def looked_at(guest: Guest, people: Iterable[str], at: str = "the school's page") -> None:
    """Put down in the ledger that somebody looks at people (hub ids)."""
    asks(at)
    asked_by("", (), guest.reader)
    slips.shows(*people)
