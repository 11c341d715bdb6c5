"""Deliveries: files that the hub itself brings to a server, on a schedule, for an app that may have what is in them.

Each is a job of the kind `delivery`: what is due is not lost when the hub stops, and is tried until it has arrived.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

import msgspec

from ..errors import Conflict, NotFound, Problem, nearest
from ..jobs import Job, Queue
from ..store.kept import Kept
from ..store.port import Store
from .places import Address, send
from .scheduling import PAUSE, Schedule
from .settings import opened

KIND = "delivery"
"""The kind of the jobs."""

DELIVERIES = "deliveries"
"""The setting of a hub that holds them."""


class Delivery(msgspec.Struct, frozen=True):
    """What is delivered to whom: `key` is the client id of the app that receives it, `address` a folder or a URL.

    `settings` are by name a text or what a secret is sealed in; `last` is when one was last begun by itself, in seconds
    since 1970.
    """

    name: str
    key: str
    version: str
    delta: bool
    address: str
    settings: dict[str, Any] = {}
    schedule: str = ""
    last: float | None = None

    def due(self, now: float) -> bool:
        """Whether one is to be begun at a moment."""
        schedule = Schedule.of(self.schedule)
        if not schedule.regular or not schedule.open(now):
            return False
        if self.last is None or (schedule.nightly and self.last < schedule.night(self.name, now)):
            return True
        return bool(schedule.minutes) and now >= schedule.again(self.name, self.last)


class Deliveries:
    """The deliveries of a hub, by name."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def all(self) -> list[Delivery]:
        """All of them, in the order of their names."""
        return _all(self._store.kept)

    def named(self, name: str) -> Delivery:
        """The one with a name. Raises `NotFound`."""
        found = {one.name: one for one in self.all()}
        if name not in found:
            raise NotFound(Problem("name", f"{name} is not a delivery", nearest(name, found)))
        return found[name]

    def add(self, delivery: Delivery) -> None:
        """Add one. Raises `Conflict` where the name is taken."""
        if any(one.name == delivery.name for one in self.all()):
            raise Conflict(Problem("name", f"there is a delivery {delivery.name} already", "choose another name"))
        self._put(delivery.name, delivery)

    def begun(self, delivery: Delivery, at: float) -> None:
        """One was begun at a moment."""
        self._put(delivery.name, msgspec.structs.replace(delivery, last=at))

    def drop(self, name: str) -> None:
        """End one."""
        self._put(self.named(name).name, None)

    def _put(self, name: str, delivery: Delivery | None) -> None:
        with self._store.transaction() as kept:
            every = {one.name: one for one in _all(kept) if one.name != name}
            every |= {name: delivery} if delivery else {}
            kept.settings.put(DELIVERIES, msgspec.json.encode([every[one] for one in sorted(every)]).decode())


def _all(kept: Kept) -> list[Delivery]:
    said = kept.settings.get(DELIVERIES)
    return msgspec.json.decode(said, type=list[Delivery]) if said else []


class Parcel(Protocol):
    """Files that were made for a delivery; `empty` where they say nothing that their receiver does not know."""

    @property
    def empty(self) -> bool: ...

    def arrived(self) -> None:
        """Remember that they are there."""
        ...


Pack = Callable[[Delivery, Path], Parcel]
"""Makes the files of a delivery as a ZIP at a path. Whom they tell of is on the ledger when they are there."""


class Delivering:
    """Does the jobs: makes the files, sends them, and remembers that they have arrived."""

    def __init__(self, store: Store, pack: Pack) -> None:
        self._store = store
        self._pack = pack

    def __call__(self, job: Job) -> None:
        """Do a `delivery` job; one that was ended meanwhile is done."""
        found = [one for one in Deliveries(self._store).all() if one.name == job.payload["delivery"]]
        for delivery in found:
            self._deliver(delivery, job)

    def _deliver(self, delivery: Delivery, job: Job) -> None:
        # In the hub's own directory, whose disk is chosen for what it holds.
        with tempfile.TemporaryDirectory(prefix="delivery-", dir=self._store.folder) as folder:
            path = Path(folder) / named(delivery, job.made)
            parcel = self._pack(delivery, path)
            if not parcel.empty:
                send(path, Address.of(delivery.address), path.name, opened(self._store, delivery.settings))
            parcel.arrived()


def named(delivery: Delivery, at: float) -> str:
    """What a file is called: alike but for the moment, so that whoever reads the folder can tell the newest."""
    return f"{delivery.name}-{datetime.fromtimestamp(at, UTC):%Y%m%d-%H%M%S}.zip"


class Due:
    """Has deliveries begun when it is time."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._looked = float("-inf")

    def __call__(self, queue: Queue) -> None:
        """Look at what is due, now and then."""
        now = self._clock()
        if now < self._looked + PAUSE:
            return
        self._looked = now
        deliveries = Deliveries(queue.store)
        for delivery in deliveries.all():
            if delivery.due(now) and not queue.pending(KIND, delivery.name):
                begin(queue, delivery.name)
                deliveries.begun(delivery, now)


def begin(queue: Queue, name: str) -> str:
    """Have one delivered now; gives the id of the job, that of one that waits already if there is one."""
    return queue.add(KIND, {"delivery": name}, key=name)
