"""Secrets: random, shown once, kept as hashes."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import uuid


def digest(secret: str) -> bytes:
    """What is kept of a secret."""
    # Secrets are random and long, so a fast hash keeps them: there is no short list of guesses to slow down.
    return hashlib.sha256(secret.encode()).digest()


def new_secret() -> str:
    """A new secret, UUID-shaped as the Xporter document shows them."""
    return shaped(os.urandom(16))


def told_again(key: bytes, *parts: object) -> bytes:
    """What a key makes of some parts, 32 bytes: as good as random to whoever lacks the key, and the same each time.

    A secret that a job must tell later, perhaps twice, is made so instead of being written down.
    """
    return hmac.digest(key, "\n".join(map(str, parts)).encode(), "sha256")


def shaped(derived: bytes) -> str:
    """A secret, UUID-shaped as the Xporter document shows them."""
    return str(uuid.UUID(bytes=derived[:16], version=4))


def new_token(size: int) -> str:
    """A token of so many random bytes; none begins with a dash, which command lines take for an option."""
    while True:
        token = base64.urlsafe_b64encode(os.urandom(size)).decode()
        if not token.startswith("-"):
            return token
