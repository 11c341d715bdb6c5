"""The worker: threads beside the server that do what is due."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from .. import figures
from ..errors import Interrupted, RollbookError
from ..store.port import Store
from .queue import Failed, Job, Later, Queue

log = logging.getLogger("rollbook")

IDLE = 1.0
"""Seconds between two looks at a queue in which nothing is due."""

RARELY = 30.0
"""The same where the store tells when there is something: what it did not tell is found all the same."""

Work = Callable[[Job], None]
"""Does a job; raises `Later` when it cannot be done yet, `Failed` or anything else when it failed."""

Make = Callable[[Store, Queue], Mapping[str, Work]]
"""Makes what does each kind of job, over a store of the worker's own."""


@dataclass(frozen=True)
class Lane:
    """Jobs of some kinds, and how many threads do them: they wait for each other, and for no other jobs."""

    kinds: frozenset[str]
    threads: int = 1


class Worker:
    """Does the jobs of a hub, whose store it opens for itself. What is killed amid a job does it again.

    The kinds that no lane names share one thread. A kind that `make` does not know is left for a version that does.
    """

    def __init__(
        self,
        opens: Callable[[], Store],
        make: Make,
        clock: Callable[[], float] = time.time,
        tick: Callable[[Queue], None] | None = None,
        lanes: tuple[Lane, ...] = (),
    ) -> None:
        self._open = opens
        self.make = make
        self.clock = clock
        self.tick = tick
        self.lanes = lanes
        self._stopped = threading.Event()
        self._threads: list[threading.Thread] = []
        self._stores: list[Store] = []

    def start(self) -> None:
        """Begin, in threads of its own."""
        # One for all threads, so that a worker takes few file descriptors.
        store = self._open()
        self._stores.append(store)
        own = [lane.kinds for lane in self.lanes for _ in range(lane.threads)]
        for number, kinds in enumerate([None, *own]):
            thread = threading.Thread(target=self._run, args=(store, kinds), name=f"worker {number}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def stop(self) -> None:
        """End after the jobs at hand, which may take a while."""
        self._stopped.set()
        for store in self._stores:
            store.bell.ring()
            store.bell.close()
        until = time.monotonic() + 5
        for thread in self._threads:
            thread.join(max(until - time.monotonic(), 0))
        if not any(thread.is_alive() for thread in self._threads):
            self._close()

    def _close(self) -> None:
        # A job that takes longer still needs the store, which then goes with the process.
        while self._stores:
            self._stores.pop().close()

    def _run(self, store: Store, kinds: frozenset[str] | None) -> None:
        queue = Queue(store, self.clock)
        works = self._works(store, queue, kinds)
        bell, causes = store.bell, frozenset(works)
        while not self._stopped.is_set():
            rung, pause = bell.rung(causes), IDLE
            try:
                if kinds is None:
                    self._tick(queue)
                if step(queue, works):
                    continue
                if kinds is not None and bell.trusty:
                    pause = min(max(queue.next_due(causes), IDLE), RARELY)
            except Exception:
                log.exception("the worker could not read its queue")
            if not self._stopped.is_set():
                bell.wait(causes, rung, pause)

    def _works(self, store: Store, queue: Queue, kinds: frozenset[str] | None) -> Mapping[str, Work]:
        elsewhere = frozenset[str]().union(*(lane.kinds for lane in self.lanes))
        every = self.make(store, queue)
        return {
            kind: work for kind, work in every.items() if (kind not in elsewhere if kinds is None else kind in kinds)
        }

    def _tick(self, queue: Queue) -> None:
        figures.hold("beat", time.time())
        queue.let_go()
        if self.tick:
            self.tick(queue)

    def run_due(self) -> int:
        """Do all that is due now, in this thread; gives how many jobs there were."""
        with self._open() as store:
            queue, done = Queue(store, self.clock), 0
            works = self.make(store, queue)
            self._tick(queue)
            while step(queue, works):
                done += 1
        return done


def step(queue: Queue, works: Mapping[str, Work]) -> bool:
    """Do the job that is due; tells whether there was one."""
    queue.collect()
    job = queue.take(works)
    if job is None:
        return False
    begun = time.perf_counter()
    try:
        works[job.kind](job)
    except Later as later:
        queue.postpone(job, later.seconds)
        return True
    except Interrupted:
        queue.postpone(job, 0)
        return True
    except Failed as error:
        log.warning("%s %s failed: %s", job.kind, job.id, error)
        outcome = queue.fail(job, str(error), after=error.after, final=error.final)
    except (RollbookError, OSError, ValueError) as error:
        log.warning("%s %s failed: %s", job.kind, job.id, error)
        outcome = queue.fail(job, str(error) or type(error).__name__)
    except Exception as error:
        log.exception("%s %s failed", job.kind, job.id)
        outcome = queue.fail(job, type(error).__name__)
    else:
        queue.finish(job)
        outcome = "done"
    figures.ended(job.kind, outcome, time.perf_counter() - begun)
    return True
