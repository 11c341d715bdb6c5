"""Who wants to know when a database of a school has changed, and what each was last told.

What a grant sees of a database is told by a state that the dialect works out: texts by name, equal while the same is
seen. A change is a difference of two states, not an event, so none is lost, whatever is killed: what was last told is
kept in the transaction that writes the webhook down, and is compared again as soon as anybody has written anything.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from ..consent import Desk, Grant, Reader
from ..errors import Conflict, NotFound, Problem
from ..store.kept import Passed
from ..store.kept.subscriptions import State as State
from ..store.kept.subscriptions import Subscription as Subscription
from .queue import Job, Later, Queue

KIND = "watch"
"""The kind of the jobs that compare what is seen with what was told."""

QUIET = 5.0
"""Seconds in which the changes of a database are told by one webhook."""

REST = 20.0
"""After a comparison that took long the next one waits so many times as long, so that it takes a small share of a
processor however often the records change."""

LONGEST = 60.0
"""Seconds of rest at the most, so that a change is told soon, however long a school takes to be looked over."""

SOON = 2.0
"""Seconds until a webhook that is being sent has been sent."""

MOST = 50
"""Subscriptions of one grant."""

Look = Callable[[Reader, str, State, bool], State]
"""Works out the state of a database; digests of what was read from the same are taken from an earlier state.

