"""The store's tables, read row by row with plain SQL, so that answers can be worked out without the planner."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, cast

import pytest

from rollbook.fields import Record
from tests.looking import look, names

from ..hub import THORNFIELD, Hub, write_at

Row = dict[str, Any]


class Tables:
    """One school's rows as the store holds them; each table is read once."""

    def __init__(self, hub: Hub, estab: str = THORNFIELD) -> None:
        self.hub = hub
        self.today = cast(str, hub.store.setting("today"))
        (self.school,) = self.sql("SELECT * FROM school WHERE estab = ?", estab)
        self._read: dict[str, list[Row]] = {}

    def sql(self, statement: str, *values: object) -> list[Row]:
        """The rows of a statement, by column."""
        cursor = look(self.hub.store, statement, values)
        found = cursor.fetchall()
        columns = names(statement.split()[3])
        return [dict(zip(columns, row, strict=True)) for row in found]

    def of(self, table: str) -> list[Row]:
        """The school's rows of a table, and those that it shares with all schools of its district."""
        if table not in self._read:
            shared = f"""SELECT * FROM {table} WHERE "school" = ? OR "school" IS NULL AND district = ?"""
            self._read[table] = self.sql(shared, self.school["id"], self.school["district"])
        return self._read[table]

    def marks(self) -> list[Row]:
        """The school's marks of this academic year, which are a few of those that it has."""
        if "marks" not in self._read:
            these = "SELECT * FROM mark WHERE school = ? AND date >= ?"
            self._read["marks"] = self.sql(these, self.school["id"], self.year_start())
        return self._read["marks"]

    def known(self, table: str) -> dict[str, Row]:
        """The school's rows of a table by hub id."""
        return {row["id"]: row for row in self.of(table)}

    def year_start(self, *, last: bool = False) -> str:
        """The first day of this academic year, or of the one before."""
        starts = [s["start"] for s in self.of("session") if s["kind"] == "schoolYear" and s["start"] <= self.today]
        return sorted(starts)[-2 if last else -1]

    # ---- what people are today

    def roll(self, student: Row) -> str:
        """OnRoll, Leaver or PreAdmission."""
        if student["leaving_date"] and student["leaving_date"] < self.today:
            return "Leaver"
        return "PreAdmission" if student["entry_date"] and student["entry_date"] > self.today else "OnRoll"

    def students(self, roll: str, *statuses: str) -> list[Row]:
        """The students of a roll status, and of one of the enrolment statuses when any are named."""
        return [
            s
            for s in self.of("student")
            if self.roll(s) == roll and (not statuses or s["enrolment_status"] in statuses)
        ]

    def shown_students(self) -> list[Row]:
        """The students whom the Students endpoint shows when nothing is asked for."""
        return self.students("OnRoll", "C", "M", "F", "O")

    def employment(self, staff: Row) -> str:
        """Current, Future, Previous or Temporary."""
        if staff["is_temporary"]:
            return "Temporary"
        if staff["employment_start"] and staff["employment_start"] > self.today:
            return "Future"
        return "Previous" if staff["employment_end"] and staff["employment_end"] < self.today else "Current"

    def staff(self, *employments: str) -> list[Row]:
        """The members of staff of these statuses."""
        return [s for s in self.of("staff") if self.employment(s) in employments]

    def now(self, membership: Row) -> bool:
        """Whether a membership, or a group, has begun and has not ended."""
        start, end = membership["start"], membership["end"]
        return (start is None or start <= self.today) and (end is None or end >= self.today)

    def ended(self, membership: Row) -> bool:
        """Whether a membership, or a group, is over."""
        return membership["end"] is not None and membership["end"] < self.today

    def later(self, membership: Row) -> bool:
        """Whether a membership, or a group, has yet to begin."""
        return membership["start"] is not None and membership["start"] > self.today

    # ---- writing

    def change(self, record: type[Record], identity: str, at: str = "", /, **values: object) -> None:
        """Change a record; `at` is the moment to stamp it with, now if empty."""
        with pytest.MonkeyPatch.context() as patch:
            if at:
                write_at(patch, at)
            with self.hub.store.write(self.school["district"]) as batch:
                assert batch.change(record, identity, values)

    def add(self, record: type[Record], /, **values: object) -> str:
        """Add a record of the school; gives its hub id."""
        with self.hub.store.write(self.school["district"]) as batch:
            return batch.add(record, [{"school": self.school["id"], **values}])[0]


class Caller:
    """An app with a token for a school, who asks and reads."""

    def __init__(self, hub: Hub, scopes: Sequence[str] = ("all",), estab: str = THORNFIELD) -> None:
        self.hub = hub
        self.estab = estab
        # A school's second grant to an app takes the place of the first.
        self.token = hub.token(scopes, estab=estab, app=f"{'-'.join(scopes).lower()}.example.org")

    def answer(self, path: str) -> dict[str, list[Row]]:
        """The whole answer, which is not an error."""
        body = self.hub.school(path, self.token, self.estab)
        assert "ExceptionType" not in body, body["ExceptionMessage"]
        return body

    def rows(self, path: str, table: str = "") -> list[Row]:
        """The rows of a table of an answer; of its first one when none is named."""
        body = self.answer(path)
        return body[table] if table else next(iter(body.values()))

    def ids(self, path: str, table: str = "") -> set[str]:
        """The Ids of the rows, each of which stands once."""
        found = [row["Id"] for row in self.rows(path, table)]
        assert len(found) == len(set(found))
        return set(found)

    def one(self, path: str, table: str = "") -> Row:
        """The only row."""
        (row,) = self.rows(path, table)
        return row

    def refusal(self, path: str) -> str:
        """What an error says."""
        body = self.hub.school(path, self.token, self.estab)
        assert body["ExceptionType"] == "InvalidRequest", body
        return body["ExceptionMessage"]


def mis_ids(rows: Iterable[Row]) -> set[str]:
    """The ids that the school's own system gave to rows."""
    return {row["mis_id"] for row in rows}


def listed(csv: str | None) -> list[str]:
    """The members of a CSV column, sorted."""
    return sorted(filter(None, (csv or "").split(",")))
