"""The peer's tables, normal and indexed for every question asked of them, and the objects that its rows become."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, ClassVar

from sqlalchemy import Column, ForeignKey, Index, Integer, MetaData, Table, Text
from sqlalchemy.orm import Mapped, registry, relationship

TODAY = date(2026, 11, 20).isoformat()

metadata = MetaData()
mapper = registry(metadata=metadata)


def _key() -> Column[Any]:
    return Column("id", Text, primary_key=True)


def _link(name: str, table: str) -> Column[Any]:
    return Column(f"{name}_id", ForeignKey(f"{table}.id"))


def _columns(texts: str, numbers: str = "") -> Iterator[Column[Any]]:
    yield from (Column(name, Text) for name in texts.split())
    yield from (Column(name, Integer) for name in numbers.split())


PERSON = Table(
    "person",
    metadata,
    _key(),
    *_columns(
        "title suffix forename surname middle_name legal_forename legal_surname previous_legal_surname gender"
        " birth_date home_email home_phone mobile_phone house_no house_name apartment street locality town county"
        " post_code country religion_code religion ethnicity_code ethnicity ethnicity_source home_language"
        " home_language_code first_language first_language_code first_language_source national_identity nationality"
        " birth_country birth_country_code birth_state birth_city races asylum_status traveller_source traveller_type"
        " username student_unique_id made updated touched",
        "is_traveller hispanic",
    ),
    Index("person_student_unique_id", "student_unique_id"),
)
GROUP = Table(
    "groups",
    metadata,
    _key(),
    *_columns("mis_id kind name standard_year_code standard_year_name"),
)
SCHOOL = Table(
    "school",
    metadata,
    _key(),
    Column[Any]("estab", Text, unique=True),
    *_columns("locale time_zone district_uid"),
)
GROUPS = "reg_group year_group house_group leaving_year_group leaving_reg_group planned_year_group planned_reg_group"
STUDENT = Table(
    "student",
    metadata,
    _key(),
    _link("school", "school"),
    _link("person", "person"),
    *(_link(name, "groups") for name in GROUPS.split()),
    *_columns(
        "mis_id external_id xid work_email idaas_email admission_no uln entry_date leaving_date destination"
        " destination_start reason_for_leaving enrolment_status boarding_house sen_provision english_level"
        " english_level_code travel_mode travel_code fsm_start fsm_end yssa care_authority service_child_source upn"
        " former_upn candidate_no parental_salutation taught_in nc_year grade residence_status quick_note"
        " origin updated row_hash",
        "boarder eal on_report fsm_eligible uniform_allowance pupil_premium ever6 gifted part_time disabled in_care"
        " ever_in_care service_child young_carer graduation_year homeless migrant public_assistance rural_residency"
        " economically_disadvantaged",
    ),
    Index("student_mis_id", "school_id", "mis_id"),
    Index("student_external_id", "school_id", "external_id"),
    Index("student_xid", "school_id", "xid"),
    Index("student_updated", "school_id", "updated"),
    Index("student_person", "person_id"),
)
STAFF = Table(
    "staff",
    metadata,
    _key(),
    _link("school", "school"),
    _link("person", "person"),
    *_columns("mis_id external_id origin idaas_email work_email work_phone", "is_teacher"),
    Index("staff_person", "person_id"),
)
CONTACT = Table(
    "contact",
    metadata,
    _key(),
    _link("school", "school"),
    _link("person", "person"),
    *_columns("mis_id external_id origin work_email work_phone"),
    Index("contact_person", "person_id"),
)
TOKEN = Table(
    "token",
    metadata,
    Column[Any]("hash", Text, primary_key=True),
    _link("school", "school"),
    *_columns("expires scopes"),
)

DESCRIPTOR = Table("descriptor", metadata, Column[Any]("uri", Text, primary_key=True))
COHORT = Table(
    "cohort",
    metadata,
    _key(),
    _link("school", "school"),
    *_columns("identifier kind scope description updated"),
    Index("cohort_identifier", "school_id", "identifier", unique=True),
)
PLACE = Table(
    "place",
    metadata,
    _key(),
    _link("cohort", "cohort"),
    _link("student", "student"),
    *_columns("start end updated"),
    Index("place_natural", "cohort_id", "student_id", "start", unique=True),
)

PROJECT = Table("project", metadata, _key(), *_columns("name app"))
MEMBER = Table(
    "project_member",
    metadata,
    _key(),
    _link("project", "project"),
    Column[Any]("user_id", Text),
    Index("member_user", "user_id", "project_id"),
)
SUBJECT = Table(
    "research_subject",
    metadata,
    _key(),
    Column[Any]("of_student", ForeignKey("student.id")),
    *_columns(
        "name description strain_id sex genetic_line subject_identifier birth_date death_date extra_fields"
        " name_used_in_storage"
    ),
    Index("subject_name", "name"),
)
SUBJECT_PROJECT = Table(
    "subject_project",
    metadata,
    _key(),
    _link("subject", "research_subject"),
    _link("project", "project"),
    Index("subject_project_subject", "subject_id"),
)
STUDY = Table(
    "research_cohort",
    metadata,
    _key(),
    _link("project", "project"),
    *_columns("name description"),
    Index("study_project", "project_id", "name"),
)
STUDY_SUBJECT = Table(
    "cohort_subject",
    metadata,
    _key(),
    _link("cohort", "research_cohort"),
    _link("subject", "research_subject"),
    *_columns("", "position"),
    Index("study_subject_cohort", "cohort_id", "position"),
)
TAG = Table(
    "research_tag",
    metadata,
    _key(),
    _link("subject", "research_subject"),
    _link("cohort", "research_cohort"),
    *_columns("name", "position"),
    Index("tag_subject", "subject_id"),
    Index("tag_cohort", "cohort_id"),
)

GRANT = Table(
    "school_grant",
    metadata,
    Column[Any]("app", Text, primary_key=True),
    Column[Any]("school_id", ForeignKey("school.id"), primary_key=True),
    *_columns("scopes"),
)
CALLER = Table(
    "caller", metadata, Column[Any]("hash", Text, primary_key=True), *_columns("app user_id expires", "writes")
)

KEY_STAGES = {
    "N1": "Foundation Stage",
    "N2": "Foundation Stage",
    "R": "Foundation Stage",
    **dict.fromkeys(("1", "2"), "Key Stage 1"),
    **dict.fromkeys(("3", "4", "5", "6"), "Key Stage 2"),
    **dict.fromkeys(("7", "8", "9"), "Key Stage 3"),
    **dict.fromkeys(("10", "11"), "Key Stage 4"),
    **dict.fromkeys(("12", "13", "14"), "Key Stage 5"),
}


@mapper.mapped
class Person:
    """A human."""

    __table__: ClassVar[Table] = PERSON

    id: Mapped[str]
    apartment: Mapped[str | None]
    house_name: Mapped[str | None]
    house_no: Mapped[str | None]
    street: Mapped[str | None]
    locality: Mapped[str | None]
    town: Mapped[str | None]
    county: Mapped[str | None]
    post_code: Mapped[str | None]
    country: Mapped[str | None]
    forename: Mapped[str | None]
    surname: Mapped[str | None]
    legal_forename: Mapped[str | None]
    legal_surname: Mapped[str | None]
    gender: Mapped[str | None]
    birth_date: Mapped[str | None]
    birth_country_code: Mapped[str | None]
    birth_state: Mapped[str | None]
    home_email: Mapped[str | None]
    home_phone: Mapped[str | None]
    mobile_phone: Mapped[str | None]
    username: Mapped[str | None]
    races: Mapped[str | None]
    student_unique_id: Mapped[str | None]
    made: Mapped[str]
    updated: Mapped[str]
    touched: Mapped[str]

    students: Mapped[list[Student]] = relationship("Student", back_populates="person", order_by="Student.id")
    staff: Mapped[list[Staff]] = relationship("Staff", order_by="Staff.id")
    contacts: Mapped[list[Contact]] = relationship("Contact", order_by="Contact.id")

    @property
    def address_block(self) -> str | None:
        """The address, a line each."""
        street = " ".join(filter(None, (self.house_no, self.street)))
        lines = (self.apartment, self.house_name, street, self.locality, self.town, self.county, self.post_code)
        return "\n".join(filter(None, (*lines, self.country))) or None


@mapper.mapped
class Group:
    """A group of students."""

    __table__: ClassVar[Table] = GROUP


@mapper.mapped
class School:
    """A school."""

    __table__: ClassVar[Table] = SCHOOL

    id: Mapped[str]
    estab: Mapped[str]
    locale: Mapped[str | None]
    time_zone: Mapped[str | None]
    district_uid: Mapped[str]


@mapper.mapped
class Staff:
    """A member of staff."""

    __table__: ClassVar[Table] = STAFF

    mis_id: Mapped[str | None]
    external_id: Mapped[str | None]
    origin: Mapped[str | None]
    idaas_email: Mapped[str | None]
    work_email: Mapped[str | None]
    work_phone: Mapped[str | None]
    is_teacher: Mapped[int | None]
    school_id: Mapped[str]
    person_id: Mapped[str]


@mapper.mapped
class Contact:
    """A parent or carer."""

    __table__: ClassVar[Table] = CONTACT

    mis_id: Mapped[str | None]
    external_id: Mapped[str | None]
    origin: Mapped[str | None]
    work_email: Mapped[str | None]
    work_phone: Mapped[str | None]
    school_id: Mapped[str]
    person_id: Mapped[str]


@mapper.mapped
class Token:
    """What a token may read."""

    __table__: ClassVar[Table] = TOKEN

    hash: Mapped[str]
    expires: Mapped[str]
    scopes: Mapped[str]
    school: Mapped[School] = relationship(School)


@mapper.mapped
class Student:
    """A student."""

    __table__: ClassVar[Table] = STUDENT

    id: Mapped[str]
    school_id: Mapped[str]
    person_id: Mapped[str]
    mis_id: Mapped[str]
    external_id: Mapped[str]
    origin: Mapped[str | None]
    xid: Mapped[str]
    upn: Mapped[str | None]
    work_email: Mapped[str | None]
    idaas_email: Mapped[str | None]
    grade: Mapped[str | None]
    sen_provision: Mapped[str | None]
    fsm_eligible: Mapped[int | None]
    residence_status: Mapped[str | None]
    entry_date: Mapped[str | None]
    leaving_date: Mapped[str | None]
    enrolment_status: Mapped[str | None]
    nc_year: Mapped[str | None]
    service_child: Mapped[int | None]
    updated: Mapped[str]

    school: Mapped[School] = relationship(School)
    person: Mapped[Person] = relationship(Person, back_populates="students")
    reg_group: Mapped[Group | None] = relationship(Group, foreign_keys=[STUDENT.c.reg_group_id])
    year_group: Mapped[Group | None] = relationship(Group, foreign_keys=[STUDENT.c.year_group_id])
    house_group: Mapped[Group | None] = relationship(Group, foreign_keys=[STUDENT.c.house_group_id])
    leaving_year_group: Mapped[Group | None] = relationship(Group, foreign_keys=[STUDENT.c.leaving_year_group_id])
    leaving_reg_group: Mapped[Group | None] = relationship(Group, foreign_keys=[STUDENT.c.leaving_reg_group_id])
    planned_year_group: Mapped[Group | None] = relationship(Group, foreign_keys=[STUDENT.c.planned_year_group_id])
    planned_reg_group: Mapped[Group | None] = relationship(Group, foreign_keys=[STUDENT.c.planned_reg_group_id])

    @property
    def idaas_id(self) -> str:
        """The id in the identity service."""
        return f"PL-{self.mis_id}"

    @property
    def display_name(self) -> str | None:
        """Both names."""
        return " ".join(filter(None, (self.person.forename, self.person.surname))) or None

    @property
    def key_stage(self) -> str | None:
        """The key stage by year."""
        return KEY_STAGES.get(self.nc_year or "")

    @property
    def service_child_text(self) -> str | None:
        """The flag as a text."""
        return None if self.service_child is None else str(self.service_child)

    @property
    def status(self) -> str:
        """Whether the student is on roll."""
        if self.leaving_date and self.leaving_date < TODAY:
            return "Leaver"
        return "PreAdmission" if self.entry_date and self.entry_date > TODAY else "OnRoll"


# ---- what Ed-Fi's clients write


@mapper.mapped
class Descriptor:
    """A word of a standard's list."""

    __table__: ClassVar[Table] = DESCRIPTOR

    uri: Mapped[str]


