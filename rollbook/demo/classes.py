"""The groups of an invented school: years, forms, houses, classes and cohorts, and who is in them when."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from ..model.groups import GROUP_KINDS, Course, Group, GroupType, StaffMembership, SubGroup, Subject
from ..model.students import StudentMembership
from .admissions import JOINS_NEXT_YEAR, Place
from .curriculum import COHORTS, COURSES, HIGH, SUBJECTS, US_SUBJECTS, Cohort, Line, lines_of, week_of
from .draft import Draft, guid
from .schools import Plan
from .staffroom import Member, Staffroom
from .years import Year, session_guid

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
    teaching: dict[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])
    _number: int = 300
    taught: Counter[str] = field(default_factory=Counter[str])

    def put(self, kind: str, code: str, **facts: Any) -> str:
        """Add a group; gives its hub id."""
        self._number += 1
        own = {"name": code, "external_id": guid(self.plan.estab, "group", self._number), **facts}
        return self.draft.put(
            Group,
            school=self.school,
            mis_id=str(self._number),
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


def open_groups(
    draft: Draft, plan: Plan, school: str, staff: Staffroom, sessions: dict[str, str], places: Iterable[Place]
) -> Groups:
    """Add a school's groups and put its students and staff in them."""
    groups = Groups(draft, plan, school, staff, sessions)
    pupils = Counter(p.stay.year for p in places if p.current)
    groups.form_counts = {year: plan.form_count(pupils[year]) for year in plan.years}
    _put_types(groups)
    _put_subjects(groups)
    _put_years(groups)
    _put_houses(groups)
    for year in (plan.last_year, plan.this_year):
        _put_forms(groups, year)
        _teach(groups, year, [p for p in places if p.year_in(year) is not None])
    _put_next_forms(groups)
    for place in places:
        _join_pastoral(groups, place)
    _put_cohorts(groups, list(places))
    _place_the_others(groups)
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


def _put_subjects(groups: Groups) -> None:
    plan, draft = groups.plan, groups.draft
    taught = {s for year in plan.years for line in lines_of(plan, year) for s in line.subjects}
    names = US_SUBJECTS if plan.american else SUBJECTS
    for number, code in enumerate((c for c in names if c in taught), 111):
        groups.subjects[code] = draft.put(
            Subject, school=groups.school, mis_id=str(number), code=code, name=names[code]
        )
    for code, titles in COURSES.items() if plan.american else ():
        for grade, title in enumerate(titles, 9):
            groups.courses[code, grade] = draft.put(
                Course,
                school=groups.school,
                external_id=guid(plan.estab, "course", code, grade),
                title=title,
                code=f"{code}{grade:02}",
                grades=f"{grade:02}",
                subjects=names[code],
                subject_codes=code,
                school_year=groups.sessions[plan.this_year.name],
            )


def _standard(plan: Plan, year: int) -> dict[str, Any]:
    if plan.american:
        return {"grades": plan.year_code(year)}
    return {"standard_year_code": plan.year_code(year), "standard_year_name": plan.year_name(year)}


def _leaders(groups: Groups) -> list[Member]:
    return [m for m in groups.staff.teachers() if m.post.title.startswith(("Head of", "Deputy", "Assistant"))]


def _put_years(groups: Groups) -> None:
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
            **_standard(plan, year),
        )
        groups.lead(groups.years[year], head, "Head of Year", plan.this_year.first, None)


def _put_houses(groups: Groups) -> None:
    heads = groups.staff.teachers()[-len(groups.plan.houses) - 1 :]
    since = groups.plan.first_day(2019)
    for head, house in zip(heads, groups.plan.houses, strict=False):
        group = groups.put("HouseGrp", house[0], name=house, start=since, primary_staff=head.id)
        groups.lead(group, head, "Head of House", groups.plan.first_day(2024), None)
        groups.houses.append(group)


def _put_forms(groups: Groups, year: Year) -> None:
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
        **_standard(plan, standard),
    )


def _put_next_forms(groups: Groups) -> None:
    plan = groups.plan
    first = min(plan.years)
    start = plan.first_day(int(plan.this_year.first[:4]) + 1)
    for form in range(groups.form_counts[first]):
        letter, name = plan.forms[form]
        code = plan.year_code(first)
        groups.forms[NEXT, first, form] = groups.put(
            "RegGrp", code + letter, name=code + name, start=start, **_standard(plan, first)
        )


def _span(place: Place, year: Year) -> tuple[str, str]:
    return max(place.entry, year.first), min(place.leaving or year.last, year.last)


def _join_pastoral(groups: Groups, place: Place) -> None:
    plan = groups.plan
    for year in (plan.last_year, plan.this_year):
        standard = place.year_in(year)
        if standard is None:
            continue
        start, end = _span(place, year)
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


def _teach(groups: Groups, year: Year, places: list[Place]) -> None:
    plan = groups.plan
    for standard in plan.years:
        taught = [p for p in places if p.year_in(year) == standard]
        lines = lines_of(plan, standard)
        # Of last year only the core subjects are kept.
        for line in lines if year is plan.this_year else lines[:3]:
            for place, subject, code in _sort_into(groups, standard, line, taught):
                group = groups.teaching.get((year.name, code))
                if group is None:
                    group = _put_class(groups, year, standard, line, subject, code)
                groups.join(group, place, *_span(place, year))
                if year is plan.this_year:
                    place.lessons[line.key] = group


