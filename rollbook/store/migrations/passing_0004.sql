CREATE TABLE job (id TEXT PRIMARY KEY, kind TEXT NOT NULL, key TEXT NOT NULL, payload TEXT NOT NULL, state TEXT NOT NULL, due REAL NOT NULL, tries INTEGER NOT NULL, made REAL NOT NULL, lease REAL, ended REAL, error TEXT) WITHOUT ROWID;
CREATE INDEX job_due ON job (state, due);
CREATE UNIQUE INDEX job_pending ON job (kind, key) WHERE state IN ('waiting', 'running');
CREATE TABLE cached (district INTEGER NOT NULL, school TEXT NOT NULL, name TEXT NOT NULL, read REAL NOT NULL, problem TEXT, PRIMARY KEY (district, school, name)) WITHOUT ROWID;
