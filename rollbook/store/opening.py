"""Opening a hub's store, wherever it is kept."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

from ..errors import Problem, Stop
from . import port, schema, sqlite


def opened(folder: Path | str, database: str | None = None, replica: str | None = None) -> port.Store:
    """The store of a data directory or, where one is named, of a PostgreSQL database, which may have a replica.

    With a database, `folder` is where this machine's journals of disclosures lie until they are in it. Raises `Stop`
    where the database cannot be used, `Unavailable` where it cannot be reached.
    """
    if not database:
        return sqlite.Store(folder)
    return _postgres().Store(folder, database, replica)


def holds(folder: Path, database: str | None = None) -> bool:
    """Whether a directory, or a database where one is named, holds a store.

    Raises `Occupied` while another process makes one in the database.
    """
    return _postgres().holds(database) if database else (folder / "records.sqlite").exists()


@contextmanager
def making(folder: Path, database: str, *, keep: bool = True) -> Generator[port.Store]:
    """A new store in a database that holds none; it is taken away again when the block fails, or is not to `keep`.

    Raises `Occupied` where another process makes one there.
    """
    kept = False
    with _postgres().alone(database):
        try:
            with opened(folder, database) as store:
                yield store
            kept = keep
        finally:
            if not kept:
                _postgres().take_away(database)


def known_layout() -> int:
    """The number of the last migration of records that this program knows."""
    return len(schema.migrations("records"))


def need_postgres() -> None:
    """Raise `Stop` where what PostgreSQL needs is not installed."""
    _postgres()


def layout(database: str) -> tuple[str, bool]:
    """How the tables of a PostgreSQL database lie, in words, and whether its wall stands (see `Store.lend`)."""
    return _postgres().layout(database)


def distribute(database: str, parts: int | None = None) -> str:
    """Distribute the tables of a PostgreSQL database by district; returns how they lie then, in words.

    Where Citus is not installed, `parts` is into how many partitions. Raises `Occupied` while anybody writes.
    """
    return _postgres().distribute(database, parts)


def _postgres() -> ModuleType:
    try:
        from .postgres import store
    except ImportError as missing:
        hint = "install it with: pip install 'rollbook[postgres]'"
        raise Stop(Problem("database", "PostgreSQL needs psycopg, which is not installed", hint)) from missing
    return store
