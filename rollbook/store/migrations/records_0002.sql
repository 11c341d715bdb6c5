-- Ids across schools, terms and programmes, offerings, cohorts and positions: what Ed-Fi and Edlink know besides.
ALTER TABLE "district" ADD COLUMN "locale" TEXT;
ALTER TABLE "district" ADD COLUMN "time_zone" TEXT;
ALTER TABLE "district" ADD COLUMN "street" TEXT;
ALTER TABLE "district" ADD COLUMN "town" TEXT;
ALTER TABLE "district" ADD COLUMN "county" TEXT;
ALTER TABLE "district" ADD COLUMN "post_code" TEXT;
ALTER TABLE "district" ADD COLUMN "telephone" TEXT;
ALTER TABLE "school" ADD COLUMN "locale" TEXT;
ALTER TABLE "school" ADD COLUMN "grades" TEXT;
ALTER TABLE "session" ADD COLUMN "year" INTEGER;
ALTER TABLE "session" ADD COLUMN "term" TEXT;
ALTER TABLE "session" ADD COLUMN "instructional_days" INTEGER;
CREATE INDEX "session_school_name" ON "session" (district, "school", "name");
ALTER TABLE "course" ADD COLUMN "description" TEXT;
CREATE INDEX "course_code" ON "course" (district, "code");
CREATE TABLE "course_offering" ("district" INTEGER NOT NULL, "id" TEXT NOT NULL, "school" TEXT, "course" TEXT, "session" TEXT, "code" TEXT, "title" TEXT, "external_id" TEXT, "made" TEXT NOT NULL, "seq" INTEGER NOT NULL, "changed" TEXT, "remainder" TEXT, PRIMARY KEY (district, id));
CREATE INDEX "course_offering_moved" ON "course_offering" (district, seq);
CREATE INDEX "course_offering_school_code" ON "course_offering" (district, "school", "code");
CREATE INDEX "course_offering_course" ON "course_offering" (district, "course");
CREATE INDEX "course_offering_session" ON "course_offering" (district, "session");
CREATE TABLE "program" ("district" INTEGER NOT NULL, "id" TEXT NOT NULL, "school" TEXT, "name" TEXT, "kind" TEXT, "external_id" TEXT, "made" TEXT NOT NULL, "seq" INTEGER NOT NULL, "changed" TEXT, "remainder" TEXT, PRIMARY KEY (district, id));
CREATE INDEX "program_moved" ON "program" (district, seq);
CREATE INDEX "program_school" ON "program" (district, "school");
CREATE INDEX "program_name" ON "program" (district, "name");
ALTER TABLE "person" ADD COLUMN "student_unique_id" TEXT;
ALTER TABLE "person" ADD COLUMN "staff_unique_id" TEXT;
CREATE INDEX "person_student_unique_id" ON "person" (district, "student_unique_id");
CREATE INDEX "person_staff_unique_id" ON "person" (district, "staff_unique_id");
ALTER TABLE "group" ADD COLUMN "description" TEXT;
ALTER TABLE "group" ADD COLUMN "purpose" TEXT;
ALTER TABLE "group" ADD COLUMN "offering" TEXT;
CREATE INDEX "group_school_code" ON "group" (district, "school", "code");
CREATE TABLE "group_session" ("district" INTEGER NOT NULL, "id" TEXT NOT NULL, "school" TEXT, "group" TEXT, "session" TEXT, "made" TEXT NOT NULL, "seq" INTEGER NOT NULL, "changed" TEXT, "remainder" TEXT, PRIMARY KEY (district, id));
CREATE INDEX "group_session_moved" ON "group_session" (district, seq);
CREATE INDEX "group_session_school" ON "group_session" (district, "school");
CREATE INDEX "group_session_group" ON "group_session" (district, "group");
CREATE INDEX "group_session_session" ON "group_session" (district, "session");
CREATE TABLE "group_program" ("district" INTEGER NOT NULL, "id" TEXT NOT NULL, "school" TEXT, "group" TEXT, "program" TEXT, "made" TEXT NOT NULL, "seq" INTEGER NOT NULL, "changed" TEXT, "remainder" TEXT, PRIMARY KEY (district, id));
CREATE INDEX "group_program_moved" ON "group_program" (district, seq);
CREATE INDEX "group_program_school" ON "group_program" (district, "school");
CREATE INDEX "group_program_group" ON "group_program" (district, "group");
CREATE INDEX "group_program_program" ON "group_program" (district, "program");
CREATE TABLE "class_section" ("district" INTEGER NOT NULL, "id" TEXT NOT NULL, "school" TEXT, "group" TEXT, "external_id" TEXT, "name" TEXT, "description" TEXT, "periods" TEXT, "made" TEXT NOT NULL, "seq" INTEGER NOT NULL, "changed" TEXT, "remainder" TEXT, PRIMARY KEY (district, id));
CREATE INDEX "class_section_moved" ON "class_section" (district, seq);
CREATE INDEX "class_section_school" ON "class_section" (district, "school");
CREATE INDEX "class_section_group" ON "class_section" (district, "group");
ALTER TABLE "staff_membership" ADD COLUMN "section" TEXT;
ALTER TABLE "student" ADD COLUMN "graduation_year" INTEGER;
ALTER TABLE "student" ADD COLUMN "homeless" INTEGER;
ALTER TABLE "student" ADD COLUMN "migrant" INTEGER;
ALTER TABLE "student" ADD COLUMN "rural_residency" INTEGER;
ALTER TABLE "student" ADD COLUMN "residence_status" TEXT;
ALTER TABLE "student" ADD COLUMN "public_assistance" INTEGER;
ALTER TABLE "student" ADD COLUMN "economically_disadvantaged" INTEGER;
ALTER TABLE "student_membership" ADD COLUMN "section" TEXT;
CREATE TABLE "staff_assignment" ("district" INTEGER NOT NULL, "id" TEXT NOT NULL, "school" TEXT, "staff" TEXT, "classification" TEXT, "title" TEXT, "start" TEXT, "end" TEXT, "made" TEXT NOT NULL, "seq" INTEGER NOT NULL, "changed" TEXT, "remainder" TEXT, PRIMARY KEY (district, id));
CREATE INDEX "staff_assignment_moved" ON "staff_assignment" (district, seq);
CREATE INDEX "staff_assignment_school" ON "staff_assignment" (district, "school");
CREATE INDEX "staff_assignment_staff" ON "staff_assignment" (district, "staff");
CREATE TABLE "descriptor" ("district" INTEGER NOT NULL, "id" TEXT NOT NULL, "kind" TEXT, "namespace" TEXT, "code" TEXT, "short" TEXT, "description" TEXT, "effective_from" TEXT, "effective_to" TEXT, "made" TEXT NOT NULL, "seq" INTEGER NOT NULL, "changed" TEXT, "remainder" TEXT, PRIMARY KEY (district, id));
CREATE INDEX "descriptor_moved" ON "descriptor" (district, seq);
CREATE INDEX "descriptor_kind_code" ON "descriptor" (district, "kind", "code");
-- Every human is known by a number of the district's; those who have none are known by their hub id.
UPDATE "person" SET "student_unique_id" = replace(id, '-', ''), "staff_unique_id" = replace(id, '-', '');
-- School years are written 2026-2027 or 2027.
UPDATE "session" SET "year" = CAST(substr("school_year", -4) AS INTEGER) WHERE "school_year" GLOB '*[0-9][0-9][0-9][0-9]';
-- The terms of a class were a list of ids; now each is a record, with an id of its own.
INSERT INTO "group_session" (district, id, "school", "group", "session", made, seq)
SELECT g.district,
       lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2)
             || '-8' || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))),
       g."school", g.id, s.id, g.made, g.seq
FROM "group" g
JOIN (SELECT DISTINCT o.district, o.id, term.value AS term
      FROM "group" o, json_each('[' || replace(json_quote(o."sessions"), ',', '","') || ']') term
      WHERE o."sessions" IS NOT NULL) t ON t.district = g.district AND t.id = g.id
JOIN "session" s ON s.district = t.district AND s."external_id" = t.term
                AND (s."school" = g."school" OR s."school" IS NULL);
INSERT INTO moved SELECT district, coalesce("school", ''), 'GroupSession', max(seq) FROM "group_session" GROUP BY 1, 2;
-- What a source said of a class's terms it will say of these records; an empty digest is like no row's.
INSERT INTO source_row
SELECT g.district, g.source, 'GroupSession', g.key || ':' || s.key, x'', m.id
FROM "group_session" m
JOIN source_row g ON g.district = m.district AND g.kind = 'Group' AND g.id = m."group"
JOIN source_row s ON s.district = m.district AND s.kind = 'Session' AND s.id = m."session" AND s.source = g.source;
ALTER TABLE "group" DROP COLUMN "sessions";
