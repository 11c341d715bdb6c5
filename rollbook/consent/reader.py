"""The only door out: a reader made for one grant, that sees what the grant holds and nothing else."""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Callable, Generator, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, TypeVar

from ..fields import Condition, Expr, Question
from ..recent import Recent, once
from ..store.kept import Kept
from ..store.kept.snapshots import Name, Snapshot
from ..store.kept.sources import Reading, Refusal
from ..store.kept.statements import Row
from ..store.plan.facts import IS_EMPTY
from ..store.plan.planner import Plan, plan
from ..store.plan.sights import OneSchool
from ..store.sqlite import Store
from .grants import Grant
from .pulls import Pulls
from .slips import People, current

PLANS = 1024
"""How many compiled questions are kept; a caller's selections decide how many there are."""

SNAPSHOT_SECONDS = 60 * 24 * 3600
"""How long a data set that nobody asks after is kept: sixty days."""

ROLL = 20
"""Up to how many rows a count tells of those whose rows they are, though it is not of anybody in particular."""

ONE = 2
"""Up to how many rows one thing is asked for, or it and a sign that there are more."""

NOBODY = People()

FIRST_ROWS, MORE_ROWS = 8, 128
"""How many rows are read at a time: few at first, so that an answer begins at once."""

OWN_SOURCE = "demo"
"""The source of records that are kept in the hub and nowhere else."""

Args = Mapping[str, Any]

Made = TypeVar("Made")

_plans: Recent[Plan] = Recent(PLANS)


def veiled(store: Store, known: dict[object, Any]) -> bool:
    """Whether any record of the hub is veiled from some app; `known` holds what was looked up since the last write."""
    return once(known, "veiled", store.kept.history.any_veiled)


class Reader:
    """Reads one school for one grant, as of one day; `known` holds what was looked up since the last write."""

    def __init__(self, store: Store, grant: Grant, today: str, known: dict[object, Any]) -> None:
        self._store = store
        self.grant = grant
        self.today = today
        self._known = known
        self._where = grant.district, grant.school
        self._base = {
            "district": grant.district,
            "school": grant.school,
            "grant": grant.id,
            "app": grant.app.relying_party,
            "seer": grant.app.id,
            "today": today,
        }
        self._veils = veiled(store, known)
        self.view: Hashable = (grant.view, self._veils)
        """What decides how a question is compiled; whatever is compiled for a reader is kept under this at least."""

    # ---- what may be seen

    def sees(self, value: Expr | Condition) -> bool:
        """Whether the grant holds what a value or a condition on it needs."""
        return value.need.met_by(self.grant.scopes)

    def visible(self, columns: Iterable[tuple[str, Expr]]) -> tuple[tuple[str, Expr], ...]:
        """The columns that the grant may see; the others are as if they did not exist."""
        return tuple((name, expr) for name, expr in columns if self.sees(expr))

    def prepare(self, question: Question, key: object) -> Plan:
        """The question, compiled for this grant; `key` tells it from others, so that it is compiled once."""
        return _plans.get((self.view, key), lambda: self._compile(question))

    def _compile(self, question: Question) -> Plan:
        seen = replace(
            question,
            columns=self.visible(question.columns),
            hashed=None if question.hashed is None else self.visible(question.hashed),
            # What may not be seen names no row either.
            key=question.key if question.key is not None and self.sees(question.key) else None,
        )
        return plan(seen, OneSchool(self.grant.people, self._veils))

    # ---- reading

    @contextmanager
    def session(self) -> Generator[Session]:
        """One moment of the store: whatever is read inside agrees."""
        with self._store.lend() as kept:
            yield Session(kept, self._base)

    def versions(self, kinds: frozenset[str]) -> dict[str, int]:
        """The sequence number at which each kind of record last moved; equal numbers, equal records."""
        moved = self._store.kept.history.moved
        return self._once(("versions", kinds), lambda: moved(self.grant.district, kinds, self.grant.school))

    def synced(self) -> str | None:
        """The moment when the school's records were last read from their source, or first made here."""
        return next((reading.at for reading in self._readings()), None)

    def source(self) -> tuple[float | None, str]:
        """When the school's records were last read from their source (seconds since 1970), and of which kind it is.

        `feed`: the hub can read it again by itself; `once`: it was handed over; `live`: the hub is where they are kept.
        """
        readings = self._readings()
        if not readings or readings[0].source == OWN_SOURCE:
            return None, "live"
        at = datetime.fromisoformat(readings[0].at).replace(tzinfo=UTC).timestamp()
        return at, "feed" if any(reading.fed for reading in readings) else "once"

    def sources(self) -> frozenset[str]:
        """The names of the sources that the school's records were read from; none for those kept here."""
        return frozenset(reading.source for reading in self._readings() if reading.source != OWN_SOURCE)

    def _readings(self) -> list[Reading]:
        return self._once("readings", lambda: self._store.kept.sources.readings(*self._where))

    def refusals(self) -> list[Refusal]:
        """What the school's sources were last refused for."""
        return self._once("refusals", lambda: self._store.kept.sources.refusals(*self._where))

    def sessions(self) -> list[tuple[str, str, str]]:
        """The kind, first and last day of each academic year, term and other session of the school."""
        return self._once("sessions", lambda: self._store.kept.schools.sessions(*self._where))

    def _once(self, what: object, read: Callable[[], Made]) -> Made:
        """What is read of the school once, until the next write."""
        return once(self._known, (what, *self._where), read)

    @property
    def pulls(self) -> Pulls:
        """What callers are reading page by page."""
        return Pulls(self._store.passing)

    # ---- change sets

    def remembered(self, endpoint: str, digest: str) -> Snapshot | None:
        """A data set that was returned to this grant before."""
        return self._store.passing.snapshots.find(self._name(endpoint, digest))

    def remembered_rows(self, endpoint: str, digest: str) -> bytes:
        """The rows of a data set that is remembered."""
        return self._store.passing.snapshots.rows(self._name(endpoint, digest)) or b""

    def _name(self, endpoint: str, digest: str) -> Name:
        return Name(self.grant.id, endpoint, digest)

    def remember(self, endpoint: str, digest: str, at: float, request: str, versions: str, rows: bytes | None) -> None:
        """Keep a data set under its digest, to compare with what comes later; None for rows that are kept already."""
        name = self._name(endpoint, digest)
        with self._store.passing as passing:
            passing.snapshots.clear(at - SNAPSHOT_SECONDS)
            passing.snapshots.put(name, Snapshot(request, versions, at))
            if rows is not None:
                passing.snapshots.put_rows(name, rows)

    def amend(self, endpoint: str, digest: str, amended: Callable[[bytes], bytes]) -> None:
        """Change the rows of a data set that is remembered; whoever compares with it then compares every row."""
        name = self._name(endpoint, digest)
        with self._store.passing as passing:
            passing.snapshots.forget_request(name)
            rows = passing.snapshots.rows(name)
            if rows is not None:
                passing.snapshots.put_rows(name, amended(rows))


