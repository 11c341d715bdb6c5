"""A request for an endpoint, understood: its options, filters, selection and page, or everything wrong with it."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from ...addresses import read_address
from ...api.dated import is_day
from ...api.resource import Add, AnyTable, Counted, Endpoint, Facts, Filter, Ignore, Option, With
from ...consent import Reader
from ...errors import Malformed, Problem, nearest
from ...fields import Expr
from ...recent import Recent
from .years import academic_years, years_of

ROW_LIMIT = 100_011
"""The most rows of the main table in one answer (the document's default maximum number of records)."""

COLUMN_LIMIT = 500
"""The most columns that a request may choose: the store renders a row from a thousand values, two for each column."""

COMMON = (
    "page",
    "pagesize",
    "changedRows",
    "select",
    "options",
    "callbackUrl",
    "httpstatuscodes",
    "onlyGetDBStatus",
)
PERIODS = (
    ("DateFrom", "DateTo"),
    ("FromDate", "ToDate"),
    ("startDate", "endDate"),
    ("LeavingDateFrom", "LeavingDateTo"),
    ("ResultDateFrom", "ResultDateTo"),
    ("CollectionDateFrom", "CollectionDateTo"),
    ("LessonInstancesDateFrom", "LessonInstancesDateTo"),
)
"""Filters that are the first and the last day of a time."""

_COLUMN = re.compile(r"^(?:(?P<table>\w+)\.)?(?P<column>\w+|\*)(?:\s+as\s+(?P<name>.+))?$", re.IGNORECASE)
_NAME = re.compile(r"^\w[\w .-]{0,63}$")
# A plus that nobody encoded arrives as a blank: 2026-11-20T08:30:00 01:00.
_BLANK_FOR_PLUS = re.compile(r" (\d\d:?\d\d)$")
_TRUE, _FALSE = {"true", "1", "yes", "on", ""}, {"false", "0", "no", "off"}


@dataclass(frozen=True)
class Asked:
    """What a request asks of an endpoint."""

    endpoint: Endpoint
    options: tuple[str, ...] = ()
    filters: tuple[str, ...] = ()
    args: dict[str, Any] = field(default_factory=dict[str, Any])
    select: tuple[tuple[str, str, str], ...] = ()
    """(table, column, shown as); empty for every column."""
    page: int | None = None
    page_size: int | None = None
    changed_rows: str | None = None
    callback: str | None = None
    status_codes: bool = False
    only_status: bool = False
    as_of: str = ""
    """The day as of which the records are read; empty for today."""
    pulled: bool = False
    """Whether the rows of the main table are those with the hub ids that the arguments name."""

    @property
    def paged(self) -> bool:
        """Whether the caller asked for a page."""
        return self.page is not None or self.page_size is not None

    @property
    def limit(self) -> int:
        """The most rows of the main table to show."""
        return min(self.page_size or ROW_LIMIT, ROW_LIMIT)

    @property
    def offset(self) -> int:
        """How many rows of the main table to pass over."""
        return ((self.page or 1) - 1) * self.limit

    @property
    def shape(self) -> tuple[object, ...]:
        """What decides how the tables are compiled."""
        return (self.endpoint.segment, self.options, self.filters, self.select, self.pulled)

    @property
    def chosen_options(self) -> dict[str, Option]:
        """The options asked for, by name."""
        return {name: self.endpoint.options[name] for name in self.options}

    @property
    def chosen_filters(self) -> dict[str, Filter]:
        """The filters that are in force, by name."""
        return {name: self.endpoint.filters[name] for name in self.filters}


def wants_status_codes(query: Iterable[tuple[str, str]]) -> bool:
    """Whether errors are to be told by the HTTP status as well."""
    return any(name.lower() == "httpstatuscodes" and value.strip().lower() in _TRUE for name, value in query)


AS_OF = "asOf"
"""An addition of ours: the day as of which an endpoint is read whose rows are decided by dates."""


def day_of(endpoint: Endpoint, query: Iterable[tuple[str, str]], reader: Reader) -> str:
    """The day as of which a request reads; empty for today, and where what it says is no such day."""
    if AS_OF.lower() not in offer(endpoint, reader).names:
        return ""
    said = next((value.strip() for name, value in query if name.strip().lower() == AS_OF.lower()), "")
    return said if is_day(said) and said <= reader.today else ""


def understand(endpoint: Endpoint, query: list[tuple[str, str]], identity: str, reader: Reader) -> Asked:
    """The request, understood; raises `Malformed` with every problem at once."""
    return _Understanding(endpoint, reader).run(query, identity)


@dataclass(frozen=True)
class Offer:
    """What a kind of grant may say to an endpoint: what rests on facts that are not held is as if it did not exist."""

    filters: dict[str, Filter]
    options: dict[str, Option]
    names: dict[str, str]
    columns: dict[str, tuple[str, dict[str, str]]]
    """Tables by their names in lower case, each with its columns by theirs."""


_offers: Recent[Offer] = Recent(1024)


def offer(endpoint: Endpoint, reader: Reader) -> Offer:
    """What a grant may say to an endpoint, worked out once for each kind of grant."""
    return _offers.get((reader.view, endpoint.segment), lambda: _make_offer(endpoint, reader))


def _make_offer(endpoint: Endpoint, reader: Reader) -> Offer:
    filters = {n: f for n, f in endpoint.filters.items() if _may_filter(f, reader)}
    options = {n: o for n, o in endpoint.options.items() if _may_choose(o, endpoint, reader)}
    dated = (AS_OF,) if endpoint.as_of is not None and endpoint.as_of.met_by(reader.grant.scopes) else ()
    names = {n.lower(): n for n in (*COMMON, *filters, *options, *dated)}
    columns = {t.name.lower(): (t.name, _seen(endpoint, t, reader)) for t in endpoint.tables}
    return Offer(filters, options, names, columns)


def _may_filter(one: Filter, reader: Reader) -> bool:
    return any(map(reader.sees, one.elsewhere.values())) if one.elsewhere else reader.sees(one.where)


def _may_choose(option: Option, endpoint: Endpoint, reader: Reader) -> bool:
    main = endpoint.main
    columns = {n: e for p in endpoint.parts(main) for n, e in p.columns.items()} if main else {}
    added = [columns[c] for e in option.effects if isinstance(e, Add) for c in e.columns]
    filled = [x for e in option.effects if isinstance(e, With) for t in e.tables for x in _expressions(endpoint, t)]
    return not (added or filled) or any(map(reader.sees, (*added, *filled)))


def _expressions(endpoint: Endpoint, table: AnyTable) -> list[Expr]:
    return [e for p in endpoint.parts(table) for e in p.columns.values()]


def _seen(endpoint: Endpoint, table: AnyTable, reader: Reader) -> dict[str, str]:
    if isinstance(table, Facts | Counted):
        return {n.lower(): n for n in table.columns}
    return {n.lower(): n for p in endpoint.parts(table) for n, e in p.columns.items() if reader.sees(e)}


class _Understanding:
    def __init__(self, endpoint: Endpoint, reader: Reader) -> None:
        self.endpoint = endpoint
        self.reader = reader
        self.problems: list[Problem] = []
        self.said: dict[str, str] = {}
        self.extra: dict[str, Any] = {}
        self.offer = offer(endpoint, reader)
        self.filters, self.options, self.names = self.offer.filters, self.offer.options, self.offer.names

    def run(self, query: list[tuple[str, str]], identity: str) -> Asked:
        options = self.read(query, identity)
        args = self.values(options)
        page, page_size = self.number("page", 1, None), self.number("pagesize", 1, ROW_LIMIT)
        select = self.selection(self.said.get("select", ""))
        as_of = self.as_of()
        asked = Asked(
            self.endpoint,
            tuple(sorted(options)),
            tuple(sorted(args)),
            {**self.years(), **args, **self.extra},
            select,
            page,
            page_size,
            self.said.get("changedRows"),
            self.callback(),
            self.flag("httpstatuscodes", self.said.get("httpstatuscodes", "false")),
            self.flag("onlyGetDBStatus", self.said.get("onlyGetDBStatus", "false")),
            as_of,
        )
        if self.problems:
            raise Malformed(*self.problems)
        return asked

    def wrong(self, where: str, what: str, hint: str = "") -> None:
        self.problems.append(Problem(where, what, hint))

    def as_of(self) -> str:
        """The day as of which the records are read, which the reader is made for already."""
        text = self.said.get(AS_OF, "").strip()
        if not text:
            return ""
        if not is_day(text):
            self.wrong(AS_OF, f"{text[:40]} is not a date", "use yyyy-MM-dd, such as 2026-09-01")
        elif text > self.reader.today:
            self.wrong(AS_OF, f"{text} is after today", "give a day that has come")
        for name in ("changedRows", "callbackUrl"):
            if name in self.said:
                self.wrong(AS_OF, f"cannot be given with {name}", f"leave out {name}, which is about now")
        # What is asked of another day is another question, also where pages are remembered.
        self.extra["as_of"] = text
        return text

    # ---- names

    def read(self, query: list[tuple[str, str]], identity: str) -> set[str]:
        """Sort the query into common parameters, filters and options; gives the options that are on."""
        options: set[str] = set()
        for written, value in query:
            name = self.names.get(written.strip().lower())
            if name is None:
                self.unknown(written)
            elif name in self.said:
                self.wrong(written, "is given twice", "give it once")
            else:
                self.said[name] = value
                if name in self.options and self.flag(written, value):
                    options.add(name)
        if identity:
            self.identify(identity)
        for written in filter(None, (o.strip() for o in self.said.get("options", "").split(","))):
            name = self.names.get(written.lower())
            if name in self.options and name in self.said and name not in options:
                self.wrong("options", f"{written} is also given as false", "give it once")
            elif name in self.options:
                options.add(name)
            else:
                self.wrong(
                    "options",
                    f"{written} is not an option of {self.endpoint.segment}",
                    nearest(written, self.options),
                )
        return options

    def unknown(self, written: str) -> None:
        if written.lower() == AS_OF.lower():
            hint = "it is for endpoints whose rows have dates, and needs the scopes of those dates"
            self.wrong(AS_OF, f"{self.endpoint.segment} cannot be read as of an earlier day", hint)
            return
        known = [*self.filters, *self.options, *COMMON]
        self.wrong(
            written[:80],
            f"is not a filter or option of {self.endpoint.segment}",
            nearest(written[:80], known),
        )

    def identify(self, identity: str) -> None:
        if "id" not in self.filters:
            self.wrong("path", f"{self.endpoint.segment} does not take an id")
        elif self.said.setdefault("id", identity) != identity:
            self.wrong("id", "differs between the path and the query", "give it once")

    # ---- values

    def values(self, options: Iterable[str]) -> dict[str, Any]:
        args: dict[str, Any] = {}
        effects = [e for name in options for e in self.options[name].effects]
        ignored = {name for e in effects if isinstance(e, Ignore) for name in e.filters}
        for name, one in self.filters.items():
            if name in ignored:
                continue
            value = self.said.get(name)
            if value is not None and value.strip():
                args[name] = self.value(name, one, value.strip())
            elif one.default is not None:
                args[name] = one.default(self.reader)
            elif one.required and not self.said.get(one.unless, "").strip():
                self.wrong(name, "is required", f"give {name}, such as {name}={_sample(name, self.endpoint)}")
        self.at_least_one(args)
        self.in_order(args)
        return args

    def at_least_one(self, args: dict[str, Any]) -> None:
        wanted = [name for name in self.endpoint.at_least if name in self.filters]
        # A filter that is there and wrong has been told already.
        if wanted and not any(name in args or self.said.get(name, "").strip() for name in wanted):
            hint = f"give {wanted[0]}, such as {wanted[0]}={_sample(wanted[0], self.endpoint)}"
            self.wrong(", ".join(wanted), "at least one of these is required", hint)

    def in_order(self, args: dict[str, Any]) -> None:
        for one, other in PERIODS:
            first, last = args.get(one), args.get(other)
            if first and last and first > last and self.said.get(one) and self.said.get(other):
                self.wrong(one, f"{first} is after {other} {last}", "swap them")

    def value(self, name: str, one: Filter, text: str) -> Any:
        if one.kind in ("code", "csv"):
            return self.choice(name, one, text)
        reading: dict[str, Callable[[str, str], Any]] = {
            "date": self.date,
            "moment": self.moment,
            "flag": lambda n, t: int(self.flag(n, t)),
            "number": self.integer,
            "list": self.listed,
            "pairs": self.pairs,
            "range": self.range,
            "year": self.year,
        }
        return reading[one.kind](name, text) if one.kind in reading else text

    def choice(self, name: str, one: Filter, text: str) -> str | None:
        spelled = {k.lower(): v for k, v in one.choices.items()}
        words = [w.strip() for w in text.split(",")] if one.kind == "csv" else [text]
        unknown = [w for w in words if w.lower() not in spelled]
        for word in unknown:
            self.wrong(name, f"{word} is not a valid value", nearest(word, one.choices))
        if unknown:
            return None
        values = [spelled[w.lower()] for w in words]
        return json.dumps(values) if one.kind == "csv" else values[0]

    def date(self, name: str, text: str) -> str | None:
        try:
            return date.fromisoformat(text[:10] if len(text) == 10 or text[10:11] == "T" else "").isoformat()
        except ValueError:
            self.wrong(name, f"{text} is not a date", "use yyyy-MM-dd, such as 2026-09-01")
            return None

    def listed(self, name: str, text: str) -> str:
        """Values with commas between them, as a JSON list."""
        return json.dumps([w for w in (w.strip() for w in text.split(",")) if w])

    def pairs(self, name: str, text: str) -> str:
        """Values with commas between them, each alone or paired with another one (`702|34`) or with none (`702|`)."""
        found = [[part.strip() for part in one.split("|")] for one in text.split(",") if one.strip()]
        for one in found:
            if len(one) > 2 or not one[0]:
                self.wrong(name, f"{'|'.join(one)[:80]} is not a pair", "use 702, 702|34 or 702|, separated by commas")
        return json.dumps(found)

    def range(self, name: str, text: str) -> str | None:
        """Two days, `2026-09-01|2026-12-18`."""
        first, bar, last = (part.strip() for part in text.partition("|"))
        if not bar:
            self.wrong(name, f"{text[:80]} is not a range", "use yyyy-MM-dd|yyyy-MM-dd")
            return None
        start, end = self.date(name, first), self.date(name, last)
        if start and end and start > end:
            self.wrong(name, f"{start} is after {end}", "swap them")
        self.extra |= {f"{name}_from": start, f"{name}_to": end}
        return text

    def year(self, name: str, text: str) -> str:
        """The academic year that begins in a calendar year."""
        known = years_of(self.reader)
        found = next((one for one in known if one[0][:4] == text), None)
        if found is None:
            self.wrong(
                name, f"{text[:80]} is not an academic year of the school", nearest(text, [y[0][:4] for y in known])
            )
        else:
            self.extra |= {"year_start": found[0], "year_end": found[1]}
        return text

    def moment(self, name: str, text: str) -> str | None:
        """A date, or a moment as `LastUpdated` writes it; one without a zone is in UTC."""
        try:
            if len(text) == 10:
                return date.fromisoformat(text).isoformat()
            at = datetime.fromisoformat(_BLANK_FOR_PLUS.sub(r"+\1", text))
            utc = at.astimezone(UTC) if at.tzinfo else at
            return utc.replace(tzinfo=None).isoformat(timespec="milliseconds")
        except (ValueError, OverflowError):
            hint = "use yyyy-MM-dd, such as 2026-09-01, or 2026-09-01T08:30:00"
            self.wrong(name, f"{text} is not a date or a date and time", hint)
            return None

    def integer(self, name: str, text: str) -> int | None:
        if re.fullmatch(r"-?\d{1,18}", text, re.ASCII):
            return int(text)
        self.wrong(name, f"{text} is not a whole number")
        return None

    def number(self, name: str, least: int, most: int | None) -> int | None:
        text = self.said.get(name, "").strip()
        if not text:
            return None
        value = self.integer(name, text)
        if value is not None and (value < least or (most is not None and value > most) or value > 10**12):
            bounds = f"from {least} to {most}" if most else f"of at least {least}"
            self.wrong(name, f"{text} is out of range", f"give a whole number {bounds}")
            return None
        return value

    def flag(self, name: str, text: str) -> bool:
        lower = text.strip().lower()
        if lower not in _TRUE | _FALSE:
            self.wrong(name, f"{text} is not true or false", "use true or false")
        return lower in _TRUE

    def callback(self) -> str | None:
        url = self.said.get("callbackUrl", "").strip()
        if not url:
            return None
        try:
            read_address(url, "callbackUrl")
        except Malformed as error:
            self.problems += error.problems
        return url

    def years(self) -> dict[str, Any]:
        return academic_years(self.reader) if self.endpoint.years else {}

    # ---- selection

    def selection(self, text: str) -> tuple[tuple[str, str, str], ...]:
        chosen: list[tuple[str, str, str]] = []
        if not text:
            return ()
        for item in filter(None, (i.strip() for i in text.split(","))):
            found = _COLUMN.match(item)
            if found is None:
                self.wrong("select", f"{item[:80]} is not a column", "use Column or Column as Name")
                continue
            table, column, name = found["table"] or "", found["column"], found["name"]
            chosen += self.column(table, column, name)
        if len(chosen) > COLUMN_LIMIT:
            self.wrong("select", f"selects {len(chosen)} columns", f"select at most {COLUMN_LIMIT}")
        self.no_name_twice(chosen)
        return tuple(chosen)

    def column(self, table: str, column: str, name: str | None) -> list[tuple[str, str, str]]:
        tables = self.offer.columns
        found = tables.get(table.lower()) if table else next(iter(tables.values()), None)
        if found is None:
            self.wrong("select", f"{table} is not a table of {self.endpoint.segment}", self.known_tables(table))
            return []
        at, seen = found
        if column == "*":
            optional = self.endpoint.optional()
            return [(at, c, c) for c in seen.values() if c not in optional]
        spelled = seen.get(column.lower())
        if spelled is None:
            self.wrong("select", f"{column} is not a column of {at}", nearest(column, seen.values()))
            return []
        if name is not None and not _NAME.match(name):
            self.wrong("select", f"{name[:80]} cannot name a column", "use letters, digits, spaces and _ . -")
            return []
        return [(at, spelled, name or spelled)]

    def known_tables(self, table: str) -> str:
        return nearest(table, [name for name, _ in self.offer.columns.values()])

    def no_name_twice(self, chosen: list[tuple[str, str, str]]) -> None:
        names = Counter((table, name) for table, _, name in chosen)
        for table, name in sorted(n for n, times in names.items() if times > 1):
            self.wrong("select", f"{name} is the name of two columns of {table}", "rename one with as")


_SAMPLES = {
    "date": "2026-09-01",
    "moment": "2026-09-01",
    "year": "2025",
    "range": "2026-09-01|2026-12-18",
    "pairs": "702|34,701",
}


def _sample(name: str, endpoint: Endpoint) -> str:
    """What could be given for a filter, by its kind; for names and ids, what the endpoint's own example says."""
    one = endpoint.filters[name]
    usual = next(iter(one.choices), _SAMPLES.get(one.kind))
    return usual or endpoint.example.get(name) or ("1,2" if one.kind == "list" else "1")
