"""Reading resources: lists with what pages them, details, and what is included beside."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

import msgspec

from ...consent.research import ResearchReader
from ...consent.session import Session
from ...errors import NotFound
from ...fields import Arg, Question
from ...recent import Finished
from .asking import Asked, Tree
from .attributes import Nothing, One, Several
from .catalogue import RESOURCES, Resource

Row = dict[str, Any]
Answer = dict[str, Any]

FINISHED: Finished[Row] = Finished(16 * 1024 * 1024, times=6)
"""Rows as they are shown, of those that were read last: most of a list is as it was when it is asked for again."""

LINKED = 500
"""How many resources are looked up at a time for an inclusion."""


def read_list(reader: ResearchReader, resource: Resource, asked: Asked) -> tuple[Answer, int]:
    """A page of a list with what it includes, and how many resources there are on all pages."""
    question = _question(resource, asked)
    plan = reader.prepare(question, (resource.name, asked.key))
    with reader.session() as session:
        rows = [row for chunk in session.rows(plan, asked.args, asked.limit, asked.offset) for row in chunk]
        found = [_decode(resource, row) for row in rows]
        beside = _included(reader, session, resource, found, asked.include)
        count = session.count(plan, asked.args)
    return {resource.plural: [_without(row, asked) for row in found], **beside}, count


def read_one(reader: ResearchReader, resource: Resource, shown: str | int, asked: Asked) -> Answer:
    """One resource by its id on the wire, with what it includes; raises `NotFound`."""
    with reader.session() as session:
        found = _by_id(reader, session, resource, [shown])
        if not found:
            raise NotFound
        beside = _included(reader, session, resource, found, asked.include)
    return {resource.name: _without(found[0], asked), **beside}


def find_one(reader: ResearchReader, resource: Resource, hub_id: str) -> Answer:
    """One resource by its hub id."""
    question = _question(resource, Asked())
    plan = reader.prepare(question, (resource.name, "keyed"))
    with reader.session() as session:
        for _, _, row, people in session.keyed(plan, {}, [hub_id]):
            session.shows(plan, 1, people)
            return {resource.name: _decode(resource, row)}
    raise NotFound


def _question(resource: Resource, asked: Asked) -> Question:
    columns = ((name, a.column()) for name, a in resource.attributes.items() if a.shown)
    return Question(resource.of, tuple((n, c) for n, c in columns if c is not None), asked.where, order=asked.order)


def _by_id(reader: ResearchReader, session: Session, resource: Resource, ids: Iterable[str | int]) -> list[Row]:
    asked = Asked(where=resource.identity.expr.one_of(Arg("ids")), order=resource.order)
    plan = reader.prepare(_question(resource, asked), (resource.name, "ids"))
    args = {"ids": msgspec.json.encode(list(ids)).decode()}
    return [_decode(resource, row) for chunk in session.rows(plan, args) for row in chunk]


def _decode(resource: Resource, body: bytes) -> Row:
    """A row as it is shown; whoever has it leaves it as it is, for others are given the same."""
    return FINISHED.get(resource.name, body, partial(_finish, resource))


def _finish(resource: Resource, body: bytes) -> Row:
    read: Row = msgspec.json.decode(body)
    return {name: a.show(read.get(name)) for name, a in resource.attributes.items() if a.shown}


def _without(row: Row, asked: Asked) -> Row:
    return {name: value for name, value in row.items() if name not in asked.exclude} if asked.exclude else row


# ---- what is included


def _included(reader: ResearchReader, session: Session, resource: Resource, rows: list[Row], tree: Tree) -> Answer:
    """The resources that these are related to, each kind under its plural, each resource once."""
    beside: dict[str, dict[str | int, Row]] = {}
    _include(reader, session, resource, rows, tree, beside)
    # What is included of the kind that the answer is about stands under a name of its own, as dynamic-rest has it.
    return {f"+{n}" if n == resource.plural else n: list(found.values()) for n, found in beside.items()}


def _include(
    reader: ResearchReader,
    session: Session,
    resource: Resource,
    rows: list[Row],
    tree: Tree,
    beside: dict[str, dict[str | int, Row]],
) -> None:
    for name, branch in tree.items():
        attribute = resource.attributes[name]
        if isinstance(attribute, Nothing):
            beside.setdefault(name, {})
        if not isinstance(attribute, One | Several):
            continue
        target = RESOURCES[attribute.model]
        held = beside.setdefault(target.plural, {})
        ids = _ids(rows, name)
        missing = [i for i in ids if i not in held]
        for start in range(0, len(missing), LINKED):
            read = {row["id"]: row for row in _by_id(reader, session, target, missing[start : start + LINKED])}
            held.update({i: read[i] for i in missing[start : start + LINKED] if i in read})
        if branch:
            _include(reader, session, target, [held[i] for i in ids if i in held], branch, beside)


def _ids(rows: Iterable[Mapping[str, Any]], name: str) -> list[str | int]:
    """The ids that rows show under a name, in order, each once."""
    found: dict[str | int, None] = {}
    for row in rows:
        value = row[name]
        found.update(dict.fromkeys(value if isinstance(value, list) else [] if value is None else [value]))  # pyright: ignore[reportUnknownArgumentType]
    return list(found)
