"""What a write-back may name: people whom the grant lets in, and entries of the school's own lists.

A write-back's scope lets an app name people and entries that it could not read, since it must know their ids to write;
whom the school left out cannot be named, like anybody who is not there.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from ..fields import RECORDS, Arg, Called, Condition, Expr, Field, HubId, Question, Record
from ..model.people import Contact, Staff
from ..model.students import Student
from ..recent import Recent
from ..store.kept import Kept
from ..store.plan.planner import Plan, plan
from ..store.plan.sights import OneSchool
from .grants import Grant
from .session import Session

HUMANS: dict[type[Record], Condition | None] = {
    Student: Student.on_roll.is_("OnRoll"),
    Staff: Staff.status.one_of("Current", "Temporary"),
    Contact: None,
}
"""Who may be named by a write-back: students on roll, staff of today, contacts."""

_plans: Recent[Plan] = Recent(256)


class Checker:
    """Looks up what a write-back of one grant names, as things stand at one moment, or within a transaction."""

    def __init__(self, kept: Kept, grant: Grant, today: str) -> None:
        self.grant = grant
        self.today = today
        base = {
            "district": grant.district,
            "school": grant.school,
            "grant": grant.id,
            "seer": grant.app.id,
            "today": today,
            "allowed_on": today,
        }
        self._veils = kept.history.any_veiled()
        self._flavour = kept.flavour
        self._session = Session(kept, base)
        self._found: dict[tuple[object, ...], str | None] = {}
        self._told: dict[tuple[object, ...], list[Any]] = {}

    def human(self, record: type[Record], mis_id: str) -> str | None:
        """The hub id of somebody whom the grant lets in, by their MIS id; None for everybody else."""
        return self._find(record, HUMANS[record], mis_id=mis_id)

    def student(self, mis_id: str) -> str | None:
        """The hub id of a student on roll."""
        return self.human(Student, mis_id)

    def staff(self, mis_id: str) -> str | None:
        """The hub id of a member of staff."""
        return self.human(Staff, mis_id)

    def known(self, record: type[Record], where: Condition | None = None, **facts: str) -> str | None:
        """The hub id of a record of the school with these stored facts.

        `where` is a further condition, the same object each time, since look-ups are compiled once for each.
        """
        return self._find(record, where, **facts)

    def sees(self, record: type[Record], identity: str) -> bool:
        """Whether the grant shows a record of the school, by its hub id."""
        return record.scope.met_by(self.grant.scopes) and self._find(record, None, id=identity) is not None

    def told(self, record: type[Record], fact: Expr, where: Condition | None = None, **facts: str | int) -> list[Any]:
        """A fact of every record of the school with these stored facts; the same objects each time, as for `known`."""
        key = (record.__name__, where, fact, *sorted(facts.items()))
        if key not in self._told:
            args: dict[str, Any] = {f"given_{name}": value for name, value in facts.items()}
            rows = self._session.keyed(self._plan(record, where, tuple(facts), fact), args)
            self._told[key] = [msgspec.json.decode(row)["told"] for _, _, row, _ in rows]
        return self._told[key]

    def strangers(self, names: dict[str, Iterable[str]]) -> list[tuple[str, str]]:
        """Of people by kind and MIS id, those who are not there for this grant."""
        return [(kind, one) for kind, ids in names.items() for one in ids if self.human(RECORDS[kind], one) is None]

    def _find(self, record: type[Record], where: Condition | None, **facts: str) -> str | None:
        key = (record.__name__, where, *sorted(facts.items()))
        if key not in self._found:
            args: dict[str, Any] = {f"given_{name}": value for name, value in facts.items()}
            found = self._session.keyed(self._plan(record, where, tuple(facts)), args)
            self._found[key] = next((identity for identity, *_ in found), None)
        return self._found[key]

    def _plan(
        self, record: type[Record], where: Condition | None, names: tuple[str, ...], fact: Expr | None = None
    ) -> Plan:
        """The look-up, compiled once for each kind of grant."""

        sight = OneSchool(self.grant.people, self._veils, flavour=self._flavour)

        def compiled() -> Plan:
            condition = where
            for name in names:
                asked = _same(record, name, Arg(f"given_{name}"))
                condition = asked if condition is None else condition & asked
            assert condition is not None
            columns = () if fact is None else (("told", fact),)
            return plan(Question(record, columns, condition), sight)

        return _plans.get((record.__name__, where, names, fact, sight.key), compiled)


def _same(record: type[Record], name: str, value: Arg) -> Condition:
    if name == "id":
        return HubId(record).is_(value)
    fact: Field = record.fields[name]
    return Called((fact,), value) if name in ("mis_id", "xid") else fact.is_(value)
