"""Every Xporter endpoint of the invented secondary, asked as its document's reader would, and the widest questions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlencode

from rollbook import demo
from rollbook.api.resource import Endpoint, Only, Without
from rollbook.consent import Desk
from rollbook.dialects.xporter.catalogue import ENDPOINTS
from rollbook.fields import Day, Record
from rollbook.model.assessment import AssessmentResult
from rollbook.model.attendance import Mark
from rollbook.model.timetable import CoverStaff
from rollbook.store.sqlite import Store

from . import servers
from .client import Wire
from .looking import AT_SCHOOL, look
from .measuring import Turn, by_turns, plainly
from .reading import sockets_in
from .report import Line, time_text
from .schools import PARTY, Measured
from .servers import Server

AIM = 0.05
"""Seconds of server time that a default request may take."""

AIM_AFTER = 0.02
"""Seconds of server time that one of the longest may take just after a write."""

_spellings = count()


def spelled(path: str) -> str:
    """The same question in letters that nobody has used yet, so that no answer in memory is its."""
    number, word = next(_spellings), "httpstatuscodes"
    letters = "".join(c.upper() if number >> at & 1 else c for at, c in enumerate(word))
    return f"{path}{'&' if '?' in path else '?'}{letters}=true"


@dataclass(frozen=True)
class Asked:
    """A question, and what it is called."""

    what: str
    path: str


def default(school: Measured, endpoint: Endpoint) -> Asked:
    """What must be said to an endpoint and no more."""
    wanted = {n: v for n, v in endpoint.example.items() if _must(endpoint, n)}
    return Asked(endpoint.segment, _path(school, endpoint, wanted))


def _must(endpoint: Endpoint, name: str) -> bool:
    needed = {n for n, f in endpoint.filters.items() if f.required}
    return name in needed | {endpoint.filters[n].unless for n in needed} | {*endpoint.at_least}


def _path(school: Measured, endpoint: Endpoint, said: Mapping[str, str]) -> str:
    query = f"?{urlencode(said)}" if said else ""
    return f"/api/v1/School/{school.estab}/{endpoint.segment}{query}"


def widest(school: Measured, *, results: int) -> Iterator[Asked]:
    """The questions with the largest answers."""
    every = {n: "true" for n, o in ENDPOINTS["students"].options.items() if not _narrows(o.effects)}
    yield Asked("Students, with all options", _path(school, ENDPOINTS["students"], every))
    year = {"DateFrom": "2025-09-01", "DateTo": "2026-07-21", "includeLeavers": "true"}
    marks = _path(school, ENDPOINTS["attendancefordaterange"], year)
    yield Asked("AttendanceForDateRange, a year (100,011 rows of it)", marks)
    aspects = _path(school, ENDPOINTS["assessmentresults"], {"ResultSets": "bench"})
    yield Asked(f"AssessmentResults, {results:,} rows", aspects)
    yield Asked("TimetableModel, a year", _path(school, ENDPOINTS["timetablemodel"], {}))


def _narrows(effects: tuple[object, ...]) -> bool:
    return any(isinstance(e, Only | Without) for e in effects)


@dataclass(frozen=True)
class Written:
    """A fact that the default answer of an endpoint shows: of the first record for which something holds, by turns."""

    segment: str
    record: type[Record]
    fact: str
    where: str
    values: tuple[str, str] = ("one", "other")


def _marks(first: str, last: str) -> str:
    return f"kind = 'S' AND date BETWEEN {Day.number(first)} AND {Day.number(last)}"


ABSENT = ("I", "M")
WRITTEN = (
    Written("HistoricalAttendanceSummary", Mark, "mark", _marks("2026-03-02", "2026-03-06"), ABSENT),
    Written("AttendanceSummary", Mark, "mark", _marks("2026-11-02", "2026-11-06"), ABSENT),
    Written("AttStatsByWeek", Mark, "mark", _marks("2026-11-09", "2026-11-13"), ABSENT),
    Written("PriorAttainment", AssessmentResult, "result", "aspect IN (SELECT key FROM aspect WHERE prior = 1)"),
    Written("TimetableModel", CoverStaff, "mis_id", "key > 0"),
)
"""Of the endpoints that read most for an answer."""


def measure_endpoints(size: float, results: int, rounds: int) -> list[Line]:
    """The default request of every endpoint, then the widest questions, beside bare sockets."""
    with TemporaryDirectory() as place, ExitStack() as stack:
        school = make_secondary(Path(place, "data"), size, results)
        server = stack.enter_context(servers.rollbook(Path(place, "data")))
        wire = stack.enter_context(server.wire(servers.sign_in(server, school)))
        store = stack.enter_context(Store(Path(place, "data")))
        lines = [_defaults(server, wire, school, rounds), _after_writes(server, wire, school, store, rounds)]
        for number, asked in enumerate(widest(school, results=results)):
            lines.append(_beside_sockets(stack, Path(place, str(number)), server, wire, asked, rounds))
    return lines


def make_secondary(data: Path, size: float, results: int) -> Measured:
    """The invented secondary in a data directory, with so many results of one result set, open to one app."""
    with Store(data) as store:
        built = demo.build(store, size=size)
        secondary = built.schools[0]
        _add_results(store, secondary.district, secondary.id, results)
        desk = Desk(store)
        app, _ = desk.apps.add(PARTY)
        _, secret = desk.grants.authorise(app, secondary.estab, ["all"])
        ((students,),) = look(store, f"SELECT count(*) FROM student WHERE {AT_SCHOOL}", (secondary.id,))
    return Measured(secondary.estab, secondary.district, students, secret)


def _add_results(store: Store, district: int, school: str, results: int) -> None:
    """So many results of one result set of their own."""
    where = (district, school)
    students = look(store, f"SELECT id FROM student WHERE district = ? AND {AT_SCHOOL}", where)
    # Those of earlier key stages are another endpoint's.
    theirs = f"SELECT id FROM aspect WHERE district = ? AND {AT_SCHOOL} AND prior IS NOT 1"
    aspects = look(store, theirs, where)
    with store.write(district) as batch:
        (period,) = batch.add(
            AssessmentResult.result_set.target, [{"school": school, "mis_id": "bench", "name": "All"}]
        )
        facts = {"school": school, "result_set": period, "date": "2026-11-20", "result": "B", "numeric_value": 5.0}
        batch.add(
            AssessmentResult,
            (
                {**facts, "student": students[n % len(students)][0], "aspect": aspects[n // 7 % len(aspects)][0]}
                for n in range(results)
            ),
        )


def _server_time(server: Server, wire: Wire, path: str, times: int) -> float:
    wire.time(spelled(path))
    before = server.cpu()
    for _ in range(times):
        wire.time(spelled(path))
    return (server.cpu() - before) / times


def _defaults(server: Server, wire: Wire, school: Measured, times: int) -> Line:
    asked = [default(school, e) for e in ENDPOINTS.values() if e.segment != "TestError"]
    for one in asked:
        body = wire.json(spelled(one.path))
        if "ExceptionType" in body:
            raise AssertionError(f"{one.path}: {body['ExceptionMessage']}")
    taken = sorted(((_server_time(server, wire, one.path, times), one.what) for one in asked), reverse=True)
    for seconds, what in taken:
        print(f"{what:<36}{time_text(seconds):>12}", flush=True)
    over = [f"{what} {time_text(seconds)}" for seconds, what in taken if seconds > AIM]
    slowest = ", ".join(f"{what} {time_text(seconds)}" for seconds, what in taken[: max(3, len(over))])
    middle = taken[len(taken) // 2][0]
    return Line(
        f"Xporter, the default request of each of {len(asked)} endpoints, secondary of {school.students:,} (cold)",
        f"middle {time_text(middle)} of server time; slowest: {slowest}",
        aim=f"{time_text(AIM)} of server time each",
        met=not over,
    )


def _after_writes(server: Server, wire: Wire, school: Measured, store: Store, times: int) -> Line:
    taken = sorted(((_after(server, wire, school, store, one, times), one.segment) for one in WRITTEN), reverse=True)
    return Line(
        f"Xporter, the same of {len(taken)} that read most, just after a write that they show",
        ", ".join(f"{what} {time_text(seconds)}" for seconds, what in taken),
        aim=f"{time_text(AIM_AFTER)} of server time each",
        met=taken[0][0] <= AIM_AFTER,
    )


def _after(server: Server, wire: Wire, school: Measured, store: Store, one: Written, times: int) -> float:
    """Server time of an answer, each time after another process has changed a row of it."""
    path = default(school, ENDPOINTS[one.segment.lower()]).path
    ((where,),) = look(store, "SELECT id FROM school WHERE estab = ?", (school.estab,))
    rows = f'SELECT id FROM "{one.record.table}" WHERE {AT_SCHOOL} AND {one.where} LIMIT 1'
    ((identity,),) = look(store, rows, (where,))
    seconds, known = 0.0, wire.raw(path)
    for turn in range(2 + times):
        with store.write(school.district) as batch:
            batch.change(one.record, identity, {one.fact: one.values[turn % 2]})
        before = server.cpu()
        wire.time(path)
        # Rows are kept of what is asked for the second time.
        seconds += server.cpu() - before if turn > 1 else 0
    if wire.raw(path) == known:
        raise AssertionError(f"{path} does not show {one.record.__name__}.{one.fact}")
    return seconds / times


def _beside_sockets(stack: ExitStack, folder: Path, server: Server, wire: Wire, asked: Asked, rounds: int) -> Line:
    answer = wire.raw(asked.path)
    sockets = sockets_in(stack, folder, {asked.path: answer})
    found = by_turns(
        {"sockets": plainly(sockets, asked.path), "hub": lambda: wire.time(spelled(asked.path))},
        Turn(min(rounds, 3), {"sockets": 5, "hub": 2}),
    )
    seconds = _server_time(server, wire, asked.path, 2)
    own, bare = found["hub"].total, found["sockets"].total
    return Line(
        f"{asked.what}, {len(answer) / 1e6:.1f} MB (cold)",
        f"{time_text(own)} ({time_text(seconds)} of server time)",
        time_text(bare),
        to_sockets=bare / own,
    )
