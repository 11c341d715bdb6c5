"""Subjects, and what was done with each: procedures, and logs of what is measured again and again."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ...errors import NotFound, Problem
from ...fields import Record
from ...model.research import (
    LogEntry,
    Procedure,
    Project,
    ResearchSubject,
    ResearchTag,
    Strain,
    SubjectLog,
    Supplier,
)
from .belonging import SUBJECTS
from .standing import Role
from .writing import Values, Work

FACTS = (
    "name",
    "description",
    "sex",
    "strain",
    "genetic_line",
    "subject_identifier",
    "supplier",
    "birth_date",
    "death_date",
    "extra_fields",
    "name_used_in_storage",
)

PSEUDONYM = re.compile(r"S-(?=.*\d)(?=.*[A-Z])[2-9BCDFGHJKMNPQRSTVWXYZ]{6}")
"""What a linked subject is called. No other subject may be called so: else a name that is taken would tell of one."""


class Subjects:
    """A subject belongs to one project or more; whoever contributes to any of them may change it."""

    def add(self, work: Work, values: Values) -> tuple[type[Record], str]:
        """Make a subject that stands for nobody."""
        projects = work.refer("projects", Project, values.get("projects", []))
        self._check(work, values)
        work.settle()
        for project in projects:
            work.require(project, Role.CONTRIBUTOR)
        facts = {n: values[n] for n in FACTS if n in values}
        subject = work.batch.add(ResearchSubject, [facts])[0]
        SUBJECTS.put(work, subject, projects)
        work.tag(ResearchTag.subject, subject, values.get("tags", []))
        return ResearchSubject, subject

    def _check(self, work: Work, values: Values, but: str = "") -> None:
        self._refer(work, values)
        name = values.get("name")
        if isinstance(name, str) and PSEUDONYM.fullmatch(name):
            work.wrong(
                "name", "names of this form are reserved for subjects that represent students", "choose another one"
            )
        else:
            work.unique(ResearchSubject, "subject", values, but)

    def _refer(self, work: Work, values: Values) -> None:
        for name, record in (("strain", Strain), ("supplier", Supplier)):
            if values.get(name) is not None:
                work.refer(name, record, [values[name]])

    def change(self, work: Work, identity: str, values: Values) -> tuple[type[Record], str]:
        """Change a subject, and which projects it belongs to."""
        before = work.row(ResearchSubject, identity)
        here = SUBJECTS.here(work, identity)
        facts = {n: values[n] for n in FACTS if n in values and values[n] != before[n]}
        there = set(work.refer("projects", Project, values.get("projects", here)))
        if before["of_student"] is not None:
            self._keep_linked(work, facts, moved=there != here)
        else:
            self._check(work, facts, but=identity)
            SUBJECTS.leaving(work, identity, here - there)
        work.settle()
        SUBJECTS.move(work, identity, here, there)
        work.batch.change(ResearchSubject, identity, facts)
        if "tags" in values:
            work.tag(ResearchTag.subject, identity, values["tags"])
        return ResearchSubject, identity

    def _keep_linked(self, work: Work, facts: Values, *, moved: bool) -> None:
        """A subject that stands for a student keeps its pseudonym and its project: elsewhere it has another one."""
        if "name" in facts:
            work.wrong("name", "the hub sets the name of a subject that represents a student")
        if moved:
            work.wrong("projects", "a subject that represents a student belongs to one project")
        self._refer(work, facts)

    def remove(self, work: Work, identity: str) -> None:
        """Delete a subject; where it also belongs to projects that the caller cannot see, it stays there."""
        SUBJECTS.remove(work, identity)


# ---- what was done with a subject


@dataclass(frozen=True)
class Deeds:
    """What was done with a subject: those who contribute to any of its projects write it down."""

    record: type[Record]
    facts: tuple[str, ...]
    fixed: tuple[str, ...] = ()
    """What does not change any more."""
    author: str = ""
    """The fact that names whoever wrote it down."""

    def add(self, work: Work, values: Values) -> tuple[type[Record], str]:
        """Write something down."""
        subjects = self._subjects(work, [values["subject"]] if "subject" in values else [])
        row = {n: values[n] for n in self.facts if n in values}
        if self.author:
            row[self.author] = work.caller.id
        return self.record, work.batch.add(self.record, [{**row, "subject": subjects[0]}])[0]

    def change(self, work: Work, identity: str, values: Values) -> tuple[type[Record], str]:
        """Change what was written down."""
        before = work.row(self.record, identity)
        SUBJECTS.here(work, before["subject"])
        subjects = self._subjects(work, [values.get("subject", before["subject"])])
        facts = {n: values[n] for n in self.facts if n in values and n not in self.fixed}
        work.batch.change(self.record, identity, {**facts, "subject": subjects[0]})
        return self.record, identity

    def remove(self, work: Work, identity: str) -> None:
        """Delete what was written down."""
        SUBJECTS.here(work, work.row(self.record, identity)["subject"])
        work.batch.remove(self.record, identity)

    def _subjects(self, work: Work, wanted: Iterable[str]) -> list[str]:
        found = work.refer("subject", ResearchSubject, wanted)
        work.settle()
        for subject in found:
            SUBJECTS.here(work, subject)
        return found


PROCEDURES = Deeds(Procedure, ("type", "notes", "date_time", "details", "coordinates_system", "coordinates_details"))
LOGS = Deeds(SubjectLog, ("type", "description"), fixed=("type",), author="keeper")


def write_line(work: Work, log: str, how: str, line: dict[str, Any], problems: Iterable[Problem]) -> None:
    """Add, change or remove a line of a log, which is known by its moment (`began`)."""
    before = work.row(SubjectLog, log)
    SUBJECTS.here(work, before["subject"])
    work.problems += problems
    work.settle()
    found = work.kept.research.entry(log, line["began"])
    if how == "add":
        if found:
            work.wrong("date_time", "the log has an entry of this moment", "change that one")
        work.settle()
        work.batch.add(LogEntry, [{**line, "log": log}])
    elif not found:
        raise NotFound(Problem("date_time", "the log has no entry of this moment"))
    elif how == "change":
        work.batch.change(LogEntry, found, line)
    else:
        work.batch.remove(LogEntry, found)
