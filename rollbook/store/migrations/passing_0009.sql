CREATE TABLE nonce (credential TEXT NOT NULL, said TEXT NOT NULL, request TEXT NOT NULL, expires REAL NOT NULL, PRIMARY KEY (credential, said)) WITHOUT ROWID;
CREATE INDEX nonce_expires ON nonce (expires);
