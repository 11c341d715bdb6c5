"""Who says what of one record: for each fact its value, whose it is and since when, and what others say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from ..errors import NotFound, Problem, nearest
from ..fields import Record
from ..store.kept.sayings import HUB, Say
from ..store.port import Store
from ..store.precedence import facts_of, is_deleted, parts_of_remainder, stamps_of
from ..store.writing import Batch
from .kinds import KINDS


class Said(NamedTuple):
    """What one claimant says of a fact: the source (blank for the hub itself), and since when (UTC) it says so."""

    source: str
    value: Any
    since: str | None


class Fact(NamedTuple):
    """A fact of a record: its value, who says so since when, and what others say."""

    name: str
    value: Any
    source: str
    since: str | None
    others: tuple[Said, ...]


@dataclass(frozen=True)
class Told:
    """What is known of one record, fact by fact; `deleted` where the hub holds it deleted though sources have it."""

    district: int
    kind: type[Record]
    id: str
    deleted: bool
    facts: tuple[Fact, ...]


def kind_named(name: str) -> type[Record]:
    """The kind of record of a name, such as `Student`; raises `NotFound` with the one most like it."""
    known = {kind.__name__: kind for kind in KINDS}
    if name not in known:
        raise NotFound(Problem("kind", f"{name} is not a kind of record", nearest(name, known)))
    return known[name]


def provenance(store: Store, kind: type[Record], identity: str) -> Told:
    """Who says what of a record (hub id); raises `NotFound` where no district has it."""
    with store.lend() as kept:
        for district in kept.schools.districts():
            batch = Batch(kept, district.number)
            row = batch.get(kind, identity)
            says = batch.claims.of(kind, identity, row)
            if row is not None or says:
                order = batch.claims.order.arranged(says)
                return Told(district.number, kind, identity, is_deleted(says), _facts(batch, kind, row, order))
    raise NotFound(Problem("id", f"there is no {kind.__name__} {identity}"))


def release(store: Store, kind: type[Record], identity: str, names: Sequence[str]) -> list[str]:
    """Let a record be what its sources say, in these facts or in all that the hub says above them; gives which."""
    found = provenance(store, kind, identity)
    with store.write(found.district) as batch:
        return batch.claims.release(kind, identity, names)


def _facts(batch: Batch, kind: type[Record], row: Mapping[str, Any] | None, says: Sequence[Say]) -> tuple[Fact, ...]:
    """The facts of a record as it is; of one that is held deleted, what its sources say."""
    chosen = batch.claims.chosen(kind, says)
    now = {**facts_of(kind, row), **parts_of_remainder(row["remainder"])} if row else {}
    names = dict.fromkeys([*now, *chosen])
    return tuple(_fact(batch, kind, row, now, says, name, chosen.get(name)) for name in names)


def _fact(
    batch: Batch,
    kind: type[Record],
    row: Mapping[str, Any] | None,
    now: Mapping[str, Any],
    says: Sequence[Say],
    name: str,
    first: Say | None,
) -> Fact:
    kept, district = batch.kept, batch.district
    others = tuple(
        Said(say.source, (say.facts or {})[name], kept.sayings.when(district, say.since(name)))
        for say in says
        if say is not first and name in (say.facts or {})
    )
    if first is not None:
        value = now.get(name, (first.facts or {}).get(name))
        return Fact(name, value, first.source, kept.sayings.when(district, first.since(name)), others)
    stamp = (stamps_of(kind, row, [name]).get(name) or int(row["made"])) if row else 0
    source = kept.sayings.maker(district, stamp)
    return Fact(name, now.get(name), source or HUB, kept.sayings.when(district, stamp), others)


def as_json(fact: Fact) -> dict[str, Any]:
    """A fact as it is printed."""
    others = [{"source": one.source or "hub", "value": one.value, "since": one.since} for one in fact.others]
    return {
        "fact": fact.name,
        "value": fact.value,
        "source": fact.source or "hub",
        "since": fact.since,
        "others": others,
    }
