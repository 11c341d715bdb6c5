"""Distributing a database by district: over machines where Citus is there, else over native hash partitions.

It is done in one transaction, whole or not at all, while nobody else writes; what is distributed already stays.
"""

from __future__ import annotations

from ...errors import Stop
from ..plan.derived import VIEWS
from . import locks, tables, wall
from .layout import BY_DISTRICT, SHARED, Layout, has_citus, laid_out
from .session import Session

PARTS = 8
"""Into how many partitions each table is divided unless it is said otherwise."""

PATIENCE_SECONDS = 10.0

_TABLE = "CAST(CAST(? AS text) AS regclass)"

_KEY = f"SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = {_TABLE} AND contype = 'p'"
_INDEXES = (
    "SELECT pg_get_indexdef(indexrelid) FROM pg_index"
    f" WHERE indrelid = {_TABLE} AND NOT indisprimary ORDER BY indexrelid"
)
_COLUMNS = (
    f"SELECT attname FROM pg_attribute WHERE attrelid = {_TABLE}"
    " AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum"
)
_RELATIONS = """
SELECT count(*), coalesce(sum((SELECT count(*) FROM pg_index WHERE indrelid = c.oid)), 0)
FROM pg_class c WHERE c.relnamespace = CAST('records' AS regnamespace) AND c.relkind = 'r' AND NOT c.relispartition
 AND c.relname = ANY(?)
"""
_LOCKS = "SELECT CAST(current_setting('max_locks_per_transaction') AS bigint), CAST(current_setting(?) AS bigint)"


def distribute(address: str, parts: int = PARTS) -> Layout:
    """Distribute what is not yet; `parts` is into how many partitions, where Citus is not there.

    Raises `Occupied` while anybody writes, `Stop` where the server may not hold as many locks as it takes.
    """
    session = Session(address, "records")
    try:
        session.execute("BEGIN")
        _have_everything(session)
        before = laid_out(session)
        if before.whole:
            _divide(session, before.whole, before.most or parts)
        session.execute("COMMIT")
        if before.whole:
            session.execute("ANALYZE")
        return laid_out(session)
    finally:
        session.close()


def _have_everything(session: Session) -> None:
    """Be the only one who writes anything; while nobody else makes a district, it is known which there are."""
    locks.have(session, locks.FOUNDING, PATIENCE_SECONDS)
    districts = [district for (district,) in session.execute("SELECT district FROM clock").fetchall()]
    for part in (*locks.in_order({*districts, 0}), locks.HUB):
        locks.have(session, part, PATIENCE_SECONDS)
    session.be_patient(PATIENCE_SECONDS)


def _divide(session: Session, whole: tuple[str, ...], parts: int) -> None:
    if has_citus(session):
        _over_machines(session, whole)
    else:
        _check_locks(session, whole, parts)
        _over_partitions(session, whole, parts)
    wall.build(session)


# ---- native partitions


def _over_partitions(session: Session, whole: tuple[str, ...], parts: int) -> None:
    for record in VIEWS:
        session.execute(f'DROP VIEW "{record.table}"')
    for table in whole:
        _partition(session, table, parts)
    for statement in tables.views():
        session.execute(statement)


def _partition(session: Session, table: str, parts: int) -> None:
    """Move a table's rows into one of the same name that is divided, with the same key and indexes."""
    named = (f'"{table}"',)
    key = session.execute(_KEY, named).get
    indexes = [text for (text,) in session.execute(_INDEXES, named).fetchall()]
    columns = ", ".join(f'"{name}"' for (name,) in session.execute(_COLUMNS, named).fetchall())
    session.execute(f'ALTER TABLE "{table}" RENAME TO whole')
    session.execute(
        f'CREATE TABLE "{table}" (LIKE whole INCLUDING DEFAULTS INCLUDING GENERATED INCLUDING STORAGE)'
        " PARTITION BY HASH (district)"
    )
    for part in range(parts):
        values = f"FOR VALUES WITH (MODULUS {parts}, REMAINDER {part})"
        session.execute(f'CREATE TABLE "{table}_{part}" PARTITION OF "{table}" {values}')
    session.execute(f'INSERT INTO "{table}" ({columns}) SELECT {columns} FROM whole')
    # Indexes have names that no other may have.
    session.execute("DROP TABLE whole")
    session.execute(f'ALTER TABLE "{table}" ADD {key}')
    for index in indexes:
        session.execute(index)


def _check_locks(session: Session, whole: tuple[str, ...], parts: int) -> None:
    """Raises `Stop` unless the server can lock all that is made and dropped: it reserves room when it starts."""
    there, indexes = session.execute(_RELATIONS, (list(whole),)).fetchone() or (0, 0)
    # A table has a second one for long values, which has an index.
    needed = 3 * there * (parts + 2) + int(indexes) * (parts + 2)
    each, sessions = session.execute(_LOCKS, ("max_connections",)).fetchone() or (0, 0)
    if each * sessions < needed:
        enough = -(-needed // sessions)
        raise Stop(
            f"the server may hold {each * sessions} locks, and dividing {there} tables into {parts} takes {needed}",
            hint=f"set max_locks_per_transaction to {enough} or more, restart PostgreSQL, then do it again",
        )


# ---- Citus


def _over_machines(session: Session, whole: tuple[str, ...]) -> None:
    """Have Citus keep the tables: those of districts together, of the shared ones a copy on each machine."""
    known = laid_out(session).machines
    if not known:
        # Citus has ways of its own to say who sees what.
        wall.take_down(session)
    # Tables of both kinds are made in one transaction, so not by several connections to a machine at once.
    session.execute("SET LOCAL citus.multi_shard_modify_mode TO 'sequential'")
    for table in SHARED:
        if table not in known:
            session.execute(f"SELECT create_reference_table({_TABLE})", (_named(table),))
    first = next((table for table in BY_DISTRICT if table in known), None)
    for table in whole:
        together = _named(first) if first else "none"
        session.execute(
            f"SELECT create_distributed_table({_TABLE}, 'district', colocate_with => ?)", (_named(table), together)
        )
        first = first or table
    session.execute("SELECT create_distributed_function('records.fold(text)')")
    # On behalf of which district a reading is, the machines are told too.
    session.script(
        "DO $$ BEGIN EXECUTE format("
        "'ALTER DATABASE %I SET citus.propagate_set_commands = ''local''', current_database()); END $$"
    )


def _named(table: str) -> str:
    return f'records."{table}"'
