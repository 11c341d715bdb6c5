"""Data directories of the older layout are brought up to today's when they are opened, with all that they hold."""

from __future__ import annotations

import logging
import os
import resource
import shutil
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from itertools import chain, repeat
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import apsw
import pytest

from rollbook.errors import NoRoom, Occupied, Stop
from rollbook.store import holding, schema
from rollbook.store.connection import Opened, connect
from rollbook.store.sqlite import Store
from rollbook.store.upgrade import opening, relaying, walking
from rollbook.store.upgrade.catalogue import kinds, tables
from tests.looking import opened

from .old_records import draw, empty
from .old_words import compare

RECORDS = "records.sqlite"

_EPOCH = date(1970, 1, 1).toordinal()


# ---- what a small one becomes

SMALL = """
INSERT INTO clock VALUES (1, 40, '2026-11-20T08:45:00.040');
INSERT INTO district (district, id, name, made, seq) VALUES
  (1, 'd', 'Larkspur', '2026-11-20T08:45:00.001000000000001', 1);
INSERT INTO school (district, id, name, made, seq) VALUES
  (1, 's', 'Thornfield', '2026-11-20T08:45:00.001000000000002', 2);
INSERT INTO person (district, id, forename, made, seq, changed) VALUES
  (1, 'p', 'Graham', '2026-11-20T08:45:00.001000000000003', 9, '{"forename": "2026-11-20T08:45:00.009000000000009"}');
INSERT INTO student (district, id, school, person, remainder, made, seq) VALUES
  (1, 'g', 's', 'p', '{"edfi": 1}', '2026-11-20T08:45:00.004000000000004', 4),
  (1, 'h', 's', 'gone', NULL, '2026-11-20T08:45:00.004000000000005', 5),
  (1, 'i', 's', 'never', NULL, '2026-11-20T08:45:00.004000000000006', 6),
  (1, 'j', NULL, NULL, NULL, '2026-11-20T08:45:00.004000000000005', 5);
INSERT INTO history VALUES (1, 12, 'Person', 'gone', 's', 'gone', '2026-11-20T08:45:00.012', '{}', 7);
INSERT INTO mark (district, id, school, student, date, mark, made, seq) VALUES
  (1, 'm', 's', 'g', '2026-11-20', '/', '2026-11-20T08:45:00.008000000000008', 8);
INSERT INTO app VALUES ('a', 'app.example.org', 'App', x'00', 'now');
INSERT INTO "grant" (id, app, district, school, scopes, state, version, people, made)
  VALUES ('t', 'a', 1, 's', '[]', 'active', 1, '{}', 'now');
INSERT INTO chosen VALUES ('t', 'Student', 'g', '', '9'), ('t', 'Student', 'stranger', '', '9');
INSERT INTO turned VALUES
  ('t', 'Student', 'h', 14, '2026-11-20T08:45:00.014', 1),
  ('t', 'Student', '', 14, '2026-11-20T08:45:00.014', 0);
INSERT INTO veiled VALUES (1, 'Mark', 'm', 'a', 1, 'now');
"""


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Store]:
    """A store that was of the older layout until it was opened."""
    database = empty(tmp_path)
    database.execute(SMALL)
    database.close()
    with Store(tmp_path) as store:
        yield store


def held(store: Store, statement: str) -> list[tuple[Any, ...]]:
    """What the file itself holds."""
    with opened(store) as connection:
        return connection.execute(statement).fetchall()


def test_a_record_is_known_by_the_number_of_its_making_and_references_hold_it(small: Store) -> None:
    assert held(small, "SELECT key, id, school, person, remainder FROM student ORDER BY id") == [
        (4, "g", 2, 3, '{"edfi": 1}'),
        # The history remembers the number of the person who is gone.
        (5, "h", 2, 7, None),
        # Nobody ever had this one, so that it goes on leading nowhere.
        (6, "i", 2, 43, None),
        # Another row has the number of its stamp.
        (41, "j", None, None, None),
    ]


def test_changes_and_moments_are_numbers(small: Store) -> None:
    assert held(small, "SELECT key, seq, changed FROM person") == [(3, 9, '{"forename":9}')]
    assert held(small, "SELECT seq FROM student") == [(None,)] * 4
    assert held(small, "SELECT seq, substr(at, 21) FROM moment WHERE district = 1 ORDER BY seq") == [
        (1, "001"),
        (4, "004"),
        (8, "008"),
        (9, "009"),
        (12, "012"),
        (14, "014"),
        (40, "040"),
        (41, "004"),
    ]
    assert held(small, "SELECT * FROM clock") == [(1, 43, "2026-11-20T08:45:00.040")]


