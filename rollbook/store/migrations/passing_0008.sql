ALTER TABLE "snapshot" ADD COLUMN line TEXT NOT NULL DEFAULT '';
ALTER TABLE "snapshot" ADD COLUMN number INTEGER NOT NULL DEFAULT 0;
CREATE INDEX snapshot_used ON snapshot (used);
CREATE INDEX snapshot_state ON snapshot (line, number);
CREATE TABLE snapshot_line (line TEXT PRIMARY KEY, number INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE snapshot_part (line TEXT NOT NULL, part TEXT NOT NULL, number INTEGER NOT NULL, rows BLOB NOT NULL, PRIMARY KEY (line, part, number));
CREATE INDEX snapshot_part_number ON snapshot_part (line, number);
