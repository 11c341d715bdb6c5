"""The store's tables: frozen as migrations, and those that the model asks for."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from rollbook.consent import Desk
from rollbook.consent.filtering import Strangers
from rollbook.errors import Stop
from rollbook.fields import Question
from rollbook.model.curriculum import Program
from rollbook.model.students import Student
from rollbook.store import schema
from rollbook.store.connection import Connection, connect
from rollbook.store.sqlite import Store
from tests.looking import look

REGENERATE = "run `make freeze`"

_GENERATED = re.compile("GENERATED ALWAYS AS .*? VIRTUAL")


def tables(statements: Sequence[str]) -> dict[str, Any]:
    """What a database holds when the statements have run: of tables and indexes the columns, of the rest the SQL."""
    database = connect(Path(":memory:"))
    for statement in statements:
        database.execute(statement)
    rows = database.execute("SELECT type, name, tbl_name, sql FROM sqlite_schema").fetchall()
    return {name: (kind, *_structure(database, kind, name, of, sql)) for kind, name, of, sql in rows}


def _structure(database: Connection, kind: str, name: str, of: str, sql: str | None) -> tuple[Any, ...]:
    if kind == "table":
        # A column that a migration adds stands last; what a table holds is the same wherever it stands.
        columns = database.execute(
            'SELECT name, type, "notnull", dflt_value, pk, hidden FROM pragma_table_xinfo(?)', (name,)
        )
        how = database.execute("SELECT wr, strict FROM pragma_table_list WHERE name = ?", (name,)).fetchall()
        return ({column: rest for column, *rest in columns}, how, _GENERATED.findall(sql or ""))
    if kind == "index":
        listed = "SELECT name, desc, coll, key FROM pragma_index_xinfo(?)"
        # The key of a table without rowids is an index that ends in all its other columns.
        columns = [column for column in database.execute(listed, (name,)).fetchall() if column[3]]
        which = 'SELECT "unique", origin, partial FROM pragma_index_list(?) WHERE name = ?'
        return (
            of,
            columns,
            database.execute(which, (of, name)).fetchall(),
            _folded(sql) if sql and "WHERE" in sql else "",
        )
    return (of, _folded(sql or ""))


def _folded(sql: str) -> str:
    return " ".join(sql.split())


@pytest.fixture(scope="module")
def asked() -> dict[str, Any]:
    """The tables of records that the model asks for."""
    return tables(schema.derived())


def test_the_migrations_make_the_tables_that_the_model_asks_for(asked: dict[str, Any]) -> None:
    assert tables(schema.making("records")) == asked, REGENERATE
    assert tables(schema.making("passing")) == tables(schema.PASSING), REGENERATE
    assert tables(schema.making("ledger")) == tables(schema.LEDGER), REGENERATE


@pytest.mark.parametrize(
    "less",
    [
        ('"estab" TEXT, ', ""),
        ('"latitude" REAL', '"latitude" TEXT'),
        ('"district" INTEGER NOT NULL', '"district" INTEGER'),
        ('"key" INTEGER PRIMARY KEY', '"key" INTEGER'),
        ("'00000000-0000-8000-8000-'", "'00000000-0000-8000-8001-'"),
        ("WHERE seq IS NOT NULL", ""),
        ('CREATE INDEX "school_estab" ON "school" (district, "estab")', "SELECT 1"),
        ('ON "school" (district, "estab")', 'ON "school" ("estab", district)'),
        ("CREATE INDEX history_kind", "CREATE UNIQUE INDEX history_kind"),
        ("max(i.key, c.key) AS made", "i.key AS made"),
        ("COLLATE NOCASE", ""),
        (") WITHOUT ROWID", ")"),
    ],
)
def test_tables_that_differ_in_a_column_a_type_or_an_index_are_different(
    asked: dict[str, Any], less: tuple[str, str]
) -> None:
    said = schema.derived()
    found = next(n for n, statement in enumerate(said) if less[0] in statement)
    other = [*said[:found], said[found].replace(*less), *said[found + 1 :]]
    assert tables(other) != asked


def test_a_store_is_opened_again_as_it_was(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        number = store.new_district({"name": "Larkspur"})
    with Store(tmp_path) as store:
        found = look(store, "SELECT district, name FROM district").fetchall()
    assert found == [(number, "Larkspur")]


def test_data_of_a_newer_version_is_refused_and_left_alone(tmp_path: Path) -> None:
    Store(tmp_path).close()
    database = connect(tmp_path / "records.sqlite")
    database.execute("PRAGMA user_version = 999")
    with pytest.raises(Stop, match="made by a newer Rollbook"):
        Store(tmp_path)
    assert database.execute("PRAGMA user_version").fetchall() == [(999,)]


def test_every_index_of_records_begins_with_the_district(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        for record in (r for r in schema.RECORDS.values() if not r.derived()):
            firsts = look(
                store,
                "SELECT DISTINCT c.name FROM pragma_index_list(?) i, pragma_index_info(i.name) c WHERE c.seqno = 0",
                (record.table,),
            )
            assert firsts.fetchall() == [("district",)]


FIRST_RELEASE = """
INSERT INTO clock VALUES (1, 40, '2026-11-20T08:45:00.000'), (2, 7, '2026-11-20T08:45:00.000');
INSERT INTO district (district, id, name, made, seq) VALUES (1, 'd', 'Larkspur', 'm1', 1);
INSERT INTO school (district, id, estab, name, made, seq) VALUES (1, 's', '9994001', 'Thornfield Academy', 'm2', 2);
INSERT INTO session (district, id, school, external_id, name, school_year, made, seq) VALUES
  (1, 'autumn', 's', 't1', 'Autumn Term', '2026-2027', 'm3', 3), (1, 'spring', NULL, 't2', 'Spring', '2027', 'm4', 4),
  (1, 'other', 'elsewhere', 't2', 'Spring', 'next', 'm4', 5);
