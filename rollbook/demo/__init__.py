"""Invented schools, the same for everyone: the documents, the tests, the console and try-outs use them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from typing import Any

from ..errors import Malformed
from ..model.attendance import Mark
from ..store.numbering import now
from ..store.port import Store
from ..store.writing import Batch
from .assessment import put_assessment
from .calendars import put_calendar
from .classes import open_groups
from .conduct import put_conduct
from .draft import Draft
from .entitlements import put_entitlements
from .exams import put_exams
from .families import settle
from .further import trusts
from .gradebooks import put_gradebooks
from .handouts import put_handed_in
from .histories import put_histories
from .media import put_media
from .named import put_source
from .opened import Opened
from .papers import put_papers
from .positions import put_positions
from .profiles import put_profiles
from .pupils import Office
from .register import Registers
from .schools import Trust, district_facts, put_bodies, put_school
from .sharing import put_shared
from .staffroom import staff_school
from .support import put_support
from .timetable import put_timetable
from .welfare import put_welfare
from .whole import put_whole
from .workforce import put_workforce
from .years import UK_THIS

__all__ = ["DEFAULT_TODAY", "FEWEST", "MOST", "Calendar", "Demo", "DemoSchool", "build"]

DEFAULT_TODAY = date(2026, 11, 20)
"""A Friday in the autumn term: the day on which the clock of the invented schools stands still."""

FEWEST, MOST = 3, 300
"""How many schools a demo may have."""

AT_ONCE = 50_000
"""How many marks are made before they are written, so that few are held."""

OFFICES = (
    put_timetable,
    put_papers,
    put_entitlements,
    put_welfare,
    put_support,
    put_conduct,
    put_assessment,
    put_exams,
    put_histories,
    put_workforce,
    put_media,
)
"""What fills the rest of a school's records, in this order: each may build on those before it."""

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class DemoSchool:
    """An invented school: its district's number, hub id, establishment number and name."""

    district: int
    id: str
    estab: str
    name: str


@dataclass(frozen=True)
class Calendar:
    """The academic year of the invented schools, and Monday and Friday of the last week with marks."""

    year_from: str
    year_to: str
    week: tuple[str, str]


@dataclass(frozen=True)
class Demo:
    """What was built; dates are `yyyy-MM-dd`."""

    districts: tuple[int, ...]
    schools: tuple[DemoSchool, ...]
    calendar: Calendar
    today: str


def build(
    store: Store,
    today: date = DEFAULT_TODAY,
    *,
    progress: Progress | None = None,
    size: float = 1.0,
    schools: int = FEWEST,
) -> Demo:
    """Put the invented districts into a store and stop its clock at `today`; `size` 0.1 is a tenth.

    Three schools are told of in detail; further ones, as many as are asked for, are in trusts of their own.

    `progress` is told what was done, how many steps so far and of how many. Raises `Malformed` when `today`
    is not in the invented autumn term, and `Conflict` when the store holds one of the schools already.
    """
    wanted = trusts(schools)
    _check(store, today, wanted)
    step = _steps(progress, sum(1 + len(trust.plans) for trust in wanted))
    built = [_build_district(store, trust, today, size, step) for trust in wanted]
    store.set("today", today.isoformat())
    return Demo(
        districts=tuple(number for number, _ in built),
        schools=tuple(school for _, schools in built for school in schools),
        calendar=Calendar(UK_THIS.start, UK_THIS.end, _last_week(today)),
        today=today.isoformat(),
    )


def _check(store: Store, today: date, wanted: Iterable[Trust]) -> None:
    autumn = UK_THIS.terms[0]
    if not autumn.start <= today.isoformat() <= autumn.end:
        hint = f"choose a day from {autumn.start} to {autumn.end}"
        raise Malformed(f"the invented schools cannot stand still on {today}", hint=hint)
    for trust in wanted:
        for plan in trust.plans:
            store.kept.schools.free_estab(plan.estab, 0)


def _steps(progress: Progress | None, total: int) -> Callable[[str], None]:
    done = 0

    def step(what: str) -> None:
        nonlocal done
        done += 1
        if progress:
            progress(what, done, total)

    return step


def _last_week(today: date) -> tuple[str, str]:
    held = [d.date for d in UK_THIS.days() if d.date <= today.isoformat() and not d.closed]
    last = date.fromisoformat(held[-1])
    monday = last - timedelta(last.weekday())
    return monday.isoformat(), (monday + timedelta(4)).isoformat()


def _build_district(
    store: Store, trust: Trust, today: date, size: float, step: Callable[[str], None]
) -> tuple[int, list[DemoSchool]]:
    draft = Draft(trust.name)
    number = store.new_district(district_facts(draft, trust))
    with store.write(number) as batch:
        opened = fill(batch, draft, trust, today, size, step)
    return number, [DemoSchool(number, one.school, one.plan.estab, one.plan.name) for one in opened]


def fill(
    batch: Batch, draft: Draft, trust: Trust, today: date, size: float, step: Callable[[str], None] = lambda what: None
) -> list[Opened]:
    """Put all that an invented district holds beside its own record into a batch."""
    began = now()
    put_bodies(draft, trust)
    draft.begin(batch)
    opened = _open_schools(draft, trust, today, size)
    draft.write()
    step(trust.name)
    for one in opened:
        registers = Registers(one.groups, one.places, one.today)
        batch.add(Mark, registers.sessions())
        batch.add(Mark, registers.lessons(_last_week(today)[0]))
        for record, rows in one.streams:
            batch.add(record, rows)
        # A year of marks is much to make; one school of each district shows what it is like.
        if one.plan.kind == "secondary":
            for rows in _some_at_a_time(registers.last_year()):
                batch.add(Mark, rows)
        step(one.plan.name)
    # After all that the demo held before, so that it keeps its numbers.
    for put in (put_whole, put_handed_in, put_profiles, put_calendar):
        for one in opened:
            put(batch, one)
    put_source(batch, [one.school for one in opened], began)
    return opened


def _some_at_a_time(rows: Iterator[Mapping[str, Any]]) -> Iterator[list[Mapping[str, Any]]]:
    while some := list(islice(rows, AT_ONCE)):
        yield some


def _open_schools(draft: Draft, trust: Trust, today: date, size: float) -> list[Opened]:
    schools = [(plan, *put_school(draft, plan)) for plan in trust.plans]
    staffs = [staff_school(draft, plan, school) for plan, school, _ in schools]
    every = settle(draft, trust, today, size, [m for staff in staffs for m in staff.teachers()])
    opened: list[Opened] = []
    for (plan, school, sessions), staff in zip(schools, staffs, strict=True):
        places = [p for p in every if p.stay.plan is plan]
        groups = open_groups(draft, plan, school, staff, sessions, places)
        office = Office(draft, groups)
        for place in places:
            office.enrol(place)
        put_positions(draft, plan, school, staff)
        opened.append(Opened(draft, plan, school, groups, staff, places, today.isoformat()))
    put_shared(draft, trust, [(one.groups, one.places) for one in opened])
    for one in opened:
        for put in OFFICES:
            put(one)
    # After all that the demo held before, so that this keeps its ids.
    put_gradebooks(draft, opened)
    return opened
