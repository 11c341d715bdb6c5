"""Students of one school, as an app of its own would ask for them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Any, cast

from fastapi import APIRouter, HTTPException, Query, Response
from fastapi.responses import StreamingResponse
from pydantic import TypeAdapter
from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from .admission import Admitted, Database
from .shaping import Column, Row, model
from .tables import TODAY, Student, Token

COLUMNS: tuple[Column, ...] = (
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
    ("DateofBirth", "person.birth_date", str, "StudentExtended"),
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

# ---- answers


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
    made = model(tuple(seen), scopes)
    needed = {path.split(".")[0] for _, path, _, _ in seen if "." in path}
    return Shown(
        TypeAdapter(cast(Any, list)[made]),
        frozenset(needed | ({"person"} if any(path == "display_name" for _, path, _, _ in seen) else set())),
    )


# ---- requests

router = APIRouter()


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


@router.get("/schools/{estab}/students")
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


@router.get("/schools/{estab}/students/{identity}")
def one_student(identity: str, token: Admitted, session: Database) -> Response:
    """One student, by any of their ids."""
    columns = _columns_of(token, None)
    named = or_(Student.mis_id == identity, Student.external_id == identity, Student.xid == identity)
    return _answer(columns.json(list(session.scalars(on_roll(token, columns.relations).where(named).order_by(None)))))


@router.get("/schools/{estab}/all-students")
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