INSERT INTO person (district, id, forename, made, seq) VALUES
  (1, '0f6b2c1a-3d4e-4f50-8a9b-1c2d3e4f5a6b', 'Graham', 'm5', 6);
INSERT INTO student (district, id, school, person, made, seq) VALUES
  (1, 'graham', 's', '0f6b2c1a-3d4e-4f50-8a9b-1c2d3e4f5a6b', 'm6', 7);
INSERT INTO "group" (district, id, school, external_id, name, sessions, made, seq) VALUES
  (1, 'fr', 's', 'k1', '9X1/Fr', 't1,t2,t1', 'm7', 8), (1, 'ma', 's', 'k2', '9X1/Ma', NULL, 'm8', 9);
INSERT INTO source_row VALUES
  (1, 'csv:d', 'Group', 'k1', x'01', 'fr'), (1, 'csv:d', 'Session', 't1', x'02', 'autumn'),
  (1, 'csv:d', 'Session', 't2', x'03', 'spring');
"""


def test_data_of_the_first_release_is_brought_up_to_date_with_all_that_it_holds(tmp_path: Path) -> None:
    database = connect(tmp_path / "records.sqlite")
    database.execute(schema.migrations("records")[0])
    database.execute(FIRST_RELEASE + "PRAGMA user_version = 1")
    database.close()
    with Store(tmp_path) as store:
        ask = partial(look, store)
        assert ask(
            "SELECT s.estab, p.forename, p.student_unique_id, p.staff_unique_id FROM student t"
            " JOIN school s ON s.id = t.school JOIN person p ON p.id = t.person"
        ).fetchall() == [("9994001", "Graham", *["0f6b2c1a3d4e4f508a9b1c2d3e4f5a6b"] * 2)]
        assert ask("SELECT name, year FROM session ORDER BY seq").fetchall() == [
            ("Autumn Term", 2027),
            ("Spring", 2027),
            ("Spring", None),
        ]
        when = "SELECT at FROM moment m WHERE m.district = g.district AND m.seq <= g.key ORDER BY m.seq DESC LIMIT 1"
        made = ask(f'SELECT school, "group", session, ({when}), id FROM group_session g ORDER BY session').fetchall()
        assert [row[:-1] for row in made] == [("s", "fr", "autumn", "m7"), ("s", "fr", "spring", "m7")]
        assert all(UUID(row[-1]).version == 4 and str(UUID(row[-1])) == row[-1] for row in made)
        assert ask("SELECT school, kind, seq FROM moved").fetchall() == [("s", "GroupSession", 8)]
        # The source's next word on the class's terms is about the records that are there already.
        said = "SELECT key, id FROM source_row WHERE kind = 'GroupSession' ORDER BY key"
        assert ask(said).fetchall() == [("k1:t1", made[0][-1]), ("k1:t2", made[1][-1])]
        assert ask('SELECT name FROM "group" ORDER BY seq').fetchall() == [("9X1/Fr",), ("9X1/Ma",)]


def test_numbers_go_on_from_the_highest_of_any_district(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        first, second = (store.new_district({"name": name}) for name in ("Larkspur", "Juniper Flats"))
        for number in (first, second, first):
            with store.write(number) as batch:
                batch.add(Program, [{"name": "Choir"}])
        counted = look(store, "SELECT district, seq FROM program ORDER BY seq").fetchall()
        assert counted == [(1, 3), (2, 4), (1, 5)]
        assert look(store, "SELECT district, seq FROM clock").fetchall() == [(1, 5), (2, 4)]


LIST = '["School", "Student", "StudentExtended"]'

SIXTH = f"""
INSERT INTO district (district, id, name, made, seq) VALUES (1, 'd', 'Larkspur', 'm1', 1), (2, 'e', 'Juniper', 'm1', 1);
INSERT INTO school (district, id, estab, name, made, seq) VALUES
  (1, 's', '9994001', 'Thornfield Academy', 'm2', 2), (2, 't', '9995001', 'Saguaro Academy', 'm2', 2);
