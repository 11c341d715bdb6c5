CREATE TABLE subscription (id TEXT PRIMARY KEY, "grant" TEXT NOT NULL, database TEXT NOT NULL, url TEXT NOT NULL, made REAL NOT NULL, UNIQUE ("grant", database, url)) WITHOUT ROWID;
CREATE TABLE watched ("grant" TEXT NOT NULL, database TEXT NOT NULL, state TEXT NOT NULL, PRIMARY KEY ("grant", database)) WITHOUT ROWID;
CREATE TABLE task (id TEXT PRIMARY KEY, agent TEXT NOT NULL, kind TEXT NOT NULL, payload TEXT NOT NULL, state TEXT NOT NULL, made REAL NOT NULL, handed REAL, ended REAL, note TEXT) WITHOUT ROWID;
CREATE INDEX task_state ON task (agent, state);
CREATE TABLE school_agent_seen (agent TEXT PRIMARY KEY, at REAL NOT NULL, run TEXT NOT NULL, software TEXT NOT NULL) WITHOUT ROWID;
