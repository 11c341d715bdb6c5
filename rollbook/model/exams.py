"""Public examinations: seasons, entries, candidates, sittings and results."""
