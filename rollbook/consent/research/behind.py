"""What a project may know of the students behind its subjects: facts that name nobody, as far as each school grants."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from ...fields import Arg, Field, HubId, Question
from ...model.research import HUB, ResearchSubject
from ...model.students import Student
from ...scopes import ANYONE, Need
from ...store.kept import Kept
from ...store.kept.projects import ProjectLine
from ...store.port import Store
from ..grants import Grant
from ..readers import Readers

FACTS: Mapping[str, Field] = {
    fact.name: fact
    for fact in (
        Student.gender,
        Student.nc_year,
        Student.key_stage,
        Student.grade,
        Student.part_time,
        Student.boarder,
        Student.sen_provision,
        Student.eal,
        Student.english_level_code,
        Student.first_language_code,
        Student.ethnicity_code,
        Student.fsm_eligible,
        Student.ever6,
        Student.pupil_premium,
        Student.economically_disadvantaged,
    )
}
"""What is told of a student, each fact under its scope. Nothing here names anybody, or says on which day or where
something happened: names, numbers, days, addresses and free text would tell who it is."""


def known_of(readers: Readers, kept: Kept, project: str, subjects: Iterable[str]) -> dict[str, dict[str, Any]]:
    """The facts of the students behind some subjects of a project, by the hub id of the subject.

    Subjects that stand for nobody are not in it, nor those whose school lets the project's app see nothing of them now.
    """
    found = dict[str, dict[str, Any]]()
    for grant in granted(kept, project):
        of = students_of(kept, project, grant, subjects)
        told = told_of(readers, grant, of, FACTS)
        found.update((of[student], facts) for student, facts in told.items())
    return found


@dataclass(frozen=True)
class Drawn:
    """A student as a project sees them: its name, their pseudonym in it, and the facts that it is told."""

    project: str
    pseudonym: str
    facts: dict[str, Any]


def drawn_as(store: Store, readers: Readers, school: str, student: str) -> list[Drawn]:
    """A student of a school (hub ids) in each project that sees them now, for nobody but the school."""
    with store.lend(HUB) as kept:
        today = kept.settings.day("UTC")
        going = [one for one in kept.projects.every() if not one.last_day or one.last_day >= today]
        found = [_drawn(readers, kept, one, grant, student) for one in going
                 for grant in granted(kept, one.id) if grant.school == school]  # fmt: skip
    return [one for one in found if one]


def _drawn(readers: Readers, kept: Kept, project: ProjectLine, grant: Grant, student: str) -> Drawn | None:
    subject = kept.subjects.drawn(project.id, grant.district).get(student)
    told = told_of(readers, grant, [student], FACTS) if subject else {}
    if subject is None or student not in told:
        return None
    (known,) = kept.records.with_ids(ResearchSubject, HUB, [subject])
    return Drawn(project.name, known["name"], told[student])


def granted(kept: Kept, project: str, need: Need = ANYONE) -> list[Grant]:
    """What schools grant the app of a project now, where that lets it see students, and all else that it needs."""
    wanted = Student.scope & need
    return [grant for grant in kept.grants.active(*kept.projects.through(project)) if wanted.met_by(grant.scopes)]


def students_of(kept: Kept, project: str, grant: Grant, subjects: Iterable[str]) -> dict[str, str]:
    """By student of a grant's district, those of some subjects of a project that stand for one; all are hub ids."""
    asked = set(subjects)
    return {student: one for student, one in kept.subjects.drawn(project, grant.district).items() if one in asked}


def told_of(
    readers: Readers, grant: Grant, students: Iterable[str], facts: Mapping[str, Field]
) -> dict[str, dict[str, Any]]:
    """Some facts of those students whom a grant lets be seen, by the hub id of the student."""
    wanted = list(students)
    if not wanted:
        return {}
    asked = Question(
        Student,
        (("id", HubId(Student)), *facts.items()),
        where=HubId(Student).one_of(Arg("wanted")),
        order=(HubId(Student),),
    )
    reader = readers.for_grant(grant)
    plan = reader.prepare(asked, ("research behind", *facts))
    with reader.session() as session:
        rows = [row for some in session.rows(plan, {"wanted": json.dumps(wanted)}) for row in some]
    told = [msgspec.json.decode(row, type=dict[str, Any]) for row in rows]
    return {one.pop("id"): one for one in told}
