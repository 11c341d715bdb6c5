"""Long answers as they are read and sent: parts that grow, pieces that a slow client may take its time over."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from rollbook.api.compressing import Compressor
from rollbook.api.streams import MOST, PIECE, Parts, pieces

CHUNK = b"x" * 10_000


def parts_of(answer: Parts) -> Iterator[bytes]:
    while (part := answer.part()) is not None:
        yield part


def test_the_first_part_leaves_soon_and_later_ones_take_fewer_turns():
    sizes = [len(part) for part in parts_of(Parts(CHUNK for _ in range(400)))]
    assert sizes[0] < PIECE + len(CHUNK)
    assert max(sizes) < MOST + len(CHUNK)
    assert sizes[:4] == sorted(sizes[:4])
    assert sum(sizes) == 400 * len(CHUNK)
    assert len(sizes) < 400 * len(CHUNK) / PIECE / 4


def test_nothing_is_read_before_it_is_asked_for():
    read: list[int] = []
    answer = Parts(CHUNK for number in range(400) if read.append(number) is None)
    answer.part()
    assert len(read) <= PIECE // len(CHUNK) + 1


def test_a_part_is_sent_in_pieces_that_are_the_same_bytes():
    part = bytes(range(256)) * 1200
    sent = list(pieces(part))
    assert b"".join(sent) == part
    assert max(map(len, sent)) == PIECE
    assert list(pieces(b"")) == []


def test_parts_that_are_compressed_are_one_stream():
    answer = Parts((b"%d," % number for number in range(100_000)), Compressor())
    packed = b"".join(parts_of(answer))
    assert zlib.decompress(packed, wbits=31) == b"".join(b"%d," % number for number in range(100_000))


def test_a_part_after_the_end_is_none():
    answer = Parts(iter([CHUNK]))
    assert answer.part() == CHUNK
    assert answer.part() is None
    assert answer.part() is None
