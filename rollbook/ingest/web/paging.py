"""The ways in which services give long lists page by page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from .answers import Answer, at


class Ask(NamedTuple):
    """What is asked for: a path below the service's address, or a whole address, and the parameters of its query."""

    path: str
    params: Mapping[str, str] = {}


class Page(NamedTuple):
    """A page that came: how it was asked for, the answer, its rows, and how many came before it."""

    ask: Ask
    answer: Answer
    rows: Sequence[Mapping[str, Any]]
    before: int


class Pages(Protocol):
    """How a list goes on."""

    def first(self, ask: Ask) -> Ask:
        """How the first page is asked for."""
        ...

    def next(self, page: Page) -> Ask | None:
        """How the page after this one is asked for; None after the last one."""
        ...

    def total(self, answer: Answer) -> int | None:
        """How many rows there are on all pages, where the service says so."""
        ...


@dataclass(frozen=True)
class Whole:
    """A list that is given in one piece."""

    def first(self, ask: Ask) -> Ask:
        """Ask for it."""
        return ask

    def next(self, page: Page) -> Ask | None:
        """There is no other page."""
        return None

    def total(self, answer: Answer) -> int | None:
        """The service does not say it."""
        return None


@dataclass(frozen=True)
class Offset:
    """Pages by the number of rows to leave out; `total` is a header, or a dotted path in the body, that counts all.

    A page may be shorter than was asked for, since some services cap it and do not say so: the list ends where the
    total says, or where the header Link names no next page, or where neither is there with a page without rows.
    """

    size: int = 1000
    offset: str = "offset"
    limit: str = "limit"
    header: str = "x-total-count"
    path: str = ""

    def first(self, ask: Ask) -> Ask:
        """Ask for the rows from the first one on."""
        return Ask(ask.path, {**ask.params, self.limit: str(self.size), self.offset: "0"})

    def next(self, page: Page) -> Ask | None:
        """Ask for the rows after those that came."""
        came, total = page.before + len(page.rows), self.total(page.answer)
        links = page.answer.links
        more = came < total if total is not None else "next" in links if links else bool(page.rows)
        if not (more and page.rows):
            return None
        return Ask(page.ask.path, {**page.ask.params, self.offset: str(came)})

    def total(self, answer: Answer) -> int | None:
        """What the header or the body says."""
        return number(answer.headers.get(self.header)) if not self.path else number(at(answer.body, self.path))


@dataclass(frozen=True)
class Numbered:
    """Pages by their number; the list ends where the total says, or else with a page without rows.

    Where the total is at a `path` of the body, a body that is a list is no page but all of it.
    """

    size: int = 100
    page: str = "page"
    limit: str = "per_page"
    begins: int = 1
    header: str = ""
    path: str = ""

    def first(self, ask: Ask) -> Ask:
        """Ask for the first page."""
        return Ask(ask.path, {**ask.params, self.limit: str(self.size), self.page: str(self.begins)})

    def next(self, page: Page) -> Ask | None:
        """Ask for the page with the next number."""
        total = self.total(page.answer)
        whole = bool(self.path) and isinstance(page.answer.body, list)
        if whole or not page.rows or (total is not None and page.before + len(page.rows) >= total):
            return None
        return Ask(page.ask.path, {**page.ask.params, self.page: str(int(page.ask.params[self.page]) + 1)})

    def total(self, answer: Answer) -> int | None:
        """What the header or the body says."""
        return number(answer.headers.get(self.header) if self.header else at(answer.body, self.path or "-"))


@dataclass(frozen=True)
class Cursor:
    """Pages by a cursor that each page names for the next one, at a dotted path of its body.

    A blank `limit` asks for no size. Where the last page names one too, `more` is the path of whether another follows.
    """

    cursor: str
    at: str
    size: int = 100
    limit: str = "limit"
    more: str = ""

    def first(self, ask: Ask) -> Ask:
        """Ask for the first page."""
        return Ask(ask.path, {**ask.params, **({self.limit: str(self.size)} if self.limit else {})})

    def next(self, page: Page) -> Ask | None:
        """Ask with the cursor."""
        found = at(page.answer.body, self.at)
        over = self.more and at(page.answer.body, self.more) is False
        return Ask(page.ask.path, {**page.ask.params, self.cursor: str(found)}) if found and not over else None

    def total(self, answer: Answer) -> int | None:
        """The service does not say it."""
        return None


@dataclass(frozen=True)
class Marker:
    """Pages that begin after the row of a key, which is that of the last one that came; a page without rows ends it."""

    marker: str = "marker"
    key: str = "id"

    def first(self, ask: Ask) -> Ask:
        """Ask for the first page."""
        return ask

    def next(self, page: Page) -> Ask | None:
        """Ask for what comes after the last row."""
        return Ask(page.ask.path, {**page.ask.params, self.marker: str(page.rows[-1][self.key])}) if page.rows else None

    def total(self, answer: Answer) -> int | None:
        """The service does not say it."""
        return None


@dataclass(frozen=True)
class NextUrl:
    """Pages of which each names the address of the next one: at a dotted path of its body, or in a list of links
    with a relation there, or in the header Link where the path is blank."""

    path: str = ""
    params: Mapping[str, str] = field(default_factory=dict[str, str])

    def first(self, ask: Ask) -> Ask:
        """Ask for the first page."""
        return Ask(ask.path, {**ask.params, **self.params})

    def next(self, page: Page) -> Ask | None:
        """Ask for the address that the page names."""
        found = at(page.answer.body, self.path) if self.path else page.answer.links.get("next")
        if isinstance(found, list):
            found = next((one["uri"] for one in found if one.get("rel") == "next"), None)  # pyright: ignore
        return Ask(str(found)) if found else None  # pyright: ignore[reportUnknownArgumentType]

    def total(self, answer: Answer) -> int | None:
        """The service does not say it."""
        return None


def number(said: object) -> int | None:
    """A number that a service says; None where it says none."""
    return int(str(said)) if said is not None and str(said).isdecimal() else None
