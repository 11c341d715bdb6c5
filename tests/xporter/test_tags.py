"""Tags: labels, and who and what has them."""

from __future__ import annotations

import pytest

from rollbook.model.tags import StudentTag, TagDefinition

from ..hub import Hub
from .tables import Caller, Row, Tables

KINDS = {"Student": "student", "Staff": "staff", "Group": '"group"'}
COLUMNS = ("TagDefinitionId", "Tag", "EntityType", "EntityId", "EntityXID", "StartDate", "EndDate")


def given(held: Tables, *kinds: str) -> list[tuple[object, ...]]:
    """The tags given to records of some kinds."""
    labels = held.known("tag_definition")
    found: list[tuple[object, ...]] = []
    for kind in kinds or KINDS:
        those = held.known(KINDS[kind])
        for row in held.of(f"{kind.lower()}_tag"):
            label, who = labels[row["definition"]], those[row["who"]]
            found.append((label["mis_id"], label["name"], kind, who["mis_id"], who["xid"], row["start"], row["end"]))
    return sorted(found, key=str)


def shown(rows: list[Row]) -> list[tuple[object, ...]]:
    """The same of an answer."""
    return sorted((tuple(r[c] for c in COLUMNS) for r in rows), key=str)


def test_tags_are_those_given_to_students_staff_and_groups(app: Caller, held: Tables):
    assert shown(app.rows("Tags")) == given(held)
    assert all(given(held, kind) for kind in KINDS)


def test_a_tag_given_is_named_by_the_tag_and_what_has_it(app: Caller):
    rows = app.rows("Tags")
    assert all(r["Id"] == f"{r['TagDefinitionId']}.{r['EntityType']}.{r['EntityId']}" for r in rows)
    assert len(app.ids("Tags")) == len(rows)


def test_tags_that_may_be_given_are_listed(app: Caller, held: Tables):
    names = ("Id", "Code", "Name", "Description", "Colour", "AppliesTo", "Active")
    kept = ("mis_id", "code", "name", "description", "colour", "applies_to", "active")
    rows = app.rows("Tags", "TagDefinitions")
    expected = {tuple(d[n] for n in kept) for d in held.of("tag_definition")}
    assert {tuple(r[n] for n in names) for r in rows} == expected


@pytest.mark.parametrize(
    ("scope", "kind"), [("StudentFreeText", "Student"), ("StaffFreeText", "Staff"), ("SchoolLite", "Group")]
)
def test_a_caller_sees_the_tags_of_the_kinds_that_were_granted(
    hub: Hub, app: Caller, held: Tables, scope: str, kind: str
):
    answer = Caller(hub, [scope]).answer("Tags")
    assert shown(answer["Tags"]) == given(held, kind)
    assert answer["TagDefinitions"] == app.rows("Tags", "TagDefinitions")


def test_other_scopes_show_no_tags(hub: Hub):
    body = hub.school("Tags", Caller(hub, ["Student"]).token)
    assert body["ExceptionType"] == "ScopeNotHeld"


def test_a_tag_that_is_given_is_in_the_next_change_set(asker: Caller, small: Tables):
    first = asker.answer("Tags?changedRows=*")["__changedRows__"][0]["NextChangedRows"]
    label = small.add(TagDefinition, code="CHOIR", name="Choir", applies_to="Student", active=1)
    (graham,) = [s for s in small.of("student") if s["mis_id"] == "9919"]
    made = small.add(StudentTag, definition=label, who=graham["id"], start="2026-11-20")
    then = asker.answer(f"Tags?changedRows={first}")
    (row,) = then["Tags"]
    assert (row["Tag"], row["EntityId"]) == ("Choir", "9919")
    assert [d["Code"] for d in then["TagDefinitions"]] == ["CHOIR"]
    with small.hub.store.write(small.school["district"]) as batch:
        batch.remove(StudentTag, made)
    last = asker.answer(f"Tags?changedRows={then['__changedRows__'][0]['NextChangedRows']}")
    assert last["Tags_deleted"] == [{"Id": row["Id"]}]


def test_tags_go_with_the_tag_that_is_taken_away(asker: Caller, small: Tables):
    label = next(d for d in small.of("tag_definition") if d["code"] == "ECO")
    assert label["mis_id"] in {r["TagDefinitionId"] for r in asker.rows("Tags")}
    with small.hub.store.write(small.school["district"]) as batch:
        batch.remove(TagDefinition, label["id"])
    assert label["mis_id"] not in {r["TagDefinitionId"] for r in asker.rows("Tags")}
