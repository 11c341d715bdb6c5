"""Numbers of students that research projects published, and who was ever counted in them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import NamedTuple

from ...model.research import HUB, Project
from ..references import key_of
from .statements import Statements


class Counts(NamedTuple):
    """What a project published, and what it rests on."""

    id: str
    published_on: str
    smallest: int
    counts: str
    subjects: tuple[str, ...]
    grants: tuple[str, ...]


class Counted(NamedTuple):
    """A student (district number and hub id) who was counted, and the lot that they are in."""

    id: str
    student: tuple[int, str]
    lot: int


class Published(Statements):
    """Numbers of students that research projects published."""

    def of_project(self, project: str) -> Counts | None:
        """What a project has published, unless it took it back."""
        row = self._row(
            "SELECT id, published_on, smallest, counts, subjects, grants FROM published_counts"
            f" WHERE district = {HUB} AND project = {key_of(Project, HUB, '?')}",
            (project,),
        )
        if row is None:
            return None
        identity, day, smallest, counts, subjects, grants = row
        return Counts(identity, day, smallest, counts, tuple(json.loads(subjects)), tuple(json.loads(grants)))

    def counted(self) -> list[Counted]:
        """Everybody who was ever counted in public."""
        rows = self._rows(
            f"SELECT id, of_district, of_student, lot FROM counted_student WHERE district = {HUB} ORDER BY id"
        )
        return [Counted(identity, (district, student), lot) for identity, district, student, lot in rows]

    def recorded(self, subjects: Iterable[str]) -> set[str]:
        """Those of some subjects that stand for a student of whom there still is a record."""
        rows = self._rows(
            "SELECT s.id FROM research_subject s JOIN student t ON t.district = s.of_district AND t.id = s.of_student"
            f" WHERE s.district = {HUB} AND s.id {self._in(':subjects')}",
            {"subjects": json.dumps(list(subjects))},
        )
        return {subject for (subject,) in rows}

    def cohorts(self, project: str) -> dict[str, str]:
        """The cohorts of a project by hub id, with their names, in the order of those."""
        rows = self._rows(
            f"SELECT id, name FROM research_cohort WHERE district = {HUB} AND project = {key_of(Project, HUB, '?')}"
            " ORDER BY name, id",
            (project,),
        )
        return dict(rows)
