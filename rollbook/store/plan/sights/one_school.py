"""One school through one grant."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field

from ....fields import Expr, Field, Record
from ....model.organisation import District, School
from ....scopes import Need
from ..flavour import Flavour
from ..flavours.sqlite import SQLITE
from ..phrases import HERE
from .sight import CHOSEN_NOW, Decides, humans, in_district, of_whom, school_ref, unveiled

Guards = Mapping[str, str]
"""For each kind of human that a grant names one by one: `only` those chosen, or all `except` them."""


@dataclass(frozen=True)
class OneSchool:
    """One school through one grant (`:school`, `:grant`); the columns that it may not see are gone already."""

    guards: Guards
    veils: bool = False
    """Whether the hub has records that are veiled from some app."""
    flavour: Flavour = field(default=SQLITE, kw_only=True)
    """Of the database whose rows are seen."""

    @property
    def key(self) -> Hashable:
        """The guards, and whether there are veils."""
        return *sorted(self.guards.items()), self.veils, self.flavour

    @property
    def common(self) -> str:
        """The school is one key."""
        return ""

    @property
    def follows(self) -> bool:
        """A table's parts have rows, and moments, of their own."""
        return False

    @property
    def by_roles(self) -> bool:
        """Whoever one of the school's records refers to is there with it."""
        return False

    @property
    def dated(self) -> bool:
        """Where people are chosen, since some may be for a time."""
        return bool(self.guards)

    def bounds(self, record: type[Record], alias: str, *, few: bool = False, keyed: bool = False) -> list[str]:
        """One district, one school: nothing else can be read."""
        bound = [in_district(self.flavour, alias, keyed=keyed)]
        school = school_ref(record)
        if record is School:
            bound.append(f"{alias}.key = {HERE}")
        elif school is not None:
            mine = f"{alias}.school"
            own = f"{self.flavour.unindexed(mine) if few else mine} = {HERE}"
            bound.append(f"({own} OR {mine} IS NULL)" if school.shared else own)
        elif record is not District:
            raise TypeError(f"{record.__name__} is read through a role at a school")
        return bound + self.guarded(record, alias)

    def linked(self, record: type[Record], alias: str) -> list[str]:
        """What a grant hides is not joined."""
        return self.guarded(record, alias)

    def part(self, record: type[Record], alias: str, of: type[Record], *, disclosed: bool) -> list[str]:
        """Parts of what the whole district shares stand at the school; those of the school's own do anyway."""
        whole, mine = school_ref(of), school_ref(record)
        own: list[str] = []
        if whole is not None and whole.shared and mine is not None:
            here = f"{alias}.school = {HERE}"
            own.append(f"({here} OR {alias}.school IS NULL)" if mine.shared else here)
        return own + self.guarded(record, alias)

    def together(self, record: type[Record], of: type[Record]) -> bool:
        """Where no row has a veil of its own, and what they are part of is the school's."""
        whole = school_ref(of)
        return not self.veils and not (whole and whole.shared)

    def guarded(self, record: type[Record], alias: str) -> list[str]:
        """A row is hidden with the human that it is, or is a part of, and behind a veil."""
        named = [(kind, identity) for kind, identity in humans(record, alias) if kind.__name__ in self.guards]
        left_out = [of_whom(record, alias, identity, self.guard(kind, identity)) for kind, identity in named]
        return left_out + (unveiled(self.flavour, record, alias) if self.veils else [])

    def guard(self, record: type[Record], identity: str) -> str:
        chosen = (
            f"""SELECT 1 FROM chosen WHERE "grant" = :grant AND kind = '{record.__name__}' AND key = {identity}"""
            f" AND {CHOSEN_NOW}"
        )
        return f"{'' if self.guards[record.__name__] == 'only' else 'NOT '}EXISTS ({chosen})"

    def decides(self, record: type[Record]) -> Decides:
        """Its own facts, and the grant."""
        return Decides()

    def shows(self, field: Field, alias: str, *, sure: bool) -> str:
        """What is not granted has no column."""
        return ""

    def allows(self, record: type[Record], alias: str, need: Need) -> str:
        """What is not granted has no column."""
        return ""

    def remembers(self, role: type[Record], alias: str, need: Need) -> str:
        """What is not granted has no column."""
        return ""

    def through(self, record: type[Record], alias: str) -> str:
        """The one school."""
        return ""

    def facts(self, expr: Expr) -> frozenset[int]:
        """There are no views: what is not granted has no column."""
        return frozenset()

    def called(self, record: type[Record]) -> str:
        """The school's own look-up."""
        return f"district = :district AND school = {HERE}"

    def turned(self, record: type[Record], alias: str, refs: Iterable[str]) -> list[str]:
        """Who reads one school compares it with what they have."""
        return []

    def appeared(self, record: type[Record], alias: str) -> list[str]:
        """Who reads one school compares it with what they have."""
        return []

    def turned_since(self, record: type[Record], alias: str, refs: Iterable[str], bound: str) -> list[str]:
        """Who reads one school compares it with what they have."""
        return []
