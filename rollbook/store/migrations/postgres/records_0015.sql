ALTER TABLE moment ADD COLUMN source text;
CREATE TABLE saying (district bigint NOT NULL, kind text NOT NULL, id text NOT NULL, source text NOT NULL, key text NOT NULL, says text, made bigint NOT NULL, changed text, PRIMARY KEY (district, kind, id, source, key));
CREATE INDEX saying_deleted ON saying (district) WHERE says IS NULL;
UPDATE moment SET source = (SELECT min(s.source) FROM source_row s WHERE s.district = moment.district)
WHERE district IN (SELECT district FROM (SELECT DISTINCT district, source FROM source_row) fed GROUP BY district HAVING count(*) = 1);
