"""Importing a roster: read it, compare it with what it said before, write the difference at once."""

from __future__ import annotations

import gc
from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from ..errors import Malformed, Problem, Stop
from ..model.organisation import District
from ..store.kept import Kept
from ..store.port import Store
from ..store.writing import Batch
from .applying import write_plan
from .diff import Diff
from .memory import keep, note_sync
from .naming import Namer
from .plan import Held, guard, make_plan, read_held
from .refusals import keep_refusal
from .rows import Connector, Origin, Progress, Source, Stream, silent


def import_roster(
    store: Store,
    connector: Connector,
    path: Path | str,
    *,
    district_name: str | None = None,
    dry_run: bool = False,
    allow_shrink: bool = False,
    max_shrink: float = 0.5,
    progress: Progress | None = None,
) -> Diff:
    """Bring the hub to what a roster says; `district_name` is for one that names no district.

    Raises `Malformed` with everything that is wrong with the roster, or `Stop` when it shrinks too much; then,
    as in a dry run, nothing was written.
    """
    tell = progress or silent
    with without_collections():
        source = connector.read(Path(path), tell)
        return _import(store, connector, source, district_name, dry_run, 1.0 if allow_shrink else max_shrink, tell)


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


def _import(
    store: Store,
    connector: Connector,
    source: Source,
    district_name: str | None,
    dry_run: bool,
    max_shrink: float,
    tell: Progress,
) -> Diff:
    if dry_run:
        found = find_district(store, connector, source, district_name)
        return _run(Batch(store.kept, found[0]), connector, source, *found[1:], None, max_shrink, tell)
    try:
        return _apply(store, connector, source, district_name, max_shrink, tell)
    except (Malformed, Stop) as error:
        number, _, name = find_district(store, connector, source, district_name)
        if number:
            with store.of_district(number) as kept:
                keep_refusal(kept, number, name, error)
        raise


def _apply(
    store: Store, connector: Connector, source: Source, district_name: str | None, max_shrink: float, tell: Progress
) -> Diff:
    with _district_of(store, partial(find_district, store, connector, source, district_name)) as (kept, found):
        number, origin, name = found
        # A district that is not there yet gets its number here, so that a failed import leaves no empty one.
        batch = Batch(kept, number or kept.schools.next_district())
        diff = _run(batch, connector, source, origin, name, batch, max_shrink, tell)
        keep_refusal(kept, batch.district, name, None)
        return diff


@contextmanager
def _district_of(
    store: Store, find: Callable[[], tuple[int, Origin, str]]
) -> Generator[tuple[Kept, tuple[int, Origin, str]]]:
    """A transaction of the district that is meant, or of a new one; which it is, is certain once nobody else writes."""
    found = find()
    while True:
        number = found[0]
        with store.of_district(number) if number else store.of_new_district() as kept:
            found = find()
            if found[0] == number:
                yield kept, found
                return


def find_district(store: Store, connector: Connector, source: Source, named: str | None) -> tuple[int, Origin, str]:
    """The district's number (0: not there yet), what is known of it, and the name of the source.

    A district is found again by the source that made it, then by its id in the roster. One
    without organisations, as a delta may be, is of the district named, or of the only one that was fed.
    """
    key = source.origin.key or named or source.origin.name
    if source.origin.key is None and source.origin.name is None:
        fed = store.kept.sources.fed(f"{connector.name}:", named)
        if len(fed) == 1:
            return fed[0].district, Origin(name=fed[0].name), fed[0].source
        if not named or fed:
            known = f", one of {', '.join(one.name for one in fed)}" if fed else ""
            missing = Problem(
                "district", "the records do not say which district they belong to", f"name it with --district{known}"
            )
            # Not noted with the source's problems: whoever asks again would be answered twice.
            raise Malformed(*source.problems.all(), missing)
    name = f"{connector.name}:{key}"
    number = store.kept.sources.district(name)
    if number is None and source.origin.key:
        number = store.kept.schools.district_known_as(source.origin.key)
    return number or 0, Origin(source.origin.key, named or source.origin.name), name


def _run(
    reading: Batch,
    connector: Connector,
    source: Source,
    origin: Origin,
    name: str,
    batch: Batch | None,
    max_shrink: float,
    tell: Progress,
) -> Diff:
    kept = partial(reading.kept.sources.file, reading.district, name)
    streams = source.streams(kept, origin.name or "")
    source.problems.stop()
    held = read_held(reading, name)
    _adopt_district(reading, held, streams)
    plan = make_plan(name, held, streams, source.problems)
    source.problems.stop()
    if max_shrink < 1:
        guard(reading, plan, max_shrink)
    namer = Namer(reading, plan)
    kinds = {part.kind.__name__: namer.tally(part) for part in plan.parts}
    if batch:
        write_plan(batch, plan, connector.format, tell)
        keep(batch, name, source.keep())
        note_sync(batch, plan)
        batch.settle()
    return Diff(
        origin.name or "",
        reading.district,
        name,
        kinds,
        tuple(source.notes),
        source.size,
        batch.writes if batch else 0,
        batch is not None,
    )


def run_import(
    batch: Batch, connector: Connector, source: Source, origin: Origin, name: str, max_shrink: float
) -> Diff:
    """Bring the district of a batch to what a source says, within its transaction, as the source of this name.

    Raises `Malformed` or `Stop` as `import_roster` does.
    """
    return _run(batch, connector, source, origin, name, batch, max_shrink, silent)


def _adopt_district(batch: Batch, held: Held, streams: list[Stream]) -> None:
    """A district that was made in another way is the one that the roster means: changed, not doubled."""
    if held.of(District):
        return
    made = batch.kept.schools.district_id(batch.district)
    for stream in streams:
        if made and stream.kind is District and stream.rows:
            held.kinds["District"] = {stream.rows[0].key: (b"", made)}
