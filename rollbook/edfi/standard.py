"""The Ed-Fi Data Standard 5.2.0 as facts: the kinds of document, and the properties of each, from `standard.txt`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

FILE = Path(__file__).with_name("standard.txt")


@dataclass(frozen=True)
class Line:
    """One property as the file says it, with those within it where it is an object or a collection."""

    name: str
    type: str
    words: tuple[str, ...]
    """What follows the type: bounds, the name of a schema, names of members, and what is asked of the property."""
    inner: tuple[Line, ...] = ()

    @property
    def key(self) -> bool:
        """Whether it is a part of the key: the natural key of a document, or what tells an item from the others."""
        return "key" in self.words

    @property
    def required(self) -> bool:
        """Whether each document or item must have it."""
        return "required" in self.words

    @property
    def names(self) -> dict[str, str]:
        """The names of a reference's members in the key that it is a part of, where they are others."""
        return dict(word.split("=") for word in self.words if "=" in word)

    @property
    def bounds(self) -> tuple[str, str]:
        """The least and the most, each empty where there is none."""
        said = next((word for word in self.words if word[-1].isdigit() or word.endswith("..")), "")
        least, between, most = said.partition("..")
        return (least, most) if between else ("", said)


@dataclass(frozen=True)
class Kind:
    """A kind of document, or one that is abstract, which has no documents of its own and nothing but a key."""

    name: str
    """As it stands in addresses; empty for one that is abstract."""
    entity: str
    of: str
    """The abstract kind that it is of, if any."""
    moves: bool
    """Whether its natural key may be changed."""
    text: str

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """Its properties, in the order of documents."""
        said = [line for line in self.text.splitlines() if not line.startswith("  same ")]
        return tuple(_lines(said, 2))

    @cached_property
    def unified(self) -> tuple[tuple[str, ...], ...]:
        """Paths that have one and the same value."""
        same = (line.split()[1:] for line in self.text.splitlines() if line.startswith("  same "))
        return tuple(tuple(paths) for paths in same)


def _lines(said: list[str], depth: int) -> Iterator[Line]:
    """The properties that are indented so far, each with those that follow it and are indented further."""
    starts = [at for at, line in enumerate(said) if line[depth] != " "]
    for at, end in zip(starts, [*starts[1:], len(said)], strict=False):
        name, kind, *words = said[at].split()
        yield Line(name, kind, tuple(words), tuple(_lines(said[at + 1 : end], depth + 2)))


@cache
def kinds() -> Mapping[str, Kind]:
    """Every kind of document by its name in addresses, and the abstract ones by their entity."""
    blocks = FILE.read_text(encoding="utf-8").split("\n\n")[1:]
    return {kind.name or kind.entity: kind for kind in map(_kind, blocks)}


def _kind(block: str) -> Kind:
    head, _, text = block.partition("\n")
    name, entity, *marks = head.split()
    of = marks[1] if marks[:1] == ["is"] else ""
    return Kind("" if name == "abstract" else name, entity, of, "moves" in marks, text)


@cache
def entities() -> Mapping[str, Kind]:
    """Every kind by its entity."""
    return {kind.entity: kind for kind in kinds().values()}


def kinds_of(entity: str) -> Iterable[Kind]:
    """The kinds of document that a reference to an entity may point at; of organisations schools come first."""
    kind = entities()[entity]
    found = [kind] if kind.name else [one for one in kinds().values() if one.of == entity]
    return sorted(found, key=lambda one: one.name != "schools")


def documents() -> Iterable[Kind]:
    """Every kind that has documents."""
    return [kind for kind in kinds().values() if kind.name]
