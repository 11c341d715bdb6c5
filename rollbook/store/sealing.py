"""What is kept so that only this hub reads it: texts sealed with a key that is in no database."""

from __future__ import annotations

import os
from base64 import b64decode, b64encode

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from ..errors import Stop

NONCE = 12
"""Bytes before what is sealed, of AES-GCM (NIST SP 800-38D, section 8.2.2: random ones for up to 2 ** 32 texts)."""


def seal(key: bytes, place: str, text: str) -> str:
    """A text that only a key opens, and only at the place (such as a setting's name) that it was sealed for."""
    nonce = os.urandom(NONCE)
    return b64encode(nonce + _cipher(key).encrypt(nonce, text.encode(), place.encode())).decode()


def unseal(key: bytes, place: str, sealed: str) -> str:
    """The text that was sealed.

    Raises `Stop` where it was sealed with another key or for another place, or was changed since.
    """
    held = b64decode(sealed)
    try:
        return _cipher(key).decrypt(held[:NONCE], held[NONCE:], place.encode()).decode()
    except InvalidTag as error:
        hint = "set it again, or start with the hub.key (or ROLLBOOK_KEY) that it was set with"
        raise Stop(f"{place} was sealed with another key", hint=hint) from error


def _cipher(key: bytes) -> AESGCM:
    return AESGCM(HKDF(SHA256(), 32, None, b"rollbook sealing").derive(key))
