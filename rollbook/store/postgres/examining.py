"""Looking for what is wrong with a PostgreSQL database, without changing anything of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

from ...errors import RollbookError
from .. import schema
from ..examining import ERROR, WARNING, Finding
from .making import unfinished
from .session import Session
from .wall import stands

IDLE_SECONDS = 300
"""A transaction in which nobody has said anything for so long keeps locks, and old rows, for nothing."""

_THERE = "SELECT to_regclass('records.applied') IS NOT NULL"

_IDLE = (
    "SELECT CAST(pid AS bigint), coalesce(application_name, '') FROM pg_stat_activity"
    " WHERE datname = current_database() AND state = 'idle in transaction'"
    " AND now() - state_change > make_interval(secs => CAST(? AS double precision))"
)

_SETTINGS = "SELECT current_setting('fsync'), current_setting('full_page_writes')"


def database(address: str) -> Iterator[Finding]:
    """What is wrong with a database."""
    try:
        with closing(Session(address, "records", read_only=True)) as session:
            yield from _examined(session)
    except RollbookError as error:
        do = "see that the server is there, and that ROLLBOOK_DATABASE names it"
        yield Finding(ERROR, "database", f"the database cannot be used: {error}", do)


def _examined(session: Session) -> Iterator[Finding]:
    if unfinished(session):
        yield Finding(ERROR, "database", "a hub is being moved into it", "run `rollbook migrate-store` again")
        return
    if not session.execute(_THERE).get:
        do = "restore a backup (rollbook restore), or name another one with --database"
        yield Finding(ERROR, "records", "the database holds no records", do)
        return
    for name in ("records", "passing", "ledger"):
        yield from _layout(session, name)
    if not stands(session):
        do = "see the documentation of PostgreSQL: it is a second wall between districts"
        yield Finding(WARNING, "database", "row-level security is not in place", do)
    for pid, program in session.execute(_IDLE, (IDLE_SECONDS,)).fetchall():
        what = f"process {pid} ({program}) has kept a transaction open for {IDLE_SECONDS} seconds without a word"
        yield Finding(WARNING, "locks", what, f"if it is nobody's, end it: SELECT pg_terminate_backend({pid})")
    yield from _kept_safe(session)


def _layout(session: Session, name: str) -> Iterator[Finding]:
    found, known = session.execute(f"SELECT max(number) FROM {name}.applied").get, len(schema.migrations(name))
    if found > known:
        what = f"{name} has layout {found}, and this Rollbook knows {known}: it was made by a newer one"
        yield Finding(ERROR, "migrations", what, "install the newer version again, or restore a backup of before")
    elif found < known:
        what = f"{name} has layout {found}, of {known}"
        yield Finding(WARNING, "migrations", what, "make a backup: it is brought up to date when it is next opened")


def _kept_safe(session: Session) -> Iterator[Finding]:
    for name, value in zip(("fsync", "full_page_writes"), session.execute(_SETTINGS).fetchone() or (), strict=True):
        if value == "off":
            what = f"the server has {name} = off: a power cut may lose what was acknowledged"
            yield Finding(WARNING, "database", what, f"set {name} = on")
