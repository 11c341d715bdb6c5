"""The groups that each invented school has, in the order in which they are made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from ..model.groups import GROUP_KINDS, GroupType
from .admissions import Place
from .courses import put_courses, put_sections, put_terms
from .draft import Draft
from .groups import Groups
from .pastoral import join_pastoral, put_cohorts, put_forms, put_houses, put_next_forms, put_years
from .schools import Plan
from .staffroom import Staffroom
from .teaching import place_the_others, put_subjects, teach


def open_groups(
    draft: Draft, plan: Plan, school: str, staff: Staffroom, sessions: dict[str, str], places: Iterable[Place]
) -> Groups:
    """Add a school's groups and put its students and staff in them."""
    groups = Groups(draft, plan, school, staff, sessions)
    pupils = Counter(p.stay.year for p in places if p.current)
    groups.form_counts = {year: plan.form_count(pupils[year]) for year in plan.years}
    _put_types(groups)
    put_subjects(groups)
    put_courses(groups)
    put_years(groups)
    put_houses(groups)
    for year in (plan.last_year, plan.this_year):
        put_forms(groups, year)
        teach(groups, year, [p for p in places if p.year_in(year) is not None])
    put_next_forms(groups)
    for place in places:
        join_pastoral(groups, place)
    put_cohorts(groups, list(places))
    place_the_others(groups)
    put_terms(groups)
    put_sections(groups)
    return groups


def _put_types(groups: Groups) -> None:
    for number, (code, description) in enumerate(GROUP_KINDS.items(), 1):
        parent = groups.types.get("YearGrp") if code == "RegGrp" else None
        groups.types[code] = groups.draft.put(
            GroupType,
            school=groups.school,
            mis_id=str(number),
            code=code,
            description=description,
            parent=parent,
        )
