"""Secrets: made at random, shown once, kept as hashes."""

from __future__ import annotations

import hashlib
import os
import uuid


def digest(secret: str) -> bytes:
    """What is kept of a secret."""
    # Secrets are random and long, so a fast hash keeps them: there is no short list of guesses to slow down.
    return hashlib.sha256(secret.encode()).digest()


def new_secret() -> str:
    """A new secret, UUID-shaped as the Xporter document shows them."""
    return str(uuid.UUID(bytes=os.urandom(16), version=4))
