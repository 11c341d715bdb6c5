"""Students, cohorts and who is in them, as an Ed-Fi client reads and writes them."""

from __future__ import annotations

import base64
import uuid
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Annotated, Any, cast

from fastapi import APIRouter, HTTPException, Query, Request, Response
from pydantic import BaseModel, Field, TypeAdapter
from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from .admission import Database, Reach, Reading, WritableDatabase, Writing
from .shaping import Column, Row, model
from .tables import Cohort, Descriptor, Person, Place, Student

WORDS = "uri://ed-fi.org"
SEXES = {"M": "Male", "F": "Female", "X": "Non-binary", "U": "Not Selected"}

_SOME = "Student StudentLite"

COLUMNS: tuple[Column, ...] = (
    ("id", "id", str, ""),
    ("studentUniqueId", "person.student_unique_id", str, _SOME),
    ("birthCity", "person.birth_city", str, "StudentDemographic StudentEthnicity"),
    ("birthCountryDescriptor", "country", str, "StudentDemographic StudentEthnicity"),
    ("birthDate", "person.birth_date", str, "StudentExtended"),
    ("birthSexDescriptor", "sex", str, _SOME),
    ("birthStateAbbreviationDescriptor", "state", str, "StudentDemographic StudentEthnicity"),
    ("firstName", "first", str, _SOME),
    ("lastSurname", "last", str, _SOME),
    ("middleName", "person.middle_name", str, "StudentExtended"),
    ("preferredFirstName", "preferred_first", str, "StudentExtended"),
    ("preferredLastSurname", "preferred_last", str, "StudentExtended"),
    ("_lastModifiedDate", "modified", str, ""),
)


class Shown:
    """A student as Ed-Fi shows them."""

    def __init__(self, person: Person) -> None:
        self.person = person

    @property
    def id(self) -> str:
        """32 hexadecimal digits."""
        return self.person.id.replace("-", "")

    @property
    def country(self) -> str | None:
        """The country of birth."""
        return _word("Country", self.person.birth_country_code)

    @property
    def sex(self) -> str | None:
        """The sex."""
        return _word("Sex", SEXES.get(self.person.gender or ""))

    @property
    def state(self) -> str | None:
        """The state of birth."""
        return _word("StateAbbreviation", self.person.birth_state)

    @property
    def first(self) -> str | None:
        """The legal first name."""
        return self.person.legal_forename or self.person.forename

    @property
    def last(self) -> str | None:
        """The legal surname."""
        return self.person.legal_surname or self.person.surname

    @property
    def preferred_first(self) -> str | None:
        """The preferred first name, if it is another one."""
        return self.person.forename if self.person.forename != self.first else None

    @property
    def preferred_last(self) -> str | None:
        """The preferred surname, if it is another one."""
        return self.person.surname if self.person.surname != self.last else None

    @property
    def modified(self) -> str:
        """When it last changed."""
        return f"{self.person.updated}Z"


def _word(kind: str, code: str | None) -> str | None:
    return f"{WORDS}/{kind}Descriptor#{code}" if code else None


@lru_cache
def shown(scopes: frozenset[str]) -> tuple[TypeAdapter[list[Row]], TypeAdapter[Row]]:
    """Students as these scopes show them: a list, and one."""
    made = model(COLUMNS, scopes)
    return TypeAdapter(cast(Any, list)[made]), TypeAdapter(made)


router = APIRouter(prefix="/edfi")


def _json(body: bytes) -> Response:
    return Response(body, media_type="application/json")


# ---- students


def _students(reach: Reach) -> Select[Person]:
    role = select(Student.person_id).where(Student.person_id == Person.id, Student.school_id.in_(reach.schools))
    return select(Person).where(role.exists(), Person.student_unique_id.is_not(None))


