"""A hub whose database has a replica: it answers where it has everything, and takes over when the primary is lost."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from rollbook.errors import Interrupted, RollbookError
from rollbook.model.people import Person
from rollbook.store.port import Store
from rollbook.store.postgres.store import Store as Database

from .postgres import ABSENT, BIN
from .replicated import Pair, pair, until

# Where everything has to run, what is not there is a failure.
pytestmark = [pytest.mark.slow, pytest.mark.skipif(BIN is None and not os.environ.get("CI"), reason=ABSENT)]


@pytest.fixture(scope="module")
def two() -> Iterator[Pair]:
    with pair() as servers:
        yield servers


@pytest.fixture(scope="module")
def store(two: Pair, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with Database(tmp_path_factory.mktemp("hub"), two.both, two.at(two.replica)) as one:
        yield one


def founded(store: Store) -> int:
    """A new district."""
    with store.founding({"name": "A trust"}) as batch:
        return batch.district


def added(store: Store, district: int, forename: str) -> None:
    with store.write(district) as batch:
        batch.add(Person, [{"forename": forename}])


def read(store: Store, *districts: int) -> tuple[bool, list[str]]:
    """Whether a replica answers for some districts, and the forenames of the people in the first of them."""
    with store.lend(*districts) as kept:
        names = [row["forename"] for row in kept.records.find(Person, districts[0], {})]
        return bool(kept.connection.execute("SELECT pg_is_in_recovery()").get), names


def test_a_replica_answers_where_it_has_all_that_was_written(two: Pair, store: Store) -> None:
    district, other = founded(store), founded(store)
    added(store, district, "Wren")
    two.caught_up()
    assert read(store, district) == (True, ["Wren"])
    two.pause()
    assert read(store, district) == (True, ["Wren"])
    # The caller's own write is read at the primary until the replica has it; elsewhere nothing has happened.
    added(store, district, "Robin")
    assert read(store, district) == (False, ["Wren", "Robin"])
    assert read(store, other) == (True, [])
    assert read(store, other, district) == (False, [])
    two.resume()
    assert read(store, district) == (True, ["Wren", "Robin"])


def test_consent_is_as_new_at_a_replica(two: Pair, store: Store) -> None:
    district = founded(store)
    two.caught_up()
    two.pause()
    assert read(store, district)[0]
    with store.transaction() as kept:
        kept.settings.put("anything", "that is not one district's")
    assert not read(store, district)[0]
    two.resume()
    assert read(store, district)[0]


def test_what_names_no_district_is_read_at_the_primary(two: Pair, store: Store) -> None:
    two.caught_up()
    with store.lend() as kept:
        assert kept.connection.execute("SELECT pg_is_in_recovery()").get is False


def test_a_reading_that_a_replica_ends_is_made_again_at_the_primary(two: Pair, store: Store) -> None:
    district = founded(store)
    added(store, district, "Wren")
    two.caught_up()
    two.says(two.replica, "ALTER SYSTEM SET max_standby_streaming_delay = 0")
    two.says(two.replica, "SELECT pg_reload_conf()")

    def amid_writes() -> None:
        with store.lend(district) as kept:
            (wren,) = kept.records.find(Person, district, {})
            with store.write(district) as batch:
                batch.remove(Person, wren["id"])
            two.says(two.primary, "VACUUM person")
            until(lambda: not kept.records.find(Person, district, {}))

    with pytest.raises(Interrupted):
        amid_writes()
    assert read(store, district) == (False, [])
    two.says(two.replica, "ALTER SYSTEM RESET max_standby_streaming_delay")
    two.says(two.replica, "SELECT pg_reload_conf()")


def test_a_replica_that_is_away_is_done_without(two: Pair, store: Store, tmp_path: Path) -> None:
    district = founded(store)
    with Database(tmp_path / "hub", two.both, f"host={tmp_path} user=rollbook") as without:
        assert read(without, district) == (False, [])


def test_nothing_acknowledged_is_lost_when_the_replica_takes_over(two: Pair, store: Store) -> None:
    district = founded(store)
    two.wait_for_the_replica()
    acknowledged: list[str] = []
    killed = threading.Event()

    def write() -> None:
        while not killed.is_set():
            name = f"Pupil {len(acknowledged)}"
            added(store, district, name)
            acknowledged.append(name)

    writer = threading.Thread(target=lambda: done(write))
    writer.start()
    until(lambda: len(acknowledged) >= 20)
    two.kill()
    killed.set()
    writer.join()
    before = len(acknowledged)
    two.promote()

    until(lambda: done(lambda: added(store, district, "Jay")))
    is_replica, names = read(store, district)
    assert not is_replica
    assert names[:before] == acknowledged
    # One may have been written whose acknowledgement did not come any more.
    assert names[-1] == "Jay"
    assert before + 1 <= len(names) <= before + 2
    numbers = [row["made"] for row in store.kept.records.find(Person, district, {})]
    assert numbers == sorted(set(numbers))


def done(act: Callable[[], object]) -> bool:
    """Whether something can be done now."""
    with suppress(RollbookError):
        act()
        return True
    return False
