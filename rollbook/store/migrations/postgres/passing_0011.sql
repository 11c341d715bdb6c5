CREATE TABLE secret_use (hash bytea PRIMARY KEY, at double precision NOT NULL);
CREATE TABLE sent_away (hash bytea PRIMARY KEY, provider text NOT NULL, browser bytea NOT NULL, nonce text NOT NULL, verifier text NOT NULL, back text NOT NULL, "next" text NOT NULL, kept text NOT NULL, expires double precision NOT NULL);
CREATE INDEX sent_away_expires ON sent_away (expires);
