"""A bell that PostgreSQL rings: whoever commits something to do notifies all processes on all machines (`NOTIFY`)."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection
from contextlib import suppress

from ...errors import Unavailable
from ..bell import Bell
from ..plan.flavours.postgres import CHANNEL
from .session import Session

HEED_SECONDS, QUIET_SECONDS = 0.5, 30.0
"""How often it is looked whether nobody needs the bell any more, and after how many seconds of silence whether the
connection is still there."""

AGAIN_SECONDS = 1.0
"""How long to wait before a lost connection is opened again."""


class Listening(Bell):
    """A bell with a connection of its own, which is opened when somebody first waits, and again when it is lost.

    While it is lost the bell is not trusty; when it is there again everybody is woken, for what they did not hear.
    """

    def __init__(self, opens: Callable[[], Session]) -> None:
        super().__init__()
        self._open = opens
        self._begun = threading.Lock()
        self._listens = False
        self._closed = threading.Event()

    @property
    def trusty(self) -> bool:
        """Whether the connection is there."""
        return self._listens

    def rung(self, causes: Collection[str]) -> int:
        """How often it rang for these causes."""
        if self._begun.acquire(blocking=False):
            threading.Thread(target=self._listen, name="listening", daemon=True).start()
        return super().rung(causes)

    def close(self) -> None:
        """End the connection, in a moment."""
        self._closed.set()

    def _listen(self) -> None:
        while not self._closed.is_set():
            with suppress(Unavailable):
                session = self._open()
                try:
                    self._hear(session)
                finally:
                    self._listens = False
                    session.close()
            self.ring()
            self._closed.wait(AGAIN_SECONDS)

    def _hear(self, session: Session) -> None:
        session.execute(f"LISTEN {CHANNEL}")
        self.ring()
        self._listens = True
        quiet = 0.0
        while not self._closed.is_set():
            heard = session.heard(HEED_SECONDS)
            for cause in heard:
                self.ring(cause)
            quiet = 0.0 if heard else quiet + HEED_SECONDS
            if quiet >= QUIET_SECONDS:
                # A connection that a network has cut says nothing by itself.
                session.execute("SELECT 1")
                quiet = 0.0
