"""Making the schemas of a database, and bringing them up to date: once, however many servers start together."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager

from ...errors import Stop
from .. import schema
from . import tables, wall
from .locks import LOCK
from .numbers import FINAL, TAKE
from .session import Session

MADE: dict[str, Callable[[], Iterator[str]]] = {
    "records": tables.records,
    "passing": tables.passing,
    "ledger": tables.ledger,
}
"""What makes each schema as it is today. A new one is made at once; one that is there is brought on by migrations."""

FUNCTIONS = TAKE, FINAL
"""What is a part of the program and not of the record, so that each version brings its own."""

MIGRATIONS = schema.MIGRATIONS / "postgres"

_SETTINGS = (
    "SELECT datcollate, datctype, pg_encoding_to_char(encoding) FROM pg_database WHERE datname = current_database()"
)

HINT = "create it with: CREATE DATABASE rollbook TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'"


def make(address: str) -> None:
    """Make the schemas where they are missing, and bring them up to date.

    Raises `Stop` where the database compares texts otherwise than by their code points, was made by a newer hub, or is
    one into which a hub is still being moved.
    """
    with _alone(address) as session:
        if unfinished(session):
            raise Stop(
                "a hub is being moved into this database, which is not done yet",
                hint="run the same `rollbook migrate-store` again: it goes on where it was",
            )
        for name in MADE:
            _bring_up(session, name)
        _bring_rest(session)


def make_to_be_filled(address: str, mark: Callable[[Session, str], object]) -> None:
    """Make the schemas, in the place of any that were not finished; `mark` is called in each, with its name."""
    with _alone(address) as session:
        for name in MADE:
            session.execute(f"DROP SCHEMA IF EXISTS {name} CASCADE")
            _bring_up(session, name)
            mark(session, name)
        _bring_rest(session)


def unfinished(session: Session) -> bool:
    """Whether a hub is being moved into the database."""
    return bool(session.execute(f"SELECT to_regclass('records.{schema.UNFINISHED}') IS NOT NULL").get)


@contextmanager
def _alone(address: str) -> Generator[Session]:
    """A transaction in which nobody else makes anything in a database that can hold a hub."""
    session = Session(address, "public")
    try:
        _check(session)
        session.execute("BEGIN")
        # Whoever else starts now waits, and then finds everything made.
        session.execute("SELECT pg_advisory_xact_lock(CAST(? AS integer), -1)", (LOCK,))
        yield session
        session.execute("COMMIT")
    finally:
        session.close()


def _check(session: Session) -> None:
    found = session.execute(_SETTINGS).fetchone()
    if found != ("C", "C", "UTF8"):
        raise Stop("the database does not compare texts by their code points, or is not in UTF-8", hint=HINT)


def _bring_up(session: Session, name: str) -> None:
    known = len(schema.migrations(name))
    session.execute(f"CREATE SCHEMA IF NOT EXISTS {name}")
    session.execute(f"SET LOCAL search_path = {name}")
    session.execute("CREATE TABLE IF NOT EXISTS applied (number bigint PRIMARY KEY, at timestamptz DEFAULT now())")
    done = session.execute("SELECT max(number) FROM applied").get
    if done is None:
        for statement in MADE[name]():
            session.execute(statement)
        _applied(session, known)
        return
    if done > known:
        raise Stop(
            f"this database was made by a newer Rollbook (schema {done}, this one knows {known})",
            hint="upgrade Rollbook, then start it again",
        )
    for number in range(done + 1, known + 1):
        session.script((MIGRATIONS / f"{name}_{number:04}.sql").read_text())
        _applied(session, number)


def _bring_rest(session: Session) -> None:
    """What every version brings anew: functions, and a wall around what has none yet."""
    session.execute("SET LOCAL search_path = records")
    for function in FUNCTIONS:
        session.execute(function)
    wall.build(session)


def _applied(session: Session, number: int) -> None:
    session.execute("INSERT INTO applied (number) VALUES (?)", (number,))
