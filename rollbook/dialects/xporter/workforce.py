"""Staff absences, checks, qualifications, training and impairments (school.staffabsence, school.staffchecks,
school.staffqualifications, school.stafftraining, school.staffimpairments)."""

from __future__ import annotations

from ...api.resource import Also, Endpoint, Filter, Option, Table
from ...fields import Arg, Called, Clock, Condition, LastUpdated, Ref, RowHash
from ...model.people import Staff
from ...model.workforce import AbsenceCertificate as Certificate
from ...model.workforce import StaffAbsence as Absence
from ...model.workforce import StaffCheck as Check
from ...model.workforce import StaffImpairment as Impairment
from ...model.workforce import StaffQualification as Qualification
from ...model.workforce import StaffTraining as Training
from ...scopes import S


def one_member(name: str, ref: Ref) -> dict[str, Filter]:
    """The filter for the records of one member of staff."""
    about = "Records of a single staff member, by Id, ExternalId or XID"
    return {name: Filter(about, Called((Staff.mis_id, Staff.external_id, Staff.xid), Arg(name), ref))}


def working(ref: Ref, status: str = "Current") -> Condition:
    """Records of staff who are there now, or of another status."""
    return (ref / Staff.status).is_(status)


def other_staff(ref: Ref) -> dict[str, Option]:
    """The options for records of staff who are not there now."""
    recent = (ref / Staff.employment_end).since(Arg("last_year_start"))
    return {
        "includeFuture": Option("Set to include future staff", Also(working(ref, "Future"))),
        "includePrevious": Option(
            "Set to include staff who have left either in the current or the previous academic year",
            Also(working(ref, "Previous") & recent),
        ),
        "includeTemporary": Option(
            "Set to include staff who are considered temporary", Also(working(ref, "Temporary"))
        ),
    }


class StaffAbsence(Table, of=Absence, order=(Absence.start, Absence.start_time, Absence.mis_id)):
    """When members of staff were, or will be, away."""

    Id = Absence.mis_id
    StaffId = Absence.staff / Staff.mis_id
    AbsenceStartDate = Clock(
        Absence.start,
        Absence.start_time,
        about="Start date of the absence, including time. Can be filtered on",
        example="2006-06-05T00:00:00",
    )
    AbsenceStartTime = Absence.start_time
    AbsenceEndDate = Clock(
        Absence.end,
        Absence.end_time,
        about="End date of the absence, including time. Can be filtered on",
        example="2006-06-05T23:59:00",
    )
    AbsenceEndTime = Absence.end_time
    AbsenceType = Absence.kind
    IllnessCategory = Absence.illness
    WorkingDaysLost = Absence.days_lost
    HoursLost = Absence.hours_lost
    SSPExclusion = Absence.sick_pay_excluded
    AnnualLeave = Absence.annual_leave
    IndustrialInjury = Absence.industrial_injury
    PayrollAbsenceCategory = Absence.payroll_category
    AuthorisedPayRate = Absence.pay_rate
    AbsenceNote = Absence.note


class AbsenceCertificate(
    Table, of=Certificate, follows=Certificate.absence, order=(Certificate.signed, Certificate.mis_id)
):
    """The papers that say why members of staff could not work."""

    Id = Certificate.mis_id
    AbsenceId = Certificate.absence / Absence.mis_id
    CertDateReceived = Clock(Certificate.received, example="2006-05-16T00:00:00")
    CertDateSigned = Clock(Certificate.signed, example="2006-05-16T00:00:00")
    CertCertType = Certificate.kind
    CertSignedBy = Certificate.signed_by
    CertSignatoryType = Certificate.signatory


staff_absence = Endpoint(
    "StaffAbsence",
    "StaffAbsence",
    "Staff",
    "Staff absence data.",
    S.StaffAbsence,
    (StaffAbsence, AbsenceCertificate),
    filters={
        "FromDate": Filter(
            "Only return absence on or after this date", Absence.end.since(Arg("FromDate")), kind="date"
        ),
        "ToDate": Filter("Only return absence on or before this date", Absence.start.until(Arg("ToDate")), kind="date"),
    },
)


