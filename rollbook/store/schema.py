"""The tables of the store, derived from the model; migrations are what was derived, frozen at each release."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from .. import model
from ..fields import RECORDS, Record
from .plan.derived import VIEWS, view
from .plan.flavours.sqlite import SQLITE
from .plan.phrases import NUMBERED_ID

assert model.__name__

MIGRATIONS = Path(__file__).parent / "migrations"

STAMPED = {
    "seq": "INTEGER",
    "changed": "TEXT",
    "remainder": "TEXT",
}
"""The history of every record: the number of its last write (null while it is as it was made), a JSON object of the
numbers of the writes that changed its fields since, and what a dialect's client wrote that has no canonical field.

The number of its making is its key. When a number was written is in `moment`.
"""


def kept(record: type[Record]) -> dict[str, str]:
    """What every record is known by: its key, its district's number (the partition), and its hub id (a UUID).

    The key is the number of the write that made it: no other record of the hub has it, nor ever will. References hold
    keys. A kind that is `numbered` has so many records that a hub id is made of the key where none was given.
    """
    found = {"key": "INTEGER PRIMARY KEY", "district": "INTEGER NOT NULL"}
    if record.numbered:
        made = f"coalesce(given, '{NUMBERED_ID}' || printf('%012d', key))"
        return {**found, "given": "TEXT", "id": f"TEXT GENERATED ALWAYS AS ({made}) VIRTUAL"}
    return {**found, "id": "TEXT NOT NULL"}


def columns(record: type[Record]) -> dict[str, str]:
    """The columns of a record's table with their SQL types."""
    return {**kept(record), **{name: field.sql for name, field in record.stored().items()}, **STAMPED}


def statements(record: type[Record]) -> list[str]:
    """What makes a record's table and its indexes, or its view."""
    table = f'"{record.table}"'
    if record in VIEWS:
        return [f"CREATE VIEW {table} AS {view(record, SQLITE)}"]
    body = ", ".join(f'"{name}" {kind}' for name, kind in columns(record).items())
    known = "given) WHERE given IS NOT NULL" if record.numbered else "id)"
    made = [
        f"CREATE TABLE {table} ({body})",
        f'CREATE UNIQUE INDEX "{record.table}_id" ON {table} (district, {known}',
        # What was changed since a number is found without reading the rest; what was made since, by its key.
        f'CREATE INDEX "{record.table}_moved" ON {table} (district, seq) WHERE seq IS NOT NULL',
    ]
    for index in record.indexes:
        # That of ids which were given has the name already.
        name = f'"{record.table}_{"_".join(index) if index != ("id",) else "every_id"}"'
        by = ", ".join(f'"{c}"' for c in index)
        made.append(f"CREATE INDEX {name} ON {table} (district, {by})")
    return made


