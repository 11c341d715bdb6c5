"""What every connector must do, tested with one line: `conform(connector, samples, folder)`."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..errors import RollbookError, Stop
from ..fields import RECORDS, Record
from ..store.opening import opened
from ..store.port import Store
from .diff import Diff
from .removing import remove_feed
from .rows import Connector
from .sync import import_roster

Settings = Callable[[Path], Mapping[str, str]]


@dataclass(frozen=True)
class Samples:
    """One invented roster in several states."""

    whole: Path
    """A roster with people in it, ten students or more."""
    fewer: Path
    """The same without one student."""
    altered: Path
    """The same as `whole` with another surname for one person."""
    shrunk: Path
    """The same with only a few of its students."""
    dangling: Path
    """The same, with a reference to something that is missing."""
    extra: str
    """A word in `whole` for which the hub has no field."""


@dataclass(frozen=True)
class Case:
    """A connector, its samples, and a hub of its own for each check."""

    connector: Connector
    samples: Samples
    store: Store
    settings: Settings
    district: str | None = None

    def take(self, path: Path, **options: Any) -> Diff:
        """Import a sample."""
        settings = self.settings(path)
        return import_roster(
            self.store, self.connector, path, settings=settings, district_name=self.district, **options
        )


def conform(
    connector: Connector,
    samples: Samples,
    folder: Path,
    settings: Settings = lambda _: {},
    district: str | None = None,
) -> None:
    """Hold a connector to every rule, each in a fresh hub under `folder`; raises all that it breaks, together.

    `settings` are what the connector is told to read a sample, such as the address at which it is served;
    `district` is the name of theirs, where the samples do not say it.
    """
    broken: list[Exception] = []
    opened(folder / EMPTY).close()
    for check in CHECKS:
        try:
            with _fresh(folder, check.__name__) as store:
                check(Case(connector, samples, store, settings, district))
        except Exception as error:
            error.add_note(f"rule: {check.__name__}")
            broken.append(error)
    if broken:
        raise ExceptionGroup(f"{connector.name} breaks {len(broken)} of {len(CHECKS)} rules", broken)


EMPTY = "empty"
"""The hub of which every other one is made: to copy it takes a tenth of the time that a new one takes."""


def _fresh(folder: Path, name: str) -> Store:
    return opened(shutil.copytree(folder / EMPTY, folder / name))


def _twin(store: Store) -> Store:
    """Another hub beside one."""
    return _fresh(store.folder.parent, f"{store.folder.name} twin")


def contents(store: Store) -> dict[str, list[dict[str, Any]]]:
    """All that a hub holds, table by table, each row column by column."""
    # What came of a reading, and what it was refused for, is kept beside what the source said.
    every = store.kept.copies.everything()
    beside = {"refusal", "source_run"}
    return {table: sorted(rows, key=repr) for table, rows in every.items() if table not in beside}


def by_keys(store: Store) -> dict[tuple[str, str], dict[str, Any]]:
    """What a hub holds of what sources said, by their keys, with keys for the hub's own ids."""
    held = contents(store)
    said = [row for row in held["source_row"] if row["kind"] in RECORDS]
    key_of = {row["id"]: row["key"] for row in said}
    records = {row["id"]: row for kind in {row["kind"] for row in said} for row in held[RECORDS[kind].table]}
    return {(row["kind"], row["key"]): _facts(RECORDS[row["kind"]], records[row["id"]], key_of) for row in said}


def _facts(kind: type[Record], record: dict[str, Any], key_of: dict[Any, str]) -> dict[str, Any]:
    return {name: key_of.get(record[name], record[name]) for name in (*kind.stored(), "remainder")}


def _clock(store: Store) -> list[dict[str, Any]]:
    return contents(store)["clock"]


@contextmanager
def _refuses(error: type[RollbookError], store: Store) -> Generator[None]:
    before = contents(store)
    raised: RollbookError | None = None
    try:
        yield
    except error as stopped:
        raised = stopped
    assert raised, f"{error.__name__} was not raised"
    assert all(p.what for p in raised.problems), "a problem does not say what is wrong"
    assert contents(store) == before, f"{error.__name__} was raised, but something was written"


# ---- the rules


def the_same_import_again_writes_nothing(case: Case) -> None:
    """A source that says nothing new moves nothing: not a row, not the clock."""
    case.take(case.samples.whole)
    clock = _clock(case.store)
    again = case.take(case.samples.whole)
    assert not again.moved, f"{again.kinds} moved"
    assert again.writes == 0
    assert _clock(case.store) == clock


def a_dry_run_writes_nothing_and_foretells_all(case: Case) -> None:
    """What a dry run reports is what the import then does, the first time and later."""
    for path in (case.samples.whole, case.samples.fewer, case.samples.altered):
        before = contents(case.store)
        foretold = case.take(path, dry_run=True)
        assert contents(case.store) == before, "a dry run wrote something"
        assert not foretold.applied
        assert case.take(path).kinds == foretold.kinds


def an_import_cut_short_leaves_nothing(case: Case) -> None:
    """An import that fails half-way leaves the hub as it was, the first time and later."""
    for path in (case.samples.whole, case.samples.altered):
        before = contents(case.store)
        try:
            case.take(path, progress=_cut)
        except KeyboardInterrupt:
            assert contents(case.store) == before, "a failed import left something behind"
        else:
            raise AssertionError("the import does not report progress while it writes")
        case.take(path)


def _cut(what: str, done: int, of: int) -> None:
    if what == "writing":
        raise KeyboardInterrupt


