"""What passes, open for any number of threads: read each statement by itself, changed in transactions."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, Protocol

from .connection import Connection
from .kept import Passed


class Own(Connection, Protocol):
    """Connections to what passes; a thread that writes through one reads what it has written."""

    @property
    def mine(self) -> Connection | None:
        """The connection whose transaction the present thread has open."""
        ...

    def transaction(self, patience: float) -> AbstractContextManager[Connection]:
        """Whole or not at all; raises `Occupied` when others write for longer than `patience` seconds."""
        ...

    def close(self) -> None:
        """Close the connections."""
        ...


class Passing(Passed):
    """What passes: each operation of its own moment; as a context, a transaction that is whole or not at all."""

    def __init__(self, own: Own, patience: Callable[[], float], turn: Callable[[], object]) -> None:
        """`turn` is called when a transaction has begun, and when it has ended."""
        super().__init__(own)
        self._own = own
        self._patience = patience
        self._turn = turn
        self._open_blocks = threading.local()

    def __enter__(self) -> Passed:
        if self._own.mine is not None:
            raise RuntimeError("a transaction within a transaction")
        self._open_blocks.one = block = self._own.transaction(self._patience())
        passed = Passed(block.__enter__())
        self._turn()
        return passed

    def __exit__(self, *error: Any) -> bool | None:
        try:
            return self._open_blocks.one.__exit__(*error)
        finally:
            self._turn()

    def close(self) -> None:
        """Close the connections."""
        self._own.close()
