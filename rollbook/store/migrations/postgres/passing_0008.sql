ALTER TABLE snapshot ADD COLUMN line text NOT NULL DEFAULT '', ADD COLUMN number bigint NOT NULL DEFAULT 0;
CREATE INDEX snapshot_used ON snapshot (used);
CREATE INDEX snapshot_state ON snapshot (line, number);
CREATE TABLE snapshot_line (line text PRIMARY KEY, number bigint NOT NULL);
CREATE TABLE snapshot_part (line text NOT NULL, part text NOT NULL, number bigint NOT NULL, rows bytea NOT NULL, PRIMARY KEY (line, part, number));
CREATE INDEX snapshot_part_number ON snapshot_part (line, number);