INSERT INTO app VALUES
  ('sis', 'sis.example.org', 'SIS', x'00', 'm'), ('old', 'old.example.org', 'Old', x'00', 'm'),
  ('there', 'there.example.org', 'There', x'00', 'm'), ('reader', 'reader.example.org', 'Reader', x'00', 'm');
INSERT INTO credential VALUES
  ('c1', 'sis', 'edfi', 'k1', x'01', 0, '["SISVendor"]', 'm'), ('c2', 'old', 'edfi', 'k2', x'02', 1, '[]', 'm'),
  ('c3', 'there', 'edfi', 'k3', x'03', 2, '["EdFiSandbox"]', 'm'),
  ('c4', 'reader', 'edfi', 'k4', x'04', 0, '["EdFiAPIReadOnly"]', 'm'),
  ('c5', 'reader', 'edlink', 'k5', x'05', 1, '[]', 'm');
INSERT INTO "grant" (id, app, district, school, scopes, state, secret, version, people, made) VALUES
  ('g1', 'sis', 1, 's', '{LIST}', 'active', x'0a', 3, '{{}}', 'm'),
  ('g2', 'old', 1, 's', '["StudentLite"]', 'paused', x'0b', 1, '{{}}', 'm'),
  ('g3', 'there', 1, 's', '{LIST}', 'active', x'0c', 1, '{{}}', 'm'),
  ('g4', 'reader', 1, 's', '["Staff", "Student"]', 'active', x'0d', 1, '{{}}', 'm'),
  ('g5', 'sis', 2, 't', '["Staff"]', 'revoked', NULL, 2, '{{}}', 'm');
