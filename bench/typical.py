"""What a school's developer would write instead: FastAPI, SQLAlchemy and Pydantic over SQLite, one worker.

Run as `python -m bench.typical DATABASE`. The tables are normal, indexed for every question asked of them, relations
are joined, and what a caller sees depends on the scopes of the token: a Pydantic model is made
for each set of visible columns and kept. Dates stay texts and row hashes are stored, so that neither costs anything.
"""

from __future__ import annotations

import hashlib
import json
import socket
import sys
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Annotated, Any, ClassVar, cast

import uvicorn
import uvloop
from fastapi import Depends, FastAPI, Header, HTTPException, Query, Response
from fastapi.responses import StreamingResponse
from pydantic import AliasPath, BaseModel, ConfigDict, Field, TypeAdapter, create_model
from sqlalchemy import Column, ForeignKey, Index, Integer, MetaData, Table, Text, create_engine, or_, select
from sqlalchemy.orm import Mapped, Session, joinedload, registry, relationship, sessionmaker

TODAY = date(2026, 11, 20).isoformat()

# ---- columns: the name on the wire, where it is found, its type, the scopes any one of which shows it

COLUMNS: tuple[tuple[str, str, type[str] | type[int], str], ...] = (
    ("Id", "mis_id", str, "Student StudentLite"),
    ("ExternalId", "external_id", str, "Student StudentLite"),
    ("IdaasId", "idaas_id", str, "Student StudentLite"),
    ("XID", "xid", str, "Student StudentLite"),
    ("Forename", "person.forename", str, "Student StudentLite"),
    ("Surname", "person.surname", str, "Student StudentLite"),
    ("DisplayName", "display_name", str, "Student StudentLite"),
    ("Gender", "person.gender", str, "Student StudentLite"),
    ("RegGroupId", "reg_group.mis_id", str, "Student StudentLite"),
    ("RegGroup", "reg_group.name", str, "Student StudentLite"),
    ("YearGroupId", "year_group.mis_id", str, "Student StudentLite"),
    ("YearGroup", "year_group.name", str, "Student StudentLite"),
    ("StandardYearGroupCode", "year_group.standard_year_code", str, "Student StudentLite"),
    ("StandardYearGroupName", "year_group.standard_year_name", str, "Student StudentLite"),
    ("HouseGroupId", "house_group.mis_id", str, "Student StudentLite"),
    ("HouseGroup", "house_group.name", str, "Student StudentLite"),
    ("WorkEmail", "work_email", str, "Student StudentLite"),
    ("IdaasEmail", "idaas_email", str, "Student StudentLite"),
    ("AdmissionNo", "admission_no", str, "Student"),
    ("DateOfBirth", "person.birth_date", str, "StudentExtended"),
    ("UniqueLearnerNumber", "uln", str, "StudentExtended"),
    ("LegalForename", "person.legal_forename", str, "StudentExtended"),
    ("LegalSurname", "person.legal_surname", str, "StudentExtended"),
    ("PreviousLegalSurname", "person.previous_legal_surname", str, "StudentExtended"),
    ("EntryDate", "entry_date", str, "StudentExtended"),
    ("LeavingDate", "leaving_date", str, "StudentExtended"),
    ("Destination", "destination", str, "StudentExtended"),
    ("DestinationStartDate", "destination_start", str, "StudentExtended"),
    ("ReasonForLeaving", "reason_for_leaving", str, "StudentExtended"),
    ("MiddleName", "person.middle_name", str, "StudentExtended"),
    ("EnrolmentStatus", "enrolment_status", str, "Student StudentLite"),
    ("Boarder", "boarder", int, "StudentExtended"),
    ("BoardingHouse", "boarding_house", str, "StudentExtended"),
    ("SENProvision", "sen_provision", str, "SEN SENTypes"),
    ("EAL", "eal", int, "StudentDemographic StudentFunding"),
    ("ReligionCode", "person.religion_code", str, "StudentDemographic"),
    ("Religion", "person.religion", str, "StudentDemographic"),
    ("EthnicityCode", "person.ethnicity_code", str, "StudentEthnicity"),
    ("Ethnicity", "person.ethnicity", str, "StudentEthnicity"),
    ("EthnicitySource", "person.ethnicity_source", str, "StudentEthnicity"),
    ("HomeLanguage", "person.home_language", str, "StudentDemographic"),
    ("HomeLanguageCode", "person.home_language_code", str, "StudentDemographic"),
    ("FirstLanguage", "person.first_language", str, "StudentDemographic"),
    ("FirstLanguageCode", "person.first_language_code", str, "StudentDemographic"),
    ("FirstLanguageSource", "person.first_language_source", str, "StudentDemographic"),
    ("EnglishProficiencyLevel", "english_level", str, "StudentDemographic"),
    ("EnglishProficiencyLevelCode", "english_level_code", str, "StudentDemographic"),
    ("NationalIdentity", "person.national_identity", str, "StudentDemographic"),
    ("Nationality", "person.nationality", str, "StudentDemographic"),
    ("CountryOfBirth", "person.birth_country", str, "StudentDemographic StudentEthnicity"),
    ("CountryOfBirthCode", "person.birth_country_code", str, "StudentDemographic StudentEthnicity"),
    ("AsylumStatus", "person.asylum_status", str, "StudentDemographic"),
    ("OnReport", "on_report", int, "StudentExtended"),
    ("PostCode", "person.post_code", str, "Address StudentDemographic"),
    ("ModeOfTravel", "travel_mode", str, "StudentDemographic"),
    ("StdModeOfTravel", "travel_code", str, "StudentDemographic"),
    ("IsTraveller", "person.is_traveller", int, "StudentDemographic"),
    ("TravellerSource", "person.traveller_source", str, "StudentDemographic"),
    ("TravellerType", "person.traveller_type", str, "StudentDemographic"),
    ("FsmEligible", "fsm_eligible", int, "StudentFunding"),
    ("FsmStartDate", "fsm_start", str, "StudentFunding"),
    ("FsmEndDate", "fsm_end", str, "StudentFunding"),
    ("UniformAllowance", "uniform_allowance", int, "StudentFunding"),
    ("PupilPremium", "pupil_premium", int, "StudentFunding"),
    ("YSSA", "yssa", str, "StudentFunding"),
    ("FSMEver6", "ever6", int, "StudentFunding"),
    ("Gifted", "gifted", int, "StudentFunding"),
    ("Disabled", "disabled", int, "StudentMedical"),
    ("InLeaCare", "in_care", int, "StudentFamily"),
    ("LeaCareAuthority", "care_authority", str, "StudentFamily"),
    ("EverInCare", "ever_in_care", int, "StudentFamily"),
    ("ServiceChild", "service_child_text", str, "StudentFamily"),
    ("ServiceChildSource", "service_child_source", str, "StudentFamily"),
    ("IsYoungCarer", "young_carer", int, "StudentFamily"),
    ("UPN", "upn", str, "UPN"),
    ("FormerUPN", "former_upn", str, "UPN"),
    ("CandidateNo", "candidate_no", str, "Student StudentExtended"),
    ("ParentalSalutation", "parental_salutation", str, "Address"),
    ("AddressBlock", "person.address_block", str, "Address"),
    ("HouseNo", "person.house_no", str, "Address"),
    ("HouseName", "person.house_name", str, "Address"),
    ("Apartment", "person.apartment", str, "Address"),
    ("Street", "person.street", str, "Address"),
    ("District", "person.locality", str, "Address"),
    ("TownOrCity", "person.town", str, "Address"),
    ("County", "person.county", str, "Address"),
    ("Country", "person.country", str, "Address"),
    ("StudentStatus", "status", str, "Student"),
    ("PartTime", "part_time", int, "StudentFunding"),
    ("YearTaughtIn", "taught_in", str, "Student"),
    ("NCYear", "nc_year", str, "Student"),
    ("KeyStage", "key_stage", str, "Student"),
    ("QuickNote", "quick_note", str, "StudentFreeText"),
    ("LeavingYearGroup", "leaving_year_group.mis_id", str, "Student"),
    ("LeavingRegGroup", "leaving_reg_group.mis_id", str, "Student"),
    ("PreAdmissionYearGroup", "planned_year_group.mis_id", str, "Student"),
    ("PreAdmissionRegGroup", "planned_reg_group.mis_id", str, "Student"),
    ("LastUpdated", "updated", str, "Student StudentLite"),
    ("RowHash", "row_hash", str, "Student StudentLite"),
)

