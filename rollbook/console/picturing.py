"""Pictures of a school: attendance, the roll over the year, who reads how much, and how far an app's view reaches."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from ..api.messages import Response
from ..consent.choosing import Search
from ..consent.filtering import KINDS
from ..consent.grants import Grant
from ..consent.pictured import Pictured
from ..consent.schools import Listed
from ..fields import RECORDS, Record
from ..scopes import CATALOGUE
from .drawing import Picture, bars, grid, steps
from .guests import Guest, Routes, nothing, school_path
from .premises import own_of, page_of, school_at
from .showing import shown_by

BEGINS = 9
"""The month in which a school year begins."""

LOWEST = 0.7
"""The attendance that is drawn lightest: what is below is as light, or nobody would tell the weeks apart."""


class Picturing:
    """The pages of pictures."""

    def __init__(self) -> None:
        at = "schools/{estab}/pictures"
        self.routes = Routes({at: self.home, f"{at}/{{party}}": self.footprint})

    def home(self, guest: Guest, part: dict[str, str]) -> Response:
        """Attendance by week and year group, the roll over the year, and requests by app."""
        school = school_at(guest, part["estab"])
        known, key = guest.desk.memory.known(), ("pictures", school.id, _today(guest, school))
        if key not in known:
            known[key] = (_attendance(guest, school), _roll(guest, school))
        return page_of(guest, school, "pictures.html", ((school_path(school.estab, "pictures"), "Pictures"),),
                       pictures=[*known[key], _requests(guest, school)], heading=f"{school.name} in pictures",
                       muted="What the records say as of today, and how much apps read. A table stands behind each.",
                       party="")  # fmt: skip

    def footprint(self, guest: Guest, part: dict[str, str]) -> Response:
        """How far an app's view reaches: scopes by people."""
        school = school_at(guest, part["estab"])
        grants = guest.desk.grants.all()
        found = [g for g in grants if g.school == school.id and g.app.relying_party == part["party"]]
        if not found:
            raise nothing()
        (grant,) = found
        crumbs = ((school_path(school.estab, "pictures"), "Pictures"), ("", grant.app.name))
        muted = "Each thing that it may read, and of how many of your people. A table stands behind it."
        return page_of(guest, school, "pictures.html", crumbs, pictures=[_reach(guest, grant)], muted=muted,
                       heading=f"What {grant.app.name} reaches", party=part["party"])  # fmt: skip


def _today(guest: Guest, school: Listed) -> date:
    return date.fromisoformat(guest.desk.memory.today(own_of(guest, school).time_zone))


def _year(today: date) -> date:
    return date(today.year - (today.month < BEGINS), BEGINS, 1)


def _attendance(guest: Guest, school: Listed) -> Picture:
    today = _today(guest, school)
    found = Pictured(guest.desk.store).attendance(school.district, school.id, _year(today), today)
    shares = [[found.share(year, week) for week in found.weeks] for year in found.years]
    told = [["no sessions" if share is None else f"{share:.1%}" for share in row] for row in shares]
    about = (
        f"The share of possible sessions that pupils attended, by year group and week since {_day(_year(today))}:"
        f" the stronger the colour, the more, from {LOWEST:.0%} or less to 100%."
    )
    weeks = [_day(week) for week in found.weeks]
    return grid("Attendance by week and year group", about, found.years, weeks, shares, told, lowest=LOWEST)


def _roll(guest: Guest, school: Listed) -> Picture:
    today = _today(guest, school)
    days = [*_weeks(_year(today), today), today]
    counts = Pictured(guest.desk.store).roll(school.district, school.id, days)
    rows = [(_day(day), number) for day, number in zip(days, counts, strict=True)]
    return steps("The roll over the year", "How many pupils were on roll, week by week.", rows, "Pupils on roll")


def _weeks(first: date, last: date) -> Iterator[date]:
    while first < last:
        yield first
        first += timedelta(days=7)


def _requests(guest: Guest, school: Listed) -> Picture:
    desk = guest.desk
    grants = [grant for grant in desk.grants.all() if grant.school == school.id]
    reads = desk.overview.reads([grant.id for grant in grants], desk.clock())
    found = [(grant.app.name, reads[grant.id].times if grant.id in reads else 0) for grant in grants]
    found.sort(key=lambda one: (-one[1], one[0].casefold()))
    return bars("Requests by app", "How often each app read in the last 30 days.", found, "Requests in 30 days")


def _reach(guest: Guest, grant: Grant) -> Picture:
    """Scopes by kinds of people: of how many the app would see today what the scope tells."""
    everyone = {kind: guest.desk.choosing.count(grant, kind, Search(leavers=True)) for kind in KINDS}
    seen = guest.desk.choosing.would_see(grant, {})
    held = [name for name in CATALOGUE if name in grant.scopes and not CATALOGUE[name].changes]
    told, shares = list[list[str]](), list[list[float | None]]()
    for name in held:
        about = kinds_of(name, grant.scopes)
        counts = [(len(seen[kind]), everyone[kind]) if kind in about else None for kind in KINDS]
        told.append(["nothing" if c is None else f"{c[0]:,} of {c[1]:,}" for c in counts])
        shares.append([None if c is None or not c[0] else c[0] / max(c[1], 1) for c in counts])
    about = f"What {grant.app.name} may read, by scope: the stronger the colour, the more of the school's people."
    return grid("Scopes by people", about, held, ["Students", "Staff", "Contacts"], shares, told)


def kinds_of(scope: str, held: frozenset[str]) -> frozenset[str]:
    """The kinds of people of whom a scope tells something, beside the others that are held."""
    return frozenset(
        kind
        for record in RECORDS.values()
        if not record.derived() and any(shown_by(scope, fact, held) for fact in record.fields.values())
        for kind in _people(record)
    )


def _people(record: type[Record]) -> Iterator[str]:
    if record.__name__ in KINDS:
        yield record.__name__
    for ref in record.refs().values():
        if ref.part_of and ref.target.__name__ in KINDS:
            yield ref.target.__name__


def _day(day: date) -> str:
    return f"{day:%d %b}".lstrip("0")