"""


def test_whoever_could_write_before_writing_had_scopes_goes_on_writing(tmp_path: Path) -> None:
    database = connect(tmp_path / "records.sqlite")
    for migration in schema.migrations("records")[:6]:
        database.execute(migration)
    database.execute(SIXTH + "PRAGMA user_version = 6")
    database.close()
    with Store(tmp_path) as store:
        ask = partial(look, store)
        kept = ask('SELECT id, state, secret, json(scopes) FROM "grant" ORDER BY id').fetchall()
        held = {identity: set(json.loads(scopes)) for identity, _, _, scopes in kept}
        assert held == {
            "g1": {
                *json.loads(LIST),
                *(f"Writeback{n}" for n in ("School", "Students", "Enrolments", "Groups", "Seating")),
            },
            "g2": {"StudentLite", "WritebackStudents", "WritebackEnrolments"},
            # Its key is for another district: here it could change nothing but what Xporter lets it.
            "g3": {*json.loads(LIST), "WritebackSeating"},
            "g4": {"Student", "Staff"},
            "g5": {"Staff"},
        }
        assert all(json.loads(scopes) == sorted(json.loads(scopes)) for *_, scopes in kept)
        assert [(state, secret) for _, state, secret, _ in kept] == [
            ("active", b"\x0a"),
            ("paused", b"\x0b"),
            ("active", b"\x0c"),
            ("active", b"\x0d"),
            ("revoked", None),
        ]
        rights = dict(ask("SELECT id, rights FROM credential").fetchall())
        assert rights == {
            "c1": '["SISVendor"]',
            "c2": '["SISVendor"]',
            "c3": '["EdFiSandbox"]',
            "c4": '["EdFiAPIReadOnly"]',
            "c5": "[]",
        }


# ---- people who were chosen before there were rules

EIGHTH = """
INSERT INTO clock VALUES (1, 40, '2026-11-20T08:45:00.000');
INSERT INTO setting VALUES ('today', '2026-11-20');
INSERT INTO district (district, id, name, made, seq) VALUES (1, 'd', 'Larkspur', '2026-11-01T08:00:00.000', 1);
INSERT INTO school (district, id, estab, name, made, seq) VALUES
  (1, 's', '9994001', 'Thornfield Academy', '2026-11-01T08:00:00.000', 2);
"""

PUPILS, PARENTS = ("ada", "bo", "cy"), ("pa", "qa")

_STAMP = "2026-11-01T08:00:00.000{:012d}"

Said = tuple[str, frozenset[str], frozenset[str]]
"""How a school's list was meant, who stood on it, and whom the app left out by itself."""


def subsets(some: Iterable[str]) -> list[frozenset[str]]:
    """Every choice of some things."""
    every = tuple(some)
    return [frozenset(c) for size in range(len(every) + 1) for c in itertools.combinations(every, size)]


SAID: list[Said] = [
    (mode, school, own)
    for mode in ("all", "only", "except")
    for school in (subsets(PUPILS) if mode != "all" else [frozenset[str]()])
    for own in subsets(PUPILS)
]


