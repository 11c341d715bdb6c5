"""The wall within the database: a role that reads for somebody sees the rows of one district, whatever is asked.

The hub bounds every question by itself. Should it ever fail to, PostgreSQL holds back what is another district's: the
sessions that read for somebody have a role that owns nothing, each table of records shows that role the rows of one
district only (row-level security), and each reading says which. A reading that says nothing sees nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from ...fields import RECORDS
from ..hub_ids import HubIds
from ..kept import Kept
from ..lending import Rows
from ..plan.flavour import Flavour
from ..plan.flavours.postgres import POSTGRES
from .layout import OF_DISTRICTS, has_citus
from .session import Session

READER = "rollbook_reader"
"""The role that reads for somebody; nobody signs in as it."""

DISTRICT = "rollbook.district"
"""The setting that says of which district a reading is."""

COUNTS = "clock", "version"
"""How often each district was written, and when last: there is nothing to hide."""

SEEN = (
    *sorted(record.table for record in RECORDS.values()),
    *("moment", "moved", "history", "former_id", "namesake", "chosen", "turned", "veiled", "register"),
    *("pointer", "word_use"),
    *COUNTS,
)
"""What the role may read: records, what is worked out from them, their history, and whom grants name and leave out."""

WALLED = tuple(table for table in OF_DISTRICTS if table not in COUNTS)
"""The tables of which it sees the rows of one district."""

_FACED = f"CAST(nullif(current_setting('{DISTRICT}', true), '') AS bigint)"

_MINE = f"district = (SELECT {_FACED})"
"""The rows of the district that is faced, which is looked up once for each statement.

It is one more value that equals the district, so a plan leads into its indexes by the one that the statement names.
"""

_MINE_ON_MACHINES = f"district = {_FACED}"
"""The same as Citus takes it, which lets no policy have a sub-select."""

_MAY = "SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user"
_IS_THERE = f"SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = '{READER}')"
_IS_MINE = f"SELECT pg_has_role(CAST('{READER}' AS name), 'MEMBER')"

_MAKE = f"""
DO $$ BEGIN
  CREATE ROLE {READER} NOLOGIN;
  GRANT {READER} TO CURRENT_USER;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$
"""
"""Roles are of the whole server: another hub on it may have made this one."""

_OPEN = """
SELECT c.relname, c.relkind = 'v' FROM pg_class c
WHERE c.relnamespace = CAST('records' AS regnamespace) AND c.relkind IN ('r', 'p', 'v') AND NOT c.relispartition
 AND c.relname = ANY(?)
 AND NOT (has_table_privilege(CAST(? AS name), c.oid, 'SELECT')
  AND CASE WHEN c.relkind = 'v' THEN coalesce('security_invoker=true' = ANY(c.reloptions), false)
      ELSE c.relrowsecurity OR c.relname <> ALL(?) END)
"""
"""What the role is to read and may not yet, or may without a wall."""


def build(session: Session) -> bool:
    """Put the wall up around every table that has none yet; false where the hub's role may not.

    It belongs into the transaction of whoever makes the tables.
    """
    if not _has_role(session):
        return False
    mine = _MINE_ON_MACHINES if has_citus(session) else _MINE
    session.execute(f"GRANT USAGE ON SCHEMA records TO {READER}")
    for table, is_view in _open(session):
        if is_view:
            # Else it would show what its owner sees.
            session.execute(f'ALTER VIEW records."{table}" SET (security_invoker = true)')
        elif table in WALLED:
            session.execute(f'DROP POLICY IF EXISTS wall ON records."{table}"')
            session.execute(f'CREATE POLICY wall ON records."{table}" FOR SELECT TO {READER} USING ({mine})')
            session.execute(f'ALTER TABLE records."{table}" ENABLE ROW LEVEL SECURITY')
        session.execute(f'GRANT SELECT ON records."{table}" TO {READER}')
    return True


def take_down(session: Session) -> None:
    """Let the role see nothing, until the wall is built anew."""
    for table in WALLED:
        session.execute(f'DROP POLICY IF EXISTS wall ON records."{table}"')
        session.execute(f'ALTER TABLE records."{table}" DISABLE ROW LEVEL SECURITY')
    if session.execute(_IS_THERE).get:
        session.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA records FROM {READER}")


def stands(session: Session) -> bool:
    """Whether the role is there for the hub to take, and every table that it may read has the wall."""
    there = bool(session.execute(_IS_THERE).get)
    return there and bool(session.execute(_IS_MINE).get) and not _open(session)


def _open(session: Session) -> list[tuple[str, bool]]:
    return session.execute(_OPEN, (list(SEEN), READER, list(WALLED))).fetchall()


def _has_role(session: Session) -> bool:
    if not session.execute(_IS_THERE).get:
        if not session.execute(_MAY).get:
            return False
        session.script(_MAKE)
    return bool(session.execute(_IS_MINE).get)


def facing(district: int) -> str:
    """The statement that says of which district the present reading is from now on."""
    return f"SET LOCAL {DISTRICT} = '{int(district)}'"


def stepping_behind(district: int) -> str:
    """The statements with which the rest of a reading has the role, and is of a district."""
    return f"SET LOCAL ROLE {READER}; {facing(district)}"


class Behind:
    """A session behind the wall for some districts; what it reads is of one at a time, at first of the first."""

    def __init__(self, session: Session, districts: Sequence[int]) -> None:
        self._session = session
        self._districts = frozenset(districts)
        self._district = districts[0]

    def facing(self, district: int) -> Session:
        """The session, for what is of a district."""
        if district != self._district:
            if district not in self._districts:
                raise ValueError(f"the reading is not of district {district}")
            self._session.script(facing(district))
            self._district = district
        return self._session


class Facing:
    """Statements of one district, on a reading that others share."""

    flavour: Flavour = POSTGRES

    def __init__(self, behind: Behind, district: int) -> None:
        self._behind = behind
        self._district = district

    def execute(self, statements: str, bindings: Any = None) -> Rows:
        """Execute a statement that sees the rows of one district."""
        return self._behind.facing(self._district).execute(statements, bindings)

    def executemany(self, statements: str, sequenceofbindings: Iterable[Any]) -> Rows:
        """Execute a statement once for each set of values."""
        return self._behind.facing(self._district).executemany(statements, sequenceofbindings)

    def insert(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Add rows to a table, which a reading may not."""
        self._behind.facing(self._district).insert(table, columns, rows)

    def filling(self, table: str) -> AbstractContextManager[None]:
        """Nothing is added in a reading."""
        return nullcontext()


class Open(Kept):
    """What is kept of the whole hub, until the reading goes on behind the wall."""

    def __init__(self, session: Session, clock: Callable[[], float], hub_ids: HubIds) -> None:
        super().__init__(session, clock, hub_ids)
        self._session = session

    def for_somebody(self, district: int) -> Walled:
        """What is kept of one district, at the same moment, behind the wall."""
        self._session.script(stepping_behind(district))
        return Walled(Behind(self._session, [district]), district, self._clock, self._hub_ids)


class Walled(Kept):
    """What is kept of one district, read behind the wall."""

    def __init__(self, behind: Behind, district: int, clock: Callable[[], float], hub_ids: HubIds) -> None:
        super().__init__(Facing(behind, district), clock, hub_ids)
        self._behind = behind

    def of_district(self, district: int) -> Walled:
        """What is kept of another district, at the same moment."""
        return Walled(self._behind, district, self._clock, self._hub_ids)
