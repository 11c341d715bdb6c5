"""Reading in the dialects of a district measured: a list in each, and one student; just after a write, and again."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from time import perf_counter_ns
from typing import Any
from urllib.parse import quote

from rollbook.model.research import HUB, ResearchSubject
from rollbook.store.sqlite import Store

from .client import Timing, Wire
from .looking import look
from .measuring import Ask, Turn, by_turns, plainly
from .reading import EDFI, EDLINK, ROSTERING, Field, changing, compared, sockets_for
from .report import Line

Change = Callable[[], None]


@dataclass(frozen=True)
class Read:
    """One read: what it is called, where both servers answer it, and what of an answer both must tell alike."""

    what: str
    dialect: str
    path: str
    theirs: str
    rows: Callable[[Any], list[dict[str, Any]]]
    apart: tuple[str, ...] = ()
    """Members that each server makes up for itself."""
    change: Callable[[Store, Field], Change] = lambda store, field: changing(store, field.small)
    repeat: int = 1
    """How many times as often as a list it is asked."""


def reads(field: Field) -> dict[str, list[Read]]:
    """What is measured, by dialect."""
    number = field.sizes.small
    with field.calling("edfi") as wire:
        some = wire.json(f"{EDFI}/students?limit=1")[0]["id"]
    with field.calling("oneroster") as wire:
        (school,) = [o["sourcedId"] for o in wire.json(f"{ROSTERING}/orgs")["orgs"] if o["type"] == "school"]
    students = f"{ROSTERING}/schools/{school}/students?limit={number}"
    own = ("_etag",)
    return {
        "edfi": [
            Read(
                f"Ed-Fi students, {min(number, 500):,} documents",
                "edfi",
                f"{EDFI}/students?limit=500",
                f"{EDFI}/students?limit=500",
                list,
                own,
            ),
            Read(
                "Ed-Fi, one student",
                "edfi",
                f"{EDFI}/students/{some}",
                f"{EDFI}/students/{some}",
                _alone,
                own,
                repeat=5,
            ),
        ],
        "edlink": [
            Read(
                f"Edlink people, {number:,}",
                "edlink",
                f"{EDLINK}?$first={number}",
                f"/edlink/people?first={number}",
                lambda answer: answer["$data"],
            )
        ],
        "oneroster": [
            Read(
                f"OneRoster users, {number:,} of a school",
                "oneroster",
                students,
                students,
                lambda answer: answer["users"],
                ("dateLastModified",),
            )
        ],
        "research": [
            Read(
                "Research cohorts, 100 at most, with their subjects",
                "research",
                f"/api/private/stem/cohort/?limit=100&{quote('include[]')}=subjects.*",
                "/research/cohorts?limit=100",
                _alone,
                change=lambda store, _: _changing_subject(store),
            )
        ],
    }


def _alone(answer: dict[str, Any]) -> list[dict[str, Any]]:
    return [answer]


def _changing_subject(store: Store) -> Change:
    """Gives a subject another genetic line."""
    ((subject,),) = look(store, "SELECT id FROM research_subject ORDER BY name LIMIT 1")

    def change() -> None:
        with store.write(HUB) as batch:
            batch.change(ResearchSubject, subject, {"genetic_line": f"Line {perf_counter_ns()}"})

    return change


# ---- agreement


def check_dialects(field: Field) -> int:
    """Raise unless both servers tell the same in every dialect; gives how many things were compared."""
    number = 0
    for read in (read for some in reads(field).values() for read in some):
        with field.calling(read.dialect) as hub, field.calling_peer() as peer:
            ours, theirs = (list(_bare(read, w.json(p))) for w, p in ((hub, read.path), (peer, read.theirs)))
        if ours != theirs or not ours:
            raise AssertionError(f"the servers differ at {read.what}: {_difference(ours, theirs)}")
        number += len(ours)
    return number


def _bare(read: Read, answer: Any) -> Iterable[dict[str, Any]]:
    return ({k: v for k, v in row.items() if k not in read.apart} for row in read.rows(answer))


def _difference(ours: list[dict[str, Any]], theirs: list[dict[str, Any]]) -> str:
    if len(ours) != len(theirs):
        return f"{len(ours)} and {len(theirs)}"
    a, b = next((a, b) for a, b in zip(ours, theirs, strict=True) if a != b)
    return str({k: (a.get(k), b.get(k)) for k in {*a, *b} if a.get(k) != b.get(k)})[:2000]


# ---- measuring


def measure_edfi(field: Field) -> list[Line]:
    """Ed-Fi students, and one."""
    return [line for read in reads(field)["edfi"] for line in _measure(field, read)]


def measure_edlink(field: Field) -> list[Line]:
    """Edlink people."""
    return [line for read in reads(field)["edlink"] for line in _measure(field, read)]


def measure_oneroster(field: Field) -> list[Line]:
    """OneRoster users of a school."""
    return [line for read in reads(field)["oneroster"] for line in _measure(field, read)]


def measure_research(field: Field) -> list[Line]:
    """Research cohorts with their subjects."""
    return [line for read in reads(field)["research"] for line in _measure(field, read)]


def _measure(field: Field, read: Read) -> list[Line]:
    sizes = field.sizes
    with ExitStack() as stack:
        hub, peer = stack.enter_context(field.calling(read.dialect)), stack.enter_context(field.calling_peer())
        store = stack.enter_context(Store(field.folder / "data"))
        change = read.change(store, field)
        hub.raw(read.path)
        sockets = sockets_for(stack, field, f"{read.dialect}-{read.repeat}", {read.path: hub.raw(read.path)})
        often = sizes.repeat * read.repeat
        found = by_turns(
            {
                "sockets": plainly(sockets, read.path),
                "warm": plainly(hub, read.path),
                "cold": _after(change, hub, read.path),
                "fastapi": plainly(peer, read.theirs),
            },
            Turn(sizes.rounds, {"sockets": often, "warm": often, "cold": sizes.repeat, "fastapi": 3 * read.repeat}),
        )
    size = found["warm"].size
    what = f"{read.what}, {size / 1e6:.1f} MB" if size > 10_000 else read.what
    return [
        compared(f"{what}, just after a write (cold)", found, "cold", None, None),
        compared(f"{what}, the same again (warm)", found, "warm", None, None),
    ]


def _after(change: Change, wire: Wire, path: str) -> Ask:
    def ask() -> Timing:
        change()
        return wire.time(path)

    return ask
