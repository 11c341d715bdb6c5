"""Ed-Fi writes measured: cohorts and who is in them, through plain connections and through lightbeam."""

from __future__ import annotations

import itertools
import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any, cast

from . import lightbeam
from .callers import PEER_TOKEN
from .client import Wire
from .lightbeam import Document, Sender
from .reading import EDFI, Field
from .report import Line, time_text

WORDS = "uri://ed-fi.org"
MANY = 8
"""Connections, as lightbeam has."""

ROUNDS = 3
"""At most: a round of writes takes seconds."""

COHORTS, PLACES = "cohorts", "studentCohortAssociations"


class Mill:
    """Documents that nobody has written before."""

    def __init__(self, school: str, students: Sequence[str], name: str) -> None:
        self.school = int(school)
        self.students = students
        self.name = name
        self.numbers = itertools.count()
        self.places = self._places()

    def make(self, resource: str, number: int) -> list[Document]:
        """So many documents of a resource."""
        if resource == COHORTS:
            return [self.cohort(f"{self.name}-{next(self.numbers)}") for _ in range(number)]
        return list(itertools.islice(self.places, number))

    def cohort(self, identifier: str) -> Document:
        """A cohort."""
        return {
            "cohortIdentifier": identifier,
            "educationOrganizationReference": {"educationOrganizationId": self.school},
            "cohortTypeDescriptor": f"{WORDS}/CohortTypeDescriptor#Study Hall",
            "cohortScopeDescriptor": f"{WORDS}/CohortScopeDescriptor#School",
            "cohortDescription": f"Cohort {identifier} Description",
        }

    @property
    def one(self) -> str:
        """The cohort that all places are in."""
        return f"{self.name}-all"

    def _places(self) -> Iterator[Document]:
        """Each student in the cohort from one day, then each from another day."""
        for day in itertools.count():
            for student in self.students:
                yield {
                    "beginDate": f"{2000 + day // 336}-{day // 28 % 12 + 1:02}-{day % 28 + 1:02}",
                    "cohortReference": {"cohortIdentifier": self.one, "educationOrganizationId": self.school},
                    "studentReference": {"studentUniqueId": student},
                }


@dataclass(frozen=True)
class Side:
    """One of the servers that are written to: its connections, and lightbeam pointed at it."""

    name: str
    wires: list[Wire]
    mill: Mill
    sender: Sender
    cpu: Any

    def write(self, resource: str, number: int, connections: int) -> tuple[float, float]:
        """Rows per second through so many connections, and the seconds that the server was on a processor for a row."""
        bodies = [json.dumps(one).encode() for one in self.mill.make(resource, number)]
        before = self.cpu()
        rate = rate_of(self.wires[:connections], lambda wire, body: wire.post(f"{EDFI}/{resource}", body), bodies)
        return rate, (self.cpu() - before) / number

    def send(self, number: int) -> float:
        """Seconds that lightbeam takes to send so many cohorts, and as many places."""
        return self.sender.send({name: self.mill.make(name, number) for name in (COHORTS, PLACES)})


def rate_of(wires: Sequence[Wire], ask: Callable[[Wire, Any], object], what: Sequence[Any]) -> float:
    """How much of something is done in a second when it is shared out among connections."""

    def work(number: int) -> None:
        for one in what[number :: len(wires)]:
            ask(wires[number], one)

    began = perf_counter()
    with ThreadPoolExecutor(len(wires)) as pool:
        list(pool.map(work, range(len(wires))))
    return len(what) / (perf_counter() - began)


def _sides(stack: ExitStack, field: Field) -> tuple[Side, Side]:
    with field.calling("edfi") as wire:
        students = [s["studentUniqueId"] for s in wire.json(f"{EDFI}/students?limit=500")]
    callers, school = field.callers, field.small.estab

    def side(name: str, port: int, wires: list[Wire], key: str, secret: str, cpu: Any) -> Side:
        for wire in wires:
            stack.enter_context(wire)
        mill = Mill(school, students, name)
        sender = Sender(field.folder / f"lightbeam-{name}", f"http://127.0.0.1:{port}/edfi", key, secret)
        wires[0].post(f"{EDFI}/{COHORTS}", json.dumps(mill.cohort(mill.one)).encode())
        return Side(name, wires, mill, sender, cpu)

    hub, peer = field.hub, field.peer
    ours = [field.calling("edfi") for _ in range(MANY)]
    theirs = [field.calling_peer() for _ in range(MANY)]
    return (
        side("hub", hub.port, ours, callers.key, callers.secret, hub.cpu),
        side("peer", peer.port, theirs, "bench", PEER_TOKEN, peer.cpu),
    )


