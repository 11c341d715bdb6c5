"""Two records of one human made one, and parted again."""

from __future__ import annotations

import json
import shutil
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rollbook.consent import Desk
from rollbook.errors import Conflict, NotFound
from rollbook.fields import RECORDS, Record
from rollbook.ingest.merging import merge, narrower, split
from rollbook.model.people import Contact, Person, Staff
from rollbook.model.students import Student
from rollbook.store.kept.choices import Lists
from rollbook.store.kept.history import Stone
from rollbook.store.settling import keep_lists
from rollbook.store.sqlite import Store
from rollbook.store.writing import Batch

STORED = [record for record in RECORDS.values() if not record.derived()]


class Undone(Exception):
    """Ends a transaction of which nothing is to stay."""


@pytest.fixture(scope="module")
def store(small_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    folder = tmp_path_factory.mktemp("merging") / "hub"
    shutil.copytree(small_folder, folder)
    with Store(folder) as opened:
        desk = Desk(opened)
        app, _ = desk.apps.add("app.example.org")
        for _, _, estab, _, _ in desk.schools.all():
            desk.grants.authorise(app, estab, ["all"])
        yield opened


@contextmanager
def trying(store: Store, district: int = 1) -> Generator[Batch]:
    """A transaction that is taken back."""
    try:
        with store.write(district) as batch:
            yield batch
            raise Undone
    except Undone:
        pass


def facts(batch: Batch) -> dict[str, Any]:
    """All that a district holds, but for when it was written."""
    find = batch.kept.records.find
    found: dict[str, Any] = {
        f"{record.__name__} {row['id']}": {n: row[n] for n in (*record.stored(), "remainder")}
        for record in STORED
        for row in find(record, batch.district, {})
    }
    look = batch.connection.execute
    for table in ("source_row", "choice", "named", "rule", "declined", "former_id", "choosing", "pointer", "word_use"):
        found[table] = sorted(look(f"SELECT * FROM {table}").fetchall(), key=repr)
    chosen = 'SELECT "grant", kind, id, first, last FROM chosen ORDER BY 1, 2, 3, 4'
    return found | {"chosen": look(chosen).fetchall()}


def humans(batch: Batch, role: type[Record]) -> list[dict[str, Any]]:
    return batch.kept.records.find(role, batch.district, {})


def at_one_school(batch: Batch, role: type[Record] = Student) -> tuple[dict[str, Any], dict[str, Any]]:
    """Two roles of two humans at one school."""
    schools = {school for _, school in _grants(batch)}
    first, *others = (one for one in humans(batch, role) if one["school"] in schools)
    return first, next(o for o in others if o["school"] == first["school"] and o["person"] != first["person"])


def referring(batch: Batch, kind: type[Record], identity: str) -> list[tuple[str, str]]:
    return [
        (record.__name__, row["id"])
        for record in STORED
        for name, ref in record.refs().items()
        if ref.target is kind
        for row in batch.kept.records.find(record, batch.district, {name: identity})
    ]


def test_all_that_led_to_one_child_leads_to_the_other(store: Store) -> None:
    with trying(store) as batch:
        stays, gone = at_one_school(batch)
        marks = len(referring(batch, Student, gone["id"]))
        assert marks > 10
        merge(batch, stays["person"], gone["person"], "somebody")
        batch.settle()
        assert batch.get(Person, gone["person"]) is None
        assert batch.get(Student, gone["id"]) is None
        assert referring(batch, Student, gone["id"]) == referring(batch, Person, gone["person"]) == []
        assert batch.get(Student, stays["id"])


def test_what_stays_keeps_what_it_says_and_says_what_only_the_other_one_said(store: Store) -> None:
    with trying(store) as batch:
        stays, gone = at_one_school(batch)
        batch.change(Person, stays["person"], {"forename": "Sal", "middle_name": None})
        batch.change(Person, gone["person"], {"forename": "Sally", "middle_name": "Ann"})
        merge(batch, stays["person"], gone["person"], "somebody")
        one = batch.get(Person, stays["person"]) or {}
        assert (one["forename"], one["middle_name"]) == ("Sal", "Ann")


def test_places_in_one_group_become_one_place(store: Store) -> None:
    with trying(store) as batch:
        stays, gone = at_one_school(batch)
        both = {"student": stays["id"]}
        merge(batch, stays["person"], gone["person"], "somebody")
        places = batch.kept.records.find(RECORDS["StudentMembership"], 1, both)
        spans = sorted((row["group"], row["start"] or "", row["end"] or "~") for row in places)
        assert all(one[0] != other[0] or one[2] < other[1] for one, other in pairwise(spans))


def test_those_who_follow_changes_are_told_of_one_record_that_goes(store: Store) -> None:
    with trying(store) as batch:
        stays, gone = at_one_school(batch)
        before = batch.kept.history.newest(1)
        merge(batch, stays["person"], gone["person"], "somebody")
        stones: list[Stone] = batch.kept.history.stones(1, ["Person", "Student"], before)
        assert [(s.kind, s.id) for s in stones if s.what == "gone"] == [
            ("Student", gone["id"]),
            ("Person", gone["person"]),
        ]
        assert (batch.get(Student, stays["id"]) or {})["made"] == stays["made"]


def test_whoever_asks_who_saw_one_is_told_of_both(store: Store) -> None:
    with trying(store) as batch:
        stays, gone = at_one_school(batch)
        merge(batch, stays["person"], gone["person"], "somebody")
        assert gone["id"] in batch.kept.people.roles(stays["person"])
        assert batch.kept.matches.merged_into(stays["person"]) == [gone["person"]]


@pytest.mark.slow
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_undoing_a_merge_leaves_everything_as_it_was(store: Store, data: st.DataObject) -> None:
    kinds = data.draw(st.tuples(*[st.sampled_from((Student, Student, Staff, Contact))] * 2))
    with trying(store) as batch:
        stays, gone = (data.draw(st.sampled_from(humans(batch, kind)))["person"] for kind in kinds)
        roles = [role for role in humans(batch, Student) if role["person"] in (stays, gone)]
        for grant, school in _grants(batch):
            here = [role["id"] for role in roles if role["school"] == school]
            lists = Lists(
                data.draw(st.sampled_from(("all", "only", "except"))),
                frozenset(data.draw(st.lists(st.sampled_from(here))) if here else ()),
                declined=frozenset(data.draw(st.lists(st.sampled_from(here))) if here else ()),
            )
            keep_lists(batch, grant, "Student", lists)
        before = facts(batch)
        if stays == gone:
            with pytest.raises(Conflict):
                merge(batch, stays, gone, "somebody")
            return
        merge(batch, stays, gone, "somebody")
        assert batch.kept.records.find(Person, batch.district, {"id": gone}) == []
        split(batch, stays, gone)
        batch.settle()
        after = facts(batch)
        assert {k: v for k, v in after.items() if before.get(k) != v} == {}
        assert after.keys() == before.keys()
        with pytest.raises(NotFound):
            split(batch, stays, gone)


def _grants(batch: Batch) -> list[tuple[str, str]]:
    return batch.connection.execute('SELECT id, school FROM "grant" WHERE district = 1 ORDER BY id').fetchall()


# ---- whom apps see


@pytest.mark.parametrize(
    ("mode", "named", "seen"),
    [
        ("except", "stays", False),
        ("except", "gone", False),
        ("only", "stays", True),
        ("only", "gone", True),
        ("only", "", False),
        ("all", "", True),
    ],
)
def test_whom_a_school_left_out_stays_left_out_and_whom_it_let_in_stays_in(
    store: Store, mode: str, named: str, seen: bool
) -> None:
    with trying(store) as batch:
        stays, gone = at_one_school(batch)
        ids = {"stays": stays["id"], "gone": gone["id"]}
        grant = next(g for g, school in _grants(batch) if school == stays["school"])
        keep_lists(batch, grant, "Student", Lists(mode, frozenset(ids[n] for n in ids if n == named)))
        merge(batch, stays["person"], gone["person"], "somebody")
        batch.settle()
        listed = batch.kept.chosen.spans(grant, "Student")
        modes = batch.kept.chosen.modes(grant)
        assert {"only": stays["id"] in listed, "except": stays["id"] not in listed}.get(
            modes.get("Student", "all"), True
        ) is seen
        assert gone["id"] not in listed


def test_whoever_is_left_out_of_a_rule_or_by_the_app_remains_so() -> None:
    one = narrower(Lists("only", frozenset("a"), without=frozenset("b"), declined=frozenset("b")), "a", "b")
    assert (one.named, one.without, one.declined) == (frozenset(), frozenset("a"), frozenset("a"))


def test_people_of_other_districts_and_strangers_are_refused(store: Store) -> None:
    with trying(store) as batch:
        stays, _ = at_one_school(batch)
        with pytest.raises(NotFound, match="no person of this district"):
            merge(batch, stays["person"], "nobody", "somebody")


def test_what_undoes_a_merge_is_kept_until_it_is_undone(store: Store) -> None:
    with trying(store) as batch:
        stays, gone = at_one_school(batch)
        merge(batch, stays["person"], gone["person"], "somebody")
        (kept,) = batch.kept.matches.merges(1)
        assert (kept.stays, kept.gone, kept.by) == (stays["person"], gone["person"], "somebody")
        assert json.dumps(kept.steps).count(gone["id"]) > 1
        split(batch, stays["person"], gone["person"])
        assert batch.kept.matches.merges(1) == []
