CREATE TABLE source (district INTEGER NOT NULL, name TEXT NOT NULL, connector TEXT NOT NULL, settings TEXT NOT NULL, precedence INTEGER NOT NULL, may TEXT NOT NULL, most_aside REAL NOT NULL, state TEXT NOT NULL, schedule TEXT NOT NULL, made TEXT NOT NULL, PRIMARY KEY (district, name)) WITHOUT ROWID;
CREATE TABLE source_run (district INTEGER NOT NULL, source TEXT NOT NULL, started TEXT NOT NULL, ended TEXT NOT NULL, outcome TEXT NOT NULL, tallies TEXT NOT NULL, problems INTEGER NOT NULL, PRIMARY KEY (district, source, started)) WITHOUT ROWID;
INSERT INTO source (district, name, connector, settings, precedence, may, most_aside, state, schedule, made)
SELECT district, source, connector, settings, row_number() OVER (PARTITION BY district ORDER BY source), '[]', 0.02, state, '', made
FROM (
  SELECT k.district, k.source, coalesce(f.connector, substr(k.source, 1, instr(k.source || ':', ':') - 1)) AS connector,
    CASE WHEN f.source IS NULL THEN '{}' WHEN f.connector = 'mis-agent' THEN json_object('agent', f.path) ELSE json_object('path', f.path) END AS settings,
    CASE WHEN f.source IS NULL THEN 'by hand' ELSE 'on' END AS state,
    coalesce((SELECT min(s.at) FROM sync s WHERE s.district = k.district AND s.source = k.source), '') AS made
  FROM (SELECT district, source FROM source_row UNION SELECT district, source FROM feed) k
  LEFT JOIN feed f ON f.district = k.district AND f.source = k.source
) known;
DROP TABLE feed;
