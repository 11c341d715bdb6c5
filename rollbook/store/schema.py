"""The tables of the store, derived from the model; migrations are what was derived, frozen at each release."""

from __future__ import annotations

from pathlib import Path

from .. import model
from ..fields import RECORDS, Record

assert model.__name__

MIGRATIONS = Path(__file__).parent / "migrations"

KEPT = {
    "district": "INTEGER NOT NULL",
    "id": "TEXT NOT NULL",
}
"""The key of every record: the district's number (the partition), then the record's hub id (a UUID)."""

STAMPED = {
    "made": "TEXT NOT NULL",
    "seq": "INTEGER NOT NULL",
    "changed": "TEXT",
    "remainder": "TEXT",
}
"""The history of every record: the stamp of its making, the sequence number of its last write, a JSON object of the
stamps of the fields changed since, and what a dialect's client wrote that has no canonical field.

A stamp is a moment (UTC, milliseconds) and a sequence number: `2026-11-20T08:45:00.123000000000042`.
"""


def columns(record: type[Record]) -> dict[str, str]:
    """The columns of a record's table with their SQL types."""
    return {**KEPT, **{name: field.sql for name, field in record.stored().items()}, **STAMPED}


def statements(record: type[Record]) -> list[str]:
    """What makes a record's table and its indexes, or its view."""
    table = f'"{record.table}"'
    if record.view:
        return [f"CREATE VIEW {table} AS {' '.join(record.view.split())}"]
    body = ", ".join(f'"{name}" {kind}' for name, kind in columns(record).items())
    made = [
        f"CREATE TABLE {table} ({body}, PRIMARY KEY (district, id))",
        # What has moved since a number is found without reading the rest.
        f'CREATE INDEX "{record.table}_moved" ON {table} (district, seq)',
    ]
    for index in record.indexes:
        name = f'"{record.table}_{"_".join(index)}"'
        by = ", ".join(f'"{c}"' for c in index)
        made.append(f"CREATE INDEX {name} ON {table} (district, {by})")
    return made


