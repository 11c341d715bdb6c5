"""What the OpenAPI document of Xporter allows, and what it forbids, sent by schemathesis to a hub with a token for
everything: never a fault of ours, each answer as the document says, nothing half-written, no other school touched.

Set ROLLBOOK_SCHEMATHESIS_EXAMPLES for more of what it invents for each operation.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.generation import GenerationMode

from rollbook.dialects.xporter import openapi
from rollbook.dialects.xporter.writeback import OPERATIONS
from rollbook.dialects.xporter.writeback.describing import paths_of
from rollbook.store.port import Store
from tests.looking import look

from . import documented
from .hub import BRAMBLESIDE, THORNFIELD, Hub

pytestmark = pytest.mark.slow

EXAMPLES = int(os.environ.get("ROLLBOOK_SCHEMATHESIS_EXAMPLES", "0"))
READ, WRITE = EXAMPLES or 1, EXAMPLES or 8
"""How many requests each operation is sent of each kind: those that the document allows, and those that it forbids."""

SCHEMA: Any = schemathesis.openapi.from_dict(openapi.document(documented.BASE))
KNOWN: dict[str, Any] = {op.label: op for op in (found.ok() for found in SCHEMA.get_all_operations())}
WRITING = {f"POST {paths_of(operation)[0]}" for operation in OPERATIONS.values()}

OUTCOMES = ("writeback", "outbox")
"""The tables in which it stands what came of a write-back: also of one that the live records refused."""

UUID = re.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")

REAL = st.sampled_from(["9919", "-9919", 9920, "1", "-1", "8", "24", "381", "5", "13"])
"""Ids of the demo's people and lists."""


@pytest.fixture(scope="module")
def target(small_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    """A hub that everything is sent to; at the end the other schools are as they were."""
    hub = Hub.copy(small_folder, tmp_path_factory.mktemp("document"))
    hub.token(estab=BRAMBLESIDE)
    before = elsewhere(hub.store)
    yield hub
    assert elsewhere(hub.store) == before
    hub.close()


@pytest.fixture(scope="module")
def token(target: Hub) -> str:
    """A token for everything at one school."""
    return target.token()


def contents(store: Store, where: str = "1") -> dict[str, str]:
    """A digest of every table of the records file, but for what came of write-backs."""
    tables = look(store, "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall()
    return {name: digest(store, name, where) for (name,) in tables if name not in OUTCOMES}


def digest(store: Store, table: str, where: str) -> str:
    """A digest of some rows of a table."""
    rows = look(store, f'SELECT * FROM "{table}" WHERE {where}')
    return hashlib.sha256("\n".join(map(repr, rows)).encode()).hexdigest()


def elsewhere(store: Store) -> dict[str, str]:
    """A digest of the records of every other school."""
    own: str = look(store, "SELECT id FROM school WHERE estab = ?", (THORNFIELD,)).get
    marked = "SELECT m.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table'"
    tables = look(store, f"{marked} AND c.name = 'school' ORDER BY m.name").fetchall()
    # The names of humans belong to the whole district, and grants and outcomes are not records.
    kept = {"grant", "writeback", "moved", "history"}
    return {name: digest(store, name, f"school <> '{own}'") for (name,) in tables if name not in kept}


@pytest.fixture(scope="module")
def strangers(target: Hub) -> set[str]:
    """The external ids of the people and groups of every other school."""
    found: set[str] = set()
    for kind in ("student", "staff", "contact", "group"):
        elsewhere = f"""SELECT k.external_id FROM "{kind}" k JOIN school s ON s.id = k.school WHERE s.estab <> ?"""
        found.update(one for (one,) in look(target.store, elsewhere, (THORNFIELD,)) if one)
    return found


class Kept:
    """What the records hold, looked at again only when somebody has written to the file."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.version: int = store.data_version()
        self.held: dict[str, str] = contents(store)

    def check(self, *, refused: bool) -> None:
        """After a refusal nothing is different, whatever was tried within a transaction."""
        version = self.store.data_version()
        if version != self.version:
            now = contents(self.store)
            assert now == self.held or not refused
            self.version, self.held = version, now


@pytest.fixture(scope="module")
def kept(target: Hub, token: str) -> Kept:
    """What the records hold, once the token was given."""
    return Kept(target.store)


def send(hub: Hub, token: str, case: Any) -> schemathesis.Response:
    """Send what was invented, with the token in the place of whatever was invented for it; gives what a client has."""
    if "estab" in (case.path_parameters or {}):
        case.path_parameters["estab"] = THORNFIELD
    return documented.send(hub, case, f"Idaas {token}")


def with_real_ids(draw: st.DrawFn, body: Any) -> Any:
    """A body in which some ids are those of people and entries that are there."""
    if isinstance(body, list):
        return [with_real_ids(draw, one) for one in cast(list[Any], body)]
    if not isinstance(body, dict):
        return body
    named = cast(dict[str, Any], body)
    return {
        name: draw(REAL) if name.endswith("Id") and draw(st.booleans()) else with_real_ids(draw, value)
        for name, value in named.items()
    }


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["allowed", "forbidden"])
@pytest.mark.parametrize("label", sorted(KNOWN))
def test_each_answer_is_as_the_document_says_and_a_refusal_changes_nothing(
    target: Hub, token: str, kept: Kept, strangers: set[str], label: str, mode: GenerationMode
) -> None:
    writing = label in WRITING

    @st.composite
    def cases(draw: st.DrawFn) -> Any:
        case = draw(KNOWN[label].as_strategy(generation_mode=mode))
        if writing:
            case.body = with_real_ids(draw, case.body)
        return case

    @settings(
        max_examples=WRITE if writing else READ,
        database=None,
        deadline=None,
        derandomize=not EXAMPLES,
        suppress_health_check=cast(Any, list(HealthCheck)),
    )
    @given(cases())
    def sent(case: Any) -> None:
        # A minute passes, so that nobody asks too often.
        target.now += 60
        answer = send(target, token, case)
        case.validate_response(answer, checks=documented.CHECKS)
        assert strangers.isdisjoint(UUID.findall(answer.content.decode()))
        if writing:
            kept.check(refused=answer.json().get("ExceptionType") is not None)

    sent()
