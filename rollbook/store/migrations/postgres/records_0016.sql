CREATE TABLE register (district bigint NOT NULL, student bigint NOT NULL, monday bigint NOT NULL, slots text NOT NULL, marks text NOT NULL, PRIMARY KEY (district, student, monday));
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
 (SELECT string_agg(chr(CAST(40 + (date - four.monday) * 3 + CASE session WHEN 'AM' THEN 0 WHEN 'PM' THEN 1 ELSE 2 END AS integer)), '')
  FROM (SELECT date, session, mark FROM mark
  WHERE district = four.district AND student = four.student AND kind = 'S' AND date BETWEEN four.monday AND four.monday + 27
  ORDER BY date NULLS FIRST, session NULLS FIRST, mark NULLS FIRST, key NULLS FIRST) m),
 (SELECT string_agg(CASE WHEN length(mark) = 1 AND mark >= ' ' THEN mark ELSE chr(CAST(31 AS integer)) || coalesce(replace(replace(mark, chr(CAST(31 AS integer)), ' '), chr(CAST(30 AS integer)), ' '), chr(CAST(29 AS integer))) || chr(CAST(31 AS integer)) END, '')
  FROM (SELECT date, session, mark FROM mark
  WHERE district = four.district AND student = four.student AND kind = 'S' AND date BETWEEN four.monday AND four.monday + 27
  ORDER BY date NULLS FIRST, session NULLS FIRST, mark NULLS FIRST, key NULLS FIRST) m)
FROM four WHERE monday IS NOT NULL;
