"""Wires everything together; nobody imports it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from functools import partial
from typing import Any

from .api.aside import Aside
from .api.crossing import Crossing
from .api.http import Edge
from .api.openid import OpenID, providers
from .api.webhooks import Body, Fill, Webhooks
from .cli import run
from .cli.serving import spare, steady
from .connectors import CONNECTORS
from .connectors.records_csv import MIS_AGENT
from .consent import Desk
from .consent.agents import CONNECTOR as AGENT
from .consent.ledger import Folding, Ledger
from .consent.research import ResearchDesk
from .console import Console, Documentation, Front, Researching, Review, error_page
from .dialects.agent import AgentHub, Uploads
from .dialects.edfi import EdFi
from .dialects.edfi.looking import Looking
from .dialects.edlink import Edlink
from .dialects.oneroster import OneRoster
from .dialects.oneroster.exporting import packed
from .dialects.research import Research
from .dialects.xporter import DataChanged, DataReady, Xporter, look
from .dialects.xporter.writeback import Entering, Taking, tell
from .errors import Occupied
from .ingest import Renewal, Schedules
from .ingest.agents import Brought, ask_agent
from .ingest.delivering import Delivering, Due
from .ingest.forwarding import Forwarding
from .ingest.retaining import Keeping, keep_no_longer
from .jobs import Freshness, Job, Lane, Mail, Queue, Work, Worker, post_office
from .jobs.subscriptions import Noticing, Subscriptions, Watching
from .mis import Find, Handing, HubMis, Tasks, WriteBacks, mis_of
from .operation.logs import configure
from .operation.watching import ServerWatch
from .settings import DATA, DATABASE, JOBS, LOG, RATE_LIMIT, REPLICA, WRITE_WAIT
from .store.bell import AGENTS
from .store.opening import opened
from .store.port import Store

SOON = 0.05
"""Seconds for which a server lets others wait while somebody else writes."""

LANES = (
    Lane(frozenset({"webhook", "callback"}), threads=6),
    Lane(frozenset({"refresh", "reading", "sync"})),
    Lane(frozenset({"delivery"})),
    Lane(frozenset({"forward"})),
    Lane(frozenset({"mail"})),
    Lane(frozenset({"watch"})),
    Lane(frozenset({"retention"})),
    Lane(frozenset({"sandbox"})),
)
"""Slow receivers, long imports, deliveries, mail servers and comparisons of much hold up their own kind of job only."""


def application(store: Store, clock: Callable[[], float] = time.time, *, demo: Mapping[str, Any] | None = None) -> Edge:
    """The ASGI application over an open store; a worker runs beside it while it is served.

    `demo` are the credentials that a demo of invented people offers to whoever reads its reference.

    Raises `Stop` when the ledger of disclosures cannot be used: nothing is told that cannot be recorded.
    """
    patience = WRITE_WAIT.get()
    store.patience = patience
    desk, queue, folding = Desk(store, clock), Queue(store, clock), Folding()
    store.ledger.check()

    def dated(state: tuple[int, ...]) -> object:
        # An answer stays true while nothing is written; days begin at a full quarter of an hour, wherever a school is.
        return (*state, int(clock() // 900))

    def glance() -> object | None:
        state = desk.memory.glance()
        return None if state is None else dated(state)

    def stirred() -> object | None:
        rung = store.bell.rung((AGENTS,))
        return rung if store.bell.trusty else glance()

    writebacks = WriteBacks(store, tell)
    taking = Taking(desk, queue, writebacks, systems(desk, writebacks, SOON))
    fills = {name: c.fills for name, c in CONNECTORS.items()}
    xporter = Xporter(desk, Freshness(store, queue, clock), queue, taking, fills, post_office())
    worker = working(store, clock, folding) if JOBS.get() == "yes" else folding_only(store, clock, folding)
    handing = Handing(desk, Tasks(store, clock), writebacks)
    agents = AgentHub(desk, handing, brought(desk, queue, writebacks), Uploads(store.folder / "uploads"))
    research, watch = ResearchDesk(desk), ServerWatch(store, clock)
    dialects = [
        xporter,
        EdFi(desk),
        Edlink(desk),
        OneRoster(desk),
        Research(research),
        Researching(research),
        Review(desk),
        Console(desk, OpenID(providers(), clock), watch.looking.checks),
        Documentation(),
        agents,
    ]
    return Edge(
        dialects,
        state=lambda: dated(desk.memory.settle()),
        glance=glance,
        stirred=stirred,
        clock=clock,
        fallback=Front(demo),
        beside=worker,
        ledger=Ledger(store.folder, clock, folding),
        aside=Aside(patience=patience),
        shown=error_page,
        watch=watch,
        crossing=Crossing(desk),
    )


def working(store: Store, clock: Callable[[], float], folding: Folding) -> Worker:
    """What does the hub's jobs."""
    tick = partial(now_and_then, clock, Noticing(look), folding, (Schedules(clock), Due(clock), Keeping(clock)))
    return Worker(store.again, partial(works, clock, folding), clock, tick, LANES)


