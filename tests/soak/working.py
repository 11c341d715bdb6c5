"""A process that only works: `python -m tests.soak.working DATA DATABASE` does the hub's jobs and answers nobody."""

from __future__ import annotations

import sys
import threading

from rollbook.app import application
from rollbook.jobs import Worker
from rollbook.store.opening import opened


def main(data: str, database: str) -> None:
    """Work until killed."""
    with opened(data, database) as store:
        worker = application(store).beside
        assert isinstance(worker, Worker)
        worker.start()
        print("works", flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
