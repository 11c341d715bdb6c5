"""A request's parameters, understood: the page, the order, the filter and the fields, or everything wrong with them."""

from __future__ import annotations

from dataclasses import replace

from ...api.dated import is_day
from ...api.listing.asking import (
    EVERYTHING,
    Asked,
    Clause,
    Filter,
    Sees,
    decimal,
    fields,
    moment,
    sortable,
    whole_number,
)
from ...api.listing.resource import Listing
from ...errors import Malformed, nearest
from .dated import AS_OF, DATED
from .filters import parse
from .wire import Fault

PAGE, LARGEST_PAGE = 100, 10_000
"""How many things a page has when nothing is said (section 3.4.1), and at the most."""

LISTED = ("limit", "offset", "sort", "orderBy", "filter", "fields")


def understand(
    listing: Listing, query: list[tuple[str, str]], sees: Sees, *, one: bool = False, today: str = ""
) -> Asked:
    """The parameters, understood; raises `Malformed` with every problem at once.

    `one` is for a single thing, `today` the last day as of which the list can be read; empty where it cannot.
    """
    names = ("fields",) if one else (*LISTED, AS_OF) if today else LISTED
    return _Understanding(listing, sees).run(query, names, today)


class _Understanding:
    def __init__(self, listing: Listing, sees: Sees) -> None:
        self.listing = listing
        self.sees = sees
        self.problems: list[Fault] = []

    def run(self, query: list[tuple[str, str]], names: tuple[str, ...], today: str) -> Asked:
        given = self.read(query, names)
        asked = Asked(
            self.number(given, "limit", PAGE, 1, LARGEST_PAGE),
            self.number(given, "offset", 0, 0, 10**9),
            self.sort(given.get("sort", "")),
            self.down(given.get("orderBy", "")),
            self.filter(given.get("filter", "")),
            self.fields(given.get("fields", "")),
        )
        self.as_of(given.get(AS_OF, "").strip(), today, asked)
        if self.problems:
            raise Malformed(*self.problems)
        return asked

    def wrong(self, where: str, what: str, hint: str, code: str = "invaliddata") -> None:
        self.problems.append(Fault(where[:80], what, hint, code))

    def read(self, query: list[tuple[str, str]], names: tuple[str, ...]) -> dict[str, str]:
        """The parameters that say something, each once."""
        given: dict[str, str] = {}
        for name, value in query:
            if name == AS_OF and name not in names:
                hint = f"read {', '.join(DATED)}, with the scopes of those dates"
                self.wrong(AS_OF, f"{self.listing.name} cannot be read here as of an earlier day", hint)
            elif name not in names:
                self.wrong(name, f"is not a parameter of {self.listing.name}", nearest(name[:80], names))
            elif name in given and given[name] != value:
                self.wrong(name, "is given twice", "give it once")
            elif value.strip():
                given[name] = value
        return given

    def number(self, given: dict[str, str], name: str, otherwise: int, least: int, most: int) -> int:
        found = whole_number(given.get(name, str(otherwise)), least, most)
        if found is None:
            said = f"{given[name].strip()[:40]} is not a number of rows"
            self.wrong(name, said, f"give a whole number from {least} on")
        return otherwise if found is None else found

    def as_of(self, day: str, today: str, asked: Asked) -> None:
        if not day:
            return
        if not is_day(day):
            self.wrong(AS_OF, f"{day[:40]} is not a day", "write it as 2026-09-01")
        elif day > today:
            self.wrong(AS_OF, f"{day} is after today", "give a day that has come")
        if any(one.name in ("status", "dateLastModified") for one in asked.filter.clauses):
            self.wrong(AS_OF, "cannot be given with a filter by status or dateLastModified", "these are about now")

    def sort(self, name: str) -> str:
        allowed = sortable(self.listing, self.sees)
        if name and name not in allowed:
            self.wrong("sort", f"{name[:80]} is not one to sort by", nearest(name[:80], allowed))
            return ""
        return name

    def down(self, text: str) -> bool:
        if text.lower() not in ("", "asc", "desc"):
            self.wrong("orderBy", f"{text[:40]} is not an order", "give asc or desc")
        return text.lower() == "desc"

    def fields(self, text: str) -> tuple[str, ...]:
        found, unknown = fields(self.listing, text)
        for word, hint in unknown.items():
            self.wrong("fields", f"{word} is not a field of {self.listing.name}", hint, "invalid_selection_field")
        return found

    # ---- the filter

    def filter(self, text: str) -> Filter:
        try:
            said = parse(text) if text else EVERYTHING
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
        return None if value is None else Clause(name, one.operator, value)

    def value(self, one: Clause, kind: str) -> str | None:
        read, is_not, example = _WRITTEN.get(kind, (str, "", ""))
        value = read(one.value)
        if value is None:
            said = f"{one.name}: {one.value.strip()[:40]!r} is not {is_not}"
            self.wrong("filter", said, f"write it as {example}")
        return value


_FIELD = "invalid_filter_field"

_WRITTEN = {
    "number": (decimal, "a number", "87.5"),
    "moment": (moment, "a moment", "2026-11-20T08:45:00.000Z"),
}
