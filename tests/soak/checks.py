"""What has to be true when everybody has stopped: calls, rosters, the ledger, and what the doctor finds."""

from __future__ import annotations

import re
from collections import Counter, defaultdict

from rollbook.consent import Desk
from rollbook.jobs.queue import LEASE
from rollbook.model.people import Person
from rollbook.model.students import Student
from rollbook.operation.doctor import examine
from rollbook.store.connection import connect
from rollbook.store.examining import ERROR
from rollbook.store.ledger import Once
from rollbook.store.opening import opened
from rollbook.store.port import Store

from . import research, xporter
from .client import Client, Field, expect
from .hooks import Hooks
from .importing import names
from .places import Place

LATE = 2 * LEASE + 240.0
"""Seconds within which a call is made again whose worker was killed, also where many others want the processors."""

NOTICED = 900.0
"""Seconds within which somebody is told of a change: after a comparison that took long the next one waits many times as
long, on purpose."""

MANY = 10_000_000


def calls(field: Field, clients: list[Client], hooks: Hooks) -> None:
    """Every call that was promised has come; what came again has come under its own id."""
    promised = {key for one in clients if isinstance(one, xporter.Reader | xporter.WriteBack) for key in one.promised}
    hooks.hear_until(lambda: promised <= hooks.done.keys(), LATE)
    if missing := promised - hooks.done.keys():
        field.fault("webhooks", f"{len(missing)} of {len(promised)} never came: {sorted(missing)[:5]}")
    for one in (one for one in clients if isinstance(one, xporter.WriteBack)):
        for key in sorted(one.written & hooks.done.keys()):
            if len(hooks.done[key]) != 1 or hooks.outcomes[key] != {"True"}:
                field.fault(one.name, f"{key} came as {hooks.done[key]}, {hooks.outcomes[key]}")


def changes(field: Field, clients: list[Client], hooks: Hooks, store: Store) -> None:
    """Who subscribed is told of a change at their school that happens after everything else."""
    subscribers = [one for one in clients if isinstance(one, xporter.Subscriber)]
    for one in subscribers:
        one.judged(one.step)
    hooks.hear()
    before, wanted = hooks.changed.copy(), {one.name for one in subscribers}
    for one in subscribers:
        _rename(store, one.estab)

    def told() -> bool:
        return wanted <= (hooks.changed - before).keys()

    if not hooks.hear_until(told, NOTICED):
        field.fault("webhooks", f"not told of the last change: {sorted(wanted - (hooks.changed - before).keys())}")


def _rename(store: Store, estab: str) -> None:
    """Give a student of a school another first name."""
    district, school, _ = Desk(store).schools.find(estab)
    with store.lend(district) as kept:
        every = kept.records.find(Student, district, {"school": school})
    student = next(one for one in every if one["leaving_date"] is None and one["enrolment_status"] in (None, "C"))
    with store.write(district) as batch:
        batch.change(Person, student["person"], {"forename": "Fernwhistle"})


def imported(place: Place, store: Store, district: int) -> tuple[int, int]:
    """The roster is the last one that was acknowledged, or one tried after it; gives how many were either."""
    tried, done = [1], [1]
    for said in place.said.glob("importer.*.out"):
        lines = re.findall(r"^(try|done) (\d+)$", said.read_text(), re.M)
        tried += [int(number) for what, number in lines if what == "try"]
        done += [int(number) for what, number in lines if what == "done"]
    last = max(done)
    allowed = {f"Version{number}" for number in tried if number >= last}
    found = names(store, district)
    expect(len(found) == 1 and found <= allowed, f"the roster is of {found}, and {allowed} was acknowledged or tried")
    return len(done), len(tried)


def ledger(place: Place, store: Store, clients: list[Client]) -> tuple[int, list[str]]:
    """Every answer that a client has received whole is on the ledger, none more often than it was asked for."""
    for folder in place.folders():
        with opened(folder, place.address) as its:
            its.ledger.fold()
    lines: dict[str, list[Once]] = defaultdict(list)
    apps = {app.id: app.relying_party for app in Desk(store).apps.all()}
    accounts = {one.account: one.name for one in clients if isinstance(one, research.Researcher)}
    every = store.ledger.log([what.number for what in store.ledger.whats()], take=MANY)
    for line in every:
        lines[apps.get(line.what.app) or accounts.get(line.what.reader, "")].append(line)
    return len(every), [fault for one in clients for fault in _missing(one, lines[one.name])]


NOT_ANSWERS = {"", "writeback", "subscribe", "subscriptions"}
"""What a client asks for that tells of nobody, or is told of otherwise."""


def _missing(client: Client, lines: list[Once]) -> list[str]:
    """What is on the ledger less often than it was received, or more often than it was asked for."""
    by_endpoint: dict[str, list[Once]] = defaultdict(list)
    for line in (one for one in lines if one.what.dialect == client.dialect):
        by_endpoint[line.what.endpoint].append(line)
    counts, found = client.counts, list[str]()
    for label in counts.tried.keys() - NOT_ANSWERS:
        kept, received, tried = by_endpoint[label], counts.received[label], counts.tried[label]
        # An answer has a line for each of the grants that it told under.
        whole = sum(not one.cut and one.status < 400 for one in kept)
        if not received <= whole or not at_least(kept) <= tried:
            said = f"{whole} lines are whole and at least {at_least(kept)} answers begun on the ledger"
            found.append(f"{client.name}: {label} was received {received} times of {tried} asked, {said}")
    return found


def at_least(lines: list[Once]) -> int:
    """How many answers some lines are at least: one answer has no two lines that say the same of who and what."""
    return max(Counter(line.what for line in lines).values(), default=0)


def sound(place: Place) -> list[str]:
    """What the doctor finds, and whether files are whole."""
    found = [f"{one.check}: {one.what}" for one in examine(place.data, place.address or None) if one.level == ERROR]
    said = {file.name: connect(file).execute("PRAGMA integrity_check").get for file in place.data.glob("*.sqlite")}
    return found + [f"{name}: {what}" for name, what in said.items() if what != "ok"]
