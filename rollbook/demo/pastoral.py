"""Who looks after the students of an invented school: its years, registration groups, houses and cohorts."""

from __future__ import annotations

from ..model.groups import SubGroup
from .admissions import JOINS_NEXT_YEAR, Place
from .curriculum import COHORTS, Cohort
from .draft import Draft
from .groups import NEXT, Groups, span_in, standard_facts
from .staffroom import Member
from .years import Year


def _leaders(groups: Groups) -> list[Member]:
    return [m for m in groups.staff.teachers() if m.post.title.startswith(("Head of", "Deputy", "Assistant"))]


def put_years(groups: Groups) -> None:
    """Add the year groups, which stay when their students move on."""
    plan, leaders = groups.plan, _leaders(groups)
    since = plan.first_day(2019)
    for number, year in enumerate(plan.years):
        head = leaders[number % len(leaders)]
        groups.years[year] = groups.put(
            "YearGrp",
            plan.year_code(year),
            name=plan.year_name(year),
            start=since,
            primary_staff=head.id,
            **standard_facts(plan, year),
        )
        groups.lead(groups.years[year], head, "Head of Year", plan.this_year.first, None)


def put_houses(groups: Groups) -> None:
    """Add the houses with their heads."""
    heads = groups.staff.teachers()[-len(groups.plan.houses) - 1 :]
    since = groups.plan.first_day(2019)
    for head, house in zip(heads, groups.plan.houses, strict=False):
        group = groups.put("HouseGrp", house[0], name=house, start=since, primary_staff=head.id)
        groups.lead(group, head, "Head of House", groups.plan.first_day(2024), None)
        groups.houses.append(group)


def put_forms(groups: Groups, year: Year) -> None:
    """Add the registration groups of an academic year with their tutors."""
    plan = groups.plan
    this = year is plan.this_year
    helpers = groups.staff.titled("Teaching Assistant") if plan.primary else []
    for standard, count in groups.form_counts.items():
        for form in range(count):
            tutor = groups.tutor(standard, form if this else form + 1)
            group = groups.forms[year.name, standard, form] = _put_form(groups, year, standard, form, tutor)
            groups.lead(group, tutor, "Form Tutor", year.first, year.last)
            if helpers and form == 0:
                groups.lead(group, helpers[standard % len(helpers)], "Teaching Assistant", year.first, year.last, 2)
            if this:
                groups.draft.put(SubGroup, school=groups.school, child=group, parent=groups.years[standard])


def _put_form(groups: Groups, year: Year, standard: int, form: int, tutor: Member | None) -> str:
    plan = groups.plan
    letter, name = plan.forms[form]
    code = plan.year_code(standard)
    return groups.put(
        "RegGrp",
        code + letter,
        name=code + name,
        start=year.first,
        end=year.last,
        primary_staff=tutor.id if tutor else None,
        location=f"Room {len(groups.forms) % 40 + 1}",
        class_type="homeroom" if plan.american else None,
        **standard_facts(plan, standard),
    )


def put_next_forms(groups: Groups) -> None:
    """Add the registration groups that next year's newcomers will be in."""
    plan = groups.plan
    first = min(plan.years)
    start = plan.first_day(int(plan.this_year.first[:4]) + 1)
    for form in range(groups.form_counts[first]):
        letter, name = plan.forms[form]
        code = plan.year_code(first)
        groups.forms[NEXT, first, form] = groups.put(
            "RegGrp", code + letter, name=code + name, start=start, **standard_facts(plan, first)
        )


def join_pastoral(groups: Groups, place: Place) -> None:
    """Put a student in the year, registration group and house of each time at the school."""
    plan = groups.plan
    for year in (plan.last_year, plan.this_year):
        standard = place.year_in(year)
        if standard is None:
            continue
        start, end = span_in(place, year)
        groups.join(groups.forms[year.name, standard, groups.form_of(place, standard)], place, start, end)
        open_end = None if year is plan.this_year and not place.leaving else end
        groups.join(groups.years[standard], place, start, open_end)
    if place.stay.status == JOINS_NEXT_YEAR:
        standard = place.stay.year
        form = groups.forms[NEXT, standard, groups.form_of(place, standard)]
        groups.join(form, place, place.entry, None)
        groups.join(groups.years[standard], place, place.entry, None)
    if groups.houses:
        groups.join(groups.houses[place.house % len(groups.houses)], place, place.entry, place.leaving)


def put_cohorts(groups: Groups, places: list[Place]) -> None:
    """Add the cohorts with those chosen for them."""
    draft = groups.draft
    for cohort, lead in zip(COHORTS[groups.plan.kind], groups.staff.teachers()[1:], strict=False):
        facts = {"name": cohort.name, "start": cohort.start, "end": cohort.end, "primary_staff": lead.id}
        facts |= {"purpose": cohort.purpose, "description": cohort.description}
        group = groups.cohorts[cohort.code] = groups.put("Cohort", cohort.code, **facts)
        groups.lead(group, lead, "Leader", cohort.start, cohort.end)
        for place in places:
            start, end = _cohort_span(draft, cohort, place)
            able = place.current and place.stay.year in cohort.years and (not end or start < end)
            if able and draft.chance(cohort.share):
                groups.join(group, place, start, end)


def _cohort_span(draft: Draft, cohort: Cohort, place: Place) -> tuple[str, str | None]:
    start, end = max(cohort.start, place.entry), cohort.end
    if end and end < "2026-10-16":
        return start, end
    # Some gave up in the autumn, some will only begin after Christmas.
    gave_up, begins = start < "2026-10-01" and draft.chance(0.15), draft.chance(0.1)
    return (start, "2026-10-16") if gave_up else (max(start, "2027-01-11") if begins else start, end)
