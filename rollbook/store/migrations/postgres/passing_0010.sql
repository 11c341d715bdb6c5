CREATE TABLE session (hash bytea PRIMARY KEY, account text NOT NULL, stage text NOT NULL, made double precision NOT NULL, used double precision NOT NULL);
CREATE INDEX session_account ON session (account);