def what_is_missing_is_gone(case: Case) -> None:
    """A student who is no longer there goes with all parts, leaves a tombstone, and may come back."""
    case.take(case.samples.whole)
    full = by_keys(case.store)
    diff = case.take(case.samples.fewer)
    assert diff.kinds["Student"].gone == 1
    stones = [row for row in contents(case.store)["history"] if (row["kind"], row["what"]) == ("Student", "gone")]
    assert len(stones) == 1
    every_reference_leads_somewhere(case)
    case.take(case.samples.whole)
    assert by_keys(case.store).keys() == full.keys()


def what_was_deleted_waits_to_be_released(case: Case) -> None:
    """A record that was deleted in the hub stays so, with its parts, while its source has it, until it is released."""
    case.take(case.samples.whole)
    full = by_keys(case.store)
    lost = min(contents(case.store)["student"], key=lambda row: row["id"])
    with case.store.write(lost["district"]) as batch:
        batch.remove(RECORDS["Student"], lost["id"])
    assert not case.take(case.samples.whole).moved
    assert lost["id"] not in {row["id"] for row in contents(case.store)["student"]}
    with case.store.write(lost["district"]) as batch:
        batch.claims.release(RECORDS["Student"], lost["id"])
    assert by_keys(case.store) == full
    every_reference_leads_somewhere(case)


def only_what_differs_is_written(case: Case) -> None:
    """Another surname is one change of one record, and the example says from what to what."""
    case.take(case.samples.whole)
    diff = case.take(case.samples.altered)
    assert (diff.total("new"), diff.total("changed"), diff.total("gone")) == (0, 1, 0)
    assert diff.writes == 1
    (example,) = diff.kinds["Person"].examples["changed"]
    assert "surname: " in example
    assert " -> " in example


def a_source_that_shrinks_is_stopped(case: Case) -> None:
    """An import that would lose most students stops until somebody confirms it."""
    case.take(case.samples.whole)
    with _refuses(Stop, case.store):
        case.take(case.samples.shrunk)
    assert case.take(case.samples.shrunk, allow_shrink=True).kinds["Student"].gone


def what_refers_to_nothing_is_set_aside(case: Case) -> None:
    """A row that refers to a missing record is left out and named, and goes in once it is mended."""
    diff = case.take(case.samples.dangling)
    assert diff.aside, "nothing was set aside"
    assert all(one.place[0] and one.what for one in diff.aside), "a row that is set aside is not named"
    every_reference_leads_somewhere(case)
    assert not case.take(case.samples.whole).aside
    with _twin(case.store) as twin:
        replace(case, store=twin).take(case.samples.whole)
        assert by_keys(twin) == by_keys(case.store)


def every_reference_leads_somewhere(case: Case) -> None:
    """No record of the hub refers to one that is not there."""
    if not _clock(case.store):
        case.take(case.samples.whole)
    for kind in (record for record in RECORDS.values() if not record.derived()):
        for name in kind.refs():
            lost = case.store.kept.copies.astray(kind, name)
            assert not lost, f"{kind.__name__}.{name} refers to a missing record in {lost} records"


def nothing_is_lost(case: Case) -> None:
    """What has no field is in a remainder, under the format's name."""
    case.take(case.samples.whole)
    said = [r["remainder"] for r in by_keys(case.store).values() if r["remainder"]]
    assert all(case.connector.format in json.loads(r) for r in said)
    assert any(case.samples.extra in r for r in said), f"{case.samples.extra!r} was lost"


def the_same_roster_makes_the_same_hub(case: Case) -> None:
    """Two hubs that read the same roster hold the same, but for their own ids."""
    case.take(case.samples.whole)
    with _twin(case.store) as twin:
        replace(case, store=twin).take(case.samples.whole)
        assert by_keys(twin) == by_keys(case.store)


def a_second_source_makes_nobody_twice(case: Case) -> None:
    """What another source says of the same people and schools is said of the records that are there.

    They stay, with their hub ids, when either source is removed.
    """
    first = case.take(case.samples.whole, name="first")
    second = case.take(case.samples.whole, district=first.number, name="second")
    doubled = {kind: tally.new for kind, tally in second.kinds.items() if kind in SHARED and tally.new}
    assert not doubled, f"{doubled} were made twice"
    there = _ids(case.store, "second")
    assert there["School"]
    assert there["Student"]
    feed = case.store.kept.feeds.find(first.number, "first")
    assert feed is not None
    remove_feed(case.store, feed)
    assert _ids(case.store, "second") == there
    held = contents(case.store)
    lost = {kind for kind, ids in there.items() if not ids <= {row["id"] for row in held[RECORDS[kind].table]}}
    assert not lost, f"{lost} went with a source that was not the only one"
    every_reference_leads_somewhere(case)


SHARED = ("School", "Person", "Student", "Staff")
"""Kinds of which no two sources may make two records of one."""


def _ids(store: Store, source: str) -> dict[str, set[str]]:
    rows = [row for row in contents(store)["source_row"] if row["source"] == source]
    return {kind: {row["id"] for row in rows if row["kind"] == kind} for kind in SHARED}


CHECKS: tuple[Callable[[Case], None], ...] = (
    the_same_import_again_writes_nothing,
    a_dry_run_writes_nothing_and_foretells_all,
    an_import_cut_short_leaves_nothing,
    what_is_missing_is_gone,
    what_was_deleted_waits_to_be_released,
    only_what_differs_is_written,
    a_source_that_shrinks_is_stopped,
    what_refers_to_nothing_is_set_aside,
    every_reference_leads_somewhere,
    nothing_is_lost,
    the_same_roster_makes_the_same_hub,
    a_second_source_makes_nobody_twice,
)
