"""What becomes of each table of records and consent where districts are distributed over partitions or machines.

The records of a district lie together, with what is kept of them: each such table is distributed by its `district`, the
same district to the same place, and a statement that names its district in every join goes to one of them. What such
statements join that is no one district's is small, and shared by all. The rest stays where it is: settings, keys, what
schools and apps are asked, what passes and the ledger, whose triggers no distributed table may have.
"""

from __future__ import annotations

from dataclasses import dataclass

from ...fields import RECORDS
from .session import Session

BESIDE_RECORDS = (
    "clock",
    "moment",
    "moved",
    "history",
    "former_id",
    "namesake",
    "counter",
    "source_row",
    "saying",
    "source_file",
    "sync",
    "source",
    "source_run",
    "refusal",
    "review",
    "merged",
    "signatory",
    "register",
    "pointer",
    "word_use",
    "erasure",
    "erased_key",
    "erased_stone",
    "retention",
    "retention_run",
)
"""What is kept of a district's records beside them; each key begins with the district."""

FINDING = ("district", "school")
"""Records that tell of which district something is, so they are looked up before that is known; there are few."""

SHARED = (
    *FINDING,
    *("app", "registration", "grant", "agreement", "ending", "planned", "invitation", "school_key"),
    *("chosen", "turned", "veiled"),
)
"""What statements about records join, and what is no one district's: a copy of each is wherever records are."""

RECORD_TABLES = tuple(sorted(record.table for record in RECORDS.values() if not record.derived()))

OF_DISTRICTS = *RECORD_TABLES, *BESIDE_RECORDS
"""Every table of which each row is one district's, always in the same order."""

BY_DISTRICT = tuple(table for table in OF_DISTRICTS if table not in SHARED)
"""Every table that is distributed."""

_TABLES = """
SELECT c.relname, (SELECT count(*) FROM pg_inherits i WHERE i.inhparent = c.oid)
FROM pg_class c
WHERE c.relnamespace = CAST('records' AS regnamespace) AND c.relkind IN ('r', 'p') AND NOT c.relispartition
ORDER BY c.relname
"""

_MACHINES = "SELECT CAST(table_name AS text), citus_table_type FROM citus_tables"


@dataclass(frozen=True)
class Layout:
    """How the tables of records and consent lie: for each, in how many parts (0 for a plain table)."""

    parts: dict[str, int]
    machines: frozenset[str] = frozenset()
    """The tables that Citus keeps, distributed or shared."""

    @property
    def whole(self) -> tuple[str, ...]:
        """The tables that are to be distributed and are not."""
        return tuple(table for table in BY_DISTRICT if self.parts.get(table) == 0 and table not in self.machines)

    @property
    def most(self) -> int:
        """Into how many parts a table is partitioned; 0 where none is."""
        return max(self.parts.values(), default=0)

    def __str__(self) -> str:
        done = len(BY_DISTRICT) - len(self.whole)
        if not done:
            return "not distributed"
        how = "by Citus" if self.machines else f"in {self.most} partitions"
        rest = f"; {len(self.whole)} are not yet" if self.whole else ""
        return f"{done} tables distributed by district, {how}{rest}"


def laid_out(session: Session) -> Layout:
    """How the tables lie now."""
    parts = dict(session.execute(_TABLES).fetchall())
    if not has_citus(session):
        return Layout(parts)
    named = (name.removeprefix("records.").strip('"') for name, _ in session.execute(_MACHINES).fetchall())
    return Layout(parts, frozenset(named))


def has_citus(session: Session) -> bool:
    """Whether the database has the extension that distributes tables over machines."""
    return bool(session.execute("SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'citus')").get)
