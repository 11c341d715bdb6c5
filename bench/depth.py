"""Paging at depth measured: pages of very many documents by cursor, at the end beside the beginning."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from rollbook.dialects.edfi.reading import Cursor
from rollbook.model.groups import Group
from rollbook.model.students import StudentMembership
from rollbook.store.sqlite import Store

from . import servers
from .callers import make_callers
from .client import Wire
from .looking import AT_SCHOOL, look
from .reading import EDFI
from .report import Line, time_text
from .schools import Measured, make_schools
from .servers import Server

RESOURCE = "studentCohortAssociations"
PAGE = 500
PAGES = 5
"""How many pages are read in each round."""
AIM = 1.5
"""How many times as long as a page at the beginning one at the end may take."""

AT_ONCE, COHORT = 100_000, "DEEP"


def measure_depth(deep: int, rounds: int) -> list[Line]:
    """A page of so many documents of one resource in one district, another one each time."""
    with TemporaryDirectory() as place, ExitStack() as stack:
        data = Path(place, "data")
        (school,) = make_schools(data, [1_000])
        callers = make_callers(data, school)
        with Store(data) as store:
            _fill(store, school, deep)
            places = [_pages(store, school, at, rounds * PAGES) for at in (0, deep - (rounds * PAGES + 2) * PAGE)]
        hub = stack.enter_context(servers.rollbook(data))
        wire = stack.enter_context(hub.wire(callers.headers["edfi"]))
        begin, end = _by_turns(hub, wire, places, rounds)
    return [
        Line(
            f"Ed-Fi, {PAGE} of {deep:,} {RESOURCE} by cursor, at the end (cold)",
            f"{time_text(end)} of server time: {end / begin:.2f} times a page at the beginning ({time_text(begin)})",
            aim=f"{AIM} times",
            met=end <= AIM * begin,
        )
    ]


def _by_turns(hub: Server, wire: Wire, places: Sequence[list[str]], rounds: int) -> Iterator[float]:
    """The median over the rounds of the server's time for a page, of each of the places."""
    took: list[list[float]] = [[] for _ in places]
    for pages in places:
        wire.time(pages[-1])
    for first in range(0, rounds * PAGES, PAGES):
        for pages, found in zip(places, took, strict=True):
            before = hub.cpu()
            for page in pages[first : first + PAGES]:
                wire.time(page)
            found.append((hub.cpu() - before) / PAGES)
    return map(median, took)


def _fill(store: Store, school: Measured, deep: int) -> None:
    """Put the students of a school into one cohort, so many times."""
    ((here,),) = look(store, "SELECT id FROM school WHERE estab = ?", (school.estab,))
    students = [one for (one,) in look(store, f"SELECT id FROM student WHERE {AT_SCHOOL}", (here,))]
    with store.write(school.district) as batch:
        (cohort,) = batch.add(Group, [{"school": here, "kind": "Cohort", "code": COHORT, "name": "Deep"}])
    rows = itertools.islice(_places(here, cohort, students), deep)
    while some := list(itertools.islice(rows, AT_ONCE)):
        with store.write(school.district) as batch:
            batch.add(StudentMembership, some)


def _places(school: str, cohort: str, students: list[str]) -> Iterator[dict[str, Any]]:
    """Each student in a cohort from one day on, then each from the next day."""
    for day in itertools.count():
        start = f"{2000 + day // 336}-{day // 28 % 12 + 1:02}-{day % 28 + 1:02}"
        for student in students:
            yield {"school": school, "group": cohort, "student": student, "start": start}


def _pages(store: Store, school: Measured, at: int, number: int) -> list[str]:
    """The addresses of pages that follow one another from a place on, and of one more; none is asked for twice."""
    ids = look(
        store,
        'SELECT id FROM student_membership WHERE district = ? AND "group" = (SELECT key FROM "group" WHERE code = ?)'
        " ORDER BY id LIMIT ? OFFSET ?",
        (school.district, COHORT, (number + 1) * PAGE, at),
    )
    tokens = (Cursor(school.district, one).token() for (one,) in ids[::PAGE])
    return [f"{EDFI}/{RESOURCE}?pageToken={token}&pageSize={PAGE}" for token in tokens]
