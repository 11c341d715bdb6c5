"""Reading a list to its end, and no further than it can be believed; one that was cut short goes on where it was."""

from __future__ import annotations

import hashlib
import os
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from ...errors import Malformed, Problem, Unavailable
from ..mapping.rows import Condition
from .answers import Answer, at, rows_at
from .paging import Ask, Page, Pages, Whole, number
from .session import NotServed, Session


@dataclass(frozen=True)
class Listing:
    """A list that a service has: where it is, where in an answer its rows are, and how it goes on.

    `rows` are dotted paths, of which the first that is there counts; blank is the whole body. `key` is the dotted path
    of what no two rows share, blank where there is no such thing. An `optional` one need not be served. Where each row
    of another list has one below it, `of` names that list and `by` the dotted path of what stands for `{of}` in the
    `path`; each row then says whose it is as `of`. `count` is where the service says how many rows there are, at the
    dotted path after a space, where its pages do not say it. A `lone` row may come as itself, without a list around it.
    Only rows of which all of `where` holds are read. Settings may stand in addresses and in `params`, as `{school}`; a
    parameter whose setting is not set is not sent.
    """

    path: str
    rows: tuple[str, ...] = ("",)
    pages: Pages = field(default_factory=Whole)
    params: Mapping[str, str] = field(default_factory=dict[str, str])
    key: str = "id"
    optional: bool = False
    of: str = ""
    by: str = "id"
    count: str = ""
    lone: bool = False
    where: tuple[Condition, ...] = ()

    def named(self, words: Mapping[str, str]) -> Listing:
        """The list with words in place of what stands for them."""
        said = {name: value.format_map(defaultdict(str, words)) for name, value in self.params.items()}
        params = {name: value for name, value in said.items() if value}
        return replace(self, path=self.path.format_map(words), count=self.count.format_map(words), params=params)

    def rows_of(self, answer: Answer) -> list[dict[str, Any]]:
        """The rows of an answer; raises `Malformed` where there are none to be found."""
        if not self.lone:
            return rows_at(answer, *self.rows)
        found = next((one for one in (at(answer.body, path) for path in self.rows) if one is not None), None)
        return [found] if isinstance(found, dict) else rows_at(answer, *self.rows)

    @property
    def name(self) -> str:
        """A name for what was read of it, by all that is asked."""
        said = repr((self.path, sorted(self.params.items()), self.rows, self.pages))
        return hashlib.sha256(said.encode()).hexdigest()[:16]


class Fewer(Unavailable):
    """A list has fewer rows than it says."""


class _Saved(NamedTuple):
    """A page as it is put by."""

    headers: dict[str, str]
    content: bytes


FRESH = 2 * 3600.0
"""Seconds for which pages that were put by are gone on from: a list that is half of yesterday is of no day."""

NEEDED = ("content-type", "link", "total-count", "x-total-count")
"""The headers that paging goes by; no other is put by."""


def fetch(session: Session, listing: Listing, folder: Path | None = None) -> list[dict[str, Any]] | None:
    """All rows of a list; None of one that is optional and not served.

    Each page is put by in `folder`, so that a reading that is cut short goes on after the last one that came. Raises
    `Malformed` for what cannot be believed: a page that comes twice, rows that are fewer than the service says.
    """
    shelf = _Shelf(folder, f"{session.service.address}\n{listing.name}")
    try:
        count = _counted(session, listing)
        return _distinct(_pages(session, listing, shelf, count), listing, count)
    except NotServed:
        if listing.optional:
            return None
        raise
    except (Malformed, Fewer):
        shelf.clear()
        raise


def _pages(session: Session, listing: Listing, shelf: _Shelf, count: int | None) -> Iterator[Page]:
    ask: Ask | None = listing.pages.first(Ask(listing.path, listing.params))
    before, seen = 0, set[bytes]()
    for answer in shelf.answers():
        page = Page(ask, answer, listing.rows_of(answer), before) if ask else None
        if page is None:
            break
        seen.add(_digest(page))
        ask, before = listing.pages.next(page), before + len(page.rows)
        yield page
    while ask is not None and before != count:
        answer = session.get(ask.path, ask.params, lambda found: len(listing.rows_of(found)))
        page = Page(ask, answer, listing.rows_of(answer), before)
        if page.rows and _digest(page) in seen:
            raise Malformed(Problem(listing.path, "gives a page again that it gave before", "tell the vendor"))
        seen.add(_digest(page))
        shelf.put(answer)
        ask, before = listing.pages.next(page), before + len(page.rows)
        yield page


def _digest(page: Page) -> bytes:
    return hashlib.sha256(msgspec.json.encode(page.rows)).digest()


def _counted(session: Session, listing: Listing) -> int | None:
    """How many rows a list has, where the service says so beside its pages."""
    if not listing.count:
        return None
    address, _, path = listing.count.partition(" ")
    return number(at(session.get(address, listing.params).body, path))


def _distinct(pages: Iterator[Page], listing: Listing, total: int | None) -> list[dict[str, Any]]:
    """The rows of all pages, each once: what is added while a list is read moves rows from one page to the next."""
    found: dict[str, dict[str, Any]] = {}
    loose: list[dict[str, Any]] = []
    for page in pages:
        said = listing.pages.total(page.answer)
        total = total if said is None else said
        for row in page.rows:
            key = at(row, listing.key) if listing.key else None
            if key is None:
                loose.append(dict(row))
            else:
                found[str(key)] = dict(row)
    came = len(found) + len(loose)
    if total is not None and came < total:
        raise Fewer(Problem(listing.path, f"says that it has {total:,} rows and gave {came:,}", "read it again"))
    return [*found.values(), *loose]


class _Shelf:
    """The pages of one list that were put by in a folder."""

    def __init__(self, folder: Path | None, name: str) -> None:
        self._folder = folder
        self._name = hashlib.sha256(name.encode()).hexdigest()[:16]
        self._count = 0
        if folder and time.time() - _written(self._path(folder)) > FRESH:
            self.clear()

    def answers(self) -> Iterator[Answer]:
        """The answers that were put by, in their order."""
        while self._folder and (path := self._path(self._folder)).exists():
            saved = msgspec.msgpack.decode(path.read_bytes(), type=_Saved)
            self._count += 1
            yield Answer(200, saved.headers, saved.content)

    def put(self, answer: Answer) -> None:
        """Put a page by, whole or not at all."""
        if self._folder:
            headers = {name: answer.headers[name] for name in NEEDED if name in answer.headers}
            half = self._folder / f"{self._name}.half"
            half.write_bytes(msgspec.msgpack.encode(_Saved(headers, answer.content)))
            os.replace(half, self._path(self._folder))
        self._count += 1

    def clear(self) -> None:
        """Throw the pages away: what is read next begins with the first one."""
        for page in self._folder.glob(f"{self._name}-*.page") if self._folder else ():
            page.unlink(missing_ok=True)
        self._count = 0

    def _path(self, folder: Path) -> Path:
        return folder / f"{self._name}-{self._count:06}.page"


def _written(path: Path) -> float:
    return path.stat().st_mtime if path.exists() else 0.0
