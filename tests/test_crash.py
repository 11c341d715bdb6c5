"""Killed at any moment: the store opens again and holds exactly what was acknowledged.

Writers, imports and servers run in processes of their own and are ended with `kill -9` at random moments, again and
again over the same files. Set ROLLBOOK_CRASH_ROUNDS for more rounds and ROLLBOOK_CRASH_SEED for other moments.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from http.client import HTTPException
from pathlib import Path
from typing import IO, Any

import pytest

from rollbook.fields import RECORDS, Record
from rollbook.model.organisation import School
from rollbook.model.people import Person
from rollbook.store.connection import connect
from rollbook.store.sqlite import Store
from tests.looking import look, look_passing, looking, opened

from .crash_workers import People, people_of, version_of
from .hub import THORNFIELD
from .test_server import COMMAND, Served, wait_until

ROUNDS = int(os.environ.get("ROLLBOOK_CRASH_ROUNDS", "12"))
"""How often a writer is killed; an import and a start half as often, a server a sixth as often."""

SEED = int(os.environ.get("ROLLBOOK_CRASH_SEED", "1"))

TABLES = [r for r in RECORDS.values() if not r.derived()]

pytestmark = pytest.mark.slow


# ---- what must always be so


def sound(folder: Path) -> Store:
    """The store, opened again; its files are whole, and its history agrees with its rows."""
    store = Store(folder)
    with looking(store):
        check(store)
    return store


def check(store: Store) -> None:
    """Files that are whole, and a history that agrees with the rows."""
    for asked in (look, look_passing):
        assert asked(store, "PRAGMA integrity_check").fetchall() == [("ok",)]
    clock = dict(look(store, "SELECT district, seq FROM clock").fetchall())
    moved = {(d, s, k): q for d, s, k, q in look(store, "SELECT district, school, kind, seq FROM moved")}
    given: Counter[tuple[int, int]] = Counter()
    for record in TABLES:
        given += check_rows(store, record, clock, moved)
    gone = look(store, "SELECT district, seq, id, kind FROM history WHERE what = 'gone'").fetchall()
    given += Counter((district, seq) for district, seq, _, _ in gone)
    # Each number of the history belongs to one write, and none is ahead of the clock.
    assert [number for number, times in given.items() if times > 1] == []
    assert all(seq <= clock[district] for district, seq in given)
    with opened(store) as connection:
        for district, _, identity, kind in gone:
            left = f'SELECT count(*) FROM "{RECORDS[kind].table}" WHERE district = ? AND id = ?'
            assert connection.execute(left, (district, identity)).get == 0
    assert all(seq <= clock[district] for (district, _, _), seq in moved.items())


def check_rows(
    store: Store, record: type[Record], clock: dict[int, int], moved: dict[tuple[int, str, str], int]
) -> Counter[tuple[int, int]]:
    """The numbers of a kind's rows, once it is seen that the clock and `moved` know of them."""
    school = "school" if "school" in record.stored() else "id" if record is School else "''"
    told = record.told_by or "''"
    rows = look(store, f"SELECT district, coalesce({school}, ''), {told}, seq FROM \"{record.table}\"").fetchall()
    latest: dict[tuple[int, str, str], int] = {}
    for district, at, what, seq in rows:
        kind = record.of_row({record.told_by: what}).__name__
        assert seq <= clock[district], kind
        latest[district, at, kind] = max(seq, latest.get((district, at, kind), 0))
    for where, seq in latest.items():
        assert seq <= moved[where], where
    return Counter((district, seq) for district, _, _, seq in rows)


# ---- processes that are killed


@dataclass
class Killed:
    """What a process had said, a JSON value on each line, before it was killed."""

    said: list[Any] = field(default_factory=list[Any])

    def last(self, kind: str) -> Any:
        """What it said last of this kind."""
        return next((value for name, value in reversed(self.said) if name == kind), None)


def kill_while(what: str, folder: Path, seed: int, moment: float, after: str = "ready") -> Killed:
    """Run one of the workers, and kill it some seconds after it has begun its work, or said something."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.crash_workers", what, str(folder), str(seed)],
        cwd=Path(__file__).parent.parent,
        stdout=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
    )
    assert process.stdout is not None
    with process.stdout as lines:
        assert lines.readline() == b'["ready", null]\n'
        heard = [] if after == "ready" else _upto(after, lines)
        time.sleep(moment)
        process.kill()
        said = [*heard, *lines.read().splitlines(keepends=True)]
    assert process.wait() == -9
    # The last line may have been cut off.
    return Killed([json.loads(line) for line in said if line.endswith(b"\n")])


def _upto(kind: str, lines: IO[bytes]) -> list[bytes]:
    """What is said until something of a kind is."""
    heard = list[bytes]()
    while not heard or json.loads(heard[-1])[0] != kind:
        heard.append(lines.readline())
    return heard


def first(number: int, kind: str) -> str:
    """After what a round's moment is counted: in every third one something is done before, however slow the machine."""
    return "ready" if number % 3 else kind


