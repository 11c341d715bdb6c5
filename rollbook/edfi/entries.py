"""Entries of the lists that a school keeps for its own words, as the words of Ed-Fi's lists."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from ..fields import ALWAYS, Arg, Condition, Expr, Field, Literal, Mapped, Path, Record, Ref, Value
from .homes import Home, May, Rest, Row, trail
from .words import folded, uri


class Entered(Home):
    """What is written as an entry of a school's list."""

    compared = True

    @property
    @abstractmethod
    def entry(self) -> Entry:
        """The entry that it sets."""


@dataclass(frozen=True)
class Entry(Entered):
    """An entry of a school's list, to which a record refers; with a `member`, the first item of a collection.

    An entry that was made for a word has it. Of the school's own, `table` says which word their description is, and
    `otherwise` which stands for any other. Writing sets the reference to the word, for which whoever writes finds the
    entry, or makes one.
    """

    ref: Ref
    record: type[Record]
    kind: str
    """The name of Ed-Fi's list."""
    list: Mapping[str, Value]
    """The facts that an entry of the school's list has."""
    table: Mapping[str, str] = field(default_factory=dict[str, str])
    otherwise: str | None = None
    member: str = ""

    @property
    def entry(self) -> Entry:
        """The entry of a list that it sets."""
        return self

    @cached_property
    def uris(self) -> dict[str, str]:
        """The words by the descriptions of the school's own entries."""
        return {said: uri(self.kind, code) for said, code in self.table.items()}

    @property
    def word(self) -> Path:
        """The word that an entry was made for."""
        return self.ref / self._fact("word")

    @property
    def description(self) -> Path:
        """What the school calls an entry."""
        return self.ref / self._fact("description")

    def _fact(self, name: str) -> Field:
        return self.record.fields[name]

    def columns(self) -> dict[str, Expr]:
        return {trail(one): one for one in (self.word, self.description)}

    def read(self, row: Row, rest: Rest, name: str) -> Any:
        said = self.says(row.get(trail(self.word)), row.get(trail(self.description)))
        if not self.member:
            return said
        kept = rest.get(name)
        if kept and (said is None or folded(kept[0][self.member]) == folded(said)):
            return kept
        return [{self.member: said}] if said else []

    def says(self, word: str | None, description: str | None) -> str | None:
        """The word that an entry stands for, whatever it is."""
        return self.means(word, description) or (self.otherwise if description is not None else None)

    def means(self, word: str | None, description: str | None) -> str | None:
        """The word that an entry is the one for."""
        return word or self.uris.get(description or "")

    def write(self, value: Any, document: Mapping[str, Any], may: May) -> dict[str, Value]:
        if self.member:
            value = value[0][self.member] if value else None
        return {self.ref.name: value}

    def rest(self, name: str, value: Any, document: Mapping[str, Any]) -> dict[str, Any]:
        plain = not self.member or not value or (len(value) == 1 and value[0].keys() == {self.member})
        return {} if plain else {name: value}

    def where(self, arg: Arg) -> Condition | None:
        if self.member:
            return None
        own = (Mapped(self.description, self.uris) if self.uris else Literal(self.otherwise)).same(arg)
        return self.word.same(arg) | (self.word.unknown() & self.description.known() & own)

    @property
    def known(self) -> Condition:
        return ALWAYS

    def among(self, rows: Iterable[Mapping[str, Any]], word: str) -> str | None:
        """The hub id of the first entry of a list that is the one for a word, if any is."""
        means = ((folded(self.means(row["word"], row["description"]) or ""), row["id"]) for row in rows)
        return next((identity for said, identity in means if said == folded(word)), None)

    def fresh(self, word: str) -> dict[str, Value]:
        """The facts of an entry that is made for a word."""
        return {**self.list, "word": word, "description": word.partition("#")[2], "active": 1}
