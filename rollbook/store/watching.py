"""Whether anybody has written, in any process: asked before every answer, so it must cost next to nothing."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress

from .connection import Busy, Opened


class Watch:
    """Connections that do nothing but tell whether their files have changed.

    SQLite's `data_version` is a number of one connection, and says when others have written. So these write nothing.
    """

    def __init__(self, opens: Iterable[Callable[[], Opened]]) -> None:
        self._connections = [opened() for opened in opens]
        for connection in self._connections:
            connection.set_busy_timeout(0)
        self._lock = threading.Lock()

    def versions(self) -> tuple[int, ...]:
        """A number for each file, which is another one as soon as anybody has changed it."""
        while True:
            with self._lock, suppress(Busy):
                return self._read()
            time.sleep(0.01)

    def at_once(self) -> tuple[int, ...] | None:
        """The same, for a thread that must not wait; None when it would have to."""
        if not self._lock.acquire(blocking=False):
            return None
        try:
            # A file is only ever locked against readers while the log of a process that was killed is brought in.
            return self._read()
        except Busy:
            return None
        finally:
            self._lock.release()

    def _read(self) -> tuple[int, ...]:
        return tuple(c.execute("PRAGMA data_version").get for c in self._connections)

    def close(self) -> None:
        """Close the connections."""
        for connection in self._connections:
            connection.close()
