"""Importing a roster: read it, compare it with what it said before, write the difference at once."""

from __future__ import annotations

import gc
from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from ..errors import Malformed, RollbookError, Stop
from ..store.kept import Kept
from ..store.numbering import now
from ..store.port import Store
from ..store.writing import Batch
from .applying import write_plan
from .diff import Diff
from .feeds import note_refused_run, note_run, register
from .limits import Limits
from .matching import ask, districts, keep_questions, match
from .memory import keep, keep_waiting, note_sync, with_waiting
from .naming import Namer
from .permitted import set_unfound_aside
from .plan import guard, make_plan, read_held
from .refusals import keep_asides, keep_refusal
from .rows import Connector, Origin, Progress, Source, silent
from .setting_aside import guard_shares, set_faults_aside

Finding = Callable[[], tuple[int, Origin, str]]
"""Finds the district that is meant: its number (0: not there yet), what is known of it, and the name of the source."""

RECORDS_FORMAT = "records"
"""The format of files in which the hub writes records, with its own ids as keys."""


def import_roster(
    store: Store,
    connector: Connector,
    path: Path | str,
    *,
    district_name: str | None = None,
    new_district: bool = False,
    district: int | None = None,
    name: str = "",
    dry_run: bool = False,
    allow_shrink: bool = False,
    max_shrink: float = 0.5,
    rekey: bool = False,
    most_aside: float = Limits.aside,
    progress: Progress | None = None,
) -> Diff:
    """Bring the hub to what a roster says; `district_name` is for one that does not tell its district.

    It is read as the source of a `name` in the `district` of a number. Without a number, the roster tells of which
    district it is; without a name, the source is called after the connector and that. One whose district or school is
    called like one that the hub holds has to say by name which it is, or that it is of a `new_district`. With `rekey`
    many people may have other keys than before, and keep their records.
    Rows with faults are set aside, up to a share (`most_aside`) of each kind. Raises `Malformed` with everything that
    stops the roster, or `Stop` when it shrinks too much or too many rows have faults; then, as in a dry run, nothing
    was written.
    """
    tell, began = progress or silent, now()
    limits = Limits(1.0 if allow_shrink else max_shrink, most_aside, rekey)
    with without_collections():
        source = connector.read(Path(path), tell)
        find = partial(_find, store, connector, source, district_name, new_district, district, name)
        if dry_run:
            found = find()
            return _run(Batch(store.kept, found[0]), connector, source, *found[1:], None, limits, tell)
        try:
            return _apply(store, connector, source, find, limits, tell, began)
        except (Malformed, Stop) as error:
            _note_refusal(store, find, error, began)
            raise


@contextmanager
def without_collections() -> Generator[None]:
    """An import makes a million objects and no cycles: a third of its time would go into looking for them."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _find(
    store: Store,
    connector: Connector,
    source: Source,
    named: str | None,
    new: bool,
    district: int | None,
    name: str,
) -> tuple[int, Origin, str]:
    """As `find_district`, of which nothing is asked where the district or the source's name is known."""
    if district is None:
        number, origin, given = find_district(store, connector, source, named, new)
        return number, origin, name or given
    called = next((one.name for one in store.kept.schools.districts() if one.number == district), None)
    origin = Origin(source.origin.key, called or named or source.origin.name)
    return district, origin, name or f"{connector.name}:{source.origin.key or called or ''}"


def _apply(
    store: Store,
    connector: Connector,
    source: Source,
    find: Finding,
    limits: Limits,
    tell: Progress,
    began: str,
) -> Diff:
    with _district_of(store, find) as (kept, found):
        number, origin, name = found
        # A district that is not there yet gets its number here, so that a failed import leaves no empty one.
        batch = Batch(kept, number or kept.schools.next_district())
        diff = _run(batch, connector, source, origin, name, batch, limits, tell)
        keep_refusal(kept, batch.district, name, None)
        note_run(kept, diff, began)
        return diff


def _note_refusal(store: Store, find: Finding, error: RollbookError, began: str) -> None:
    number, _, name = find()
    if number:
        with store.of_district(number) as kept:
            keep_refusal(kept, number, name, error)
            note_refused_run(kept, number, name, error, began)


@contextmanager
def _district_of(store: Store, find: Finding) -> Generator[tuple[Kept, tuple[int, Origin, str]]]:
    """A transaction of the district that is meant, or of a new one; which it is, is certain once nobody else writes."""
    found = find()
    while True:
        number = found[0]
        with store.of_district(number) if number else store.of_new_district() as kept:
            found = find()
            if found[0] == number:
                yield kept, found
                return


def find_district(
    store: Store, connector: Connector, source: Source, named: str | None, new: bool = False
) -> tuple[int, Origin, str]:
    """The district's number (0: not there yet), what is known of it, and the name of the source.

    Raises `Malformed` or `Stop` where it is not plain which is meant, unless it is `named` or said to be `new`.
    """
    found = districts.find(store.kept, connector.name, source, named, new=new)
    return found.district, found.origin, found.source


def _run(
    reading: Batch,
    connector: Connector,
    source: Source,
    origin: Origin,
    name: str,
    batch: Batch | None,
    limits: Limits,
    tell: Progress,
) -> Diff:
    kept = partial(reading.kept.sources.file, reading.district, name)
    streams = source.streams(kept, origin.name or "")
    source.problems.stop()
    streams = with_waiting(reading, name, streams, source.problems)
    plan = make_plan(name, read_held(reading, name), streams)
    set_faults_aside(plan, source.problems)
    guard_shares(reading, plan, source.problems, limits.aside)
    match(reading, plan, hub_ids=connector.format == RECORDS_FORMAT, rekey=limits.rekey)
    ask(plan)
    set_unfound_aside(plan, reading.claims.order)
    if limits.shrink < 1:
        guard(reading, plan, source.problems, limits.shrink)
    namer = Namer(reading, plan)
    kinds = {part.kind.__name__: namer.tally(part) for part in plan.parts}
    if batch:
        write_plan(batch, plan, connector.format, tell)
        keep(batch, name, source.keep())
        keep_questions(batch, plan)
        keep_waiting(batch, plan)
        keep_asides(batch, plan)
        note_sync(batch, plan)
        register(batch.kept, batch.district, name, connector.name)
        batch.settle()
    return Diff(
        origin.name or "",
        reading.district,
        name,
        kinds,
        (*source.notes, *source.problems.notes()),
        source.size,
        batch.writes if batch else 0,
        batch is not None,
        tuple(plan.aside),
    )


def run_import(batch: Batch, connector: Connector, source: Source, origin: Origin, name: str, limits: Limits) -> Diff:
    """Bring the district of a batch to what a source says, within its transaction, as the source of this name.

    Raises `Malformed` or `Stop` as `import_roster` does.
    """
    return _run(batch, connector, source, origin, name, batch, limits, silent)
