"""What is being read page by page."""

from __future__ import annotations

import uuid
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from .statements import Statements


class Question(NamedTuple):
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


class Pulls(Statements):
    """What is being read page by page. Moments are seconds since 1970."""

    def begin(self, question: Question, at: float, total: int, state: str, pages: Iterable[bytes]) -> None:
        """Keep a list of rows, a blob for each page; the caller's earlier list for the question is dropped."""
        packed = [zlib.compress(page, 1) for page in pages]
        made = str(uuid.uuid4())
        self._do('DELETE FROM pull WHERE ("grant", endpoint, asked, caller) = (?, ?, ?, ?)', question)
        self._drop_pages()
        self._do(
            'INSERT INTO pull (id, "grant", endpoint, asked, caller, used, total, state, size)'
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (made, *question, at, total, state, sum(map(len, packed))),
        )
        put = "INSERT INTO pull_page (pull, page, rows) VALUES (?, ?, ?)"
        self._each(put, [(made, number, page) for number, page in enumerate(packed, 1)])

    def clear(self, before: float, room: int) -> None:
        """Drop what was last used before a moment, and what was not used for longest where all takes more bytes."""
        self._do("DELETE FROM pull WHERE used < ?", (before,))
        self._do(
            "DELETE FROM pull WHERE id IN (SELECT id FROM (SELECT id, sum(size) OVER (ORDER BY used DESC, id) AS room"
            " FROM pull) kept WHERE room > ?)",
            (room,),
        )
        self._drop_pages()

    def _drop_pages(self) -> None:
        """Drop the pages of lists that have been dropped."""
        self._do("DELETE FROM pull_page WHERE pull NOT IN (SELECT id FROM pull)")

    def find(self, question: Question, since: float) -> Pull | None:
        """The list that the caller is reading; of one who has signed in again, the latest under the grant."""
        row = self._row(
            'SELECT id, total, state, used FROM pull WHERE "grant" = ? AND endpoint = ? AND asked = ? AND used >= ?'
            " ORDER BY caller = ? DESC, used DESC LIMIT 1",
            (question.grant, question.endpoint, question.asked, since, question.caller),
        )
        return None if row is None else Pull(*row)

    def page(self, pull: Pull, number: int) -> bytes | None:
        """What was kept of one page, by its number from 1; None beyond the last."""
        rows = self._value("SELECT rows FROM pull_page WHERE pull = ? AND page = ?", (pull.id, number))
        return None if rows is None else zlib.decompress(rows)

    def use(self, pull: Pull, at: float) -> None:
        """A page of a list is asked for."""
        self._do("UPDATE pull SET used = ? WHERE id = ?", (at, pull.id))
