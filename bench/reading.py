"""Reading a school measured: lists, one student, a large school, change sets."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter_ns
from typing import Any

from rollbook.model.people import Person
from rollbook.store.sqlite import Store

from . import servers
from .callers import PEER_TOKEN, Callers, make_callers
from .changing import KINDS, Kind, rows_to_change
from .changing import changing as changing_kind
from .client import Timing, Wire
from .filling import BEARER, Stamps, fill
from .looking import look
from .measuring import Ask, Turn, by_turns, plainly
from .report import Line, time_text
from .schools import Measured, make_schools
from .servers import MB, Server

EDFI, EDLINK, ROSTERING = "/edfi/data/v3/ed-fi", "/api/v2/graph/people", "/ims/oneroster/rostering/v1p2"
"""Where Rollbook's dialects of a district are."""

SELECTED = (
    "Id,ExternalId,XID,Forename,Surname,DisplayName,Gender,RegGroupId,RegGroup,YearGroupId,YearGroup,HouseGroup,"
    "WorkEmail,AdmissionNo,DateofBirth,UniqueLearnerNumber,LegalForename,LegalSurname,EntryDate,MiddleName,"
    "EnrolmentStatus,SENProvision,EAL,FirstLanguage,PostCode,FsmEligible,PupilPremium,UPN,NCYear,LastUpdated"
)
"""Thirty columns, such as a typical app asks for."""


@dataclass(frozen=True)
class Sizes:
    """How much is measured."""

    small: int = 1_000
    large: int = 100_000
    imported: int = 4_500
    written: int = 300
    """Documents in each round of Ed-Fi writes."""
    sent: int = 500
    """Cohorts that lightbeam sends, and as many places in them."""
    school: float = 1.0
    """How large the invented schools are, as a share of the usual."""
    results: int = 100_000
    """Results of one result set of the invented secondary."""
    rounds: int = 5
    repeat: int = 20
    days: int = 195
    """Days of school in the year of traffic that the ledger is asked about."""
    crowd: int = 100_000
    """Students of the roster that is imported while others read."""
    deep: int = 300_000
    """Documents of one resource that are paged through."""
    seconds: float = 10
    """How long readers are watched while something keeps the hub busy."""


@dataclass
class Field:
    """The schools, the servers that are compared, and connections to them."""

    folder: Path
    sizes: Sizes
    schools: list[Measured]
    callers: Callers
    hub: Server
    peer: Server
    tokens: dict[str, str] = field(default_factory=dict[str, str])

    @property
    def small(self) -> Measured:
        """The school of usual size."""
        return self.schools[0]

    @property
    def large(self) -> Measured:
        """The school as large as a district."""
        return self.schools[1]

    def asking(self, school: Measured) -> Wire:
        """A connection to Rollbook with a token of a school."""
        if school.estab not in self.tokens:
            self.tokens[school.estab] = servers.sign_in(self.hub, school)
        return self.hub.wire(self.tokens[school.estab])

    def asking_peer(self, school: Measured) -> Wire:
        """A connection to the typical server with a token of a school."""
        return self.peer.wire(f"Bearer {BEARER.format(estab=school.estab)}")

    def calling(self, dialect: str) -> Wire:
        """A connection to Rollbook in a dialect whose callers reach the small school's district."""
        return self.hub.wire(self.callers.headers[dialect])

    def calling_peer(self) -> Wire:
        """A connection to the typical server with the token of such a caller."""
        return self.peer.wire(f"Bearer {PEER_TOKEN}")


def hub_path(school: Measured, rest: str = "") -> str:
    """Rollbook's path of a school's students."""
    return f"/api/v1/School/{school.estab}/Students{rest}"


def peer_path(school: Measured, rest: str = "") -> str:
    """The typical server's path of a school's students."""
    return f"/schools/{school.estab}/students{rest}"