HOUSEKEEPING = [
    # The number and the last stamp of each district.
    "CREATE TABLE clock (district INTEGER PRIMARY KEY, seq INTEGER NOT NULL, at TEXT NOT NULL)",
    # The last sequence number at which a kind of record moved at a school; '' stands for the whole district.
    "CREATE TABLE moved (district INTEGER NOT NULL, school TEXT NOT NULL, kind TEXT NOT NULL, seq INTEGER NOT NULL,"
    " PRIMARY KEY (district, school, kind)) WITHOUT ROWID",
    # What is gone, with its natural keys, and keys that changed; `made` is the number of the record's making.
    "CREATE TABLE history (district INTEGER NOT NULL, seq INTEGER NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL,"
    " school TEXT, what TEXT NOT NULL, at TEXT NOT NULL, keys TEXT NOT NULL, made INTEGER,"
    " PRIMARY KEY (district, seq)) WITHOUT ROWID",
    "CREATE INDEX history_kind ON history (district, kind, seq)",
    # Numbers that the hub hands out, such as MIS ids for records whose source has none.
    "CREATE TABLE counter (district INTEGER NOT NULL, name TEXT NOT NULL, value INTEGER NOT NULL,"
    " PRIMARY KEY (district, name)) WITHOUT ROWID",
    # What each source last said, by its own keys: the digest tells whether a row is news.
    "CREATE TABLE source_row (district INTEGER NOT NULL, source TEXT NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL,"
    " digest BLOB NOT NULL, id TEXT NOT NULL, PRIMARY KEY (district, source, kind, key)) WITHOUT ROWID",
    # The files of a source as last seen, compressed, where the next ones may say only what is different.
    "CREATE TABLE source_file (district INTEGER NOT NULL, source TEXT NOT NULL, name TEXT NOT NULL,"
    " digest TEXT NOT NULL, content BLOB NOT NULL, PRIMARY KEY (district, source, name))",
    # When each source was last read, and what came of it.
    "CREATE TABLE sync (district INTEGER NOT NULL, school TEXT NOT NULL, source TEXT NOT NULL, at TEXT NOT NULL,"
    " outcome TEXT NOT NULL, PRIMARY KEY (district, school, source)) WITHOUT ROWID",
    # Sources that the hub may read again by itself: the connector and where to find it.
    "CREATE TABLE feed (district INTEGER NOT NULL, source TEXT NOT NULL, connector TEXT NOT NULL, path TEXT NOT NULL,"
    " name TEXT, PRIMARY KEY (district, source)) WITHOUT ROWID",
    # What a source was last refused for: where, what is wrong and how to mend it; nothing of what it said.
    "CREATE TABLE refusal (district INTEGER NOT NULL, source TEXT NOT NULL, number INTEGER NOT NULL, at TEXT NOT NULL,"
    ' "where" TEXT NOT NULL, what TEXT NOT NULL, hint TEXT NOT NULL, PRIMARY KEY (district, source, number))'
    " WITHOUT ROWID",
    # What a change of the records causes, written with it; the worker brings it to the queue of jobs.
    "CREATE TABLE outbox (id TEXT PRIMARY KEY, kind TEXT NOT NULL, key TEXT NOT NULL, payload TEXT NOT NULL,"
    " due REAL NOT NULL, made REAL NOT NULL) WITHOUT ROWID",
    # What came of each write-back: done, invalid or failed; `outcome` holds the messages and the ids it was given.
    'CREATE TABLE writeback (id TEXT PRIMARY KEY, "grant" TEXT NOT NULL, district INTEGER NOT NULL,'
    " school TEXT NOT NULL, operation TEXT NOT NULL, state TEXT NOT NULL, at TEXT NOT NULL, outcome TEXT NOT NULL)"
    " WITHOUT ROWID",
    "CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    # Consent: an app, what a school lets it see, and of whom.
    "CREATE TABLE app (id TEXT PRIMARY KEY, relying_party TEXT NOT NULL UNIQUE COLLATE NOCASE, name TEXT NOT NULL,"
    " secret BLOB, made TEXT NOT NULL) WITHOUT ROWID",
    'CREATE TABLE "grant" (id TEXT PRIMARY KEY, app TEXT NOT NULL, district INTEGER NOT NULL, school TEXT NOT NULL,'
    " scopes TEXT NOT NULL, state TEXT NOT NULL, secret BLOB, version INTEGER NOT NULL, people TEXT NOT NULL,"
    " made TEXT NOT NULL, ended TEXT, UNIQUE (app, school)) WITHOUT ROWID",
    # How often the secret that an app verifies the hub's calls with was changed, and when it last was.
    "CREATE TABLE signing (app TEXT PRIMARY KEY, rotation INTEGER NOT NULL, at REAL NOT NULL) WITHOUT ROWID",
    # What an app shows in the dialects that read a district; `rights` are the permission words of its standard.
    "CREATE TABLE credential (id TEXT PRIMARY KEY, app TEXT NOT NULL, dialect TEXT NOT NULL, key TEXT NOT NULL UNIQUE,"
    " secret BLOB NOT NULL, district INTEGER NOT NULL, rights TEXT NOT NULL, made TEXT NOT NULL) WITHOUT ROWID",
    "CREATE INDEX credential_secret ON credential (secret)",
    # The districts that an app made, which it may see while they have no school yet.
    "CREATE TABLE founded (district INTEGER NOT NULL, app TEXT NOT NULL, PRIMARY KEY (district, app)) WITHOUT ROWID",
    'CREATE TABLE chosen ("grant" TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL,'
    ' PRIMARY KEY ("grant", kind, id)) WITHOUT ROWID',
    # Whom an app leaves out of its own grant; `listed` tells whether the school's own list names them too.
    'CREATE TABLE declined ("grant" TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, listed INTEGER NOT NULL,'
    ' PRIMARY KEY ("grant", kind, id)) WITHOUT ROWID',
    # When a grant's choice of people let a human in (`seen`) or left them out; no id stands for whoever no list names.
    'CREATE TABLE turned ("grant" TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, seq INTEGER NOT NULL,'
    ' at TEXT NOT NULL, seen INTEGER NOT NULL, PRIMARY KEY ("grant", kind, id, seq)) WITHOUT ROWID',
    # The grants through which an app has been able to read a district, and so may hold what it has read.
    'CREATE TABLE opened ("grant" TEXT PRIMARY KEY) WITHOUT ROWID',
    "CREATE TRIGGER opened_by_key AFTER INSERT ON credential BEGIN INSERT OR IGNORE INTO opened"
    """ SELECT id FROM "grant" WHERE app = new.app AND state = 'active'; END""",
    """CREATE TRIGGER opened_at_once AFTER INSERT ON "grant" WHEN new.state = 'active'"""
    " BEGIN INSERT OR IGNORE INTO opened SELECT new.id FROM credential WHERE app = new.app; END",
    """CREATE TRIGGER opened_later AFTER UPDATE OF state ON "grant" WHEN new.state = 'active'"""
    " BEGIN INSERT OR IGNORE INTO opened SELECT new.id FROM credential WHERE app = new.app; END",
    # The passwords of researchers who sign in with one (model.research.ResearchUser).
    'CREATE TABLE research_password ("user" TEXT PRIMARY KEY, salt BLOB NOT NULL, hash BLOB NOT NULL) WITHOUT ROWID',
]

