"""Whether anybody has written, in any process on any machine: asked of the database before every answer.

A notification would come a moment after the commit, and not at all while the network stands still, so for that long
an answer could be given under a grant that has been revoked. A look at a small table costs some 0.2 ms and is exact.
"""

from __future__ import annotations

from collections.abc import Callable

from .pool import Pool
from .session import Session

_VERSIONS = (
    "SELECT (SELECT CAST(coalesce(sum(number), 0) AS bigint) FROM records.version),"
    " (SELECT number FROM passing.version)"
)


class Watch:
    """Tells by two numbers whether records and consent, or what passes, have changed."""

    def __init__(self, opens: Callable[[], Session]) -> None:
        self._sessions = Pool(opens)

    def versions(self) -> tuple[int, ...]:
        """Two numbers, of which one is another one as soon as a change has been committed."""
        (found,) = self._sessions.execute(_VERSIONS).fetchall()
        return found

    def at_once(self) -> tuple[int, ...] | None:
        """None: who asks another machine has to wait, if only for a moment."""
        return None

    def close(self) -> None:
        """Close the sessions."""
        self._sessions.close()
