"""What is done about special needs at an invented school: reviews, events, statements and plans."""

from __future__ import annotations

from typing import Any

from ..model.documents import DocumentType, StudentDocument
from ..model.students import SEN_PROVISIONS
from ..model.support import (
    SenEvent,
    SenEventPerson,
    SenPlan,
    SenPlanDocument,
    SenReview,
    SenStatement,
    SenStatementDocument,
)
from .agencies import Adviser
from .needs import AMERICAN_PROVISIONS, Case, Caseload, after, working
from .papers import paper
from .staffroom import Member

EVENTS: tuple[tuple[str, str | None, bool, str], ...] = (
    ("Educational Psychologist", "Educational Psychologist", False, "Assessed in two visits; report to follow"),
    ("Speech and Language Therapy", "Speech and Language Therapist", False, "Programme for ten weeks agreed"),
    ("Meeting with Parents", None, True, "Went through the pupil profile together"),
    ("Multi-agency Meeting", "SEND Officer", True, "Support at home and at school put side by side"),
    ("Classroom Observation", None, False, "Joins in well when the task is on a card"),
)
"""What happens, which profession comes, whether a parent does, and what is written about it."""
REVIEW_WORDS = (
    "Targets met, new ones set",
    "Provision to go on as it is",
    "Parents are pleased with the progress",
    None,
)
WRITTEN = "What helps, who gives it, how often, and when it is to be looked at again."
APPEALS = "The family asks for another school to be named; the papers have been sent"


def put_provision(load: Caseload) -> None:
    """Add what is done for those who have special needs now, or had."""
    senco = _coordinator(load)
    for case in load.cases:
        _put_reviews(load, case, senco)
        if case.place.current:
            _put_events(load, case, senco)
    _put_care(load)
    if not load.opened.plan.american:
        _put_statements(load)
        _put_plans(load)


def _coordinator(load: Caseload) -> Member:
    staff = load.opened.staff
    titles = ("School Counselor", "Deputy Headteacher")
    return next((m for title in titles for m in staff.titled(title)[-1:]), staff.members[0])


def _put_care(load: Caseload) -> None:
    """Who looks after the children that the local authority looks after."""
    for place in load.opened.places:
        if place.current and load.facts[place.id]["in_care"]:
            load.outside.link(place, load.outside.of_kind("Social Worker", place), place.entry)


# ---- reviews and events


def _put_reviews(load: Caseload, case: Case, senco: Member) -> None:
    words = AMERICAN_PROVISIONS if load.opened.plan.american else SEN_PROVISIONS
    for day, kind, code in _review_days(load, case):
        done = day <= load.opened.today
        away = done and load.rng.random() < 0.03
        status = "Cancelled" if away else "Completed" if done else "Planned"
        comments = load.rng.choice(REVIEW_WORDS) if status == "Completed" else "Review to be conducted soon"
        chaired = _officer(load, case, day) if kind == "Annual" and load.rng.random() < 0.2 else None
        load.opened.put(
            SenReview,
            student=case.place.id,
            kind=kind,
            status=status,
            date=day,
            sen_status=words[code],
            comments=None if away else comments,
            staff=None if chaired else senco.id,
            agent=chaired.id if chaired else None,
        )


def _review_days(load: Caseload, case: Case) -> list[tuple[str, str, str]]:
    """The days of reviews, each with its kind and the provision of that day."""
    plan = load.opened.plan
    found: list[tuple[str, str, str]] = []
    for year in (plan.last_year, plan.this_year):
        for term in year.terms:
            day = load.day_between(after(term.start, 14), after(term.end, -14))
            code = _provision_on(case, day)
            annual = code == "E" and term is year.terms[case.place.number % len(year.terms)]
            if annual or (code == "K" and term is not year.terms[-1]):
                found.append((day, "Annual" if annual else "Termly", code))
    return found


def _provision_on(case: Case, day: str) -> str:
    return next((code for code, start, end in case.spans if start <= day <= (end or day)), "")


def _officer(load: Caseload, case: Case, day: str) -> Adviser:
    officer = load.outside.of_kind("SEND Officer", case.place)
    load.outside.link(case.place, officer, min(day, load.opened.today), case.place.leaving)
    return officer


