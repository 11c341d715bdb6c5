"""Subjects of research, and the students behind them."""

from __future__ import annotations

from ...model.research import HUB, Project
from ..references import key_of
from .statements import Statements

_PROJECT = key_of(Project, HUB, "?")


class Subjects(Statements):
    """Subjects of research."""

    def drawn(self, project: str, district: int) -> dict[str, str]:
        """By student of a district, the subject that stands for them in a project; all are hub ids."""
        rows = self._rows(
            "SELECT s.of_student, s.id FROM subject_project p JOIN research_subject s ON s.district = p.district"
            f" AND s.key = p.subject WHERE p.district = {HUB} AND p.project = {_PROJECT} AND s.of_district = ?",
            (project, district),
        )
        return dict(rows)
