"""What the store holds of public examinations, by the ids of students and seasons."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from .tables import Row, Tables, mis_ids

SUMMER, NOVEMBER, NEXT_SUMMER = "13", "14", "15"
"""Seasons of the demo by their ids."""


def named(held: Tables, table: str, row: Row, reference: str) -> str | None:
    """The MIS id of what a row refers to."""
    return held.known(table)[row[reference]]["mis_id"] if row[reference] else None


def those(held: Tables, table: str, meant: Callable[[Row], bool]) -> set[str]:
    """The ids of the rows of a table that meet a condition."""
    return mis_ids(row for row in held.of(table) if meant(row))


def of_season(held: Tables, table: str, *seasons: str) -> set[str]:
    """The ids of the rows of a table that are about seasons."""
    meant = {season["id"] for season in held.of("exam_season") if season["mis_id"] in seasons}
    return those(held, table, lambda row: row["season"] in meant)


def of_student(held: Tables, table: str, *students: str) -> set[str]:
    """The ids of the rows of a table that are about students."""
    meant = {student["id"] for student in held.of("student") if student["mis_id"] in students}
    return those(held, table, lambda row: row["student"] in meant)


def busiest(held: Tables, table: str) -> str:
    """The id of the student of whom a table says most."""
    ((student, _),) = Counter(row["student"] for row in held.of(table) if row["student"]).most_common(1)
    return held.known("student")[student]["mis_id"]