@router.get("/data/v3/ed-fi/students")
def list_students(
    reach: Reading, session: Database, limit: Annotated[int, Query(le=500)] = 25, offset: int = 0
) -> Response:
    """The students of the schools in reach."""
    people = session.scalars(_students(reach).order_by(Person.id).limit(limit).offset(offset))
    every, _ = shown(reach.scopes)
    rows = every.validate_python([Shown(person) for person in people], from_attributes=True)
    return _json(every.dump_json(rows, by_alias=True, exclude_none=True))


@router.get("/data/v3/ed-fi/students/{identity}")
def one_student(identity: uuid.UUID, reach: Reading, session: Database) -> Response:
    """One student."""
    person = session.scalar(_students(reach).where(Person.id == str(identity)))
    if person is None:
        raise HTTPException(404, "there is no such student")
    _, one = shown(reach.scopes)
    return _json(
        one.dump_json(one.validate_python(Shown(person), from_attributes=True), by_alias=True, exclude_none=True)
    )


# ---- cohorts


class Organisation(BaseModel):
    """A school, by its number."""

    educationOrganizationId: int


class CohortKey(BaseModel):
    """A cohort, by its natural key."""

    cohortIdentifier: str
    educationOrganizationId: int


class StudentKey(BaseModel):
    """A student, by the natural key."""

    studentUniqueId: str


class CohortBody(BaseModel):
    """A cohort."""

    id: str | None = None
    cohortIdentifier: Annotated[str, Field(max_length=36)]
    educationOrganizationReference: Organisation
    cohortDescription: Annotated[str | None, Field(max_length=1024)] = None
    cohortScopeDescriptor: str | None = None
    cohortTypeDescriptor: str


class PlaceBody(BaseModel):
    """A student's place in a cohort."""

    id: str | None = None
    beginDate: date
    cohortReference: CohortKey
    studentReference: StudentKey
    endDate: date | None = None


def _held(reach: Reach, *needed: str) -> None:
    if not reach.scopes & {*needed}:
        raise HTTPException(403, "the schools have not granted that")


def _school(reach: Reach, number: int) -> str:
    school = reach.school(number)
    if school is None:
        raise HTTPException(409, f"there is no school {number}")
    return school.id


def _published(session: Session, *uris: str | None) -> None:
    wanted = {uri for uri in uris if uri}
    missing = wanted - set(session.scalars(select(Descriptor.uri).where(Descriptor.uri.in_(wanted))))
    if missing:
        raise HTTPException(400, f"{', '.join(sorted(missing))} is not a descriptor")


def _cohort(session: Session, school: str, identifier: str) -> Cohort | None:
    return session.scalar(select(Cohort).where(Cohort.school_id == school, Cohort.identifier == identifier))


def _written(
    session: Session,
    known: Cohort | Place | None,
    made: type[Cohort | Place],
    values: dict[str, Any],
    request: Request,
) -> Response:
    row = known or made()
    for name, value in values.items():
        setattr(row, name, value)
    row.updated = datetime.now(UTC).isoformat()
    if known is None:
        row.id = str(uuid.uuid4())
        session.add(row)
    location = f"{str(request.url).rstrip('/')}/{row.id.replace('-', '')}"
    session.commit()
    return Response(status_code=200 if known else 201, headers={"Location": location})


@router.post("/data/v3/ed-fi/cohorts")
def post_cohort(body: CohortBody, reach: Writing, session: WritableDatabase, request: Request) -> Response:
    """Create a cohort, or update the one with the natural key."""
    _held(reach, "School", "SchoolLite")
    school = _school(reach, body.educationOrganizationReference.educationOrganizationId)
    _published(session, body.cohortTypeDescriptor, body.cohortScopeDescriptor)
    known = _cohort(session, school, body.cohortIdentifier)
    values = {
        "school_id": school,
        "identifier": body.cohortIdentifier,
        "kind": body.cohortTypeDescriptor,
        "scope": body.cohortScopeDescriptor,
        "description": body.cohortDescription,
    }
    return _written(session, known, Cohort, values, request)


