ALTER TABLE source_run ADD COLUMN why text NOT NULL DEFAULT '';
ALTER TABLE source_run ADD COLUMN asked bigint NOT NULL DEFAULT 0;
ALTER TABLE source_run ADD COLUMN requests text NOT NULL DEFAULT '[]';
