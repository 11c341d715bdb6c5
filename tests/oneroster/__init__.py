"""OneRoster over the demo schools, as a client sees it."""
