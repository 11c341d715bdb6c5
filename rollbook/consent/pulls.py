"""Pulls: which rows a caller is reading page by page, kept for a while so that all pages are cut from one list.

What is kept are hub ids, keys and digests, never what a row says: each page is read afresh through the caller's reader,
so whoever has been left out since then is left out of the pages to come.
"""

from __future__ import annotations

import uuid
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

from ..store.connection import Connection
from ..store.passing import Passing

LIFE = 3600.0
"""Seconds for which a pull is kept after its last page was asked for."""

ROOM = 64 * 1024 * 1024
"""The most bytes that the pulls of a hub take, packed; those that were not used for longest go first."""


@dataclass(frozen=True)
class Question:
    """What a pull answers: the same endpoint, asked the same, by the same caller under one grant."""

    grant: str
    endpoint: str
    asked: str
    """Everything but the page that decides which rows are returned."""
    caller: str
    """A digest of the token: two workers of one app do not disturb each other's pages."""


@dataclass(frozen=True)
class Pull:
    """A list of rows that is being read page by page."""

    id: str
    total: int
    """How many rows of the main table there are on all pages."""
    state: str
    """What the list was cut from."""
    used: float
    """When a page of it was last asked for, seconds since 1970, give or take."""


class Pulls:
    """The pulls of a hub, in the database of what passes: they outlive the process and serve all workers."""

    def __init__(self, passing: Passing) -> None:
        self._passing = passing

    def begin(self, question: Question, at: float, total: int, state: str, pages: Iterable[bytes]) -> None:
        """Keep a list of rows, a blob for each page; the caller's earlier list for the question is dropped."""
        packed = [zlib.compress(page, 1) for page in pages]
        made = str(uuid.uuid4())
        with self._passing as db:
            db.execute(
                'DELETE FROM pull WHERE used < ? OR ("grant", endpoint, asked, caller) = (?, ?, ?, ?)',
                (at - LIFE, question.grant, question.endpoint, question.asked, question.caller),
            )
            db.execute(
                "INSERT INTO pull VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    made,
                    question.grant,
                    question.endpoint,
                    question.asked,
                    question.caller,
                    at,
                    total,
                    state,
                    sum(map(len, packed)),
                ),
            )
            db.executemany("INSERT INTO pull_page VALUES (?, ?, ?)", [(made, n, p) for n, p in enumerate(packed, 1)])
            _make_room(db)

    def find(self, question: Question, at: float) -> Pull | None:
        """The list that the caller is reading; of one who has signed in again, the latest under the grant."""
        found = self._passing.execute(
            'SELECT id, total, state, used FROM pull WHERE "grant" = ? AND endpoint = ? AND asked = ? AND used >= ?'
            " ORDER BY caller = ? DESC, used DESC LIMIT 1",
            (question.grant, question.endpoint, question.asked, at - LIFE, question.caller),
        ).fetchone()
        return None if found is None else Pull(*found)

    def page(self, pull: Pull, number: int, at: float) -> bytes | None:
        """What was kept of one page; None beyond the last."""
        found = self._passing.execute(
            "SELECT rows FROM pull_page WHERE pull = ? AND page = ?", (pull.id, number)
        ).fetchone()
        if found is None:
            return None
        if pull.used < at - LIFE / 10:
            with self._passing as db:
                db.execute("UPDATE pull SET used = ? WHERE id = ?", (at, pull.id))
        return zlib.decompress(found[0])


def _make_room(db: Connection) -> None:
    """Drop the pulls that were not used for longest, until the others fit."""
    db.execute(
        "DELETE FROM pull WHERE id IN (SELECT id FROM (SELECT id, sum(size) OVER (ORDER BY used DESC, id) AS room"
        " FROM pull) WHERE room > ?)",
        (ROOM,),
    )
