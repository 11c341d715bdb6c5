"""Ed-Fi, from declarations to answers."""
