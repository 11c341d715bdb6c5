"""The single central record of an invented school: how its staff were checked before they came."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from ..model.workforce import StaffCheck
from .opened import Opened
from .staffroom import Member

LEADERS = ("Headteacher", "Deputy Headteacher", "Governor")


class Wanted(NamedTuple):
    """A kind of check: how many days before the start it was asked for, and how long it took."""

    code: str
    description: str
    level: str | None
    before: int
    took: int
    document: str = ""


DBS = Wanted("DBS", "DBS Check", "Enhanced Clearance with Barred List", 60, 21, "0017")
IDENTITY = Wanted("IDEN", "Identity Check", None, 50, 0, "55")
WORK = Wanted("RTW", "Right to Work in the UK", None, 50, 0, "55")
REFERENCES = Wanted("REF", "References", "Two received", 56, 14)
QUALIFIED = Wanted("QUAL", "Professional Qualifications", "Qualified Teacher Status", 48, 2)
PROHIBITION = Wanted("PROH", "Prohibition from Teaching", "No prohibition found", 48, 1)
OVERSEAS = Wanted("OVER", "Overseas Checks", "Certificate of good conduct seen", 58, 30)
SECTION_128 = Wanted("S128", "Prohibition from Management (Section 128)", "No direction found", 48, 1)
AMERICAN = (
    Wanted("FBI", "Fingerprint Background Check, State and National", "Cleared", 60, 20, "F9"),
    Wanted("I9", "Employment Eligibility Verification", None, 30, 1, "C"),
    REFERENCES,
)
LICENCE = Wanted("LIC", "Teaching Licence", "Level II", 48, 3, "L4")
YEARS = 3
"""A DBS check is asked for anew when it is so old."""


def put_checks(opened: Opened) -> None:
    """Add them."""
    rng = opened.chance_of("checks")
    for number, member in enumerate(opened.staff.members):
        start = member.start or opened.plan.this_year.first
        for order, asked in enumerate(_asked(opened, member)):
            requested = min(_weekday(start, -asked.before - rng.randrange(7)), opened.today)
            _put_check(opened, member, asked, requested, 20 * number + order)
            if asked.code == "DBS" and member.current:
                _renew(opened, member, requested, number)


def _asked(opened: Opened, member: Member) -> Iterator[Wanted]:
    teaches = member.post.kind == "teacher" or member.post.title == "Supply Teacher"
    if opened.plan.american:
        yield from AMERICAN
        if teaches:
            yield LICENCE
        return
    yield from (DBS, IDENTITY, WORK, REFERENCES)
    if teaches and member.post.when != "temporary":
        yield QUALIFIED
    if teaches:
        yield PROHIBITION
    if member.human.facts.get("birth_country_code") not in ("GBR", "GB", None):
        yield OVERSEAS
    if member.post.title in LEADERS:
        yield SECTION_128


def _renew(opened: Opened, member: Member, requested: str, number: int) -> None:
    """The latest of the checks that were asked for anew."""
    renewals = (int(opened.today[:4]) - int(requested[:4])) // YEARS
    for times in (renewals, renewals - 1):
        again = _weekday(f"{int(requested[:4]) + YEARS * times}{requested[4:].replace('-02-29', '-02-28')}", 0)
        if times > 0 and again <= opened.today:
            _put_check(opened, member, DBS, again, 20 * number + 19)
            return


def _put_check(opened: Opened, member: Member, asked: Wanted, requested: str, number: int) -> None:
    cleared = _weekday(requested, asked.took)
    serial = int(opened.plan.estab) % 10_000 * 10_000 + number
    lasts = asked.code == "DBS" and cleared <= opened.today
    opened.put(
        StaffCheck,
        staff=member.id,
        code=asked.code,
        description=asked.description,
        requested=requested,
        cleared=cleared if cleared <= opened.today else None,
        level=asked.level,
        expires=f"{int(cleared[:4]) + YEARS}{cleared[4:].replace('-02-29', '-02-28')}" if lasts else None,
        reference_no=f"{serial:08}",
        document_no=f"{asked.document}{serial:08}" if asked.document else None,
        authenticated_by=_by(opened, member) if cleared <= opened.today else None,
    )


def _by(opened: Opened, member: Member) -> str:
    head = "Principal" if opened.plan.american else "Headteacher"
    above = "Superintendent" if opened.plan.american else "Chair of Governors"
    return above if member.post.title == head else head


def _weekday(day: str, later: int) -> str:
    """So many days later, or on the Friday before when that is at a weekend."""
    found = date.fromisoformat(day) + timedelta(later)
    return (found - timedelta(max(0, found.weekday() - 4))).isoformat()