Without the last argument nothing is read, and digests that are not known are left out.
"""


class Subscriptions:
    """The subscriptions of a data directory; each dies with its grant."""

    def __init__(self, queue: Queue, look: Look) -> None:
        self.queue = queue
        self.look = look

    def add(self, reader: Reader, database: str, url: str) -> Subscription:
        """Subscribe a grant; the same address and database again are the same subscription."""
        grant, now = reader.grant.id, self.queue.clock()
        seen = self.look(reader, database, {}, False)
        with self.queue.store.passing as passing:
            passing.subscriptions.watch(grant, database, seen)
            known = passing.subscriptions.of(grant)
            same = next((s for s in known if (s.database, s.url) == (database, url)), None)
            if same is not None:
                return same
            if len(known) >= MOST:
                raise Conflict(
                    f"the limit of {MOST} subscriptions is reached", hint="delete those that you do not need"
                )
            made = Subscription(str(uuid.uuid4()), grant, database, url, now)
            passing.subscriptions.add(made)
        self.queue.add(KIND, {"grant": grant, "database": database}, key=f"{grant}/{database}")
        return made

    def of(self, grant: str, database: str = "") -> list[Subscription]:
        """The subscriptions of a grant, oldest first; to one database, or to all."""
        return self.queue.store.passing.subscriptions.of(grant, database)

    def drop(self, grant: str, identity: str) -> None:
        """End a subscription of a grant, with what waits to be told by it."""
        with self.queue.store.passing as passing:
            if not passing.subscriptions.drop(grant, identity):
                raise NotFound(Problem("Id", f"{identity[:60]} is not a subscription", "list them with a GET"))
            passing.jobs.drop("webhook", identity)

    def end(self, grant: str) -> None:
        """End all subscriptions of a grant."""
        with self.queue.store.passing as passing:
            passing.subscriptions.end(grant)

    def unwanted(self, told: Mapping[str, Any]) -> None:
        """End the subscription that a webhook came of, if it came of one."""
        with suppress(NotFound):
            self.drop(told.get("grant") or "", told.get("subscription") or "")

    def watched(self) -> list[tuple[str, str]]:
        """Every grant (its id) and database to which somebody has subscribed."""
        return self.queue.store.passing.subscriptions.watched()

    def told(self, grant: str, database: str) -> State:
        """The state that was last told of, or that was there when somebody subscribed."""
        return self.queue.store.passing.subscriptions.told(grant, database)

    def tell(self, grant: Grant, database: str, state: State, *, changed: bool) -> bool:
        """Keep a state, and write a webhook down for each subscription if it is a change.

        False, and nothing is kept, while one of the webhooks that are to be replaced is being sent.
        """
        with self.queue.store.passing as passing:
            subscribed = passing.subscriptions.of(grant.id, database)
            if changed and any(passing.jobs.runs("webhook", s.id) for s in subscribed):
                return False
            passing.subscriptions.tell(grant.id, database, state)
            for one in subscribed if changed else ():
                self._supersede(passing, grant, one)
        return True

    def _supersede(self, passing: Passed, grant: Grant, one: Subscription) -> None:
        """Write a webhook down, in the place of one that still waits.

        One that was tried may have arrived although nobody said so. A receiver that knows its id would take the new one
        for a repeat, so the new one has an id of its own; the tries, and the time to wait, are those of the old one.
        """
        now = self.queue.clock()
        waiting = passing.jobs.waiting("webhook", one.id)
        if waiting is not None and waiting.tries == 0:
            return
        tries, due = (waiting.tries, waiting.due) if waiting is not None else (0, now)
        passing.jobs.drop("webhook", one.id)
        payload = {
            "app": grant.app.id,
            "grant": grant.id,
            "family": "database",
            "subscription": one.id,
            "database": one.database,
            "url": one.url,
            "query": {"estab": grant.estab, "DatabaseName": one.database},
        }
        passing.jobs.put(str(uuid.uuid4()), "webhook", one.id, payload, due=due, now=now, tries=tries)


class Watching:
    """Does the jobs that compare what a grant sees of a database with what it was last told."""

    def __init__(self, desk: Desk, subscriptions: Subscriptions) -> None:
        self.desk = desk
        self.subscriptions = subscriptions
        self._rests_until = 0.0

    def __call__(self, job: Job) -> None:
        """Do a `watch` job."""
        grant, database = self.desk.grants.by_id(job.payload["grant"]), job.payload["database"]
        if grant is None or grant.state == "revoked":
            self.subscriptions.end(job.payload["grant"])
            return
        if grant.state != "active" or not self.subscriptions.of(grant.id, database):
            # When the grant goes on, that is a change of the records as well.
            return
        if (rest := self._rests_until - time.monotonic()) > 0:
            raise Later(rest)
        began = time.monotonic()
        before = self.subscriptions.told(grant.id, database)
        now = self.subscriptions.look(self.desk.readers.for_grant(grant), database, before, True)
        ended = time.monotonic()
        self._rests_until = ended + min(REST * (ended - began), LONGEST)
        if now != before and not self.subscriptions.tell(grant, database, now, changed=differs(before, now)):
            raise Later(SOON)


def differs(before: State, now: State) -> bool:
    """Whether something else is seen: other endpoints, or of one of them other rows.

    Where the digest of before is not known, something has been written since, and it may be that.
    """
    seen = {segment: digest for segment, (_, *digest) in now.items()}
    known = {segment: digest for segment, (_, *digest) in before.items()}
    read = {segment: rest[0] for segment, rest in before.items()}
    same = (known[s] == d or (not known[s] and read[s] == now[s][0]) for s, d in seen.items() if s in known)
    return seen.keys() != known.keys() or not all(same)


@dataclass
class Noticing:
    """Notices that somebody has written, and has all that is watched compared: within a process, for its worker.

    What a process that was killed has noticed is noticed again by the next one, which begins with a comparison.
    """

    look: Look
    _store: object = None
    _version: int = -1
    _owed: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])

    def __call__(self, queue: Queue) -> None:
        """Write the comparisons down that are due, one for each grant and database."""
        version = queue.store.data_version()
        if (self._store, self._version) != (queue.store, version):
            self._store, self._version = queue.store, version
            self._owed.update(Subscriptions(queue, self.look).watched())
        for grant, database in tuple(self._owed):
            key = f"{grant}/{database}"
            # One that runs now may have read before the change: another one follows it.
            if not queue.runs(KIND, key):
                queue.add(KIND, {"grant": grant, "database": database}, key=key, due=queue.clock() + QUIET)
                self._owed.discard((grant, database))
