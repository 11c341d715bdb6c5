CREATE TABLE pull (id TEXT PRIMARY KEY, "grant" TEXT NOT NULL, endpoint TEXT NOT NULL, asked TEXT NOT NULL, caller TEXT NOT NULL, used REAL NOT NULL, total INTEGER NOT NULL, state TEXT NOT NULL, size INTEGER NOT NULL, UNIQUE ("grant", endpoint, asked, caller)) WITHOUT ROWID;
CREATE TABLE pull_page (pull TEXT NOT NULL, page INTEGER NOT NULL, rows BLOB NOT NULL, PRIMARY KEY (pull, page));
CREATE TRIGGER pull_gone AFTER DELETE ON pull BEGIN DELETE FROM pull_page WHERE pull = old.id; END;