# ---- single writes


def _after(people: People, plan: dict[str, Any] | None) -> People:
    """The people when a transaction has been applied whole."""
    if plan is None:
        return people
    then = {**people, **dict.fromkeys([*plan["added"], *plan["changed"]], plan["name"])}
    return {identity: name for identity, name in then.items() if identity not in set(plan["gone"])}


def test_a_killed_writer_leaves_what_it_was_told_is_written_and_nothing_by_halves(tmp_path: Path) -> None:
    folder = tmp_path / "hub"
    with Store(folder) as store:
        store.new_district({"name": "Heronsgate"})
    dice = random.Random(SEED)
    expected: People = {}
    acknowledged = under_way = 0
    for number in range(ROUNDS):
        moment, after = dice.uniform(0, 0.5), first(number, "done")
        killed = kill_while("write_for_ever", folder, SEED * 1_000_000 + number, moment, after)
        for plan in (value for kind, value in killed.said if kind == "done"):
            expected = _after(expected, plan)
        tried, done = killed.last("try"), killed.last("done")
        acknowledged += sum(kind == "done" for kind, _ in killed.said)
        under_way += tried != done
        with sound(folder) as store:
            found = people_of(store)
        # What was under way when the process died is there whole, or not at all.
        wholes = [expected] if tried == done else [expected, _after(expected, tried)]
        assert found in wholes, f"round {number}: {len(found)} people, {list(map(len, wholes))} expected"
        expected = found
    assert acknowledged
    tell(f"writer: {ROUNDS} kills, {under_way} amid a transaction; {acknowledged} acknowledged")