def test_a_record_of_a_numbered_kind_keeps_its_hub_id(small: Store) -> None:
    assert held(small, "SELECT key, given, id, student FROM mark") == [(8, "m", "m", 4)]


def test_the_day_of_a_mark_is_the_number_of_days_since_1970(small: Store) -> None:
    assert held(small, "SELECT date FROM mark") == [(date(2026, 11, 20).toordinal() - _EPOCH,)]


def test_lists_of_people_say_their_keys(small: Store) -> None:
    assert held(small, "SELECT id, key FROM chosen ORDER BY id") == [("g", 4), ("stranger", None)]
    assert held(small, "SELECT id, key FROM turned ORDER BY id") == [("", 0), ("h", 5)]
    assert held(small, "SELECT id, key FROM veiled") == [("m", 8)]


def test_the_next_record_has_a_number_that_nothing_has(small: Store) -> None:
    with small.write(1) as batch:
        assert batch.tick()[0] == 44


def test_nothing_is_left_beside_the_new_file_which_is_its_owners_alone(small: Store) -> None:
    small.close()
    assert sorted(os.listdir(small.folder)) == ["passing.sqlite", RECORDS]
    assert stat.S_IMODE((small.folder / RECORDS).stat().st_mode) == 0o600


# ---- every table, with whatever may stand there


@pytest.mark.parametrize("count_apart", [False, True])
@pytest.mark.parametrize("chunk", [3, 20_000])
def test_nothing_is_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chunk: int, count_apart: bool) -> None:
    monkeypatch.setattr(walking, "CHUNK", chunk)
    before = draw(tmp_path / "hub", seed=chunk, count_apart=count_apart)
    Store(tmp_path / "hub").close()
    compare(before, tmp_path / "hub" / RECORDS)


# ---- what is not the same is found

MISTAKES = (
    "DELETE FROM new.student WHERE key = (SELECT max(key) FROM new.student)",
    "INSERT INTO new.student (key, district, id) VALUES (1000000, 1, 'added')",
    "UPDATE new.person SET forename = NULL WHERE key = (SELECT min(key) FROM new.person WHERE forename = '')",
    "UPDATE new.student SET remainder = NULL",
    "UPDATE new.student SET person = (SELECT p.key FROM new.person p WHERE p.key IS NOT student.person LIMIT 1)",
    "UPDATE new.student SET person = NULL",
    "UPDATE new.student SET changed = NULL",
    "UPDATE new.student SET changed = replace(changed, ':', ':1')",
    "UPDATE new.student SET seq = key + 1",
    "UPDATE new.student SET key = -key",
    "UPDATE new.mark SET given = NULL WHERE key = (SELECT max(key) FROM new.mark)",
    "DELETE FROM new.moment WHERE seq > 50",
    "UPDATE new.moment SET at = substr(at, 1, 22) || '9'",
    "UPDATE new.clock SET seq = seq - 1",
    "UPDATE new.history SET made = coalesce(made, 0) + 1",
    "UPDATE new.chosen SET key = 7",
    "UPDATE new.veiled SET key = NULL",
    "UPDATE new.turned SET key = NULL WHERE id = ''",
    'UPDATE new."grant" SET secret = NULL',
    "DELETE FROM new.school_key",
    "UPDATE new.source_row SET digest = x'00'",
)


def test_every_mistake_is_found_before_the_new_file_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compares = relaying.verified

    def finds(connection: Opened, mistake: str) -> bool:
        connection.execute(f"BEGIN; {mistake}")
        try:
            list(compares(connection))
        except Stop:
            return True
        finally:
            connection.execute("ROLLBACK")
        return False

    def with_mistakes(connection: Opened) -> Iterator[None]:
        assert [mistake for mistake in MISTAKES if not finds(connection, mistake)] == []
        yield from compares(connection)

    monkeypatch.setattr(relaying, "verified", with_mistakes)
    before = draw(tmp_path / "hub", 7, each=12)
    Store(tmp_path / "hub").close()
    compare(before, tmp_path / "hub" / RECORDS)


def test_after_a_mistake_the_old_file_is_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before, path = draw(tmp_path / "hub", 8), tmp_path / "hub" / RECORDS
    compares = relaying.verified

    def with_a_mistake(connection: Opened) -> Iterator[None]:
        connection.execute(MISTAKES[0])
        return compares(connection)

    with monkeypatch.context() as patched:
        patched.setattr(relaying, "verified", with_a_mistake)
        with pytest.raises(Stop, match="student: the records could not be brought up to date: 1 rows are not the same"):
            Store(tmp_path / "hub")
    assert os.listdir(tmp_path / "hub") == [RECORDS]
    assert path.stat().st_size == before.stat().st_size
    Store(tmp_path / "hub").close()
    compare(before, path)


