"""Students and their siblings (Xporter School Data API 1.0.0, school.students)."""

from __future__ import annotations

from ...api.resource import Add, Also, Endpoint, Filter, Option, Table, With
from ...fields import TODAY, Arg, AsText, Called, Csv, First, Given, Key, LastUpdated, MarkString, RowHash, Tally
from ...model.attendance import YEAR_START, counts, marks_this_year
from ...model.groups import Group
from ...model.history import ever_six
from ...model.people import Contact
from ...model.students import (
    Relationship,
    Sibling,
    Student,
    StudentMembership,
    StudentPhoto,
    parents,
    siblings,
    student_groups,
    student_photos,
)
from ...scopes import S
from .filters import updated_since

_ordinary = Student.enrolment_status.unknown() | Student.enrolment_status.one_of("C", "M", "F", "O")
on_roll = Student.on_roll.is_("OnRoll") & _ordinary


class Students(Table, of=Student, only=on_roll, order=(Student.mis_id,)):
    """Students on roll; others when they are asked for."""

    Id = Student.mis_id
    ExternalId = Student.external_id
    IdaasId = Student.idaas_id
    XID = Student.xid
    Forename = Student.forename
    Surname = Student.surname
    DisplayName = Student.display_name
    Gender = Student.gender
    RegGroupId = Student.reg_group / Group.mis_id
    RegGroup = Student.reg_group / Group.name
    YearGroupId = Student.year_group / Group.mis_id
    YearGroup = Student.year_group / Group.name
    StandardYearGroupCode = Student.year_group / Group.standard_year
    StandardYearGroupName = Student.year_group / Group.standard_year_title
    HouseGroupId = Student.house_group / Group.mis_id
    HouseGroup = Student.house_group / Group.name
    WorkEmail = Student.work_email
    IdaasEmail = Student.idaas_email
    HomeEmail = Student.home_email
    HomePhone = Student.home_phone
    MobilePhone = Student.mobile_phone
    AdmissionNo = Student.admission_no
    DateofBirth = Student.birth_date
    UniqueLearnerNumber = Student.uln
    LegalForename = Student.legal_forename
    LegalSurname = Student.legal_surname
    PreviousLegalSurname = Student.previous_legal_surname
    EntryDate = Student.entry_date
    LeavingDate = Student.leaving_date
    Destination = Student.destination
    DestinationStartDate = Student.destination_start
    ReasonForLeaving = Student.reason_for_leaving
    MiddleName = Student.middle_name
    EnrolmentStatus = Student.enrolment_status
    Boarder = Student.boarder
    BoardingHouse = Student.boarding_house
    SENProvision = Student.sen_provision
    EAL = Student.eal
    ReligionCode = Student.religion_code
    Religion = Student.religion
    EthnicityCode = Student.ethnicity_code
    Ethnicity = Student.ethnicity
    EthnicitySource = Student.ethnicity_source
    HomeLanguage = Student.home_language
    HomeLanguageCode = Student.home_language_code
    FirstLanguage = Student.first_language
    FirstLanguageCode = Student.first_language_code
    FirstLanguageSource = Student.first_language_source
    EnglishProficiencyLevel = Student.english_level
    EnglishProficiencyLevelCode = Student.english_level_code
    NationalIdentity = Student.national_identity
    Nationality = Student.nationality
    CountryOfBirth = Student.birth_country
    CountryOfBirthCode = Student.birth_country_code
    AsylumStatus = Student.asylum_status
    OnReport = Student.on_report
    PostCode = Student.post_code
    ModeOfTravel = Student.travel_mode
    StdModeOfTravel = Student.travel_code
    IsTraveller = Student.is_traveller
    TravellerSource = Student.traveller_source
    TravellerType = Student.traveller_type
    FsmEligible = Student.fsm_eligible
    FsmStartDate = Student.fsm_start
    FsmEndDate = Student.fsm_end
    UniformAllowance = Student.uniform_allowance
    PupilPremium = Student.pupil_premium
    YSSA = Student.yssa
    FSMEver6 = ever_six
    Gifted = Student.gifted
    Disabled = Student.disabled
    InLeaCare = Student.in_care
    LeaCareAuthority = Student.care_authority
    EverInCare = Student.ever_in_care
    # The real service sends this one flag as a text.
    ServiceChild = AsText(Student.service_child)
    ServiceChildSource = Student.service_child_source
    IsYoungCarer = Student.young_carer
    UPN = Student.upn
    FormerUPN = Student.former_upn
    CandidateNo = Student.candidate_no
    ParentalSalutation = Student.parental_salutation
    AddressBlock = Student.address_block
    HouseNo = Student.house_no
    HouseName = Student.house_name
    Apartment = Student.apartment
    Street = Student.street
    District = Student.locality
    TownOrCity = Student.town
    County = Student.county
    Country = Student.country
    StudentStatus = Student.status
    PartTime = Student.part_time
    AttStatsStartDate = Given(
        YEAR_START, S.Attendance, about="The date from which stats are generated", example="2016-09-01"
    )
    AttStatsEndDate = Given(TODAY, S.Attendance, about="The date until stats are generated", example="2017-01-19")
    NumPossMarks = Tally(marks_this_year, counts("possible"), about="Number of possible attendable sessions")
    NumPresMarks = Tally(marks_this_year, counts("present"), about="Number of sessions where the student was present")
    NumAEAMarks = Tally(marks_this_year, counts("approved"), about="Number of approved educational absences")
    NumAuthAbsMarks = Tally(marks_this_year, counts("authorised"), about="Number of authorized absences")
    NumUnauthAbsMarks = Tally(marks_this_year, counts("unauthorised"), about="Number of unauthorised absences")
    NumMissMarks = Tally(marks_this_year, counts("missing"), about="Number of marks not completed in the MIS")
    NumLateMarks = Tally(marks_this_year, counts("late"), about="Number of marks for lateness")
    NumLateBeforeRegMarks = Tally(
        marks_this_year,
        counts("late_before"),
        about="Number of marks for late where registration still active",
    )
    AttMarksStartDate = Given(YEAR_START, S.Attendance, about="Start date of the mark string", example="2017-09-01")
    AttMarksEndDate = Given(TODAY, S.Attendance, about="End date of the mark string", example="2018-04-04")
    Marks = MarkString(
        marks_this_year,
        YEAR_START,
        TODAY,
        about="Packed mark string, two session marks per day, starting from AttMarksStartDate. "
        "PM mark is escaped \\ for JSON compatibility",
    )
    YearTaughtIn = Student.taught_in
    NCYear = Student.nc_year
    KeyStage = Student.key_stage
    QuickNote = Student.quick_note
    GroupIds = Csv(
        student_groups, StudentMembership.group / Group.mis_id, about="CSV of groupIds the student belongs to"
    )
    GroupIdaasIds = Csv(
        student_groups,
        StudentMembership.group / Group.idaas_id,
        about="CSV of Idaas GroupIds the student belongs to",
    )
    GroupXIDs = Csv(
        student_groups,
        StudentMembership.group / Group.xid,
        about="CSV of XIDs of the groups the student belongs to",
    )
    StudentSiblingIds = Csv(
        siblings,
        Sibling.sibling / Student.mis_id,
        about="CSV list of siblings enabled by option includeSiblingsList",
    )
    ParentIdaasIds = Csv(
        parents,
        Relationship.contact / Contact.idaas_id,
        about="CSV of Idaas Ids of the contacts with parental responsibility",
    )
    ParentXIDs = Csv(
        parents,
        Relationship.contact / Contact.xid,
        about="CSV of XIDs of the contacts with parental responsibility",
    )
    LeavingYearGroup = Student.leaving_year_group / Group.mis_id
    LeavingRegGroup = Student.leaving_reg_group / Group.mis_id
    PreAdmissionYearGroup = Student.planned_year_group / Group.mis_id
    PreAdmissionRegGroup = Student.planned_reg_group / Group.mis_id
    Photo = First(student_photos, StudentPhoto.image, about="Base64 encoded image of the student")
    LastUpdated = LastUpdated(Student)
    RowHash = RowHash(Student)


