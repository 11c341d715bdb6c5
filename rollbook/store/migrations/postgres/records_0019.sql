CREATE TABLE namesake (district bigint NOT NULL, listed text NOT NULL, name text NOT NULL, id text NOT NULL, kind text NOT NULL, at text NOT NULL, PRIMARY KEY (district, listed, name, id));
CREATE TABLE pointer (district bigint NOT NULL, source text NOT NULL, resource text NOT NULL, path text NOT NULL, target text NOT NULL, PRIMARY KEY (district, source, resource, path));
CREATE INDEX pointer_target ON pointer (district, target);
CREATE TABLE word_use (district bigint NOT NULL, source text NOT NULL, resource text NOT NULL, word bigint NOT NULL, PRIMARY KEY (district, source, resource, word));
CREATE INDEX word_use_word ON word_use (district, word);
ALTER TABLE "person" ADD COLUMN "origin" text;
ALTER TABLE "person" ADD COLUMN "contact_unique_id" text;
CREATE INDEX "person_contact_unique_id" ON "person" (district, "contact_unique_id");
CREATE INDEX "person_external_id" ON "person" (district, "external_id");
CREATE INDEX "group_external_id" ON "group" (district, "external_id");
CREATE INDEX "staff_membership_external_id" ON "staff_membership" (district, "external_id");
CREATE INDEX "student_membership_external_id" ON "student_membership" (district, "external_id");
CREATE TABLE "published_counts" ("key" bigint NOT NULL, "district" bigint NOT NULL, "id" text NOT NULL, "project" bigint, "publisher" bigint, "published_on" text, "smallest" bigint, "counts" text, "subjects" text, "grants" text, "seq" bigint, "changed" text, "remainder" text, PRIMARY KEY (district, key));
CREATE UNIQUE INDEX "published_counts_id" ON "published_counts" (district, id);
CREATE INDEX "published_counts_moved" ON "published_counts" (district, seq) WHERE seq IS NOT NULL;
CREATE INDEX "published_counts_project" ON "published_counts" (district, "project");
CREATE TABLE "counted_student" ("key" bigint NOT NULL, "district" bigint NOT NULL, "id" text NOT NULL, "of_district" bigint, "of_student" text, "lot" bigint, "seq" bigint, "changed" text, "remainder" text, PRIMARY KEY (district, key));
CREATE UNIQUE INDEX "counted_student_id" ON "counted_student" (district, id);
CREATE INDEX "counted_student_moved" ON "counted_student" (district, seq) WHERE seq IS NOT NULL;
CREATE INDEX "counted_student_of_student" ON "counted_student" (district, "of_student");
ALTER TABLE "project_invitation" ADD COLUMN "email" text;
ALTER TABLE "project_invitation" ADD COLUMN "last_day" text;
CREATE INDEX "project_invitation_email" ON "project_invitation" (district, "email");
CREATE TABLE "whole_document" ("key" bigint NOT NULL, "district" bigint NOT NULL, "id" text NOT NULL, "school" bigint, "resource" text, "student" bigint, "staff" bigint, "digest" text, "known_as" text, "seq" bigint, "changed" text, "remainder" text, PRIMARY KEY (district, key));
CREATE UNIQUE INDEX "whole_document_id" ON "whole_document" (district, id);
CREATE INDEX "whole_document_moved" ON "whole_document" (district, seq) WHERE seq IS NOT NULL;
CREATE INDEX "whole_document_school" ON "whole_document" (district, "school");
CREATE INDEX "whole_document_student" ON "whole_document" (district, "student");
CREATE INDEX "whole_document_staff" ON "whole_document" (district, "staff");
CREATE INDEX "whole_document_resource_digest_student" ON "whole_document" (district, "resource", "digest", "student");
-- Whoever a roster brought, in a role or in none, has that roster's id.
UPDATE person SET origin = 'oneroster' WHERE external_id IS NOT NULL AND (EXISTS (SELECT 1 FROM student r WHERE r.district = person.district AND r.person = person.key AND r.origin = 'oneroster' AND r.external_id = person.external_id)
 OR EXISTS (SELECT 1 FROM staff r WHERE r.district = person.district AND r.person = person.key AND r.origin = 'oneroster' AND r.external_id = person.external_id)
 OR EXISTS (SELECT 1 FROM contact r WHERE r.district = person.district AND r.person = person.key AND r.origin = 'oneroster' AND r.external_id = person.external_id)
 OR EXISTS (SELECT 1 FROM source_row r JOIN source s ON s.district = r.district AND s.name = r.source
 WHERE r.district = person.district AND r.id = person.id AND r.kind = 'Person' AND s.connector LIKE 'oneroster%'
 AND NOT EXISTS (SELECT 1 FROM student o WHERE o.district = person.district AND o.person = person.key)
 AND NOT EXISTS (SELECT 1 FROM staff o WHERE o.district = person.district AND o.person = person.key)
 AND NOT EXISTS (SELECT 1 FROM contact o WHERE o.district = person.district AND o.person = person.key)));