class Session:
    """Reads that agree with each other; of whom the rows tell is put on the slip of the request that is answered."""

    def __init__(self, kept: Kept, base: Args, places: Mapping[str, tuple[str, int]] | None = None) -> None:
        self._plans = kept.plans
        self._base = base
        self._places = places or {}
        """The grant of each school of a district, and the number of its view."""
        self._slip = current()

    def _bound(self, args: Args, limit: int = -1, offset: int = 0, page: int = -1, before: int = 0) -> Args:
        """The values of a plan's parameters; without limits, for all rows."""
        return {**self._base, **args, "limit": limit, "offset": offset, "page": page, "before": before}

    def rows(
        self, found: Plan, args: Args, limit: int = -1, offset: int = 0, page: int = -1, before: int = 0
    ) -> Iterator[list[bytes]]:
        """The rows, each a JSON object, some at a time; `page` and `before` bound the rows that these are parts of."""
        for rows, people in self.chosen(found, args, limit, offset, page, before):
            self.shows(found, len(rows), people)
            yield rows

    def shows(self, found: Plan, rows: int, people: People) -> None:
        """So many rows are shown, which tell of these people."""
        self._tell(found, rows, people, lambda some: found.facts(some.filled, one=some.one) | found.asked)

    def _tell(self, found: Plan, rows: int, people: People, facts: Callable[[People], frozenset[str]]) -> None:
        """So many rows, about these people, tell certain facts of them."""
        if self._slip is None:
            return
        if not found.through or not people.schools:
            self._slip.tell(facts(people), rows, people)
            return
        # Each school granted facts of its own: what was seen through others is on lines of its own.
        at: dict[str | None, list[int]] = {}
        for place, schools in enumerate(people.schools):
            at.setdefault(schools, []).append(place)
        for schools, places in at.items():
            some = people if len(at) == 1 else people.rows(places)
            grants, granted = self._under(found, schools)
            told = frozenset(f for f in facts(some) if granted is None or f.removesuffix(IS_EMPTY) in granted)
            self._slip.tell(told, min(rows, len(places)), some, grants)

    def _under(self, found: Plan, schools: str | None) -> tuple[tuple[str, ...], frozenset[str] | None]:
        """The grants of schools through which rows were seen, and the facts that they grant; None where none is one."""
        known = [self._places[school] for school in (schools or "").split(",") if school in self._places]
        if not known:
            return (), None
        granted = frozenset[str]().union(*(found.under.get(view, frozenset()) for _, view in known))
        return tuple(sorted(grant for grant, _ in known)), granted

    def names(self, found: Plan, bound: Args) -> None:
        """Those whom the request names are on its slip, whatever is found, as far as they may be seen."""
        if self._slip is None or not found.named:
            return
        self._slip.named.update(self._plans.named(found, bound))

    def chosen(
        self,
        found: Plan,
        args: Args,
        limit: int = -1,
        offset: int = 0,
        page: int = -1,
        before: int = 0,
        *,
        named: bool = True,
    ) -> Iterator[tuple[list[bytes], People]]:
        """The rows, some at a time, and whom they tell of, for a caller that shows only some and says so (`shows`).

        `named` that those whose ids are among the arguments were named by the request.
        """
        bound = self._bound(args, limit, offset, page, before)
        if named:
            self.names(found, bound)
        if offset and found.passed and self._slip is not None:
            # Which rows a page has depends on those that are skipped before it.
            self._counted(found, self._plans.passed(found, bound))
        one = bool(found.named) or 0 <= limit <= ONE
        cursor = (self._plans.telling if self._slip is not None else self._plans.rows)(found, bound)
        letters = self._letters(found, bound) if one and self._slip is not None else None
        some = FIRST_ROWS
        while rows := list(itertools.islice(cursor, some)):
            shown, *further = zip(*rows, strict=True)
            hashed = further.pop(0) if found.row_hash is not None else ()
            people = _people(found, further) if self._slip is not None else NOBODY
            if letters is not None:
                filled = tuple(found.plain.letters(row) + rest for row, rest in zip(shown, letters, strict=False))
                people = replace(people, filled=filled, one=True)
            yield _with_hashes(found.row_hash, shown, hashed) if found.row_hash is not None else list(shown), people
            some = MORE_ROWS

    def _letters(self, found: Plan, bound: Args) -> Iterator[str]:
        """By row, letters for what its columns do not tell by themselves, where one thing is asked for."""
        return self._plans.facts_of_one(found, bound) if found.letters else itertools.repeat("")

    def moved(self, found: Plan, kinds: Iterable[str], since: Mapping[str, int]) -> set[str]:
        """The hub ids of the rows that may be other ones since these kinds of record stood at these numbers."""
        ids: set[str] = set()
        for kind in kinds:
            ids.update(self._plans.moved(found, kind, since.get(kind, 0), self._base))
        return ids

    def keyed(
        self, found: Plan, args: Args, only: Iterable[str] | None = None
    ) -> Iterator[tuple[str, str, bytes, People]]:
        """Every row, or those with these hub ids, each with its hub id and key, and with whom it tells of.

        Whoever shows one of them says so (`shows`).
        """
        bound = self._bound(args)
        self.names(found, bound)
        rows = self._plans.keyed(found, bound) if only is None else self._plans.some(found, bound, only)
        bodies = 1 if found.row_hash is None else 2
        for identity, key, *row in rows:
            body = row[0] if found.row_hash is None else _with_hashes(found.row_hash, row[:1], row[1:2])[0]
            yield identity, key, body, _people(found, [(value,) for value in row[bodies:]])

    def ids(self, found: Plan, args: Args) -> list[str]:
        """The hub ids of all rows, in their order."""
        return self._plans.ids(found, self._bound(args))

    def count(self, found: Plan, args: Args, *, shown: bool = True) -> int:
        """How many rows there are, `shown` to the caller: then it tells of those whose rows they are."""
        number = self._plans.count(found, self._bound(args))
        if shown:
            self.sized(found, args, number)
        return number

    def sized(self, found: Plan, args: Args, number: int) -> None:
        """It is shown that there are so many rows, which tells of those whose rows they are.

        What is more than a `ROLL`, and not chosen by facts of people, is a size of a school and tells of nobody.
        """
        if self._slip is None:
            return
        bound = self._bound(args)
        self.names(found, bound)
        if found.numbered and (found.of_people or number <= ROLL):
            self._counted(found, self._plans.numbered(found, bound))

    def _counted(self, found: Plan, rows: Iterable[Row]) -> None:
        """Rows that are not shown, of these people, make a difference to the answer."""
        columns = list(zip(*rows, strict=True))
        schools = columns.pop() if columns and found.through else ()
        people = People(tuple(columns[: found.owners]), tuple(columns[found.owners :]), schools=schools)
        self._tell(found, 0, people, lambda _: found.asked)


def _people(found: Plan, columns: Sequence[Sequence[str | None]]) -> People:
    """Of whom rows tell, and what, by the columns behind them."""
    last = found.singles + found.lists
    singles, lists = columns[: found.singles], columns[found.singles : last]
    filled = columns[last] if found.by_letters else ()
    schools = columns[-1] if found.through else ()
    return People(tuple(singles), tuple(lists), filled, schools=schools)


def _with_hashes(name: str, shown: Iterable[bytes], hashed: Iterable[bytes | None]) -> list[bytes]:
    """Rows with the digest put in as their last column; an unknown `hashed` is what is shown."""
    field = b"%s:" % json.dumps(name).encode()
    sha1 = hashlib.sha1
    return [
        b'%s"%s"}'
        % (
            b"{" + field if one == b"{}" else one[:-1] + b"," + field,
            sha1(one if whole is None else whole).hexdigest().upper().encode(),
        )
        for one, whole in zip(shown, hashed, strict=True)
    ]