HOUSEKEEPING = [
    # The number and the last stamp of each district.
    "CREATE TABLE clock (district INTEGER PRIMARY KEY, seq INTEGER NOT NULL, at TEXT NOT NULL)",
    # When the writes of a district were (UTC, milliseconds), and of which source's reading, where they were of one:
    # those from a number on, up to the next one that is here.
    "CREATE TABLE moment (district INTEGER NOT NULL, seq INTEGER NOT NULL, at TEXT NOT NULL, source TEXT,"
    " PRIMARY KEY (district, seq)) WITHOUT ROWID",
    # The last sequence number at which a kind of record moved at a school; '' stands for the whole district.
    "CREATE TABLE moved (district INTEGER NOT NULL, school TEXT NOT NULL, kind TEXT NOT NULL, seq INTEGER NOT NULL,"
    " PRIMARY KEY (district, school, kind)) WITHOUT ROWID",
    # What is gone, with its natural keys, and keys that changed; `made` is the key that the record has or had.
    "CREATE TABLE history (district INTEGER NOT NULL, seq INTEGER NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL,"
    " school TEXT, what TEXT NOT NULL, at TEXT NOT NULL, keys TEXT NOT NULL, made INTEGER,"
    " PRIMARY KEY (district, seq)) WITHOUT ROWID",
    "CREATE INDEX history_kind ON history (district, kind, seq)",
    # Unique ids by which a human was known before: whoever kept one still finds them, until another has it.
    "CREATE TABLE former_id (district INTEGER NOT NULL, fact TEXT NOT NULL, value TEXT NOT NULL, person TEXT NOT NULL,"
    " PRIMARY KEY (district, fact, value, person)) WITHOUT ROWID",
    # Records that were, at one time, listed under one id that each has from its own source, since a moment (UTC).
    "CREATE TABLE namesake (district INTEGER NOT NULL, listed TEXT NOT NULL, name TEXT NOT NULL, id TEXT NOT NULL,"
    " kind TEXT NOT NULL, at TEXT NOT NULL, PRIMARY KEY (district, listed, name, id)) WITHOUT ROWID",
    # The session marks of a student (a key) in four weeks, from a Monday (a day's number) on; see store/registers.py.
    "CREATE TABLE register (district INTEGER NOT NULL, student INTEGER NOT NULL, monday INTEGER NOT NULL,"
    " slots TEXT NOT NULL, marks TEXT NOT NULL, PRIMARY KEY (district, student, monday)) WITHOUT ROWID",
    # Humans with a record in several districts: one hub id, and a row for each of the districts.
    "CREATE TABLE twin (id TEXT NOT NULL, district INTEGER NOT NULL, PRIMARY KEY (id, district)) WITHOUT ROWID",
    # What documents of a standard (a resource, and the hub id of its record) refer to beside the record's references,
    # by the path of each, and the words that they use (a digest of list and word).
    "CREATE TABLE pointer (district INTEGER NOT NULL, source TEXT NOT NULL, resource TEXT NOT NULL,"
    " path TEXT NOT NULL, target TEXT NOT NULL, PRIMARY KEY (district, source, resource, path)) WITHOUT ROWID",
    "CREATE INDEX pointer_target ON pointer (district, target)",
    "CREATE TABLE word_use (district INTEGER NOT NULL, source TEXT NOT NULL, resource TEXT NOT NULL,"
    " word INTEGER NOT NULL, PRIMARY KEY (district, source, resource, word)) WITHOUT ROWID",
    "CREATE INDEX word_use_word ON word_use (district, word)",
    # Numbers that the hub hands out, such as MIS ids for records whose source has none.
    "CREATE TABLE counter (district INTEGER NOT NULL, name TEXT NOT NULL, value INTEGER NOT NULL,"
    " PRIMARY KEY (district, name)) WITHOUT ROWID",
    # What each source last said, by its own keys: the digest tells whether a row is news.
    "CREATE TABLE source_row (district INTEGER NOT NULL, source TEXT NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL,"
    " digest BLOB NOT NULL, id TEXT NOT NULL, PRIMARY KEY (district, source, kind, key)) WITHOUT ROWID",
    "CREATE INDEX source_row_id ON source_row (district, id, kind, source)",
    # What is said of records that several sources know, or that the hub itself (no source) has overwritten: a JSON
    # object of facts, null where the hub holds it deleted; `changed` are the numbers since which facts are said that
    # are not said since `made`.
    "CREATE TABLE saying (district INTEGER NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, source TEXT NOT NULL,"
    " key TEXT NOT NULL, says TEXT, made INTEGER NOT NULL, changed TEXT,"
    " PRIMARY KEY (district, kind, id, source, key)) WITHOUT ROWID",
    "CREATE INDEX saying_deleted ON saying (district) WHERE says IS NULL",
    # The files of a source as last seen, compressed, where the next ones may say only what is different.
    "CREATE TABLE source_file (district INTEGER NOT NULL, source TEXT NOT NULL, name TEXT NOT NULL,"
    " digest TEXT NOT NULL, content BLOB NOT NULL, PRIMARY KEY (district, source, name))",
    # When each source was last read, and what came of it.
    "CREATE TABLE sync (district INTEGER NOT NULL, school TEXT NOT NULL, source TEXT NOT NULL, at TEXT NOT NULL,"
    " outcome TEXT NOT NULL, PRIMARY KEY (district, school, source)) WITHOUT ROWID",
    # The sources of a district by name: how each is read (`settings`, a JSON object, in which secrets are sealed), in
    # which order they are asked, what each may say, and whether it is read by itself.
    "CREATE TABLE source (district INTEGER NOT NULL, name TEXT NOT NULL, connector TEXT NOT NULL,"
    " settings TEXT NOT NULL, precedence INTEGER NOT NULL, may TEXT NOT NULL, most_aside REAL NOT NULL,"
    " state TEXT NOT NULL, schedule TEXT NOT NULL, made TEXT NOT NULL, PRIMARY KEY (district, name)) WITHOUT ROWID",
    # The last readings of each source: from when to when, what came of it by kind of record, why it was refused, and
    # of its requests how many there were and the first and last of them (a JSON list).
    "CREATE TABLE source_run (district INTEGER NOT NULL, source TEXT NOT NULL, started TEXT NOT NULL,"
    " ended TEXT NOT NULL, outcome TEXT NOT NULL, tallies TEXT NOT NULL, problems INTEGER NOT NULL,"
    " why TEXT NOT NULL DEFAULT '', asked INTEGER NOT NULL DEFAULT 0, requests TEXT NOT NULL DEFAULT '[]',"
    " PRIMARY KEY (district, source, started)) WITHOUT ROWID",
    # What a source was last refused for: where, what is wrong and how to mend it; nothing of what it said.
    "CREATE TABLE refusal (district INTEGER NOT NULL, source TEXT NOT NULL, number INTEGER NOT NULL, at TEXT NOT NULL,"
    ' "where" TEXT NOT NULL, what TEXT NOT NULL, hint TEXT NOT NULL, PRIMARY KEY (district, source, number))'
    " WITHOUT ROWID",
    # Rows of sources that may be a record that the hub holds (`candidate`): why, and what somebody decided.
    "CREATE TABLE review (district INTEGER NOT NULL, id TEXT NOT NULL, source TEXT NOT NULL, kind TEXT NOT NULL,"
    " key TEXT NOT NULL, candidate TEXT NOT NULL, rule TEXT NOT NULL, facts TEXT NOT NULL, said TEXT NOT NULL,"
    " state TEXT NOT NULL, made TEXT NOT NULL, decided_by TEXT, decided TEXT, PRIMARY KEY (district, id),"
    " UNIQUE (district, source, kind, key, candidate)) WITHOUT ROWID",
    # Humans that were merged into others, with what undoes it.
    "CREATE TABLE merged (district INTEGER NOT NULL, id TEXT NOT NULL, stays TEXT NOT NULL, gone TEXT NOT NULL,"
    " made_by TEXT NOT NULL, made TEXT NOT NULL, steps TEXT NOT NULL, PRIMARY KEY (district, id)) WITHOUT ROWID",
    # What a change of the records causes, written with it; the worker brings it to the queue of jobs.
    "CREATE TABLE outbox (id TEXT PRIMARY KEY, kind TEXT NOT NULL, key TEXT NOT NULL, payload TEXT NOT NULL,"
    " due REAL NOT NULL, made REAL NOT NULL) WITHOUT ROWID",
    # What came of each write-back: done, invalid or failed; `outcome` holds the messages and the ids it was given.
    'CREATE TABLE writeback (id TEXT PRIMARY KEY, "grant" TEXT NOT NULL, district INTEGER NOT NULL,'
    " school TEXT NOT NULL, operation TEXT NOT NULL, state TEXT NOT NULL, at TEXT NOT NULL, outcome TEXT NOT NULL)"
    " WITHOUT ROWID",
    # Programs at schools that speak for a source (`source`); `store` is the data directory that one is bound to, and
    # `position` how far the hub has followed its history, unknown until it has been read whole.
    "CREATE TABLE school_agent (id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE COLLATE NOCASE,"
    " key TEXT NOT NULL UNIQUE, secret BLOB, district INTEGER NOT NULL, source TEXT NOT NULL UNIQUE,"
    " store TEXT NOT NULL, position INTEGER, may_shrink INTEGER NOT NULL, made TEXT NOT NULL) WITHOUT ROWID",
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
    # The secrets of those that sign their requests, sealed: a signature is checked with the secret itself.
    "CREATE TABLE signing_secret (credential TEXT PRIMARY KEY, sealed TEXT NOT NULL) WITHOUT ROWID",
    # Secrets of apps and of their keys (`holder`) that others have taken the place of, and until when they still do;
    # sealed where they sign.
    "CREATE TABLE earlier_secret (holder TEXT NOT NULL, hash BLOB NOT NULL, sealed TEXT, until REAL NOT NULL,"
    " PRIMARY KEY (holder, hash)) WITHOUT ROWID",
    # Schools of invented people that apps try themselves on, each a district of its own, which is 0 while it is made;
    # `turn` counts how often it was.
    "CREATE TABLE sandbox (id TEXT PRIMARY KEY, app TEXT NOT NULL, estab TEXT NOT NULL UNIQUE,"
    " district INTEGER NOT NULL, made REAL NOT NULL, turn INTEGER NOT NULL) WITHOUT ROWID",
    # Where browsers may call from for an app, and then for its sandboxes only.
    "CREATE TABLE app_origin (app TEXT NOT NULL, origin TEXT NOT NULL, PRIMARY KEY (app, origin)) WITHOUT ROWID",
    # The districts that an app made, which it may see while they have no school yet.
    "CREATE TABLE founded (district INTEGER NOT NULL, app TEXT NOT NULL, PRIMARY KEY (district, app)) WITHOUT ROWID",
    # Whose data: how a list of a kind of human is meant (`only` or `except`), people one by one, whom it names or, with
    # `listed` 0, leaves out though a rule names them, and people by rule.
    'CREATE TABLE choice ("grant" TEXT NOT NULL, kind TEXT NOT NULL, mode TEXT NOT NULL, PRIMARY KEY ("grant", kind))'
    " WITHOUT ROWID",
    'CREATE TABLE named ("grant" TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, listed INTEGER NOT NULL,'
    ' PRIMARY KEY ("grant", kind, id)) WITHOUT ROWID',
    'CREATE TABLE rule ("grant" TEXT NOT NULL, kind TEXT NOT NULL, "by" TEXT NOT NULL, value TEXT NOT NULL,'
    ' PRIMARY KEY ("grant", kind, "by", value)) WITHOUT ROWID',
    # What that comes to, and the days (`first` to `last`) on which it holds; what every reading is held against.
    # Of somebody who is not there, no key is known.
    'CREATE TABLE chosen ("grant" TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, first TEXT NOT NULL,'
    ' last TEXT NOT NULL, key INTEGER, PRIMARY KEY ("grant", kind, id, first)) WITHOUT ROWID',
    'CREATE INDEX chosen_key ON chosen ("grant", kind, key, first, last)',
    # The day up to which it has been written down whom a grant lets in and leaves out.
    'CREATE TABLE followed ("grant" TEXT PRIMARY KEY, day TEXT NOT NULL) WITHOUT ROWID',
    # Records that only one app sees (`shown`), or that only one app does not see, with their parts.
    "CREATE TABLE veiled (district INTEGER NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, app TEXT NOT NULL,"
    " shown INTEGER NOT NULL, at TEXT NOT NULL, key INTEGER, PRIMARY KEY (id, app)) WITHOUT ROWID",
    # What an app says of itself and asks for: whom to write to, where its webhooks go, whether it is live, what it is
    # for and where it says how it treats data; each scope with the reason.
    "CREATE TABLE registration (app TEXT PRIMARY KEY, contact TEXT NOT NULL, webhook TEXT NOT NULL,"
    " live INTEGER NOT NULL, purpose TEXT NOT NULL DEFAULT '', privacy TEXT NOT NULL DEFAULT '') WITHOUT ROWID",
    "CREATE TABLE ask (app TEXT NOT NULL, scope TEXT NOT NULL, required INTEGER NOT NULL, reason TEXT NOT NULL,"
    " PRIMARY KEY (app, scope)) WITHOUT ROWID",
    # Schools that an app has invited; the hash is that of the link, of which `serial` counts how many there were.
    "CREATE TABLE invitation (id TEXT PRIMARY KEY, app TEXT NOT NULL, district INTEGER NOT NULL, school TEXT NOT NULL,"
    " email TEXT NOT NULL, name TEXT NOT NULL, live INTEGER NOT NULL, scopes TEXT NOT NULL, serial INTEGER NOT NULL,"
    " hash BLOB NOT NULL UNIQUE, made REAL NOT NULL, expires REAL NOT NULL, answer TEXT NOT NULL,"
    " opened REAL, reminded INTEGER NOT NULL DEFAULT 0, UNIQUE (app, school)) WITHOUT ROWID",
    # Who may answer for a school beside its own address.
    "CREATE TABLE signatory (district INTEGER NOT NULL, school TEXT NOT NULL, email TEXT NOT NULL COLLATE NOCASE,"
    " PRIMARY KEY (district, school, email)) WITHOUT ROWID",
    # How a grant was last authorised: how often it has been, when, what was asked for, who was asked, and whether the
    # school has seen the secret.
    'CREATE TABLE agreement ("grant" TEXT PRIMARY KEY, serial INTEGER NOT NULL, at REAL NOT NULL, asked TEXT NOT NULL,'
    " email TEXT NOT NULL, shown INTEGER NOT NULL) WITHOUT ROWID",
    # What was agreed, narrowed, widened or ended, when, as the school was sent it by e-mail.
    'CREATE TABLE receipt (id TEXT PRIMARY KEY, "grant" TEXT NOT NULL, at REAL NOT NULL, event TEXT NOT NULL,'
    " told TEXT NOT NULL) WITHOUT ROWID",
    'CREATE INDEX receipt_grant ON receipt ("grant", at)',
    # The moment from which a grant is revoked, whether or not anybody has looked since.
    'CREATE TABLE ending ("grant" TEXT PRIMARY KEY, at REAL NOT NULL) WITHOUT ROWID',
    # What else was decided of a grant for later, which counts from that moment in the same way.
    'CREATE TABLE planned (id TEXT PRIMARY KEY, "grant" TEXT NOT NULL, at REAL NOT NULL, what TEXT NOT NULL,'
    " scopes TEXT NOT NULL, made_by TEXT NOT NULL, made REAL NOT NULL) WITHOUT ROWID",
    'CREATE INDEX planned_grant ON planned ("grant", at)',
    # People whom somebody is choosing, by MIS id and by rule, since when; the grant is paused until they become the
    # chosen ones. Who chooses is named as on receipts, so that two people of a school do not share a choice.
    'CREATE TABLE choosing ("grant" TEXT NOT NULL, person TEXT NOT NULL, kind TEXT NOT NULL, since REAL NOT NULL,'
    " mode TEXT NOT NULL, people TEXT NOT NULL, rules TEXT NOT NULL, without TEXT NOT NULL,"
    ' PRIMARY KEY ("grant", person, kind)) WITHOUT ROWID',
    # The keys with which schools ask who saw what about their people.
    "CREATE TABLE school_key (hash BLOB PRIMARY KEY, district INTEGER NOT NULL, school TEXT NOT NULL,"
    " made TEXT NOT NULL, UNIQUE (district, school)) WITHOUT ROWID",
    # Whom an app leaves out of its own grant.
    'CREATE TABLE declined ("grant" TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL,'
    ' PRIMARY KEY ("grant", kind, id)) WITHOUT ROWID',
    # When a grant's choice of people let a human in (`seen`) or left them out; no id stands for whoever no list names.
    'CREATE TABLE turned ("grant" TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, seq INTEGER NOT NULL,'
    ' at TEXT NOT NULL, seen INTEGER NOT NULL, key INTEGER, PRIMARY KEY ("grant", kind, id, seq)) WITHOUT ROWID',
    'CREATE INDEX turned_key ON turned ("grant", kind, key, seq)',
    # The grants through which an app has been able to read a district, and so may hold what it has read.
    'CREATE TABLE opened ("grant" TEXT PRIMARY KEY) WITHOUT ROWID',
    # The passwords of people who sign in with one (model.research.ResearchUser); those with a salt are of before, and
    # are hashed anew when they are next used.
    'CREATE TABLE research_password ("user" TEXT PRIMARY KEY, salt BLOB NOT NULL, hash BLOB NOT NULL) WITHOUT ROWID',
    # What people who sign in may do, and at which school or for which app (a hub id).
    "CREATE TABLE account_role (account TEXT NOT NULL, role TEXT NOT NULL, place TEXT NOT NULL, made REAL NOT NULL,"
    " PRIMARY KEY (account, role, place)) WITHOUT ROWID",
    "CREATE INDEX account_role_place ON account_role (place, role)",
    # The secret of somebody's authenticator app, sealed, whether they have shown that they have it, and the last of its
    # steps that was used; and what lets them in without it, once each.
    "CREATE TABLE authenticator (account TEXT PRIMARY KEY, sealed TEXT NOT NULL, confirmed INTEGER NOT NULL,"
    " used INTEGER NOT NULL) WITHOUT ROWID",
    "CREATE TABLE recovery_code (account TEXT NOT NULL, hash BLOB NOT NULL, PRIMARY KEY (account, hash)) WITHOUT ROWID",
    # Links that open an account, add a role to one, or let somebody choose another password (no role): once each.
    "CREATE TABLE account_link (id TEXT PRIMARY KEY, email TEXT NOT NULL, role TEXT NOT NULL, place TEXT NOT NULL,"
    " made_by TEXT NOT NULL, expires REAL NOT NULL) WITHOUT ROWID",
    # Accounts elsewhere that people sign in with (OpenID Connect): who says so and how they name the person, whose
    # account it is, and when it was first and last used.
    "CREATE TABLE identity (issuer TEXT NOT NULL, subject TEXT NOT NULL, account TEXT NOT NULL, made REAL NOT NULL,"
    " used REAL NOT NULL, PRIMARY KEY (issuer, subject)) WITHOUT ROWID",
    "CREATE INDEX identity_account ON identity (account)",
    # What those may do, and where, whom a provider gives an address of a domain.
    "CREATE TABLE domain_role (issuer TEXT NOT NULL, domain TEXT NOT NULL, role TEXT NOT NULL, place TEXT NOT NULL,"
    " made_by TEXT NOT NULL, made REAL NOT NULL, PRIMARY KEY (issuer, domain, role, place)) WITHOUT ROWID",
    # What people decided, by their e-mail address, at which school or for which app.
    "CREATE TABLE decision (id TEXT PRIMARY KEY, at REAL NOT NULL, person TEXT NOT NULL, what TEXT NOT NULL,"
    " place TEXT NOT NULL, about TEXT NOT NULL) WITHOUT ROWID",
    "CREATE INDEX decision_at ON decision (at)",
    # People who were erased: a keyed digest of the hub id of each, so that they are erased again after a restore, when
    # and why, what went by kind (JSON), and until when apps are told by which ids they knew them.
    "CREATE TABLE erasure (district INTEGER NOT NULL, id TEXT NOT NULL, person TEXT NOT NULL, at TEXT NOT NULL,"
    " made_by TEXT NOT NULL, why TEXT NOT NULL, gone TEXT NOT NULL, until TEXT NOT NULL, ended TEXT,"
    " PRIMARY KEY (district, id)) WITHOUT ROWID",
    # Keyed digests of the keys by which sources know them, so that no source brings them back.
    "CREATE TABLE erased_key (district INTEGER NOT NULL, digest TEXT NOT NULL, erasure TEXT NOT NULL,"
    " PRIMARY KEY (district, digest)) WITHOUT ROWID",
    # What the history tells of them, until it tells no more than a number that leads nowhere.
    "CREATE TABLE erased_stone (district INTEGER NOT NULL, erasure TEXT NOT NULL, seq INTEGER NOT NULL,"
    " PRIMARY KEY (district, erasure, seq)) WITHOUT ROWID",
    # After how many days what goes, at a school (a hub id) or in the whole district; of the hub itself, district 0.
    "CREATE TABLE retention (district INTEGER NOT NULL, school TEXT NOT NULL, what TEXT NOT NULL,"
    " days INTEGER NOT NULL, made_by TEXT NOT NULL, made TEXT NOT NULL, PRIMARY KEY (district, school, what))"
    " WITHOUT ROWID",
    # What went by which rule, and when.
    "CREATE TABLE retention_run (district INTEGER NOT NULL, at TEXT NOT NULL, school TEXT NOT NULL, what TEXT NOT NULL,"
    " days INTEGER NOT NULL, gone INTEGER NOT NULL, PRIMARY KEY (district, at, school, what)) WITHOUT ROWID",
]

