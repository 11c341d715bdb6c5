ALTER TABLE "moment" ADD COLUMN source TEXT;
CREATE TABLE saying (district INTEGER NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, source TEXT NOT NULL, key TEXT NOT NULL, says TEXT, made INTEGER NOT NULL, changed TEXT, PRIMARY KEY (district, kind, id, source, key)) WITHOUT ROWID;
CREATE INDEX saying_deleted ON saying (district) WHERE says IS NULL;
UPDATE moment SET source = (SELECT min(s.source) FROM source_row s WHERE s.district = moment.district)
WHERE district IN (SELECT district FROM (SELECT DISTINCT district, source FROM source_row) fed GROUP BY district HAVING count(*) = 1);
