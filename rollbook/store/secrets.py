"""The hub's key, from which its secrets are derived: in a file of its own or in the environment, in no database."""

from __future__ import annotations

import os
import uuid
from contextlib import suppress
from pathlib import Path

from ..errors import Problem, Stop
from ..settings import KEY

LEAST = 32
"""How many characters such a key has at the least."""


def hub_key(folder: Path) -> bytes:
    """The hub's key: what `ROLLBOOK_KEY` says, else that of the file `hub.key`, made when it is first asked for.

    Raises `Stop` where `ROLLBOOK_KEY` is too short to be a secret.
    """
    given = KEY.get()
    if not given:
        return _of_file(folder / "hub.key")
    if len(given) < LEAST:
        hint = "make one with: python -c 'import secrets; print(secrets.token_hex(32))'"
        raise Stop(Problem(KEY.name, f"is shorter than {LEAST} characters", hint))
    return given.encode()


def _of_file(path: Path) -> bytes:
    """The key in a file: one, whoever asks first."""
    if not path.exists():
        beside = path.with_name(f"hub.{uuid.uuid4()}.new")
        beside.touch(mode=0o600)
        beside.write_bytes(os.urandom(32))
        # A link fails where somebody else was faster; a half-written key is never seen under the name.
        with suppress(FileExistsError):
            os.link(beside, path)
        beside.unlink()
    return path.read_bytes()
