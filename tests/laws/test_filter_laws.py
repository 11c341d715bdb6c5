"""Changing whom a grant sees: those who follow changes forget whom they must, and nobody else notices anything."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollbook.consent import Grant
from rollbook.fields import RECORDS, Code, Record, Text
from rollbook.store.parts import parts_of
from rollbook.store.reckoning import Reckoning
from rollbook.store.writing import Batch
from tests.hub import BRAMBLESIDE, THORNFIELD, Hub
from tests.looking import connected, look

from .asking import answers
from .districts import DOCUMENTS, EDFI, ROSTER, Caller, caller, questions, rows
from .drawn import cases

some = cases(2)


def every(who: Caller, path: str) -> list[dict[str, Any]]:
    """The documents of all pages."""
    found: list[dict[str, Any]] = []
    while page := rows(who.get(f"{path}&offset={len(found)}")):
        found += page
    return found


@dataclass
class EdFiCopy:
    """A copy of every Ed-Fi collection, kept by reading what is gone and what has changed since the last time."""

    who: Caller
    upto: int = 0
    held: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])

    def newest(self) -> int:
        """How far the record has come."""
        return json.loads(self.who.get("/edfi/changeQueries/v1/availableChangeVersions"))[2]["newestChangeVersion"]

    def sync(self) -> None:
        """Catch up."""
        newest = self.newest()
        window = f"limit=500&minChangeVersion={self.upto + 1}&maxChangeVersion={newest}"
        for name in DOCUMENTS:
            mine = self.held.setdefault(name, {})
            for gone in every(self.who, f"{EDFI}/{name}/deletes?{window}"):
                mine.pop(gone["id"], None)
            mine.update((d["id"], d) for d in every(self.who, f"{EDFI}/{name}?{window}"))
        self.upto = newest

    def whole(self) -> dict[str, dict[str, Any]]:
        """Everything, read again."""
        return {name: {d["id"]: d for d in every(self.who, f"{EDFI}/{name}?limit=500")} for name in DOCUMENTS}


@dataclass
class EdlinkCopy:
    """A copy of every Edlink list, kept by reading events."""

    who: Caller
    upto: str = ""
    held: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])

    def sync(self) -> None:
        """Catch up."""
        after = f"&%24after={self.upto}" if self.upto else ""
        names = {resource.one: name for name, resource in ROSTER.items()}
        for name in ROSTER:
            self.held.setdefault(name, {})
        for event in rows(self.who.get(f"/api/v2/graph/events?%24first=10000{after}")):
            mine, self.upto = self.held[names[event["target"]]], event["id"]
            if event["type"] == "deleted":
                mine.pop(event["target_id"], None)
            elif event["type"] == "created" or event["target_id"] in mine:
                mine[event["target_id"]] = event["data"]
            else:
                raise AssertionError(f"{event} is an update of what nobody made")

    def whole(self) -> dict[str, dict[str, Any]]:
        """Everything, read again."""
        return {
            name: {d["id"]: d for d in rows(self.who.get(f"/api/v2/graph/{name}?%24first=10000"))} for name in ROSTER
        }


class School:
    """Somebody at a school who changes the choice of people and the records, at random."""

    def __init__(self, hub: Hub, who: Caller, rng: random.Random) -> None:
        self.hub, self.who, self.rng = hub, who, rng
        self._connection = connected(hub.store)
        self.done: list[str] = []
        # The moment of what is gone goes with it, whether somebody was left out or not.
        self.unsettled = {"updated_date", "_lastModifiedDate"}

    def ids(self, grant: Grant, kind: str, what: str = "mis_id") -> list[str]:
        """Ids of the humans of a kind at a grant's school."""
        sql = f'SELECT {what} FROM "{kind.lower()}" WHERE school = ? ORDER BY id'
        return [i for (i,) in self._connection.execute(sql, (grant.school,))]

    def act(self) -> None:
        """Change the choice of a kind of people at a school, or one of them."""
        desk, rng = self.hub.desk, self.rng
        grant = desk.grants.at(self.who.app, rng.choice([THORNFIELD, BRAMBLESIDE]))
        kind = rng.choice(["Student", "Student", "Staff", "Contact"])
        every = self.ids(grant, kind)
        few = rng.sample(every, min(len(every), rng.choice([1, 3, 20])))
        if rng.random() < 0.4:
            self.edit(grant, kind)
            return
        mode = rng.choice(["only", "except", "except", "all", "more", "own", "own"])
        self.done.append(f"{mode} {kind} {grant.estab} {few}")
        if mode == "more":
            if next(c for c in desk.people.of(grant) if c.kind == kind).mode != "all":
                add = rng.random() < 0.5
                desk.people.amend(grant, kind, add=few[:1] if add else (), remove=() if add else few[:1])
        elif mode == "own":
            nameable = [m for m in few if m in self.offered(grant, kind)]
            desk.people.restrict(grant, **{rng.choice(["add", "remove"]): [(kind, m) for m in nameable]})
        else:
            desk.people.choose(
                grant, kind, mode, few if mode == "except" else [*few, *every[::2]] if mode == "only" else []
            )

    def offered(self, grant: Grant, kind: str) -> set[str]:
        """Whom the app may name: those the school lets it see, which leaves out contacts who go with their students."""
        reckoning = Reckoning(self.hub.store.kept, grant.id)
        everybody = zip(self.ids(grant, kind), self.ids(grant, kind, "id"), strict=True)
        return {mis_id for mis_id, identity in everybody if reckoning.offers(kind, identity)}

    def edit(self, grant: Grant, kind: str) -> None:
        """Change somebody's record, whether or not the app sees them."""
        rng, record = self.rng, RECORDS[kind]
        identity = rng.choice(self.ids(grant, kind, "id"))
        parts = {"Student": "StudentMembership", "Staff": "StaffMembership", "Contact": "Relationship"}
        part = RECORDS[parts[kind]]
        with self.hub.store.write(grant.district) as batch:
            row = batch.get(record, identity)
            assert row is not None
            theirs = f'SELECT id FROM "{part.table}" WHERE "{kind.lower()}" = ? ORDER BY id'
            found = self._connection.execute(theirs, (identity,)).fetchall()
            way = rng.choice(["remove", "rename", "rename", "place", "unplace", "unplace"])
            self.done.append(f"{way} {kind} {row['mis_id']} {identity}")
            if way in ("remove", "unplace") and kind != "Staff":
                # Edlink tells of a relationship's end, not of what its contact is without it.
                self.unsettled.add("roles")
            if way == "remove":
                batch.remove(record, identity)
            elif way == "rename":
                batch.change(RECORDS["Person"], row["person"], {"surname": f"Quill {rng.randint(0, 999)}"})
            elif found and way == "place":
                other = batch.get(part, found[0][0])
                assert other is not None
                kept = {
                    n: v for n, v in other.items() if n in part.stored() and n not in ("mis_id", "external_id", "xid")
                }
                batch.add(part, [{**kept, **({"start": "2026-10-05"} if "start" in kept else {})}])
            elif found:
                batch.remove(part, rng.choice(found)[0])


