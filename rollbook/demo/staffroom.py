"""The staff of an invented school: who works there, did and will, and who manages whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from ..model.people import (
    Staff,
    StaffComm,
    StaffHierarchy,
    StaffNextOfKin,
    StaffPhoto,
    StaffSwacRole,
    StaffVehicle,
)
from .draft import Draft, guid
from .numbers import ni_number, portrait
from .people import Human, born_between, invent, invent_home, mail_name, put_comms
from .schools import Plan


class Post(NamedTuple):
    """What a member of staff is there for: `kind` is the flag that says so, `under` whom they report to."""

    title: str
    codes: str
    kind: str
    under: str | None = None
    subject: str | None = None
    when: str = "current"


def _department(code: str, head: str, teachers: int, under: str = "Deputy Headteacher") -> tuple[Post, ...]:
    roles = "Classroom Teacher,TCHR,Head of Department,HDEP"
    lead = Post(f"Head of {head}", roles, "teacher", under, code)
    other = Post(f"Teacher of {head}", "Classroom Teacher,TCHR", "teacher", lead.title, code)
    return (lead, *(other for _ in range(teachers - 1)))


_HEAD = "Headteacher,HDTR,Classroom Teacher,TCHR"
_TEACHER = "Classroom Teacher,TCHR"
_ASSISTANT = "Teaching Assistant,TASS"

POSTS: dict[str, tuple[Post, ...]] = {
    "secondary": (
        Post("Headteacher", _HEAD, "teacher"),
        *(
            Post(
                "Deputy Headteacher",
                "Deputy Headteacher,DPHT,Classroom Teacher,TCHR",
                "teacher",
                "Headteacher",
            ),
        )
        * 3,
        *_department("En", "English", 7),
        *_department("Ma", "Mathematics", 7),
        *_department("Sc", "Science", 8),
        *_department("Fr", "Languages", 5),
        *_department("Hi", "History", 4),
        *_department("Gg", "Geography", 4),
        *_department("Ar", "Art", 3),
        *_department("Mu", "Music", 3),
        *_department("Co", "Computing", 3),
        *_department("Pe", "Physical Education", 4),
        *(Post("Teaching Assistant", _ASSISTANT, "support", "Deputy Headteacher"),) * 9,
        *(Post("Administrator", "Administrator or Clerk,ADMC", "support", "Deputy Headteacher"),) * 4,
        *(Post("Laboratory Technician", "Technician,TECH", "support", "Head of Science", "Sc"),) * 2,
        Post("Librarian", "Librarian,LIBR", "support", "Deputy Headteacher"),
        *(Post("Cover Supervisor", "Cover Supervisor,CSPT", "supply", "Deputy Headteacher"),) * 4,
        *(Post("Governor", "Governor,GOVR", "governor"),) * 4,
        Post("Teacher of English", _TEACHER, "teacher", "Head of English", "En", "future"),
        Post("Teaching Assistant", _ASSISTANT, "support", "Deputy Headteacher", None, "future"),
        *(Post("Teacher of Science", _TEACHER, "teacher", "Head of Science", "Sc", "previous"),) * 3,
        *(Post("Teaching Assistant", _ASSISTANT, "support", "Deputy Headteacher", None, "previous"),) * 2,
        Post("Student Teacher", "Trainee Teacher,TRNE", "teacher", "Head of History", "Hi", "temporary"),
    ),
    "primary": (
        Post("Headteacher", _HEAD, "teacher"),
        Post("Deputy Headteacher", "Deputy Headteacher,DPHT,Classroom Teacher,TCHR", "teacher", "Headteacher"),
        *(Post("Class Teacher", _TEACHER, "teacher", "Deputy Headteacher"),) * 14,
        *(Post("Teaching Assistant", _ASSISTANT, "support", "Deputy Headteacher"),) * 9,
        Post("School Secretary", "Administrator or Clerk,ADMC", "support", "Headteacher"),
        Post("Supply Teacher", _TEACHER, "supply", "Deputy Headteacher"),
        *(Post("Governor", "Governor,GOVR", "governor"),) * 3,
        Post("Class Teacher", _TEACHER, "teacher", "Deputy Headteacher", None, "future"),
        *(Post("Class Teacher", _TEACHER, "teacher", "Deputy Headteacher", None, "previous"),) * 2,
    ),
    "high": (
        Post("Principal", "Principal,PRIN", "teacher"),
        *(Post("Assistant Principal", "Assistant Principal,APRN", "teacher", "Principal"),) * 2,
        *_department("ENG", "English", 3, "Assistant Principal"),
        *_department("MATH", "Mathematics", 3, "Assistant Principal"),
        *_department("SCI", "Science", 3, "Assistant Principal"),
        *_department("SOC", "Social Studies", 3, "Assistant Principal"),
        *_department("SPA", "Spanish", 2, "Assistant Principal"),
        *_department("ELE", "Electives", 3, "Assistant Principal"),
        *(Post("Paraprofessional", "Paraprofessional,PARA", "support", "Assistant Principal"),) * 3,
        Post("School Counselor", "School Counselor,CNSL", "support", "Assistant Principal"),
        Post("Substitute Teacher", "Substitute Teacher,SUBT", "supply", "Assistant Principal"),
        Post("Teacher of English", "Classroom Teacher,TCHR", "teacher", "Head of English", "ENG", "future"),
        Post("Teacher of Science", "Classroom Teacher,TCHR", "teacher", "Head of Science", "SCI", "previous"),
    ),
}


@dataclass(frozen=True)
class Member:
    """A member of staff, with what the rest of the demo needs to know of them."""

    id: str
    post: Post
    human: Human
    start: str | None
    end: str | None

    @property
    def current(self) -> bool:
        """Whether they work there now."""
        return self.post.when == "current"


@dataclass(frozen=True)
class Staffroom:
    """All the staff of a school."""

    members: tuple[Member, ...]

    def teachers(self, subject: str | None = None) -> list[Member]:
        """Those who teach now, of one subject or of any."""
        found = [m for m in self.members if m.current and m.post.kind == "teacher"]
        return [m for m in found if m.post.subject == subject] if subject else found

    def titled(self, title: str, when: str = "current") -> list[Member]:
        """Those who have a post."""
        return [m for m in self.members if m.post.title == title and m.post.when == when]


def staff_school(draft: Draft, plan: Plan, school: str) -> Staffroom:
    """Add a school's staff with what is known of them."""
    codes: set[str] = set()
    members = tuple(_hire(draft, plan, school, post, number, codes) for number, post in enumerate(POSTS[plan.kind]))
    _put_hierarchy(draft, plan, school, members)
    for number, member in enumerate(members):
        _put_extras(draft, plan, school, member, number)
    return Staffroom(members)


