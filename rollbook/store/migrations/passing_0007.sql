DROP TRIGGER "pull_gone";
DROP TRIGGER "snapshot_gone";
