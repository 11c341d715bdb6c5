CREATE TABLE research_token (hash BLOB PRIMARY KEY, "user" TEXT NOT NULL, name TEXT NOT NULL, made REAL NOT NULL, expires REAL NOT NULL) WITHOUT ROWID;
CREATE INDEX research_token_user ON research_token ("user");
CREATE TABLE research_device (hash BLOB PRIMARY KEY, user_code TEXT NOT NULL UNIQUE, client TEXT NOT NULL, state TEXT NOT NULL, "user" TEXT, expires REAL NOT NULL) WITHOUT ROWID;