def _hire(draft: Draft, plan: Plan, school: str, post: Post, number: int, codes: set[str]) -> Member:
    given = plan.head if number == 0 else {}
    human = _person(draft, plan, number, given)
    local = human.facts["username"]
    work_email = f"{local}@{plan.domain}"
    start, end = _employment(draft, plan, post, int(human.facts["birth_date"][:4]) + 22)
    serial = int(plan.estab) % 10_000 * 100 + number
    roles = post.codes.split(",")
    works = post.kind != "governor"
    identity = draft.put(
        Staff,
        school=school,
        person=human.id,
        mis_id=str(number + 1),
        external_id=guid(plan.estab, "staff", number + 1),
        code=_code(human, codes),
        teacher_category="Qualified Teacher" if post.kind == "teacher" and post.when != "temporary" else None,
        idaas_email=f"{local}@idaas.{plan.domain}" if post.kind in ("teacher", "support") else None,
        work_email=work_email,
        work_phone=plan.locale.office(300 + number),
        **{f"is_{kind}": int(post.kind == kind) for kind in ("teacher", "support", "supply", "governor")},
        payroll_number=f"R{serial}" if works else None,
        ni_number=ni_number(serial) if works and not plan.american else None,
        teacher_number=f"99/{serial % 100_000:05}" if "TCHR" in roles else None,
        employment_start=start,
        employment_end=end,
        roles=",".join(roles[::2]),
        role_codes=",".join(roles[1::2]),
        is_temporary=int(post.when == "temporary"),
    )
    facts = {**human.facts, "work_email": work_email, "work_phone": plan.locale.office(300 + number)}
    put_comms(draft, StaffComm, school, identity, facts)
    return Member(identity, post, human, start, end)


def _person(draft: Draft, plan: Plan, number: int, given: dict[str, str]) -> Human:
    home = invent_home(draft, plan.locale)
    gender = given.get("gender") or draft.pick("FFM")
    surname = given.get("surname") or draft.pick(plan.locale.surnames)
    forename = given.get("forename") or draft.pick(plan.locale.forenames(gender))
    reached = mail_name(draft, forename, surname)
    return invent(
        draft,
        plan.locale,
        home,
        title=given.get("title") or ("Mr" if gender == "M" else draft.pick(("Mrs", "Ms", "Miss"))),
        suffix=draft.pick(("B.Ed.", "M.A.", "Ph.D.")) if number % 9 == 4 else None,
        gender=gender,
        forename=forename,
        surname=surname,
        middle_name=draft.pick(plan.locale.forenames(gender)) if number % 2 else None,
        previous_legal_surname=draft.pick(plan.locale.surnames) if gender == "F" and number % 5 == 1 else None,
        birth_date=born_between(draft, "1962-01-01", "2002-12-31"),
        home_email=f"{reached}@hearth.example" if draft.chance(0.8) else None,
        home_phone=home.phone if draft.chance(0.7) else None,
        mobile_phone=plan.locale.mobile(draft.rng.randrange(1000)) if draft.chance(0.9) else None,
        username=reached,
        external_id=guid(plan.estab, "staff person", number + 1),
        staff_unique_id=str(207_200 + number) if plan.american else None,
        **draft.pick(plan.locale.backgrounds),
    )


