"""What a project may know of the students behind its subjects: facts that name nobody, as far as each school grants."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from ...fields import Arg, Field, HubId, Question
from ...model.students import Student
from ...store.kept import Kept
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

_ASKED = Question(
    Student,
    (("id", HubId(Student)), *FACTS.items()),
    where=HubId(Student).one_of(Arg("wanted")),
    order=(HubId(Student),),
)


def known_of(readers: Readers, kept: Kept, project: str, subjects: Iterable[str]) -> dict[str, dict[str, Any]]:
    """The facts of the students behind some subjects of a project, by the hub id of the subject.

    Subjects that stand for nobody are not in it, nor those whose school lets the project's app see nothing of them now.
    """
    asked, found = set(subjects), dict[str, dict[str, Any]]()
    for grant in kept.grants.active(kept.projects.app(project)):
        if not Student.scope.met_by(grant.scopes):
            continue
        drawn = kept.subjects.drawn(project, grant.district)
        of = {student: subject for student, subject in drawn.items() if subject in asked}
        if not of:
            continue
        reader = readers.for_grant(grant)
        plan = reader.prepare(_ASKED, "research behind")
        with reader.session() as session:
            for rows in session.rows(plan, {"wanted": json.dumps(list(of))}):
                for row in rows:
                    told = msgspec.json.decode(row, type=dict[str, Any])
                    found[of[told.pop("id")]] = told
    return found
