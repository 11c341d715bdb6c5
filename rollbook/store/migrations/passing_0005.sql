CREATE TABLE subscription (id TEXT PRIMARY KEY, "grant" TEXT NOT NULL, database TEXT NOT NULL, url TEXT NOT NULL, made REAL NOT NULL, UNIQUE ("grant", database, url)) WITHOUT ROWID;
CREATE TABLE watched ("grant" TEXT NOT NULL, database TEXT NOT NULL, state TEXT NOT NULL, PRIMARY KEY ("grant", database)) WITHOUT ROWID;
