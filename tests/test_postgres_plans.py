"""Every question that a dialect asks can be put to PostgreSQL, and brings the rows that SQLite brings.

The plans of a hub over files are put to a real server that holds a copy of the demo's records.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import pytest

from rollbook.fields import RECORDS, Question
from rollbook.recent import Recent
from rollbook.store.kept.plans import Plans
from rollbook.store.plan.flavours.postgres import POSTGRES, placed
from rollbook.store.plan.planned import Plan
from rollbook.store.plan.planner import plan as compiled
from rollbook.store.plan.sights import OneSchool, Schools, Sight

from .hub import Hub
from .laws.asking import answers
from .looking import opened
from .postgres import ABSENT, BIN, served
from .test_examples import PAGES, SPEAKERS, Reading, parts

# Where everything has to run, what is not there is a failure.
pytestmark = [pytest.mark.slow, pytest.mark.skipif(BIN is None and not os.environ.get("CI"), reason=ABSENT)]

NO_CLIENT = "psycopg is not installed, so no plan was put to PostgreSQL"

BESIDE = ("history", "moment", "chosen", "turned", "veiled", "register")
"""The tables that plans read beside records."""


@dataclass(frozen=True)
class Compiled:
    """A question, the sight that it is seen by, and its plan for SQLite."""

    question: Question
    sight: Sight
    plan: Plan

    def elsewhere(self) -> Plan:
        """Its plan for PostgreSQL."""
        return compiled(self.question, replace(cast(Any, self.sight), flavour=POSTGRES))


@dataclass(frozen=True)
class Asked:
    """What was compiled, and what was executed with which values, while a hub answered."""

    hub: Hub
    plans: list[Compiled]
    executed: list[tuple[Compiled, Mapping[str, Any]]]


@pytest.fixture(scope="module")
def asked(small_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    """The questions of every page of the manual and of every Xporter endpoint in its widest form."""
    hub = Hub.copy(small_folder, tmp_path_factory.mktemp("asked") / "hub")
    with pytest.MonkeyPatch.context() as patch:
        plans, executed = overheard(patch)
        readings = {dialect: Reading(hub, dialect) for dialect in SPEAKERS}
        for page in PAGES:
            for part in parts(page.read_text()):
                if part.kind == "http":
                    readings[page.parent.name].ask(part.text)
        answers(hub, hub.token())
    distinct = {(one.plan.telling, repr(sorted(values.items()))): (one, values) for one, values in executed}
    yield Asked(hub, plans, list(distinct.values()))
    hub.close()


def overheard(patch: pytest.MonkeyPatch) -> tuple[list[Compiled], list[tuple[Compiled, Mapping[str, Any]]]]:
    """Lists that grow with each question that is compiled, and with each that is executed."""
    plans: dict[int, Compiled] = {}
    executed: list[tuple[Compiled, Mapping[str, Any]]] = []

    def plan(question: Question, sight: Sight) -> Plan:
        made = compiled(question, sight)
        plans[id(made)] = Compiled(question, sight, made)
        found.append(plans[id(made)])
        return made

    found: list[Compiled] = []
    for module in [m for name, m in sys.modules.items() if name.startswith("rollbook.")]:
        if getattr(module, "plan", None) is compiled:
            patch.setattr(module, "plan", plan)
    # Whatever other tests have had compiled is compiled again.
    patch.setattr(Recent, "get", _anew)
    for name in ("rows", "telling", "keyed"):
        real: Callable[[Plans, Plan, Mapping[str, Any]], Any] = getattr(Plans, name)

        def execute(self: Plans, plan: Plan, values: Mapping[str, Any], real: Any = real) -> Any:
            executed.append((plans[id(plan)], dict(values)))
            return real(self, plan, values)

        patch.setattr(Plans, name, execute)
    return found, executed


def _anew(_: object, key: object, make: Callable[[], Any]) -> Any:
    return make()


# ---- the server


@pytest.fixture(scope="module")
def server(asked: Asked) -> Iterator[Any]:
    """A connection to PostgreSQL, which holds what the hub holds."""
    psycopg = pytest.importorskip("psycopg", reason=NO_CLIENT)
    from rollbook.store.postgres import tables

    with served() as address, psycopg.connect(address, autocommit=True, prepare_threshold=None) as connection:
        for made in tables.records():
            connection.execute(made)
        for table in (*BESIDE, *(record.table for record in RECORDS.values() if not record.derived())):
            _copy(asked.hub, table, connection)
        connection.execute("ANALYZE")
        yield connection


def _copy(hub: Hub, table: str, connection: Any) -> None:
    with opened(hub.store) as records:
        made = records.execute(f'PRAGMA table_xinfo("{table}")').fetchall()
        # What is generated here is generated there.
        names = ", ".join(f'"{name}"' for _, name, *_, hidden in made if not hidden)
        with connection.cursor().copy(f'COPY "{table}" ({names}) FROM STDIN') as copying:
            for row in records.execute(f'SELECT {names} FROM "{table}"'):
                copying.write_row(row)


# ---- planning


def test_every_plan_is_planned_by_postgresql(asked: Asked, server: Any) -> None:
    refused: dict[str, str] = {}
    tried: set[str] = set()
    for one in asked.plans:
        for statement in (s for plan in variants(one) for s in statements(plan)):
            text, names = placed(statement)
            if text not in tried:
                tried.add(text)
                if said := _refusal(server, text, names):
                    refused[f"{one.question.of.__name__}: {said}"] = text
    assert len(tried) > 1000
    assert not refused, "\n\n".join(f"{said}\n{text[:300]}" for said, text in list(refused.items())[:20])


def variants(one: Compiled) -> Iterator[Plan]:
    """The plan for PostgreSQL, also of a hub that veils records and of grants that choose people."""
    yield one.elsewhere()
    if isinstance(one.sight, OneSchool):
        chosen = {"Student": "only", "Contact": "except"}
        yield replace(one, sight=replace(one.sight, veils=True, guards=chosen)).elsewhere()
    elif isinstance(one.sight, Schools):
        turned = frozenset({"Student", "Person"})
        yield replace(one, sight=replace(one.sight, veils=True, turns=turned)).elsewhere()


def statements(plan: Plan) -> list[str]:
    """Everything that may be asked with a plan."""
    whole = [*plan.rows, plan.ids, *plan.telling, *plan.keyed, *plan.some, plan.count]
    rest = [*plan.one, plan.numbered, plan.passed, plan.named, *plan.moved.values(), *plan.lost.values()]
    return [*whole, *filter(None, rest)]


def _refusal(server: Any, text: str, names: list[str]) -> str:
    """What PostgreSQL says against a statement; "" where it plans it."""
    types = ", ".join("bigint" if name == "district" else "unknown" for name in names)
    nothing = ", ".join("NULL" for _ in names)
    try:
        server.execute(f"PREPARE one{f' ({types})' if names else ''} AS {text}")
        server.execute(f"EXPLAIN EXECUTE one{f' ({nothing})' if names else ''}")
    except Exception as wrong:
        return str(wrong) or type(wrong).__name__
    finally:
        server.execute("DEALLOCATE ALL")
    return ""


# ---- rows


def test_postgresql_brings_the_rows_that_sqlite_brings(asked: Asked, server: Any) -> None:
    different: list[str] = []
    for one, values in asked.executed:
        rows = [json.loads(row[0]) for row in asked.hub.store.kept.plans.rows(one.plan, values)]
        if _fetched(server, one.elsewhere(), values) != rows:
            different.append(f"{one.question.of.__name__} {one.sight} {values}")
    assert len(asked.executed) > 300
    assert not different, "\n".join([f"{len(different)} of {len(asked.executed)}", *different[:10]])


def _fetched(server: Any, plan: Plan, values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rows of a plan, each put together from its columns."""
    assert plan.columns is not None
    (statement,) = plan.rows
    text, names = placed(statement)
    rows = server.execute(_for_psycopg(text, names), values).fetchall()
    whole = [dict(zip(plan.columns[0], _completed(plan, row, values), strict=False)) for row in rows]
    return json.loads(json.dumps(whole, default=float))


