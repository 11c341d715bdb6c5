-- An Ed-Fi key for which no claim set was named wrote, and goes on writing; keys made from now on read.
UPDATE credential SET rights = '["SISVendor"]' WHERE dialect = 'edfi' AND rights = '[]';
-- Writing needs scopes of its own now. Whoever could write until now holds them: apps with an Ed-Fi key that writes, for
-- the records that their grants let them see; and for seating plans, whoever could see those.
CREATE TEMP TABLE could_write AS
SELECT g.id AS "grant", w.value AS scope
FROM "grant" g, json_each('["WritebackSchool", "WritebackStudents", "WritebackEnrolments", "WritebackStaff", "WritebackGroups"]') w
WHERE g.state <> 'revoked'
  AND EXISTS (SELECT 1 FROM credential c, json_each(c.rights) r
              WHERE c.app = g.app AND c.dialect = 'edfi' AND c.district IN (0, g.district)
                AND r.value IN ('EdFiSandbox', 'DistrictHostedSISVendor', 'SISVendor'))
  AND EXISTS (SELECT 1 FROM json_each(g.scopes) s
              WHERE s.value IN (SELECT value FROM json_each(CASE w.value
                WHEN 'WritebackStudents' THEN '["Student", "StudentLite"]'
                WHEN 'WritebackEnrolments' THEN '["Student", "StudentLite"]'
                WHEN 'WritebackStaff' THEN '["Staff", "StaffLite", "StaffEmployment"]'
                ELSE '["School", "SchoolLite"]' END)))
UNION
SELECT g.id, 'WritebackSeating' FROM "grant" g
WHERE g.state <> 'revoked'
  AND EXISTS (SELECT 1 FROM json_each(g.scopes) s WHERE s.value IN ('School', 'EmergeForWeb'));
UPDATE "grant" SET version = version + 1,
  scopes = (SELECT json_group_array(scope) FROM (
    SELECT value AS scope FROM json_each("grant".scopes) UNION
    SELECT scope FROM could_write WHERE could_write."grant" = "grant".id ORDER BY 1))
WHERE id IN (SELECT "grant" FROM could_write);
DROP TABLE could_write;
