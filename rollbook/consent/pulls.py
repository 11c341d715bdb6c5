"""Pulls: which rows a caller is reading page by page, kept for a while so that all pages are cut from one list.

What is kept are hub ids, keys and digests, never what a row says: each page is read afresh through the caller's reader,
so whoever has been left out since then is left out of the pages to come.
"""

from __future__ import annotations

from collections.abc import Iterable

from ..store.kept.pulls import Pull as Pull
from ..store.kept.pulls import Question as Question
from ..store.passing import Passing

LIFE = 3600.0
"""Seconds for which a pull is kept after its last page was asked for."""

ROOM = 64 * 1024 * 1024
"""The most bytes that the pulls of a hub take, packed; those that were not used for longest go first."""


class Pulls:
    """The pulls of a hub, in the database of what passes: they outlive the process and serve all workers."""

    def __init__(self, passing: Passing) -> None:
        self._passing = passing

    def begin(self, question: Question, at: float, total: int, state: str, pages: Iterable[bytes]) -> None:
        """Keep a list of rows, a blob for each page; the caller's earlier list for the question is dropped."""
        with self._passing as passing:
            passing.pulls.begin(question, at, total, state, pages)
            passing.pulls.clear(at - LIFE, ROOM)

    def find(self, question: Question, at: float) -> Pull | None:
        """The list that the caller is reading; of one who has signed in again, the latest under the grant."""
        return self._passing.pulls.find(question, at - LIFE)

    def page(self, pull: Pull, number: int, at: float) -> bytes | None:
        """What was kept of one page; None beyond the last."""
        found = self._passing.pulls.page(pull, number)
        if found is not None and pull.used < at - LIFE / 10:
            with self._passing as passing:
                passing.pulls.use(pull, at)
        return found
