"""Applications for a place at the school."""
