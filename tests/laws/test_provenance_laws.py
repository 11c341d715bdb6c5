"""Law: each fact of a record is what the first of its claimants says, whoever came, changed their mind, or left."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rollbook.ingest.rows import Row
from rollbook.model.people import Person
from rollbook.store.opening import opened
from rollbook.store.port import Store
from tests.claimed import bring, one, stand
from tests.postgres import ABSENT, BIN, hub_served

FACTS = ("forename", "surname", "town")
SOURCES = {"sis": (), "hr": (), "files": (), "extra": ("Person.surname", "Person.town")}
"""The sources, each with what it may say; the last one may only add to what others bring."""
PEOPLE = ("p", "q")
HUBS = ("student_unique_id", "staff_unique_id", "contact_unique_id")
"""What the hub gives by itself."""

WITH_POSTGRES = pytest.param(
    "postgres", marks=pytest.mark.skipif(BIN is None and not os.environ.get("CI"), reason=ABSENT)
)

Said = dict[str, str | None]

# ---- what may happen

a_row = st.fixed_dictionaries({name: st.sampled_from([None, "A", "B"]) for name in FACTS})
a_reading = st.tuples(
    st.just("read"), st.sampled_from(sorted(SOURCES)), st.dictionaries(st.sampled_from(PEOPLE), a_row)
)
a_write = st.tuples(
    st.just("write"), st.sampled_from(PEOPLE), st.sampled_from(FACTS), st.sampled_from([None, "A", "B", "C"])
)
a_deletion = st.tuples(st.just("delete"), st.sampled_from(PEOPLE))
a_release = st.tuples(st.just("release"), st.sampled_from(PEOPLE))
an_order = st.tuples(st.just("order"), st.permutations(sorted(SOURCES)))
an_event = st.one_of(a_reading, a_reading, a_reading, a_write, a_write, a_deletion, a_release, an_order)
whoever_there_is = st.tuples(st.just("read"), st.just("sis"), st.fixed_dictionaries(dict.fromkeys(PEOPLE, a_row)))
some_events = st.tuples(whoever_there_is, st.lists(an_event, max_size=12)).map(lambda both: [both[0], *both[1]])
"""What happens to people whom a source has brought: nothing is written above one that brought nobody."""


@dataclass
class Told:
    """What is said of a human, as the law has it."""

    own: Said | None = None
    """What the hub had before any source; none where a source brought them."""
    says: dict[str, Said] = field(default_factory=dict[str, Said])
    held: dict[str, str | None] = field(default_factory=dict[str, "str | None"])
    """What the hub says above the sources."""
    deleted: bool = False

    def below(self, order: list[str]) -> Said:
        """Every fact as the sources have it, in their order."""
        asked = [(name, self.says[name]) for name in order if name in self.says]
        found: Said = {}
        for fact in FACTS:
            may = (said for name, said in asked if not SOURCES[name] or f"Person.{fact}" in SOURCES[name])
            every = [said[fact] for said in may] + [(self.own or {}).get(fact)]
            found[fact] = next((value for value in every if value is not None), None)
        return found

    def now(self, order: list[str]) -> Said | None:
        """Every fact; none where there is no such record."""
        return None if self.deleted or not self.stays else {**self.below(order), **self.held}

    @property
    def stays(self) -> bool:
        """Whether anybody tells of them who may bring a record."""
        return self.own is not None or any(not SOURCES[name] for name in self.says)

    def agree(self, order: list[str]) -> None:
        """Let the hub no longer say what the sources say too."""
        below = self.below(order)
        self.held = {fact: value for fact, value in self.held.items() if below[fact] != value}


class World:
    """A district of a hub, and what the law says of it."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.district = store.new_district({"name": "Larkspur"})
        self.order = sorted(SOURCES)
        self.told: dict[str, Told] = {}
        self.ids: dict[str, str] = {}
        self.stand()

    def stand(self) -> None:
        stand(self.store, self.district, *((name, SOURCES[name]) for name in self.order))

    def make(self, key: str, said: Said) -> None:
        """Somebody whom the hub has before any source."""
        with self.store.write(self.district) as batch:
            (self.ids[key],) = batch.add(Person, [said])
        self.told[key] = Told(own=dict(said))

    def read(self, source: str, said: dict[str, Said]) -> None:
        """A source is read, whole."""
        limited = bool(SOURCES[source])
        # What a source may not bring and does not find is set aside before anything is written.
        said = {key: one for key, one in said.items() if not limited or key in self.told}
        joins = {("Person", key): self.ids[key] for key in said if key in self.told}
        rows = {Person: [Row(key, dict(facts), {}) for key, facts in said.items()]}
        bring(self.store, self.district, source, rows, joins)
        for key in {*self.told, *said}:
            known = self.told.setdefault(key, Told())
            if key in said:
                known.says[source] = dict(said[key])
                found = self.store.kept.sources.record_of(self.district, source, "Person", key)
                self.ids[key] = found or ""
            else:
                known.says.pop(source, None)
            if not known.stays:
                del self.told[key]
            elif not known.says:
                # The record is the hub's alone again, as it is.
                known.own, known.held = known.now(self.order) or {}, {}
            else:
                known.agree(self.order)

    def write(self, key: str, fact: str, value: str | None) -> None:
        """Somebody changes a fact in the hub."""
        known = self.told.get(key)
        now = known.now(self.order) if known else None
        if known is None or now is None:
            return
        with self.store.write(self.district) as batch:
            batch.change(Person, self.ids[key], {fact: value})
        if now[fact] == value:
            return
        if known.says:
            known.held[fact] = value
            if known.below(self.order)[fact] == value:
                del known.held[fact]
        else:
            known.own = {**now, fact: value}

    def delete(self, key: str) -> None:
        """Somebody deletes them in the hub."""
        known = self.told.get(key)
        if known is None or known.deleted:
            return
        with self.store.write(self.district) as batch:
            batch.remove(Person, self.ids[key])
        known.deleted, known.held = True, {}
        if not known.says:
            del self.told[key]

    def release(self, key: str) -> None:
        """Somebody lets the sources have it."""
        known = self.told.get(key)
        if known is None or not (known.deleted or known.held):
            return
        with self.store.write(self.district) as batch:
            batch.claims.release(Person, self.ids[key])
        known.deleted, known.held = False, {}

    def arrange(self, order: list[str]) -> None:
        """The sources get another precedence."""
        self.order = order
        self.stand()
        with self.store.write(self.district) as batch:
            for source in SOURCES:
                batch.claims.settle(source)
        for known in self.told.values():
            if known.says:
                known.agree(order)

    def do(self, event: tuple[Any, ...]) -> None:
        what = {"read": self.read, "write": self.write, "delete": self.delete}
        what |= {"release": self.release, "order": self.arrange}
        what[event[0]](*event[1:])

    def left(self) -> list[tuple[str, str]]:
        """Who is there, and by which hub id."""
        return [(key, self.ids[key]) for key in self.told]

    def check(self) -> None:
        for key, known in self.told.items():
            row = one(self.store, self.district, Person, self.ids[key])
            assert ({name: row[name] for name in FACTS} if row else None) == known.now(self.order)
        with self.store.lend() as kept:
            there = kept.records.ids(Person, self.district)
        assert there == {self.ids[key] for key, known in self.told.items() if known.now(self.order) is not None}


