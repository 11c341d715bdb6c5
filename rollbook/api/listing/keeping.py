"""Answers that stay true for a while: kept in memory until what they rest on moves, or the right to them ends."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack

from ...consent import DistrictReader
from ..messages import JSON, NO_STORE, Response

PART = 64 * 1024
"""Bytes that are gathered before they are sent."""


def rests_on(reader: DistrictReader, kinds: Iterable[str]) -> object:
    """What an answer rests on: the day, what is granted, and the records that it is made of."""
    return reader.granted(), reader.versions(kinds)


def kept(
    body: bytes | Iterator[bytes],
    rests: object,
    now: Callable[[], object],
    until: float,
    *further: tuple[bytes, bytes],
) -> Response:
    """An answer that stays true while it rests on the same; `now` admits the caller anew and says what that is now."""
    return Response(body, 200, (JSON, NO_STORE, *further), keep=True, until=until, rests_on=rests, now_rests_on=now)


def streamed(stack: ExitStack, pieces: Iterable[bytes], finish: Callable[[bytes], bytes] = bytes) -> Iterator[bytes]:
    """A body that is read while it is sent, in larger parts, each finished; what it is read from is given back then."""
    with stack:
        yield from map(finish, gathered(pieces))


def gathered(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Small pieces put together into parts worth sending."""
    held: list[bytes] = []
    size = 0
    for piece in pieces:
        held.append(piece)
        size += len(piece)
        if size >= PART:
            yield b"".join(held)
            held.clear()
            size = 0
    yield b"".join(held)
