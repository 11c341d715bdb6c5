"""A hub in a database that is distributed by district: the same answers, and no statement that reaches for more.

Tables are native hash partitions here. A statement that keeps to one of them, Citus sends to one machine.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import psycopg
import pytest
from click.testing import CliRunner
from psycopg import sql

from rollbook import cli
from rollbook.app import application
from rollbook.model.people import Person
from rollbook.store.connection import connect
from rollbook.store.opening import layout
from rollbook.store.plan.flavours.postgres import placed as with_names
from rollbook.store.postgres.copying import copy, number_on
from rollbook.store.postgres.distributing import distribute
from rollbook.store.postgres.layout import BY_DISTRICT
from rollbook.store.postgres.placing import placed
from rollbook.store.postgres.session import Session

from .hub import Hub
from .laws.asking import answers
from .postgres import ABSENT, BIN, hub_served
from .test_examples import PAGES, SPEAKERS, Reading, parts
from .test_postgres_plans import Compiled, overheard, variants

pytestmark = [pytest.mark.slow, pytest.mark.skipif(BIN is None and not os.environ.get("CI"), reason=ABSENT)]

PARTS = 2
"""Enough to tell one from more."""


@dataclass
class Told:
    """A hub in a distributed database, and what was compiled and executed while it answered."""

    hub: Hub
    embedded: Hub
    address: str
    answers: dict[str, bytes] = field(default_factory=dict[str, bytes])
    plans: list[Compiled] = field(default_factory=list[Compiled])
    executed: dict[str, list[Any]] = field(default_factory=dict[str, list[Any]])
    """The values with which each statement was first executed."""


@pytest.fixture(scope="module")
def told(small_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    """The demo schools, asked what the manual asks, and for every Xporter endpoint in its widest form."""
    folder = tmp_path_factory.mktemp("distributed")
    embedded = Hub.copy(small_folder, folder / "embedded")
    embedded.grant()
    (folder / "served").mkdir()
    shutil.copy(folder / "embedded" / "hub.key", folder / "served" / "hub.key")
    with hub_served("max_locks_per_transaction=128") as address:
        distribute(address, PARTS)
        for name in ("records", "passing"):
            _copy(folder / "embedded" / f"{name}.sqlite", address, name)
        found = Told(Hub(folder / "served", address), embedded, address)
        _ask(found)
        yield found
        found.hub.close()
    embedded.close()


def _copy(file: Path, address: str, name: str) -> None:
    source, target = connect(file), Session(address, name)
    copy(source, target)
    if name == "records":
        number_on(target)
    source.close()
    target.close()


def _ask(told: Told) -> None:
    with pytest.MonkeyPatch.context() as patch:
        told.plans, _ = overheard(patch)
        _overhear_statements(patch, told.executed)
        told.answers = answers(told.hub, told.hub.token())
        readings = {dialect: Reading(told.hub, dialect) for dialect in SPEAKERS}
        # What pages of Xporter ask has been asked already, but for what they write.
        for page in (one for one in PAGES if one.parent.name != "xporter" or "writeback" in one.stem):
            for part in parts(page.read_text()):
                if part.kind == "http":
                    readings[page.parent.name].ask(part.text)


def _overhear_statements(patch: pytest.MonkeyPatch, executed: dict[str, list[Any]]) -> None:
    real = Session.execute

    def execute(self: Session, text: str, bindings: Any = None) -> Any:
        said, values = placed(text, () if bindings is None else bindings)
        executed.setdefault(said.decode(), list(values))
        return real(self, text, bindings)

    patch.setattr(Session, "execute", execute)


# ---- answers


def test_every_answer_of_a_school_is_the_same(told: Told) -> None:
    embedded = answers(told.embedded, told.embedded.token())
    assert len(embedded) > 80
    assert {path for path in embedded if embedded[path] != told.answers[path]} == set()


def test_what_is_written_is_read(told: Told) -> None:
    store = told.hub.store
    district = store.kept.schools.listed()[0].district
    with store.write(district) as batch:
        (made,) = batch.add(Person, [{"forename": "Wren", "surname": "Ashby"}])
    assert store.kept.people.is_in(district, made)
    assert not store.kept.people.is_in(district + 1, made)


def test_all_is_distributed_and_once_is_enough(told: Told) -> None:
    once = f"{len(BY_DISTRICT)} tables distributed by district, in {PARTS} partitions"
    assert str(distribute(told.address, PARTS + 1)) == once
    assert layout(told.address) == (once, True)


def test_the_command_shows_how_the_database_lies(told: Told) -> None:
    asked = ["database", "show", "--database", told.address]
    said = CliRunner().invoke(cli.main, asked, obj=application)
    assert said.output.splitlines() == [
        f"tables: {len(BY_DISTRICT)} tables distributed by district, in {PARTS} partitions",
        "row-level security: in place",
    ]
    again = CliRunner().invoke(cli.main, ["database", "distribute", *asked[2:]], obj=application)
    assert again.output == f"{said.output.splitlines()[0]}\n"


# ---- what a statement reaches for

_PART = re.compile(rf"^(?P<table>{'|'.join(BY_DISTRICT)})_(?P<part>\d+)$")

_BESIDE = re.compile(r"\(district = (?P<alias>\w+?)(?:_\d+)?\.district\)")

SPREADS = {
    "SELECT (SELECT max(seq) FROM clock), count(*)": "research: whether anything has moved since a standing was read",
    "SELECT (SELECT max(seq) FROM moved WHERE district = 0), (SELECT max(seq) FROM moved WHERE kind": "the same",
    "SELECT count(*) FROM erasure": "whether anybody was erased, each time when others may be admitted than before",
    "SELECT id FROM person w WHERE district": "Ed-Fi: which humans who wait have a role by now, once after each write",
}
"""Statements that read more than one district, by how they begin: whose they are. None is asked for each row or answer
of a school; each reads a row for each district, or looks up few humans in each.
"""


@pytest.fixture(scope="module")
def planner(told: Told) -> Iterator[psycopg.Connection[Any]]:
    """A connection that plans without looking at values, and then leaves out what these rule out."""
    with psycopg.connect(
        told.address,
        autocommit=True,
        prepare_threshold=None,
        options="-c search_path=records,passing,ledger -c plan_cache_mode=force_generic_plan",
    ) as connection:
        yield connection


def reach(planner: psycopg.Connection[Any], text: str, types: list[str], values: list[str]) -> set[str]:
    """The numbers of the partitions that a statement would read."""
    given = f" ({', '.join(types)})" if types else "", f" ({', '.join(values)})" if values else ""
    try:
        planner.execute(f"PREPARE one{given[0]} AS {text}".encode())
        (plan,) = planner.execute(f"EXPLAIN (FORMAT JSON) EXECUTE one{given[1]}".encode()).fetchone() or (None,)
    finally:
        planner.execute("DEALLOCATE ALL")
    scans = list(_scans(plan))
    known = {_bare(scan) for scan in scans}
    return {found["part"] for scan in scans if (found := _PART.match(scan["Relation Name"])) and not _led(scan, known)}


def _scans(plan: Any) -> Iterator[dict[str, Any]]:
    """Each scan of a partition."""
    if isinstance(plan, list):
        for one in cast(list[Any], plan):
            yield from _scans(one)
    elif isinstance(plan, dict):
        node = cast(dict[str, Any], plan)
        if "Scan" in node.get("Node Type", "") and _PART.match(node.get("Relation Name", "")):
            yield node
        yield from _scans([*node.values()])


def _bare(scan: Mapping[str, Any]) -> str:
    return re.sub(r"_\d+$", "", scan["Alias"])


def _led(scan: Mapping[str, Any], known: set[str]) -> bool:
    """Whether what is scanned is of the district of another row, which is a partition's too."""
    found = (_BESIDE.search(str(said)) for said in scan.values())
    return any(one["alias"] in known - {_bare(scan)} for one in found if one)


