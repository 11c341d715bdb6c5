"""The classes of an invented school: what is taught to whom, by whom and when."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..model.curriculum import Subject
from ..model.groups import SubGroup
from .admissions import Place
from .bells import lessons_a_day
from .curriculum import COURSES, SUBJECTS, US_SUBJECTS, Line, lines_of
from .groups import Groups, span_in, standard_facts
from .lessons import Slots, slots_of
from .rooms import room_for
from .schools import Plan
from .staffroom import Member
from .years import Year


def put_subjects(groups: Groups) -> None:
    """Add what is taught."""
    plan, draft = groups.plan, groups.draft
    taught = {s for year in plan.years for line in lines_of(plan, year) for s in line.subjects}
    names = US_SUBJECTS if plan.american else SUBJECTS
    for number, code in enumerate((c for c in names if c in taught), 111):
        groups.subjects[code] = draft.put(
            Subject, school=groups.school, mis_id=str(number), code=code, name=names[code]
        )


def teach(groups: Groups, year: Year, places: list[Place]) -> None:
    """Add the classes of an academic year with their teachers and students."""
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
                groups.join(group, place, *span_in(place, year))
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
                chosen = choice_of(line, standard, place)
                if chosen:
                    yield place, chosen, f"{code}{line.key}/{chosen}"


def _ranked(groups: Groups, standard: int, upper: int, places: list[Place]) -> Iterator[tuple[float, Place]]:
    for half in (True, False):
        those = [p for p in places if (groups.form_of(p, standard) < upper) is half]
        those.sort(key=lambda p: -p.ability)
        yield from ((rank / len(those), place) for rank, place in enumerate(those))


def choice_of(line: Line, standard: int, place: Place) -> str | None:
    """The subject that a student chose in a line of the week, if any."""
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
    slots = slots_of(plan, code)
    teacher = _teacher(groups, standard, subject, code, slots)
    followed = {"course": groups.courses, "offering": groups.offerings} if this else {}
    american: dict[str, Any] = (
        {
            "name": f"{COURSES[subject][standard - 9]} ({code[-1]})",
            "subjects": US_SUBJECTS[subject],
            "subject_codes": subject,
            "class_type": "scheduled",
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
        location=room_for(plan, subject, code, slots.teacher).name,
        periods=_periods(plan, slots) if this else None,
        **{name: made[subject, standard] for name, made in followed.items()},
        **standard_facts(plan, standard),
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


def _teacher(groups: Groups, standard: int, subject: str, code: str, slots: Slots) -> Member:
    if groups.plan.primary:
        letters = [letter for letter, _ in groups.plan.forms]
        return groups.tutor(standard, letters.index(code.split("/")[0][-1]))
    able = groups.staff.teachers(subject)
    return able[slots.teacher % len(able)]


def _periods(plan: Plan, slots: Slots) -> str:
    return ",".join(map(str, sorted({slot % lessons_a_day(plan) + 1 for slot in slots.lessons})))


def place_the_others(groups: Groups) -> None:
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