# ---- others that have it open


def test_it_is_refused_while_another_process_has_the_records_open(tmp_path: Path) -> None:
    draw(tmp_path / "hub", 9, each=1)
    other = connect(tmp_path / "hub" / RECORDS)
    assert other.execute("SELECT count(*) FROM clock").get == 3
    with pytest.raises(Occupied, match="another process has it open"):
        Store(tmp_path / "hub")
    other.execute("INSERT INTO setting VALUES ('still', 'open')")
    other.close()
    with Store(tmp_path / "hub") as store:
        assert store.setting("still") == "open"


def test_it_waits_for_whoever_only_looks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    draw(tmp_path / "hub", 9, each=1)
    other = connect(tmp_path / "hub" / RECORDS)
    assert other.execute("PRAGMA user_version").get == schema.BEGINNINGS["records"] - 1
    paused: list[float] = []

    def close_meanwhile(seconds: float) -> None:
        paused.append(seconds)
        other.close()

    monkeypatch.setattr(holding.time, "sleep", close_meanwhile)
    Store(tmp_path / "hub").close()
    assert len(paused) == 1


def test_who_looks_when_the_file_is_just_being_closed_to_others_looks_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, path, opens = draw(tmp_path / "hub", 9, each=1), tmp_path / "hub" / RECORDS, opening.connect_as_it_is
    between = Mock()
    between.execute.side_effect = apsw.CantOpenError("unable to open database file")
    monkeypatch.setattr(opening, "connect_as_it_is", Mock(side_effect=chain([between], map(opens, repeat(path)))))
    Store(tmp_path / "hub").close()
    compare(before, path)


OPENED_AS_BEFORE = """
import pathlib, sys
from rollbook.errors import Stop
from rollbook.store.connection import connect
print("begun", flush=True)
try:
    connect(pathlib.Path(sys.argv[1]))
    print("opened")
except Stop as error:
    print(error)
"""


def has_open(process: subprocess.Popen[str], path: Path) -> bool:
    """Whether a process that goes on has a file open: whatever takes the file's place, it reads that one."""
    assert process.poll() is None
    return any(path.samefile(one) for one in Path(f"/proc/{process.pid}/fd").iterdir() if one.exists())