def test_compiled_questions_keep_to_one_district(told: Told, planner: psycopg.Connection[Any]) -> None:
    """As a hub would ask them that veils records and has grants that choose; as they were asked is in the next test."""
    spread = {
        text: kind
        for kind, statement in _longest(told.plans).items()
        for text, names in [with_names(statement)]
        if len(reach(planner, text, *_of_district_one(names))) > 1
    }
    assert len(_longest(told.plans)) > 100
    assert not spread, "\n\n".join(f"{said}\n{text[:2000]}" for text, said in list(spread.items())[:5])


def _longest(plans: list[Compiled]) -> dict[tuple[str, str], str]:
    """Of the questions about each kind of record, as each kind of sight lets it be seen, the longest statement."""
    found: dict[tuple[str, str], str] = {}
    for one in plans:
        *_, widest = variants(one)
        kind = one.question.of.__name__, type(one.sight).__name__
        found[kind] = max([found.get(kind, ""), *widest.keyed], key=len)
    return found


def _of_district_one(names: list[str]) -> tuple[list[str], list[str]]:
    """The types and values of parameters: all are unknown but the district."""
    types = ["bigint" if name == "district" else "unknown" for name in names]
    return types, ["1" if name == "district" else "NULL" for name in names]


TYPES: dict[type[Any], str] = {
    int: "bigint",
    bool: "bigint",
    float: "double precision",
    str: "text",
    bytes: "bytea",
    list: "text[]",
}


def test_whatever_is_executed_keeps_to_one_district(told: Told, planner: psycopg.Connection[Any]) -> None:
    spread: dict[str, str] = {}
    for text, values in told.executed.items():
        if text.split(" ", 1)[0] in ("SELECT", "WITH", "UPDATE", "DELETE"):
            types = [TYPES.get(cast(Any, type(value)), "unknown") for value in values]
            literals = [sql.Literal(int(v) if isinstance(v, bool) else v).as_string(planner) for v in values]
            if len(reach(planner, text, types, literals)) > 1 and not any(map(text.startswith, SPREADS)):
                spread[text] = text
    assert not spread, "\n\n".join(spread)
