"""A request's parameters, understood: filters, fields, expansions and the page, or everything wrong with them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any, cast

import msgspec

from ...api.listing.asking import UUID, Clause, Sees
from ...api.listing.resource import Listing, Property
from ...errors import Malformed, nearest
from . import cursors
from .cursors import Query
from .resource import OPERATORS, expansions
from .wire import Fault, Notice

PAGE, LARGEST_PAGE = 100, 10_000
"""How many things a page has when nothing is said, and at the most; the documentation gives only the second."""

MOST_CLAUSES = 50

PAGING = ("$first", "$last", "$after", "$before")
SHAPING = ("$filter", "$fields", "$expand")
IGNORED = ("$properties", "$idempotency")
"""What belongs to writing; the vendor's client may send it with any request."""


@dataclass(frozen=True)
class Asked:
    """What a request asks of a resource."""

    clauses: tuple[Clause, ...] = ()
    """Each with a text, a list of texts, or, where a value is only known or not, with None."""
    fields: tuple[str, ...] = ()
    """Empty for every property."""
    expand: tuple[str, ...] = ()
    size: int = PAGE
    backward: bool = False
    after: str = ""
    before: str = ""
    query: Query = ()
    """What was asked, as a cursor remembers it."""
    warnings: tuple[Notice, ...] = ()
    until: float = float("inf")
    """The moment, seconds since 1970, after which it may not be asked any more."""

    def following(self, last: str) -> Query:
        """The query of the next page, which begins beyond the thing with this id."""
        name = "$before" if self.backward else "$after"
        return (*((n, v) for n, v in self.query if n != name), (name, last))


def understand(
    resource: Listing, query: list[tuple[str, str]], path: str, now: float, sees: Sees, *, one: bool = False
) -> Asked:
    """The parameters, understood; raises `Malformed` with every problem at once. `one` is for a single thing."""
    said = [(name, value) for name, value in query if name.startswith("$")]
    given = dict(said)
    if not one and given.get("$cursor"):
        beside = sorted({n for n, _ in said} - {"$cursor", *IGNORED})
        continued, until = cursors.read(given["$cursor"], path, now)
        asked = _Understanding(resource, sees).run(list(continued))
        ignored = tuple(Notice("PAGING_IGNORED", f"{n} is ignored beside $cursor, which remembers it") for n in beside)
        return replace(asked, warnings=(*ignored, *asked.warnings), until=until)
    return _Understanding(resource, sees, one=one).run(said)