def _put_events(load: Caseload, case: Case, senco: Member) -> None:
    first = max(load.opened.plan.last_year.first, case.place.entry)
    times = 2 if case.provision == "E" else int(case.provision == "K" and load.rng.random() < 0.3)
    for kind, profession, parent, comments in load.rng.sample(EVENTS, times):
        day = load.day_between(first, load.opened.today)
        words = comments if load.rng.random() < 0.8 else None
        event = load.opened.put(SenEvent, student=case.place.id, kind=kind, date=day, comments=words)
        people: list[dict[str, str]] = [{"staff": senco.id}]
        if profession:
            adviser = load.outside.of_kind(profession, case.place)
            load.outside.link(case.place, adviser, day)
            people.append({"agent": adviser.id})
        if parent and case.guardian:
            people.append({"contact": case.guardian})
        for person in people:
            load.opened.put(SenEventPerson, event=event, student=case.place.id, **person)


# ---- statements and plans


def _put_statements(load: Caseload) -> None:
    """Some came from Northern Ireland, where statements are still made; their plans took the place of those."""
    current = [c for c in load.cases if c.place.current]
    moved = [c for c in current if c.provision == "E"] or current
    for number, case in enumerate(moved[::8]):
        officer = _officer(load, case, case.place.entry)
        requested = working(case.place.entry, -load.rng.randrange(400, 900))
        statement = load.opened.put(
            SenStatement,
            student=case.place.id,
            **_subjects(number),
            **_asked(requested, "LA Agreed", "Statement made", number % 4 == 1),
            finalised=working(requested, 182),
            ceased=case.since("E") or case.place.entry,
            comments="Made by the authority in Northern Ireland that the family moved from",
            agent=officer.id,
        )
        document = _document(load, case, "Statement", working(requested, 182))
        load.opened.put(SenStatementDocument, statement=statement, student=case.place.id, document=document)


def _put_plans(load: Caseload) -> None:
    for number, case in enumerate(load.cases):
        since = case.since("E")
        if since:
            # Twenty weeks, by the Special Educational Needs and Disability Regulations 2014.
            made = since if since > case.place.entry else working(since, -load.rng.randrange(0, 700))
            ceased = case.until("E") if case.provision == "K" else None
            facts = _asked(working(made, -140), "LA Agreed", "Plan made", number % 20 == 7)
            _put_plan(load, case, number, mediation=0, finalised=made, ceased=ceased, **facts)
        elif case.place.current and case.provision == "K" and number % 12 == 1:
            day = load.day_between(load.opened.plan.last_year.first, load.opened.plan.last_year.last)
            facts = _asked(max(day, case.place.entry), "LA Refused", "Needs met by the school", number % 24 == 1)
            _put_plan(load, case, number, mediation=int(number % 24 == 13), **facts)
        elif case.place.current and case.provision == "K" and number % 12 == 7:
            _put_request(load, case, number)


def _put_request(load: Caseload, case: Case, number: int) -> None:
    """A plan that has been asked for this autumn, and that nobody has decided about."""
    day = max(load.day_between(load.opened.plan.this_year.first, load.opened.today), case.place.entry)
    consultation = working(day, 42)
    known = consultation if consultation <= load.opened.today else None
    facts = {**_asked(day, "Requested", None, False), "consultation": known}
    _put_plan(load, case, number, mediation=0, **facts)


def _put_plan(load: Caseload, case: Case, number: int, **facts: Any) -> None:
    words = "A teaching assistant for fifteen hours a week" if facts.get("finalised") else None
    plan = load.opened.put(SenPlan, student=case.place.id, comments=words, **_subjects(number), **facts)
    officer = load.outside.of_kind("SEND Officer", case.place)
    load.outside.link(case.place, officer, max(facts["requested"], case.place.entry), case.place.leaving)
    name = "EHC plan" if facts.get("finalised") else "Request for an EHC needs assessment"
    document = _document(load, case, name, facts.get("finalised") or facts["requested"])
    load.opened.put(SenPlanDocument, plan=plan, student=case.place.id, document=document)


def _asked(day: str, assessment: str, outcome: str | None, tribunal: bool) -> dict[str, Any]:
    return {
        "requested": day,
        "consultation": working(day, 42),
        "assessment": assessment,
        "outcome": outcome,
        "tribunal": int(tribunal),
        "appeal_notes": APPEALS if tribunal else None,
    }


def _subjects(number: int) -> dict[str, str | None]:
    return {
        "temporary_disapplication": ("French", None, "French,Music")[number % 3] if number % 2 == 0 else None,
        "permanent_disapplication": "French" if number % 7 == 3 or number % 12 == 4 else None,
    }


def _document(load: Caseload, case: Case, title: str, day: str) -> str:
    """Add what was written about a student, which is confidential."""
    kinds = load.opened.draft.rows.get(DocumentType, [])
    report = next(k["id"] for k in kinds if k["school"] == load.opened.school and k["code"] == "REPORT")
    facts = paper(report, f"{title} {case.place.number}", WRITTEN, day)
    return load.opened.put(StudentDocument, student=case.place.id, confidential=1, **facts)
