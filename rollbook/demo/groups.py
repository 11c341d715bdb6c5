"""How groups are made, joined and led."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ..model.groups import Group, StaffMembership
from ..model.students import StudentMembership
from .admissions import Place
from .draft import Draft, guid
from .schools import Plan
from .staffroom import Member, Staffroom
from .years import Year

NEXT = "next"
"""Stands for the next academic year, of which no more is known than when it begins."""


@dataclass
class Groups:
    """The groups of a school as far as they have been made."""

    draft: Draft
    plan: Plan
    school: str
    staff: Staffroom
    sessions: dict[str, str]
    types: dict[str, str] = field(default_factory=dict[str, str])
    subjects: dict[str, str] = field(default_factory=dict[str, str])
    courses: dict[tuple[str, int], str] = field(default_factory=dict[tuple[str, int], str])
    years: dict[int, str] = field(default_factory=dict[int, str])
    houses: list[str] = field(default_factory=list[str])
    forms: dict[tuple[str, int, int], str] = field(default_factory=dict[tuple[str, int, int], str])
    form_counts: dict[int, int] = field(default_factory=dict[int, int])
    offerings: dict[tuple[str, int], str] = field(default_factory=dict[tuple[str, int], str])
    cohorts: dict[str, str] = field(default_factory=dict[str, str])
    teaching: dict[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])
    last_number: int = 300

    def put(self, kind: str, code: str, **facts: Any) -> str:
        """Add a group; gives its hub id."""
        self.last_number += 1
        own = {"name": code, "external_id": guid(self.plan.estab, "group", self.last_number), **facts}
        return self.draft.put(
            Group,
            school=self.school,
            mis_id=str(self.last_number),
            kind=kind,
            type=self.types[kind],
            code=code,
            **own,
        )

    def join(self, group: str, place: Place, start: str, end: str | None) -> None:
        """Add a student to a group for a time."""
        american = self.plan.american
        self.draft.put(
            StudentMembership,
            school=self.school,
            group=group,
            student=place.id,
            start=start,
            end=end,
            is_main=1,
            external_id=guid(group, place.id) if american else None,
        )

    def lead(self, group: str, member: Member, role: str, start: str, end: str | None, priority: int = 1) -> None:
        """Add a member of staff to a group for a time; the first in priority is the main one."""
        self.draft.put(
            StaffMembership,
            school=self.school,
            group=group,
            staff=member.id,
            role=role,
            is_main=int(priority == 1),
            priority=priority,
            start=max(start, member.start or start),
            end=min((e for e in (end, member.end) if e), default=None),
            external_id=guid(group, member.id) if self.plan.american else None,
        )

    def tutor(self, year: int, form: int) -> Member:
        """Who looks after a registration group."""
        able = [m for m in self.staff.teachers() if m.post.title.startswith(("Teacher", "Class"))]
        before = sum(count for y, count in self.form_counts.items() if y < year)
        return able[(before + form) % len(able)]

    def form_of(self, place: Place, year: int) -> int:
        """Which registration group of a year a student is in."""
        return place.form % self.form_counts[year]


def standard_facts(plan: Plan, year: int) -> dict[str, Any]:
    """How a group says which year it is for."""
    if plan.american:
        return {"grades": plan.year_code(year)}
    return {"standard_year_code": plan.year_code(year), "standard_year_name": plan.year_name(year)}


def span_in(place: Place, year: Year) -> tuple[str, str]:
    """The first and last day of a student's classes in an academic year."""
    return max(place.entry, year.first), min(place.leaving or year.last, year.last)