def open_field(stack: ExitStack, folder: Path, sizes: Sizes) -> Field:
    """Make the schools, start the servers over them."""
    data, database = folder / "data", folder / "typical.sqlite"
    schools = make_schools(data, (sizes.small, sizes.large))
    callers = make_callers(data, schools[0])
    with servers.rollbook(data) as hub:
        stamps = Stamps({s.estab: _student_stamps(hub, s) for s in schools}, list(_people_stamps(hub, callers)))
    fill(database, data / "records.sqlite", stamps, schools, callers)
    hub = stack.enter_context(servers.rollbook(data))
    peer = stack.enter_context(servers.module("bench.typical", str(database)))
    return Field(folder, sizes, schools, callers, hub, peer)


def _student_stamps(hub: Server, school: Measured) -> list[tuple[str, str, str]]:
    with hub.wire(servers.sign_in(hub, school)) as wire:
        rows = wire.json(hub_path(school, "?select=Id,LastUpdated,RowHash"))["Students"]
    return [(r["Id"], r["LastUpdated"], r["RowHash"]) for r in rows]


def _people_stamps(hub: Server, callers: Callers) -> Iterator[tuple[str, str, str, str]]:
    with hub.wire(callers.headers["edfi"]) as edfi, hub.wire(callers.headers["edlink"]) as edlink:
        pages = (edfi.json(f"{EDFI}/students?limit=500&offset={at}") for at in itertools.count(0, 500))
        students = [s for page in itertools.takewhile(bool, pages) for s in page]
        modified = {s["id"]: s["_lastModifiedDate"][:-1] for s in students}
        for person in edlink.json(f"{EDLINK}?$first=10000")["$data"]:
            identity: str = person["id"]
            made, touched = person["created_date"][:-1], person["updated_date"][:-1]
            yield identity, made, modified[identity.replace("-", "")], touched


def sockets_for(stack: ExitStack, field: Field, name: str, answers: dict[str, bytes]) -> Wire:
    """Bare sockets that send these answers."""
    return sockets_in(stack, field.folder / f"answers-{name}", answers)


def sockets_in(stack: ExitStack, folder: Path, answers: dict[str, bytes]) -> Wire:
    """Bare sockets that send these answers, which are kept in a folder that is made."""
    folder.mkdir()
    (folder / "paths.json").write_text(json.dumps([*answers]))
    for number, answer in enumerate(answers.values()):
        (folder / str(number)).write_bytes(answer)
    return stack.enter_context(stack.enter_context(servers.module("bench.sockets", str(folder))).wire())


def check_agreement(field: Field) -> int:
    """Raise unless both servers tell the same rows; gives how many were compared."""
    number = 0
    school = field.small
    with field.asking(school) as hub, field.asking_peer(school) as peer:
        ours = {r["Id"]: r for r in hub.json(hub_path(school))["Students"]}
        some = next(iter(ours))
        for mine, theirs in (("", ""), (f"?select={SELECTED}",) * 2, (f"/{some}", f"/{some}")):
            a = hub.json(hub_path(school, mine))["Students"]
            b = peer.json(peer_path(school, theirs))["Students"]
            if a != b or not a:
                raise AssertionError(f"the servers differ at {mine or 'the list'}: {_difference(a, b)}")
            number += len(a)
    return number


def _difference(a: list[dict[str, object]], b: list[dict[str, object]]) -> str:
    if len(a) != len(b):
        return f"{len(a)} rows and {len(b)}"
    for x, y in zip(a, b, strict=True):
        if x != y:
            return str({k: (x.get(k), y.get(k)) for k in {*x, *y} if x.get(k) != y.get(k)})
    return "the order of columns"


# ---- cold and warm


def after_a_write(wire: Wire, path: str, store: Store, school: Measured) -> Ask:
    """Ask when another process has just changed a fact that the answer shows, so that no kept answer is true."""
    change = changing(store, school)

    def ask() -> Timing:
        change()
        return wire.time(path)

    return ask


def changing(store: Store, school: Measured) -> Callable[[], None]:
    """Gives a student of a school another middle name."""
    ((human,),) = look(store, "SELECT id FROM person WHERE district = ? LIMIT 1", (school.district,))

    def change() -> None:
        with store.write(school.district) as batch:
            batch.change(Person, human, {"middle_name": f"Middle {perf_counter_ns()}"})

    return change


