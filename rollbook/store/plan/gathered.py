"""Counts and marks by the day, made of the texts that a query has gathered of the many records of each row.

A database would ask each text every question. Python, which sees the same texts and the same days again and again,
takes a fourth of the time. So a row is selected in pieces and put together afterwards.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache, partial
from itertools import count
from operator import itemgetter
from struct import Struct
from typing import Any, NamedTuple

import msgspec

BETWEEN = ","
"""What stands between slots: the number of a day since 1970-01-01, doubled, and one more in the afternoon."""

NOWHERE = -1
"""The slot of a mark that is of no half of a day."""

PART, UNIT = "\x1e", "\x1f"
"""What stands between the parts of what is gathered, and between its texts: ASCII's own separators."""

NOTHING = "\x1d"
"""What stands for a text that is unknown, where it is told from one that is empty."""

LANE = 4
"""How many bytes of a sum of many counts each of them has."""

Choice = tuple[bool, tuple[str, ...]]
"""Whether a text shall be one of some, and those."""

Row = tuple[Any, ...]


@dataclass(frozen=True)
class Days:
    """Where marks are laid out: between two days, by the names of their arguments; `gap` where there is no mark."""

    first: str
    last: str
    gap: str


KEPT = 8192
"""Of how many texts it is kept what was made of them; with the marks of a year this takes 2 KB each."""

Laid = tuple[str, str, str]
"""How marks are laid out: from which day to which other one, and what stands where there is none."""


@dataclass(frozen=True, eq=False)
class Gathering:
    """A column of gathered texts, and what is made of it: how many fit each of some choices, then marks by the day.

    Its parts are the number of records; their slots, where there are `days`; the texts.
    """

    sql: str
    choices: tuple[Choice, ...]
    days: tuple[Days, ...]

    def laid(self, values: Mapping[str, Any]) -> tuple[Laid, ...]:
        """How marks are laid out for a request's arguments."""
        return tuple((str(values[one.first]), str(values[one.last]), one.gap) for one in self.days)

    def made(self, days: Sequence[Laid], gathered: str) -> list[bytes]:
        """JSON values of a row's texts."""
        there, *slots, texts = gathered.split(PART, 2 if days else 1)
        each = texts.split(UNIT) if there != "0" else []
        counted = Counter(each)
        laid_out = (by_the_day(initials(each, counted, day[-1]), slots[0], *day) for day in days)
        return [*written(self.counts(counted)), *map(msgspec.json.encode, laid_out)]

    def counts(self, counted: Mapping[str, int]) -> tuple[int, ...]:
        """How many texts fit each of the choices, by how often there is which."""
        total = sum([self._lanes(text) * times for text, times in counted.items()])
        return self._unpacked(total.to_bytes(LANE * len(self.choices), "little"))

    def _lanes(self, text: str) -> int:
        """A one for each of the choices that a text fits, each in a lane of its own: all of them are added at once."""
        if text not in self._fits:
            fitting = (at for at, (among, some) in enumerate(self.choices) if (text in some) == among)
            self._fits[text] = sum(1 << 8 * LANE * at for at in fitting)
        return self._fits[text]

    @cached_property
    def _fits(self) -> dict[str, int]:
        """The lanes of texts; of codes, there are few."""
        return {}

    @cached_property
    def _unpacked(self) -> Callable[[bytes], tuple[int, ...]]:
        return Struct(f"<{len(self.choices)}I").unpack


_NUMBERS = tuple(b"%d" % one for one in range(1_000))


def written(numbers: Iterable[int]) -> list[bytes]:
    """Numbers as JSON."""
    return [_NUMBERS[one] if one < len(_NUMBERS) else b"%d" % one for one in numbers]


def initials(texts: Iterable[str], distinct: Iterable[str], otherwise: str) -> list[str]:
    """The first letters of texts, of which there are few different ones."""
    letters = {text: text[:1] or otherwise for text in distinct}
    return [letters[text] for text in texts]


def by_the_day(letters: list[str], slots: str, first: str, last: str, gap: str) -> str:
    """Letters, each of the slot that stands in its place, from one day to another; `gap` where there is none."""
    return "".join(_places(slots, first, last)([*letters, gap]))


_EPOCH = date(1970, 1, 1).toordinal()


def _day(day: str) -> int:
    """How many days after 1970-01-01 a day is."""
    return date.fromisoformat(day).toordinal() - _EPOCH


@lru_cache(256)
def _places(slots: str, first: str, last: str) -> Callable[[list[str]], tuple[str, ...]]:
    """How letters with a gap after them are laid out; much the same for all students of a school."""
    return itemgetter(*places(map(int, slots.split(BETWEEN)) if slots else (), first, last))


