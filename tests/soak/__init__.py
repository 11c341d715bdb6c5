"""A hub under load for as long as asked for, while its processes are killed; at the end all of it has to be right.

`python -m tests.soak --minutes 10` (or `make soak`) runs it; `tests/test_soak.py` is a short one.
"""
