"""Users of a school, as a OneRoster 1.2 client would ask for them."""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated, Any, cast

from fastapi import APIRouter, HTTPException, Query, Request, Response
from pydantic import BaseModel, TypeAdapter
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from . import edlink
from .admission import Database, Reading
from .shaping import Column, Row, model
from .tables import Person, Student

ROSTERING = "/ims/oneroster/rostering/v1p2"

_SOME = "Student StudentLite"


class Reference(BaseModel):
    """What leads to an organisation."""

    href: str
    sourcedId: str
    type: str = "org"


class Role(BaseModel):
    """What a user is, and where."""

    roleType: str
    role: str
    org: Reference
    beginDate: str | None
    endDate: str | None


class UserId(BaseModel):
    """Another id by which a user is known."""

    type: str
    identifier: str


COLUMNS: tuple[Column, ...] = (
    ("sourcedId", "person.id", str, ""),
    ("status", "status", str, ""),
    ("dateLastModified", "touched", str, ""),
    ("userMasterIdentifier", "person.student_unique_id", str, _SOME),
    ("username", "person.username", str, _SOME),
    ("userIds", "user_ids", list[UserId], _SOME),
    ("enabledUser", "enabled", str, _SOME),
    ("givenName", "given_name", str, "StudentExtended"),
    ("familyName", "family_name", str, "StudentExtended"),
    ("middleName", "person.middle_name", str, "StudentExtended"),
    ("preferredFirstName", "preferred_first_name", str, "StudentExtended"),
    ("preferredLastName", "preferred_last_name", str, "StudentExtended"),
    ("roles", "places", list[Role], _SOME),
    ("identifier", "student.admission_no", str, "StudentExtended"),
    ("email", "email", str, _SOME),
    ("sms", "person.mobile_phone", str, "StudentExtended"),
    ("phone", "person.home_phone", str, "StudentExtended"),
    ("grades", "grade_levels", list[str], _SOME),
    ("primaryOrg", "primary", Reference, _SOME),
)


class Shown(edlink.Shown):
    """A human as OneRoster shows them."""

    status = "active"

    def __init__(self, person: Person, scopes: frozenset[str], root: str) -> None:
        super().__init__(person, scopes, [])
        self.root = root

    @property
    def user_ids(self) -> list[UserId]:
        """The other ids."""
        found = [("SIS", one.external_id) for one in self.pupils]
        found += [("UPN", one.upn) for one in self.pupils] if "UPN" in self.scopes else []
        return [UserId(type=kind, identifier=value) for kind, value in dict.fromkeys(found) if value]

    @property
    def enabled(self) -> str:
        """Whether anybody has them."""
        return "true" if self.pupils else "false"

    @property
    def given_name(self) -> str | None:
        """The legal name first."""
        return self.person.legal_forename or self.person.forename

    @property
    def family_name(self) -> str | None:
        """The legal name first."""
        return self.person.legal_surname or self.person.surname

    @property
    def preferred_first_name(self) -> str | None:
        """The name that they go by, where it is another one."""
        return self._other(self.person.legal_forename, self.person.forename)

    @property
    def preferred_last_name(self) -> str | None:
        """The name that they go by, where it is another one."""
        return self._other(self.person.legal_surname, self.person.surname)

    def _other(self, legal: str | None, used: str | None) -> str | None:
        return used if legal and legal != used else None

    @property
    def places(self) -> list[Role]:
        """What they are, and where."""
        return [
            Role(
                roleType="secondary" if at else "primary",
                role="student",
                org=self._org(one.school_id),
                beginDate=one.entry_date,
                endDate=one.leaving_date,
            )
            for at, one in enumerate(self.person.students)
        ]

    @property
    def primary(self) -> Reference | None:
        """The school of the first role."""
        return self._org(self.person.students[0].school_id) if self.person.students else None

    def _org(self, identity: str) -> Reference:
        return Reference(href=f"{self.root}/orgs/{identity}", sourcedId=identity)


@lru_cache
def shown(scopes: frozenset[str]) -> TypeAdapter[list[Row]]:
    """The users as these scopes show them."""
    return TypeAdapter(cast(Any, list)[model(COLUMNS, scopes)])


router = APIRouter()


@router.get(f"{ROSTERING}/schools/{{school}}/students")
def list_students(
    reach: Reading, session: Database, request: Request, school: str, limit: Annotated[int, Query(le=10_000)] = 100
) -> Response:
    """The students of a school."""
    if school not in reach.schools:
        raise HTTPException(404, "no such school")
    found = session.scalars(
        select(Person)
        .where(select(Student.person_id).where(Student.person_id == Person.id, Student.school_id == school).exists())
        .order_by(Person.id)
        .limit(limit)
        .options(
            selectinload(Person.students).joinedload(Student.school),
            selectinload(Person.staff),
            selectinload(Person.contacts),
        )
    )
    root = f"http://{request.headers['host']}{ROSTERING}"
    users = [Shown(person, reach.scopes, root) for person in found]
    adapter = shown(reach.scopes)
    rows = adapter.dump_json(adapter.validate_python(users, from_attributes=True), exclude_none=True)
    return Response(b'{"users":' + rows + b"}", media_type="application/json")