@pytest.fixture(scope="module", params=["sqlite", WITH_POSTGRES])
def store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    folder: Path = tmp_path_factory.mktemp("hub")
    if request.param == "sqlite":
        with opened(folder) as made:
            yield made
    else:
        with hub_served() as where, opened(folder, where) as made:
            yield made


MANY = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@MANY
@given(own=st.dictionaries(st.sampled_from(PEOPLE), a_row, max_size=1), events=some_events)
def test_each_fact_is_what_the_first_claimant_says(store: Store, own: dict[str, Said], events: list[Any]) -> None:
    world = World(store)
    for key, said in own.items():
        world.make(key, said)
    for event in events:
        world.do(event)
        world.check()


@settings(MANY, max_examples=20)
@given(
    readings=st.lists(a_reading, min_size=1, max_size=6),
    last=st.sampled_from([n for n, may in SOURCES.items() if not may]),
)
def test_a_source_that_is_left_alone_leaves_what_it_brings_alone(store: Store, readings: list[Any], last: str) -> None:
    world = World(store)
    for _, source, said in readings:
        world.read(source, said)
    for source in SOURCES:
        if source != last:
            world.read(source, {})
    alone = World(store)
    own: list[dict[str, Said]] = [{}, *(said for _, source, said in readings if source == last)]
    alone.read(last, own[-1])
    found = [
        {
            key: {n: one(store, w.district, Person, i)[n] for n in Person.stored() if n not in HUBS}
            for key, i in w.left()
        }
        for w in (world, alone)
    ]
    assert found[0] == found[1]
