"""Where requests are worked on: in threads aside of the event loop, which never waits for any of them.

SQLite gives up Python's lock while it works, so several threads read at once. Readings and writes have places of their
own, and each caller has its turn, so that neither many writes nor one busy caller takes the places from all others.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable
from concurrent.futures import ThreadPoolExecutor
from contextvars import Context, copy_context
from functools import partial
from typing import TypeVar

from ..errors import Unavailable
from ..settings import WRITE_WAIT
from ..waiting import Share, allow

READERS = 8
"""How many readings are worked on at a time."""

WRITERS = 8
"""How many writes are worked on at a time; all but one of them wait for the one."""

APART = 32
"""How many readings that wait for a lock are let out of their places; more than these are refused."""

PATIENCE = WRITE_WAIT.default
"""Seconds that a write waits for its place and for other writers, unless the hub's owner says otherwise."""

QUEUE_SECONDS = 30.0
"""Seconds that a reading waits for its place."""

Result = TypeVar("Result")


class Lane:
    """Places to work in, and a queue in which each caller has its turn; belongs to the event loop's thread."""

    def __init__(self, places: int) -> None:
        self.free = places
        self._queues: OrderedDict[Hashable, deque[asyncio.Future[None]]] = OrderedDict()

    async def enter(self, caller: Hashable, until: float) -> None:
        """Have a place; raises `Unavailable` when there is none until a moment (`time.monotonic`)."""
        if self.free:
            self.free -= 1
            return
        turn = asyncio.get_running_loop().create_future()
        self._queues.setdefault(caller, deque()).append(turn)
        try:
            await asyncio.wait_for(turn, max(until - time.monotonic(), 0.0))
        except TimeoutError:
            raise Unavailable("the hub is busy", hint="try again in a few seconds") from None
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self.leave()
            raise

    def leave(self) -> None:
        """Give a place back: to the caller whose turn it is."""
        while self._queues:
            caller, queue = self._queues.popitem(last=False)
            turn = queue.popleft()
            if queue:
                self._queues[caller] = queue
            if not turn.done():
                turn.set_result(None)
                return
        self.free += 1


class Place:
    """A place in a lane while a request is worked on; a thread that is about to wait lends it to another request."""

    def __init__(self, lane: Lane, loop: asyncio.AbstractEventLoop, apart: threading.Semaphore | None) -> None:
        self._lane = lane
        self._loop = loop
        self._apart = apart
        self._out = False

    def step_out(self) -> None:
        """Lend the place; raises `Unavailable` when too many wait already."""
        if self._apart is None or self._out:
            return
        if not self._apart.acquire(blocking=False):
            raise Unavailable("too many requests wait for a writer", hint="try again in a few seconds")
        self._out = True
        self._loop.call_soon_threadsafe(self._lane.leave)

    def leave(self) -> None:
        """Give it back."""
        if not self._out:
            self._lane.leave()
        elif self._apart is not None:
            self._apart.release()


class Aside:
    """Threads, and who may work in them."""

    def __init__(self, *, readers: int = READERS, writers: int = WRITERS, patience: float = PATIENCE) -> None:
        self.patience = patience
        self._reading = Lane(readers)
        self._writing = Lane(writers)
        self._apart = threading.Semaphore(APART)
        self._threads = ThreadPoolExecutor(readers + writers + APART, thread_name_prefix="answering")

    async def run(
        self,
        act: Callable[[], Result],
        caller: Hashable,
        *,
        context: Context | None = None,
        writes: bool = False,
        patience: float | None = None,
    ) -> Result:
        """What `act` gives, worked out in another thread; raises `Unavailable` when there is no place for it in time.

        What it sets in context variables is set in `context`. When the task is cancelled, `act` goes on to its end.
        """
        loop, began = asyncio.get_running_loop(), time.monotonic()
        lane = self._writing if writes else self._reading
        await lane.enter(caller, began + (patience or (self.patience if writes else QUEUE_SECONDS)))
        place = Place(lane, loop, None if writes else self._apart)
        share = Share((began if writes else time.monotonic()) + self.patience, place.step_out)

        def work() -> Result:
            allow(share)
            return act()

        return await self._handed_over(partial((context or copy_context()).run, work), place.leave)

    def _handed_over(self, work: Callable[[], Result], after: Callable[[], None]) -> asyncio.Future[Result]:
        """What `work` gives in another thread; the loop calls `after` at its end, also when nobody waits any more.

        An executor's future, wrapped in one of the loop, does the same and takes three times as long.
        """
        loop = asyncio.get_running_loop()
        done: asyncio.Future[Result] = loop.create_future()

        def over(given: Callable[[], None]) -> None:
            after()
            if not done.done():
                given()

        def in_thread() -> None:
            try:
                given = partial(done.set_result, work())
            except BaseException as error:
                given = partial(done.set_exception, error)
            loop.call_soon_threadsafe(over, given)

        try:
            self._threads.submit(in_thread)
        except BaseException:
            after()
            raise
        return done

    def later(self, act: Callable[[], object]) -> None:
        """Have something done in another thread, soon, without waiting for it."""
        self._threads.submit(act)
