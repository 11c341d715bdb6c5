"""What a roster in OneRoster's shape says of learning resources, and of who uses them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ...fields import Record
from ...model.people import Contact, Staff
from ...model.resources import (
    ClassResource,
    ContactResource,
    CourseResource,
    Resource,
    StaffResource,
    StudentResource,
)
from ...model.students import Student
from ..rows import Row
from .people import People
from .places import blank, more

USED_BY: dict[type[Record], type[Record]] = {
    Student: StudentResource,
    Staff: StaffResource,
    Contact: ContactResource,
}
"""What says that somebody uses a resource, by what they are at a school."""


class Resources:
    """Resources, which all schools of a district share, and their use; keys are sourcedIds."""

    def __init__(self, people: People) -> None:
        self.people = people
        self.tables = people.tables
        self.school = people.classes.class_school

    def made(self) -> list[tuple[type[Record], Iterable[Row]]]:
        """Every record, each kind after those that it refers to."""
        used = self.personal()
        return [
            (Resource, self.resources()),
            (ClassResource, self.of_classes()),
            (CourseResource, self.of_courses()),
            *((kind, used[kind]) for kind in USED_BY.values()),
        ]

    def resources(self) -> Iterator[Row]:
        """What there is to learn with."""
        table = self.tables["resources"]
        names = ("sourcedId", "title", "roles", "importance", "vendorResourceId", "vendorId", "applicationId")
        cells = zip(table.cells(*names), table.extras(), strict=True)
        for at, ((key, title, roles, importance, own, vendor, program), extra) in enumerate(cells):
            values = blank(external_id=key, title=title, roles=roles, importance=importance)
            values |= blank(vendor_resource_id=own, vendor_id=vendor, application_id=program)
            yield Row(key, values, {}, extra, table.place(at))

    def of_classes(self) -> Iterator[Row]:
        """What classes use."""
        table = self.tables["classResources"]
        cells = zip(
            table.cells("sourcedId", "title", "classSourcedId", "resourceSourcedId"), table.extras(), strict=True
        )
        for at, ((key, title, group, resource), extra) in enumerate(cells):
            if school := self.school.get(group):
                refs = {"school": school, "group": group, "resource": resource}
                yield Row(key, blank(external_id=key, title=title), {**refs}, extra, table.place(at))

    def of_courses(self) -> Iterator[Row]:
        """What all classes of courses use."""
        table, courses = self.tables["courseResources"], self.tables["courses"]
        names = ("sourcedId", "title", "courseSourcedId", "resourceSourcedId")
        for at, ((key, title, course, resource), extra) in enumerate(
            zip(table.cells(*names), table.extras(), strict=True)
        ):
            school = self.people.school_of.get(courses.get(course, "orgSourcedId"))
            refs = {"school": school, "course": course, "resource": resource}
            yield Row(key, blank(external_id=key, title=title), refs, extra, table.place(at))

    def personal(self) -> dict[type[Record], list[Row]]:
        """What people use, as what they are at the school of the class or organisation, or else at each of theirs."""
        made: dict[type[Record], list[Row]] = {kind: [] for kind in USED_BY.values()}
        table = self.tables["userResources"]
        names = ("sourcedId", "userSourcedId", "orgSourcedId", "classSourcedId", "resourceSourcedId")
        for at, ((key, user, org, group, resource), extra) in enumerate(
            zip(table.cells(*names), table.extras(), strict=True)
        ):
            there = self.school.get(group) or self.people.school_of.get(org)
            posts = [one for one in self._posts(user) if there in (None, one[1])]
            if not posts:
                said = "names somebody who is nothing at the school, and was not read"
                self.tables.problems.meant[f"{table.layout.file}, column userSourcedId", said] += 1
            for role, school in posts:
                used = group if self.school.get(group) == school else None
                refs = {"school": school, "who": f"{user}@{school}", "resource": resource, "group": used}
                rest = more(extra, orgSourcedId=org if org != school else "")
                row = Row(f"{key}@{school}", {"external_id": key}, refs, rest, table.place(at))
                made[USED_BY[role]].append(row)
        return made

    def _posts(self, user: str) -> list[tuple[type[Record], str]]:
        """What a user is at which schools: one thing at each."""
        found: dict[str, type[Record]] = {}
        for role in USED_BY:
            for school in self.people.posts_of(role).get(user, ()):
                found.setdefault(school, role)
        return [(role, school) for school, role in found.items()]
