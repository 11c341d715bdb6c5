"""Subjects and the cohorts that they stand in."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from ...fields import Record
from ...model.research import (
    CohortSubject,
    Project,
    ResearchCohort,
    ResearchSubject,
    ResearchTag,
    Strain,
    SubjectProject,
)
from .standing import Role, refusal
from .writing import Values, Work

FACTS = (
    "name",
    "description",
    "sex",
    "strain",
    "genetic_line",
    "subject_identifier",
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
        work.batch.add(SubjectProject, [{"subject": subject, "project": p} for p in projects])
        work.tag(ResearchTag.subject, subject, values.get("tags", []))
        return ResearchSubject, subject

    def _check(self, work: Work, values: Values, but: str = "") -> None:
        if "strain" in values:
            work.refer("strain", Strain, [values["strain"]])
        name = values.get("name")
        if isinstance(name, str) and PSEUDONYM.fullmatch(name):
            work.wrong(
                "name", "names of this form are reserved for subjects that represent students", "choose another one"
            )
        else:
            work.unique(ResearchSubject, "subject", values, but)

    def change(self, work: Work, identity: str, values: Values) -> tuple[type[Record], str]:
        """Change a subject, and which projects it belongs to."""
        before = work.row(ResearchSubject, identity)
        here = work.kept.subjects.projects(identity).keys() & work.standing.roles.keys()
        if not any(work.standing.may(p, Role.CONTRIBUTOR) for p in here):
            raise refusal("only a contributor of its project may do this")
        facts = {n: values[n] for n in FACTS if n in values and values[n] != before[n]}
        there = set(work.refer("projects", Project, values.get("projects", here)))
        if before["of_student"] is not None:
            self._keep_linked(work, facts, moved=there != here)
        else:
            self._check(work, facts, but=identity)
            self._leaving(work, identity, here - there)
        work.settle()
        for project in here ^ there:
            work.require(project, Role.CONTRIBUTOR)
        work.batch.change(ResearchSubject, identity, facts)
        work.batch.add(SubjectProject, [{"subject": identity, "project": p} for p in sorted(there - here)])
        _leave(work, identity, here - there)
        if "tags" in values:
            work.tag(ResearchTag.subject, identity, values["tags"])
        return ResearchSubject, identity

    def _keep_linked(self, work: Work, facts: Values, *, moved: bool) -> None:
        """A subject that stands for a student keeps its pseudonym and its project: elsewhere it has another one."""
        if "name" in facts:
            work.wrong("name", "the hub sets the name of a subject that represents a student")
        if moved:
            work.wrong("projects", "a subject that represents a student belongs to one project")
        if "strain" in facts:
            work.refer("strain", Strain, [facts["strain"]])

    def _leaving(self, work: Work, subject: str, projects: Iterable[str]) -> None:
        for project in projects:
            if work.kept.subjects.places(subject, project):
                work.wrong("projects", f"the subject is in a cohort of {project}", "take it out of the cohort first")

    def remove(self, work: Work, identity: str) -> None:
        """Delete a subject; where it also belongs to projects that the caller cannot see, it stays there."""
        work.row(ResearchSubject, identity)
        every = work.kept.subjects.projects(identity).keys()
        here = every & work.standing.roles.keys()
        if not all(work.standing.may(p, Role.CONTRIBUTOR) for p in here):
            raise refusal("only a contributor of each of its projects may do this")
        if every == here:
            work.batch.remove(ResearchSubject, identity)
            return
        for project in here:
            for place in work.kept.subjects.places(identity, project):
                work.batch.remove(CohortSubject, place)
        _leave(work, identity, here)


def _leave(work: Work, subject: str, projects: Iterable[str]) -> None:
    held = work.kept.subjects.projects(subject)
    for project in projects:
        work.batch.remove(SubjectProject, held[project])


class Cohorts:
    """A cohort belongs to one project, and so do all its subjects; they keep their order."""

    def add(self, work: Work, values: Values) -> tuple[type[Record], str]:
        """Make a cohort."""
        projects = work.refer("project", Project, [values["project"]] if "project" in values else [])
        subjects = work.refer("subjects", ResearchSubject, values.get("subjects", []))
        for project in projects:
            self._fits(work, project, subjects, values.get("name"))
        work.settle()
        work.require(projects[0], Role.CONTRIBUTOR)
        facts = {n: values[n] for n in ("name", "description") if n in values}
        cohort = work.batch.add(ResearchCohort, [{**facts, "project": projects[0]}])[0]
        _line_up(work, cohort, subjects)
        work.tag(ResearchTag.cohort, cohort, values.get("tags", []))
        return ResearchCohort, cohort

    def _fits(self, work: Work, project: str, subjects: Iterable[str], name: Any, but: str = "") -> None:
        there = set(work.kept.subjects.of_project(project))
        for subject in subjects:
            if subject not in there:
                work.wrong("subjects", f'Subject "{subject}" does not belong to the project.')
        if isinstance(name, str) and work.taken(ResearchCohort, name, but, project):
            work.wrong("name", "cohort with this name already exists in the project.")

    def change(self, work: Work, identity: str, values: Values) -> tuple[type[Record], str]:
        """Change a cohort; subjects that the caller cannot see now keep their places."""
        before = work.row(ResearchCohort, identity)
        work.require(before["project"], Role.CONTRIBUTOR)
        projects = work.refer("project", Project, [values.get("project", before["project"])])
        held = list(work.kept.subjects.of_cohort(identity))
        seen = work.among(ResearchSubject, held)
        shown = [s for s in held if s in seen]
        subjects = work.refer("subjects", ResearchSubject, values.get("subjects", shown))
        for project in projects:
            self._fits(work, project, subjects, values.get("name", before["name"]), but=identity)
        work.settle()
        work.require(projects[0], Role.CONTRIBUTOR)
        facts = {n: values[n] for n in ("name", "description") if n in values}
        work.batch.change(ResearchCohort, identity, {**facts, "project": projects[0]})
        if projects[0] == before["project"]:
            subjects = among(subjects, held, shown)
        if subjects != held:
            _line_up(work, identity, subjects)
        if "tags" in values:
            work.tag(ResearchTag.cohort, identity, values["tags"])
        return ResearchCohort, identity

    def remove(self, work: Work, identity: str) -> None:
        """Delete a cohort; its subjects stay."""
        before = work.row(ResearchCohort, identity)
        work.require(before["project"], Role.CONTRIBUTOR)
        work.batch.remove(ResearchCohort, identity)


def among(wanted: list[str], held: list[str], shown: list[str]) -> list[str]:
    """The subjects wanted, and those that are held but not shown, each in its old place."""
    line = list(wanted)
    for place, subject in enumerate(held):
        if subject not in shown:
            line.insert(min(place, len(line)), subject)
    return line


def _line_up(work: Work, cohort: str, subjects: list[str]) -> None:
    """Let a cohort hold these subjects in this order; who was there before keeps their record."""
    held = work.kept.subjects.of_cohort(cohort)
    for subject in held.keys() - set(subjects):
        work.batch.remove(CohortSubject, held[subject])
    new: list[dict[str, object]] = []
    for position, subject in enumerate(subjects):
        if subject in held:
            work.batch.change(CohortSubject, held[subject], {"position": position})
        else:
            new.append({"cohort": cohort, "subject": subject, "position": position})
    work.batch.add(CohortSubject, new)
