"""Sources at one address are read one after the other, so that a provider is asked no harder than by one of them."""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from ..errors import Unavailable

TURNS = "turns"
"""The folder of the locks that say whose turn it is, within the hub's own."""


class OtherTurn(Unavailable):
    """Another source is being read at the same host. Wait until that has finished, then try again."""


def host_of(settings: Mapping[str, str]) -> str:
    """The host that a source is read from; blank for files of this machine."""
    return next((host for name in ("address", "path") if (host := _host(settings.get(name, "")))), "")


def _host(address: str) -> str:
    return (urlsplit(address).hostname or "") if "://" in address else ""


@contextmanager
def turn(hub: Path, host: str, *, wait: bool = True) -> Generator[None]:
    """The turn of a reading at a host: no other of this hub's reads from there meanwhile, on this machine.

    Raises `OtherTurn` where another one does, if it is not to be waited for.
    """
    if not host:
        yield
        return
    lock = _opened(hub / TURNS, host)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        yield
    except BlockingIOError:
        raise OtherTurn from None
    finally:
        os.close(lock)


def _opened(folder: Path, host: str) -> int:
    folder.mkdir(mode=0o700, exist_ok=True)
    name = hashlib.sha256(host.encode()).hexdigest()[:32]
    return os.open(folder / name, os.O_RDWR | os.O_CREAT, 0o600)