def folding_only(store: Store, clock: Callable[[], float], folding: Folding) -> Worker:
    """What a server without jobs does beside answering: its journals of disclosures go into the ledger."""
    return Worker(store.again, lambda _, __: {}, clock, lambda queue: folding.fold(queue.store))


def works(clock: Callable[[], float], folding: Folding, store: Store, queue: Queue) -> Mapping[str, Work]:
    """What does each kind of job."""
    seen, desk, writebacks = Freshness(store, queue, clock), Desk(store, clock), WriteBacks(store, tell)
    subscriptions = Subscriptions(queue, look)
    ledger = Ledger(store.folder, clock, folding)
    renewal = Renewal(store, CONNECTORS, clock, seen, {AGENT: ask_agent(desk, Tasks(store, clock), seen)})
    webhooks = Webhooks(desk, fillers(desk, seen), ledger, ended=subscriptions.unwanted)
    return {
        "refresh": renewal,
        "sync": renewal.scheduled,
        "reading": brought(desk, queue, writebacks),
        "watch": Watching(desk, subscriptions),
        "webhook": webhooks,
        # What was written down before webhooks had families.
        "callback": webhooks.earlier,
        "writeback": Entering(writebacks, systems(desk, writebacks)),
        "delivery": Delivering(store, partial(packed, desk, ledger)),
        "forward": Forwarding(store, CONNECTORS, Looking(desk)),
        "mail": Mail(desk, post_office()),
        "retention": keep_no_longer(store),
        "decide": lambda job: desk.planning.note(job.payload["grant"]),
        "sandbox": partial(make_sandbox, desk),
        "revoke": lambda job: desk.grants.note_ending(job.payload["grant"]),
    }


def make_sandbox(desk: Desk, job: Job) -> None:
    """Make a sandbox; what invents people is loaded for the first one that is asked for."""
    from .demo.sandbox import Making

    Making(desk)(job)


def fillers(desk: Desk, seen: Freshness) -> Mapping[str, Fill]:
    """What makes the bodies of those families of webhooks that are of the moment in which they are sent."""

    def authorisation(told: Mapping[str, Any]) -> Body | None:
        form = desk.grants.announcement(told)
        return None if form is None else Body(form=form)

    return {"data": DataReady(desk, seen), "database": DataChanged(desk, seen), "authorisation": authorisation}


def systems(desk: Desk, writebacks: WriteBacks, patience: float | None = None) -> Find:
    """Which system the write-backs of a school are handed to."""
    return mis_of(desk, Tasks(desk.store, desk.clock), writebacks, HubMis(desk, writebacks, patience))


def brought(desk: Desk, queue: Queue, writebacks: WriteBacks) -> Brought:
    """What takes in what school agents bring."""
    seen, tasks = Freshness(desk.store, queue, desk.clock), Tasks(desk.store, desk.clock)
    return Brought(desk, tasks, queue, seen, writebacks, MIS_AGENT)


def now_and_then(
    clock: Callable[[], float],
    notice: Noticing,
    folding: Folding,
    schedules: Iterable[Callable[[Queue], None]],
    queue: Queue,
) -> None:
    """What is looked at now and then: what goes into the ledger, renewal, the new day, whether anybody has written."""
    folding.fold(queue.store)
    Freshness(queue.store, queue, clock).renew_at_night()
    for schedule in schedules:
        schedule(queue)
    with suppress(Occupied):
        # Who is seen has followed the day by itself; who follows changes can be told of it a little later.
        Desk(queue.store, clock).people.follow_days()
    notice(queue)


def from_environment() -> Edge:
    """The ASGI application over the data that the environment names, for servers that are given a factory."""
    steady()
    configure(LOG.get())
    store = opened(DATA.get() or "data", DATABASE.get(), REPLICA.get())
    edge = application(store).limited(RATE_LIMIT.get())
    spare()
    return edge


def main() -> None:
    """The `rollbook` command, as scripts that were installed earlier start it; `__main__` starts sooner."""
    run(application)