-- What rosters call by one name, and is listed together, is called so no more.
INSERT INTO namesake (district, listed, name, id, kind, at)
SELECT district, 'orgs', external_id, id, kind, to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS') FROM (
 SELECT district, external_id, id, kind, count(*) OVER (PARTITION BY district, external_id) AS many FROM (
 SELECT district, external_id, id, 'District' AS kind FROM "district" WHERE origin = 'oneroster' AND external_id IS NOT NULL
 UNION ALL SELECT district, external_id, id, 'School' AS kind FROM "school" WHERE origin = 'oneroster' AND external_id IS NOT NULL) a) b
WHERE many > 1;
INSERT INTO namesake (district, listed, name, id, kind, at)
SELECT district, 'academicSessions', external_id, id, kind, to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS') FROM (
 SELECT district, external_id, id, kind, count(*) OVER (PARTITION BY district, external_id) AS many FROM (
 SELECT district, external_id, id, 'Session' AS kind FROM "session" WHERE origin = 'oneroster' AND external_id IS NOT NULL
 UNION ALL SELECT district, external_id, id, 'School' AS kind FROM "school" WHERE origin = 'oneroster' AND external_id IS NOT NULL) a) b
WHERE many > 1;
INSERT INTO namesake (district, listed, name, id, kind, at)
SELECT district, 'courses', external_id, id, kind, to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS') FROM (
 SELECT district, external_id, id, kind, count(*) OVER (PARTITION BY district, external_id) AS many FROM (
 SELECT district, external_id, id, 'Course' AS kind FROM "course" WHERE origin = 'oneroster' AND external_id IS NOT NULL
 UNION ALL SELECT district, external_id, id, 'Group' AS kind FROM "group" WHERE origin = 'oneroster' AND external_id IS NOT NULL) a) b
WHERE many > 1;
INSERT INTO namesake (district, listed, name, id, kind, at)
SELECT district, 'classes', external_id, id, kind, to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS') FROM (
 SELECT district, external_id, id, kind, count(*) OVER (PARTITION BY district, external_id) AS many FROM (
 SELECT district, external_id, id, 'Group' AS kind FROM "group" WHERE origin = 'oneroster' AND external_id IS NOT NULL) a) b
WHERE many > 1;
INSERT INTO namesake (district, listed, name, id, kind, at)
SELECT district, 'users', external_id, id, kind, to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS') FROM (
 SELECT district, external_id, id, kind, count(*) OVER (PARTITION BY district, external_id) AS many FROM (
 SELECT district, external_id, id, 'Person' AS kind FROM "person" WHERE origin = 'oneroster' AND external_id IS NOT NULL) a) b
WHERE many > 1;
INSERT INTO namesake (district, listed, name, id, kind, at)
SELECT district, 'enrollments', external_id, id, kind, to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS') FROM (
 SELECT district, external_id, id, kind, count(*) OVER (PARTITION BY district, external_id) AS many FROM (
 SELECT district, external_id, id, 'StudentMembership' AS kind FROM "student_membership" WHERE origin = 'oneroster' AND external_id IS NOT NULL
 UNION ALL SELECT district, external_id, id, 'StaffMembership' AS kind FROM "staff_membership" WHERE origin = 'oneroster' AND external_id IS NOT NULL) a) b
