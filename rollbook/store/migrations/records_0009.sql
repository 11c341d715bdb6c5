CREATE TABLE choice ("grant" TEXT NOT NULL, kind TEXT NOT NULL, mode TEXT NOT NULL, PRIMARY KEY ("grant", kind)) WITHOUT ROWID;
CREATE TABLE named ("grant" TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, listed INTEGER NOT NULL, PRIMARY KEY ("grant", kind, id)) WITHOUT ROWID;
CREATE TABLE rule ("grant" TEXT NOT NULL, kind TEXT NOT NULL, "by" TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY ("grant", kind, "by", value)) WITHOUT ROWID;
CREATE TABLE followed ("grant" TEXT PRIMARY KEY, day TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE receipt (id TEXT PRIMARY KEY, "grant" TEXT NOT NULL, at REAL NOT NULL, event TEXT NOT NULL, told TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX receipt_grant ON receipt ("grant", at);
ALTER TABLE "draft" ADD COLUMN rules TEXT NOT NULL DEFAULT '[]';
ALTER TABLE "draft" ADD COLUMN without TEXT NOT NULL DEFAULT '[]';
INSERT INTO choice SELECT g.id, p.key, p.value FROM "grant" g, json_each(g.people) p
  WHERE p.value = 'only' OR NOT EXISTS (SELECT 1 FROM declined d WHERE d."grant" = g.id AND d.kind = p.key)
    OR EXISTS (SELECT 1 FROM declined d WHERE d."grant" = g.id AND d.kind = p.key AND d.listed)
    OR EXISTS (SELECT 1 FROM chosen c WHERE c."grant" = g.id AND c.kind = p.key AND c.id NOT IN
      (SELECT d.id FROM declined d WHERE d."grant" = g.id AND d.kind = p.key));
INSERT INTO named SELECT "grant", kind, id, 1 FROM chosen c WHERE NOT EXISTS
  (SELECT 1 FROM declined d WHERE d."grant" = c."grant" AND d.kind = c.kind AND d.id = c.id)
  UNION SELECT "grant", kind, id, 1 FROM declined WHERE listed;
ALTER TABLE declined DROP COLUMN listed;
ALTER TABLE chosen RENAME TO chosen_before;
CREATE TABLE chosen ("grant" TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, first TEXT NOT NULL, last TEXT NOT NULL, PRIMARY KEY ("grant", kind, id, first)) WITHOUT ROWID;
INSERT INTO chosen SELECT "grant", kind, id, '', '~' FROM chosen_before;
DROP TABLE chosen_before;
