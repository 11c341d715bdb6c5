"""What goes, at the console: the operator erases somebody by typing their name, and says how long what is kept."""

from __future__ import annotations

from typing import Any

import pytest

from rollbook.ingest.erasing.erasing import OVERWRITE
from rollbook.jobs import Queue

from .hub import THORNFIELD, Hub
from .looking import look
from .person import Person, signed_in
from .school import Page
from .test_erasure import the_person
from .told import told

OPERATOR, HEAD = "olu@hub.example", "head@thornfield.example"


@pytest.fixture
def olu(small_hub: Hub) -> Person:
    return signed_in(small_hub, OPERATOR, "operator")


def names(hub: Hub, person: str) -> str:
    row = look(hub.store, "SELECT forename, surname FROM person WHERE id = ?", (person,)).fetchall()[0]
    return " ".join(row)


def there(hub: Hub, person: str) -> bool:
    return bool(look(hub.store, "SELECT count(*) FROM person WHERE id = ?", (person,)).get)


def test_the_operator_finds_somebody_sees_what_goes_and_erases_them_by_their_name(small_hub: Hub, olu: Person) -> None:
    district, person = the_person(small_hub.store)
    called = names(small_hub, person)
    found = olu.look(f"hub/erase?q={called.replace(' ', '+')}")
    assert f"hub/erase?person={person}" in found.html
    page = olu.look(f"hub/erase?person={person}")
    assert person in told(small_hub)
    assert all(word in page.words for word in (called, "Person 1", "the ledger of disclosures"))
    refused = olu.send(page, "person", called="somebody else")
    assert (refused.answer.status, there(small_hub, person)) == (400, True)
    assert f"Type the name as it is shown: {called}" in refused.words
    assert olu.send(page, "person", called=called, days="never").answer.status == 400
    done = olu.send(page, "person", called=called, why="asked on 1 June", days="7")
    (kept,) = small_hub.store.kept.erasures.of_district(district)
    assert (kept.by, kept.why, there(small_hub, person)) == (OPERATOR, "asked on 1 June", False)
    assert all(word in done.words for word in ("They are erased", kept.id, kept.until[:10], "Person 1"))
    assert called not in done.words
    assert small_hub.store.setting(OVERWRITE) == "due"
    assert (small_hub.store.folder / "erasures.json").exists()
    assert f"{OPERATOR} asked on 1 June" in olu.look("hub/erase").words
    assert f"erased somebody {kept.id}" in olu.look("hub/history").words
    assert "is not the hub id of anybody" in olu.look(f"hub/erase?person={person}").words


def set_rule(olu: Person, what: str, days: str, **more: Any) -> Page:
    """Set a rule; a page without scripts sends what is chosen."""
    return olu.send(olu.look("hub/retention"), "set", what=what, days=days, **more)


def test_rules_are_set_shown_with_what_would_go_and_run_by_the_worker(small_hub: Hub, olu: Person) -> None:
    district, _ = the_person(small_hub.store)
    name = look(small_hub.store, "SELECT name FROM district WHERE district = ?", (district,)).get
    assert "There are no rules: nothing goes." in olu.look("hub/retention").words
    assert "Leavers stay 30 days at least" in set_rule(olu, "leavers", "1", district=name).words
    assert "Days are a whole number" in set_rule(olu, "jobs", "soon").words
    assert "are kept of a whole district" in set_rule(olu, "history", "90", estab=THORNFIELD).words
    page = set_rule(olu, "jobs", "30")
    assert "jobs the hub 30 0 jobs that are done or have failed" in page.words
    page = set_rule(olu, "set aside", "10", district=name)
    assert f"set aside {name} 10 0" in page.words
    assert "The worker does what the rules say" in olu.send(page, "run").words
    assert Queue(small_hub.store, lambda: small_hub.now).pending("retention", "daily")
    small_hub.work()
    assert "jobs the hub 30 0" in olu.look("hub/retention").words.partition("What went")[2]
    assert "jobs the hub" not in set_rule(olu, "jobs", "0").words.partition("Set a rule")[0]


@pytest.mark.parametrize("path", ["hub/erase", "hub/retention"])
def test_what_goes_is_nobodys_but_the_operators(small_hub: Hub, olu: Person, path: str) -> None:
    head = signed_in(small_hub, HEAD, "school")
    assert head.look(path).answer.status == 404
    _, person = the_person(small_hub.store)
    for where, pairs in (
        ("hub/erase/person", [("person", person), ("called", names(small_hub, person))]),
        ("hub/retention/set", [("what", "jobs"), ("days", "30")]),
        ("hub/retention/run", []),
    ):
        proof = dict(head.look("account").form("password")[1])["proof"]
        assert head.post(f"/console/{where}", [*pairs, ("proof", proof)]).answer.status == 404
        assert olu.post(f"/console/{where}", [*pairs, ("proof", "0" * 40)]).answer.status == 409
    assert there(small_hub, person)
    assert small_hub.store.kept.retention.rules() == []