PASSING = [
    # Tokens of credentials, and codes and refresh tokens for those that are one person's.
    "CREATE TABLE ticket (hash BLOB PRIMARY KEY, credential TEXT NOT NULL, kind TEXT NOT NULL, person TEXT NOT NULL,"
    " expires REAL NOT NULL) WITHOUT ROWID",
    # What signed requests of a credential said once, so that nobody sends one again; `request` tells it from others.
    "CREATE TABLE nonce (credential TEXT NOT NULL, said TEXT NOT NULL, request TEXT NOT NULL, expires REAL NOT NULL,"
    " PRIMARY KEY (credential, said)) WITHOUT ROWID",
    "CREATE INDEX nonce_expires ON nonce (expires)",
    # When a secret (its digest) was last shown.
    "CREATE TABLE secret_use (hash BLOB PRIMARY KEY, at REAL NOT NULL) WITHOUT ROWID",
    'CREATE TABLE token (hash BLOB PRIMARY KEY, app TEXT NOT NULL, "grant" TEXT NOT NULL, version INTEGER NOT NULL,'
    " expires REAL NOT NULL) WITHOUT ROWID",
    # Researchers' tokens, and devices that ask for one.
    'CREATE TABLE research_token (hash BLOB PRIMARY KEY, "user" TEXT NOT NULL, name TEXT NOT NULL, made REAL NOT NULL,'
    " expires REAL NOT NULL) WITHOUT ROWID",
    'CREATE INDEX research_token_user ON research_token ("user")',
    "CREATE TABLE research_device (hash BLOB PRIMARY KEY, user_code TEXT NOT NULL UNIQUE, client TEXT NOT NULL,"
    ' state TEXT NOT NULL, "user" TEXT, expires REAL NOT NULL) WITHOUT ROWID',
    # People who are signed in with a browser: since when, when they last asked for a page, and whether a code is still
    # to come.
    "CREATE TABLE session (hash BLOB PRIMARY KEY, account TEXT NOT NULL, stage TEXT NOT NULL, made REAL NOT NULL,"
    " used REAL NOT NULL) WITHOUT ROWID",
    "CREATE INDEX session_account ON session (account)",
    # People who were sent to a provider to sign in, each under the digest of what they bring back, once: from which
    # browser, with what the provider must repeat, and where they were going, with what they had filled in.
    "CREATE TABLE sent_away (hash BLOB PRIMARY KEY, provider TEXT NOT NULL, browser BLOB NOT NULL,"
    ' nonce TEXT NOT NULL, verifier TEXT NOT NULL, back TEXT NOT NULL, "next" TEXT NOT NULL, kept TEXT NOT NULL,'
    " expires REAL NOT NULL) WITHOUT ROWID",
    "CREATE INDEX sent_away_expires ON sent_away (expires)",
    # A data set that a change set is measured against: where in a line of data sets, which came of each other, it is.
    'CREATE TABLE snapshot ("grant" TEXT NOT NULL, endpoint TEXT NOT NULL, hash TEXT NOT NULL, made REAL NOT NULL,'
    " used REAL NOT NULL, request TEXT NOT NULL, versions TEXT NOT NULL, line TEXT NOT NULL DEFAULT '',"
    ' number INTEGER NOT NULL DEFAULT 0, PRIMARY KEY ("grant", endpoint, hash))',
    "CREATE INDEX snapshot_used ON snapshot (used)",
    "CREATE INDEX snapshot_state ON snapshot (line, number)",
    # How many data sets a line has had, and its parts, each with the first in which it was like this.
    "CREATE TABLE snapshot_line (line TEXT PRIMARY KEY, number INTEGER NOT NULL) WITHOUT ROWID",
    "CREATE TABLE snapshot_part (line TEXT NOT NULL, part TEXT NOT NULL, number INTEGER NOT NULL, rows BLOB NOT NULL,"
    " PRIMARY KEY (line, part, number))",
    "CREATE INDEX snapshot_part_number ON snapshot_part (line, number)",
    # The rows of data sets that have no line: hubs of before kept them in one piece.
    'CREATE TABLE snapshot_rows ("grant" TEXT NOT NULL, endpoint TEXT NOT NULL, hash TEXT NOT NULL, rows BLOB NOT NULL,'
    ' PRIMARY KEY ("grant", endpoint, hash))',
    # The rows that a caller is reading page by page: a list of hub ids for each page, with keys and digests where the
    # pages are of a change set.
    'CREATE TABLE pull (id TEXT PRIMARY KEY, "grant" TEXT NOT NULL, endpoint TEXT NOT NULL, asked TEXT NOT NULL,'
    " caller TEXT NOT NULL, used REAL NOT NULL, total INTEGER NOT NULL, state TEXT NOT NULL, size INTEGER NOT NULL,"
    ' UNIQUE ("grant", endpoint, asked, caller)) WITHOUT ROWID',
    "CREATE TABLE pull_page (pull TEXT NOT NULL, page INTEGER NOT NULL, rows BLOB NOT NULL, PRIMARY KEY (pull, page))",
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
    # What school agents are asked to do, and when each was last heard of, in which run of its program.
    "CREATE TABLE task (id TEXT PRIMARY KEY, agent TEXT NOT NULL, kind TEXT NOT NULL, payload TEXT NOT NULL,"
    " state TEXT NOT NULL, made REAL NOT NULL, handed REAL, ended REAL, note TEXT) WITHOUT ROWID",
    "CREATE INDEX task_state ON task (agent, state)",
    "CREATE TABLE school_agent_seen (agent TEXT PRIMARY KEY, at REAL NOT NULL, run TEXT NOT NULL,"
    " software TEXT NOT NULL) WITHOUT ROWID",
]
"""What passes (tokens, snapshots of change sets, pulls) stands beside the records: a long import never holds it up."""


