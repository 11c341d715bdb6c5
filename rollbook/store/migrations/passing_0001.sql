CREATE TABLE token (hash BLOB PRIMARY KEY, app TEXT NOT NULL, "grant" TEXT NOT NULL, version INTEGER NOT NULL, expires REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE snapshot ("grant" TEXT NOT NULL, endpoint TEXT NOT NULL, hash TEXT NOT NULL, made REAL NOT NULL, used REAL NOT NULL, request TEXT NOT NULL, versions TEXT NOT NULL, PRIMARY KEY ("grant", endpoint, hash));
CREATE TABLE snapshot_rows ("grant" TEXT NOT NULL, endpoint TEXT NOT NULL, hash TEXT NOT NULL, rows BLOB NOT NULL, PRIMARY KEY ("grant", endpoint, hash));
CREATE TRIGGER snapshot_gone AFTER DELETE ON snapshot BEGIN DELETE FROM snapshot_rows WHERE "grant" = old."grant" AND endpoint = old.endpoint AND hash = old.hash; END;
