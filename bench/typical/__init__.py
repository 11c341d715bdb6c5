"""What a school's developer would write instead: FastAPI, SQLAlchemy and Pydantic over SQLite, one worker.

Run as `python -m bench.typical DATABASE`. The tables are normal, indexed for every question asked of them, relations
are joined, and what a caller sees depends on the scopes of the token: a Pydantic model is made
for each set of visible columns and kept. Dates stay texts and row hashes are stored, so that neither costs anything.
"""
