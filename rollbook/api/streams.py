"""Bodies that are read while they are sent."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import suppress

from ..consent.ledger import Growing
from ..consent.slips import lying
from ..errors import Unavailable


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
