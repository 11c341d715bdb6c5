"""The worker: a thread beside the server that does what is due."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from ..errors import RollbookError
from ..store.sqlite import Store
from .queue import Job, Later, Queue

log = logging.getLogger("rollbook")

IDLE = 1.0
"""Seconds between two looks at a queue in which nothing is due."""

Work = Callable[[Job], None]
"""Does a job; raises `Later` when it cannot be done yet, and anything else when it failed."""

Make = Callable[[Store, Queue], Mapping[str, Work]]
"""Makes what does each kind of job, over a store of the worker's own."""


class Worker:
    """Does the jobs of a data directory, one after the other. What is killed amid a job does it again."""

    def __init__(
        self,
        folder: Path,
        make: Make,
        clock: Callable[[], float] = time.time,
        tick: Callable[[Queue], None] | None = None,
    ) -> None:
        self.folder = folder
        self.make = make
        self.clock = clock
        self.tick = tick
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin, in a thread of its own."""
        self._thread = threading.Thread(target=self._run, name="worker", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End after the job at hand, which may take a while."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join(5)

    def _run(self) -> None:
        # A connection serves one thread at a time, so the worker has a store of its own.
        with Store(self.folder) as store:
            queue = Queue(store, self.clock)
            works = self.make(store, queue)
            while not self._stopped.is_set():
                try:
                    if self.tick:
                        self.tick(queue)
                    done = step(queue, works)
                except Exception:
                    log.exception("the worker could not look at its queue")
                    done = False
                if not done:
                    self._stopped.wait(IDLE)

    def run_due(self) -> int:
        """Do all that is due now, in this thread; gives how many jobs there were."""
        with Store(self.folder) as store:
            queue, done = Queue(store, self.clock), 0
            works = self.make(store, queue)
            if self.tick:
                self.tick(queue)
            while step(queue, works):
                done += 1
        return done


def step(queue: Queue, works: Mapping[str, Work]) -> bool:
    """Do the job that is due; tells whether there was one."""
    queue.collect()
    job = queue.take()
    if job is None:
        return False
    try:
        works[job.kind](job)
    except Later as later:
        queue.postpone(job, later.seconds)
    except (RollbookError, OSError, ValueError) as error:
        log.warning("%s %s failed: %s", job.kind, job.id, error)
        queue.fail(job, str(error) or type(error).__name__)
    except Exception as error:
        log.exception("%s %s failed", job.kind, job.id)
        queue.fail(job, type(error).__name__)
    else:
        queue.finish(job)
    return True
