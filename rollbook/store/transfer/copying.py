"""Copying the rows of every table, and noting with each page of them how far that has come."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager

from ..connection import Connection
from .marks import Mark, keep, marks_of
from .tables import DATABASES, Table, pages, tables_of

Databases = dict[str, Connection]
"""A connection to each of a hub's databases, by its name."""


def every_table() -> Iterator[Table]:
    """Every table of a hub."""
    for name in DATABASES:
        yield from tables_of(name)


def count(source: Databases) -> int:
    """How many rows there are to copy."""
    return sum(source[of.database].execute(f'SELECT count(*) FROM "{of.name}"').get for of in every_table())


def copied(source: Databases, target: Databases) -> Iterator[int]:
    """Copy what is not copied yet; yields how many rows are done, page by page."""
    reached = {name: marks_of(one) for name, one in target.items()}
    for of in every_table():
        done = reached[of.database].get(of.step, Mark())
        yield done.rows
        yield from _copied(source[of.database], target[of.database], of, done)


def _copied(source: Connection, target: Connection, of: Table, done: Mark) -> Iterator[int]:
    if done.whole:
        return
    for rows, key in pages(source, of, done.key):
        with whole(target):
            target.insert(of.name, of.columns, rows)
            done = Mark(done.rows + len(rows), key)
            keep(target, of.step, done)
        yield len(rows)
    keep(target, of.step, done._replace(whole=True))


@contextmanager
def whole(target: Connection) -> Generator[None]:
    """A transaction: what is executed within is kept when it ends without an error."""
    target.execute("BEGIN")
    try:
        yield
    except BaseException:
        target.execute("ROLLBACK")
        raise
    target.execute("COMMIT")
