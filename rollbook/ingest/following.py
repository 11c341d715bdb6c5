"""Following a source change by change: what it says is different is written, and nothing else is looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from ..errors import Problem, Stop
from ..store.writing import Batch
from .applying import write_plan
from .erasing.returning import set_erased_aside
from .kinds import BY_TABLE, KINDS
from .limits import Limits
from .matching import ask, keep_questions, match
from .memory import keep_waiting, note_sync, with_waiting
from .permitted import set_unfound_aside
from .plan import Plan, held_of_rows, make_plan
from .refusals import keep_asides
from .rows import Problems, Source, Stream, silent
from .setting_aside import guard_shares, set_faults_aside

DEFAULT = Limits()


def follow_changes(
    batch: Batch,
    name: str,
    source: Source,
    key: str,
    gone: Mapping[str, Iterable[str]],
    few: int,
    limits: Limits = DEFAULT,
    secret: Callable[[str], bytes] | None = None,
) -> Plan:
    """Write what a source reports as changed, within the transaction of a batch; `key` is the source's in remainders.

    `gone` are keys by the name of their table. Rows with faults are set aside. Raises `Malformed` with everything that
    is wrong, and `Stop` when too many rows have faults, or when of one kind more than `few` records and more than a
    share of them would go.
    """
    for table in gone.keys() - BY_TABLE.keys():
        source.problems.add("gone", table[:60], "is not a kind of record")
    said = {stream.kind: stream for stream in source.streams(lambda _: None, "")}
    source.problems.stop()
    streams = [
        replace(said.get(kind, Stream(kind, ())), whole=False, gone=frozenset(gone.get(kind.table, ())))
        for kind in KINDS
        if kind in said or kind.table in gone
    ]
    plan = _planned(batch, name, streams, source.problems, limits)
    if secret is not None:
        set_erased_aside(batch.kept, batch.district, plan, secret)
    guard_shares(batch, plan, source.problems, limits.aside)
    ask(plan)
    set_unfound_aside(plan, batch.claims.order)
    _guard(batch, plan, few, limits.shrink)
    keep_asides(batch, _write(batch, plan, key))
    return plan


def take_waiting(batch: Batch, name: str, key: str) -> Plan:
    """Write what a source said before and waited for somebody to decide, as far as it waits no longer."""
    plan = _planned(batch, name, (), Problems(), DEFAULT)
    ask(plan)
    return _write(batch, plan, key)


def _planned(batch: Batch, name: str, streams: Iterable[Stream], problems: Problems, limits: Limits) -> Plan:
    streams = with_waiting(batch, name, streams, problems)
    plan = make_plan(name, held_of_rows(batch, name, streams), streams)
    set_faults_aside(plan, problems)
    match(batch, plan, hub_ids=True, own_ids=False, rekey=limits.rekey)
    return plan


def _write(batch: Batch, plan: Plan, key: str) -> Plan:
    keep_waiting(batch, plan)
    if plan.moved:
        write_plan(batch, plan, key, silent)
        keep_questions(batch, plan)
        note_sync(batch, plan)
    return plan


def _guard(batch: Batch, plan: Plan, few: int, most: float) -> None:
    found: list[Problem] = []
    for part in plan.parts:
        if len(part.gone) > few:
            before = batch.kept.sources.count(batch.district, plan.source, part.kind.__name__)
            if len(part.gone) > most * before:
                found.append(Problem(part.kind.__name__, f"{len(part.gone):,} of {before:,} would be removed"))
    if found:
        raise Stop(Problem("", f"more than {most:.0%} of a kind of record is missing from this source"), *found)
