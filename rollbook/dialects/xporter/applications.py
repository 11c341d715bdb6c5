"""Applications for a place (school.applications)."""

from __future__ import annotations

from ...api.resource import Also, Endpoint, Option, Table
from ...fields import Condition, LastUpdated, Question, Ref, RowHash, Some, Within
from ...model.application import (
    Applicant,
    ApplicantMedicalEvent,
    ApplicantSenNeed,
    ApplicantSenProvision,
    Application,
    applications,
)
from ...model.students import Student
from ...scopes import S

_pending = Application.status.is_not("Admitted")
_admitted = Application.status.is_("Admitted")


class Applications(Table, of=Application, only=_pending, order=(Application.application_date, Application.mis_id)):
    """Applications for a place at the school; of those already admitted when they are asked for."""

    Id = Application.mis_id
    ApplicantId = Application.applicant / Applicant.mis_id
    StudentId = Application.student / Student.mis_id
    Reference = Application.reference
    AcademicYear = Application.academic_year
    IntakeGroup = Application.intake_group
    YearGroupCode = Application.year_code
    Route = Application.route
    ApplicationDate = Application.application_date
    IsLate = Application.is_late
    Preference = Application.preference
    Status = Application.status
    Criterion = Application.criterion
    Distance = Application.distance
    WaitingListPosition = Application.waiting_list
    DecisionDate = Application.decision_date
    ResponseDate = Application.response_date
    AdmissionDate = Application.admission_date
    EnrolmentStatus = Application.enrolment_status
    PartTime = Application.part_time
    Boarder = Application.boarder
    LastUpdated = LastUpdated(Application)
    RowHash = RowHash(Application)


class Applicants(Table, of=Applicant, only=Some(applications, _pending), order=(Applicant.mis_id,)):
    """Those who made the applications."""

    Id = Applicant.mis_id
    StudentId = Applicant.student / Student.mis_id
    Forename = Applicant.forename
    Surname = Applicant.surname
    MiddleName = Applicant.middle_name
    LegalForename = Applicant.legal_forename
    LegalSurname = Applicant.legal_surname
    Gender = Applicant.gender
    DateOfBirth = Applicant.birth_date
    ParentalSalutation = Applicant.parental_salutation
    HomePhone = Applicant.home_phone
    AddressBlock = Applicant.address_block
    HouseNo = Applicant.house_no
    HouseName = Applicant.house_name
    Apartment = Applicant.apartment
    Street = Applicant.street
    District = Applicant.locality
    TownOrCity = Applicant.town
    County = Applicant.county
    PostCode = Applicant.post_code
    Country = Applicant.country
    PreviousSchool = Applicant.previous_school
    PreviousSchoolEstab = Applicant.previous_school_number
    SiblingStudentId = Applicant.sibling / Student.mis_id
    SENProvision = Applicant.sen_provision
    InLeaCare = Applicant.in_care
    LastUpdated = LastUpdated(Applicant)
    RowHash = RowHash(Applicant)


def _of(applicant: Ref, where: Condition) -> Condition:
    return Within(applicant, Question(Applicant, (), Some(applications, where)))


_provision = ApplicantSenProvision


class ApplicantSENProvisions(
    Table,
    of=_provision,
    only=_of(_provision.applicant, _pending),
    order=(_provision.applicant, _provision.start),
):
    """The special educational needs provision of the applicants."""

    Id = _provision.mis_id
    ApplicantId = _provision.applicant / Applicant.mis_id
    Code = _provision.code
    Description = _provision.description
    StartDate = _provision.start
    EndDate = _provision.end
    LastUpdated = LastUpdated(_provision)
    RowHash = RowHash(_provision)


_need = ApplicantSenNeed


class ApplicantSENNeeds(Table, of=_need, only=_of(_need.applicant, _pending), order=(_need.applicant, _need.rank)):
    """The special educational needs of the applicants, each one's primary need first."""

    Id = _need.mis_id
    ApplicantId = _need.applicant / Applicant.mis_id
    Code = _need.code
    Description = _need.description
    Rank = _need.rank
    StartDate = _need.start
    EndDate = _need.end
    LastUpdated = LastUpdated(_need)
    RowHash = RowHash(_need)


_event = ApplicantMedicalEvent


class ApplicantMedicalEvents(
    Table, of=_event, only=_of(_event.applicant, _pending), order=(_event.applicant, _event.date)
):
    """What the applicants' families told the school of their health."""

    Id = _event.mis_id
    ApplicantId = _event.applicant / Applicant.mis_id
    EventType = _event.kind
    EventDescription = _event.description
    EventDate = _event.date
    FollowUpDate = _event.follow_up
    LastUpdated = LastUpdated(_event)
    RowHash = RowHash(_event)


applications_endpoint = Endpoint(
    "Applications",
    "Applications",
    "School",
    "Applications for a place at the school that are not settled by an admission, and the applicants who made them.",
    S.Applications,
    (Applications, Applicants, ApplicantSENProvisions, ApplicantSENNeeds, ApplicantMedicalEvents),
    options={
        "includeAdmitted": Option(
            "Include applications whose applicants were admitted",
            Also(
                _admitted,
                elsewhere={
                    Applicants: Some(applications, _admitted),
                    ApplicantSENProvisions: _of(_provision.applicant, _admitted),
                    ApplicantSENNeeds: _of(_need.applicant, _admitted),
                    ApplicantMedicalEvents: _of(_event.applicant, _admitted),
                },
            ),
        ),
    },
)

ENDPOINTS = (applications_endpoint,)
