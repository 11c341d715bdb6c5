"""People of a district, as an Edlink integration would ask for them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Annotated, Any, cast

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, TypeAdapter
from sqlalchemy import or_, select
from sqlalchemy.orm import Session, selectinload

from .admission import Database, Reach, Reading
from .shaping import Column, Row, model
from .tables import TODAY, Contact, Person, Staff, Student

GRADES = {"N1": "PR", "N2": "PR", "R": "PK", "1": "KG", **{str(year): f"{year - 1:02}" for year in range(2, 15)}}
GENDERS = {"M": "male", "F": "female", "X": "other"}
RACES = {
    "americanindianoralaskanative": "american-indian-or-alaska-native",
    "asian": "asian",
    "blackorafricanamerican": "black-or-african-american",
    "nativehawaiianorotherpacificislander": "native-hawaiian-or-other-pacific-islander",
    "white": "white",
}
MEALS = {1: "Free", 0: "FullPrice"}
RESIDENCE = {
    "Resident of administrative unit and usual school attendance area": "01652",
    "Resident of administrative unit, but of other school attendance area": "01653",
    "Resident of this state, but not of this administrative unit": "01654",
    "Resident of an administrative unit that crosses state boundaries": "01655",
    "Resident of another state": "01656",
}

_SOME = "Student StudentLite"


class Identifier(BaseModel):
    """Another id by which somebody is known."""

    type: str
    value: str


DEMOGRAPHICS: tuple[Column, ...] = (
    ("birthday", "birthday", str, "StudentExtended"),
    ("gender", "gender", str, _SOME),
    ("residence_status", "residence_status", str, _SOME),
    ("english_language_learner", "student.eal", bool, "StudentDemographic StudentFunding"),
    ("country_of_birth", "person.birth_country_code", str, "StudentDemographic StudentEthnicity"),
    ("state_of_birth", "person.birth_state", str, "StudentDemographic StudentEthnicity"),
    ("city_of_birth", "person.birth_city", str, "StudentDemographic StudentEthnicity"),
    ("hispanic_or_latino_ethnicity", "person.hispanic", bool, "StudentEthnicity"),
    ("races", "races", list[str], "StudentEthnicity"),
    ("homeless", "student.homeless", bool, "StudentFamily"),
    ("disability", "nothing", str, ""),
    ("gifted_talented", "student.gifted", bool, "StudentFunding"),
    ("food_service_program_eligibility", "meals", str, "StudentFunding"),
    ("economically_disadvantaged", "student.economically_disadvantaged", bool, "StudentFunding"),
    ("migrant", "student.migrant", bool, "StudentDemographic"),
    ("public_assistance", "student.public_assistance", bool, "StudentFunding"),
    ("rural_residency", "student.rural_residency", bool, "StudentDemographic"),
    ("individualized_education_plan", "plan", bool, "SEN SENTypes"),
)

ADDRESS: tuple[Column, ...] = (
    ("street", "street", str, "Address"),
    ("unit", "person.apartment", str, "Address"),
    ("postal_code", "person.post_code", str, "Address StudentDemographic"),
    ("city", "person.town", str, "Address"),
    ("state", "person.county", str, "Address"),
    ("country", "person.country", str, "Address"),
    ("phone", "person.home_phone", str, "StudentExtended"),
    ("latitude", "nothing", float, ""),
    ("longitude", "nothing", float, ""),
)

COLUMNS: tuple[Column, ...] = (
    ("id", "person.id", str, ""),
    ("created_date", "made", str, ""),
    ("updated_date", "touched", str, ""),
    ("first_name", "person.forename", str, _SOME),
    ("middle_name", "person.middle_name", str, "StudentExtended StaffExtended"),
    ("last_name", "person.surname", str, _SOME),
    ("display_name", "display_name", str, _SOME),
    ("picture_url", "nothing", str, ""),
    ("roles", "roles", list[str], _SOME),
    ("email", "email", str, _SOME),
    ("phone", "phone", str, "StudentExtended"),
    ("locale", "school.locale", str, "School SchoolLite"),
    ("time_zone", "school.time_zone", str, "School SchoolLite"),
    ("graduation_year", "student.graduation_year", int, _SOME),
    ("grade_levels", "grade_levels", list[str], _SOME),
    ("demographics", "itself", DEMOGRAPHICS, ""),
    ("address", "itself", ADDRESS, ""),
    ("properties", "properties", dict[str, str], ""),
    ("identifiers", "identifiers", list[Identifier], _SOME),
    ("district_id", "school.district_uid", str, ""),
    ("school_ids", "school_ids", list[str], _SOME),
    ("product_ids", "products", list[str], ""),
)


class Shown:
    """A human as Edlink shows them."""

    nothing = None

    def __init__(self, person: Person, scopes: frozenset[str], products: list[str]) -> None:
        self.person = person
        self.scopes = scopes
        self.products = products
        self.pupils = [s for s in person.students if not (s.leaving_date and s.leaving_date < TODAY)]
        self.student = person.students[0] if person.students else None
        self.itself = self
        self.properties: dict[str, str] = {}

    @property
    def made(self) -> str:
        """When the record was made."""
        return f"{self.person.made}Z"

    @property
    def touched(self) -> str:
        """When it last changed."""
        return f"{self.person.touched}Z"

    @property
    def display_name(self) -> str | None:
        """Both names."""
        return " ".join(filter(None, (self.person.forename, self.person.surname))) or None

    @property
    def roles(self) -> list[str]:
        """What somebody is."""
        return list(
            dict.fromkeys(
                [
                    *("student" for _ in self.pupils),
                    *("teacher" if one.is_teacher else "staff" for one in self.person.staff),
                    *("observer" for _ in self.person.contacts),
                ]
            )
        )

    @property
    def _work_emails(self) -> list[str | None]:
        posts, places = self.person.staff, self.person.students
        return [
            *(one.idaas_email for one in posts),
            *(one.work_email for one in posts),
            *(one.idaas_email for one in places),
            *(one.work_email for one in places),
        ]

    @property
    def email(self) -> str | None:
        """Where to write to."""
        return _first(*self._work_emails, self.person.home_email, *(c.work_email for c in self.person.contacts))

    @property
    def phone(self) -> str | None:
        """Where to call."""
        return _first(
            *(one.work_phone for one in self.person.staff),
            self.person.mobile_phone,
            self.person.home_phone,
            *(one.work_phone for one in self.person.contacts),
        )

    @property
    def school(self) -> object:
        """The first school."""
        return self.pupils[0].school if self.pupils else None

    @property
    def grade_levels(self) -> list[str]:
        """The grades."""
        found = (one.grade or GRADES.get(one.nc_year or "") for one in self.pupils)
        return list(dict.fromkeys(filter(None, found)))

    @property
    def birthday(self) -> str | None:
        """The first moment of the day."""
        return f"{self.person.birth_date}T00:00:00.000Z" if self.person.birth_date else None

    @property
    def gender(self) -> str | None:
        """In Edlink's words."""
        return GENDERS.get(self.person.gender or "")

    @property
    def residence_status(self) -> str | None:
        """As CEDS codes it."""
        return RESIDENCE.get(self.student.residence_status or "") if self.student else None

    @property
    def races(self) -> list[str]:
        """In Edlink's words."""
        words = ("".join(filter(str.isalpha, w.lower())) for w in (self.person.races or "").split(","))
        return [RACES[word] for word in words if word in RACES]

    @property
    def meals(self) -> str | None:
        """Whether meals are free."""
        return MEALS.get(self.student.fsm_eligible) if self.student and self.student.fsm_eligible is not None else None

    @property
    def plan(self) -> bool | None:
        """Whether the student has a plan of their own."""
        return self.student.sen_provision == "E" if self.student and self.student.sen_provision else None

    @property
    def street(self) -> str | None:
        """House and street."""
        return " ".join(filter(None, (self.person.house_name, self.person.house_no, self.person.street))) or None

    @property
    def identifiers(self) -> list[Identifier]:
        """The other ids."""
        now = (*self.pupils, *self.person.staff, *self.person.contacts)
        ever = (*self.person.students, *self.person.staff, *self.person.contacts)
        found = [("sis_id", one.external_id) for one in now]
        found += [("oneroster_id", one.external_id) for one in ever if one.origin == "oneroster"]
        if "UPN" in self.scopes:
            found += [("state_id", one.upn) for one in self.pupils]
        found += [("username", self.person.username), ("email", _first(*self._work_emails))]
        return [Identifier(type=kind, value=value) for kind, value in dict.fromkeys(found) if value]

    @property
    def school_ids(self) -> list[str]:
        """The schools."""
        return sorted({one.school_id for one in (*self.pupils, *self.person.staff, *self.person.contacts)})


