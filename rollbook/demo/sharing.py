"""What the schools of an invented district share: a cohort of students of several, and programmes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

from ..model.curriculum import Program
from ..model.groups import Group, GroupProgram, StaffMembership
from ..model.students import StudentMembership
from .admissions import Place
from .curriculum import PROGRAMMES, SHARED_COHORTS, SHARED_PROGRAMMES, Cohort, Programme
from .draft import Draft, guid
from .groups import Groups
from .schools import Trust

Shared = TypeVar("Shared", Cohort, Programme)


def put_shared(draft: Draft, trust: Trust, opened: Sequence[tuple[Groups, list[Place]]]) -> None:
    """Add the programmes of each school, and what all schools of the district have together."""
    for groups, _ in opened:
        for programme in PROGRAMMES[groups.plan.kind]:
            _put_programme(draft, programme, groups.school, [(groups.school, g) for g in _members(groups, programme)])
    shared = _named_for(trust, SHARED_PROGRAMMES[trust.country])
    there: list[tuple[str | None, str]] = [(gs.school, g) for gs, _ in opened for g in _members(gs, shared)]
    if cohort := SHARED_COHORTS.get(trust.country):
        there.append((None, _put_cohort(draft, _named_for(trust, cohort), opened)))
    _put_programme(draft, shared, None, there)


def _named_for(trust: Trust, shared: Shared) -> Shared:
    """What the first trust has, by the name of another one."""
    return shared._replace(name=shared.name.replace("Larkspur", trust.name.split()[0]))


def _members(groups: Groups, programme: Programme) -> list[str]:
    now = groups.plan.this_year.name
    classes = [g for (year, code), g in groups.teaching.items() if year == now and code.startswith(programme.classes)]
    return [g for code, g in groups.cohorts.items() if code == programme.cohort] + classes


def _put_programme(
    draft: Draft, programme: Programme, school: str | None, groups: Iterable[tuple[str | None, str]]
) -> None:
    facts = {"name": programme.name, "kind": programme.kind, "external_id": guid(school, programme.name)}
    program = draft.put_later(Program, school=school, **facts)
    for owner, group in groups:
        draft.put_later(GroupProgram, school=owner, group=group, program=program)


def _put_cohort(draft: Draft, cohort: Cohort, opened: Sequence[tuple[Groups, list[Place]]]) -> str:
    leaders = [(groups, next(iter(groups.staff.teachers("Mu") or groups.staff.teachers()[2:]))) for groups, _ in opened]
    group = draft.put_later(
        Group,
        external_id=guid(cohort.name),
        kind="Cohort",
        code=cohort.code,
        name=cohort.name,
        start=cohort.start,
        end=cohort.end,
        purpose=cohort.purpose,
        description=cohort.description,
        primary_staff=leaders[0][1].id,
    )
    span = {"group": group, "start": cohort.start, "end": cohort.end}
    for priority, (groups, leader) in enumerate(leaders, 1):
        facts = {"role": "Conductor", "is_main": int(priority == 1), "priority": priority}
        draft.put_later(StaffMembership, school=groups.school, staff=leader.id, **span, **facts)
    for groups, places in opened:
        able = [p for p in places if p.current and p.stay.year in cohort.years]
        for place in able[3 :: round(1 / cohort.share)]:
            since = {**span, "start": max(cohort.start, place.entry)}
            draft.put_later(StudentMembership, school=groups.school, student=place.id, is_main=1, **since)
    return group