class StaffChecks(
    Table, of=Check, only=working(Check.staff), order=(Check.staff / Staff.mis_id, Check.requested, Check.mis_id)
):
    """Safer-recruitment checks: the single central record."""

    Id = Check.mis_id
    StaffMis_Id = Check.staff / Staff.mis_id
    StaffLocalId = Check.staff / Staff.idaas_id
    CheckCode = Check.code
    CheckDescription = Check.description
    RequestDate = Check.requested
    ClearanceDate = Check.cleared
    ClearanceLevel = Check.level
    ExpiryDate = Check.expires
    ReferenceNumber = Check.reference_no
    DocumentNumber = Check.document_no
    AuthenticatedBy = Check.authenticated_by
    LastUpdated = LastUpdated(Check)
    RowHash = RowHash(Check)


staff_checks = Endpoint(
    "StaffChecks",
    "StaffChecks",
    "Staff",
    "Information about checks conducted on staff.",
    S.StaffChecks,
    (StaffChecks,),
    years=True,
    options=other_staff(Check.staff),
    filters=one_member("StaffId", Check.staff),
)


class StaffQualifications(
    Table,
    of=Qualification,
    only=working(Qualification.staff),
    order=(Qualification.staff / Staff.mis_id, Qualification.awarded, Qualification.mis_id),
):
    """What members of staff are qualified in."""

    Id = Qualification.mis_id
    StaffMis_Id = Qualification.staff / Staff.mis_id
    StaffLocalId = Qualification.staff / Staff.idaas_id
    QualificationName = Qualification.name
    QualificationDescription = Qualification.description
    DateAwarded = Qualification.awarded
    QualificationLevel = Qualification.level
    FirstSubject = Qualification.first_subject
    SecondSubject = Qualification.second_subject
    DegreeClass = Qualification.degree_class
    OriginCountry = Qualification.origin
    Verified = Qualification.verified
    LastUpdated = LastUpdated(Qualification)
    RowHash = RowHash(Qualification)


staff_qualifications = Endpoint(
    "StaffQualifications",
    "StaffQualifications",
    "Staff",
    "Information about staff qualifications.",
    S.StaffQualifications,
    (StaffQualifications,),
    years=True,
    options=other_staff(Qualification.staff),
    filters=one_member("StaffId", Qualification.staff),
)


class StaffTraining(
    Table,
    of=Training,
    only=working(Training.staff),
    order=(Training.staff / Staff.mis_id, Training.start, Training.mis_id),
):
    """The training of members of staff, planned training too."""

    Id = Training.mis_id
    StaffMis_Id = Training.staff / Staff.mis_id
    StaffLocalId = Training.staff / Staff.idaas_id
    CourseCode = Training.code
    CourseTitle = Training.title
    Provider = Training.provider
    Venue = Training.venue
    StartDate = Training.start
    EndDate = Training.end
    Hours = Training.hours
    Result = Training.result
    ExpiryDate = Training.expires
    Cost = Training.cost
    Notes = Training.notes
    LastUpdated = LastUpdated(Training)
    RowHash = RowHash(Training)


staff_training = Endpoint(
    "StaffTraining",
    "StaffTraining",
    "Staff",
    "Training that members of staff had, or are to have.",
    S.StaffTraining,
    (StaffTraining,),
    filters=one_member("Id", Training.staff),
)


class StaffImpairments(
    Table,
    of=Impairment,
    only=working(Impairment.staff),
    order=(Impairment.staff / Staff.mis_id, Impairment.start, Impairment.mis_id),
):
    """Impairments that members of staff told the school about, and what it arranges."""

    Id = Impairment.mis_id
    StaffMis_Id = Impairment.staff / Staff.mis_id
    StaffLocalId = Impairment.staff / Staff.idaas_id
    ImpairmentCode = Impairment.code
    ImpairmentDescription = Impairment.description
    StartDate = Impairment.start
    EndDate = Impairment.end
    Adjustment = Impairment.adjustment
    Notes = Impairment.notes
    LastUpdated = LastUpdated(Impairment)
    RowHash = RowHash(Impairment)


staff_impairments = Endpoint(
    "StaffImpairments",
    "StaffImpairments",
    "Staff",
    "Impairments of current staff, where they told the school.",
    S.StaffImpairments,
    (StaffImpairments,),
)

ENDPOINTS = (staff_absence, staff_checks, staff_qualifications, staff_training, staff_impairments)