class StudentSiblings(
    Table,
    of=Sibling,
    only=(Sibling.sibling / Student.on_roll).is_("OnRoll"),
    follows=Sibling.student,
    order=(Sibling.student / Student.mis_id, Sibling.sibling / Student.mis_id),
):
    """Pairs of students on roll for whom one person has parental responsibility; each pair is listed twice."""

    Id = Key(
        Sibling.student / Student.idaas_id,
        ".",
        Sibling.sibling / Student.idaas_id,
        about="Unique Id of the pair",
        example="PL-9919.PL-9925",
    )
    StudentId = Sibling.student / Student.mis_id
    SiblingId = Sibling.sibling / Student.mis_id
    StudentExternalId = Sibling.student / Student.external_id
    SiblingExternalId = Sibling.sibling / Student.external_id
    StudentIdaasId = Sibling.student / Student.idaas_id
    SiblingIdaasId = Sibling.sibling / Student.idaas_id


_recent = Student.leaving_date.since(Arg("last_year_start"))

students = Endpoint(
    "Students",
    "Fetch a list of students",
    "Students",
    "Access to common core and extended student details, for those students currently on roll at the school.",
    S.Student | S.StudentLite,
    (Students, StudentSiblings),
    databases=("XodSchoolData",),
    years=True,
    as_of=Student.entry_date.need & Student.leaving_date.need,
    options={
        "includePhotos": Option("Set to enable the student photo column in the result set", Add("Photo")),
        "includeAttStats": Option(
            "Set to include aggregated session attendance stats",
            Add(
                "AttStatsStartDate",
                "AttStatsEndDate",
                "NumPossMarks",
                "NumPresMarks",
                "NumAEAMarks",
                "NumAuthAbsMarks",
                "NumUnauthAbsMarks",
                "NumMissMarks",
                "NumLateMarks",
                "NumLateBeforeRegMarks",
            ),
        ),
        "includeAttMarkString": Option(
            "Set to include packed attendance mark string with start and end dates",
            Add("AttMarksStartDate", "AttMarksEndDate", "Marks"),
        ),
        "includeGroupIds": Option("Set to include CSV of GroupIds the student belongs to", Add("GroupIds")),
        "includeGroupIdaasIds": Option(
            "Set to include CSV of Idaas GroupIds the student belongs to", Add("GroupIdaasIds")
        ),
        "includeGroupXIDs": Option("Set to include CSV of XIDs of the student's groups", Add("GroupXIDs")),
        "includeParentIdaasIds": Option("Set to include ParentIdaasIds column", Add("ParentIdaasIds")),
        "includeParentXIDs": Option("Set to include ParentXIDs column", Add("ParentXIDs")),
        "includeSiblingsList": Option(
            "Set to include StudentSiblingIds column in the Students result set", Add("StudentSiblingIds")
        ),
        "includeSiblingsResultset": Option(
            "Set to include data in additional Siblings Resultset", With(StudentSiblings)
        ),
        "includeLeavers": Option(
            "Set to include Leavers from current and previous academic year",
            Also(Student.on_roll.is_("Leaver") & _recent),
        ),
        "includePreAdmissions": Option(
            "Set to include students with a future start date", Also(Student.on_roll.is_("PreAdmission"))
        ),
        "includeSubsidiary": Option(
            "Include students with Subsidiary Enrolment",
            Also(Student.on_roll.is_("OnRoll") & Student.enrolment_status.is_("S")),
        ),
        "includeGuests": Option(
            'Include students with enrolment status "G"',
            Also(Student.on_roll.is_("OnRoll") & Student.enrolment_status.is_("G")),
        ),
        "includeComms": Option(
            "Include student home email, home telephone, mobile telephone",
            Add("HomeEmail", "HomePhone", "MobilePhone"),
        ),
    },
    filters={
        "id": Filter(
            "A single student by Id, ExternalId or XID",
            Called((Student.mis_id, Student.external_id, Student.xid), Arg("id")),
        ),
        "yearGroupId": Filter(
            "Students of a specific Year Group, by its Id from the groups endpoint",
            Called((Group.mis_id,), Arg("yearGroupId"), Student.year_group),
        ),
        "studentStatus": Filter(
            "Students of a specific roll status",
            Student.on_roll.is_(Arg("studentStatus")),
            kind="code",
            choices={"Onroll": "OnRoll", "Leaver": "Leaver", "Preadmission": "PreAdmission"},
            instead=True,
        ),
        "updatedSince": updated_since(Student),
    },
)

ENDPOINTS = (students,)
