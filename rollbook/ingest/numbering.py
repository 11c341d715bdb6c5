"""The numbers by which a source knows people, as unique ids: each where nobody else of the district has it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from ..model.people import Person
from ..store.numbering import UNIQUE_IDS
from ..store.renumbering import renumber
from ..store.writing import Batch
from .plan import Plan

LONGEST = 32
"""The longest unique id, in characters, as Ed-Fi has them."""

FEW = 1_000
"""The numbers of as many people are looked up one by one; those of more are found among all."""

Numbers = dict[str, dict[str, str]]
"""By hub id of a human, the unique ids that are new to them, by stored fact."""


def numbers_of(batch: Batch, plan: Plan, ids: Mapping[str, str]) -> Numbers:
    """The unique ids that people of the source have from now on; `ids` are their hub ids by the source's keys.

    A number that the source gives to several people is none's, but whoever has it already keeps it.
    """
    found: Numbers = {}
    shared = _shared(batch, plan)
    gone = _gone(plan) - shared
    claimed = _claims(plan, ids, shared)
    for fact, claims in claimed.items():
        for identity, value in _free(batch, fact, claims, gone).items():
            found.setdefault(identity, {})[fact] = value
    return found


def renumber_people(batch: Batch, numbers: Numbers, known: set[str]) -> None:
    """Give the numbers to those who are known already; new people are made with theirs."""
    for identity in numbers.keys() & known:
        renumber(batch, identity, numbers[identity])


def _claims(plan: Plan, ids: Mapping[str, str], shared: set[str]) -> dict[str, dict[str, str]]:
    """By fact and hub id the number that the source has for somebody, where it can be a unique id."""
    found: dict[str, dict[str, str]] = {fact: {} for fact in UNIQUE_IDS}
    for row in (row for part in plan.parts if part.kind is Person for row in part.rows if row.numbers):
        for fact, number in (row.numbers or {}).items():
            if fact in found and fits(number) and (identity := ids[row.key]) not in shared:
                found[fact][identity] = number
    return found


def fits(number: str) -> bool:
    """Whether a number can be a unique id."""
    return 0 < len(number) <= LONGEST and number.isprintable() and number == number.strip()


def _shared(batch: Batch, plan: Plan) -> set[str]:
    """Those of whom others tell too: which number counts is decided as with any other fact."""
    people = (part for part in plan.parts if part.kind is Person)
    joined = {i for part in people for *_, i in part.joined if i not in part.rekeyed.values()}
    return joined | (batch.kept.sayings.ids(batch.district, Person) if batch.claims.any else frozenset())


def _gone(plan: Plan) -> set[str]:
    return {identity for part in plan.parts if part.kind is Person for identity in part.gone.values()}


def _free(batch: Batch, fact: str, claims: Mapping[str, str], gone: set[str]) -> dict[str, str]:
    """The claims that are news and cross nobody else's: who gives up a number in the same import is not in the way."""
    held = _held(batch, fact, claims)
    now = {identity: value for identity, value in held.items() if identity not in gone}
    times = Counter(claims.values())
    moving = {i: n for i, n in claims.items() if times[n] == 1 and now.get(i) != n}
    while blocked := set(_blocked(now, moving)):
        moving = {i: n for i, n in moving.items() if i not in blocked}
    return moving


def _held(batch: Batch, fact: str, claims: Mapping[str, str]) -> dict[str, str | None]:
    """Who has which number, at least of those who claim one and those who have one that is claimed."""
    records = batch.kept.records
    if len(claims) > FEW:
        return records.unique_ids(batch.district, fact)
    return records.unique_ids_of(batch.district, fact, claims, claims.values())


def _blocked(now: Mapping[str, str | None], moving: Mapping[str, str]) -> Iterator[str]:
    """Those whose number somebody has who keeps it."""
    kept = {value for identity, value in now.items() if identity not in moving}
    return (identity for identity, value in moving.items() if value in kept)
