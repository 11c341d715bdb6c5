"""Importing a roster: read it, compare it with what it said before, write the difference at once."""

from __future__ import annotations

import gc
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from ..errors import Malformed, RollbookError, Stop
from ..store.kept import Kept
from ..store.numbering import now
from ..store.port import Store
from ..store.writing import Batch
from .applying import write_plan
from .diff import Diff
from .erasing.returning import set_erased_aside
from .feeds import note_refused_run, note_run, register
from .folders import reading_folder
from .limits import Limits
from .matching import ask, districts, keep_questions, match
from .matching.districts import Found
from .memory import keep, keep_waiting, note_sync, with_waiting
from .naming import Namer
from .packed import packing
from .permitted import set_unfound_aside
from .places import fetch
from .places.unchanged import known, mark_of
from .plan import Plan, guard, held_of, make_plan
from .refusals import keep_asides, keep_refusal, problems_of
from .renewing import renewing
from .rows import Connector, Origin, Progress, Reading, Request, Source, Stream, nothing_kept, silent
from .setting_aside import guard_shares, set_faults_aside

NONE: Mapping[str, str] = {}

Secret = Callable[[str], bytes]

Heard = Callable[[Source, Sequence[Stream]], None]
"""Is told what a source says, once it is known that it can be read."""


def unheard(source: Source, streams: Sequence[Stream]) -> None:
    """What a source says, when nobody asks."""


OWN_IDS = ("records", "oneroster")
"""The formats in which the hub writes records, with its own ids as keys."""


def import_roster(
    store: Store,
    connector: Connector,
    path: Path | str,
    *,
    settings: Mapping[str, str] = NONE,
    district_name: str | None = None,
    new_district: bool = False,
    district: int | None = None,
    name: str = "",
    dry_run: bool = False,
    allow_shrink: bool = False,
    max_shrink: float = 0.5,
    rekey: bool = False,
    most_aside: float | None = None,
    changes: bool | None = None,
    progress: Progress | None = None,
    heard: Heard = unheard,
) -> Diff:
    """Bring the hub to what a roster says; `district_name` is for one that does not tell its district.

    It is read as the source of a `name` in the `district` of a number. Without a number, the roster tells of which
    district it is; without a name, the source is called after the connector and that. One whose district or school is
    called like one that the hub holds has to say by name which it is, or that it is of a `new_district`. With `rekey`
    many people may have other keys than before, and keep their records.
    `settings` are what the connector is told besides, secrets among them. Of a source that can say what changed,
    `changes` says whether that is enough; None: its settings say. `heard` is told what the source says as it is read.
    Rows with faults are set aside, up to a share of each kind: `most_aside`, or the source's own. Raises `Malformed`
    with everything that stops the roster, or `Stop` when it shrinks too much or too many rows have faults; then, as in
    a dry run, nothing was written.
    """
    tell, began = progress or silent, now()
    limits = Limits(1.0 if allow_shrink else max_shrink, most_aside, rekey)
    kept = partial(store.kept.sources.file, district, name) if district and name else nothing_kept
    with (
        without_collections(),
        reading_folder(store.folder, None if dry_run else district, name) as folder,
        packing(folder.path),
    ):
        requests: list[Request] = []
        renew = renewing(store, district, name)
        reading = Reading(Path(path), settings, kept, tell, folder.path, requests.append, changes, renew)
        try:
            there = fetch(str(path), reading, b"" if dry_run or changes is False else known(connector, str(path), kept))
            if there.same:
                return _unchanged(store, district or 0, name, there.note, began, requests)
            source = connector.read(replace(reading, path=there.path))
            source.notes.extend(filter(None, [there.note]))
            beside = mark_of(str(path), there.mark)
            whole = Import(connector, source, limits, tell, requests, beside, heard, store.secret)
        except (RollbookError, OSError) as error:
            if district and name and not dry_run:
                _note_refusal(store, Found(district, Origin(), name), error, began, requests)
            raise
        folder.spent = True
        find = partial(_find, store.kept, whole, district_name, new_district, district, name)
        if dry_run:
            found = find()
            return whole.compare(Batch(store.kept, found.district), found)
        try:
            return _apply(store, whole, find, began)
        except (Malformed, Stop) as error:
            _note_refusal(store, find(), error, began, requests)
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


def _find(kept: Kept, whole: Import, named: str | None, new: bool, district: int | None, name: str) -> Found:
    """The district that is meant; nothing is asked where it, or the source's name, is known."""
    origin, connector = whole.source.origin, whole.connector.name
    if district is None:
        found = districts.find(kept, connector, whole.source, named, new=new)
        return replace(found, source=name or found.source)
    called = next((one.name for one in kept.schools.districts() if one.number == district), None)
    known = Origin(origin.key, called or named or origin.name)
    return Found(district, known, name or f"{connector}:{origin.key or called or ''}")