def until(true: Callable[[], bool]) -> None:
    """Wait until something is true."""
    end = time.monotonic() + 60
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="what a process has open is told by Linux")
def test_an_older_rollbook_that_waited_for_the_old_file_does_not_take_it_for_the_records(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw(tmp_path / "hub", 9, each=1)
    puts, older = relaying.put_in_place, list[subprocess.Popen[str]]()

    def put_when_somebody_waits(*some: Any) -> None:
        # A process of its own: SQLite takes two connections of one process for friends that share what is in memory.
        opens = [sys.executable, "-c", OPENED_AS_BEFORE, str(tmp_path / "hub" / RECORDS)]
        older.append(subprocess.Popen(opens, stdout=subprocess.PIPE, text=True))
        assert older[0].stdout is not None
        assert older[0].stdout.readline() == "begun\n"
        until(lambda: has_open(older[0], tmp_path / "hub" / RECORDS))
        puts(*some)

    monkeypatch.setattr(relaying, "put_in_place", put_when_somebody_waits)
    with Store(tmp_path / "hub") as store:
        told, _ = older[0].communicate(timeout=60)
        # How far it had read decides which of the two it says; it never takes the old file for the records.
        ways = "is not a database (name another directory with --data)", "is damaged (bring it back from a backup)"
        assert told in [f"{tmp_path / 'hub' / RECORDS}: {way}\n" for way in ways]
        store.set("new", "whole")
        assert held(store, "PRAGMA integrity_check") == [("ok",)]


OPEN = "import sys; from rollbook.store.sqlite import Store; Store(sys.argv[1]).close()"


def test_of_two_that_open_it_at_once_one_does_the_work_and_the_other_waits(tmp_path: Path) -> None:
    before = draw(tmp_path / "hub", 10)
    both = [
        subprocess.Popen([sys.executable, "-c", OPEN, tmp_path / "hub"], stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    told = [process.communicate()[1] for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert sum("which happens once" in text for text in told) == 1
    compare(before, tmp_path / "hub" / RECORDS)


# ---- room


def test_it_does_not_begin_where_the_new_file_may_not_fit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = draw(tmp_path / "hub", 11, each=1)
    with monkeypatch.context() as patched:
        patched.setattr(shutil, "disk_usage", Mock(return_value=Mock(free=1000)))
        with pytest.raises(NoRoom, match=r"takes up to \d MB; 1 MB are free \(free some space, then open"):
            Store(tmp_path / "hub")
    assert os.listdir(tmp_path / "hub") == [RECORDS]
    Store(tmp_path / "hub").close()
    compare(before, tmp_path / "hub" / RECORDS)


@pytest.mark.parametrize("megabytes", [0.3, 2])
def test_when_the_disk_is_full_it_stops_and_goes_on_when_there_is_room(tmp_path: Path, megabytes: float) -> None:
    before = draw(tmp_path / "hub", 12)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(megabytes * 1_000_000), limits[1]))
    try:
        with pytest.raises(NoRoom, match="goes on where it was"):
            Store(tmp_path / "hub")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    Store(tmp_path / "hub").close()
    compare(before, tmp_path / "hub" / RECORDS)


# ---- going on


def interrupted(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Begin to upgrade, and end with everything written and nothing compared."""

    def ends(connection: Opened) -> Iterator[None]:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(relaying, "verified", ends)
        with pytest.raises(KeyboardInterrupt):
            Store(folder)


def test_what_was_done_is_not_done_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = draw(tmp_path / "hub", 13)
    interrupted(tmp_path / "hub", monkeypatch)
    written = (tmp_path / "hub" / "upgrading" / "new.sqlite").stat()
    for step in ("numbering._take", "numbering._follow", "numbering._give", "moments._date", "copying._copy"):
        monkeypatch.setattr(f"rollbook.store.upgrade.{step}", pytest.fail)
    Store(tmp_path / "hub").close()
    assert (tmp_path / "hub" / RECORDS).stat().st_ino == written.st_ino
    compare(before, tmp_path / "hub" / RECORDS)


def test_it_begins_again_where_the_records_were_changed_in_between(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw(tmp_path / "hub", 14, each=1)
    interrupted(tmp_path / "hub", monkeypatch)
    older = connect(tmp_path / "hub" / RECORDS)
    older.execute("INSERT INTO setting VALUES ('meanwhile', 'changed')")
    older.close()
    with Store(tmp_path / "hub") as store:
        assert store.setting("meanwhile") == "changed"


def test_whoever_waits_is_told_how_far_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("rollbook.store.upgrade.progress.SECONDS", 0.0)
    draw(tmp_path / "hub", 15, each=1)
    with caplog.at_level(logging.WARNING, "rollbook"):
        Store(tmp_path / "hub").close()
    said = [record.getMessage().removeprefix(f"{tmp_path / 'hub'}: ") for record in caplog.records]
    assert said[0] == (
        "5 MB of records are brought up to the layout of this version, which happens once."
        " If it is interrupted, it goes on where it was the next time"
    )
    assert {"numbering the records", "dating the changes", "writing the records", "comparing the records"} <= {
        line.split(",")[0] for line in said
    }
    assert said[-1] == "all records are as they were, in 5 MB instead of 5 MB"


def test_a_directory_of_todays_layout_is_not_touched(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with Store(tmp_path) as store:
        store.set("today", "2026-11-20")
    # Left by a process that was killed when it had put the new file in its place.
    (tmp_path / "upgrading").mkdir()
    with Store(tmp_path) as store:
        assert store.setting("today") == "2026-11-20"
    assert caplog.records == []
    assert not (tmp_path / "upgrading").exists()


# ---- what is frozen of the kinds


def made_by(scripts: Sequence[str]) -> dict[str, dict[str, str]]:
    """The tables that some migrations make: their columns, with their types."""
    database = connect(Path(":memory:"))
    for script in scripts:
        database.execute(script)
    found = "SELECT t.name, c.name, c.type FROM sqlite_schema t, pragma_table_xinfo(t.name) c WHERE t.type = 'table'"
    tables: dict[str, dict[str, str]] = {}
    for table, column, kind in database.execute(found).fetchall():
        tables.setdefault(table, {})[column] = kind
    return tables


def test_the_frozen_kinds_say_every_reference_of_the_layout_and_no_column_is_left_out() -> None:
    first = schema.BEGINNINGS["records"]
    scripts = schema.migrations("records")
    old, new = made_by(scripts[: first - 1]), made_by(scripts[first - 1 : first])
    assert new.keys() == {*old, "moment"}
    for table, was in old.items():
        kind, now = tables().get(table), new[table]
        assert was.keys() - now.keys() == ({"made"} if kind else set()), table
        other = {name for name in was.keys() & now.keys() if was[name] != now[name]}
        assert other == ({*kind.references, *kind.days} if kind else set()), table
        assert ("given" in now) == bool(kind and kind.numbered)
    assert {kind.table for kind in kinds().values()} == {table for table, was in old.items() if "changed" in was}
