CREATE TABLE session (hash BLOB PRIMARY KEY, account TEXT NOT NULL, stage TEXT NOT NULL, made REAL NOT NULL, used REAL NOT NULL) WITHOUT ROWID;
CREATE INDEX session_account ON session (account);
