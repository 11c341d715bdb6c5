"""What a grant sees of a database, told in short: equal while no row of any endpoint behind it is another one.

Every endpoint that the grant may ask is read as an app would read it that asks for all there is: with each option that
shows more, and over the whole academic year where it asks for dates. What it reads from is looked at first, and only
what has moved is read. Endpoints that answer for one group or one field at a time are left out: their rows stand in
others of the same database.
"""

from __future__ import annotations

import hashlib
import json
import time
from typing import Any

from ...api.resource import Endpoint, Instead, Only, Option, Renew, Without
from ...api.webhooks import Body
from ...consent import Desk, Reader
from ...jobs import Freshness
from ...jobs.subscriptions import State
from .answering import Prepared, db_status, prepare, read_by
from .asking import Asked, offer
from .catalogue import ENDPOINTS
from .years import academic_years

FIRSTS, LASTS = frozenset({"DateFrom", "startDate"}), frozenset({"DateTo", "endDate"})
"""The filters by which an endpoint is asked for a time."""

SOURCES = frozenset({"Health", "TestError"})
"""Endpoints that tell of the source and the service rather than of records."""


PAUSE = 250
"""Rows that are read between two pauses."""


def databases_of(reader: Reader) -> list[str]:
    """The databases of which a grant sees something."""
    return sorted({name for e in _endpoints(reader) for name in e.databases})


def look(reader: Reader, database: str, before: State, deep: bool) -> State:
    """What a grant sees of a database (`jobs.subscriptions.Look`)."""
    state: dict[str, list[str]] = {}
    for endpoint in _endpoints(reader):
        asked = _widest(endpoint, reader) if database in endpoint.databases else None
        tables = [t for t in prepare(asked, reader) if t.parts] if asked is not None else []
        if asked is None or not tables:
            continue
        read_from = _read_from(asked, tables, reader)
        known = before.get(endpoint.segment, [""])
        if known[0] == read_from and (len(known) > 1 or not deep):
            state[endpoint.segment] = list(known)
        else:
            state[endpoint.segment] = [read_from, _digest(asked, tables, reader)] if deep else [read_from]
    return state


def _endpoints(reader: Reader) -> list[Endpoint]:
    held = reader.grant.scopes
    return [e for e in ENDPOINTS.values() if e.segment not in SOURCES and e.need.met_by(held)]


def _widest(endpoint: Endpoint, reader: Reader) -> Asked | None:
    """The question for all that an endpoint shows a grant; None for one that must be told what to show."""
    offered, years = offer(endpoint, reader), academic_years(reader)
    args: dict[str, Any] = {}
    for name, one in offered.filters.items():
        if one.default is not None:
            args[name] = one.default(reader)
        elif name in FIRSTS | LASTS:
            args[name] = years["year_start" if name in FIRSTS else "year_end"]
        elif one.required and not {one.unless} & args.keys() and one.unless not in FIRSTS | LASTS:
            return None
    options = sorted(name for name, option in offered.options.items() if _widens(option))
    every = years | args if endpoint.years else args
    return Asked(endpoint, tuple(options), tuple(sorted(args)), every)


def _widens(option: Option) -> bool:
    # One that narrows shows less; one that has columns made otherwise shows the same records in another form.
    return not any(isinstance(e, Only | Without | Renew | Instead) for e in option.effects)


def _read_from(asked: Asked, tables: list[Prepared], reader: Reader) -> str:
    """What an answer is made of; while it is the same, so is the answer."""
    kinds = read_by(tables)
    args = sorted(asked.args.items())
    rests_on = (reader.today, reader.grant.version, asked.options, args, sorted(reader.versions(kinds).items()))
    return hashlib.blake2b(json.dumps(rests_on).encode(), digest_size=16).hexdigest()


def _digest(asked: Asked, tables: list[Prepared], reader: Reader) -> str:
    """A digest of the rows of an answer, whatever their order."""
    total = 0
    with reader.session() as session:
        for number, table in enumerate(tables):
            for part in table.parts:
                for at, (_, _, row, _) in enumerate(session.keyed(part.plan, asked.args)):
                    if at % PAUSE == PAUSE - 1:
                        # Those who wait for an answer come first.
                        time.sleep(0.001)
                    whole = b"%d\0%s" % (number, row)
                    total += int.from_bytes(hashlib.blake2b(whole, digest_size=16).digest(), "big")
    return f"{total % (1 << 128):032x}"


class DataChanged:
    """The state of a database that has changed, for whoever still sees something of it."""

    def __init__(self, desk: Desk, seen: Freshness) -> None:
        self.desk = desk
        self.seen = seen

    def __call__(self, told: Any) -> Body | None:
        """The body of a webhook of the family `database`."""
        grant = self.desk.grants.by_id(told["grant"])
        reader = self.desk.readers.for_grant(grant) if grant is not None else None
        if reader is None or told["database"] not in databases_of(reader):
            return None
        return Body(db_status(self.seen.look(reader, (told["database"],)), self.desk.clock()))
