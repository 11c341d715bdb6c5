"""Keeping true whom grants see, and who was let in or left out.

What schools and apps said stands in `choice` (how a list is meant), `named` (people one by one), `rule` (people by
year, form, house, class or course) and `declined` (whom the app leaves out by itself). What it comes to stands in
`chosen`, for spans of days, and every reading is held against that. A rule follows the roll: each transaction that
moves places on roll or in groups works out `chosen` again before it ends (`follow`).

Whoever is let in or left out is written down with a number of the one clock (`turned`), so that those who follow
changes are told. A day that comes lets people in and leaves them out without a write; `follow_days` writes that down.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from .connection import BUSY_SECONDS
from .kept import Kept
from .kept.choices import Lists, Place
from .kept.chosen import Chosen
from .reckoning import KINDS, Guard, Reckoning

if TYPE_CHECKING:
    from .port import Store
    from .writing import Batch

MOVING = frozenset(
    {"Student", "StudentMembership", "Group", "Course", "CourseOffering", "Relationship", "Contact", "School"}
)
"""The kinds of record by which whom a rule names, or who is a contact of whom, may become another one."""


def keep_lists(batch: Batch, grant: str, kind: str, lists: Lists) -> None:
    """Write down what was said of one kind of human, and whom that lets in or leaves out."""
    batch.kept.choices.say(grant, kind, lists)
    settle(batch, grant)


# ---- when


def follow(batch: Batch, moved: Iterable[tuple[str, str]]) -> None:
    """Work out again whom the grants of a district see, after records moved (school and kind) that decide it."""
    schools = {school for school, kind in moved if kind in MOVING}
    if not schools:
        return
    known = "grants", batch.district
    for grant, school in batch.kept.once(known, (), lambda: batch.kept.chosen.grants(batch.district)):
        if school in schools or "" in schools:
            settle(batch, grant)


def follow_days(store: Store, patience: float = BUSY_SECONDS) -> int:
    """Write down whom the day that has come lets in and leaves out, for every grant; returns for how many.

    Raises `Occupied` when somebody else writes for longer than `patience` seconds.
    """
    late = list(_late(store.kept))
    for grant, district in late:
        with store.write(district, patience) as batch:
            settle(batch, grant)
    return len(late)


def _late(kept: Kept) -> Iterator[tuple[str, int]]:
    today: dict[str | None, str] = {}
    for one in kept.chosen.followed():
        if one.time_zone not in today:
            today[one.time_zone] = kept.settings.day(one.time_zone)
        if one.day != today[one.time_zone]:
            yield one.grant, one.district


# ---- what


def settle(batch: Batch, grant: str) -> None:
    """Work out whom a grant (hub id) sees, and write down who is let in or left out by what is different."""
    chosen, reckoning = batch.kept.chosen, Reckoning(batch.kept, grant)
    place = reckoning.place
    day, modes = chosen.day(grant) or place.day, chosen.modes(grant)
    before = {kind: Guard(modes.get(kind, "all"), chosen.spans(grant, kind)) for kind in KINDS}
    after = {kind: reckoning.guard(kind) for kind in KINDS}
    if before != after:
        for kind in KINDS:
            _write(chosen, grant, kind, before[kind], after[kind])
        chosen.set_modes(grant, {kind: guard.mode for kind, guard in after.items() if guard.mode != "all"})
    chosen.follow(grant, place.day)
    for kind in KINDS:
        _turn(batch, place, kind, before[kind].on(day), after[kind].on(place.day))


def _write(chosen: Chosen, grant: str, kind: str, before: Guard, after: Guard) -> None:
    was, is_now = ({(i, *s) for i, spans in guard.spans.items() for s in spans} for guard in (before, after))
    chosen.change(grant, kind, off=was - is_now, on=is_now - was)


Sides = tuple[str, frozenset[str]]
"""How a list is meant, and who stands on it."""


def _turn(batch: Batch, place: Place, kind: str, before: Sides, after: Sides) -> None:
    chosen, here = batch.kept.chosen, batch.kept.candidates.stamps(kind, place.district, place.school)
    if before[0] == "except":
        # Who was left out until they were gone was never seen, which nothing else will tell now.
        chosen.gone(place.grant, kind, before[1] - here.keys() - after[1], seen=False)
    if not chosen.was_read(place.grant):
        # Nobody has read through the grant yet: whom it leaves out from the beginning is never heard of.
        return
    if before[0] == "only":
        # Who was on the list until they were gone was seen, which nothing else will tell now.
        chosen.gone(place.grant, kind, before[1] - here.keys(), seen=True)
    # Who is new and seen from the beginning need not be let in.
    turned = [(i, seen) for i, seen in _turned(here, before, after) if not (seen and i and batch.makes(here[i]))]
    if turned:
        write = batch.tick()
        chosen.turn(place.grant, kind, write, turned)
        # A human who is seen in one role may show less without the other, or as a contact without their student. One
        # of them may be concerned by several kinds.
        chosen.turn_persons(place.grant, kind, place.district, write, [identity for identity, _ in turned])


def _turned(here: Iterable[str], before: Sides, after: Sides) -> Iterator[tuple[str, bool]]:
    """Whom a change lets in (true) or leaves out; "" stands for whoever no list names."""
    for identity in ("", *here):
        was, is_now = (mode == "all" or (identity in ids) == (mode == "only") for mode, ids in (before, after))
        if was != is_now:
            yield identity, is_now
