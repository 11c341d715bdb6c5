"""What a roster in OneRoster's shape says is taught: sessions, courses, classes, and the places in them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from ...fields import Record
from ...model.people import Staff
from ...model.roster import CLASS_KINDS
from ...model.students import Student
from ..meaning import year_of
from ..rows import Row
from ..tables import split
from .places import Places, blank, more

MADE_UP, KIND, PURPOSE = (f"metadata.rollbook.{name}" for name in ("synthetic", "groupType", "purpose"))
"""What another hub says of its own beside OneRoster's columns: that a course, a term or a category stands for one that
there is not, which kind of group a class is, and what it is for."""

MADE_UP_THINGS = ("course", "term", "category")

FLAGS = {"true": 1, "false": 0, "": None}


class Classes:
    """Classes as groups of their schools; keys are sourcedIds, or `school:name` for what they share."""

    def __init__(self, places: Places) -> None:
        self.places = places
        self.tables = places.tables

    def sessions(self) -> list[Row]:
        """Academic years and their parts, which all schools of the district share."""
        table, there = self.tables["academicSessions"], self.there
        cells = table.cells("sourcedId", "title", "type", "startDate", "endDate", "schoolYear", "parentSourcedId")
        return [
            Row(
                key,
                blank(
                    external_id=key,
                    name=title,
                    kind=kind,
                    start=start,
                    end=end,
                    school_year=year,
                    year=self._year(year),
                ),
                {"parent": parent if parent in there else None},
                more(extra, parentSourcedId=parent if parent not in there else ""),
                table.place(at),
            )
            for at, ((key, title, kind, start, end, year, parent), extra) in enumerate(
                zip(cells, table.extras(), strict=True)
            )
            if key in there
        ]

    @cached_property
    def there(self) -> frozenset[str]:
        """The sessions that there are."""
        return self.not_made_up("academicSessions")

    @cached_property
    def followed(self) -> frozenset[str]:
        """The courses that there are."""
        return self.not_made_up("courses")

    def not_made_up(self, name: str) -> frozenset[str]:
        table = self.tables[name]
        return frozenset(key for key, made_up in table.cells("sourcedId", MADE_UP) if made_up not in MADE_UP_THINGS)

    def _year(self, written: str) -> int | None:
        year = year_of(written)
        if year and written != str(year):
            said = f"{written!r} was read as {year}, the year in which it ends"
            self.tables.problems.meant["academicSessions.csv, column schoolYear", said] += 1
        return year

    def courses(self) -> list[Row]:
        """Courses; one of the district, or of another body, is shared by its schools."""
        table = self.tables["courses"]
        names = ("sourcedId", "title", "courseCode", "grades", "subjects", "subjectCodes")
        years = self.there
        cells = zip(table.cells(*names, "schoolYearSourcedId", "orgSourcedId"), table.extras(), strict=True)
        return [
            Row(
                key,
                blank(
                    external_id=key,
                    title=title,
                    code=code,
                    grades=grades,
                    subjects=subjects,
                    subject_codes=codes,
                ),
                {"school": self.places.school_of[org], "school_year": year if year in years else None},
                more(
                    extra,
                    orgSourcedId=org if org not in (self.places.school_of[org], self.places.district_key) else "",
                    schoolYearSourcedId=year if year not in years else "",
                ),
                table.place(at),
            )
            for at, ((key, title, code, grades, subjects, codes, year, org), extra) in enumerate(cells)
            if key in self.followed
        ]

    @cached_property
    def class_school(self) -> dict[str, str]:
        """The school of each class."""
        cells = self.tables["classes"].cells("sourcedId", "schoolSourcedId")
        return {key: school for key, org in cells if (school := self.places.school_of[org])}

    def terms_of(self, key: str) -> list[str]:
        """The sessions in which a class meets, of those that there are, once however often the file names one."""
        named = split(self.tables["classes"].get(key, "termSourcedIds"))
        return [term for term in dict.fromkeys(named) if term in self.there]

    def _other_terms(self, key: str) -> str:
        named, every = split(self.tables["classes"].get(key, "termSourcedIds")), self.tables["academicSessions"].keys
        return ",".join(term for term in dict.fromkeys(named) if term not in every)

    def _class_subjects(self, key: str) -> list[tuple[str, str | None]]:
        classes, courses = self.tables["classes"], self.tables["courses"]
        names, codes = split(classes.get(key, "subjects")), split(classes.get(key, "subjectCodes"))
        if not names:
            course = classes.get(key, "courseSourcedId")
            names, codes = split(courses.get(course, "subjects")), split(courses.get(course, "subjectCodes"))
        return list(zip(names, codes if len(codes) == len(names) else (None,) * len(names), strict=True))

    @cached_property
    def subjects(self) -> dict[str, Row]:
        """What each school's classes teach, by school and name."""
        made: dict[str, Row] = {}
        for key, school in self.class_school.items():
            for name, code in self._class_subjects(key):
                found = made.get(f"{school}:{name}")
                if found is None or (code and not found.values["code"]):
                    made[f"{school}:{name}"] = Row(f"{school}:{name}", {"name": name, "code": code}, {"school": school})
        return made

    def kind(self, key: str) -> str:
        """What kind of group a class is."""
        classes = self.tables["classes"]
        said = classes.get(key, KIND)
        return (
            said if said in CLASS_KINDS else "RegGrp" if classes.get(key, "classType") == "homeroom" else "TeachingGrp"
        )

    def classes(self) -> list[Row]:
        """Classes: homerooms are registration groups, all others teaching groups."""
        table = self.tables["classes"]
        extras = list(table.extras())
        return [self._class(key, at, extras[at]) for key, at in table.keys.items() if key in self.class_school]

    def _class(self, key: str, at: int, extra: dict[str, str] | None) -> Row:
        table, school = self.tables["classes"], self.class_school[key]
        org, terms, taught = table["schoolSourcedId"][at], self.terms_of(key), self._class_subjects(key)
        sessions, course = self.tables["academicSessions"], table["courseSourcedId"][at]
        known = course in self.tables["courses"].keys
        values = blank(
            external_id=key,
            kind=self.kind(key),
            name=table["title"][at],
            code=table["classCode"][at] or table["title"][at],
            start=min((sessions.get(t, "startDate") for t in terms), default=None),
            end=max((sessions.get(t, "endDate") for t in terms), default=None),
            grades=table["grades"][at],
            location=table["location"][at],
            periods=table["periods"][at],
            subjects=table["subjects"][at],
            subject_codes=table["subjectCodes"][at],
            class_type=table["classType"][at],
            purpose=table[PURPOSE][at],
        )
        refs = {
            "school": school,
            "type": f"{school}:{values['kind']}",
            "course": course if course in self.followed else None,
            "subject": f"{school}:{taught[0][0]}" if taught else None,
            "primary_staff": self.main_teacher.get(key),
        }
        rest = more(
            extra,
            schoolSourcedId=org if org != school else "",
            termSourcedIds=self._other_terms(key),
            courseSourcedId=course if not known else "",
        )
        return Row(key, values, refs, rest, table.place(at))

    def terms(self) -> list[Row]:
        """The sessions in which each class meets."""
        table = self.tables["classes"]
        return [
            Row(
                f"{key}:{term}",
                {},
                {"school": self.class_school[key], "group": key, "session": term},
                None,
                table.place(at),
            )
            for key, at in table.keys.items()
            if key in self.class_school
            for term in self.terms_of(key)
        ]

    @cached_property
    def main_teacher(self) -> dict[str, str]:
        """The one whom the enrolments call primary, or else the only teacher."""
        first: dict[str, str] = {}
        every: dict[str, set[str]] = {}
        table = self.tables["enrollments"]
        for key, user, role, primary in table.cells("classSourcedId", "userSourcedId", "role", "primary"):
            if role == "teacher" and key in self.class_school:
                who = f"{user}@{self.class_school[key]}"
                every.setdefault(key, set()).add(who)
                if primary == "true":
                    first.setdefault(key, who)
        return {key: next(iter(all_)) for key, all_ in every.items() if len(all_) == 1} | first

    def enrolments(self, kind: type[Record]) -> Iterator[Row]:
        """Places in classes, of students or of staff."""
        table, home = self.tables["enrollments"], self.class_school
        names = (
            "classSourcedId",
            "schoolSourcedId",
            "userSourcedId",
            "role",
            "primary",
            "beginDate",
            "endDate",
        )
        who = "student" if kind is Student else "staff"
        cells = zip(table["sourcedId"], *(table[n] for n in names), table.extras(), table.places(), strict=True)
        for key, group, org, user, role, primary, begin, end, extra, place in cells:
            if (role == "student") is not (kind is Student):
                continue
            school = home.get(group, "")
            if org != school and school:
                extra = more(extra, schoolSourcedId=org)
            values = {
                "external_id": key,
                "is_main": FLAGS[primary],
                "start": begin or None,
                "end": end or None,
            }
            if kind is Staff:
                values["role"] = role
            refs: dict[str, str | None] = {"school": school, "group": group, who: f"{user}@{school}"}
            yield Row(key, values, refs, extra, place)

    @cached_property
    def homerooms(self) -> dict[str, set[str]]:
        """The homerooms that each student is enrolled in."""
        homes = {key: school for key, school in self.class_school.items() if self.kind(key) == "RegGrp"}
        found: dict[str, set[str]] = {}
        for group, user, role in self.tables["enrollments"].cells("classSourcedId", "userSourcedId", "role"):
            if role == "student" and group in homes:
                found.setdefault(f"{user}@{homes[group]}", set()).add(group)
        return found
