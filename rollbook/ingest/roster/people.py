"""What users are at the schools of a roster in OneRoster's shape: students, staff or contacts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from ...fields import Record
from ...model.people import Contact, ContactComm, Staff, StaffComm
from ...model.students import Student, StudentComm
from ..rows import Row
from ..tables import split
from .classes import Classes
from .places import UserRole, blank

PARENTS = ("parent", "guardian")
CONTACTS = (*PARENTS, "relative")
YEARS = {"IT": ("N1", "Infants"), "PR": ("N1", "Preschool"), "PK": ("N2", "Prekindergarten")} | {
    "TK": ("N2", "Transitional Kindergarten"),
    "KG": ("R", "Kindergarten"),
    **{f"{n:02}": (str(n), f"Grade {n}") for n in range(1, 14)},
}
"""Grades by their Common Education Data Standards code: the short code of the year group and its name."""


@dataclass(slots=True)
class Post:
    """What a user is at one school: a student, a member of staff or a contact there.

    Its first day is unknown (blank) when any of the roles has none, and so is its last day.
    """

    roles: tuple[str, ...] = ()
    begin: str | None = None
    end: str | None = None
    raw: tuple[dict[str, str], ...] = ()

    def add(self, said: UserRole) -> None:
        """Add one of the roles that the user has there."""
        self.begin = said.begin if self.begin is None else min(self.begin, said.begin)
        # What goes on ends after all that ends.
        self.end = said.end if self.end is None else max(self.end, said.end) if self.end and said.end else ""
        if said.role not in self.roles:
            self.roles = (*self.roles, said.role) if self.roles else _alone(said.role)
        if said.raw:
            self.raw = (*self.raw, said.raw)


@lru_cache(maxsize=256)
def _alone(role: str) -> tuple[str, ...]:
    """One tuple for all who have one role and no other."""
    return (role,)


def kind_of(role: str) -> type[Record]:
    """What a user with this role is at a school."""
    return Student if role == "student" else Contact if role in CONTACTS else Staff


Tell = Callable[[str, str, Post, dict[str, str | None]], dict[str, Any]]
BLANK = ("", "", "")
COMMS: dict[type[Record], type[Record]] = {Student: StudentComm, Staff: StaffComm, Contact: ContactComm}


class People:
    """Users by the schools where they are something; the keys of their roles are `user@school`."""

    def __init__(self, classes: Classes) -> None:
        self.classes = classes
        self.tables = classes.tables
        self.users = self.tables["users"]
        self.school_of = classes.places.school_of
        self._student_schools: dict[str, list[str]] = {}

    @cached_property
    def posts(self) -> dict[type[Record], dict[tuple[str, str], Post]]:
        """What each user is at each school: by role, by being enrolled or marked there, or as somebody's contact."""
        made: dict[type[Record], dict[tuple[str, str], Post]] = {Student: {}, Staff: {}, Contact: {}}
        for said in self.tables.roles:
            if school := self.school_of.get(said.org):
                made[kind_of(said.role)].setdefault((said.user, school), Post()).add(said)
        homes, words = self.classes.class_school, self.tables["enrollments"]
        for user, key, role in words.cells("userSourcedId", "classSourcedId", "role"):
            if key in homes:
                posts, place = made[Student if role == "student" else Staff], (user, homes[key])
                if place not in posts:
                    posts[place] = Post(_alone(role))
        of_item = {
            item: homes.get(key, "") for item, key in self.tables["lineItems"].cells("sourcedId", "classSourcedId")
        }
        for user, item in self.tables["results"].cells("studentSourcedId", "lineItemSourcedId"):
            if school := of_item.get(item):
                made[Student].setdefault((user, school), Post(("student",)))
        for student, agent, _ in self.agents:
            for school in self._schools(made[Student]).get(student, ()):
                made[Contact].setdefault((agent, school), Post())
        return made

    def posts_of(self, kind: type[Record]) -> dict[str, list[str]]:
        """The schools at which each user is a student, a member of staff or a contact."""
        found: dict[str, list[str]] = {}
        for user, school in self.posts[kind]:
            found.setdefault(user, []).append(school)
        return found

    def _schools(self, students: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
        if not self._student_schools:
            for user, school in students:
                self._student_schools.setdefault(user, []).append(school)
        return self._student_schools

    @cached_property
    def user_words(self) -> dict[str, tuple[str, ...]]:
        """Every role that each user has anywhere."""
        found: dict[str, tuple[str, ...]] = {}
        for said in self.tables.roles:
            words = found.get(said.user)
            found[said.user] = (*words, said.role) if words else _alone(said.role)
        return found

    @cached_property
    def agents(self) -> list[tuple[str, str, int]]:
        """Student, agent and order; some systems write the students on the parents instead."""
        found: dict[tuple[str, str], int] = {}
        for user, listed in self.users.cells("sourcedId", "agentSourcedIds"):
            for order, other in enumerate(split(listed), 1):
                if other not in self.users.keys:
                    continue
                if "student" in self.user_words.get(user, ()):
                    found[user, other] = order
                elif "student" in self.user_words.get(other, ()):
                    found.setdefault((other, user), 1)
        return [(student, agent, order) for (student, agent), order in found.items()]

    def roles_of(self, kind: type[Record]) -> Iterator[Row]:
        """The students, staff or contacts of every school."""
        users = self.users
        tells: dict[type[Record], Tell] = {Student: self._student, Staff: self._staff, Contact: self._contact}
        tell = tells[kind]
        for (user, school), post in self.posts[kind].items():
            refs: dict[str, str | None] = {"school": school, "person": user}
            values = blank(external_id=user, **tell(user, school, post, refs))
            more = {"roles": list(post.raw)} if post.raw else None
            yield Row(f"{user}@{school}", values, refs, more, users.place(users.keys[user]))

    def _student(self, user: str, school: str, post: Post, refs: dict[str, str | None]) -> dict[str, Any]:
        users, grade = self.users, self.grade(user)
        refs["year_group"] = f"year:{school}:{grade}" if grade else None
        homes = self.classes.homerooms.get(f"{user}@{school}", set())
        refs["reg_group"] = next(iter(homes)) if len(homes) == 1 else None
        return {
            "admission_no": users.get(user, "identifier"),
            "work_email": users.get(user, "email"),
            "grade": grade,
            "entry_date": post.begin or None,
            "leaving_date": post.end or None,
            **self._residence(user),
        }

    def _residence(self, user: str) -> dict[str, str]:
        if not self.tables.tells_demographics:
            return {}
        return {"residence_status": self.tables["demographics"].get(user, "publicSchoolResidenceStatus")}

    def _staff(self, user: str, school: str, post: Post, refs: dict[str, str | None]) -> dict[str, Any]:
        teaches = "teacher" in post.roles
        return {
            "work_email": self.users.get(user, "email"),
            "is_teacher": int(teaches),
            "is_support": int(not teaches),
            "roles": ",".join(post.roles),
            "employment_start": post.begin or None,
            "employment_end": post.end or None,
        }

    def _contact(self, user: str, school: str, post: Post, refs: dict[str, str | None]) -> dict[str, Any]:
        return {}

    def grade(self, user: str) -> str:
        """The grade that a user is in, the first where several are listed."""
        return next(iter(split(self.users.get(user, "grades"))), "")

    @cached_property
    def _grades(self) -> list[tuple[str, str]]:
        """Each school with each grade that its students are in."""
        return sorted(self.tables.beyond.grades.union(self.graded))

    @cached_property
    def graded(self) -> Counter[tuple[str, str]]:
        """How many students each school has in each grade."""
        return Counter((school, grade) for user, school in self.posts[Student] if (grade := self.grade(user)))

    @cached_property
    def year_groups(self) -> dict[str, Row]:
        """A year group for each grade that a school's students are in."""
        made: dict[str, Row] = {}
        for school, grade in self._grades:
            code, name = YEARS.get(grade, (grade, grade))
            values = {"kind": "YearGrp", "code": grade, "name": name, "grades": grade}
            values |= {"standard_year_code": code, "standard_year_name": name}
            key = f"year:{school}:{grade}"
            made[key] = Row(key, {**values}, {"school": school, "type": f"{school}:YearGrp"})
        return made

    def grades(self, school: str) -> str:
        """CSV of the grades that a school's students are in, youngest first."""
        order = [*YEARS]
        found = [grade for at, grade in self._grades if at == school]
        return ",".join(sorted(found, key=lambda grade: (order.index(grade) if grade in YEARS else len(order), grade)))

    def year_members(self) -> Iterator[Row]:
        """Each student's place in the year group."""
        return (
            Row(
                f"year:{user}@{school}",
                {"is_main": 1},
                {"school": school, "group": f"year:{school}:{grade}", "student": f"{user}@{school}"},
            )
            for user, school in self.posts[Student]
            if (grade := self.grade(user))
        )

    def relationships(self) -> Iterator[Row]:
        """What agents are to students, at each school of the student."""
        schools = self._schools(self.posts[Student])
        for student, agent, order in self.agents:
            words = self.user_words.get(agent, ())
            word = next((w for w in words if w in CONTACTS), words[0] if words else None)
            for school in schools.get(student, ()):
                key = f"{student}+{agent}@{school}"
                refs = {"school": school, "student": f"{student}@{school}", "contact": f"{agent}@{school}"}
                values = {"relationship": word, "priority": order, "parental": int(word in PARENTS)}
                yield Row(key, {**values}, {**refs})

    def comms(self, comms: type[Record]) -> Iterator[Row]:
        """The ways to reach people: a contact's e-mail address is private, the others are the school's."""
        kind = next(of for of, comm in COMMS.items() if comm is comms)
        cells = self.users.cells("sourcedId", "email", "phone", "sms")
        values_of = {user: tuple(values) for user, *values in cells if any(values)}
        ways = (("email", "E", "H" if kind is Contact else "W"), ("phone", "T", "H"), ("sms", "M", "M"))
        for user, school in self.posts[kind]:
            who = f"{user}@{school}"
            for value, (word, type_, location) in zip(values_of.get(user, BLANK), ways, strict=True):
                if value:
                    values = {"comms_type": type_, "location_code": location, "is_default": 1, "value": value}
                    yield Row(f"{who}:{word}", {**values}, {"school": school, "who": who})
