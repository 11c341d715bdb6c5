"""Row hashes: a digest of what a row says, put in as its last column."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable


def with_hash(name: str, shown: bytes, hashed: bytes | None) -> bytes:
    """A row with the digest in a column of this name; an unknown `hashed` is what is shown."""
    return with_hashes(name, [shown], [hashed])[0]


def with_hashes(name: str, shown: Iterable[bytes], hashed: Iterable[bytes | None]) -> list[bytes]:
    """The same for several rows."""
    field = b"%s:" % json.dumps(name).encode()
    sha1 = hashlib.sha1
    return [
        b'%s"%s"}'
        % (
            b"{" + field if one == b"{}" else one[:-1] + b"," + field,
            sha1(one if whole is None else whole).hexdigest().upper().encode(),
        )
        for one, whole in zip(shown, hashed, strict=True)
    ]
