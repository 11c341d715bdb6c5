"""Bodies that are read while they are sent."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator
from contextlib import suppress

from ..consent.ledger import Growing
from ..consent.slips import lying
from ..errors import Unavailable
from .compressing import Compressor

PIECE, MOST = 64 * 1024, 512 * 1024
"""How much of a long answer is read at a time, in bytes: little at first, so that it leaves at once, then twice as
much each time, since each time one thread waits for another. It is sent a piece at a time."""


class Stream:
    """A body that has begun: the chunks that were read to see how it begins, then the others."""

    def __init__(self, head: list[bytes], rest: Iterator[bytes]) -> None:
        self._chunks = itertools.chain(head, rest)
        self._rest = rest

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        return next(self._chunks)

    def close(self) -> None:
        """Give back what the body reads from."""
        close(self._rest)


class Noted:
    """A body each chunk of which leaves when what it tells is written down."""

    def __init__(self, chunks: Iterator[bytes], growing: Growing) -> None:
        self.growing = growing
        self._chunks = chunks
        self._whole = False

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        try:
            with lying(self.growing.slip):
                chunk = next(self._chunks)
        except StopIteration:
            self._whole = True
            self.growing.end()
            raise
        self.growing.grow()
        return chunk

    def close(self) -> None:
        """Give back what the body reads from; an answer that is not whole was cut off."""
        close(self._chunks)
        # What has no end in the journal counts as cut off too.
        with suppress(Unavailable):
            self.growing.end(cut=not self._whole)


def close(body: Iterator[bytes]) -> None:
    """Have a body give back what it reads from."""
    end = getattr(body, "close", None)
    if end is not None:
        end()


class Parts:
    """A long body as it is sent: read in one thread or another, but in one at a time."""

    def __init__(self, chunks: Iterator[bytes], compressor: Compressor | None = None) -> None:
        self._chunks = chunks
        self._compressor = compressor
        self._size = PIECE
        self._lock = threading.Lock()
        self.over = False
        """Whether there is nothing after the last part that was given."""

    def part(self) -> bytes | None:
        """Some of the body, which may be nothing yet; None after its end."""
        with self._lock:
            if self.over:
                return None
            data = self._encoded(b"".join(self._some()))
            if self.over and self._compressor:
                data += self._compressor.end()
            return None if self.over and not data else data

    def _some(self) -> Iterator[bytes]:
        left, self._size = self._size, min(2 * self._size, MOST)
        for chunk in self._chunks:
            yield chunk
            left -= len(chunk)
            if left <= 0:
                return
        self.over = True

    def _encoded(self, data: bytes) -> bytes:
        return self._compressor.part(data) if self._compressor and data else data

    def close(self) -> None:
        """Give back what the body reads from, after the part at hand."""
        with self._lock:
            self.over = True
            close(self._chunks)


def pieces(part: bytes) -> Iterator[bytes]:
    """A part as it is sent: a client may take its time over each piece, not over the whole part."""
    return (part[at : at + PIECE] for at in range(0, len(part), PIECE))


class Held:
    """The parts of a long answer that were sent, as long as they are few enough to be kept."""

    def __init__(self, most: int, keep: bool) -> None:
        self.parts: list[bytes] = []
        self.whole = keep
        """Whether all of them are there."""
        self._room = most

    def add(self, part: bytes) -> None:
        """Hold a part, or nothing any more when it is too much."""
        self._room -= len(part)
        self.whole = self.whole and self._room >= 0
        if self.whole:
            self.parts.append(part)
        else:
            self.parts.clear()
