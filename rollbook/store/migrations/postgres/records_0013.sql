CREATE TABLE source (district bigint NOT NULL, name text NOT NULL, connector text NOT NULL, settings text NOT NULL, precedence bigint NOT NULL, may text NOT NULL, most_aside double precision NOT NULL, state text NOT NULL, schedule text NOT NULL, made text NOT NULL, PRIMARY KEY (district, name));
CREATE TABLE source_run (district bigint NOT NULL, source text NOT NULL, started text NOT NULL, ended text NOT NULL, outcome text NOT NULL, tallies text NOT NULL, problems bigint NOT NULL, PRIMARY KEY (district, source, started));
INSERT INTO source (district, name, connector, settings, precedence, may, most_aside, state, schedule, made)
SELECT district, source, connector, settings, row_number() OVER (PARTITION BY district ORDER BY source), '[]', 0.02, state, '', made
FROM (
  SELECT k.district, k.source, coalesce(f.connector, split_part(k.source, ':', 1)) AS connector,
    CASE WHEN f.source IS NULL THEN '{}' WHEN f.connector = 'mis-agent' THEN CAST(json_build_object('agent', f.path) AS text) ELSE CAST(json_build_object('path', f.path) AS text) END AS settings,
    CASE WHEN f.source IS NULL THEN 'by hand' ELSE 'on' END AS state,
    coalesce((SELECT min(s.at) FROM sync s WHERE s.district = k.district AND s.source = k.source), '') AS made
  FROM (SELECT district, source FROM source_row UNION SELECT district, source FROM feed) k
  LEFT JOIN feed f ON f.district = k.district AND f.source = k.source
) known;
DROP TABLE feed;
