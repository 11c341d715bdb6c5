"""A question as SQL, with what its rows tell and of whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from ...fields import RECORDS
from ...model.organisation import School
from ...model.people import Person
from ...model.students import Relationship
from .facts import said_by
from .gathered import Completion
from .letters import Plain
from .moved import Moving
from .selecting import Selecting, Statements

_SEEING = {record for record in RECORDS.values() if record.human or record in (Person, School, Relationship)}


@dataclass(frozen=True)
class Plan:
    """A question as SQL, each row one JSON object; parameters are `:district`, `:school`, `:grant`, `:today` and the
    question's own arguments, `:limit` and `:offset`, and `:page` and `:before` for the rows that these are parts of.

    `rows` yields (shown) or, where a RowHash is shown, (shown, hashed). `telling` yields after them whom the row tells
    of: `singles` hub ids and `lists` texts of hub ids with commas between, and what it
    tells of `shows`, or of `shows_of_many` (`store/plan/facts.py`). `keyed` yields the row's hub id and key
    before all that, `some` does so for the rows whose hub ids stand in the JSON list `:only`, whatever page they are
    parts of. `moved` yields the hub ids of the rows that may be other ones since a kind of record stood at `:since`,
    for each kind that they are made of, except those in `nested`, which are read in a roundabout way, and as long as
    `lost` has no row. `facts` are the names of what is shown, such as `Student.reg_group.name`, whatever a dialect
    calls it; `asked` those of what the request compares with values of its own. `named` yields the hub ids of the
    people whom the request names; `numbered` of those whom a count is of.

    A flavour that does not encode rows yields each value in place of a row's JSON: `columns` has their names, in order,
    those that are shown before those that are hashed.

    What is asked for all columns of rows is several statements where one would be too long to be kept compiled: their
    rows stand side by side (`store/plan/selecting.py`).
    """

    selecting: Selecting
    shown: tuple[str, ...]
    columns: tuple[tuple[str, ...], tuple[str, ...]] | None
    """The names of the columns of a row that is to be encoded; None where it is JSON already."""
    completion: Completion | None
    """How rows are completed whose counts are made after the query; None where nothing is left to be made."""
    whom: tuple[str, ...]
    plain: Plain
    letters: tuple[str, ...]
    source: str
    identity: str
    singles: int
    lists: int
    shows: tuple[frozenset[str], ...]
    shows_of_many: tuple[frozenset[str], ...]
    by_letters: bool
    """Whether letters for `shows_of_many` stand beside a row; else all of them are told."""
    through: bool
    """Whether the last column of `telling` says through which schools the row is seen, hub ids with commas between."""
    under: Mapping[int, frozenset[str]]
    """Where grants differ, the facts that are shown, or asked after, under each view that shows any."""
    asked: frozenset[str]
    named: str
    numbered: str
    owners: int
    """How many columns of `numbered` are single hub ids; the others are lists."""
    passed: str
    """The same for the rows that are skipped before a page, where the request compares facts of people."""
    of_people: bool
    """Whether the request compares facts of people with values of its own."""
    human: bool
    """Whether a row's hub id is that of a human."""
    keyed: Statements
    some: Statements
    those: str
    """The statement for those of the hub ids in the JSON list `:only` that rows have."""
    moving: Moving | None
    """How rows are found that moved; None where they are worked out."""
    settled: bool
    """Whether a row that changes stays where it is among the others, whatever page they are parts of."""
    count: str
    reads: frozenset[str]
    nested: frozenset[str]
    dated: bool
    row_hash: str | None

    @property
    def moved(self) -> Mapping[str, str]:
        """The statements for the hub ids of the rows that may be other ones, for each kind that they are made of."""
        return self.moving.moved if self.moving else {}

    @property
    def lost(self) -> Mapping[str, str]:
        """The statements for what left a row, unknown which, for each kind of which that may happen."""
        return self.moving.lost if self.moving else {}

    @cached_property
    def tables(self) -> tuple[str, ...]:
        """The tables whose records decide which rows there are; whoever is seen is seen through roles at schools."""
        read = {RECORDS[name] for name in self.reads | self.nested}
        return tuple(sorted({record.table for record in read | _SEEING}))

    @cached_property
    def rows(self) -> Statements:
        """The statements for those whom nobody asks of whom they read."""
        return self._select(self.shown)

    @cached_property
    def ids(self) -> str:
        """The statement for the hub ids of the rows, in their order."""
        return f"SELECT {self.identity} {self.source}"

    def facts(self, filled: Sequence[str | None], *, one: bool) -> frozenset[str]:
        """What some rows show, by the letters beside them; `one` where only one was asked for."""
        if one:
            return said_by(self.shows, filled)
        return said_by(self.shows_of_many, filled) if self.by_letters else frozenset[str]().union(*self.shows_of_many)

    @cached_property
    def telling(self) -> Statements:
        """The statements that tell of whom their rows are."""
        return self._select((*self.shown, *self.whom))

    @cached_property
    def one(self) -> Statements:
        """The same, with letters at the end of a row for what is not in `plain` of the facts that it tells."""
        return self._select((*self.shown, *self.whom, *self.letters))

    def _select(self, columns: tuple[str, ...]) -> Statements:
        return self.selecting.statements(columns, self.source)