WHERE many > 1;
INSERT INTO namesake (district, listed, name, id, kind, at)
SELECT district, 'categories', external_id, id, kind, to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS') FROM (
 SELECT district, external_id, id, kind, count(*) OVER (PARTITION BY district, external_id) AS many FROM (
 SELECT district, external_id, id, 'AssessmentCategory' AS kind FROM "assessment_category" WHERE origin = 'oneroster' AND external_id IS NOT NULL) a) b
WHERE many > 1;
INSERT INTO namesake (district, listed, name, id, kind, at)
SELECT district, 'lineItems', external_id, id, kind, to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS') FROM (
 SELECT district, external_id, id, kind, count(*) OVER (PARTITION BY district, external_id) AS many FROM (
 SELECT district, external_id, id, 'Aspect' AS kind FROM "aspect" WHERE origin = 'oneroster' AND external_id IS NOT NULL) a) b
WHERE many > 1;
INSERT INTO namesake (district, listed, name, id, kind, at)
SELECT district, 'results', external_id, id, kind, to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS') FROM (
 SELECT district, external_id, id, kind, count(*) OVER (PARTITION BY district, external_id) AS many FROM (
 SELECT district, external_id, id, 'AssessmentResult' AS kind FROM "assessment_result" WHERE origin = 'oneroster' AND external_id IS NOT NULL) a) b
WHERE many > 1;
INSERT INTO namesake (district, listed, name, id, kind, at)
SELECT district, 'scoreScales', external_id, id, kind, to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS') FROM (
 SELECT district, external_id, id, kind, count(*) OVER (PARTITION BY district, external_id) AS many FROM (
 SELECT district, external_id, id, 'ScoreScale' AS kind FROM "score_scale" WHERE origin = 'oneroster' AND external_id IS NOT NULL) a) b
WHERE many > 1;
INSERT INTO namesake (district, listed, name, id, kind, at)
SELECT district, 'resources', external_id, id, kind, to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS') FROM (
 SELECT district, external_id, id, kind, count(*) OVER (PARTITION BY district, external_id) AS many FROM (
 SELECT district, external_id, id, 'Resource' AS kind FROM "resource" WHERE origin = 'oneroster' AND external_id IS NOT NULL) a) b
WHERE many > 1;
INSERT INTO namesake (district, listed, name, id, kind, at)
SELECT district, 'classResources', external_id, id, kind, to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS') FROM (
 SELECT district, external_id, id, kind, count(*) OVER (PARTITION BY district, external_id) AS many FROM (
 SELECT district, external_id, id, 'ClassResource' AS kind FROM "class_resource" WHERE origin = 'oneroster' AND external_id IS NOT NULL) a) b
WHERE many > 1;
INSERT INTO namesake (district, listed, name, id, kind, at)
SELECT district, 'courseResources', external_id, id, kind, to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS') FROM (
 SELECT district, external_id, id, kind, count(*) OVER (PARTITION BY district, external_id) AS many FROM (
 SELECT district, external_id, id, 'CourseResource' AS kind FROM "course_resource" WHERE origin = 'oneroster' AND external_id IS NOT NULL) a) b
WHERE many > 1;
INSERT INTO namesake (district, listed, name, id, kind, at)
SELECT district, 'userResources', external_id, id, kind, to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS') FROM (
 SELECT district, external_id, id, kind, count(*) OVER (PARTITION BY district, external_id) AS many FROM (
 SELECT district, external_id, id, 'StudentResource' AS kind FROM "student_resource" WHERE origin = 'oneroster' AND external_id IS NOT NULL
 UNION ALL SELECT district, external_id, id, 'StaffResource' AS kind FROM "staff_resource" WHERE origin = 'oneroster' AND external_id IS NOT NULL
 UNION ALL SELECT district, external_id, id, 'ContactResource' AS kind FROM "contact_resource" WHERE origin = 'oneroster' AND external_id IS NOT NULL) a) b
WHERE many > 1;
-- A human is known as a contact too: by the number that the hub gave, or else by the hub id.
UPDATE "person" SET "contact_unique_id" = CASE WHEN "staff_unique_id" LIKE 'x______' THEN "staff_unique_id"
 WHEN "student_unique_id" LIKE 'x______' THEN "student_unique_id" ELSE replace(id, '-', '') END;