LEDGER = [
    # Whoever asked for something, under which grants, by which dialect, and the facts that were shown: once each.
    "CREATE TABLE what (id INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE, dialect TEXT NOT NULL,"
    ' endpoint TEXT NOT NULL, app TEXT NOT NULL, "grants" TEXT NOT NULL, reader TEXT NOT NULL, facts TEXT NOT NULL,'
    " outcome TEXT NOT NULL)",
    # A small number for each human that was ever told of, by the hub id of the role or the person.
    "CREATE TABLE human (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE)",
    # Each set of people that an answer told of, once (see store/members.py).
    "CREATE TABLE people (id INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE, size INTEGER NOT NULL,"
    " low INTEGER NOT NULL, high INTEGER NOT NULL, members BLOB NOT NULL)",
    "CREATE INDEX people_span ON people (low, high)",
    # Every answer; `at` in milliseconds since 1970, `cut` when it did not reach its end.
    "CREATE TABLE disclosure (id INTEGER PRIMARY KEY, at INTEGER NOT NULL, what INTEGER NOT NULL,"
    " people INTEGER NOT NULL, rows INTEGER NOT NULL, status INTEGER NOT NULL, cut INTEGER NOT NULL, tracking TEXT)",
    "CREATE INDEX disclosure_people ON disclosure (people, at)",
    "CREATE INDEX disclosure_tracking ON disclosure (tracking) WHERE tracking IS NOT NULL",
    # The same by day (days since 1970, UTC), for what is asked of a whole year.
    "CREATE TABLE daily (people INTEGER NOT NULL, what INTEGER NOT NULL, day INTEGER NOT NULL, times INTEGER NOT NULL,"
    " first INTEGER NOT NULL, last INTEGER NOT NULL, PRIMARY KEY (people, what, day)) WITHOUT ROWID",
    "CREATE TABLE usage (what INTEGER NOT NULL, day INTEGER NOT NULL, times INTEGER NOT NULL,"
    " PRIMARY KEY (what, day)) WITHOUT ROWID",
    # How far the journals are folded, and what their numbers stand for while their processes live.
    "CREATE TABLE folded (run TEXT NOT NULL, part TEXT NOT NULL, upto INTEGER NOT NULL, PRIMARY KEY (run, part))"
    " WITHOUT ROWID",
    "CREATE TABLE run_what (run TEXT NOT NULL, number INTEGER NOT NULL, what INTEGER NOT NULL,"
    " PRIMARY KEY (run, number)) WITHOUT ROWID",
    "CREATE TABLE run_human (run TEXT NOT NULL, number INTEGER NOT NULL, human INTEGER NOT NULL,"
    " PRIMARY KEY (run, number)) WITHOUT ROWID",
    "CREATE TABLE run_people (run TEXT NOT NULL, number INTEGER NOT NULL, people INTEGER NOT NULL,"
    " rows INTEGER NOT NULL, PRIMARY KEY (run, number)) WITHOUT ROWID",
    # Answers that are under way: the people so far, a JSON list of numbers.
    "CREATE TABLE run_open (run TEXT NOT NULL, number INTEGER NOT NULL, at INTEGER NOT NULL, what INTEGER NOT NULL,"
    " status INTEGER NOT NULL, tracking TEXT NOT NULL, rows INTEGER NOT NULL, members TEXT NOT NULL,"
    " PRIMARY KEY (run, number)) WITHOUT ROWID",
    *(
        f"CREATE TRIGGER {table}_stays_{word.lower()} BEFORE {word} ON {table} BEGIN"
        f" SELECT RAISE(ABORT, 'the ledger is only added to'); END"
        for table in ("disclosure", "what", "people", "human")
        for word in ("UPDATE", "DELETE")
    ),
]
"""What was told to whom about whom; only ever added to."""


def derived() -> list[str]:
    """Every statement that makes today's schema of the records."""
    views = [r for r in RECORDS.values() if r in VIEWS]
    tables = [r for r in RECORDS.values() if not r.derived()]
    return [*HOUSEKEEPING, *(s for record in (*tables, *views) for s in statements(record))]


UNFINISHED = "reached"
"""The table of a database into which a hub is being moved (`transfer`): until it goes, there is no hub in it."""

BEGINNINGS = {"records": 12, "passing": 1, "ledger": 1}
"""The number of the migration that a new file of each kind begins with; it makes every table of its time.

A file of an older layout is brought up to date by writing a new one.
"""


@cache
def migrations(name: str) -> tuple[str, ...]:
    """The migrations of a database file (`records`, `passing` or `ledger`), oldest first, from number 1 on."""
    return tuple(path.read_text() for path in sorted(MIGRATIONS.glob(f"{name}_*.sql")))


def making(name: str) -> tuple[str, ...]:
    """The migrations that make a new file of a kind."""
    return migrations(name)[BEGINNINGS[name] - 1 :]
