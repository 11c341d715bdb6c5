"""A mapping that is proposed for some files, and what nobody but the school can know.

Every question has a name. Whoever has answers asks again with them, until no question is left.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ...errors import Malformed, Problem, nearest
from ..roster.layouts import ROLES
from .cells import Cell
from .plan import Part
from .rows import Rows
from .sheets import HOMEROOMS, NOUNS, Sheet, bare, day_cells

SKIP = "nothing"
"""The answer that a file is not to be read."""

PEOPLE = {"students": "student", "staff": "teacher", "parents": "guardian", "users": ""}
"""Kinds of rows that are people, and the role that all of them have."""

NAMED = {
    "username": ("username", "login", "loginid"),
    "email": ("email", "emailaddress", "mail", "schoolemail", "workemail", "homeemail"),
    "phone": ("phone", "telephone", "tel", "phonenumber", "homephone"),
    "sms": ("mobile", "mobilephone", "cell", "cellphone", "sms"),
    "middleName": ("middlename", "middlenames", "middle"),
    "preferredGivenName": ("preferredname", "preferredforename", "preferredfirstname", "knownas"),
    "preferredFamilyName": ("preferredsurname", "preferredlastname"),
}
"""Columns of people that are taken as they are, by the names that others give them."""

GIVEN = ("forename", "firstname", "givenname", "legalfirstname", "legalforename", "first", "given")
FAMILY = ("surname", "lastname", "familyname", "legallastname", "legalsurname", "last", "family")
FULL = ("sortablename", "name", "fullname", "displayname")
YEAR = ("yeargroup", "grade", "gradelevel", "ncyear", "year", "schoolyear")
NUMBER = ("admissionnumber", "admissionno", "studentnumber", "pupilnumber", "staffnumber", "employeenumber", "localid")
BORN = ("dateofbirth", "birthdate", "dob", "birthday", "born")
SEX = ("sex", "gender", "legalsex")
SEXES = {"m": "male", "male": "male", "boy": "male", "f": "female", "female": "female", "girl": "female", "x": "other"}
WORDS = {
    **{noun: PEOPLE[kind] for kind in ("students", "staff", "parents") for noun in NOUNS[kind]},
    **{role.lower(): role for role in ROLES},
    "admin": "administrator",
    "studentenrollment": "student",
    "teacherenrollment": "teacher",
}
"""Roles by words for them, in small letters."""


@dataclass(frozen=True)
class Question:
    """Something that a mapping needs and files do not say; without `choices` any text answers it."""

    name: str
    text: str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Proposal:
    """A mapping as far as it is known, and what is still to be asked."""

    parts: tuple[Part, ...]
    questions: tuple[Question, ...]


@dataclass(frozen=True)
class _Member:
    """That the people of a sheet are in what one of its columns names."""

    sheet: Sheet
    user: str
    group: str
    role: Cell


def propose(sheets: Sequence[Sheet], answers: Mapping[str, str]) -> Proposal:
    """A mapping for some files. Raises `Malformed` for an answer that is none, and for one to no question."""
    proposer = _Proposer(sheets, answers)
    proposer.propose()
    strange = [Problem(name, "answers no question") for name in answers if name not in proposer.asked]
    if strange and not proposer.questions:
        raise Malformed(*strange)
    return Proposal(tuple(proposer.parts), tuple(proposer.questions))


@dataclass
class _Proposer:
    sheets: Sequence[Sheet]
    answers: Mapping[str, str]
    parts: list[Part] = field(default_factory=list[Part])
    questions: list[Question] = field(default_factory=list[Question])
    asked: set[str] = field(default_factory=set[str])
    kinds: dict[str, str] = field(default_factory=dict[str, str])
    members: list[_Member] = field(default_factory=list[_Member])
    said: dict[str, str] = field(default_factory=dict[str, str])

    def propose(self) -> None:
        self.kinds = {sheet.name: self._kind(sheet) for sheet in self.sheets}
        self._schools()
        for sheet in self._of("terms"):
            self._terms(sheet)
        for kind in PEOPLE:
            for sheet in self._of(kind):
                self._people(sheet, kind)
        for sheet in self._of("courses"):
            self._courses(sheet)
        for sheet in self._of("classes"):
            self._classes(sheet)
        if not any(self._of("classes")):
            self._groups()
        for sheet in self._of("enrollments"):
            self._enrolments(sheet)
        for member in self.members:
            self._member(member)

    def _of(self, *kinds: str) -> Iterator[Sheet]:
        return (sheet for sheet in self.sheets if self.kinds[sheet.name] in kinds)

    # ---- asking

    def _ask(self, name: str, text: str, choices: Sequence[str] = ()) -> str:
        """The answer to a question; blank while there is none."""
        if name in self.asked:
            return self.said.get(name, "")
        self.asked.add(name)
        if name not in self.answers:
            self.questions.append(Question(name, text, tuple(choices)))
            return ""
        answer = self.answers[name]
        if choices and answer not in choices:
            raise Malformed(Problem(name, f"{answer!r} is not possible", nearest(answer, choices)))
        self.said[name] = answer
        return answer

    def _column(self, sheet: Sheet, name: str, found: str, what: str) -> Cell:
        """What is in a column, that was found or that somebody names."""
        question = f"{sheet.name}:{name}"
        if found and question not in self.answers:
            return Cell((found,))
        return Cell((self._ask(question, f"Which of its columns is {what}?", sheet.columns) or "?",))

    def _kind(self, sheet: Sheet) -> str:
        found = sheet.kind or ("users" if sheet.called(*GIVEN) and sheet.called(*FAMILY) else "")
        if found and sheet.name not in self.answers:
            self.asked.add(sheet.name)
            return found
        return self._ask(sheet.name, "What is each of its rows?", (*NOUNS, SKIP))

    # ---- making

    def _add(self, table: str, sheet: Sheet | None, **cells: Cell | None) -> None:
        told = {name: cell for name, cell in cells.items() if cell is not None}
        file, path = (sheet.content.file, sheet.at) if sheet else ("", "")
        self.parts.append(Part(Rows(table, told), file, path))

    def _optional(self, sheet: Sheet, *names: str) -> Cell | None:
        return Cell((found,)) if (found := sheet.called(*names)) else None

    def _schools(self) -> None:
        listed = list(self._of("schools"))
        for sheet in listed:
            key = self._column(sheet, "sourcedId", sheet.key("schools"), "the school's id")
            name = sheet.called("schoolname", "name", "title", "school")
            number = self._optional(sheet, "urn", "ncesid", "stateid", "schoolnumber", "dfenumber", "identifier")
            title = self._column(sheet, "name", name, "the school's name")
            self._add("orgs", sheet, sourcedId=key, name=title, type=Cell(constant="school"), identifier=number)
        named = {sheet.name: sheet.refers("schools") for sheet in self._of(*PEOPLE, "classes")}
        if listed:
            return
        for sheet in self._of(*PEOPLE, "classes"):
            if column := named[sheet.name]:
                told = Cell((column,))
                self._add("orgs", sheet, sourcedId=told, name=told, type=Cell(constant="school"))
        if not all(named.values()):
            name = self._ask("school", "What is the school called?")
            key, kind = Cell(constant=slug(name)), Cell(constant="school")
            number = self._ask("school number", "Which number does it have, by which other systems know it?")
            identifier = Cell(constant=number) if number else None
            self._add("orgs", None, sourcedId=key, name=Cell(constant=name), type=kind, identifier=identifier)

    def _school(self, sheet: Sheet) -> Cell:
        if column := sheet.refers("schools"):
            return Cell((column,))
        keys = self._school_keys()
        if len(keys) < 2:
            return Cell(constant=keys[0] if keys else "?")
        return Cell(constant=self._ask(f"{sheet.name}:school", "Which school are its rows of?", keys) or "?")

    def _school_keys(self) -> list[str]:
        """The ids of all schools that there are."""
        by_place = {(sheet.content.file, sheet.at): sheet for sheet in self.sheets}
        found: list[str] = []
        for part in self.parts:
            if part.rows.table == "orgs":
                key, sheet = part.rows.columns["sourcedId"], by_place.get((part.file, part.at))
                found += sheet.values(key.paths[0]) if sheet else [key.constant]
        return list(dict.fromkeys(found))

    def _terms(self, sheet: Sheet) -> None:
        starts = sheet.called("startdate", "start", "startat", "startson", "begindate", "from")
        ends = sheet.called("enddate", "end", "endat", "endson", "to")
        self._add(
            "academicSessions",
            sheet,
            sourcedId=self._column(sheet, "sourcedId", sheet.key("terms"), "the term's id"),
            title=self._column(sheet, "title", sheet.called("termname", "name", "title", "term"), "the term's name"),
            type=Cell(constant="term"),
            startDate=self._day(sheet, "startDate", starts, "its first day"),
            endDate=self._day(sheet, "endDate", ends, "its last day"),
            schoolYear=self._optional(sheet, "schoolyear", "academicyear", "year"),
        )

    def _day(self, sheet: Sheet, name: str, found: str, what: str) -> Cell:
        cell = self._column(sheet, name, found, what)
        values = sheet.values(cell.paths[0]) if cell.paths[0] in sheet.columns else []
        ways = day_cells(values) if values else [Cell()]
        if len(ways) == 1:
            return replace(ways[0], paths=cell.paths)
        formats = [way.days[0] for way in ways]
        # No example is shown: it may be a child's birthday.
        text = f"How are the days in its column {cell.paths[0]} written?"
        answer = self._ask(f"{sheet.name}:{cell.paths[0]}", text, formats)
        return Cell(cell.paths, days=(answer or "DD/MM/YYYY",))

    # ---- people

    def _people(self, sheet: Sheet, kind: str) -> None:
        key = self._column(sheet, "sourcedId", sheet.key(kind), "the person's id")
        given, family = self._names(sheet)
        role = Cell(constant=PEOPLE[kind]) if PEOPLE[kind] else self._roles(sheet)
        number = sheet.refers(kind, ("number", "no", "code")) or sheet.called(*NUMBER)
        children = sheet.refers("students") if kind == "parents" else sheet.refers("parents", ["ids", "id", "s", ""])
        self._add(
            "users",
            sheet,
            sourcedId=key,
            identifier=Cell((number,)) if number else None,
            givenName=given,
            familyName=family,
            role=role,
            orgSourcedIds=self._school(sheet),
            grades=self._optional(sheet, *YEAR) if kind in ("students", "users") else None,
            agentSourcedIds=self._listed(sheet, children) if children and children != key.paths[0] else None,
            **{name: self._optional(sheet, *words) for name, words in NAMED.items()},
        )
        self._demographics(sheet, key)
        group = sheet.refers("classes")
        if group and kind in ("students", "staff"):
            self.members.append(_Member(sheet, key.paths[0], group, role))

    def _names(self, sheet: Sheet) -> tuple[Cell, Cell]:
        given, family, full = sheet.called(*GIVEN), sheet.called(*FAMILY), sheet.called(*FULL)
        if given or family or not full:
            return (
                self._column(sheet, "givenName", given, "the first name"),
                self._column(sheet, "familyName", family, "the family name"),
            )
        values = sheet.values(full)
        if values and sum(", " in value for value in values) * 2 > len(values):
            return Cell((full,), after=","), Cell((full,), before=",")
        return Cell((full,), before=" "), Cell((full,), after=" ")

    def _listed(self, sheet: Sheet, column: str) -> Cell:
        values = sheet.values(column)
        mark = next((mark for mark in (";", "|", "/") if any(mark in value for value in values)), "")
        return Cell((column,), split=mark)

    def _roles(self, sheet: Sheet) -> Cell:
        column = sheet.called("role", "usertype", "persontype", "type", "basetype", "schoolposition")
        if not column:
            return Cell(constant=self._ask(f"{sheet.name}:role", "What are its people?", ROLES) or "student")
        return self._coded(sheet, column, WORDS, ROLES)

    def _coded(self, sheet: Sheet, column: str, known: Mapping[str, str], choices: Sequence[str]) -> Cell:
        """A code list for what is in a column; what a word means that is not known has to be asked."""
        codes: dict[str, str] = {}
        for value in sorted(set(sheet.values(column))):
            name, text = f"{sheet.name}:{column}:{value}", f"What does {value} mean in its column {column}?"
            codes[value] = known.get(bare(value)) or self._ask(name, text, choices)
        if all(value == means for value, means in codes.items()):
            return Cell((column,))
        return Cell((column,), codes=codes)

    def _demographics(self, sheet: Sheet, key: Cell) -> None:
        born, sex = sheet.called(*BORN), sheet.called(*SEX)
        if born or sex:
            self._add(
                "demographics",
                sheet,
                sourcedId=key,
                birthDate=self._day(sheet, "birthDate", born, "the date of birth") if born else None,
                sex=self._coded(sheet, sex, SEXES, ("male", "female", "other", "unspecified")) if sex else None,
            )

    # ---- classes

    def _courses(self, sheet: Sheet) -> None:
        self._add(
            "courses",
            sheet,
            sourcedId=self._column(sheet, "sourcedId", sheet.key("courses"), "the course's id"),
            title=self._column(
                sheet, "title", sheet.called("coursename", "title", "name", "course", "subject"), "the course's name"
            ),
            courseCode=self._optional(sheet, "coursecode", "code"),
            orgSourcedId=self._school(sheet),
        )

    def _classes(self, sheet: Sheet) -> None:
        key = self._column(sheet, "sourcedId", sheet.key("classes") or sheet.refers("classes", [""]), "the class's id")
        words = ("classname", "sectionname", "groupname", "title", "name", "label", *NOUNS["classes"])
        title = self._column(sheet, "title", sheet.called(*words), "the class's name")
        course = sheet.refers("courses") if any(self._of("courses")) else ""
        if not course:
            self._add("courses", sheet, sourcedId=key, title=title, orgSourcedId=self._school(sheet))
        self._add(
            "classes",
            sheet,
            sourcedId=key,
            title=title,
            classCode=self._optional(sheet, "classcode", "sectioncode", "code"),
            courseSourcedId=Cell((course,)) if course else key,
            schoolSourcedId=self._school(sheet),
            termSourcedIds=Cell((term,)) if (term := sheet.refers("terms")) and any(self._of("terms")) else None,
        )
        for kind in ("staff", "students"):
            words = (f"{noun}{end}" for noun in NOUNS[kind] for end in ("id", "ids", "s", "code", "suuid", "sid", ""))
            if people := sheet.called(*words):
                self.members.append(_Member(sheet, people, key.paths[0], Cell(constant=PEOPLE[kind])))

    def _groups(self) -> None:
        """Classes that nothing lists, of which people say that they are in them."""
        for member in self.members:
            key, school = self._group_key(member.sheet, member.group), self._school(member.sheet)
            title = Cell((member.group,))
            kind = "homeroom" if bare(member.group) in HOMEROOMS else "scheduled"
            self._add("courses", member.sheet, sourcedId=key, title=title, orgSourcedId=school)
            self._add(
                "classes",
                member.sheet,
                sourcedId=key,
                title=title,
                classType=Cell(constant=kind),
                courseSourcedId=key,
                schoolSourcedId=school,
            )

    def _group_key(self, sheet: Sheet, group: str) -> Cell:
        # Two schools may each have a class 7A.
        school = sheet.refers("schools")
        return Cell((school, group)) if school and not any(self._of("classes")) else Cell((group,))

    def _enrolments(self, sheet: Sheet) -> None:
        student, teacher = sheet.refers("students"), sheet.refers("staff")
        user = self._column(sheet, "userSourcedId", student or teacher or sheet.refers("users"), "the person's id")
        group = self._column(sheet, "classSourcedId", sheet.refers("classes"), "the class's id")
        said = sheet.called("role", "type", "enrollmenttype", "enrolmenttype", "usertype")
        role = Cell(constant="student" if student else "teacher" if teacher else "")
        if said:
            role = self._coded(sheet, said, WORDS, ROLES)
        elif not role.constant:
            role = self._roles(sheet)
        self.members.append(_Member(sheet, user.paths[0], group.paths[0], role))

    def _member(self, member: _Member) -> None:
        sheet, group = member.sheet, self._group_key(member.sheet, member.group)
        user = Cell((member.user,))
        many = sheet.lists(member.user)
        self._add(
            "enrollments",
            sheet,
            sourcedId=Cell((*group.paths, member.user)),
            classSourcedId=group,
            userSourcedId=user,
            schoolSourcedId=self._school(sheet),
            role=member.role,
        )
        if many:
            part = self.parts[-1]
            self.parts[-1] = replace(part, rows=replace(part.rows, each=member.user))


def slug(name: str) -> str:
    """A name as an id: small letters and hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
