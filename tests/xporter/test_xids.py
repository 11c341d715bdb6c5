"""XIDs: every id by which people and groups are known."""

from __future__ import annotations

import pytest

from ..hub import Hub
from .tables import Caller, Row, Tables

KINDS = {"Student": "student", "Staff": "staff", "Contact": "contact", "Group": '"group"'}
"""The kinds of record, and the store's tables."""


def stored(held: Tables, *kinds: str) -> set[tuple[object, ...]]:
    """Kind, MIS id, XID and external id of the records of some kinds."""
    return {(k, r["mis_id"], r["xid"], r["external_id"]) for k in kinds or KINDS for r in held.of(KINDS[k])}


def shown(rows: list[Row]) -> set[tuple[object, ...]]:
    """The same of an answer."""
    return {tuple(r[c] for c in ("Type", "Mis_Id", "XID", "ExternalId")) for r in rows}


def test_there_is_a_row_for_each_student_member_of_staff_contact_and_group(app: Caller, held: Tables):
    rows = app.rows("XIDs")
    assert shown(rows) == stored(held)
    assert len(rows) == len(stored(held))


def test_rows_and_xids_differ(app: Caller):
    rows = app.rows("XIDs")
    assert len({r["Id"] for r in rows}) == len({r["XID"] for r in rows}) == len(rows)
    assert all(r["Id"] == f"{r['Type']}.{r['Mis_Id']}" for r in rows)


@pytest.mark.parametrize(
    ("path", "kind"), [("Students", "Student"), ("Staff", "Staff"), ("Contacts", "Contact"), ("Groups", "Group")]
)
def test_ids_are_those_of_the_endpoint_of_the_kind(app: Caller, path: str, kind: str):
    ids = {r["Mis_Id"]: (r["XID"], r["IdaasId"]) for r in app.rows("XIDs") if r["Type"] == kind}
    rows = app.rows(path)
    assert rows
    assert all(ids[r["Id"]] == (r["XID"], r["IdaasId"]) for r in rows)


@pytest.mark.parametrize(
    ("scopes", "kinds"),
    [
        (["StudentLite"], ["Student"]),
        (["Staff"], ["Staff"]),
        (["Contact"], ["Contact"]),
        (["SchoolLite"], ["Group"]),
        (["Student", "School"], ["Student", "Group"]),
    ],
)
def test_a_caller_sees_the_kinds_that_were_granted(hub: Hub, held: Tables, scopes: list[str], kinds: list[str]):
    assert shown(Caller(hub, scopes).rows("XIDs")) == stored(held, *kinds)


def test_other_scopes_show_no_ids(hub: Hub):
    body = hub.school("XIDs", Caller(hub, ["Attendance"]).token)
    assert body["ExceptionType"] == "ScopeNotHeld"
