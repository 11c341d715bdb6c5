"""Long lists that lie packed in a file without a name, so that a roster of a million takes little memory.

The file is in the hub's own directory, since children's records are in it, and is gone when the reading ends, however
it ends. Where there is no such file the list is packed in memory.
"""

from __future__ import annotations

import heapq
import os
import tempfile
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from itertools import chain, islice
from pathlib import Path
from typing import Any, Generic, TypeVar, cast

import msgspec

BLOCK = 1_000
"""How many items are packed at a time: as many of a list are unpacked at once."""

RUN = 100_000
"""How many items are sorted at a time."""

T = TypeVar("T")
Block = bytes | tuple[int, int]
"""Items packed in memory, or where in the file they are: from which byte on, and how many."""

_encode = msgspec.msgpack.Encoder().encode
_file: ContextVar[int | None] = ContextVar("_file", default=None)


@contextmanager
def packing(folder: Path) -> Generator[None]:
    """Lists that are packed within lie in one file in a folder; they cannot be read after."""
    with tempfile.TemporaryFile(dir=folder) as file:
        was = _file.set(file.fileno())
        try:
            yield
        finally:
            _file.reset(was)


class Packed(Generic[T]):
    """A list of items of one type, which are read in their order and never changed."""

    def __init__(self, kind: Any, items: Iterable[T] = ()) -> None:
        self._kind = kind
        self._file = _file.get()
        self._blocks: list[Block] = []
        self._last: list[T] = []
        self._count = 0
        self.extend(items)

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[T]:
        decode = cast(Callable[[bytes], list[T]], _decoder(self._kind))
        packed = chain.from_iterable(decode(_read(self._file, block)) for block in self._blocks)
        return chain(packed, tuple(self._last))

    def near(self, word: str) -> Iterator[T]:
        """The items that are packed together with one in which there is a word: of a million, few are unpacked."""
        decode, sought = cast(Callable[[bytes], list[T]], _decoder(self._kind)), word.encode()
        for data in (_read(self._file, block) for block in self._blocks):
            yield from decode(data) if sought in data else ()
        yield from self._last

    def append(self, item: T) -> None:
        """Add an item."""
        self._last.append(item)
        self._count += 1
        if len(self._last) >= BLOCK:
            self._pack()

    def extend(self, items: Iterable[T]) -> None:
        """Add items, which may be more than are to be in memory."""
        every = iter(items)
        while some := list(islice(every, BLOCK - len(self._last))):
            self._last += some
            self._count += len(some)
            if len(self._last) >= BLOCK:
                self._pack()

    def _pack(self) -> None:
        self._blocks.append(_written(self._file, _encode(self._last)))
        self._last = []


class PackedFiles(Mapping[str, bytes]):
    """What is kept by name, packed."""

    def __init__(self, files: Iterable[tuple[str, bytes]] = ()) -> None:
        self._file = _file.get()
        self._blocks = {name: _written(self._file, data) for name, data in files}

    def __getitem__(self, name: str) -> bytes:
        return _read(self._file, self._blocks[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self._blocks)

    def __len__(self) -> int:
        return len(self._blocks)

    def beside(self, files: Mapping[str, bytes]) -> PackedFiles:
        """The same, with a few more."""
        found = PackedFiles()
        found._file, found._blocks = self._file, {**self._blocks, **files}
        return found


def _written(file: int | None, data: bytes) -> Block:
    if file is None:
        return data
    at, left = os.lseek(file, 0, os.SEEK_END), memoryview(data)
    while left:
        left = left[os.write(file, left) :]
    return at, len(data)


def _read(file: int | None, block: Block) -> bytes:
    if isinstance(block, bytes):
        return block
    data = b""
    while len(data) < block[1]:
        data += os.pread(cast(int, file), block[1] - len(data), block[0] + len(data))
    return data


Long = list[T] | Packed[T]
"""A list, packed or not."""


def like(other: Long[Any], kind: Any, items: Iterable[T] = ()) -> Long[T]:
    """Items in a list that is packed as another one is."""
    return Packed[T](kind, items) if isinstance(other, Packed) else list(items)


class InOrder(Generic[T]):
    """Items that are read sorted by what comes first in each, of which no two are alike; only some are in memory."""

    def __init__(self, kind: Any, items: Iterable[T] = ()) -> None:
        self._kind = kind
        self._runs: list[Packed[T]] = []
        self._last: list[T] = []
        self.extend(items)

    def __len__(self) -> int:
        return sum(map(len, self._runs)) + len(self._last)

    def __iter__(self) -> Iterator[T]:
        last = cast(Iterable[T], sorted(cast(Iterable[Any], self._last)))
        return heapq.merge(*cast(Iterable[Any], self._runs), last) if self._runs else iter(last)

    def extend(self, items: Iterable[T]) -> None:
        """Add items, in any order."""
        every = iter(items)
        while some := list(islice(every, RUN - len(self._last))):
            self._last += some
            if len(self._last) >= RUN:
                self.pack()

    def pack(self) -> None:
        """Have none of them in memory for now."""
        if self._last:
            self._runs.append(Packed[T](self._kind, cast(Iterable[T], sorted(cast(Iterable[Any], self._last)))))
            self._last = []


@lru_cache(maxsize=32)
def _decoder(kind: Any) -> Callable[[bytes], Any]:
    return msgspec.msgpack.Decoder(cast(Any, list).__class_getitem__(kind)).decode
