"""The ledger of disclosures measured: what it costs each answer, and how long a year of it takes to ask."""

from __future__ import annotations

import random
import shutil
import time
import uuid
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import TypeVar

from rollbook.consent.disclosures import Disclosures
from rollbook.consent.ledger import Ledger, Told
from rollbook.consent.slips import People
from rollbook.store.ledger import ALWAYS
from rollbook.store.sqlite import Store

from . import servers
from .endpoints import make_secondary, spelled
from .report import Line, time_text
from .schools import Measured
from .servers import Server

FEW = "Id,Forename,Surname,UPN,RegGroup"
TYPICAL = (
    "Id,ExternalId,XID,Forename,Surname,DisplayName,Gender,RegGroupId,RegGroup,YearGroupId,YearGroup,HouseGroup,"
    "WorkEmail,AdmissionNo,DateofBirth,UniqueLearnerNumber,LegalForename,LegalSurname,EntryDate,MiddleName,"
    "EnrolmentStatus,SENProvision,EAL,FirstLanguage,PostCode,FsmEligible,PupilPremium,UPN,NCYear,LastUpdated"
)

Answer = TypeVar("Answer")

AIM = 1.05
"""How many times as much of a processor an answer may take with the ledger."""


@dataclass(frozen=True)
class Year:
    """A year of traffic: apps, days, and requests of each app a day, for each list and for single children."""

    apps: int = 20
    endpoints: int = 10
    days: int = 195
    lists: int = 48
    singles: int = 100
    people: int = 1_200


# ---- what an answer costs


def measure_ledger(size: float, rounds: int, year: Year) -> list[Line]:
    """Answers with and without the ledger, by turns; then a year of traffic, asked after one child."""
    with TemporaryDirectory() as place, ExitStack() as stack:
        with_it, without = Path(place, "with"), Path(place, "without")
        school = make_secondary(with_it, size, 0)
        shutil.copytree(with_it, without)
        noting = stack.enter_context(servers.rollbook(with_it))
        forgetful = stack.enter_context(servers.rollbook(without, "bench.without_ledger"))
        pair = Pair(stack, school, noting, forgetful, rounds)
        lines = [pair.line(what, path, kept=kept, times=times) for what, path, kept, times in questions(school)]
    return [*lines, *measure_year(year)]


def questions(school: Measured) -> list[tuple[str, str, bool, int]]:
    """What is asked, whether from memory, and how often in each round."""
    at = f"/api/v1/School/{school.estab}"
    term = "DateFrom=2026-09-01&DateTo=2026-11-20"
    return [
        ("one student, from memory", f"{at}/Students?id=9919", True, 30),
        ("all students, 30 columns, from memory", f"{at}/Students?select={TYPICAL}", True, 20),
        ("all students, every column, cold", f"{at}/Students", False, 10),
        ("all students, 30 columns, cold", f"{at}/Students?select={TYPICAL}", False, 20),
        ("all students, 5 columns, cold", f"{at}/Students?select={FEW}", False, 30),
        ("groups with the ids of all their members, cold", f"{at}/Groups", False, 12),
        ("attendance of a term, cold", f"{at}/AttendanceForDateRange?{term}", False, 3),
    ]


class Pair:
    """Two servers over the same records, one of which writes down what it tells."""

    def __init__(self, stack: ExitStack, school: Measured, noting: Server, forgetful: Server, rounds: int) -> None:
        self.servers = noting, forgetful
        self.wires = [stack.enter_context(s.wire(servers.sign_in(s, school))) for s in self.servers]
        self.rounds = rounds

    def line(self, what: str, path: str, *, kept: bool, times: int) -> Line:
        """How much more an answer takes of the server's processor, and how long its asker waits."""
        asked: Callable[[str], str] = str if kept else spelled
        batch = 20 if kept else 1
        for wire in self.wires:
            wire.raw(path)
        walls: list[list[float]] = [[], []]
        taken: list[list[float]] = [[], []]
        folded: list[float] = []
        for _ in range(self.rounds):
            for _ in range(times):
                for which, (server, wire) in enumerate(zip(self.servers, self.wires, strict=True)):
                    before = server.answering()
                    walls[which] += [wire.time(asked(path)).total for _ in range(batch)]
                    taken[which].append((server.answering() - before) / batch)
            folded.append(self._later() / times / batch)
        own, bare = map(quarter, walls)
        mine, less = map(quarter, taken)
        return Line(
            f"The ledger: {what}",
            f"{time_text(mine)} of the answering threads with it, {time_text(less)} without: {mine / less:.3f} times as"
            f" much ({time_text(own)} and {time_text(bare)} there and back;"
            f" {time_text(max(median(folded), 0))} later, to fold it)",
            aim=f"at most {AIM:.2f} times as much",
            met=mine / less <= AIM,
        )

    def _later(self) -> float:
        """Seconds that the worker is on a processor within the next second, beyond one that has nothing to fold."""
        before = [server.cpu() for server in self.servers]
        time.sleep(1.3)
        mine, less = (server.cpu() - then for server, then in zip(self.servers, before, strict=True))
        return mine - less


