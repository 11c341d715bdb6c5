"""Telling that files are as they were when all that they say was taken in."""

from __future__ import annotations

from ... import __version__
from ..rows import SETTLED, Connector, Kept
from .address import is_address

FETCHED = "fetched"
"""The name under which it is kept by what the files that were read are known."""


def known(connector: Connector, path: str, kept: Kept) -> bytes:
    """The mark of files that need not be fetched again; blank where they have to be.

    They have to where not all was taken in, where another version of the hub read them, and where the connector is told
    more than a path: then the same file may mean something else.
    """
    if not is_address(path) or hasattr(connector, "settings") or not kept(SETTLED):
        return b""
    of, _, mark = (kept(FETCHED) or b"").partition(b"\n")
    return mark if of == _of(path) else b""


def mark_of(path: str, mark: bytes) -> dict[str, bytes]:
    """What is kept of files that were fetched, by its name."""
    return {FETCHED: _of(path) + b"\n" + mark} if mark else {}


def _of(path: str) -> bytes:
    return f"{__version__} {path}".encode()
