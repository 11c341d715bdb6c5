"""A partition as a whole, for those who bound their questions themselves."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field

from ....fields import Expr, Field, Record
from ....scopes import Need
from ..flavour import Flavour
from ..flavours.sqlite import SQLITE
from .sight import Decides


@dataclass(frozen=True)
class Whole:
    """A whole partition (`:district`), for a reader that bounds its questions by conditions of its own."""

    flavour: Flavour = field(default=SQLITE, kw_only=True)
    """Of the database whose rows are seen."""

    @property
    def key(self) -> Hashable:
        """There is one for each database."""
        return "whole", self.flavour

    @property
    def common(self) -> str:
        """Nothing is."""
        return ""

    @property
    def follows(self) -> bool:
        """A document tells of its parts."""
        return True

    @property
    def by_roles(self) -> bool:
        """Humans are seen through their roles."""
        return True

    @property
    def dated(self) -> bool:
        """Everything is seen every day."""
        return False

    def bounds(self, record: type[Record], alias: str, *, few: bool = False, keyed: bool = False) -> list[str]:
        """One partition."""
        return [f"{alias}.district = :district"]

    def linked(self, record: type[Record], alias: str) -> list[str]:
        """Whatever is referred to."""
        return []

    def part(self, record: type[Record], alias: str, of: type[Record], *, disclosed: bool) -> list[str]:
        """Whatever refers."""
        return []

    def together(self, record: type[Record], of: type[Record]) -> bool:
        """Whatever refers."""
        return True

    def decides(self, record: type[Record]) -> Decides:
        """Everything is there."""
        return Decides()

    def shows(self, field: Field, alias: str, *, sure: bool) -> str:
        """Everything is shown."""
        return ""

    def allows(self, record: type[Record], alias: str, need: Need) -> str:
        """Everything is shown."""
        return ""

    def remembers(self, role: type[Record], alias: str, need: Need) -> str:
        """Everything is shown."""
        return ""

    def through(self, record: type[Record], alias: str) -> str:
        """No school."""
        return ""

    def facts(self, expr: Expr) -> frozenset[int]:
        """There are no views."""
        return frozenset()

    def called(self, record: type[Record]) -> str:
        """Anywhere in the partition."""
        return "district = :district"

    def turned(self, record: type[Record], alias: str, refs: Iterable[str]) -> list[str]:
        """Nobody is left out."""
        return []

    def appeared(self, record: type[Record], alias: str) -> list[str]:
        """Nobody is left out."""
        return []

    def turned_since(self, record: type[Record], alias: str, refs: Iterable[str], bound: str) -> list[str]:
        """Nobody is left out."""
        return []