def in_turn(wire: Wire, paths: Iterable[str]) -> Ask:
    """Ask for another thing each time."""
    each = iter(itertools.cycle(list(paths)))
    return lambda: wire.time(next(each))


# ---- lists


def measure_lists(field: Field) -> list[Line]:
    """Students of the small school: every column, and thirty of them."""
    what = f"Students, {field.sizes.small:,} rows"
    return [
        *_list(field, "", f"{what}, every column", "list"),
        *_list(field, f"?select={SELECTED}", f"{what}, 30 columns", "selected"),
    ]


def _list(field: Field, query: str, what: str, name: str) -> list[Line]:
    school, sizes = field.small, field.sizes
    with ExitStack() as stack:
        hub, peer = stack.enter_context(field.asking(school)), stack.enter_context(field.asking_peer(school))
        store = stack.enter_context(Store(field.folder / "data"))
        path = hub_path(school, query)
        hub.raw(path)
        answer = hub.raw(path)
        sockets = sockets_for(stack, field, name, {path: answer})
        found = by_turns(
            {
                "sockets": plainly(sockets, path),
                "warm": plainly(hub, path),
                "cold": after_a_write(hub, path, store, school),
                "fastapi": plainly(peer, peer_path(school, query)),
            },
            Turn(sizes.rounds, {"sockets": sizes.repeat, "warm": sizes.repeat, "cold": sizes.repeat, "fastapi": 3}),
        )
    size = f", {found['warm'].size / 1e6:.1f} MB"
    return [
        compared(f"{what}{size}, cold", found, "cold", 0.35, 25),
        compared(f"{what}{size}, warm", found, "warm", 0.35, 25),
    ]


def compared(
    what: str, found: dict[str, Timing], which: str, to_sockets: float | None, to_fastapi: float | None
) -> Line:
    """A line from the times of the three servers."""
    own, sockets, fastapi = found[which].total, found["sockets"].total / found[which].total, found["fastapi"].total
    aims = [f"{to_sockets} of sockets"] if to_sockets else []
    aims += [f"{to_fastapi} times FastAPI"] if to_fastapi else []
    met = (not to_sockets or sockets >= to_sockets) and (not to_fastapi or fastapi / own >= to_fastapi)
    return Line(
        what,
        time_text(own),
        time_text(found["sockets"].total),
        time_text(fastapi),
        sockets,
        fastapi / own,
        ", ".join(aims),
        met if aims else None,
    )


# ---- one student


def measure_one(field: Field) -> list[Line]:
    """One student: another each time at both schools; just after a write, and the same again, at the small one."""
    small, large = _ids(field, field.small), _ids(field, field.large)
    return [
        _another(field, field.small, small),
        _another(field, field.large, large),
        *_same(field, small[0]),
    ]


def _ids(field: Field, school: Measured) -> list[str]:
    with field.asking(school) as hub:
        return [row["Id"] for row in hub.json(hub_path(school, "?select=Id"))["Students"]]


