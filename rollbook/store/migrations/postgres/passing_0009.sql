CREATE TABLE nonce (credential text NOT NULL, said text NOT NULL, request text NOT NULL, expires double precision NOT NULL, PRIMARY KEY (credential, said));
CREATE INDEX nonce_expires ON nonce (expires);