@router.post("/data/v3/ed-fi/studentCohortAssociations")
def post_place(body: PlaceBody, reach: Writing, session: WritableDatabase, request: Request) -> Response:
    """Put a student into a cohort, or change until when."""
    _held(reach, "Student", "StudentLite")
    school = _school(reach, body.cohortReference.educationOrganizationId)
    cohort = _cohort(session, school, body.cohortReference.cohortIdentifier)
    student = session.scalar(
        select(Student.id)
        .join(Student.person)
        .where(Person.student_unique_id == body.studentReference.studentUniqueId, Student.school_id.in_(reach.schools))
    )
    if cohort is None or student is None:
        raise HTTPException(409, "the cohort or the student is not known")
    start = body.beginDate.isoformat()
    known = session.scalar(
        select(Place).where(Place.cohort_id == cohort.id, Place.student_id == student, Place.start == start)
    )
    end = body.endDate.isoformat() if body.endDate else None
    values = {"cohort_id": cohort.id, "student_id": student, "start": start, "end": end}
    return _written(session, known, Place, values, request)


@router.get("/data/v3/ed-fi/cohorts", response_model_exclude_none=True)
def list_cohorts(reach: Reading, session: Database, cohortIdentifier: str) -> list[CohortBody]:
    """The cohorts with an identifier."""
    found = session.scalars(
        select(Cohort)
        .where(Cohort.school_id.in_(reach.schools), Cohort.identifier == cohortIdentifier)
        .options(joinedload(Cohort.school))
    )
    return [
        CohortBody(
            id=one.id,
            cohortIdentifier=one.identifier,
            educationOrganizationReference=Organisation(educationOrganizationId=int(one.school.estab)),
            cohortDescription=one.description,
            cohortScopeDescriptor=one.scope,
            cohortTypeDescriptor=one.kind,
        )
        for one in found
    ]


@router.get("/data/v3/ed-fi/studentCohortAssociations", response_model_exclude_none=True)
def list_places(reach: Reading, session: Database, cohortIdentifier: str) -> list[PlaceBody]:
    """Who is in the cohorts with an identifier."""
    found = session.scalars(
        select(Place)
        .join(Place.cohort)
        .where(Cohort.school_id.in_(reach.schools), Cohort.identifier == cohortIdentifier)
        .options(
            joinedload(Place.cohort).joinedload(Cohort.school), joinedload(Place.student).joinedload(Student.person)
        )
    )
    return [
        PlaceBody(
            id=one.id,
            beginDate=date.fromisoformat(one.start),
            cohortReference=CohortKey(
                cohortIdentifier=one.cohort.identifier, educationOrganizationId=int(one.cohort.school.estab)
            ),
            studentReference=StudentKey(studentUniqueId=one.student.person.student_unique_id or ""),
            endDate=date.fromisoformat(one.end) if one.end else None,
        )
        for one in found
    ]


# ---- what a client asks for before it writes


@router.get("")
def discovery(request: Request) -> dict[str, Any]:
    """Where everything is."""
    base = f"{request.base_url}edfi"
    return {
        "version": "7.3",
        "urls": {
            "oauth": f"{base}/oauth/token",
            "dependencies": f"{base}/metadata/data/v3/dependencies",
            "openApiMetadata": f"{base}/metadata",
        },
    }


@router.get("/metadata/data/v3/dependencies")
def dependencies() -> list[dict[str, Any]]:
    """In which order documents are written."""
    return [
        {"resource": f"/ed-fi/{name}", "order": order, "operations": ["Create", "Update"]}
        for order, name in enumerate(("cohorts", "studentCohortAssociations"), 1)
    ]


@router.post("/oauth/token")
async def token(request: Request) -> dict[str, Any]:
    """The token of a client; here the client's secret itself."""
    kind, _, shown = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "basic":
        raise HTTPException(401, "the client is not known")
    secret = base64.b64decode(shown).decode().partition(":")[2]
    return {"access_token": secret, "expires_in": 1800, "token_type": "bearer"}
