"""Drawing students of a school into a project: under pseudonyms, as far as the school lets the project's app see."""

from __future__ import annotations

import json
from random import Random, SystemRandom
from typing import Any

from ...fields import Arg, HubId, Question
from ...model.groups import Group
from ...model.research import (
    CohortSubject,
    Project,
    ResearchCohort,
    ResearchSubject,
    Species,
    Strain,
    SubjectProject,
)
from ...model.students import Student, StudentMembership, student_now
from ...scopes import Need
from ..grants import Grant
from ..reader import Reader
from ..readers import Readers
from ..session import Session
from .subjects import PSEUDONYM
from .writing import Work

NEEDED = Group.scope & StudentMembership.scope & Student.scope
"""What the school must have granted the project's app."""

DATED = Student.entry_date.need & Student.leaving_date.need
"""What it must have granted besides for a group to be drawn as it was on an earlier day, which tells those dates."""

SPECIES, STRAIN = "Homo sapiens", "Student"
"""What a student is."""

_SEXES: dict[str | None, str] = {"F": "F", "M": "M"}
_LETTERS = "23456789BCDFGHJKMNPQRSTVWXYZ"

_GROUPS = Question(
    Group,
    (("id", HubId(Group)), ("mis_id", Group.mis_id)),
    where=Group.mis_id.is_(Arg("group")) | Group.code.is_(Arg("group")),
)

_MEMBERS = Question(
    StudentMembership,
    (("student", StudentMembership.student), ("gender", StudentMembership.student / Student.gender)),
    where=StudentMembership.group.is_(Arg("group"))
    & student_now
    & (StudentMembership.student / Student.on_roll).is_("OnRoll"),
    order=(StudentMembership.student / Student.mis_id,),
)


LOT = SystemRandom()
"""What pseudonyms and orders are drawn by: nobody can draw the same again."""


def draw(
    readers: Readers,
    work: Work,
    project: str,
    estab: str,
    group: str,
    cohort: str = "",
    lot: Random = LOT,
    *,
    as_of: str = "",
) -> tuple[str, int]:
    """Let the present students of a school's group be subjects of a project, and stand in a new cohort of it.

    With `as_of` (yyyy-MM-dd) they are those who were in it, and on roll, on that day, as far as dates and records that
    the hub still has tell. Whom the school lets be seen is decided today.

    Gives the cohort's hub id, "" when none was asked for, and how many subjects there are. A student who was drawn
    into the project before keeps the pseudonym that they have there.
    """
    grant = _grant(work, project, estab, NEEDED & DATED if as_of else NEEDED)
    reader = readers.for_grant(grant) if grant else None
    if reader and as_of:
        if as_of > reader.today:
            work.wrong("as_of", f"{as_of} is after today", "give a day that has come")
        reader = reader.as_of(as_of)
    wanted = _group(work, reader, group) if reader else ""
    students = _students(reader, wanted) if reader and wanted else {}
    if wanted and not students:
        work.wrong("group", "has no students who may be drawn")
    if cohort and work.taken(ResearchCohort, cohort, project=project):
        work.wrong("name", "cohort with this name already exists in the project.")
    work.settle()
    assert grant is not None
    # In the group's own order, whoever knows the class list would know who is who.
    order = lot.sample(list(students), len(students))
    subjects = _subjects(work, project, grant.district, {student: students[student] for student in order}, lot)
    if not cohort:
        return "", len(subjects)
    made = work.batch.add(ResearchCohort, [{"name": cohort, "project": project}])[0]
    places = [{"cohort": made, "subject": subject, "position": place} for place, subject in enumerate(subjects)]
    work.batch.add(CohortSubject, places)
    return made, len(subjects)


def _grant(work: Work, project: str, estab: str, needed: Need) -> Grant | None:
    """What the school granted the project's app; a school that granted too little is like none."""
    known = work.batch.get(Project, project) or {}
    last_day = known.get("last_day")
    if last_day and last_day < work.kept.settings.day("UTC"):
        work.wrong("project", f"students could be seen until {last_day}", "ask the operator for a later last day")
        return None
    for grant in work.kept.grants.active(*work.kept.projects.through(project)):
        if grant.estab == estab and needed.met_by(grant.scopes):
            return grant
    hint = f"the school must grant {needed} to the app that the operator set for the project"
    work.wrong("school", f"{estab[:40]} has not granted the project's app the scopes that drawing needs", hint)
    return None


def _group(work: Work, reader: Reader, group: str) -> str:
    with reader.session() as session:
        found = _rows(session, reader, _GROUPS, group)
    by_id = [g for g in found if g["mis_id"] == group] or found
    if len(by_id) == 1:
        return by_id[0]["id"]
    several = "several groups have this code"
    work.wrong("group", several if by_id else f"{group[:40]} is not known", "use the group's MIS id" if by_id else "")
    return ""


def _students(reader: Reader, group: str) -> dict[str, str]:
    """The hub ids of the students with their sex, as far as the school lets it be seen."""
    with reader.session() as session:
        rows = _rows(session, reader, _MEMBERS, group)
    return {row["student"]: _SEXES.get(row.get("gender"), "U") for row in rows}


def _rows(session: Session, reader: Reader, question: Question, group: str) -> list[dict[str, Any]]:
    found = reader.prepare(question, ("research draw", question.of.__name__))
    return [json.loads(row) for rows in session.rows(found, {"group": group}) for row in rows]


def _subjects(work: Work, project: str, district: int, students: dict[str, str], lot: Random) -> list[str]:
    """The subject of each student, made where there is none yet."""
    drawn = work.kept.subjects.drawn(project, district)
    new = [student for student in students if student not in drawn]
    strain = _strain(work) if new else ""
    rows = [
        {"name": name, "sex": students[student], "strain": strain, "of_district": district, "of_student": student}
        for student, name in zip(new, _names(work, len(new), lot), strict=True)
    ]
    made = work.batch.add(ResearchSubject, rows)
    work.batch.add(SubjectProject, [{"subject": subject, "project": project} for subject in made])
    drawn |= dict(zip(new, made, strict=True))
    return [drawn[student] for student in students]


def _names(work: Work, number: int, lot: Random) -> list[str]:
    """Pseudonyms that nobody has, and that reveal nothing."""
    found: dict[str, None] = {}
    while len(found) < number:
        name = f"S-{''.join(lot.choices(_LETTERS, k=6))}"
        if PSEUDONYM.fullmatch(name) and not work.taken(ResearchSubject, name):
            found[name] = None
    return list(found)


def _strain(work: Work) -> str:
    """The strain of students, made once."""
    found = work.kept.research.named(Strain, STRAIN)
    if found:
        return found[0]
    species = work.kept.research.named(Species, SPECIES)
    of = species[0] if species else work.batch.add(Species, [{"name": SPECIES, "external_identifiers": "[]"}])[0]
    return work.batch.add(Strain, [{"name": STRAIN, "species": of, "external_identifiers": "[]"}])[0]
