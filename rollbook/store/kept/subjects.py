"""Subjects of research: the projects that they belong to, their places in cohorts, and the students behind them."""

from __future__ import annotations

from ...model.research import HUB, CohortSubject, Project, ResearchCohort, ResearchSubject, SubjectProject
from ..references import id_of, key_of
from .statements import Statements

_SUBJECT, _PROJECT = key_of(ResearchSubject, HUB, "?"), key_of(Project, HUB, "?")


class Subjects(Statements):
    """Subjects of research."""

    def projects(self, subject: str) -> dict[str, str]:
        """The projects that a subject belongs to, each with the hub id of the record that says so."""
        sql = (
            f"SELECT {id_of(SubjectProject.project, 'p')}, p.id FROM subject_project p"
            f" WHERE p.district = {HUB} AND p.subject = {_SUBJECT}"
        )
        return dict(self._rows(sql, (subject,)))

    def of_project(self, project: str) -> list[str]:
        """The subjects of a project."""
        sql = (
            f"SELECT {id_of(SubjectProject.subject, 'p')} FROM subject_project p"
            f" WHERE p.district = {HUB} AND p.project = {_PROJECT}"
        )
        return [subject for (subject,) in self._rows(sql, (project,))]

    def of_cohort(self, cohort: str) -> dict[str, str]:
        """The subjects of a cohort in order, each with the hub id of the record of its place."""
        sql = (
            f"SELECT {id_of(CohortSubject.subject, 'p')}, p.id FROM cohort_subject p"
            f" WHERE p.district = {HUB} AND p.cohort = {key_of(ResearchCohort, HUB, '?')} ORDER BY p.position"
        )
        return dict(self._rows(sql, (cohort,)))

    def places(self, subject: str, project: str) -> list[str]:
        """The hub ids of the records of a subject's places in the cohorts of a project."""
        rows = self._rows(
            "SELECT p.id FROM cohort_subject p JOIN research_cohort c ON c.district = p.district AND c.key = p.cohort"
            f" WHERE p.district = {HUB} AND p.subject = {_SUBJECT} AND c.project = {_PROJECT}",
            (subject, project),
        )
        return [place for (place,) in rows]

    def drawn(self, project: str, district: int) -> dict[str, str]:
        """By student of a district, the subject that stands for them in a project; all are hub ids."""
        rows = self._rows(
            "SELECT s.of_student, s.id FROM subject_project p JOIN research_subject s ON s.district = p.district"
            f" AND s.key = p.subject WHERE p.district = {HUB} AND p.project = {_PROJECT} AND s.of_district = ?",
            (project, district),
        )
        return dict(rows)
