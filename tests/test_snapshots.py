"""Data sets of change sets: kept in parts, each exactly as it was for as long as it is kept, at the price of what
changed."""

from __future__ import annotations

import os
import random
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec
import pytest

from rollbook.dialects.xporter.datasets import DataSet, Held, Rows
from rollbook.model.students import Student
from rollbook.store.connection import connect
from rollbook.store.kept import Passed
from rollbook.store.kept.snapshots import Name, Snapshots, State
from rollbook.store.migrating import migrate
from rollbook.store.postgres.session import Session

from .hub import THORNFIELD, Hub
from .laws.test_change_sets import Copy
from .looking import look, look_passing
from .postgres import ABSENT, BIN, hub_served

PARTS = [f"part {number}" for number in range(6)]

without = pytest.mark.skipif(BIN is None and not os.environ.get("CI"), reason=ABSENT)


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgres", marks=without)])
def connection(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """What passes, in each of the databases."""
    if request.param == "sqlite":
        made = connect(tmp_path_factory.mktemp("passing") / "passing.sqlite")
        migrate(made, "passing")
        yield made
        made.close()
        return
    with hub_served() as address:
        session = Session(address, "passing")
        yield session
        session.close()


def named(number: float) -> Name:
    """The name of a data set."""
    return Name("grant", "students", str(number))


class Lines:
    """Data sets that are kept and dropped at random, beside what each of them must hold."""

    def __init__(self, kept: Snapshots, rng: random.Random) -> None:
        self.kept, self.rng, self.at = kept, rng, 0.0
        self.whole: dict[float, tuple[State, dict[str, bytes]]] = {}
        """By the moment at which each was kept."""

    def step(self) -> None:
        """Begin a line, add to one from wherever in it, or drop the oldest data sets."""
        self.at += 1
        if not self.whole or self.rng.random() < 0.1:
            parts = {name: self.some() for name in self.rng.sample(PARTS, 4)}
            self.keep(self.kept.begin(f"line {self.at}", parts), parts)
        elif self.rng.random() < 0.2:
            oldest = sorted(self.whole)[self.rng.randint(0, len(self.whole) // 2)]
            self.kept.clear(oldest)
            self.whole = {at: one for at, one in self.whole.items() if at >= oldest}
        else:
            before, parts = self.rng.choice(list(self.whole.values()))
            changed = {name: self.some() for name in self.rng.sample(PARTS, self.rng.randint(1, 3))}
            self.keep(self.kept.follow(before, changed), {**parts, **changed})

    def some(self) -> bytes:
        return self.rng.randbytes(3)

    def keep(self, state: State, parts: dict[str, bytes]) -> None:
        self.kept.put(named(self.at), "request", "{}", self.at, state)
        self.whole[self.at] = state, parts

    def check(self) -> None:
        """Each data set has what it had when it was kept."""
        for at, (state, parts) in self.whole.items():
            found = self.kept.find(named(at), 0)
            assert found is not None
            assert found.state == state
            held = self.kept.parts(state, [*PARTS, "another"])
            assert {name: rows for name, rows in held.items() if rows} == parts


def test_a_data_set_stays_as_it_was_whatever_is_added_to_its_line_or_dropped_from_it(connection: Any) -> None:
    for seed in range(4):
        connection.execute("BEGIN")
        lines = Lines(Passed(connection).snapshots, random.Random(seed))
        for _ in range(60):
            lines.step()
            lines.check()
        lines.kept.clear(lines.at + 1)
        for table in ("snapshot", "snapshot_line", "snapshot_part"):
            assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)
        connection.execute("ROLLBACK")


def test_a_name_that_gets_another_data_set_leaves_the_old_one_to_whoever_reads_it(connection: Any) -> None:
    kept = Passed(connection).snapshots
    connection.execute("BEGIN")
    first = kept.begin("line", {"a": b"1", "b": b"1"})
    kept.put(named(1), "request", "{}", 1, first)
    second = kept.follow(first, {"a": b"2"})
    kept.put(named(1), "request", "{}", 2, second)
    assert kept.parts(first, "ab") == {"a": b"1", "b": b"1"}
    assert kept.parts(second, "ab") == {"a": b"2", "b": b"1"}
    kept.clear(2)
    assert kept.parts(second, "ab") == {"a": b"2", "b": b"1"}
    assert connection.execute("SELECT count(*) FROM snapshot_part").fetchone() == (2,)
    connection.execute("ROLLBACK")


# ---- data sets


def test_of_a_hundred_thousand_rows_one_is_changed_for_what_a_few_dozen_take() -> None:
    rows = {str(n): Held(n.to_bytes(8, "big"), [f"id {n}"]) for n in range(100_000)}
    every = Rows.of("Students", rows, 7)
    parts, read, state = every.parts(), list[str](), State("line", 1)

    def reads(names: Iterable[str]) -> dict[str, bytes]:
        read.extend(names)
        return {name: parts[name] for name in names if name in parts}

    table = Rows("Students", every.layout, reads)
    known = DataSet({"Students": table}, state, msgspec.msgpack.encode({"Students": every.layout}))
    assert table.keys_of(["id 77", "id 78", "nobody"]) == {"id 77": "77", "id 78": "78"}
    table.replace(["id 77"], table.at(["77"]), {"77": Held(b"another", ["id 77"])})
    written = known.written(known)
    assert written.before == state
    assert len(written.parts) == 1
    assert sum(map(len, written.parts.values())) < 10_000
    assert len(read) <= 4


def test_a_table_that_outgrows_its_parts_is_laid_out_anew() -> None:
    rows = Rows.of("Students", {"1": Held(b"1", ["a"])}, 0)
    assert rows.spread == 1
    for n in range(2, 2_000):
        rows.replace([], {}, {str(n): Held(b"1", [f"{n}"])})
    settled = rows.settled()
    assert settled.spread == 16
    assert settled.every() == rows.every()
    assert settled.keys_of(["a", "1999"]) == {"a": "1", "1999": "1999"}


# ---- change sets


def test_a_data_set_that_was_kept_in_one_piece_is_still_good(small_hub: Hub) -> None:
    token, copy = small_hub.token(), Copy("Students?")
    copy.follow(small_hub, token)
    in_one_piece(small_hub, copy.at)
    students = some_students(small_hub, token)
    district, _, _ = small_hub.desk.schools.find(THORNFIELD)
    with small_hub.store.write(district) as batch:
        batch.change(Student, students[0], {"entry_date": "2020-02-02"})
        batch.remove(Student, students[1])
    answer = small_hub.school(f"{copy.path}&changedRows={copy.at}", token)
    assert (len(answer["Students"]), len(answer["Students_deleted"])) == (1, 1)
    copy.follow(small_hub, token)
    assert copy.rows == copy.whole(small_hub, token)
    small_hub.now += 62 * 24 * 3600
    Copy("Groups?").follow(small_hub, small_hub.token())
    assert look_passing(small_hub.store, "SELECT count(*) FROM snapshot_rows").fetchall() == [(0,)]


def in_one_piece(hub: Hub, digest: str) -> None:
    """Keep a data set as hubs of before did."""
    found = hub.desk.readers.for_grant(hub.desk.grants.at(hub.app(), THORNFIELD)).snapshots("Students")
    snapshot = found.find(digest, hub.now)
    assert snapshot is not None
    pieces = {
        name: (
            {key: held.digest for key, held in rows.every().items()},
            {identity: key for key, held in rows.every().items() for identity in held.ids},
            rows.layout.total,
        )
        for name, rows in DataSet.known(found, digest, snapshot).tables.items()
    }
    put = 'INSERT INTO snapshot_rows ("grant", endpoint, hash, rows) VALUES (?, ?, ?, ?)'
    look_passing(hub.store, put, (found.grant, found.endpoint, digest, msgspec.msgpack.encode(pieces)))
    look_passing(hub.store, "UPDATE snapshot SET line = '', number = 0")
    look_passing(hub.store, "DELETE FROM snapshot_part")
    look_passing(hub.store, "DELETE FROM snapshot_line")


def some_students(hub: Hub, token: str) -> list[str]:
    """The hub ids of students who are on roll."""
    listed = hub.school("Students?select=Id", token)["Students"]
    ids = dict(look(hub.store, "SELECT mis_id, id FROM student WHERE district = 1").fetchall())
    return [ids[row["Id"]] for row in listed]


def test_a_record_that_takes_the_place_of_another_is_followed_from_then_on(small_hub: Hub) -> None:
    token, copy = small_hub.token(), Copy("Students?select=Id,Surname")
    copy.follow(small_hub, token)
    identity = some_students(small_hub, token)[0]
    district, _, _ = small_hub.desk.schools.find(THORNFIELD)
    with small_hub.store.write(district) as batch:
        row = batch.get(Student, identity)
        assert row is not None
        batch.remove(Student, identity)
        (other,) = batch.add(Student, [{name: row[name] for name in Student.stored()}])
    # The same as was shown before, of another record.
    before = copy.at
    copy.follow(small_hub, token)
    assert copy.at == before
    with small_hub.store.write(district) as batch:
        batch.remove(Student, other)
    copy.follow(small_hub, token)
    assert copy.rows == copy.whole(small_hub, token)