def _sort_into(groups: Groups, standard: int, line: Line, places: list[Place]) -> Iterator[tuple[Place, str, str]]:
    plan, code = groups.plan, groups.plan.year_code(standard)
    forms = groups.form_counts[standard]
    upper = (forms + 1) // 2
    for rank, place in _ranked(groups, standard, upper, places):
        form = groups.form_of(place, standard)
        half, within, count = ("X", form, upper) if form < upper else ("Y", form - upper, forms - upper)
        match line.how:
            case "set":
                yield place, line.key, f"{code}{half}{int(rank * count) + 1}/{line.key}"
            case "form":
                yield place, line.key, f"{code}{half}{within + 1}/{line.key}"
            case "class":
                yield place, line.key, f"{code}{plan.forms[form][0]}/{line.key}"
            case "section":
                yield place, line.key, f"{line.key}{code}-{int(place.ability * 3) + 1}"
            case _:
                chosen = _choice(line, standard, place)
                if chosen:
                    yield place, chosen, f"{code}{line.key}/{chosen}"


def _ranked(groups: Groups, standard: int, upper: int, places: list[Place]) -> Iterator[tuple[float, Place]]:
    for half in (True, False):
        those = [p for p in places if (groups.form_of(p, standard) < upper) is half]
        those.sort(key=lambda p: -p.ability)
        yield from ((rank / len(those), place) for rank, place in enumerate(those))


def _choice(line: Line, standard: int, place: Place) -> str | None:
    block = ord(line.key) - ord("A")
    if standard < 12:
        # Blocks offer the same six subjects in turn, upwards or downwards, so that nobody has a subject twice.
        turn = 1 if place.form % 2 else 5
        return line.subjects[(place.form // 6 + turn * block) % 6]
    # In the sixth form three blocks of four are chosen.
    return None if place.form % 4 == block else line.subjects[place.form // 4 % len(line.subjects)]


def _put_class(groups: Groups, year: Year, standard: int, line: Line, subject: str, code: str) -> str:
    plan = groups.plan
    this = year is plan.this_year
    teacher = _teacher(groups, standard, subject, code)
    course = groups.courses.get((subject, standard)) if this else None
    american: dict[str, Any] = (
        {
            "course": course,
            "name": f"{COURSES[subject][standard - 9]} ({code[-1]})",
            "subjects": US_SUBJECTS[subject],
            "subject_codes": subject,
            "class_type": "scheduled",
            "sessions": ",".join(session_guid(plan.estab, year, term) for term in year.terms),
        }
        if plan.american
        else {}
    )
    group = groups.teaching[year.name, code] = groups.put(
        "TeachingGrp",
        code,
        start=year.first,
        end=year.last,
        primary_staff=teacher.id,
        subject=groups.subjects[subject],
        location=f"Room {int(teacher.id[-4:], 16) % 60 + 1}",
        periods=_periods(plan, standard, line) if this else None,
        **_standard(plan, standard),
        **american,
    )
    groups.lead(group, teacher, "Class Teacher", year.first, year.last)
    helpers = groups.staff.titled("Teaching Assistant")
    if this and helpers and line.how == "set" and code.split("/")[0][-1] == "3":
        groups.lead(
            group,
            helpers[len(groups.teaching) % len(helpers)],
            "Teaching Assistant",
            year.first,
            year.last,
            2,
        )
    if this:
        groups.draft.put(SubGroup, school=groups.school, child=group, parent=groups.years[standard])
    return group


def _teacher(groups: Groups, standard: int, subject: str, code: str) -> Member:
    if groups.plan.primary:
        letters = [letter for letter, _ in groups.plan.forms]
        return groups.tutor(standard, letters.index(code.split("/")[0][-1]))
    able = groups.staff.teachers(subject)
    groups.taught[subject] += 1
    return able[groups.taught[subject] % len(able)]


def _periods(plan: Plan, standard: int, line: Line) -> str | None:
    if plan.american:
        return str(HIGH.index(line) + 1)
    at = sorted({slot % 5 + 1 for slot, key in enumerate(week_of(plan, standard)) if key == line.key})
    return ",".join(map(str, at)) or None


def _put_cohorts(groups: Groups, places: list[Place]) -> None:
    draft = groups.draft
    for cohort, lead in zip(COHORTS[groups.plan.key], groups.staff.teachers()[1:], strict=False):
        facts = {"name": cohort.name, "start": cohort.start, "end": cohort.end, "primary_staff": lead.id}
        group = groups.put("Cohort", cohort.code, **facts)
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


def _place_the_others(groups: Groups) -> None:
    """Give those who will come, who left or who are temporary a part in a class of their time."""
    plan = groups.plan
    for number, member in enumerate(groups.staff.members):
        if member.current or member.post.kind == "governor":
            continue
        past = bool(member.end and member.end <= plan.last_year.last)
        year = plan.last_year if past else plan.this_year
        subject = member.post.subject or ""
        found = [g for (name, code), g in groups.teaching.items() if name == year.name and subject in code]
        role = "Class Teacher" if member.post.kind == "teacher" else "Teaching Assistant"
        groups.lead(found[number % len(found)], member, role, year.first, year.last, 3)
