"""Numbers and pictures that are well formed and belong to nobody."""

from __future__ import annotations

import struct
import zlib
from base64 import b64encode
from hashlib import blake2b

# DfE, "Unique pupil numbers (UPNs)": the letters I, O and S are left out, since they look like digits.
UPN_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"


def upn_check_letter(rest: str) -> str:
    """The first letter of a UPN, from the twelve characters after it (the last may be a letter)."""
    values = (int(c) if c.isdigit() else UPN_LETTERS.index(c) for c in rest)
    return UPN_LETTERS[sum(weight * value for weight, value in enumerate(values, 2)) % 23]


def upn(estab: str, year: int, serial: int, *, temporary: bool = False) -> str:
    """A Unique Pupil Number given by a school in a year; a temporary one ends in a letter."""
    end = f"{serial // 23 % 100:02}{UPN_LETTERS[serial % 23]}" if temporary else f"{serial % 1000:03}"
    rest = f"{estab}{year % 100:02}{end}"
    return upn_check_letter(rest) + rest


def uln(serial: int) -> str:
    """A Unique Learner Number: nine digits and a check digit (Learning Records Service)."""
    while True:
        digits = f"{999_000_000 + serial}"
        left = sum(weight * int(d) for weight, d in zip(range(10, 1, -1), digits, strict=True)) % 11
        if left:
            return f"{digits}{10 - left}"
        # No number with this remainder is ever given out.
        serial += 500_000


def ni_number(serial: int) -> str:
    """A National Insurance number with the prefix QQ, which is never given out."""
    return f"QQ{100_000 + serial * 37 % 900_000}{'ABCD'[serial % 4]}"


# Ofcom, "Telephone numbers for use in TV and radio drama programmes": these reach nobody.
def uk_landline(serial: int) -> str:
    """A telephone number in no particular town."""
    return f"01632 960{serial % 1000:03}"


def uk_london(serial: int) -> str:
    """A telephone number in London."""
    return f"020 7946 0{serial % 1000:03}"


def uk_mobile(serial: int) -> str:
    """A mobile telephone number."""
    return f"07700 900{serial % 1000:03}"


# 555-0100 to 555-0199 are kept for fiction in the whole North American numbering plan.
def us_phone(serial: int) -> str:
    """A telephone number of New Mexico."""
    return f"({(505, 575)[serial // 100 % 2]}) 555-01{serial % 100:02}"


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def portrait(whose: str) -> str:
    """A PNG picture of 8 x 8 pixels in two colours, mirrored left and right, as base64."""
    seed = blake2b(whose.encode(), digest_size=10).digest()
    paper, ink = bytes(200 + b % 56 for b in seed[4:7]), bytes(b % 160 for b in seed[7:10])
    # Four bits and their mirror image make a row of eight.
    rows = [nibble << 4 | int(f"{nibble:04b}"[::-1], 2) for byte in seed[:4] for nibble in (byte >> 4, byte & 15)]
    picture = (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", struct.pack(">IIBBBBB", 8, 8, 1, 3, 0, 0, 0))
        + _chunk(b"PLTE", paper + ink)
        + _chunk(b"IDAT", zlib.compress(b"".join(bytes((0, row)) for row in rows), 9))
        + _chunk(b"IEND", b"")
    )
    return b64encode(picture).decode()
