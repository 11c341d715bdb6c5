"""The same hub kept in PostgreSQL: the main reading rows again, beside the hub over files, in the same minute."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter_ns
from typing import Any

from rollbook.model.people import Person
from rollbook.store import journal
from rollbook.store.opening import opened
from rollbook.store.port import Store
from tests.databases import Databases
from tests.postgres import ABSENT, BIN, served

from . import servers
from .client import Timing, Wire
from .endpoints import make_secondary, spelled
from .looking import look
from .measuring import Ask, Turn, by_turns, plainly
from .reading import EDFI, EDLINK, Field, hub_path, in_turn
from .report import Line, time_text
from .schools import Measured
from .servers import Server
from .writing import COHORTS, MANY, Mill, rate_of

ATTENDANCE = "AttendanceForDateRange?DateFrom=2026-11-09&DateTo=2026-11-20"


@dataclass(frozen=True)
class Kept:
    """A hub in one of the two: its server, and its store, through which another process would write."""

    server: Server
    store: Store


@dataclass(frozen=True)
class Both:
    """The same hub over files and in PostgreSQL."""

    files: Kept
    postgres: Kept

    def line(self, what: str, asks: Callable[[Kept], Ask], rounds: int, times: int) -> Line:
        """One question, asked of both by turns."""
        found = by_turns(
            {"files": asks(self.files), "postgres": asks(self.postgres)},
            Turn(rounds, {"files": times, "postgres": times}),
        )
        ratio = found["files"].total / found["postgres"].total
        return Line(
            f"In PostgreSQL: {what}",
            f"{time_text(found['postgres'].total)}, {ratio:.2f} of the speed over files",
            f"{time_text(found['files'].total)} over files",
        )


def measure_postgres(field: Field) -> list[Line]:
    """Lists, one student, attendance, Edlink and Ed-Fi in PostgreSQL, each beside the same over files."""
    if BIN is None:
        print(f"{ABSENT}. Nothing in PostgreSQL is measured.", flush=True)
        return [Line("In PostgreSQL", "not measured: PostgreSQL is not installed")]
    with ExitStack() as stack:
        databases = Databases(stack.enter_context(served()))
        both = _both(stack, databases, field.folder / "data", field.folder / "postgres")
        lines = [*_students(stack, field, both), *_dialects(stack, field, both), *_at_once(stack, field, both)]
        return [*lines, _attendance(field, databases)]


def _both(stack: ExitStack, databases: Databases, data: Path, copied: Path) -> Both:
    """A hub over files, and one in PostgreSQL that holds the same."""
    # The copy's journals would go on from a ledger that is not copied.
    shutil.copytree(data, copied, ignore=shutil.ignore_patterns(journal.FOLDER))
    address = databases.of(copied)
    kept = [
        Kept(
            stack.enter_context(servers.rollbook(folder, database=database)),
            stack.enter_context(opened(folder, database)),
        )
        for folder, database in ((data, None), (copied, address))
    ]
    return Both(*kept)


def _students(stack: ExitStack, field: Field, both: Both) -> Iterator[Line]:
    """A list and one student, cold, warm and just after a write."""
    school, sizes = field.small, field.sizes
    asking = {id(kept): stack.enter_context(_signed_in(kept, school)) for kept in (both.files, both.postgres)}
    path, what = hub_path(school), f"Students, {sizes.small:,} rows, every column"
    ids = [row["Id"] for row in asking[id(both.files)].json(f"{path}?select=Id")["Students"]]
    others = [hub_path(school, f"/{one}") for one in ids[1:]]
    human = look(both.files.store, "SELECT id FROM person WHERE district = ? LIMIT 1", (school.district,))[0][0]

    def cold(at: str) -> Callable[[Kept], Ask]:
        return lambda kept: _after(_changing(kept.store, school, human), asking[id(kept)], at)

    yield both.line(f"{what}, cold", cold(path), sizes.rounds, sizes.repeat)
    yield both.line(f"{what}, warm", lambda kept: plainly(asking[id(kept)], path), sizes.rounds, sizes.repeat)
    few = min(100, (len(others) - 1) // sizes.rounds)
    yield both.line(
        "one student, another each time (cold)", lambda kept: in_turn(asking[id(kept)], others), sizes.rounds, few
    )
    yield both.line("one student, just after a write (cold)", cold(others[0]), sizes.rounds, sizes.repeat)


def _dialects(stack: ExitStack, field: Field, both: Both) -> Iterator[Line]:
    """A list of Ed-Fi and one of Edlink, just after a write."""
    sizes, school = field.sizes, field.small
    human = look(both.files.store, "SELECT id FROM person WHERE district = ? LIMIT 1", (school.district,))[0][0]
    number = sizes.small
    for dialect, what, path in (
        ("edfi", f"Ed-Fi students, {min(number, 500):,} documents", f"{EDFI}/students?limit=500"),
        ("edlink", f"Edlink people, {number:,}", f"{EDLINK}?$first={number}"),
    ):
        header = field.callers.headers[dialect]
        asking = {id(kept): stack.enter_context(kept.server.wire(header)) for kept in (both.files, both.postgres)}

        def ask(kept: Kept, path: str = path, asking: dict[int, Wire] = asking) -> Ask:
            return _after(_changing(kept.store, school, human), asking[id(kept)], path)

        yield both.line(f"{what}, just after a write (cold)", ask, sizes.rounds, sizes.repeat)


def _at_once(stack: ExitStack, field: Field, both: Both) -> Iterator[Line]:
    """One connection and eight: single students, whom nobody asked for before, and new cohorts."""
    school, sizes = field.small, field.sizes
    each = {
        id(one): [stack.enter_context(_signed_in(one, school)) for _ in range(MANY)]
        for one in (both.files, both.postgres)
    }
    edfi = {
        id(one): [stack.enter_context(one.server.wire(field.callers.headers["edfi"])) for _ in range(MANY)]
        for one in (both.files, both.postgres)
    }
    listed = each[id(both.files)][0].json(f"{hub_path(school)}?select=Id")["Students"]
    ids = [row["Id"] for row in listed]
    mill = Mill(school.estab, (), "postgres")
    for connections in (1, MANY):
        columns = "Id,Surname" if connections == 1 else "Id,Forename"
        asked = [hub_path(school, f"/{one}?select={columns}") for one in ids[: 20 * sizes.repeat]]
        yield _rates(
            f"one student, another each time, {connections} at once", each, both, connections, Wire.time, asked
        )
        bodies = [json.dumps(one).encode() for one in mill.make(COHORTS, sizes.written)]
        yield _rates(f"Ed-Fi writes, cohorts, {connections} at once", edfi, both, connections, _write, bodies)


def _write(wire: Wire, body: bytes) -> Timing:
    return wire.post(f"{EDFI}/{COHORTS}", body)


def _rates(
    what: str,
    wires: Mapping[int, Sequence[Wire]],
    both: Both,
    connections: int,
    ask: Callable[[Wire, Any], Timing],
    things: Sequence[Any],
) -> Line:
    """How many requests are answered in a second, of each of the two."""
    files, postgres = (rate_of(wires[id(one)][:connections], ask, things) for one in (both.files, both.postgres))
    return Line(
        f"In PostgreSQL: {what}",
        f"{postgres:,.0f} requests/s, {postgres / files:.2f} of those over files",
        f"{files:,.0f} requests/s over files",
    )


def _attendance(field: Field, databases: Databases) -> Line:
    """Two weeks of marks of the invented secondary, in letters that no answer in memory is of."""
    sizes = field.sizes
    with ExitStack() as stack:
        data = field.folder / "secondary"
        school = make_secondary(data, sizes.school, sizes.results)
        both = _both(stack, databases, data, field.folder / "secondary-in-postgres")
        path = f"/api/v1/School/{school.estab}/{ATTENDANCE}"

        def ask(kept: Kept) -> Ask:
            wire = stack.enter_context(_signed_in(kept, school))
            return lambda: wire.time(spelled(path))

        return both.line("AttendanceForDateRange, two weeks (cold)", ask, sizes.rounds, 3)


def _signed_in(kept: Kept, school: Measured) -> Wire:
    """A connection with a token of a school."""
    return kept.server.wire(servers.sign_in(kept.server, school))


def _changing(store: Store, school: Measured, human: str) -> Callable[[], None]:
    """Gives a student of a school another middle name."""

    def change() -> None:
        with store.write(school.district) as batch:
            batch.change(Person, human, {"middle_name": f"Middle {perf_counter_ns()}"})

    return change


def _after(change: Callable[[], None], wire: Wire, path: str) -> Ask:
    def ask() -> Timing:
        change()
        return wire.time(path)

    return ask
