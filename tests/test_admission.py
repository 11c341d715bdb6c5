"""Who is admitted and what is granted: looked up once, until any process changes anything on which it may rest."""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cached_property
from typing import Any

import pytest

from rollbook.consent import Desk
from rollbook.model.organisation import School
from rollbook.model.people import Person
from rollbook.store.kept import Kept
from rollbook.store.kept.grants import Grants
from rollbook.store.kept.statements import Statements
from rollbook.store.kept.tickets import Tickets
from rollbook.store.kept.tokens import Tokens
from rollbook.store.port import Store
from tests.district import edfi
from tests.hub import THORNFIELD, Hub
from tests.looking import look

APP = "app.example.org"
STUDENTS = f"/api/v1/School/{THORNFIELD}/Students?select=Id"

Change = Callable[[Desk, Store], object]


def _grant(desk: Desk) -> Any:
    return desk.grants.at(desk.apps.named(APP), THORNFIELD)


def _choose(desk: Desk, _store: Store) -> None:
    desk.people.choose(_grant(desk), "students", "only", [])


def _renumber(_desk: Desk, store: Store) -> None:
    district, school, _ = Desk(store).schools.find(THORNFIELD)
    with store.write(district) as batch:
        batch.change(School, school, {"estab": "9990099"})


CHANGES: dict[str, Change] = {
    "paused": lambda desk, _: desk.grants.pause(_grant(desk)),
    "revoked": lambda desk, _: desk.grants.revoke(_grant(desk)),
    "narrowed": lambda desk, _: desk.grants.narrow(_grant(desk), ["School"]),
    "nobody is chosen": _choose,
    "ends at once": lambda desk, _: desk.grants.revoke_at(_grant(desk), 1.0),
    "renumbered": _renumber,
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_another_process_changes_holds_from_the_next_request_on(small_hub: Hub, change: Change) -> None:
    hub = small_hub
    token, caller = hub.token(app=APP), edfi(hub, hub.app(APP))
    before = [hub.get(STUDENTS, token).body, caller.ask("GET", "students?limit=500").body]
    with hub.store.again() as elsewhere:
        change(Desk(elsewhere, lambda: hub.now), elsewhere)
    after = [hub.get(STUDENTS, token).body, caller.ask("GET", "students?limit=500").body]
    assert before[0] != after[0]
    # Ed-Fi's students tell no school's number.
    assert (before[1] != after[1]) is (change is not _renumber)


def test_a_key_that_is_taken_back_elsewhere_admits_nobody(small_hub: Hub) -> None:
    hub = small_hub
    hub.grant(app=APP)
    caller = edfi(hub, hub.app(APP))
    assert caller.ask("GET", "students?limit=1").status == 200
    with hub.store.again() as elsewhere:
        credentials = Desk(elsewhere, lambda: hub.now).credentials
        (key,) = credentials.of(hub.app(APP))
        credentials.drop(key)
    assert caller.ask("GET", "students?limit=1").status == 401


def test_writes_to_records_leave_it_be(small_hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    hub, looked_up = small_hub, list[str]()
    token, caller = hub.token(app=APP), edfi(hub, hub.app(APP))
    district = hub.desk.schools.find(THORNFIELD)[0]
    identity = look(hub.store, "SELECT id FROM person WHERE district = ? LIMIT 1", (district,)).get

    def watch(subject: type[Statements], name: str) -> None:
        was = getattr(subject, name)

        def watched(*said: Any) -> Any:
            looked_up.append(name)
            return was(*said)

        monkeypatch.setattr(subject, name, watched)

    def ask() -> list[str]:
        looked_up.clear()
        hub.get(STUDENTS, token)
        caller.get("students?limit=1")
        return looked_up

    for subject, name in ((Tokens, "with_digest"), (Tickets, "access"), (Grants, "with_id"), (Grants, "active")):
        watch(subject, name)
    assert ask() == ["with_digest", "with_id", "access", "active"]
    # A hub that is asked for the first time looks after jobs, which pass as tokens do.
    ask()
    for store, surname in ((hub.store, "Quince"), (hub.store.again(), "Medlar")):
        with store.write(district) as batch:
            batch.change(Person, identity, {"surname": surname})
        assert ask() == []
    store.close()
    hub.store.set("anything", "else")
    assert ask() == ["with_digest", "with_id", "access", "active"]


# ---- what it may rest on

RECORDS_ALONE = {
    "Asides", "Copies", "Feeds", "History", "Matches", "Orders", "Outbox", "Pointers", "Records", "Sayings", "Sources",
    "Authenticators", "Decisions", "Identities", "Roles",
}  # fmt: skip
"""Records, what is known of their sources and is to be done about them, and what people do who sign in: no app is
admitted by any of it."""

SUBJECTS = [
    vars(sys.modules[Kept.__module__])[one.func.__annotations__["return"]]
    for one in vars(Kept).values()
    if isinstance(one, cached_property)
]


def test_it_is_said_of_each_subject_whether_it_may_rest_on_it() -> None:
    assert {subject.__name__ for subject in SUBJECTS if not subject.admits} == RECORDS_ALONE


def _changing(subject: type[Statements]) -> Iterator[tuple[str, str]]:
    """The functions of a subject that hold a statement which changes something, with their sources."""
    for function in ast.walk(ast.parse(inspect.getsource(subject))):
        if isinstance(function, ast.FunctionDef):
            texts = [n.value for n in ast.walk(function) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
            if any(text.startswith(("INSERT", "UPDATE", "DELETE")) for text in texts):
                yield function.name, ast.unparse(function)


def test_whatever_it_may_rest_on_is_changed_by_statements_that_say_so() -> None:
    found = [(s.__name__, name, source) for s in SUBJECTS if s.admits for name, source in _changing(s)]
    assert len(found) > 40
    assert [(s, name) for s, name, source in found if "self._do(" not in source and "self._each(" not in source] == []


def test_a_change_that_is_undone_is_none(small_hub: Hub) -> None:
    kept, before = small_hub.store.kept.settings, small_hub.store.kept.settings.admission()
    with suppress(KeyError), small_hub.store.transaction() as within:
        within.settings.put("anything", "else")
        raise KeyError
    assert kept.admission() == before
    small_hub.store.set("anything", "else")
    assert kept.admission() != before