# ---- agreement


def check_writes(field: Field) -> int:
    """Raise unless both servers, told the same twice, tell the same; gives how many documents were compared."""
    told: list[list[Any]] = []
    with ExitStack() as stack:
        for side in _sides(stack, field):
            # One name for both sides, and the same student.
            mill = Mill(field.small.estab, side.mill.students, "agreed")
            for body in (mill.cohort(mill.one), *mill.make(PLACES, 2)) * 2:
                resource = COHORTS if "cohortTypeDescriptor" in body else PLACES
                side.wires[0].post(f"{EDFI}/{resource}", json.dumps(body).encode())
            told.append(
                [
                    sorted(map(_bare, side.wires[0].json(f"{EDFI}/{name}?cohortIdentifier={mill.one}")))
                    for name in (COHORTS, PLACES)
                ]
            )
    if told[0] != told[1] or [len(rows) for rows in told[0]] != [1, 2]:
        raise AssertionError(f"the servers differ in what was written: {told}")
    return 3


def _bare(document: Document) -> str:
    """A document without what each server makes up for itself, as a text that sorts."""

    def plain(value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        found = cast(dict[str, Any], value)
        own = ("id", "_etag", "_lastModifiedDate", "link")
        return {n: plain(v) for n, v in found.items() if n not in own and v is not None}

    return json.dumps(plain(document), sort_keys=True)


# ---- the limit


def bare_commits(folder: Path, number: int) -> float:
    """Commits per second of this disk: a row for each, on the disk before the next (WAL, synchronous FULL)."""
    with sqlite3.connect(folder / "commits.sqlite", isolation_level=None) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("CREATE TABLE IF NOT EXISTS row (id INTEGER PRIMARY KEY, body TEXT)")
        began = perf_counter()
        for _ in range(number):
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("INSERT INTO row (body) VALUES (?)", ("x" * 300,))
            connection.execute("COMMIT")
        took = perf_counter() - began
    connection.close()
    return number / took


# ---- measuring


def measure_writes(field: Field) -> list[Line]:
    """Rows per second of cohorts, and of students in them: 1 connection, 8, and lightbeam."""
    with ExitStack() as stack:
        hub, peer = _sides(stack, field)
        lines = [
            _plain(field, hub, peer, resource, connections)
            for resource in (COHORTS, PLACES)
            for connections in (1, MANY)
        ]
        return [*lines, _through_lightbeam(field, hub, peer)]


def _plain(field: Field, hub: Side, peer: Side, resource: str, connections: int) -> Line:
    number = field.sizes.written
    for side in (hub, peer):
        side.write(resource, connections, connections)
    ours, theirs, limit = zip(
        *(
            (
                hub.write(resource, number, connections),
                peer.write(resource, number, connections),
                bare_commits(field.folder, number),
            )
            for _ in range(min(field.sizes.rounds, ROUNDS))
        ),
        strict=True,
    )
    own, other = median(rate for rate, _ in ours), median(rate for rate, _ in theirs)
    server = median(cpu for _, cpu in ours)
    return _line(
        f"Ed-Fi writes, {resource}, {connections} plain connection{'s' if connections > 1 else ''}",
        (own, f"{own:,.0f} rows/s ({time_text(server)} of server time each)"),
        median(limit),
        (other, f"{other:,.0f} rows/s"),
    )


def _line(what: str, ours: tuple[float, str], limit: float, theirs: tuple[float, str]) -> Line:
    own, told = ours
    other, said = theirs
    return Line(what, told, f"{limit:,.0f} commits/s (bare SQLite)", said, own / limit, own / other)


def _through_lightbeam(field: Field, hub: Side, peer: Side) -> Line:
    number = field.sizes.sent
    what = f"Ed-Fi writes, {number:,} cohorts and {number:,} studentCohortAssociations, `lightbeam send`"
    if not lightbeam.installed():
        print(
            f"!!! lightbeam is not in {lightbeam.PLACE}: run `make clients`. Its writes are NOT measured.", flush=True
        )
        return Line(what, "not measured: lightbeam is not there (`make clients`)")
    starts, ours, theirs, limit = zip(
        *(
            (hub.send(1), hub.send(number), peer.send(number), bare_commits(field.folder, number))
            for _ in range(min(field.sizes.rounds, ROUNDS))
        ),
        strict=True,
    )
    own, other = 2 * number / median(ours), 2 * number / median(theirs)
    return _line(
        what,
        (own, f"{own:,.0f} rows/s ({time_text(median(ours))}, {time_text(median(starts))} of it to start)"),
        median(limit),
        (other, f"{other:,.0f} rows/s"),
    )
