"""Reads that agree with each other, and whom they tell of: put on the slip of the request that is answered."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from ..store.kept import Kept
from ..store.kept.plans import Columns
from ..store.kept.statements import Row
from ..store.plan.facts import IS_EMPTY
from ..store.plan.planner import Plan
from ..store.port import Store
from .hashing import with_hash, with_hashes
from .renewing import Renewing
from .slips import People, current

ROLL = 20
"""Up to how many rows a count tells of those whose rows they are, though it is not of anybody in particular."""

ONE = 2
"""Up to how many rows one thing is asked for, or it and a sign that there are more."""

NOBODY = People()

FIRST_ROWS, MORE_ROWS = 8, 128
"""How many rows are read at a time: few at first, so that an answer begins at once."""

Args = Mapping[str, Any]

Each = TypeVar("Each")


@contextmanager
def kept_of(store: Store, district: int, of: Session | None, also: Iterable[int]) -> Generator[Kept]:
    """What is kept of a district: of one moment, that of another's session where one is given.

    `also` are further districts that are going to be read at this moment.
    """
    if of is not None:
        yield of.kept.of_district(district)
    else:
        with store.lend(district, *also) as kept:
            yield kept


class Session:
    """Reads that agree with each other; of whom the rows tell is put on the slip of the request that is answered."""

    def __init__(
        self,
        kept: Kept,
        base: Args,
        places: Mapping[str, tuple[str, int]] | None = None,
        renewing: Renewing | None = None,
    ) -> None:
        self.kept = kept
        """What is read, at one moment: for other readers' sessions of the same moment."""
        self._plans = kept.plans
        self._base = base
        self._renewing = renewing
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
        self._tell(found, rows, people, lambda some: _shown(found, some))

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
        if bool(found.named) or 0 <= limit <= ONE:
            return self._one(found, bound)
        kept = self._renewing.rows(self._plans, found, bound) if self._renewing is not None else None
        return self._read(found, bound) if kept is None else self._given(found, kept)

    def _one(self, found: Plan, bound: Args) -> Iterator[tuple[list[bytes], People]]:
        """Rows where one thing is asked for: of each it is told which facts it fills."""
        if self._slip is None:
            yield from self._chunks(found, bound)
            return
        for some in _some_at_a_time(self._plans.one(found, bound)):
            shown, people = self._rendered(found, list(zip(*(row for row, _ in some), strict=True)))
            filled = tuple(found.plain.letters(body) + rest for body, (_, rest) in zip(shown, some, strict=True))
            yield shown, People(people.singles, people.lists, filled, True, people.schools)

    def _read(self, found: Plan, bound: Args) -> Iterator[tuple[list[bytes], People]]:
        """The rows of a list, as they are read."""
        number = size = 0
        for shown, people in self._chunks(found, bound):
            before, number, size = number, number + len(shown), size + sum(map(len, shown))
            if self._renewing is not None:
                # A caller that has enough does not come back for the end.
                self._renewing.asked(found, bound, range(before, number), size)
            yield shown, people

    def _given(self, found: Plan, kept: list[Row]) -> Iterator[tuple[list[bytes], People]]:
        """The rows of a list that are in memory."""
        for rows in _some_at_a_time(kept):
            shown, *further = zip(*rows, strict=True)
            yield list(shown), _people(found, further) if self._slip is not None else NOBODY

    def _chunks(self, found: Plan, bound: Args) -> Iterator[tuple[list[bytes], People]]:
        if self._slip is not None:
            yield from (self._rendered(found, columns) for columns in self._plans.telling(found, bound))
            return
        for rows in _some_at_a_time(self._plans.rows(found, bound)):
            yield self._rendered(found, list(zip(*rows, strict=True)))

    def _rendered(self, found: Plan, columns: Columns) -> tuple[list[bytes], People]:
        """What some rows show, and of whom."""
        shown, *further = columns
        hashed = further.pop(0) if found.row_hash is not None else ()
        people = _people(found, further) if self._slip is not None else NOBODY
        return with_hashes(found.row_hash, shown, hashed) if found.row_hash is not None else list(shown), people

    def moved(self, found: Plan, kinds: Iterable[str], since: Mapping[str, int]) -> set[str]:
        """The hub ids of the rows that may be other ones since these kinds of record stood at these numbers."""
        ids: set[str] = set()
        for kind in kinds:
            ids.update(self._plans.moved(found, kind, since.get(kind, 0), self._base))
        return ids

    def lost(self, found: Plan, since: Mapping[str, int]) -> bool:
        """Whether records have left rows since their kinds stood at these numbers, and it is not known which rows."""
        return any(self._plans.lost(found, kind, number, self._base) for kind, number in since.items())

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
            body = row[0] if found.row_hash is None else with_hash(found.row_hash, row[0], row[1])
            yield identity, key, body, _people(found, [(value,) for value in row[bodies:]])

    def ids(self, found: Plan, args: Args) -> list[str]:
        """The hub ids of all rows, in their order."""
        return self._plans.ids(found, self._bound(args))

    def count(self, found: Plan, args: Args, *, shown: bool = True) -> int:
        """How many rows there are, `shown` to the caller: then it tells of those whose rows they are."""
        number = self._number(found, self._bound(args))
        if shown:
            self.sized(found, args, number)
        return number

    def has(self, found: Plan, args: Args) -> bool:
        """Whether there is any row, which is not shown; those whom the request names are on its slip."""
        bound = self._bound(args)
        self.names(found, bound)
        return self._number(found, bound) > 0

    def _number(self, found: Plan, bound: Args) -> int:
        if self._renewing is None:
            return self._plans.count(found, bound)
        return self._renewing.count(self._plans, found, bound)

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


def _some_at_a_time(rows: Iterable[Each]) -> Iterator[list[Each]]:
    each, some = iter(rows), FIRST_ROWS
    while found := list(itertools.islice(each, some)):
        yield found
        some = MORE_ROWS


def _shown(found: Plan, some: People) -> frozenset[str]:
    """The facts that rows show, with those that the request asks after."""
    facts = found.facts(some.filled, one=some.one)
    return facts | found.asked if found.asked else facts


def _people(found: Plan, columns: Sequence[Sequence[str | None]]) -> People:
    """Of whom rows tell, and what, by the columns behind them."""
    last = found.singles + found.lists
    singles, lists = columns[: found.singles], columns[found.singles : last]
    filled = columns[last] if found.by_letters else ()
    schools = columns[-1] if found.through else ()
    return People(tuple(singles), tuple(lists), filled, schools=schools)
