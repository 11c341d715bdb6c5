"""What PostgreSQL refuses, told as what a caller can do about it."""

from __future__ import annotations

import psycopg
from psycopg import errors

from ...errors import Malformed, NoRoom, Occupied, Unavailable

_BUSY = errors.LockNotAvailable, errors.DeadlockDetected, errors.SerializationFailure
_FULL = errors.DiskFull, errors.ProgramLimitExceeded
# Where rows are copied in, psycopg finds it before the server does, and has no class of its own for it.
_NUL = errors.CharacterNotInRepertoire, errors.UntranslatableCharacter
_AWAY = psycopg.OperationalError, psycopg.InterfaceError, errors.ReadOnlySqlTransaction


def occupied() -> Occupied:
    """Somebody else writes what is to be written."""
    return Occupied("another process is writing to this district", hint="wait until its import has ended, try again")


def translated(error: psycopg.Error) -> Exception:
    """What is raised instead: `Occupied`, `NoRoom`, `Malformed` or `Unavailable`; the error itself where it is a fault
    of the hub's own."""
    if isinstance(error, _BUSY):
        return occupied()
    if isinstance(error, _FULL):
        return NoRoom(f"the database cannot be written to: {_first_line(error)}", hint="free some space first")
    if isinstance(error, _NUL) or "NUL (0x00)" in str(error):
        return Malformed("a text holds the character U+0000, which PostgreSQL cannot keep", hint="leave it out")
    if isinstance(error, _AWAY):
        return Unavailable(f"the database cannot be reached: {_first_line(error)}", hint="try again in a moment")
    return error


def _first_line(error: psycopg.Error) -> str:
    return str(error).partition("\n")[0]
