"""How passwords are kept: hashed by Argon2id, with a salt each, so that whoever has the hash must guess slowly."""

from __future__ import annotations

import hashlib
import hmac
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

# What OWASP's cheat sheet on storing passwords names first: 19 MB, twice over. `Guessing` bounds how often.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)

# RFC 7914, section 2, by which hubs of before kept passwords, each with its salt beside it.
_SCRYPT = {"n": 2**14, "r": 8, "p": 1, "dklen": 32}


def kept_as(password: str) -> tuple[bytes, bytes]:
    """What is kept of a password: no salt beside it, and the hash, which holds its own."""
    return b"", _HASHER.hash(_bytes(password)).encode()


def is_right(password: str, found: tuple[bytes, bytes] | None) -> bool:
    """Whether a password is the one of which this is kept; of nobody it is checked all the same, and is wrong."""
    salt, hashed = found or (b"", _nobody())
    if salt:
        return hmac.compare_digest(hashlib.scrypt(_bytes(password), salt=salt, **_SCRYPT), hashed)
    try:
        return _HASHER.verify(hashed, _bytes(password)) and found is not None
    except (VerificationError, InvalidHashError):
        return False


def is_dated(salt: bytes, hashed: bytes) -> bool:
    """Whether a password is kept otherwise than one would be now."""
    return bool(salt) or _HASHER.check_needs_rehash(hashed.decode())


@cache
def _nobody() -> bytes:
    return _HASHER.hash(b"nobody has this").encode()


def _bytes(password: str) -> bytes:
    return password.encode("utf-8", "surrogatepass")
