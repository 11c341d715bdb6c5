"""What passes, open for any number of threads: read each statement by itself, changed in transactions."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from .connection import Opened
from .kept import Passed
from .lending import OwnWrites


class Passing(Passed):
    """What passes: each operation of its own moment; as a context, a transaction that is whole or not at all."""

    def __init__(self, opens: Callable[[], Opened], patience: Callable[[], float]) -> None:
        self._lent = OwnWrites(opens)
        super().__init__(self._lent)
        self._patience = patience
        self._open_blocks = threading.local()

    def __enter__(self) -> Passed:
        if self._lent.writer.mine is not None:
            raise RuntimeError("a transaction within a transaction")
        self._open_blocks.one = block = self._lent.writer.transaction(self._patience())
        return Passed(block.__enter__())

    def __exit__(self, *error: Any) -> bool | None:
        return self._open_blocks.one.__exit__(*error)

    def close(self) -> None:
        """Close the connections."""
        self._lent.close()
