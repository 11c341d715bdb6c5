"""Who is who, as people decide it: likely matches with both their sides, and people merged and parted.

Each decision is written down with the name of who made it, whether on a page or by command.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import Conflict, NotFound, Problem
from ..fields import RECORDS
from ..store.kept import Kept
from ..store.kept.matches import Merge, Review
from ..store.port import Store
from .deciding import decide, part_from
from .matching.joining import SHOWN
from .memory import rows_waiting
from .merging import merge, split
from .rows import school_of

NOWHERE = ""
"""Stands among the schools of somebody for one that is not known."""


@dataclass(frozen=True)
class Match:
    """A row of a source that may be a record which the hub holds, with both sides; schools and people by hub ids."""

    district: int
    review: Review
    held: Mapping[str, Any]
    schools: frozenset[str]
    """The schools that either side is of."""
    people: frozenset[str]
    """The people of the hub of whom it tells."""

    @property
    def sides(self) -> list[tuple[str, Any, Any, bool]]:
        """Fact by fact what the row says and what the hub holds, and whether the fact was compared."""
        said, facts = self.review.said, self.review.facts
        named = dict.fromkeys((*SHOWN, *facts))
        told = [(name, said.get(name), self.held.get(name), name in facts) for name in named]
        return [one for one in told if (one[1], one[2]) != (None, None)]

    def within(self, school: str) -> bool:
        """Whether both sides are of one school, and of no other."""
        return self.schools == frozenset((school,))


@dataclass(frozen=True)
class Merged:
    """Two people who were made one: what they are called, by whom and when, and at which schools they are."""

    merge: Merge
    names: tuple[str, str]
    schools: frozenset[str]

    def within(self, school: str) -> bool:
        """Whether both were of one school, and of no other."""
        return self.schools == frozenset((school,))


# ---- looking


def matches(kept: Kept, district: int, state: str | None = "waiting") -> list[Match]:
    """What waits to be decided in a district, or was decided, oldest first."""
    reviews = kept.matches.reviews(district, state)
    own = {one.id: kept.sources.record_of(district, one.source, one.kind, one.key) for one in reviews}
    people = {one.id: frozenset(filter(None, (one.candidate, own[one.id]))) for one in reviews if one.kind == "Person"}
    at = kept.people.schools_of(district, {person for some in people.values() for person in some})
    rows = {source: rows_waiting(kept, district, source) for source in {one.source for one in reviews}}

    def made(one: Review) -> Match:
        here = at.get(own[one.id] or "") or _of_row(kept, district, one, rows[one.source])
        there = at.get(one.candidate) or {one.candidate if one.kind == "School" else NOWHERE}
        return Match(district, one, _held(kept, district, one), here | there, people.get(one.id, frozenset()))

    return [made(one) for one in reviews]


def _of_row(kept: Kept, district: int, review: Review, rows: Iterable[tuple[str, Any]]) -> frozenset[str]:
    """The schools of a row that is no record yet: those of what waits with it, or the one that its source is of."""
    named = (review.kind, review.key)
    keys = {
        school_of(RECORDS[kind], row)
        for kind, row in rows
        if (kind, row.key) == named or (row.refs.get("person"), review.kind) == (review.key, "Person")
    }
    found = {kept.sources.record_of(district, review.source, "School", key) or NOWHERE for key in keys if key}
    source = kept.sources.schools(district, review.source)
    return frozenset(found or (source if len(source) == 1 else {NOWHERE}))


def _held(kept: Kept, district: int, review: Review) -> Mapping[str, Any]:
    facts = kept.matches.shown(RECORDS[review.kind], district, review.candidate)
    return {name: facts[name] for name in dict.fromkeys((*SHOWN, *review.facts)) if facts.get(name) is not None}


def merges(kept: Kept, district: int) -> list[Merged]:
    """Who was merged into whom in a district and not parted again, the latest first."""
    found = kept.matches.merges(district)[::-1]
    at = kept.people.schools_of(district, {one.stays for one in found})
    return [Merged(one, _names(kept, district, one), at[one.stays] | _schools_gone(one)) for one in found]


def _schools_gone(one: Merge) -> frozenset[str]:
    roles = (step["row"] for step in one.steps if step["did"] == "removed" and RECORDS[step["kind"]].human)
    return frozenset(role.get("school") or NOWHERE for role in roles)


def _names(kept: Kept, district: int, one: Merge) -> tuple[str, str]:
    nothing: Mapping[str, Any] = {}
    removed = (step["row"] for step in one.steps if (step["did"], step["id"]) == ("removed", one.gone))
    return called(kept.matches.shown(RECORDS["Person"], district, one.stays)), called(next(removed, nothing))


def called(facts: Mapping[str, Any]) -> str:
    """What somebody is called."""
    return " ".join(str(facts[name]) for name in ("forename", "surname") if facts.get(name)) or "(no name)"


# ---- deciding


def judge(store: Store, match: Match, *, same: bool, by: str, form: Callable[[str], str], was: str = "") -> str:
    """Decide whether both sides are one; gives in words when it takes effect.

    `form` gives the key in remainders of a connector. Raises `Conflict` where it `was` another question, which
    somebody has answered since.
    """
    review, number = match.review, match.district
    with store.write(number) as batch:
        now_ = batch.kept.matches.review(number, review.id)
        if now_ is None or (was and now_.state != was):
            raise Conflict("somebody has decided this in the meantime", hint="look again")
        feed = batch.kept.feeds.find(number, review.source)
        when = decide(batch, now_, same=same, by=by, form=form(feed.connector if feed else ""))
        said = "took for one" if same else "kept apart"
        batch.kept.decisions.add(by, f"{said}: {review.kind} {review.key} of {review.source}", _place(match.schools))
    return when


def make_one(store: Store, number: int, stays: str, gone: str, by: str) -> None:
    """Make two people (hub ids) of a district one."""
    with store.write(number) as batch:
        schools = batch.kept.people.schools_of(number, (stays, gone))
        merge(batch, stays, gone, by)
        batch.kept.decisions.add(
            by, "merged two people", _place(schools[stays] | schools[gone]), f"{gone} into {stays}"
        )


def make_two(store: Store, number: int, stays: str, gone: str, by: str) -> None:
    """Undo a merge."""
    with store.write(number) as batch:
        split(batch, stays, gone)
        schools = batch.kept.people.schools_of(number, (stays, gone))
        batch.kept.decisions.add(by, "undid a merge", _place(schools[stays] | schools[gone]), f"{gone} from {stays}")


def part(store: Store, number: int, person: str, source: str, by: str) -> str:
    """Let a human be no longer whom a source tells of; gives in words when it takes effect."""
    with store.write(number) as batch:
        when = part_from(batch, person, source, by)
        schools = batch.kept.people.schools_of(number, (person,))
        batch.kept.decisions.add(by, f"parted from {source}", _place(schools[person]), person)
    return when


def _place(schools: frozenset[str]) -> str:
    """Where a decision is written down: at the only school that it is about."""
    return next(iter(schools)) if len(schools) == 1 else NOWHERE


def found(every: Iterable[Match], identity: str) -> Match:
    """The match with an id, or whose id begins so; raises `NotFound`."""
    those = [one for one in every if one.review.id.startswith(identity)]
    if len(those) != 1:
        said = "begins more than one id" if those else "is not the id of anything to decide"
        raise NotFound(Problem("id", f"{identity[:60]} {said}", "`rollbook people review` lists them"))
    return those[0]
