"""A stream that only a passphrase opens: in pieces, so that it needs no memory, each of which is of its place.

The key is made of the passphrase by scrypt (RFC 7914). Each piece is sealed by AES-256-GCM under a nonce of a random
prefix, its number, and whether it is the last one: pieces that are changed, left out, exchanged or cut off are refused.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from ..errors import Problem, Stop

MAGIC = b"rollbook backup, encrypted: 1\n"
SALT, PREFIX, TAG = 16, 7, 16
PIECE = 1024 * 1024
"""Bytes of each piece, before they are sealed."""

COST = 2**16
"""Of scrypt: 64 MB and about a quarter of a second for each guess at a passphrase."""


def _cipher(passphrase: str, salt: bytes) -> AESGCM:
    return AESGCM(Scrypt(salt, 32, COST, 8, 1).derive(passphrase.encode()))


def _nonce(prefix: bytes, number: int, last: bool) -> bytes:
    return prefix + number.to_bytes(4) + bytes([last])


class NotUnsealed(Stop):
    """What was sealed cannot be opened."""


class Encrypting:
    """A file to which what is written is sealed; `close` seals the last piece."""

    def __init__(self, file: BinaryIO, passphrase: str) -> None:
        salt, self._prefix = os.urandom(SALT), os.urandom(PREFIX)
        self._file, self._number, self._waiting = file, 0, bytearray()
        self._cipher, self._head = _cipher(passphrase, salt), MAGIC + salt + self._prefix
        file.write(self._head)

    def write(self, data: bytes) -> int:
        """Seal what fills a piece."""
        self._waiting += data
        # What may be the last piece waits.
        while len(self._waiting) > PIECE:
            self._seal(bytes(self._waiting[:PIECE]), last=False)
            del self._waiting[:PIECE]
        return len(data)

    def _seal(self, piece: bytes, *, last: bool) -> None:
        self._file.write(self._cipher.encrypt(_nonce(self._prefix, self._number, last), piece, self._head))
        self._number += 1

    def close(self) -> None:
        """Seal the rest."""
        self._seal(bytes(self._waiting), last=True)


class Decrypting:
    """What was sealed, opened as it is read; raises `NotUnsealed` where that cannot be."""

    def __init__(self, file: BinaryIO, passphrase: str) -> None:
        self._head = MAGIC + file.read(SALT + PREFIX)
        salt, self._prefix = self._head[len(MAGIC) : -PREFIX], self._head[-PREFIX:]
        self._pieces = self._opened(file, _cipher(passphrase, salt))
        self._waiting = bytearray()

    def _opened(self, file: BinaryIO, cipher: AESGCM) -> Iterator[bytes]:
        number, sealed = 0, file.read(PIECE + TAG)
        while True:
            following = file.read(PIECE + TAG)
            try:
                yield cipher.decrypt(_nonce(self._prefix, number, not following), sealed, self._head)
            except InvalidTag:
                what = "is opened by another passphrase" if number == 0 else "was changed or cut off"
                raise NotUnsealed(Problem("", f"{what}, or is damaged")) from None
            if not following:
                return
            number, sealed = number + 1, following

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""
        while size < 0 or len(self._waiting) < size:
            piece = next(self._pieces, None)
            if piece is None:
                break
            self._waiting += piece
        end = len(self._waiting) if size < 0 else size
        found = bytes(self._waiting[:end])
        del self._waiting[:end]
        return found