@mapper.mapped
class Cohort:
    """A list of students."""

    __table__: ClassVar[Table] = COHORT

    id: Mapped[str]
    school_id: Mapped[str]
    identifier: Mapped[str]
    kind: Mapped[str]
    scope: Mapped[str | None]
    description: Mapped[str | None]
    updated: Mapped[str]

    school: Mapped[School] = relationship(School)


@mapper.mapped
class Place:
    """A student's place in a cohort."""

    __table__: ClassVar[Table] = PLACE

    id: Mapped[str]
    cohort_id: Mapped[str]
    student_id: Mapped[str]
    start: Mapped[str]
    end: Mapped[str | None]
    updated: Mapped[str]

    cohort: Mapped[Cohort] = relationship(Cohort)
    student: Mapped[Student] = relationship(Student)


# ---- research


@mapper.mapped
class Tag:
    """A word by which a subject or a cohort is found."""

    __table__: ClassVar[Table] = TAG

    name: Mapped[str]


@mapper.mapped
class SubjectProject:
    """A subject's place in a project."""

    __table__: ClassVar[Table] = SUBJECT_PROJECT

    project_id: Mapped[str]


@mapper.mapped
class Subject:
    """Somebody who is studied."""

    __table__: ClassVar[Table] = SUBJECT

    id: Mapped[str]
    of_student: Mapped[str | None]
    strain_id: Mapped[str]

    places: Mapped[list[SubjectProject]] = relationship(SubjectProject, order_by=SUBJECT_PROJECT.c.id)
    tagged: Mapped[list[Tag]] = relationship(Tag, order_by=TAG.c.position, foreign_keys=[TAG.c.subject_id])

    @property
    def projects(self) -> list[str]:
        """The projects that it belongs to."""
        return [place.project_id for place in self.places]

    @property
    def tags(self) -> list[str]:
        """The words."""
        return [tag.name for tag in self.tagged]

    @property
    def strain(self) -> str:
        """The strain."""
        return self.strain_id