@pytest.mark.parametrize("copies", [EdFiCopy, EdlinkCopy])
@some
@given(seed=st.integers(0, 2**32))
def test_a_copy_kept_by_changes_is_what_a_full_reading_returns(
    small_hub: Hub, seed: int, copies: Callable[[Caller], EdFiCopy | EdlinkCopy]
) -> None:
    rng = random.Random(seed)
    who = caller(small_hub, {THORNFIELD: ["all"], BRAMBLESIDE: ["all"]})
    copy, school = copies(who), School(small_hub, who, rng)
    copy.sync()
    assert copy.held == copy.whole()
    for _ in range(8):
        for _ in range(rng.choice([1, 1, 2, 4])):
            school.act()
        copy.sync()
        whole = copy.whole()
        for name, documents in whole.items():
            held = copy.held[name]
            assert held.keys() == documents.keys(), (name, school.done)
            stale = [
                (i, n, held[i].get(n), d[n])
                for i, d in documents.items()
                for n in d
                if n not in school.unsettled and held[i].get(n) != d[n]
            ]
            assert not stale, (name, school.done)


def test_a_choice_for_one_app_changes_no_byte_for_another(small_hub: Hub) -> None:
    mine = caller(small_hub, {THORNFIELD: ["all"]}, "mine.example.org")
    theirs = caller(small_hub, {THORNFIELD: ["all"]}, "theirs.example.org")
    asked = questions()
    before, own = {path: theirs.get(path) for path in asked}, mine.get(asked[0])
    grant = small_hub.desk.grants.at(mine.app, THORNFIELD)
    for kind, mode, ids in (
        ("students", "except", ["9919", "9920"]),
        ("staff", "only", ["1"]),
        ("contacts", "only", []),
    ):
        grant = small_hub.desk.people.choose(grant, kind, mode, ids)
    assert {path: theirs.get(path) for path in asked} == before
    assert mine.get(asked[0]) != own


