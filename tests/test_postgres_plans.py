"""Every question that a dialect asks can be put to PostgreSQL: its plan is parsed, and planned, by a real server."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from rollbook.fields import RECORDS, Question, Record
from rollbook.recent import Recent
from rollbook.store import schema
from rollbook.store.plan.derived import VIEWS, view
from rollbook.store.plan.flavours.postgres import POSTGRES, fold, placed
from rollbook.store.plan.planned import Plan
from rollbook.store.plan.planner import plan as compiled
from rollbook.store.plan.sights import OneSchool, Schools, Sight

from .hub import Hub
from .laws.asking import answers
from .postgres import ABSENT, BIN, served
from .test_examples import PAGES, SPEAKERS, Reading, parts

pytestmark = [pytest.mark.slow, pytest.mark.skipif(BIN is None, reason=ABSENT)]

NUMBERS = {"district"}
"""The parameters of which a plan does not show by their first use that they are numbers."""

BESIDE = ("history", "chosen", "turned", "veiled")
"""The tables that plans read beside records."""

Asked = dict[tuple[object, ...], tuple[Question, Sight]]


@pytest.fixture
def asked(small_hub: Hub, monkeypatch: pytest.MonkeyPatch) -> Asked:
    """The questions, and the sights, of every page of the manual and of every Xporter endpoint in its widest form."""
    found: Asked = {}

    def plan(question: Question, sight: Sight) -> Plan:
        made = compiled(question, sight)
        found[made.telling, made.count] = question, sight
        return made

    for module in [m for name, m in sys.modules.items() if name.startswith("rollbook.")]:
        if getattr(module, "plan", None) is compiled:
            monkeypatch.setattr(module, "plan", plan)
    # Whatever other tests have had compiled is compiled again.
    monkeypatch.setattr(Recent, "get", _anew)
    readings = {dialect: Reading(small_hub, dialect) for dialect in SPEAKERS}
    for page in PAGES:
        for part in parts(page.read_text()):
            if part.kind == "http":
                readings[page.parent.name].ask(part.text)
    answers(small_hub, small_hub.token())
    return found


def _anew(_: object, key: object, make: Callable[[], Any]) -> Any:
    return make()


def variants(question: Question, sight: Sight) -> Iterator[Plan]:
    """The plan for PostgreSQL, also of a hub that veils records and of grants that choose people."""
    seen: list[Any] = [sight]
    if isinstance(sight, OneSchool):
        seen.append(replace(sight, veils=True, guards={"Student": "only", "Contact": "except"}))
    elif isinstance(sight, Schools):
        seen.append(replace(sight, veils=True, turns=frozenset({"Student", "Person"})))
    return (compiled(question, replace(one, flavour=POSTGRES)) for one in seen)


def statements(plan: Plan) -> list[str]:
    """Everything that may be asked with a plan."""
    whole = [plan.rows, plan.ids, plan.telling, plan.keyed, plan.some, plan.count]
    rest = [plan.facts_of_one, plan.numbered, plan.passed, *plan.named, *plan.moved.values()]
    return [*whole, *filter(None, rest)]


def tables() -> Iterator[str]:
    """What makes the tables that plans read."""
    types = {"INTEGER": "bigint", "REAL": "double precision"}

    def typed(text: str) -> str:
        return re.sub("|".join(types), lambda found: types[found[0]], text)

    for made in schema.HOUSEKEEPING:
        if any(f"TABLE {table} (" in made for table in BESIDE):
            yield typed(made.replace(" WITHOUT ROWID", ""))
    for record in (r for r in RECORDS.values() if not r.derived()):
        columns = ", ".join(f'"{name}" {typed(kind)}' for name, kind in schema.columns(record).items())
        yield f'CREATE TABLE "{record.table}" ({columns}, PRIMARY KEY (district, id))'
    yield from (f'CREATE VIEW "{record.table}" AS {view(record, POSTGRES)}' for record in VIEWS)


def test_every_plan_is_planned_by_postgresql(asked: Asked) -> None:
    psycopg = pytest.importorskip("psycopg", reason="psycopg is not installed, so no plan was compiled for PostgreSQL")
    refused: dict[str, str] = {}
    tried: set[str] = set()
    with served() as address, psycopg.connect(address, autocommit=True, prepare_threshold=None) as connection:
        for made in (*tables(), fold()):
            connection.execute(made)
        for question, sight in asked.values():
            for statement in (s for plan in variants(question, sight) for s in statements(plan)):
                text, names = placed(statement)
                if text not in tried:
                    tried.add(text)
                    _plan(connection, psycopg.Error, question.of, text, names, refused)
    assert len(tried) > 1000
    assert not refused, "\n\n".join(f"{error}\n{text[:300]}" for error, text in list(refused.items())[:20])


def _plan(
    connection: Any, error: type[Exception], of: type[Record], text: str, names: list[str], refused: dict[str, str]
) -> None:
    types = ", ".join("bigint" if name in NUMBERS else "unknown" for name in names)
    nothing = ", ".join("NULL" for _ in names)
    try:
        connection.execute(f"PREPARE one{f' ({types})' if names else ''} AS {text}")
        connection.execute(f"EXPLAIN EXECUTE one{f' ({nothing})' if names else ''}")
    except error as wrong:
        refused[f"{of.__name__}: {wrong}"] = text
    finally:
        connection.execute("DEALLOCATE ALL")


def test_parameters_are_told_from_texts_and_types() -> None:
    text, names = placed("""SELECT ':a' || ":b", x::text, :c FROM t WHERE y = :d AND z = :c""")
    assert text == """SELECT ':a' || ":b", x::text, $1 FROM t WHERE y = $2 AND z = $1"""
    assert names == ["c", "d"]


def test_texts_are_folded_as_python_does() -> None:
    psycopg = pytest.importorskip("psycopg")
    texts = ["", "ASCII [\\] only", "Straße", "İstanbul ſﬁ ΐ", "ΟΔΟΣ", "ﬃǰẞ", "\uab70", "K"]
    with served() as address, psycopg.connect(address, autocommit=True, prepare_threshold=None) as connection:
        connection.execute(fold())
        for text in texts:
            assert connection.execute("SELECT fold(%s)", (text,)).fetchone() == (text.casefold(),)
