CREATE TABLE outbox (id TEXT PRIMARY KEY, kind TEXT NOT NULL, key TEXT NOT NULL, payload TEXT NOT NULL, due REAL NOT NULL, made REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE writeback (id TEXT PRIMARY KEY, "grant" TEXT NOT NULL, district INTEGER NOT NULL, school TEXT NOT NULL, operation TEXT NOT NULL, state TEXT NOT NULL, at TEXT NOT NULL, outcome TEXT NOT NULL) WITHOUT ROWID;
ALTER TABLE "mark" ADD COLUMN "statutory_comment" TEXT;
CREATE TABLE "conduct_media" ("district" INTEGER NOT NULL, "id" TEXT NOT NULL, "school" TEXT, "mis_id" TEXT, "type" TEXT, "file_name" TEXT, "size" INTEGER, "compressed_size" INTEGER, "attachment" TEXT, "summary" TEXT, "modified" TEXT, "achievement" TEXT, "behaviour" TEXT, "writer" TEXT, "number" TEXT, "taken" TEXT, "format" TEXT, "made" TEXT NOT NULL, "seq" INTEGER NOT NULL, "changed" TEXT, "remainder" TEXT, PRIMARY KEY (district, id));
CREATE INDEX "conduct_media_moved" ON "conduct_media" (district, seq);
CREATE INDEX "conduct_media_achievement" ON "conduct_media" (district, "achievement");
CREATE INDEX "conduct_media_behaviour" ON "conduct_media" (district, "behaviour");
ALTER TABLE "student_document" ADD COLUMN "media" TEXT;
CREATE INDEX "student_document_media" ON "student_document" (district, "media");
