CREATE TABLE register (district INTEGER NOT NULL, student INTEGER NOT NULL, monday INTEGER NOT NULL, slots TEXT NOT NULL, marks TEXT NOT NULL, PRIMARY KEY (district, student, monday)) WITHOUT ROWID;
-- The registers of the marks that are there: of each student, from the first mark to the next that is in none yet.
INSERT INTO register
WITH RECURSIVE four(district, student, monday) AS (
 SELECT s.district, s.key, (SELECT min(m.date) - ((min(m.date) + 3) % 28 + 28) % 28
  FROM mark m WHERE m.district = s.district AND m.student = s.key AND m.kind = 'S') FROM student s
 UNION ALL
 SELECT four.district, four.student, (SELECT min(m.date) - ((min(m.date) + 3) % 28 + 28) % 28
  FROM mark m WHERE m.district = four.district AND m.student = four.student AND m.kind = 'S' AND m.date > four.monday + 27)
 FROM four WHERE four.monday IS NOT NULL)
SELECT district, student, monday,
 (SELECT group_concat(char(40 + (date - four.monday) * 3 + CASE session WHEN 'AM' THEN 0 WHEN 'PM' THEN 1 ELSE 2 END), '')
  FROM (SELECT date, session, mark FROM mark
  WHERE district = four.district AND student = four.student AND kind = 'S' AND date BETWEEN four.monday AND four.monday + 27
  ORDER BY date, session, mark, key) m),
 (SELECT group_concat(CASE WHEN length(mark) = 1 AND mark >= ' ' THEN mark ELSE char(31) || coalesce(replace(replace(mark, char(31), ' '), char(30), ' '), char(29)) || char(31) END, '')
  FROM (SELECT date, session, mark FROM mark
  WHERE district = four.district AND student = four.student AND kind = 'S' AND date BETWEEN four.monday AND four.monday + 27
  ORDER BY date, session, mark, key) m)
FROM four WHERE monday IS NOT NULL;