# ---- tables

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
        " birth_country birth_country_code asylum_status traveller_source traveller_type",
        "is_traveller",
    ),
)
GROUP = Table(
    "groups",
    metadata,
    _key(),
    *_columns("mis_id kind name standard_year_code standard_year_name"),
)
SCHOOL = Table("school", metadata, _key(), Column[Any]("estab", Text, unique=True))
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
        " former_upn candidate_no parental_salutation taught_in nc_year quick_note updated row_hash",
        "boarder eal on_report fsm_eligible uniform_allowance pupil_premium ever6 gifted part_time disabled in_care"
        " ever_in_care service_child young_carer",
    ),
    Index("student_mis_id", "school_id", "mis_id"),
    Index("student_external_id", "school_id", "external_id"),
    Index("student_xid", "school_id", "xid"),
    Index("student_updated", "school_id", "updated"),
)
TOKEN = Table(
    "token",
    metadata,
    Column[Any]("hash", Text, primary_key=True),
    _link("school", "school"),
    *_columns("expires scopes"),
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

    school_id: Mapped[str]
    mis_id: Mapped[str]
    external_id: Mapped[str]
    xid: Mapped[str]
    entry_date: Mapped[str | None]
    leaving_date: Mapped[str | None]
    enrolment_status: Mapped[str | None]
    nc_year: Mapped[str | None]
    service_child: Mapped[int | None]
    updated: Mapped[str]

    person: Mapped[Person] = relationship(Person)
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


# ---- answers


class Row(BaseModel):
    """A student as shown; the columns depend on the caller."""

    model_config = ConfigDict(from_attributes=True)


@dataclass(frozen=True)
class Shown:
    """The columns of an answer: how rows are made of objects, and which relations they need."""

    rows: TypeAdapter[list[Row]]
    relations: frozenset[str]

    def json(self, students: list[Student]) -> bytes:
        """Rows as JSON."""
        return self.rows.dump_json(self.rows.validate_python(students, from_attributes=True))


@lru_cache
def shown(scopes: frozenset[str], selected: str | None) -> Shown:
    """The columns that these scopes show of those selected."""
    asked = {c.strip() for c in selected.split(",")} if selected else None
    seen = [c for c in COLUMNS if scopes & {*c[3].split()} and (asked is None or c[0] in asked)]
    if asked and len(seen) != len(asked):
        raise HTTPException(400, "a selected column is not known")
    fields: dict[str, Any] = {name: (kind | None, _found_at(path)) for name, path, kind, _ in seen}
    model = create_model("StudentRow", __base__=Row, **fields)
    needed = {path.split(".")[0] for _, path, _, _ in seen if "." in path}
    return Shown(
        TypeAdapter(cast(Any, list)[model]),
        frozenset(needed | ({"person"} if any(path == "display_name" for _, path, _, _ in seen) else set())),
    )


def _found_at(path: str) -> Any:
    return Field(validation_alias=AliasPath(*path.split(".")) if "." in path else path)


# ---- requests

app = FastAPI()
sessions = sessionmaker()


def opened() -> Generator[Session]:
    """A session for a request."""
    with sessions() as session:
        yield session


Database = Annotated[Session, Depends(opened)]


def admitted(estab: str, session: Database, authorization: Annotated[str, Header()] = "") -> Token:
    """The token, when it is known, alive and of the school asked for."""
    digest = hashlib.sha256(authorization.removeprefix("Bearer ").encode()).hexdigest()
    token = session.scalar(select(Token).where(Token.hash == digest).options(joinedload(Token.school)))
    if token is None or token.expires < date.today().isoformat():
        raise HTTPException(401, "the token is not known, or has expired")
    if token.school.estab != estab:
        raise HTTPException(403, "the token is for another school")
    return token


Admitted = Annotated[Token, Depends(admitted)]


def on_roll(token: Token, needed: frozenset[str]) -> Any:
    """The students on roll, with the relations that an answer needs."""
    # Each is one record or none: joining is faster here than a further statement for each relation.
    loads = [joinedload(getattr(Student, name), innerjoin=name == "person") for name in sorted(needed)]
    return (
        select(Student)
        .where(
            Student.school_id == token.school.id,
            or_(Student.leaving_date.is_(None), Student.leaving_date >= TODAY),
            or_(Student.entry_date.is_(None), Student.entry_date <= TODAY),
            or_(Student.enrolment_status.is_(None), Student.enrolment_status.in_(("C", "M", "F", "O"))),
        )
        .order_by(Student.mis_id)
        .options(*loads)
    )


def _columns_of(token: Token, selected: str | None) -> Shown:
    return shown(frozenset(json.loads(token.scopes)), selected)


def _answer(rows: bytes) -> Response:
    return Response(b'{"Students":' + rows + b"}", media_type="application/json")


@app.get("/schools/{estab}/students")
def list_students(
    token: Admitted,
    session: Database,
    selected: Annotated[str | None, Query(alias="select")] = None,
    updated_since: str | None = None,
) -> Response:
    """The students of a school."""
    columns = _columns_of(token, selected)
    query = on_roll(token, columns.relations)
    if updated_since:
        # In this order the index on the moment answers alone.
        query = query.where(Student.updated > updated_since).order_by(None).order_by(Student.updated)
    return _answer(columns.json(list(session.scalars(query))))


@app.get("/schools/{estab}/students/{identity}")
def one_student(identity: str, token: Admitted, session: Database) -> Response:
    """One student, by any of their ids."""
    columns = _columns_of(token, None)
    named = or_(Student.mis_id == identity, Student.external_id == identity, Student.xid == identity)
    return _answer(columns.json(list(session.scalars(on_roll(token, columns.relations).where(named).order_by(None)))))


@app.get("/schools/{estab}/all-students")
def stream_students(token: Admitted, session: Database) -> StreamingResponse:
    """The students of a large school, a thousand at a time."""
    columns = _columns_of(token, None)
    query = on_roll(token, columns.relations).execution_options(yield_per=1000)

    def pieces() -> Iterator[bytes]:
        lead = b'{"Students":['
        for part in session.scalars(query).partitions():
            yield lead + columns.json(list(part))[1:-1]
            lead = b","
        yield b"]}"

    return StreamingResponse(pieces(), media_type="application/json")


async def serve() -> None:
    """Serve on any free port, which is printed."""
    sessions.configure(bind=create_engine(f"sqlite:///{sys.argv[1]}"))
    listening = socket.create_server(("127.0.0.1", 0))
    print(json.dumps({"port": listening.getsockname()[1]}), flush=True)
    config = uvicorn.Config(app, http="httptools", log_level="warning", access_log=False)
    await uvicorn.Server(config).serve(sockets=[listening])


if __name__ == "__main__":
    uvloop.run(serve())