def _code(human: Human, taken: set[str]) -> str:
    letters = (human.forename[0] + human.surname.replace("'", "")).upper()
    tried = (letters[0] + letters[1:][:n] for n in (2, 3, 4, 5, 6))
    code = next((c for c in tried if c not in taken), None) or f"{letters[:3]}{len(taken)}"
    taken.add(code)
    return code


def _employment(draft: Draft, plan: Plan, post: Post, earliest: int) -> tuple[str | None, str | None]:
    autumn = draft.rng.randrange(max(2001, earliest), 2026)
    match post.when:
        case "temporary":
            return None, None
        case "future":
            return plan.this_year.terms[1].start, None
        case "previous":
            ends = (plan.last_year.terms[0].end, plan.last_year.last, f"{plan.this_year.first[:4]}-10-16")
            return plan.first_day(autumn), draft.pick(ends)
        case _:
            ends = plan.this_year.last if post.kind == "supply" and draft.chance(0.5) else None
            return plan.first_day(autumn), ends


def _put_hierarchy(draft: Draft, plan: Plan, school: str, members: tuple[Member, ...]) -> None:
    managers: dict[str, list[Member]] = {}
    for member in members:
        if member.current:
            managers.setdefault(member.post.title, []).append(member)
    for number, member in enumerate(members):
        above = managers.get(member.post.under or "", [])
        if not above or member.post.when == "future":
            continue
        draft.put(
            StaffHierarchy,
            school=school,
            parent=above[number % len(above)].id,
            child=member.id,
            code="Man",
            parent_title="Manager",
            child_title="Reportee",
            start=member.start or plan.this_year.first,
            end=member.end,
        )


CARS = (
    ("Ford", "Red"),
    ("Fiat", "Yellow"),
    ("Skoda", "Silver"),
    ("Nissan", "Blue"),
    ("Morris Minor", "Green"),
)


def _put_extras(draft: Draft, plan: Plan, school: str, member: Member, number: int) -> None:
    if member.current and number % 3 == 1:
        model, colour = draft.pick(CARS)
        plate = f"QX{number:02}QQQ" if not plan.american else f"JFN {number:03}"
        draft.put(StaffVehicle, school=school, staff=member.id, model=model, colour=colour, registration=plate)
    if number % 12:
        draft.put(StaffPhoto, school=school, who=member.id, image=portrait(f"{plan.estab} staff {number}"))
    if not plan.american and member.post.kind == "teacher" and number % 4 == 0:
        _put_swac_roles(draft, school, member, number)
    if number % 3:
        _put_kin(draft, plan, school, member)


def _put_swac_roles(draft: Draft, school: str, member: Member, number: int) -> None:
    whole = (("Qualified Teacher", 1.0, 1),)
    shared = (("Qualified Teacher", 0.6, 1), ("Welsh Language Support", 0.4, 0))
    for role, fte, is_main in shared if number % 8 == 0 else whole:
        draft.put(StaffSwacRole, school=school, staff=member.id, role=role, is_main=is_main, fte=fte)


KIN = {"F": ("Wife", "Mother", "Sister", "Friend"), "M": ("Husband", "Father", "Brother", "Friend")}


def _put_kin(draft: Draft, plan: Plan, school: str, member: Member) -> None:
    gender, locale = draft.pick("FM"), plan.locale
    forename, surname = draft.pick(locale.forenames(gender)), member.human.surname
    kin = invent(
        draft,
        locale,
        member.human.home,
        title="Mr" if gender == "M" else "Mrs",
        gender=gender,
        forename=forename,
        surname=surname,
        middle_name=draft.pick(locale.forenames(gender)) if draft.chance(0.3) else None,
        birth_date=born_between(draft, "1945-01-01", "2000-12-31") if draft.chance(0.4) else None,
        home_phone=member.human.home.phone,
        mobile_phone=locale.mobile(draft.rng.randrange(1000)),
        home_email=f"{mail_name(draft, forename, surname)}@hearth.example" if draft.chance(0.5) else None,
    )
    draft.put(
        StaffNextOfKin,
        school=school,
        staff=member.id,
        person=kin.id,
        role=draft.pick(KIN[gender]),
        work_email=f"{forename}.{surname}@tannery.example".lower() if draft.chance(0.3) else None,
        work_phone=locale.office(draft.rng.randrange(1000)) if draft.chance(0.3) else None,
    )