PASSING = [
    # Tokens of credentials, and codes and refresh tokens for those that are one person's.
    "CREATE TABLE ticket (hash BLOB PRIMARY KEY, credential TEXT NOT NULL, kind TEXT NOT NULL, person TEXT NOT NULL,"
    " expires REAL NOT NULL) WITHOUT ROWID",
    'CREATE TABLE token (hash BLOB PRIMARY KEY, app TEXT NOT NULL, "grant" TEXT NOT NULL, version INTEGER NOT NULL,'
    " expires REAL NOT NULL) WITHOUT ROWID",
    # Researchers' tokens, and devices that ask for one.
    'CREATE TABLE research_token (hash BLOB PRIMARY KEY, "user" TEXT NOT NULL, name TEXT NOT NULL, made REAL NOT NULL,'
    " expires REAL NOT NULL) WITHOUT ROWID",
    'CREATE INDEX research_token_user ON research_token ("user")',
    "CREATE TABLE research_device (hash BLOB PRIMARY KEY, user_code TEXT NOT NULL UNIQUE, client TEXT NOT NULL,"
    ' state TEXT NOT NULL, "user" TEXT, expires REAL NOT NULL) WITHOUT ROWID',
    # A data set that a change set is measured against; its rows stand apart, since they are read only when it moved.
    'CREATE TABLE snapshot ("grant" TEXT NOT NULL, endpoint TEXT NOT NULL, hash TEXT NOT NULL, made REAL NOT NULL,'
    ' used REAL NOT NULL, request TEXT NOT NULL, versions TEXT NOT NULL, PRIMARY KEY ("grant", endpoint, hash))',
    'CREATE TABLE snapshot_rows ("grant" TEXT NOT NULL, endpoint TEXT NOT NULL, hash TEXT NOT NULL, rows BLOB NOT NULL,'
    ' PRIMARY KEY ("grant", endpoint, hash))',
    # Where an app is told of changes of a database, and what each grant was last told that it sees of one.
    'CREATE TABLE subscription (id TEXT PRIMARY KEY, "grant" TEXT NOT NULL, database TEXT NOT NULL, url TEXT NOT NULL,'
    ' made REAL NOT NULL, UNIQUE ("grant", database, url)) WITHOUT ROWID',
    'CREATE TABLE watched ("grant" TEXT NOT NULL, database TEXT NOT NULL, state TEXT NOT NULL,'
    ' PRIMARY KEY ("grant", database)) WITHOUT ROWID',
    # What must be done later, and what came of it; one of a kind with a key waits or runs at a time.
    "CREATE TABLE job (id TEXT PRIMARY KEY, kind TEXT NOT NULL, key TEXT NOT NULL, payload TEXT NOT NULL,"
    " state TEXT NOT NULL, due REAL NOT NULL, tries INTEGER NOT NULL, made REAL NOT NULL, lease REAL, ended REAL,"
    " error TEXT) WITHOUT ROWID",
    "CREATE INDEX job_due ON job (state, due)",
    "CREATE UNIQUE INDEX job_pending ON job (kind, key) WHERE state IN ('waiting', 'running')",
    # When each database of a school (Xporter's caches) was last read from the source, and what went wrong since.
    "CREATE TABLE cached (district INTEGER NOT NULL, school TEXT NOT NULL, name TEXT NOT NULL, read REAL NOT NULL,"
    " problem TEXT, PRIMARY KEY (district, school, name)) WITHOUT ROWID",
    "CREATE TRIGGER snapshot_gone AFTER DELETE ON snapshot BEGIN DELETE FROM snapshot_rows"
    ' WHERE "grant" = old."grant" AND endpoint = old.endpoint AND hash = old.hash; END',
]
"""What passes (tokens, change-set snapshots) is kept beside the records, so that a long import never holds it up."""


def derived() -> list[str]:
    """Every statement that makes today's schema of the records."""
    views = [r for r in RECORDS.values() if r.view]
    tables = [r for r in RECORDS.values() if not r.derived()]
    return [*HOUSEKEEPING, *(s for record in (*tables, *views) for s in statements(record))]


def migrations(name: str) -> list[str]:
    """The migrations of a database file (`records` or `passing`), oldest first."""
    return [path.read_text() for path in sorted(MIGRATIONS.glob(f"{name}_*.sql"))]
