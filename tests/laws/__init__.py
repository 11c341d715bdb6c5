"""Laws 2 to 5 of docs/architecture.md, as properties over random grants, edits and requests."""
