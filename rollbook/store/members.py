"""Sets of small numbers as bytes: a bit for each number between the least and the greatest, or a list of a few."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterator, Sequence

BITS, LIST = b"b", b"l"
"""How the bytes begin; numbers of a list have four bytes each, the least significant one first."""


def pack(numbers: Sequence[int]) -> bytes:
    """The bytes of some numbers, which are sorted and each there once, in the shorter of the two ways."""
    if not numbers:
        return LIST
    low = numbers[0]
    length = (numbers[-1] - low) // 8 + 1
    if 4 * len(numbers) < length:
        return LIST + array("I", numbers).tobytes()
    bits = bytearray(length)
    for number in numbers:
        bits[(number - low) >> 3] |= 1 << ((number - low) & 7)
    return BITS + bytes(bits)


def holds(members: bytes, low: int, number: int) -> bool:
    """Whether a number is in a set whose least one is `low`."""
    if members[:1] == LIST:
        listed = memoryview(members)[1:].cast("I")
        at = bisect_left(listed, number)
        return at < len(listed) and listed[at] == number
    place = number - low
    return place >= 0 and place >> 3 < len(members) - 1 and bool(members[1 + (place >> 3)] >> (place & 7) & 1)


def unpack(members: bytes, low: int) -> Iterator[int]:
    """The numbers of a set whose least one is `low`, in order."""
    if members[:1] == LIST:
        yield from array("I", members[1:])
        return
    for at, byte in enumerate(members[1:]):
        for bit in range(8):
            if byte >> bit & 1:
                yield low + 8 * at + bit
