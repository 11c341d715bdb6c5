CREATE TABLE secret_use (hash BLOB PRIMARY KEY, at REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE sent_away (hash BLOB PRIMARY KEY, provider TEXT NOT NULL, browser BLOB NOT NULL, nonce TEXT NOT NULL, verifier TEXT NOT NULL, back TEXT NOT NULL, "next" TEXT NOT NULL, kept TEXT NOT NULL, expires REAL NOT NULL) WITHOUT ROWID;
CREATE INDEX sent_away_expires ON sent_away (expires);
