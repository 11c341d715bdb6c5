"""A request's parameters, understood: the page, the order, the filter and the fields, or everything wrong with them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from ...api.listing.resource import Listing, Property
from ...errors import Malformed, nearest
from .filters import EVERYTHING, Clause, Filter, parse
from .wire import Fault

PAGE, LARGEST_PAGE = 100, 10_000
"""How many things a page has when nothing is said (section 3.4.1), and at the most."""

LISTED = ("limit", "offset", "sort", "orderBy", "filter", "fields")

Sees = Callable[[Property], bool]
"""Whether the caller may filter by a property."""


@dataclass(frozen=True)
class Asked:
    """What a request asks of a collection; no `fields` stand for all."""

    limit: int = PAGE
    offset: int = 0
    sort: str = ""
    down: bool = False
    filter: Filter = EVERYTHING
    fields: tuple[str, ...] = ()


def understand(listing: Listing, query: list[tuple[str, str]], sees: Sees, *, one: bool = False) -> Asked:
    """The parameters, understood; raises `Malformed` with every problem at once. `one` is for a single thing."""
    return _Understanding(listing, sees).run(query, ("fields",) if one else LISTED)


class _Understanding:
    def __init__(self, listing: Listing, sees: Sees) -> None:
        self.listing = listing
        self.sees = sees
        self.problems: list[Fault] = []

    def run(self, query: list[tuple[str, str]], names: tuple[str, ...]) -> Asked:
        given = self.read(query, names)
        asked = Asked(
            self.number(given, "limit", PAGE, 1),
            self.number(given, "offset", 0, 0),
            self.sort(given.get("sort", "")),
            self.down(given.get("orderBy", "")),
            self.filter(given.get("filter", "")),
            self.fields(given.get("fields", "")),
        )
        if self.problems:
            raise Malformed(*self.problems)
        return asked

    def wrong(self, where: str, what: str, hint: str, code: str = "invaliddata") -> None:
        self.problems.append(Fault(where[:80], what, hint, code))

    def read(self, query: list[tuple[str, str]], names: tuple[str, ...]) -> dict[str, str]:
        """The parameters that say something, each once."""
        given: dict[str, str] = {}
        for name, value in query:
            if name not in names:
                self.wrong(name, f"is not a parameter of {self.listing.name}", nearest(name[:80], names))
            elif name in given and given[name] != value:
                self.wrong(name, "is given twice", "give it once")
            elif value.strip():
                given[name] = value
        return given

    # ---- the page

    def number(self, given: dict[str, str], name: str, otherwise: int, least: int) -> int:
        text = given.get(name, str(otherwise)).strip()
        if not re.fullmatch(r"\d{1,9}", text, re.ASCII) or int(text) < least:
            self.wrong(name, f"{text[:40]} is not a number of rows", f"give a whole number from {least} on")
            return otherwise
        return min(int(text), LARGEST_PAGE) if name == "limit" else int(text)

    def sort(self, name: str) -> str:
        allowed = [n for n, p in self.listing.properties.items() if ">" in p.filters and self.sees(p)]
        if name and name not in allowed:
            self.wrong("sort", f"{name[:80]} is not one to sort by", nearest(name[:80], allowed))
            return ""
        return name

    def down(self, text: str) -> bool:
        if text.lower() not in ("", "asc", "desc"):
            self.wrong("orderBy", f"{text[:40]} is not an order", "give asc or desc")
        return text.lower() == "desc"

    def fields(self, text: str) -> tuple[str, ...]:
        known = [*self.listing.properties]
        words = list(dict.fromkeys(w.strip() for w in text.split(",") if w.strip()))
        for word in [w for w in words if w not in known][:20]:
            hint = nearest(word[:80], known)
            self.wrong("fields", f"{word[:80]} is not a field of {self.listing.name}", hint, "invalid_selection_field")
        return tuple(n for n in known if n in words)

    # ---- the filter

    def filter(self, text: str) -> Filter:
        if not text:
            return EVERYTHING
        try:
            said = parse(text)
        except Malformed as error:
            self.problems += [p for p in error.problems if isinstance(p, Fault)]
            return EVERYTHING
        clauses = [self.clause(one) for one in said.clauses]
        return replace(said, clauses=tuple(one for one in clauses if one is not None))

    def clause(self, one: Clause) -> Clause | None:
        name = one.name.removesuffix(".sourcedId") if one.name != "sourcedId" else one.name
        known = {n: p for n, p in self.listing.properties.items() if p.filters and self.sees(p)}
        what = known.get(name)
        if what is None or (name != one.name and not what.leads):
            names = [f"{n}.sourcedId" if p.leads else n for n, p in known.items()]
            self.wrong("filter", f"{one.name[:80]} is not one to filter by", nearest(one.name[:80], names), _FIELD)
            return None
        if one.operator not in what.filters:
            said = f"{one.name} does not take {one.operator}"
            self.wrong("filter", said, f"use one of: {' '.join(what.filters)}", _FIELD)
            return None
        value = self.value(one, what.kind)
        return Clause(name, one.operator, value) if value is not None else None

    def value(self, one: Clause, kind: str) -> str | None:
        if kind == "number":
            return self.decimal(one)
        return self.moment(one) if kind == "moment" else one.value

    def decimal(self, one: Clause) -> str | None:
        text = one.value.strip()
        if re.fullmatch(r"-?\d{1,15}(\.\d{1,15})?", text, re.ASCII):
            return text
        self.wrong("filter", f"{one.name}: {text[:40]!r} is not a number", "write it as 87.5")
        return None

    def moment(self, one: Clause) -> str | None:
        """A day or a moment, as the store writes moments; one without a zone is in UTC."""
        text = one.value.strip()
        try:
            if len(text) == 10:
                return f"{date.fromisoformat(text).isoformat()}T00:00:00.000"
            at = datetime.fromisoformat(text)
            utc = at.astimezone(UTC) if at.tzinfo else at
            return utc.replace(tzinfo=None).isoformat(timespec="milliseconds")
        except (ValueError, OverflowError):
            said = f"{text[:40]!r} is not a moment"
            self.wrong("filter", f"{one.name}: {said}", "write it as 2026-11-20T08:45:00.000Z")
            return None


_FIELD = "invalid_filter_field"
