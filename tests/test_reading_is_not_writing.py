"""Reading is not writing: without a write scope nothing that a caller sends changes a school's record."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest

from rollbook.dialects.edlink.catalogue import RESOURCES as ROSTER
from rollbook.dialects.research.catalogue import RESOURCES as STUDIES
from rollbook.dialects.xporter.writeback.catalogue import OPERATIONS
from rollbook.model.research import HUB
from rollbook.scopes import CATALOGUE
from tests.looking import look, opened

from .edlink.vendor import Vendor
from .hub import THORNFIELD, Hub
from .research.lab import APPS, Lab
from .research.test_linked import Study

READS = sorted(name for name, scope in CATALOGUE.items() if not scope.changes)
WRITES = ("POST", "PUT", "PATCH", "DELETE")

CONSENT = ("grant", "choice", "named", "rule", "declined", "chosen", "turned", "agreement", "invitation", "credential")
"""Tables of no district in which stands what schools agreed to."""


def record(hub: Hub) -> dict[str, list[tuple[Any, ...]]]:
    """Everything that is kept of schools, table by table: their record, its history, and what they agreed to."""
    found: dict[str, list[tuple[Any, ...]]] = {}
    # As the rows are kept: to tell whom they refer to, as others know them, takes ten times as long.
    with opened(hub.store) as kept:
        for (table,) in kept.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").fetchall():
            columns = {name for (name,) in kept.execute(f'SELECT name FROM pragma_table_info("{table}")').fetchall()}
            if "district" in columns:
                own = f'SELECT * FROM "{table}" WHERE district <> ? ORDER BY 1, 2'
                found[table] = kept.execute(own, (HUB,)).fetchall()
            elif table in CONSENT:
                found[table] = kept.execute(f'SELECT * FROM "{table}" ORDER BY 1, 2').fetchall()
    return found


def everything_said(hub: Hub, **more: Any) -> dict[str, Any]:
    """A body that names whatever a school's record could take from it."""
    student, person = look(
        hub.store,
        "SELECT s.id, s.person FROM student s JOIN school c ON c.id = s.school WHERE c.estab = ? AND s.mis_id = '9919'",
        (THORNFIELD,),
    ).fetchall()[0]
    names = dict.fromkeys(("name", "surname", "forename", "birth_date", "upn", "description"), "Taken")
    ids = {"id": student, "student": student, "of_student": student, "person": person, "school": THORNFIELD}
    return {**names, **ids, "district": 1, "sex": "M", "tags": ["taken"], **more}


def test_a_researcher_changes_nothing_of_a_schools_record_by_any_verb(small_hub: Hub) -> None:
    lab = Lab(small_hub)
    study = Study(lab)
    cohort = study.drawn()
    before = record(small_hub)
    assert before["student"]
    assert study.draw("Another").status == 201
    subject = cohort["subjects"][0]
    people = [identity for identity, _ in study.behind().items()]
    body = everything_said(small_hub, project=study.project, projects=[study.project], subjects=people[:2])
    body["strain"] = lab.strain
    owned = (study.project, cohort["id"], subject, study.behind()[subject], body["person"], "1", 0)
    answered: set[tuple[str, int]] = set()
    for resource, who in itertools.product(STUDIES.values(), ("ada", "dana")):
        portal = "super" if who == "dana" else "private"
        base = f"{APPS.get(resource.name, 'stem')}/{resource.name}"
        paths = [f"{base}/", *(f"{base}/{one}/" for one in owned), f"{base}/draw/"]
        paths += [f"{base}/{one}/{action}/" for one in owned[:3] for action in resource.actions]
        for path, method in itertools.product(paths, ("POST", "PATCH", "PUT", "DELETE")):
            # With names of its own only, a body is taken; with a school's beside them, it must not reach the school.
            sent = {n: v for n, v in body.items() if n in _OWN} if path == f"{base}/" else body
            answer = lab.ask(method, path, who, None if method == "DELETE" else sent, portal)
            assert answer.status < 500, (method, path, answer.body)
            answered.add((method, answer.status))
    assert {("POST", 201), ("DELETE", 204)} <= answered, answered
    after = record(small_hub)
    assert [table for table in before if before[table] != after[table]] == []


_OWN = ("name", "description", "sex", "strain", "projects", "project", "subjects", "tags")


def test_edlink_has_no_verb_that_writes(small_hub: Hub) -> None:
    vendor = Vendor(small_hub)
    before = record(small_hub)
    body = json.dumps(everything_said(small_hub)).encode()
    for name, method in itertools.product([*ROSTER, "events", "licenses"], WRITES):
        rows = vendor.rows(name) if name in ROSTER else []
        for path in (name, *(f"{name}/{row['id']}" for row in rows[:1])):
            address = f"/api/v2/graph/{path}"
            answer = small_hub.ask(method, address, None, body, authorization=f"Bearer {vendor.token}")
            assert answer.status == 405, (method, path, answer.body)
    assert record(small_hub) == before


@pytest.mark.parametrize("operation", sorted(OPERATIONS))
def test_no_write_back_is_taken_from_an_app_that_may_only_read(small_hub: Hub, operation: str) -> None:
    token = small_hub.token(READS)
    before = record(small_hub)
    body = json.dumps(
        {"Marks": [{"StudentId": "9919", "MarkType": "S", "Date": "2026-11-20", "Session": "AM"}]}
    ).encode()
    for path in OPERATIONS[operation].paths:
        answer = small_hub.ask("POST", f"/api/v1/{path.format(estab=THORNFIELD)}?httpstatuscodes=true", token, body)
        assert answer.status in (403, 404), (path, answer.body)
    small_hub.work()
    assert record(small_hub) == before