def test_what_threads_were_told_that_wrote_together_is_there(tmp_path: Path) -> None:
    folder = tmp_path / "hub"
    with Store(folder) as store:
        store.new_district({"name": "Heronsgate"})
    dice = random.Random(SEED + 6)
    done, tried = set[str](), set[str]()
    for number in range(ROUNDS // 3):
        seed, after = SEED * 1_000_000 + number, first(number, "done")
        killed = kill_while("write_together", folder, seed, dice.uniform(0, 0.3), after)
        done |= {name for kind, name in killed.said if kind == "done"}
        tried |= {name for kind, name in killed.said if kind == "try"}
        with sound(folder) as store:
            found = Counter(people_of(store).values())
        # Those under way are there whole, or not at all; those that failed are not.
        assert done <= found.keys() <= tried
        assert {*found.values()} <= {4}
    assert done
    tell(f"threads: {ROUNDS // 3} kills, {len(done)} acknowledged, {len(tried - done)} under way")


# ---- a store that is being made


def test_a_store_killed_while_it_is_made_opens(tmp_path: Path) -> None:
    dice = random.Random(SEED + 1)
    opened = 0
    for number in range(ROUNDS // 2):
        killed = kill_while("open_anew", tmp_path, number, dice.uniform(0, 0.2), first(number, "made"))
        done = {value for kind, value in killed.said if kind == "done"}
        for folder in tmp_path.iterdir():
            with sound(folder) as store:
                names = look(store, "SELECT name FROM district").fetchall()
            last = int(folder.name.split(".")[1])
            assert names in ([("Heronsgate",)], []), folder.name
            assert last not in done or names, folder.name
            opened += 1
            shutil.rmtree(folder)
    assert opened >= ROUNDS // 6
    tell(f"making: {ROUNDS // 2} kills, {opened} stores opened")


# ---- imports


def test_a_killed_import_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    dice = random.Random(SEED + 2)
    before: int | None = None
    done = under_way = 0
    for number in range(ROUNDS // 2):
        killed = kill_while("import_for_ever", tmp_path, number, dice.uniform(0, 1.2), first(number, "done"))
        done += sum(kind == "done" for kind, _ in killed.said)
        acknowledged = killed.last("done") or before
        under_way += killed.last("try") != killed.last("done")
        with sound(tmp_path / "hub") as store:
            found = version_of(store)
            memory = look(store, "SELECT count(*) FROM source_row WHERE kind = 'Person'").get
            people = look(store, "SELECT count(*) FROM person").get
        assert found in {acknowledged, killed.last("try") or acknowledged}, f"round {number}"
        # What the source last said is remembered in the same transaction.
        assert memory == people
        before = found
    assert done > 0
    tell(f"import: {ROUNDS // 2} kills, {under_way} amid an import; {done} acknowledged")


# ---- the server


@dataclass
class Client:
    """An app that takes tokens and change sets as fast as it can, and remembers all it was given."""

    served: Served
    dice: random.Random
    tokens: list[str] = field(default_factory=list[str])
    sets: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    """A request, and the `NextChangedRows` that came with its answer."""

    def run(self) -> None:
        """Go on until the server is gone."""
        with suppress(OSError, ValueError, HTTPException):
            while True:
                token = self.served.token()
                self.tokens.append(token)
                path = self.dice.choice(PATHS)
                answer = self.served.ask(f"{path}&changedRows=*", token)
                self.sets.append((path, answer["__changedRows__"][0]["NextChangedRows"]))


_SCHOOL = f"/api/v1/School/{THORNFIELD}"
PATHS = [
    f"{_SCHOOL}/Students?select=Id,Surname",
    f"{_SCHOOL}/Students?includeGroupIds=true",
    f"{_SCHOOL}/Groups?includeStudentMembers=true",
    f"{_SCHOOL}/Staff?teachersOnly=true",
]


def _rename(folder: Path, dice: random.Random, ended: threading.Event) -> None:
    """The school goes on working: somebody gets another name, every few milliseconds."""
    with Store(folder) as store:
        query = "SELECT st.person FROM student st JOIN school s ON s.id = st.school WHERE s.estab = ?"
        people = [person for (person,) in look(store, query, (THORNFIELD,))]
        while not ended.is_set():
            with store.write(1) as batch:
                batch.change(Person, dice.choice(people), {"surname": f"Name{dice.random()}"})
            time.sleep(0.005)


@contextmanager
def busy(folder: Path, clients: list[Client], dice: random.Random) -> Generator[None]:
    """Clients ask and the school writes, while the block goes on."""
    ended = threading.Event()
    threads = [threading.Thread(target=client.run, daemon=True) for client in clients]
    threads.append(threading.Thread(target=_rename, args=(folder, dice, ended), daemon=True))
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        ended.set()
        for thread in threads:
            thread.join(30)
            assert not thread.is_alive()


def test_a_killed_server_knows_every_token_and_change_set_that_it_gave(small_folder: Path, tmp_path: Path) -> None:
    folder = tmp_path / "hub"
    dice = random.Random(SEED + 3)
    tokens: list[str] = []
    sets: dict[str, str] = {}
    rounds = max(ROUNDS // 6, 2)
    for _ in range(rounds):
        with Served(folder) as served:
            again(served, tokens, sets)
            clients = [Client(served, random.Random(dice.random())) for _ in range(3)]
            with busy(folder, clients, random.Random(dice.random())):
                assert wait_until(partial(_all_have_sets, clients))
                time.sleep(dice.uniform(0.1, 0.8))
                served.kill()
        sound(folder).close()
        tokens += [token for client in clients for token in client.tokens]
        sets |= {value: path for client in clients for path, value in client.sets}
    assert tokens
    assert sets
    with Served(folder) as served:
        again(served, tokens, sets)
    tell(f"server: {rounds} kills, {len(tokens)} tokens and {len(sets)} change sets known")


def _all_have_sets(clients: list[Client]) -> bool:
    return all(client.sets for client in clients)


def again(served: Served, tokens: list[str], sets: dict[str, str]) -> None:
    """Everything that was handed out is still good."""
    for token in tokens:
        assert served.ask("/api/v1/TokenDetails", token)["Estab"] == THORNFIELD
    token = served.token()
    for value, path in sets.items():
        answer = served.ask(f"{path}&changedRows={value}", token)
        described = answer["__changedRows__"][0]
        assert described["PreviousChangedRows"] == value
        # Asked for from the start, the data set is the one that the difference leads to.
        whole = served.ask(f"{path}&changedRows=*", token)["__changedRows__"][0]
        assert described["NextChangedRows"] == whole["NextChangedRows"]


def test_a_store_opens_while_others_write_to_it(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        store.new_district({"name": "Heronsgate"})
        ended = threading.Event()

        def write() -> None:
            with connect(tmp_path / "passing.sqlite") as passing:
                while not ended.is_set():
                    passing.execute("INSERT INTO token VALUES (randomblob(32), '', '', 0, 9e9)")

        writers = [threading.Thread(target=write, daemon=True) for _ in range(2)]
        for writer in writers:
            writer.start()
        try:
            for _ in range(100):
                Store(tmp_path).close()
        finally:
            ended.set()
            for writer in writers:
                writer.join()


# ---- a demo that is being made


def test_a_demo_killed_while_it_is_made_can_be_made_again(tmp_path: Path) -> None:
    dice = random.Random(SEED + 4)
    rounds, quiet = max(ROUNDS // 4, 2), subprocess.DEVNULL
    for number in range(rounds):
        folder = tmp_path / str(number)
        command = [COMMAND, "demo", "--json", "--port", "0", "--size", "0.05", "--data", folder]
        with subprocess.Popen(list(map(str, command)), stdout=quiet, stderr=quiet) as process:
            assert _appears(folder)
            time.sleep(dice.uniform(0, 0.5))
            process.kill()
        with Served(folder, anew=True) as served:
            assert served.ask("/api/v1/TokenDetails", served.token())["Estab"] == THORNFIELD
    tell(f"demo: {rounds} kills")


def _appears(path: Path) -> bool:
    end = time.monotonic() + 20
    while not path.exists() and time.monotonic() < end:
        time.sleep(0.002)
    return path.exists()


def tell(figures: str) -> None:
    """Show the figures of a run (with pytest's -s); `docs/reliability.md` has those of one."""
    print(f"\n{figures} (seed {SEED})")
