"""What databases say differently, by name: the compiler asks a flavour for each such piece of SQL.

The base says what more than one database understands; each database has a flavour of its own, laid over it.
Pieces are given and returned as SQL. Parameters are written `:name` in every flavour.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Column = tuple[str, str]
"""A name as a client reads it, and the SQL of the value."""


@dataclass(frozen=True)
class Flavour(ABC):
    """A database's own way to say what SQL leaves open."""

    encodes: bool = True
    """Whether a statement's rows are JSON already; else they are columns, encoded after they are fetched."""
    longest: int = 0
    """How long a statement may be that is kept compiled, in bytes; 0 for any length."""
    shares: bool = False
    """Whether what stands in many places of a statement has to be said to be the same, so that it is made once."""

    # ---- rows, and JSON within them

    @abstractmethod
    def row(self, columns: Sequence[Column]) -> list[str]:
        """What is selected for a row: its JSON, or each of its columns."""

    @abstractmethod
    def object(self, members: Sequence[Column], *, prune: bool) -> str:
        """A JSON object, with `prune` without the members that are null."""

    @abstractmethod
    def json_or(self, value: str, otherwise: str) -> str:
        """JSON where there is any, else other JSON: `[]` or `null`."""

    @abstractmethod
    def array(self, values: str, rows: str) -> str:
        """A SELECT of a JSON array of the texts or numbers of some rows, in their order, without what is null."""

    @abstractmethod
    def array_of_objects(self, objects: str, rows: str) -> str:
        """A SELECT of a JSON array of the objects of some rows, in the order of the rows."""

    @abstractmethod
    def parts(self, text: str) -> str:
        """A text with commas as a JSON array of texts; an unknown or empty one is an empty array."""

    @abstractmethod
    def truth(self, flag: str) -> str:
        """A flag as JSON's true, false or null."""

    # ---- looking into JSON that is stored or bound

    @abstractmethod
    def member(self, stored: str, *path: str, kind: str = "text") -> str:
        """A value in a stored JSON object: as text, or to be compared with a number or a flag."""

    @abstractmethod
    def json_member(self, stored: str, *path: str) -> str:
        """A value in a stored JSON object, as JSON."""

    @abstractmethod
    def members(self, stored: str) -> str:
        """The rows of a stored JSON object: `key` and `value`."""

    @abstractmethod
    def has_element(self, stored: str, key: str, value: str) -> str:
        """Whether a list in a stored JSON object has an element."""

    @abstractmethod
    def listed(self, argument: str, kind: str = "text") -> str:
        """A SELECT of the elements of a bound JSON list."""

    @abstractmethod
    def keys(self, argument: str, numbers: Iterable[int] | None = None) -> str:
        """A SELECT of the keys of a bound JSON object of numbers: all, or those with one of some numbers."""

    @abstractmethod
    def one_of_few(self, value: str, those: str) -> str:
        """Whether a value is one of a few, given as a SELECT that names nothing of the row."""

    @abstractmethod
    def pairs(self, argument: str) -> tuple[str, str, str, str]:
        """Of a bound JSON list of lists: the first and second values, their source, and whether there is no second."""

    # ---- texts and comparisons

    @abstractmethod
    def word(self, value: str, kind: str) -> str:
        """A value as a part of a text."""

    @abstractmethod
    def same(self, text: str, other: str) -> str:
        """Whether two texts are equal, whatever the case of A to Z."""

    @abstractmethod
    def matches(self, how: str, text: str, value: str) -> str:
        """Whether a text matches another one, in one of the ways of `fields.expressions.MATCHES`."""

    @abstractmethod
    def choose(self, condition: str, yes: str, no: str) -> str:
        """One value where a condition holds, else another one."""

    @abstractmethod
    def number(self, condition: str) -> str:
        """A condition that is not null as a number, 1 or 0."""

    @abstractmethod
    def greatest(self, *values: str) -> str:
        """The greatest of two or more values that are not null."""

    @abstractmethod
    def least(self, *values: str) -> str:
        """The least of two or more values that are not null."""

    @abstractmethod
    def letter(self, number: str) -> str:
        """The character with a number."""

    @abstractmethod
    def key_in(self, identity: str) -> str:
        """The key that a hub id is made of (`NUMBERED_ID`); null of any other."""

    @abstractmethod
    def day(self, number: str) -> str:
        """The day so many days after 1970-01-01."""

    @abstractmethod
    def day_number(self, day: str) -> str:
        """How many days after 1970-01-01 a day is."""

    @abstractmethod
    def week(self, day: str) -> tuple[str, str]:
        """Monday and Sunday of the week of a day."""

    @abstractmethod
    def days_after(self, day: str, days: int) -> str:
        """A day some days after another one."""

    def nothing(self, kind: str) -> str:
        """Null, in the place of a value of a kind."""
        return "NULL"

    # ---- many rows

    @abstractmethod
    def joined(self, text: str, separator: str, order: str = "") -> str:
        """The texts of many rows in one, with a separator between."""

    @abstractmethod
    def any_of(self, value: str) -> str:
        """A value that is the same in all rows of a group."""

    @abstractmethod
    def beside(self, columns: Sequence[str], source: str, alias: str) -> tuple[str, list[str]]:
        """A join with the one row of aggregates of what is the row's own: the join, and the SQL of each aggregate."""

    # ---- order and pages

    @abstractmethod
    def ordered(self, value: str, *, down: bool, known: bool = False) -> str:
        """A value to order by: unknown values are less than any other, texts are compared by their code points.

        `known` that it is never unknown, so that rows may be met in the order of an index.
        """

    @abstractmethod
    def page(self, limit: str, offset: str) -> str:
        """The rows of a page; a limit of -1 is none."""

    # ---- writing

    def alone(self, part: str) -> str:
        """A statement that waits until nobody else changes a part of the store, and keeps them from it for as long as
        the transaction goes on; empty where one writes at a time.
        """
        return ""

    @property
    def rings(self) -> str:
        """A statement that wakes those in other processes who wait for a cause, which is bound by place, as soon as the
        transaction is kept; empty where nobody hears of it.
        """
        return ""

    @property
    def stirs(self) -> str:
        """A statement by which every hub notices that what it keeps in memory of what passes is otherwise now; empty
        where a file tells so by itself.
        """
        return ""

    @property
    def skip_taken(self) -> str:
        """What ends the choice of a row that is to be changed: another transaction may be about to change it."""
        return ""

    # ---- what there is

    @property
    @abstractmethod
    def tables(self) -> str:
        """A SELECT of the names of the tables that hold something for good, in order."""

    @property
    @abstractmethod
    def columns(self) -> str:
        """A SELECT of the names of the columns of a table whose name is bound by place, but for generated ones."""

    @property
    @abstractmethod
    def primary(self) -> str:
        """A SELECT of the columns of the primary key of a table whose name is bound by place, in the key's order."""

    # ---- hints

    @property
    def then_join(self) -> str:
        """An inner join from what stands before it to what follows, where the other way is known to be slow."""
        return "JOIN"

    def unindexed(self, value: str) -> str:
        """A value that is not to be looked up by an index of its own, for a better one is there."""
        return value
