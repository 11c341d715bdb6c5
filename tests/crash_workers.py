"""What is killed in `test_crash`, each in a process of its own: they import no more than they need to begin soon."""

from __future__ import annotations

import gc
import itertools
import json
import random
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rollbook.errors import Conflict
from rollbook.model.people import Person
from rollbook.store.sqlite import Store
from rollbook.store.writing import Batch
from tests.looking import look

if TYPE_CHECKING:
    from tests.rosters import Roster


_SAYING = threading.Lock()


def say(kind: str, value: Any) -> None:
    """Tell the parent, at once."""
    with _SAYING:
        sys.stdout.write(json.dumps([kind, value]) + "\n")
        sys.stdout.flush()


# ---- single writes

People = dict[str, str | None]
"""The surname of each person of the district, by hub id."""


def write_for_ever(folder: Path, seed: int) -> None:
    """Make, change and remove people; each transaction is told as a whole before it is begun, and when it is done."""
    with Store(folder) as store:
        dice = random.Random(seed)
        number = 0
        while True:
            number += 1
            people = people_of(store)
            plan = _transaction(dice, people, f"{seed}.{number}")
            say("try", plan)
            with store.write(1) as batch:
                _apply(batch, plan)
            say("done", plan)


def _transaction(dice: random.Random, people: People, name: str) -> dict[str, Any]:
    known = sorted(people)
    # Now and then more than the page cache holds, so that it spills into the log before the commit.
    many = dice.choice((1, 1, 3, 40, 40, 400, 4_000))
    changed = dice.sample(known, min(len(known), dice.choice((0, 1, 25))))
    gone = dice.sample(known, min(len(known), dice.choice((0, 2, 30, 900))))
    added = [f"{name}.{n}" for n in range(many)]
    return {"name": name, "added": added, "changed": changed, "gone": [i for i in gone if i not in set(changed)]}


def _apply(batch: Batch, plan: dict[str, Any]) -> None:
    batch.add(Person, [{"id": identity, "surname": plan["name"]} for identity in plan["added"]])
    for identity in plan["changed"]:
        batch.change(Person, identity, {"surname": plan["name"]})
    for identity in plan["gone"]:
        batch.remove(Person, identity)


def people_of(store: Store) -> People:
    return dict(look(store, "SELECT id, surname FROM person WHERE district = 1").fetchall())


THREADS = 6
"""How many threads write together."""


def write_together(folder: Path, seed: int) -> None:
    """Add people from several threads; each is told before and after, and every fifth transaction fails."""
    with Store(folder) as store, ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(partial(_write_on, store), [f"{seed}.{thread}" for thread in range(THREADS)]))


def _write_on(store: Store, name: str) -> None:
    for number in itertools.count(1):
        one = f"{name}.{number}"
        say("fail" if number % 5 == 0 else "try", one)
        with suppress(Conflict), store.write(1, together=True) as batch:
            batch.add(Person, [{"surname": one}] * 3)
            if number % 5 == 0:
                raise Conflict("not this one")
            # What is added second is there when what was added first is.
            batch.add(Person, [{"surname": one}])
        say("over" if number % 5 == 0 else "done", one)


# ---- a store that is being made


def open_anew(folder: Path, seed: int) -> None:
    """Make store after store."""
    for number in range(1_000):
        with Store(folder / f"{seed}.{number}") as store:
            say("made", number)
            store.new_district({"name": "Heronsgate"})
            say("done", number)


# ---- imports

SIZE = 400
"""Students in a roster; every version of it has one more than the version before."""


def import_for_ever(folder: Path, seed: int) -> None:
    """Import roster after roster, each of which changes everybody's name, and some people and classes."""
    from rollbook.connectors import CONNECTORS
    from rollbook.ingest import import_roster
    from tests import rosters

    with Store(folder / "hub") as store:
        version = version_of(store) or 0
        while True:
            version += 1
            path = rosters.folder(folder / f"roster-{seed}-{version}", roster(version))
            gc.collect()
            say("try", version)
            import_roster(store, CONNECTORS["oneroster-csv"], path, allow_shrink=True)
            say("done", version)


def roster(version: int) -> Roster:
    """A version of the district: all names are its own, one student is new, a few have left."""
    from tests import rosters

    tables = rosters.roster()
    left = {f"s{n}" for n in range(13, 13 + SIZE) if n % 17 == version % 17}
    more = [rosters.student(f"s{n}", n, "a" if n % 2 else "b") for n in range(13, 13 + SIZE + version)]
    tables["users"] = [*tables["users"], *(row for row in more if row["sourcedId"] not in left)]
    for row in tables["users"]:
        row["familyName"] = f"Version{version}"
    here = [row["sourcedId"] for row in tables["users"] if (row["role"], row["orgSourcedIds"]) == ("student", "a")]
    tables["enrollments"] += [rosters.enrolment(f"x{version}-{who}", "k2", "a", who) for who in here[6:]]
    return tables


def version_of(store: Store) -> int | None:
    """The version that the store holds; none when nothing was imported."""
    rows = look(store, "SELECT surname, count(*) FROM person GROUP BY surname").fetchall()
    if not rows:
        return None
    ((surname, count),) = rows
    version = int(surname.removeprefix("Version"))
    tables = roster(version)
    assert count == len(tables["users"])
    students = [row for row in tables["users"] if row["role"] == "student"]
    assert look(store, "SELECT count(*) FROM student").get == len(students)
    learning = sum(row["role"] == "student" for row in tables["enrollments"])
    # Besides their classes, all are members of their year group.
    assert look(store, "SELECT count(*) FROM student_membership").get == learning + len(students)
    return version


WORKERS: dict[str, Callable[[Path, int], None]] = {
    "write_for_ever": write_for_ever,
    "write_together": write_together,
    "open_anew": open_anew,
    "import_for_ever": import_for_ever,
}

if __name__ == "__main__":
    _, _what, _folder, _seed = sys.argv
    say("ready", None)
    WORKERS[_what](Path(_folder), int(_seed))
