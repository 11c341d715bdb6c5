"""Flavours of SQL, one for each database."""
