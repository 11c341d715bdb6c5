"""What documents of a standard refer to and which words they use: indexes of what stands beside the records' facts.

A document is known by its resource and the hub id of its record: a human may be a document of two resources.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from ...edfi.words import folded
from .statements import Statements


class Pointer(NamedTuple):
    """That a document refers to something, by the path of the reference."""

    resource: str
    source: str
    path: str


def digest_of(list_of_words: str, word: str) -> int:
    """The number by which the index knows a word of a list, in any case."""
    said = folded(f"{list_of_words} {word}").encode()
    return int.from_bytes(hashlib.blake2b(said, digest_size=8).digest(), "big", signed=True)


class Pointers(Statements):
    """What documents refer to and which words they use."""

    admits = False

    def keep(
        self,
        district: int,
        resource: str,
        source: str,
        targets: Mapping[str, str],
        words: Iterable[tuple[str, str]],
        *,
        new: bool = False,
        whole: bool = True,
    ) -> None:
        """Write down what a document refers to (hub ids by path) and the words that it uses, each with its list.

        `whole` unless there is more of the document, of which both stay; a `new` one had none.
        """
        if not new and whole:
            for table in ("pointer", "word_use"):
                gone = f"DELETE FROM {table} WHERE district = ? AND source = ? AND resource = ?"
                self._do(gone, (district, source, resource))
        own = (district, source, resource)
        self._each(
            "INSERT INTO pointer (district, source, resource, path, target) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (district, source, resource, path) DO UPDATE SET target = excluded.target",
            [(*own, path, target) for path, target in targets.items()],
        )
        self._each(
            "INSERT INTO word_use (district, source, resource, word) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
            [(*own, digest_of(*word)) for word in dict.fromkeys(words)],
        )

    def to(self, district: int, target: str) -> list[Pointer]:
        """The documents that refer to something (a hub id), each by its path."""
        rows = self._rows(
            "SELECT resource, source, path FROM pointer WHERE district = ? AND target = ? ORDER BY 1, 2, 3",
            (district, target),
        )
        return [Pointer(*row) for row in rows]

    def users(self, district: int, list_of_words: str, word: str) -> Iterable[tuple[str, str]]:
        """The documents that use a word of a list, each by its resource and its hub id."""
        asked = "SELECT resource, source FROM word_use WHERE district = ? AND word = ?"
        return self._stream(asked, (district, digest_of(list_of_words, word)))

    def any(self, district: int) -> bool:
        """Whether anything is written down of a district."""
        found = (f"SELECT 1 FROM {table} WHERE district = ? LIMIT 1" for table in ("pointer", "word_use"))
        return any(self._row(one, (district,)) is not None for one in found)

    def go(self, district: int, source: str) -> None:
        """Forget what somebody's or something's documents refer to and use."""
        for table in ("pointer", "word_use"):
            self._do(f"DELETE FROM {table} WHERE district = ? AND source = ?", (district, source))

    def move(self, sources: Iterable[str], old: int, new: int) -> None:
        """Take what documents refer to and use along to another district."""
        each = [(new, old, source) for source in sources]
        for table in ("pointer", "word_use"):
            self._each(f"UPDATE {table} SET district = ? WHERE district = ? AND source = ?", each)

    def lead(self, district: int, target: str, other: str, those: Iterable[Pointer]) -> None:
        """Let some of what refers to something refer to something else."""
        own = "district = ? AND resource = ? AND source = ? AND path = ?"
        self._each(
            f"UPDATE pointer SET target = ? WHERE {own} AND target = ?",
            [(other, district, *one, target) for one in those],
        )

    def of(self, district: int, source: str) -> list[tuple[str, str, str]]:
        """What the documents of one record refer to: the resource of each, the path, the hub id."""
        asked = "SELECT resource, path, target FROM pointer WHERE district = ? AND source = ? ORDER BY 1, 2"
        return [(resource, path, target) for resource, path, target in self._rows(asked, (district, source))]

    def cut(self, district: int, document: Pointer, targets: Mapping[str, str]) -> None:
        """Let a document refer to these (hub ids by path), and to nothing else; its words stay."""
        own = (district, document.source, document.resource)
        self._do("DELETE FROM pointer WHERE district = ? AND source = ? AND resource = ?", own)
        self.put(district, document.source, [(document.resource, *one) for one in targets.items()], ())

    def words_of(self, district: int, source: str) -> list[tuple[str, int]]:
        """The words that the documents of one record use: the resource of each, and the number of the word."""
        asked = "SELECT resource, word FROM word_use WHERE district = ? AND source = ? ORDER BY 1, 2"
        return [(resource, word) for resource, word in self._rows(asked, (district, source))]

    def put(
        self,
        district: int,
        source: str,
        targets: Iterable[tuple[str, str, str]],
        words: Iterable[tuple[str, int]],
    ) -> None:
        """Write down what the documents of one record refer to and use, as `of` and `words_of` give it."""
        self._each(
            "INSERT INTO pointer (district, source, resource, path, target) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT DO NOTHING",
            [(district, source, *one) for one in targets],
        )
        self._each(
            "INSERT INTO word_use (district, source, resource, word) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
            [(district, source, *one) for one in words],
        )
