"""Every endpoint asked in its widest form, and the facts that decide what may be in the answers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlencode

from rollbook.api.resource import Also, Only, Option, Without
from rollbook.dialects.xporter.answering import prepare, read_by
from rollbook.dialects.xporter.asking import understand
from rollbook.dialects.xporter.catalogue import ENDPOINTS
from rollbook.fields import RECORDS, Condition, Expr, Field, Path, Told
from rollbook.model.calendar import Session
from rollbook.scopes import CATALOGUE
from tests.hub import THORNFIELD, Hub

SCOPES = sorted(CATALOGUE)


def narrows(option: Option) -> bool:
    """Whether an option makes an answer smaller; the widest form does without it."""
    return any(isinstance(e, Only | Without) for e in option.effects)


def widest(hub: Hub, token: str) -> dict[str, str]:
    """Each endpoint that a token may ask, with every option that it may use; the path after the school's number."""
    held = set(hub.get("/api/v1/TokenDetails", token).json["Scopes"])
    asked: dict[str, str] = {}
    for endpoint in ENDPOINTS.values():
        if endpoint.need.met_by(held) and endpoint.segment != "TestError":
            options = [n for n, o in endpoint.options.items() if not narrows(o)]
            path = f"{endpoint.segment}?{urlencode({'httpstatuscodes': 'true', **endpoint.example})}"
            asked[endpoint.segment] = path + "".join(f"&{n}=true" for n in usable(hub, token, path, options))
    return asked


def kinds_of(hub: Hub, path: str) -> frozenset[str]:
    """The kinds of record that an answer is made of."""
    segment, _, query = path.partition("?")
    endpoint = ENDPOINTS[segment.lower()]
    reader = hub.desk.readers.for_grant(hub.desk.grants.at(hub.app(), THORNFIELD))
    asked = understand(endpoint, parse_qsl(query, keep_blank_values=True), "", reader)
    return read_by(prepare(asked, reader))


def usable(hub: Hub, token: str, path: str, options: list[str]) -> list[str]:
    """The options that the token may use; one that rests on facts not held is refused as unknown."""
    tried = "".join(f"&{n}=true" for n in options)
    answer = hub.get(f"/api/v1/School/{THORNFIELD}/{path}{tried}&onlyGetDBStatus=true", token)
    if answer.status == 200:
        return options
    refused = answer.json["ExceptionMessage"]
    return [n for n in options if f"{n}: is not" not in refused]


def answers(hub: Hub, token: str) -> dict[str, bytes]:
    """Every endpoint's widest answer, byte by byte."""
    return {
        segment: hub.get(f"/api/v1/School/{THORNFIELD}/{path}", token).body
        for segment, path in widest(hub, token).items()
    }


def tables(body: bytes) -> dict[str, list[dict[str, Any]]]:
    """An answer's tables of rows."""
    return {name: rows for name, rows in json.loads(body).items() if isinstance(rows, list) and name != "meta"}


def discloses() -> dict[Field, set[Expr]]:
    """For each stored fact, what says it: itself, what roles and references tell, and what is worked out from it."""
    found: dict[Field, set[Expr]] = {}
    for record in RECORDS.values():
        for field in record.fields.values():
            for fact in stored_in(field):
                found.setdefault(fact, set()).add(field)
        for ref in record.refs().values():
            for fact in (f for name in ref.tells for f in stored_in(ref.target.fields[name])):
                found.setdefault(fact, set()).add(ref)
    # What is worked out for several kinds alike rests on what they have in common, of which there are no rows.
    return {fact: told for fact, told in found.items() if fact.owner in {*RECORDS.values()}}


def stored_in(expr: Expr) -> Iterator[Field]:
    """The stored facts that a value rests on."""
    if isinstance(expr, Field) and expr.stored:
        yield expr
    elif isinstance(expr, Told):
        yield from stored_in(expr.fact)
    elif isinstance(expr, Path):
        yield from stored_in(expr.end)
    else:
        for part in expr.parts():
            yield from stored_in(part)


def decide_presence() -> set[Field]:
    """The stored facts on which it depends whether a row is there at all: so much of them the list itself tells.

    When an academic year begins and ends is told by what is counted in it.
    """
    found: set[Field] = set()
    for endpoint in ENDPOINTS.values():
        if endpoint.years:
            found.update((Session.kind, Session.start, Session.end))
        conditions: list[Condition] = [p.only for t in endpoint.tables for p in endpoint.parts(t)]
        effects = [e for o in endpoint.options.values() for e in o.effects]
        conditions += [e.rows for e in effects if isinstance(e, Also | Only)]
        for condition in conditions:
            for part in condition.parts():
                found.update(stored_in(part))
    return found