def quarter(times: list[float]) -> float:
    """The time that a quarter of them are below: other work of the machine shows least in it."""
    return quantiles(times, n=4)[0] if len(times) > 1 else times[0]


# ---- a year


def measure_year(year: Year) -> list[Line]:
    """How long it takes to be told who saw one child in a year, and how large the ledger is then."""
    with TemporaryDirectory() as place, Store(place) as store:
        child, number, seconds = fill_year(store, Path(place), year)
        ledger = Disclosures(store)
        often, lines = timed(lambda: ledger.often([child], ALWAYS))
        each, singles = timed(lambda: ledger.each([child], ALWAYS, 100))
        rare, _ = timed(lambda: store.ledger.log([store.ledger.whats()[0].number], take=100))
        size = sum(path.stat().st_size for path in Path(place).glob("ledger.sqlite*"))
    what = f"The ledger: a year of {number:,} answers ({year.apps} apps, {year.endpoints} endpoints)"
    told = sum(one.times for one in lines)
    return [
        Line(
            f"{what}, who saw one child of {year.people:,}",
            f"{time_text(often)} for {len(lines)} lines of {told:,} answers;"
            f" {time_text(each)} for the last {len(singles)} answers one by one",
            aim="1 s",
            met=often < 1 and each < 1,
        ),
        Line(
            f"{what}, kept",
            f"{size / 1e6:.0f} MB, {size / number:.0f} bytes an answer; written and folded at"
            f" {number / seconds:,.0f} answers a second; an app's last 100 requests in {time_text(rare)}",
        ),
    ]


def timed(ask: Callable[[], Answer]) -> tuple[float, Answer]:
    """The median time of five askings, and what was answered."""
    found: list[float] = []
    answer = ask()
    for _ in range(5):
        began = perf_counter()
        answer = ask()
        found.append(perf_counter() - began)
    return median(found), answer


def fill_year(store: Store, place: Path, year: Year) -> tuple[str, int, float]:
    """Write and fold a year of answers; gives one child's hub id, how many answers there are, and the seconds it took.

    Every half hour each app asks each endpoint: most for the whole school, in which one child in 200 changes every
    week, and some for those whom something was written of since, who are others each time. Beside that it looks up
    single children.
    """
    rng = random.Random("a year")
    everybody = [str(uuid.UUID(int=rng.getrandbits(128), version=4)) for _ in range(year.people * 2)]
    now = 1_756_710_000.0
    pen = Ledger(place, lambda: now)
    began, number = perf_counter(), 0
    apps = [str(uuid.UUID(int=rng.getrandbits(128), version=4)) for _ in range(year.apps)]
    whole: dict[tuple[str, int], tuple[Told, ...]] = {}
    school: list[str] = []

    def note(app: str, endpoint: int, people: list[str]) -> tuple[Told, ...]:
        slip = pen.slip()
        slip.dialect, slip.endpoint = "xporter", f"school.endpoint{endpoint}"
        slip.by(app, [f"grant of {app}"])
        slip.tell(frozenset({f"Student.fact{n}" for n in range(30)}), len(people), People((people,), ()))
        return pen.note(slip, kept=True)

    for day in range(year.days):
        if day % 5 == 0:
            gone = set(rng.sample(range(year.people), year.people // 200))
            school = [p for n, p in enumerate(everybody[: year.people]) if n not in gone or n == 0]
            whole.clear()
        for _ in range(year.lists):
            now += 1_800
            few = {n: rng.sample(school, 40) for n in range(year.endpoints - 3, year.endpoints)}
            for app in apps:
                for endpoint in range(year.endpoints):
                    number += 1
                    if endpoint in few:
                        note(app, endpoint, few[endpoint])
                    elif (app, endpoint) in whole:
                        pen.again(whole[app, endpoint])
                    else:
                        whole[app, endpoint] = note(app, endpoint, school)
        for app in apps:
            for child in rng.choices(school, k=year.singles):
                number += 1
                note(app, year.endpoints, [child])
        now += 24 * 3_600 - year.lists * 1_800
        store.ledger.fold()
    pen.close()
    store.ledger.fold()
    return everybody[0], number, perf_counter() - began
