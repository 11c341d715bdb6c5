"""The three laws, held by properties over random grants, edits and requests."""