def _apply(store: Store, whole: Import, find: Callable[[], Found], began: str) -> Diff:
    with _district_of(store, find) as (kept, found):
        # A district that is not there yet gets its number here, so that a failed import leaves no empty one.
        batch = Batch(kept, found.district or kept.schools.next_district())
        diff = whole.write(batch, found)
        keep_refusal(kept, batch.district, found.source, ())
        note_run(kept, diff, began, whole.requests)
        return diff


def _unchanged(store: Store, district: int, source: str, note: str, began: str, requests: Sequence[Request]) -> Diff:
    """What is said of a source whose files are as they were when all that they say was taken in."""
    called = next((one.name for one in store.kept.schools.districts() if one.number == district), None)
    diff = Diff(called or "", district, source, {}, (note,), 0, applied=True)
    with store.of_district(district) as kept:
        keep_refusal(kept, district, source, ())
        note_run(kept, diff, began, requests)
    return diff


def _note_refusal(
    store: Store, found: Found, error: RollbookError | OSError, began: str, requests: Sequence[Request]
) -> None:
    if found.district:
        problems = problems_of(error)
        with store.of_district(found.district) as kept:
            keep_refusal(kept, found.district, found.source, problems)
            note_refused_run(kept, found.district, found.source, problems, began, requests)


@contextmanager
def _district_of(store: Store, find: Callable[[], Found]) -> Generator[tuple[Kept, Found]]:
    """A transaction of the district that is meant, or of a new one; which it is, is certain once nobody else writes."""
    found = find()
    while True:
        number = found.district
        with store.of_district(number) if number else store.of_new_district() as kept:
            found = find()
            if found.district == number:
                yield kept, found
                return


@dataclass(frozen=True)
class Import:
    """A source that was read, and how far it is believed."""

    connector: Connector
    source: Source
    limits: Limits
    tell: Progress = silent
    requests: Sequence[Request] = ()
    """What was asked of the source to read it."""
    beside: Mapping[str, bytes] = field(default_factory=dict[str, bytes])
    """What is kept of it beside what it asks for itself."""
    heard: Heard = unheard
    secret: Secret | None = None
    """The hub's secret for a purpose, by which those are known who were erased."""

    def compare(self, batch: Batch, found: Found) -> Diff:
        """What would change; nothing is written. Raises `Malformed` or `Stop` as `import_roster` does."""
        return self._diff(batch, found, self._plan(batch, found))

    def write(self, batch: Batch, found: Found) -> Diff:
        """Bring the district of a batch to what the source says, within its transaction; raises the same."""
        plan = self._plan(batch, found)
        # Records are named as they were before.
        diff = self._diff(batch, found, plan)
        write_plan(batch, plan, self.connector.format, self.tell)
        keep(batch, plan, self.source.keep(), self.beside)
        keep_questions(batch, plan)
        keep_waiting(batch, plan)
        keep_asides(batch, plan)
        note_sync(batch, plan)
        register(batch.kept, batch.district, found.source, self.connector.name)
        batch.settle()
        return replace(diff, writes=batch.writes, applied=True)

    def _plan(self, batch: Batch, found: Found) -> Plan:
        problems, name = self.source.problems, found.source
        streams = self.source.streams(partial(batch.kept.sources.file, batch.district, name), found.origin.name or "")
        problems.stop()
        self.heard(self.source, streams)
        streams = with_waiting(batch, name, streams, problems)
        plan = make_plan(name, held_of(batch, name, streams), streams)
        set_faults_aside(plan, problems)
        if self.secret is not None:
            set_erased_aside(batch.kept, batch.district, plan, self.secret)
        guard_shares(batch, plan, problems, self.limits.aside)
        hub = self.source.origin.hub
        ours = hub != "" and hub == batch.kept.schools.district_id(batch.district)
        match(batch, plan, hub_ids=self.connector.format in OWN_IDS, own_ids=ours, rekey=self.limits.rekey)
        ask(plan)
        set_unfound_aside(plan, batch.claims.order)
        if self.limits.shrink < 1:
            guard(batch, plan, problems, self.limits.shrink)
        return plan

    def _diff(self, batch: Batch, found: Found, plan: Plan) -> Diff:
        namer, source = Namer(batch, plan), self.source
        kinds = {part.kind.__name__: namer.tally(part) for part in plan.parts}
        notes = (*source.notes, *source.problems.notes())
        name = found.origin.name or ""
        return Diff(name, batch.district, found.source, kinds, notes, source.size, aside=tuple(plan.aside))
