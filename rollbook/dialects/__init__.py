"""The APIs that Rollbook speaks, one folder each."""