@mapper.mapped
class StudySubject:
    """A subject's place in a cohort."""

    __table__: ClassVar[Table] = STUDY_SUBJECT

    subject_id: Mapped[str]
    subject: Mapped[Subject] = relationship(Subject)


@mapper.mapped
class Study:
    """A cohort of subjects."""

    __table__: ClassVar[Table] = STUDY

    id: Mapped[str]
    name: Mapped[str]
    description: Mapped[str | None]
    project_id: Mapped[str]

    lined: Mapped[list[StudySubject]] = relationship(StudySubject, order_by=STUDY_SUBJECT.c.position)
    tagged: Mapped[list[Tag]] = relationship(Tag, order_by=TAG.c.position, foreign_keys=[TAG.c.cohort_id])


# ---- callers


@mapper.mapped
class Grant:
    """What a school lets an app read."""

    __table__: ClassVar[Table] = GRANT

    app: Mapped[str]
    school_id: Mapped[str]
    scopes: Mapped[str]

    school: Mapped[School] = relationship(School)


@mapper.mapped
class Caller:
    """Whoever shows a token of an app, or of a user."""

    __table__: ClassVar[Table] = CALLER

    hash: Mapped[str]
    app: Mapped[str | None]
    user_id: Mapped[str | None]
    expires: Mapped[str]
    writes: Mapped[int]