class _Understanding:
    def __init__(self, resource: Listing, sees: Sees, *, one: bool = False) -> None:
        self.resource = resource
        self.sees = sees
        self.names = (*SHAPING[1:], *IGNORED) if one else (*PAGING, *SHAPING, *IGNORED, "$cursor")
        self.problems: list[Fault] = []
        self.warnings: list[Notice] = []

    def run(self, said: list[tuple[str, str]]) -> Asked:
        given = self.read(said)
        first, last = self.count(given, "$first"), self.count(given, "$last")
        if "$first" in given and "$last" in given:
            self.wrong("$last", "is given beside $first", "give one of them", "INVALID_PAGE_SIZE")
        after, before = self.place(given, "$after"), self.place(given, "$before")
        asked = Asked(
            self.filter(given.get("$filter", "")),
            self.listed(given, "$fields", self.resource.properties, "INVALID_FIELD_REQUESTED"),
            self.listed(given, "$expand", expansions(self.resource), "INVALID_EXPANSION"),
            first or last or PAGE,
            "$last" in given or (bool(before) and "$first" not in given),
            after,
            before,
            tuple((n, v) for n, v in given.items() if n not in IGNORED),
            tuple(self.warnings),
        )
        if self.problems:
            raise Malformed(*self.problems)
        return asked

    def wrong(self, where: str, what: str, hint: str, code: str) -> None:
        self.problems.append(Fault(where[:80], what, hint, code))

    def read(self, said: list[tuple[str, str]]) -> dict[str, str]:
        """The parameters that say something, each once."""
        given: dict[str, str] = {}
        for name, value in said:
            if name not in self.names:
                what = f"is not a parameter of {self.resource.name}"
                self.wrong(name, what, nearest(name[:80], self.names), "INVALID_PARAMETER")
            elif name in given and given[name] != value:
                self.wrong(name, "is given twice", "give it once", "INVALID_PARAMETER")
            elif value.strip():
                given[name] = value
            elif name in ("$first", "$last"):
                self.wrong(name, "is empty", f"give a whole number from 1 to {LARGEST_PAGE}", "INVALID_PAGE_SIZE")
        given.pop("$cursor", None)
        return given

    # ---- the page

    def count(self, given: Mapping[str, str], name: str) -> int:
        text = given.get(name, "1").strip()
        if not re.fullmatch(r"\d{1,9}", text, re.ASCII) or not 1 <= int(text) <= LARGEST_PAGE:
            hint = f"give a whole number from 1 to {LARGEST_PAGE}"
            self.wrong(name, f"{text[:40]} is not a page's size", hint, "INVALID_PAGE_SIZE")
            return 0
        return int(text) if name in given else 0

    def place(self, given: Mapping[str, str], name: str) -> str:
        text = given.get(name, "").strip().lower()
        if text and not UUID.fullmatch(text):
            self.wrong(name, f"{text[:60]} is not a UUID", "give the id of a thing in the list", "INVALID_UUID")
        return text

    # ---- what is shown

    def listed(self, given: Mapping[str, str], name: str, known: Iterable[str], code: str) -> tuple[str, ...]:
        """The names in a list; one that is not known is only warned of."""
        words = dict.fromkeys(w.strip() for w in given.get(name, "").split(",") if w.strip())
        names = list(known)
        unknown = [w for w in words if w not in names]
        for word in unknown[:20]:
            hint = nearest(word[:80], names)
            self.warnings.append(
                Notice(code, f"{name}: {word[:80]} is not one that {self.resource.name} have ({hint})")
            )
        if words and len(unknown) == len(words) and name == "$fields":
            # Nothing that was asked for is there; an id is in every answer.
            return ("id",)
        return tuple(n for n in names if n in words)

    # ---- filters

    def filter(self, text: str) -> tuple[Clause, ...]:
        if not text.strip():
            return ()
        example = '{"name":[{"operator":"equals","value":"…"}]}'
        try:
            said: Any = msgspec.json.decode(text)
        except (msgspec.MsgspecError, RecursionError, ValueError):
            self.invalid("$filter", "is not JSON", f"write it as {example}")
            return ()
        if not isinstance(said, dict):
            self.invalid("$filter", "is not an object", f"write it as {example}")
            return ()
        clauses = [c for name, asked in cast(dict[str, Any], said).items() for c in self.clauses(name, asked)]
        if len(clauses) > MOST_CLAUSES:
            self.invalid("$filter", f"has {len(clauses)} conditions", f"give no more than {MOST_CLAUSES}")
        return tuple(clauses)

    def invalid(self, where: str, what: str, hint: str) -> None:
        self.wrong(where, what, hint, "INVALID_FILTER")

    def clauses(self, name: str, asked: Any) -> list[Clause]:
        where = f"$filter.{name}"
        allowed = {n: p for n, p in self.resource.properties.items() if p.filters and self.sees(p)}
        if name not in allowed:
            told = name in self.resource.properties and self.sees(self.resource.properties[name])
            what = "has no operators" if told else "is not a property"
            self.invalid(where, f"{what} {'in' if told else 'of'} {self.resource.name}", nearest(name[:80], allowed))
            return []
        if not isinstance(asked, list):
            self.invalid(where, "is not a list", 'write [{"operator":"…","value":"…"}]')
            return []
        found = (self.clause(where, name, allowed[name], one) for one in cast(list[Any], asked))
        return [clause for clause in found if clause is not None]

    def clause(self, where: str, name: str, what: Property, one: Any) -> Clause | None:
        fields = cast(dict[str, Any], one) if isinstance(one, dict) else {}
        operator = fields.get("operator")
        if not isinstance(operator, str):
            self.invalid(where, "has a condition without an operator", f"give one of: {', '.join(what.filters)}")
            return None
        if operator not in what.filters:
            wrong = "does not take" if operator in OPERATORS else "has an operator that there is not:"
            self.invalid(where, f"{wrong} {operator[:40]}", f"give one of: {', '.join(what.filters)}")
            return None
        if extra := sorted(fields.keys() - {"operator", "value"}):
            self.invalid(where, f"has a condition with {extra[0][:40]}", "give operator and value")
            return None
        if operator in ("is known", "is unknown"):
            return Clause(name, operator, None)
        return self.compared(where, name, what, operator, fields.get("value"))

    def compared(self, where: str, name: str, what: Property, operator: str, value: Any) -> Clause | None:
        if not isinstance(value, str):
            self.invalid(where, f"needs a text as the value of {operator}", "write it in quotation marks")
            return None
        texts = value.split(",") if operator in ("in", "not in") else [value]
        read = {"uuid": self.uuid, "moment": self.moment}.get(what.kind)
        values = [read(where, text) if read else text for text in texts]
        if None in values:
            return None
        return Clause(name, operator, values if operator in ("in", "not in") else values[0])

    def uuid(self, where: str, text: str) -> str | None:
        found = text.strip().lower()
        if UUID.fullmatch(found):
            return found
        self.wrong(where, f"{text[:60]} is not a UUID", "ids are UUIDs", "INVALID_UUID")
        return None

    def moment(self, where: str, text: str) -> str | None:
        """A day or a moment, as the store writes moments; one without a zone is in UTC."""
        try:
            if len(text) == 10:
                return f"{date.fromisoformat(text).isoformat()}T00:00:00.000"
            at = datetime.fromisoformat(text)
            utc = at.astimezone(UTC) if at.tzinfo else at
            exact = "microseconds" if utc.microsecond % 1000 else "milliseconds"
            return utc.replace(tzinfo=None).isoformat(timespec=exact)
        except (ValueError, OverflowError):
            self.invalid(where, f"{text[:40]} is not a date", "write it as 2026-11-20T08:45:00.000Z")
            return None