def as_the_eighth_kept(grant: str, said: Said) -> tuple[dict[str, str], list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """What schema 8 kept of the lists of students: the mode in `people`, the rows of `chosen` and of `declined`."""
    mode, school, own = said
    every = school - own if mode == "only" else school | own
    kept = "only" if mode == "only" else "except" if every else mode
    chosen = [(grant, "Student", one) for one in sorted(every)]
    declined = [(grant, "Student", one, int(one in school)) for one in sorted(own)]
    return ({} if kept == "all" else {"Student": kept}), chosen, declined


def of_the_eighth(folder: Path) -> None:
    """A data directory of schema 8 with a grant for each way in which people could be chosen."""
    database = connect(folder / "records.sqlite")
    for migration in schema.migrations("records")[:8]:
        database.execute(migration)
    database.execute(EIGHTH)
    for number, (kind, name) in enumerate(
        [("student", n) for n in PUPILS] + [("contact", n) for n in PARENTS], start=10
    ):
        at = _STAMP.format(number)
        database.execute("INSERT INTO person (district, id, made, seq) VALUES (1, ?, ?, ?)", (f"h-{name}", at, number))
        database.execute(
            f"INSERT INTO {kind} (district, id, school, person, mis_id, made, seq) VALUES (1, ?, 's', ?, ?, ?, ?)",
            (name, f"h-{name}", f"m-{name}", at, number),
        )
    for number, said in enumerate(SAID):
        grant, party = f"g{number}", f"a{number}.example.org"
        people, chosen, declined = as_the_eighth_kept(grant, said)
        database.execute("INSERT INTO app VALUES (?, ?, ?, x'00', 'm')", (f"a{number}", party, party))
        database.execute(
            'INSERT INTO "grant" (id, app, district, school, scopes, state, secret, version, people, made)'
            " VALUES (?, ?, 1, 's', '[\"Student\"]', 'active', ?, 3, ?, 'm')",
            (grant, f"a{number}", number.to_bytes(2, "big"), json.dumps(people)),
        )
        database.executemany("INSERT INTO chosen VALUES (?, ?, ?)", chosen)
        database.executemany("INSERT INTO declined VALUES (?, ?, ?, ?)", declined)
    database.execute("""INSERT INTO draft VALUES ('g0', 'Student', 'only', '["m-ada"]')""")
    database.execute("PRAGMA user_version = 8")
    database.close()


def read_by(desk: Desk, number: int) -> set[str]:
    """The students whom a reader of a grant finds (MIS ids)."""
    reader = desk.readers.for_grant(desk.grants.at(desk.apps.named(f"a{number}.example.org"), "9994001"))
    found = reader.prepare(Question(Student, (("Id", Student.mis_id),)), ("test", "ids"))
    with reader.session() as session:
        return {json.loads(row)["Id"] for rows in session.rows(found, {}) for row in rows}


def called(some: Iterable[str]) -> set[str]:
    """MIS ids of people."""
    return {f"m-{one}" for one in some}


def test_whom_schools_and_apps_had_chosen_before_there_were_rules_stays_chosen_and_nothing_is_opened(
    tmp_path: Path,
) -> None:
    of_the_eighth(tmp_path)
    with Store(tmp_path) as store:
        desk = Desk(store)
        for _ in ("as it was opened", "and when a day has been followed"):
            for number, (mode, school, own) in enumerate(SAID):
                let_in = set(PUPILS) if mode == "all" else school if mode == "only" else set(PUPILS) - school
                assert read_by(desk, number) == called(let_in - own), SAID[number]
                grant = desk.grants.at(desk.apps.named(f"a{number}.example.org"), "9994001")
                told = next(c for c in desk.people.of(grant) if c.kind == "Student")
                assert (set(told.ids), told.rules, told.without) == (called(school), (), ())
                # An empty list of people left out was none already where the app had one of its own.
                assert told.mode == ("all" if mode == "except" and not school and own else mode)
                assert set(told.declined) == called(own & let_in)
            desk.people.follow_days()
        secrets = look(store, 'SELECT secret, scopes, state FROM "grant" ORDER BY made, id').fetchall()
        assert {row[1:] for row in secrets} == {('["Student"]', "active")}
        assert {row[0] for row in secrets} == {number.to_bytes(2, "big") for number in range(len(SAID))}
        assert desk.choosing.draft(desk.grants.at(desk.apps.named("a0.example.org"), "9994001"))["Student"].people == {
            "m-ada"
        }


def test_an_app_lets_in_again_whom_it_left_out_before_there_were_rules_and_nobody_else(tmp_path: Path) -> None:
    of_the_eighth(tmp_path)
    number = SAID.index(("only", frozenset({"ada", "bo"}), frozenset({"bo"})))
    with Store(tmp_path) as store:
        desk = Desk(store)
        grant = desk.grants.at(desk.apps.named(f"a{number}.example.org"), "9994001")
        with pytest.raises(Strangers):
            desk.people.restrict(grant, add=[("Student", "m-cy")])
        desk.people.restrict(grant, add=[("Student", "m-bo")])
        assert read_by(desk, number) == called(("ada", "bo"))
