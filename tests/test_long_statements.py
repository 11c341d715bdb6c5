"""A question whose statement would be too long to be kept compiled is asked in several, and answered alike."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import apsw
import pytest

from rollbook.store import connection
from rollbook.store.hub_ids import HubIds
from rollbook.store.kept.plans import Plans
from rollbook.store.lending import Lent
from rollbook.store.plan.flavours.sqlite import SQLITE, SQLite
from rollbook.store.plan.selecting import Selecting

from .edlink.vendor import Vendor
from .hub import THORNFIELD, Hub
from .laws.asking import widest
from .told import entries


@pytest.fixture
def callers(small_hub: Hub) -> tuple[str, str]:
    """The tokens of an app that reads a school, and of one that reads its district."""
    return small_hub.token(), Vendor(small_hub).token


def asked(hub: Hub, callers: tuple[str, str]) -> list[tuple[Any, object]]:
    """Answers to the longest questions of two dialects, and what the ledger says that each told of whom."""
    token, bearer = callers
    segments = widest(hub, token)
    pages = [f"/api/v1/School/{THORNFIELD}/{segments[one]}" for one in ("Students", "AttendanceSummary", "Staff")]
    found: list[tuple[Any, object]] = [(hub.get(page, token).body, told(hub)) for page in pages]
    for path in ("people?$first=200", f"people/{a_person(hub, bearer)}", "people?$first=3&$expand=schools"):
        answer = hub.get(f"/api/v2/graph/{path}", authorization=f"Bearer {bearer}")
        found.append((answer.json["$data"], told(hub)))
    return found


def a_person(hub: Hub, bearer: str) -> str:
    """The hub id of somebody whom the district's reader sees."""
    return hub.get("/api/v2/graph/people?$first=2", authorization=f"Bearer {bearer}").json["$data"][0]["id"]


def told(hub: Hub) -> object:
    """What the ledger says of the last answer."""
    last = entries(hub)[0]
    return last.what, hub.store.ledger.people(last.number)


def test_an_answer_is_the_same_however_many_statements_bring_it(
    small_hub: Hub, callers: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = asked(small_hub, callers)
    monkeypatch.setattr(Lent, "flavour", SQLite(longest=2_500))
    monkeypatch.setattr(connection._File, "flavour", SQLite(longest=2_500))  # pyright: ignore[reportPrivateUsage]
    other = Hub(small_hub.store.folder)
    try:
        assert asked(other, callers) == whole
    finally:
        other.close()


def test_no_statement_of_these_answers_is_compiled_each_time(
    small_hub: Hub, callers: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []
    execute: Callable[..., Any] = cast(Any, apsw.Connection).execute

    def measured(self: Any, statements: str, *rest: Any) -> Any:
        sizes.append(len(statements.encode()))
        return execute(self, statements, *rest)

    monkeypatch.setattr(connection._File, "execute", measured, raising=False)  # pyright: ignore[reportPrivateUsage]
    asked(small_hub, callers)
    assert 12_000 < max(sizes) <= SQLITE.longest


def test_apsw_keeps_statements_of_that_length() -> None:
    database: Any = apsw.Connection(":memory:")
    for length in (SQLITE.longest, SQLITE.longest + 1):
        for _ in range(2):
            database.execute("SELECT 1 --".ljust(length, "x")).fetchall()
    stats = database.cache_stats()
    assert (stats["hits"], stats["too_big"]) == (1, 2)


def test_columns_are_divided_among_statements_in_their_order() -> None:
    assert Selecting("i").statements(["a", "b", "c"], "FROM t") == ("SELECT a, b, c FROM t",)
    parts = ("SELECT i, a, b FROM t", "SELECT i, c FROM t")
    assert Selecting("i", 25).statements(["a", "b", "c"], "FROM t") == parts
    parts = ("SELECT i, much longer FROM t", "SELECT i, b FROM t")
    assert Selecting("i", 23).statements(["much longer", "b"], "FROM t") == parts


def test_rows_in_different_orders_are_never_put_together(tmp_path: Path) -> None:
    with connection.connect(tmp_path / "some.sqlite") as opened:
        opened.execute("CREATE TABLE t (i, a)")
        opened.executemany("INSERT INTO t VALUES (?, ?)", [(1, "x"), (2, "y")])
    plans = Plans(opened, HubIds())
    first, second = "SELECT i, a FROM t ORDER BY i", "SELECT i, upper(a) FROM t ORDER BY i"
    beside: Callable[..., Iterator[Any]] = cast(Any, plans)._beside
    assert [*beside((first, second), {})] == [("x", "X"), ("y", "Y")]
    with pytest.raises(RuntimeError, match="different orders"):
        list(beside((first, f"{second} DESC"), {}))


def test_what_stands_in_many_places_is_made_once() -> None:
    often = ["a IN (SELECT x)", "b IN (SELECT x)", "c IN (SELECT x)"]
    once = "WITH common AS MATERIALIZED (SELECT x) SELECT a IN (SELECT key FROM common)"
    (found,) = Selecting("i", common="SELECT x").statements(often, "FROM t WHERE d IN (SELECT x)")
    assert found.startswith(once)
    assert found.endswith("FROM t WHERE d IN (SELECT key FROM common)")
    assert Selecting("i", common="SELECT x").statements(often, "FROM t")[0].startswith("SELECT a IN (SELECT x)")