def _completed(plan: Plan, row: tuple[Any, ...], values: Mapping[str, Any]) -> list[Any]:
    """The columns of a row, with those that are made of what was gathered."""
    if plan.completion is None:
        return list(row)
    gathered = row[sum(part is None for body in plan.completion.bodies for part in body) :]
    making = [forming.making(values) for forming in plan.completion.one_by_one]
    made = [iter(make(text)) for make, text in zip(making, gathered, strict=True)]
    selected = iter(row)
    return [json.loads(next(made[p.gathering])) if p else next(selected) for p in plan.completion.bodies[0]]


def _for_psycopg(text: str, names: list[str]) -> str:
    """The statement with its parameters by name, as psycopg wants them."""
    said = re.compile(r"'(?:[^']|'')*'|\$(?P<place>\d+)")
    return said.sub(lambda m: f"%({names[int(m['place']) - 1]})s" if m["place"] else m[0], text.replace("%", "%%"))


# ---- pieces


def test_parameters_are_told_from_texts_and_types() -> None:
    text, names = placed("""SELECT ':a' || ":b", x::text, :c FROM t WHERE y = :d AND z = :c""")
    assert text == """SELECT ':a' || ":b", x::text, $1 FROM t WHERE y = $2 AND z = $1"""
    assert names == ["c", "d"]


def test_texts_are_folded_as_python_does(server: Any) -> None:
    for text in ("", "ASCII [\\] only", "Straße", "İstanbul ſﬁ ΐ", "ΟΔΟΣ", "ﬃǰẞ", "\uab70", "K"):
        assert server.execute("SELECT fold(%s)", (text,)).fetchone() == (text.casefold(),)