def _first(*values: str | None) -> str | None:
    return next(filter(None, values), None)


@lru_cache
def shown(scopes: frozenset[str]) -> TypeAdapter[list[Row]]:
    """The people as these scopes show them."""
    return TypeAdapter(cast(Any, list)[model(COLUMNS, scopes, hidden_as_null=True)])


router = APIRouter()


def _people(session: Session, reach: Reach, first: int, after: str) -> Iterable[Person]:
    roles = [
        select(role.person_id).where(role.person_id == Person.id, role.school_id.in_(reach.schools)).exists()
        for role in (Student, Staff, Contact)
    ]
    return session.scalars(
        select(Person)
        .where(or_(*roles), Person.id > after)
        .order_by(Person.id)
        .limit(first)
        .options(
            selectinload(Person.students).joinedload(Student.school),
            selectinload(Person.staff),
            selectinload(Person.contacts),
        )
    )


@router.get("/edlink/people")
def list_people(
    reach: Reading, session: Database, first: Annotated[int, Query(le=10_000)] = 100, after: str = ""
) -> Response:
    """The people of a district."""
    scopes = reach.scopes
    people = [Shown(person, scopes, [reach.caller.app or ""]) for person in _people(session, reach, first, after)]
    adapter = shown(scopes)
    rows = adapter.dump_json(adapter.validate_python(people, from_attributes=True))
    return Response(b'{"$data":' + rows + b"}", media_type="application/json")