def places(slots: Iterable[int], first: str, last: str) -> list[int]:
    """Which of some slots comes at each half of a day, from one day to another; -1 where there is none."""
    start = _day(first)
    days = max(_day(last) - start, 0) + 1
    found = [-1] * (2 * days)
    for at, slot in reversed([*enumerate(slots)]):
        place = slot - 2 * start
        if 0 <= place < len(found):
            found[place] = at
    return found


@dataclass(frozen=True)
class Made:
    """A member of a row's JSON that is made of what was gathered: its name, the gathering, the place in there."""

    name: str
    gathering: int
    place: int


Body = tuple[Made | None, ...]
"""How the JSON of a row is put together, in order; None stands for the members that the next column has."""


@dataclass(frozen=True)
class Form:
    """Bytes with a place for each value, which one gathering makes one after the other."""

    members: bytes
    gathering: int
    first: int
    last: int

    def followed(self, made: Made) -> Form:
        """With one more member of a row's JSON."""
        return Form(self.members + b"," + _member(made), self.gathering, self.first, self.last + 1)


@dataclass(frozen=True, eq=False)
class Forming:
    """A gathering, and the forms that are filled with what is made of it.

    They are kept for the next request: many students have weeks that are alike, and a year that is as it was last time.
    """

    gathering: Gathering
    forms: tuple[Form, ...]

    def making(self, values: Mapping[str, Any]) -> Callable[[str], tuple[bytes, ...]]:
        """What fills the forms with a row's texts, for a request's arguments."""
        return partial(_filled, self, self.gathering.laid(values))

    def filled(self, days: Sequence[Laid], gathered: str) -> tuple[bytes, ...]:
        """The forms, filled."""
        made = self.gathering.made(days, gathered)
        return tuple([form.members % tuple(made[form.first : form.last]) for form in self.forms])


@lru_cache(KEPT)
def _filled(by: Forming, days: tuple[Laid, ...], gathered: str) -> tuple[bytes, ...]:
    return by.filled(days, gathered)


class Placed(NamedTuple):
    """Where a piece of a row's JSON is: among what one gathering makes, or, without one, in which column."""

    gathering: int | None
    at: int


@dataclass(frozen=True)
class Completion:
    """How rows are completed: their bodies, which are selected first, of what is gathered in the columns after them."""

    gatherings: tuple[Gathering, ...]
    bodies: tuple[Body, ...]

    def rows(self, rows: Iterable[Row], values: Mapping[str, Any], before: int) -> Iterator[Row]:
        """Complete rows in which some columns stand `before` their bodies; what stands after them is left as it is."""
        begin = before + sum(part is None for body in self.bodies for part in body)
        making = [(at, forming.making(values)) for at, forming in enumerate(self._forming, begin)]
        bodies, end = [*self._placed(before)], begin + len(making)
        for row in rows:
            made = [make(row[at]) for at, make in making]
            yield (*row[:before], *[_json(body, row, made) for body in bodies], *row[end:])

    @cached_property
    def _bodies(self) -> list[list[Form | None]]:
        return [_forms(body) for body in self.bodies]

    def _placed(self, before: int) -> Iterator[list[Placed]]:
        """Where each piece of the bodies is, of rows in which some columns stand before them."""
        selected, made = count(before), [count() for _ in self.gatherings]
        for body in self._bodies:
            yield [Placed(f.gathering, next(made[f.gathering])) if f else Placed(None, next(selected)) for f in body]

    @cached_property
    def _forming(self) -> tuple[Forming, ...]:
        return self._each([form for body in self._bodies for form in body if form])

    @cached_property
    def one_by_one(self) -> tuple[Forming, ...]:
        """What makes the values of a row's members alone, for a row that is encoded as a whole."""
        made = (part for body in self.bodies for part in body if part)
        return self._each([Form(b"%b", one.gathering, one.place, one.place + 1) for one in made])

    def _each(self, forms: Sequence[Form]) -> tuple[Forming, ...]:
        """Each gathering with its forms, in their order."""
        return tuple(
            Forming(gathering, tuple(form for form in forms if form.gathering == at))
            for at, gathering in enumerate(self.gatherings)
        )


def _member(made: Made) -> bytes:
    return msgspec.json.encode(made.name).replace(b"%", b"%%") + b":%b"


def _forms(body: Body) -> list[Form | None]:
    """What a body is put together of; None stands for the members that the next column has."""
    forms: list[Form | None] = []
    for part in body:
        last = forms[-1] if forms else None
        if part is None:
            forms.append(None)
        elif last and (last.gathering, last.last) == (part.gathering, part.place):
            forms[-1] = last.followed(part)
        else:
            forms.append(Form(_member(part), part.gathering, part.place, part.place + 1))
    return forms


def _json(body: list[Placed], row: Row, made: Sequence[tuple[bytes, ...]]) -> bytes | None:
    if len(body) == 1 and body[0].gathering is None:
        return row[body[0].at]
    members = [row[at][1:-1] if gathering is None else made[gathering][at] for gathering, at in body]
    return b"{" + b",".join(members) + b"}"