def _another(field: Field, school: Measured, ids: list[str]) -> Line:
    sizes = field.sizes
    with ExitStack() as stack:
        hub, peer = stack.enter_context(field.asking(school)), stack.enter_context(field.asking_peer(school))
        path = hub_path(school, f"/{ids[0]}")
        sockets = sockets_for(stack, field, f"one-{school.estab}", {path: hub.raw(path)})
        found = by_turns(
            {
                "sockets": plainly(sockets, path),
                "hub": in_turn(hub, (hub_path(school, f"/{i}") for i in ids[1:])),
                "fastapi": in_turn(peer, (peer_path(school, f"/{i}") for i in ids[1:])),
            },
            # Nobody is asked for twice, so that no answer is one that was kept.
            Turn(
                sizes.rounds, {"sockets": 100, "hub": min(100, (len(ids) - 2) // sizes.rounds), "fastapi": sizes.repeat}
            ),
        )
    return compared(f"One student of {school.students:,}, another each time (cold)", found, "hub", None, 25)


def _same(field: Field, identity: str) -> list[Line]:
    school, sizes = field.small, field.sizes
    with ExitStack() as stack:
        hub, peer = stack.enter_context(field.asking(school)), stack.enter_context(field.asking_peer(school))
        store = stack.enter_context(Store(field.folder / "data"))
        path = hub_path(school, f"/{identity}")
        sockets = sockets_for(stack, field, "one-again", {path: hub.raw(path)})
        found = by_turns(
            {
                "sockets": plainly(sockets, path),
                "warm": plainly(hub, path),
                "cold": after_a_write(hub, path, store, school),
                "fastapi": plainly(peer, peer_path(school, f"/{identity}")),
            },
            Turn(sizes.rounds, {"sockets": 100, "warm": 100, "cold": sizes.repeat, "fastapi": sizes.repeat}),
        )
    return [
        compared("One student, just after a write (cold)", found, "cold", None, 25),
        compared("One student, the same again (warm)", found, "warm", None, 25),
    ]


# ---- a large school


def measure_many(field: Field) -> list[Line]:
    """Students of the large school: first byte, all of it, memory."""
    school = field.large
    path, theirs = hub_path(school), f"/schools/{school.estab}/all-students"
    with ExitStack() as stack:
        # Freshly started servers, so that memory kept from earlier answers hides nothing.
        hub = stack.enter_context(servers.rollbook(field.folder / "data"))
        peer = stack.enter_context(servers.module("bench.typical", str(field.folder / "typical.sqlite")))
        wire = stack.enter_context(hub.wire(servers.sign_in(hub, school)))
        asking = stack.enter_context(peer.wire(f"Bearer {BEARER.format(estab=school.estab)}"))
        store = stack.enter_context(Store(field.folder / "data"))
        wire.time(hub_path(school, "?pagesize=2"))
        asking.time(peer_path(school, "/1"))
        with servers.memory_of(hub) as ours:
            wire.time(path)
        with servers.memory_of(peer) as streamed:
            first = asking.time(theirs)
        with servers.memory_of(hub) as again:
            wire.time(path)
        sockets = sockets_for(stack, field, "many", {path: wire.raw(path)})
        found = by_turns(
            {"sockets": plainly(sockets, path), "hub": after_a_write(wire, path, store, school)},
            Turn(5, {"sockets": 3, "hub": 1}),
        )
        with servers.memory_of(peer) as listed:
            whole = asking.time(peer_path(school))
    what = f"Students, {field.sizes.large:,} rows, every column, {found['hub'].size / 1e6:.0f} MB"
    found["fastapi"] = first
    now = found["hub"].first
    return [
        Line(
            f"{what}: first byte",
            time_text(now),
            time_text(found["sockets"].first),
            f"{time_text(first.first)} streamed, {time_text(whole.first)} as a list",
            found["sockets"].first / now,
            first.first / now,
            "10 ms",
            now <= 0.010,
        ),
        compared(f"{what}: all of it", found, "hub", None, None),
        Line(
            f"{what}: extra memory, pages of the database included",
            f"{ours.resident / MB:.0f} MB",
            "",
            f"{streamed.resident / MB:.0f} MB streamed, {listed.resident / MB:.0f} MB as a list",
            aim="64 MB",
            met=ours.resident <= 64 * MB,
        ),
        Line(
            f"{what}: extra memory, its own",
            f"{ours.own / MB:.0f} MB; next answer {again.own / MB:.0f} MB",
            "",
            f"{streamed.own / MB:.0f} MB streamed, {listed.own / MB:.0f} MB as a list",
            aim="64 MB",
            met=ours.own <= 64 * MB,
        ),
    ]


# ---- change sets


def measure_changes(field: Field) -> list[Line]:
    """`changedRows` with nothing changed at both schools, and with one row of the large one changed."""
    return [*(_unchanged(field, s) for s in field.schools), _one_changed(field)]


def _change_set(wire: Wire, school: Measured, value: str) -> str:
    return _next(wire.json(hub_path(school, f"?changedRows={value}")))


def _unchanged(field: Field, school: Measured) -> Line:
    sizes = field.sizes
    with field.asking(school) as hub, field.asking_peer(school) as peer, field.hub.wire() as nothing:
        value = _change_set(hub, school, "*")
        path = hub_path(school, f"?changedRows={value}")
        if hub.json(path)["Students"]:
            raise AssertionError("something has changed")
        found = by_turns(
            {
                "trivial": plainly(nothing, "/"),
                "hub": plainly(hub, path),
                "fastapi": plainly(peer, peer_path(school, "?updated_since=2999-01-01")),
            },
            Turn(sizes.rounds, {"trivial": sizes.repeat * 5, "hub": sizes.repeat * 5, "fastapi": sizes.repeat}),
        )
        server = _server_time(field.hub, lambda: hub.time(path), sizes.repeat * 10)
    return Line(
        f"changedRows, nothing changed, school of {school.students:,}",
        f"{time_text(server)} of server time, {time_text(found['hub'].total)} there and back"
        f" (a page of text: {time_text(found['trivial'].total)})",
        "",
        f"{time_text(found['fastapi'].total)} (updated_since, indexed)",
        None,
        found["fastapi"].total / found["hub"].total,
        "1 ms of server time",
        server < 0.001,
    )


def _server_time(server: Server, ask: Callable[[], object], times: int) -> float:
    """Seconds that the server is on a processor for one request, everything included."""
    before = server.cpu()
    for _ in range(times):
        ask()
    return (server.cpu() - before) / times


def _one_changed(field: Field) -> Line:
    """One row of the large school changed, of each kind that a list is made of; the slowest is what is reported."""
    school = field.large
    with ExitStack() as stack:
        hub, peer = stack.enter_context(field.asking(school)), stack.enter_context(field.asking_peer(school))
        store = stack.enter_context(Store(field.folder / "data"))
        rows = rows_to_change(store, school)
        newest = peer.json(peer_path(school, "/1"))["Students"][0]["LastUpdated"]
        askers = {kind.name: _after(hub, store, school, kind, rows[kind.record]) for kind in KINDS}
        indexed = plainly(peer, peer_path(school, f"?updated_since={newest}&select=Id"))
        found = by_turns({**askers, "fastapi": indexed}, Turn(3, {"fastapi": 3}))
    slowest = sorted(askers, key=lambda name: found[name].total, reverse=True)
    told = ", ".join(f"{name} {time_text(found[name].total)}" for name in slowest[1:3])
    return Line(
        f"changedRows, one row of {school.students:,} changed, slowest of {len(KINDS)} facts",
        f"{time_text(found[slowest[0]].total)} ({slowest[0]}; then {told})",
        "",
        f"{time_text(found['fastapi'].total)} (updated_since, indexed)",
        None,
        found["fastapi"].total / found[slowest[0]].total,
    )


def _after(hub: Wire, store: Store, school: Measured, kind: Kind, identity: str) -> Ask:
    """Ask what has changed when one row just has."""
    path, change = f"/api/v1/School/{school.estab}/{kind.asked}", changing_kind(store, school, kind, identity)
    join = "" if path.endswith("?") else "&"
    value = _next(hub.json(f"{path}{join}changedRows=*"))

    def ask() -> Timing:
        nonlocal value
        # What others have changed since is left out.
        value = _next(hub.json(f"{path}{join}changedRows={value}"))
        change()
        asked = f"{path}{join}changedRows={value}"
        found, answer = hub.time(asked), hub.json(asked)
        if not any(rows for name, rows in answer.items() if not name.startswith("__") and name != "meta"):
            raise AssertionError(f"nothing has changed: {kind.name}")
        return found

    return ask


def _next(answer: Mapping[str, Any]) -> str:
    return answer["__changedRows__"][0]["NextChangedRows"]