def test_deletions_bear_the_keys_that_the_app_knew(small_hub: Hub) -> None:
    who = caller(small_hub, {THORNFIELD: ["all"]})
    district, school, _ = small_hub.desk.schools.find(THORNFIELD)
    ask = "SELECT p.id, p.student_unique_id, s.id FROM student s JOIN person p ON p.id = s.person"
    ((person, unique, student),) = look(small_hub.store, f"{ask} WHERE s.school = ? AND s.mis_id = '9919'", (school,))
    grant = small_hub.desk.people.choose(small_hub.desk.grants.at(who.app, THORNFIELD), "students", "except", ["9919"])

    def told(feed: str) -> list[dict[str, Any]]:
        return [d["keyValues"] for d in rows(who.get(f"{EDFI}/{feed}/deletes"))]

    assert told("students") == [{"studentUniqueId": unique}]
    (enrolment,) = told("studentSchoolAssociations")
    assert enrolment == {"entryDate": enrolment["entryDate"], "schoolId": int(THORNFIELD), "studentUniqueId": unique}
    places = told("studentSectionAssociations")
    assert places
    # What becomes of somebody who is out of sight is not told: neither another place nor the end of one or of all.
    with small_hub.store.write(district) as batch:
        found = look(small_hub.store, "SELECT id FROM student_membership WHERE student = ?", (student,)).fetchall()
        row = batch.get(RECORDS["StudentMembership"], found[0][0])
        assert row is not None
        names = RECORDS["StudentMembership"].stored().keys() - {"mis_id", "external_id", "xid"}
        batch.add(RECORDS["StudentMembership"], [{**{n: row[n] for n in names}, "start": "2026-11-02"}])
    assert told("studentSectionAssociations") == places
    with small_hub.store.write(district) as batch:
        batch.change(RECORDS["Person"], person, {"student_unique_id": "another"})
        batch.remove(RECORDS["Student"], student)
    assert sorted(map(str, told("studentSectionAssociations"))) == sorted(map(str, places))
    assert grant.people["Student"] == "except"


# ---- nowhere


def mark(batch: Batch, record: type[Record], identity: str, word: str) -> None:
    """Write a word that nobody is called into every text of a record and of all that is a part of it."""
    row = batch.get(record, identity) or {}
    texts = [n for n, f in record.stored().items() if isinstance(f, Text) and not isinstance(f, Code) and n != "xid"]
    batch.change(record, identity, {n: f"{word}{row.get(n) or n}" for n in texts if n not in UNMARKED})
    for part, name in parts_of(record):
        sql = f'SELECT p.id FROM "{part.table}" p JOIN "{record.table}" r ON r.key = p."{name}" WHERE r.id = ?'
        for (one,) in batch.connection.execute(sql, (identity,)).fetchall():
            mark(batch, part, one, word)


ONE_ROLE = (
    "SELECT person FROM (SELECT person FROM student UNION ALL SELECT person FROM staff"
    " UNION ALL SELECT person FROM contact) r GROUP BY person HAVING count(*) = 1"
)
"""Those who are not seen as anybody else either, such as a teacher who is a parent."""

UNMARKED = ("kind", "method", "status", "on_roll", "standard_year_code")
"""Words by which rows are chosen."""


@some
@given(seed=st.integers(0, 2**32))
def test_nothing_of_anybody_left_out_is_anywhere(small_hub: Hub, seed: int) -> None:
    rng, name, word = random.Random(seed), f"a{seed}.example.org", f"zq{seed:x}q"
    token = small_hub.token(app=name)
    grant = small_hub.desk.grants.at(small_hub.app(name), THORNFIELD)
    for kind in ("Student", "Staff", "Contact"):
        rows = look(
            small_hub.store,
            f'SELECT id, person, mis_id FROM "{kind.lower()}" WHERE school = ? AND person IN ({ONE_ROLE}) ORDER BY id',
            (grant.school,),
        ).fetchall()
        chosen = rng.sample(rows, 6)
        with small_hub.store.write(grant.district) as batch:
            for identity, person, _ in chosen:
                mark(batch, RECORDS[kind], identity, word)
                mark(batch, RECORDS["Person"], person, word)
        ids = [
            i
            for (i,) in look(
                small_hub.store,
                f'SELECT mis_id FROM "{kind.lower()}" WHERE id IN ({small_hub.store.flavour.listed("?")})',
                (json.dumps([identity for identity, _, _ in chosen]),),
            )
        ]
        small_hub.desk.people.choose(grant, kind, "except", ids)
    everything = small_hub.token(app="everything.example.org")
    shown = [segment for segment, body in answers(small_hub, everything).items() if word.encode() in body]
    assert len(shown) > 30
    for segment, body in answers(small_hub, token).items():
        at = body.find(word.encode())
        assert at < 0, (segment, body[max(0, at - 400) : at + 100])
    who = caller(small_hub, {THORNFIELD: ["all"]}, name)
    for path in questions():
        body = who.get(path)
        at = body.find(word.encode())
        assert at < 0, (path, body[max(0, at - 400) : at + 100])
