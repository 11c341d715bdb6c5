"""The research API, as its clients ask."""
