"""What must be granted to use each kind of document that Ed-Fi's standard knows, and whose data it is.

Each row was set by somebody who read what the document holds. It is closed by default: what has no row is not served.
Whoever writes a document needs what reading it needs as well, so that no write tells what may not be read. Where the
record has a home for a document, its row says what the record says, and each fact has its own scope besides.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..scopes import Need, S


@dataclass(frozen=True)
class Whose:
    """Somebody whom a document is about: who they are, and the reference that names them."""

    kind: str
    """`student`, `staff` or `contact`."""
    reference: str
    """Its path, `[*]` for each item; after a dot one of the document that it leads to; empty: the document itself."""


@dataclass(frozen=True)
class Guard:
    """What must be granted to read and to write one kind of document, whose data it is, and why."""

    read: Need
    write: Need
    whose: tuple[Whose, ...]
    reason: str
    parts: Mapping[str, Need] = field(default_factory=dict[str, Need])
    """Members that need more, by path: without it the document is shown without them."""

    @property
    def names_others(self) -> bool:
        """Whether somebody may be named beside whom a document is about."""
        return len(self.whose) > 1 or any("[*]" in one.reference for one in self.whose)

    @property
    def whole(self) -> Need:
        """What reading every member needs."""
        need = self.read
        for part in self.parts.values():
            need = need & part
        return need


GUARDS: dict[str, Guard] = {}
"""The rows by the name of the resource."""


def guard_of(name: str) -> Guard | None:
    """The row of a resource; a resource without one is not served."""
    return GUARDS.get(name)


def _row(
    names: str,
    read: Need,
    write: Need,
    reason: str,
    whose: tuple[Whose, ...] = (),
    parts: Mapping[str, Need] | None = None,
) -> None:
    # Resources that hold the same share what was decided of them, but each has a row of its own.
    for name in names.split():
        if name in GUARDS:
            raise TypeError(f"{name} has two rows")
        GUARDS[name] = Guard(read, write, whose, reason, parts or {})


def _of(kind: str, *references: str) -> tuple[Whose, ...]:
    return tuple(Whose(kind, reference) for reference in references)


SCHOOL = S.School | S.SchoolLite
STUDENT = S.Student | S.StudentLite
STAFF = S.Staff | S.StaffLite
TESTS = S.School | S.AssessmentResults

PUPIL, EMPLOYEE = _of("student", "studentReference"), _of("staff", "staffReference")

SENSITIVE = (
    S.StudentFamily
    & S.StudentMigrant
    & S.StudentImmigration
    & S.StudentDelinquency
    & S.StudentFunding
    & S.StudentDemographic
    & S.StudentMedical
    & S.SEN
)
"""What tells of any kind of support that a student receives, also one for which a scope of its own stands."""

ANY_PROGRAM = S.StudentPrograms & SENSITIVE
"""For what may name any programme, also one for homeless, disabled or delinquent students."""


# ---- organisations, and what a school offers

_row("schools", SCHOOL, S.WritebackSchool, "A school's name, address and kind")
_row("localEducationAgencies", SCHOOL, S.WritebackSchool, "A district's name, address and funds")
_row(
    "stateEducationAgencies educationServiceCenters educationOrganizationNetworks organizationDepartments "
    "postSecondaryInstitutions communityOrganizations communityProviders",
    SCHOOL,
    S.WritebackSchool,
    "An organisation's name, address and kind; nobody is named",
)
_row("communityProviderLicenses", SCHOOL, S.WritebackSchool, "What an organisation is licensed for")
_row(
    "educationOrganizationNetworkAssociations educationOrganizationPeerAssociations feederSchoolAssociations",
    SCHOOL,
    S.WritebackSchool,
    "Which organisations belong together",
)
_row("accountabilityRatings", S.School, S.WritebackSchool, "How a state rates an organisation")
_row("academicWeeks", S.School, S.WritebackSchool, "A week of the school's calendar")
_row("calendars calendarDates", S.School, S.WritebackSchool, "The school's calendar, and what is on on a day")
_row("gradingPeriods", SCHOOL, S.WritebackSchool, "When marks are given")
_row("sessions", SCHOOL, S.WritebackSchool, "A part of the school year")
_row("schoolYearTypes", SCHOOL, S.WritebackSchool, "The school years that documents name")
_row("bellSchedules classPeriods", S.School, S.WritebackSchool, "At what times the school teaches")
_row("locations", S.School, S.WritebackSchool, "A room, and how many it seats")
_row("courses", SCHOOL, S.WritebackSchool, "What is taught")
_row("courseOfferings sections", SCHOOL, S.WritebackGroups, "What is taught in a session, and in which classes")
_row("programs", SCHOOL, S.WritebackSchool, "A programme that is offered, without who is in it")
_row("cohorts", SCHOOL, S.WritebackGroups, "A group of students, without who is in it")
_row("graduationPlans", S.School, S.WritebackSchool, "What a diploma asks for, without whose it is")
_row(
    "learningStandards learningStandardEquivalenceAssociations competencyObjectives educationContents",
    S.School,
    S.WritebackSchool,
    "What is to be learnt, and with what",
)
_row("descriptorMappings", SCHOOL, S.WritebackSchool, "Which word of one list means which of another")
_row("crisisEvents", S.School, S.WritebackSchool, "An event such as a flood, without whom it displaced")
_row(
    "interventionPrescriptions interventionStudies educationOrganizationInterventionPrescriptionAssociations",
    S.School,
    S.WritebackSchool,
    "What may help students, and how well it did, without whom",
)
_row(
    "programEvaluations programEvaluationElements programEvaluationObjectives evaluationRubricDimensions",
    S.School,
    S.WritebackSchool,
    "By what a programme is judged, without any judgement",
)
_row("openStaffPositions", S.StaffEmployment, S.WritebackStaff, "A post that is to be filled; nobody is named")

# ---- money

_row(
    "balanceSheetDimensions functionDimensions fundDimensions objectDimensions operationalUnitDimensions "
    "programDimensions projectDimensions sourceDimensions chartOfAccounts localAccounts",
    S.Finance,
    S.WritebackFinance,
    "How accounts are ordered",
)
_row("localActuals localBudgets localEncumbrances", S.Finance, S.WritebackFinance, "What is planned and spent")
_row(
    "localContractedStaffs localPayrolls",
    S.Finance & S.StaffContractual & STAFF,
    S.WritebackFinance,
    "What a member of staff is paid",
    EMPLOYEE,
)

# ---- staff

_row(
    "staffs",
    STAFF,
    S.WritebackStaff,
    "A member of staff; each further fact has its own scope",
    _of("staff", ""),
)
_row(
    "staffEducationOrganizationAssignmentAssociations",
    S.StaffEmployment & STAFF,
    S.WritebackStaff,
    "A position of a member of staff",
    (*EMPLOYEE, *_of("staff", "employmentStaffEducationOrganizationEmploymentAssociationReference")),
)
_row(
    "staffEducationOrganizationEmploymentAssociations",
    S.StaffEmployment & STAFF,
    S.WritebackStaff,
    "When and why somebody was employed and left; pay is in the contract",
    EMPLOYEE,
    {
        "annualWage": S.StaffContractual,
        "hourlyWage": S.StaffContractual,
        # Illness, disability and death are among the reasons.
        "separationReasonDescriptor": S.StaffImpairments,
    },
)
_row(
    "staffEducationOrganizationContactAssociations",
    STAFF,
    S.WritebackStaff,
    "How a member of staff is reached at work; an address may be that of a home",
    EMPLOYEE,
    {"address": S.StaffAddress, "telephones": S.StaffPersonalContact},
)
_row(
    "staffSchoolAssociations",
    S.StaffEmployment & STAFF,
    S.WritebackStaff,
    "What somebody is assigned to teach at a school",
    EMPLOYEE,
)
_row("staffAbsenceEvents staffLeaves", S.StaffAbsence & STAFF, S.WritebackStaff, "Absences and their reasons", EMPLOYEE)
_row(
    "staffProgramAssociations",
    SCHOOL & STAFF,
    S.WritebackStaff,
    "Who works for a programme",
    EMPLOYEE,
)
_row("staffSectionAssociations", SCHOOL & STAFF, S.WritebackGroups, "Who teaches a class", EMPLOYEE)
_row("staffCohortAssociations", SCHOOL & STAFF, S.WritebackGroups, "Who looks after a group", EMPLOYEE)
_row(
    "credentials",
    S.StaffQualifications,
    S.WritebackStaff,
    "A licence to teach; whose it is, staff documents say",
)

# ---- people

_row("students", STUDENT, S.WritebackStudents, "A student; each further fact has its own scope", _of("student", ""))
_row(
    "people",
    STUDENT & STAFF & S.Contact,
    S.WritebackStudents & S.WritebackStaff & S.WritebackContacts,
    "The number of somebody in another system, who may be a student, a member of staff or a contact",
)
_row(
    "contacts",
    S.Contact,
    S.WritebackContacts,
    "A parent or another contact",
    _of("contact", ""),
    dict.fromkeys(
        (
            "genderIdentity",
            "highestCompletedLevelOfEducationDescriptor",
            "languages",
            "loginId",
            "personalIdentificationDocuments",
        ),
        S.ContactExtended,
    ),
)
_row(
    "studentContactAssociations",
    STUDENT & S.Contact,
    S.WritebackContacts,
    "Whose contact somebody is; restrictions may come from a court",
    (*PUPIL, *_of("contact", "contactReference")),
    {"contactRestrictions": S.StudentFamily, "livesWith": S.StudentDemographic},
)

# ---- students at school

_row("studentSchoolAssociations", STUDENT, S.WritebackEnrolments, "An enrolment", PUPIL)
_row("studentSectionAssociations", SCHOOL & STUDENT, S.WritebackGroups, "Who is in a class", PUPIL)
_row("studentCohortAssociations", SCHOOL & STUDENT, S.WritebackGroups, "Who is in a group", PUPIL)
_row(
    "studentEducationOrganizationAssociations",
    STUDENT,
    S.WritebackStudents,
    "What a district knows of a student: nearly every member is of another kind, and some are as sensitive as can be",
    PUPIL,
    {
        **dict.fromkeys(("addresses", "internationalAddresses"), S.Address),
        **dict.fromkeys(("telephones", "electronicMails", "loginId", "cohortYears"), S.StudentExtended),
        **dict.fromkeys(
            ("races", "hispanicLatinoEthnicity", "ancestryEthnicOrigins", "tribalAffiliations"), S.StudentEthnicity
        ),
        **dict.fromkeys(
            (
                "languages",
                "limitedEnglishProficiencyDescriptor",
                "genderIdentity",
                "barrierToInternetAccessInResidenceDescriptor",
                "internetAccessInResidence",
                "internetAccessTypeInResidenceDescriptor",
                "internetPerformanceInResidenceDescriptor",
                "primaryLearningDeviceAccessDescriptor",
                "primaryLearningDeviceAwayFromSchoolDescriptor",
                "primaryLearningDeviceProviderDescriptor",
            ),
            S.StudentDemographic,
        ),
        "disabilities": S.StudentMedical & S.SEN,
        "displacedStudents": S.StudentFamily & S.StudentImmigration,
        "profileThumbnail": S.Photos,
        # Homeless, migrant, pregnant, in foster care: a characteristic may be any of them.
        "studentCharacteristics": SENSITIVE & S.StudentPregnancy,
        "studentIdentificationCodes": S.UPN,
        "studentIndicators": SENSITIVE & S.StudentFreeText,
        "supporterMilitaryConnectionDescriptor": S.StudentFamily,
    },
)
_row(
    "studentEducationOrganizationResponsibilityAssociations",
    STUDENT & S.StudentExtended,
    S.WritebackEnrolments,
    "Which district answers for a student",
    PUPIL,
)
_row(
    "studentTransportations",
    STUDENT & S.StudentDemographic,
    S.WritebackStudents,
    "How a student comes to school; who pays for it, and by what, may tell of a disability or of having no home",
    PUPIL,
    dict.fromkeys(
        (
            "specialAccomodationRequirements",
            "transportationPublicExpenseEligibilityTypeDescriptor",
            "transportationTypeDescriptor",
        ),
        S.StudentMedical & S.SEN & S.StudentFamily,
    ),
)
_row(
    "studentHealths",
    STUDENT & S.StudentMedical,
    S.WritebackMedical,
    "Immunisations, and why there are none",
    PUPIL,
)
_row(
    "postSecondaryEvents",
    STUDENT & S.StudentExtended,
    S.WritebackEnrolments,
    "Where a student went after school",
    PUPIL,
)

# ---- attendance

_row(
    "studentSchoolAttendanceEvents studentSectionAttendanceEvents",
    STUDENT & S.Attendance,
    S.WritebackAttendance,
    "When a student was there or not, and why",
    PUPIL,
)
_row(
    "sectionAttendanceTakenEvents",
    S.Attendance,
    S.WritebackAttendance,
    "That attendance was taken, and who took it",
    EMPLOYEE,
    {"staffReference": STAFF},
)

# ---- conduct

_row(
    "disciplineIncidents",
    S.Conduct,
    S.WritebackConduct,
    "What happened; its description and who reported it may name anybody",
    (),
    {
        "incidentDescription": S.ConductComments,
        "behaviors[*].behaviorDetailedDescription": S.ConductComments,
        "reporterName": S.ConductComments,
        "externalParticipants": S.ConductComments,
    },
)
_row(
    "studentDisciplineIncidentBehaviorAssociations",
    STUDENT & S.Conduct,
    S.WritebackConduct,
    "What a student did",
    PUPIL,
    {"behaviorDetailedDescription": S.ConductComments},
)
_row(
    "studentDisciplineIncidentNonOffenderAssociations",
    STUDENT & S.Conduct,
    S.WritebackConduct,
    "Who saw it, or had it done to them",
    PUPIL,
)
_row(
    "disciplineActions",
    STUDENT & S.Conduct & S.StudentExclusions,
    S.WritebackConduct,
    "A suspension or another measure; a meeting about a special education plan tells of one",
    (
        *PUPIL,
        *_of(
            "student",
            "studentDisciplineIncidentBehaviorAssociations[*].studentDisciplineIncidentBehaviorAssociationReference",
        ),
        *_of("staff", "staffs[*].staffReference"),
    ),
    {"iepPlacementMeetingIndicator": S.SEN, "staffs": STAFF},
)
_row(
    "staffDisciplineIncidentAssociations",
    STAFF & S.Conduct,
    S.WritebackConduct,
    "What part a member of staff had in an incident",
    EMPLOYEE,
)
_row(
    "restraintEvents",
    STUDENT & S.StudentRestraint,
    S.WritebackConduct,
    "That a student was restrained, and why",
    PUPIL,
    {"disciplineIncidentReference": S.Conduct, "programs": ANY_PROGRAM},
)

# ---- assessment

_row(
    "assessments",
    S.School,
    S.WritebackAssessment,
    "What is assessed, and how, without any result",
)
_row(
    "assessmentItems assessmentBatteryParts assessmentAdministrations objectiveAssessments "
    "assessmentScoreRangeLearningStandards",
    TESTS,
    S.WritebackAssessment,
    "What a test is made of, without any result",
)
_row(
    "assessmentAdministrationParticipations",
    TESTS,
    S.WritebackAssessment,
    "Which organisation takes part in a test, and whom to ask there",
    (),
    {"administrationPointOfContacts": STAFF},
)
_row("gradebookEntries", S.School, S.WritebackAssessment, "Work that is set for a class")
_row(
    "studentAssessments",
    STUDENT & S.AssessmentResults,
    S.WritebackAssessment,
    "What a student achieved; an accommodation tells of a disability, a reason of much else",
    PUPIL,
    {
        "accommodations": S.SEN,
        "eventDescription": S.StudentFreeText,
        "reasonNotTestedDescriptor": SENSITIVE,
        "eventCircumstanceDescriptor": SENSITIVE,
    },
)
_row(
    "studentAssessmentEducationOrganizationAssociations",
    STUDENT & S.AssessmentResults,
    S.WritebackAssessment,
    "Which organisation a result counts for",
    _of("student", "studentAssessmentReference"),
)
_row(
    "studentAssessmentRegistrations",
    STUDENT & S.AssessmentResults,
    S.WritebackAssessment,
    "That a student is to be tested; accommodations tell of a disability",
    _of(
        "student",
        "studentEducationOrganizationAssociationReference",
        "studentSchoolAssociationReference",
        "scheduledStudentEducationOrganizationAssessmentAccommodationReference",
    ),
    {
        "assessmentAccommodations": S.SEN,
        "assessmentCustomizations": S.SEN,
        "scheduledStudentEducationOrganizationAssessmentAccommodationReference": S.SEN,
    },
)
_row(
    "studentAssessmentRegistrationBatteryPartAssociations",
    STUDENT & S.AssessmentResults,
    S.WritebackAssessment,
    "Which part of a test a student is registered for",
    _of("student", "studentAssessmentRegistrationReference"),
    {"accommodations": S.SEN},
)
_row(
    "studentEducationOrganizationAssessmentAccommodations",
    STUDENT & S.SEN,
    S.WritebackAssessment,
    "What a student is allowed in tests, which tells of a disability",
    PUPIL,
)
_row(
    "studentGradebookEntries",
    STUDENT & S.AssessmentResults,
    S.WritebackAssessment,
    "What a student handed in, and how it was marked",
    PUPIL,
)
_row(
    "grades",
    STUDENT & S.AssessmentResults,
    S.WritebackAssessment,
    "A student's mark in a class",
    _of("student", "studentSectionAssociationReference"),
)
_row(
    "reportCards",
    STUDENT & S.AssessmentResults,
    S.WritebackAssessment,
    "A student's marks of a period; days missed are attendance",
    (
        *PUPIL,
        *_of(
            "student",
            "grades[*].gradeReference",
            "studentCompetencyObjectives[*].studentCompetencyObjectiveReference",
        ),
    ),
    dict.fromkeys(("numberOfDaysAbsent", "numberOfDaysInAttendance", "numberOfDaysTardy"), S.Attendance),
)
_row(
    "studentCompetencyObjectives",
    STUDENT & S.AssessmentResults,
    S.WritebackAssessment,
    "What a student has mastered; it may name any programme that they are in",
    (
        *PUPIL,
        *_of(
            "student",
            "generalStudentProgramAssociations[*].generalStudentProgramAssociationReference",
            "studentSectionAssociations[*].studentSectionAssociationReference",
        ),
    ),
    {"generalStudentProgramAssociations": ANY_PROGRAM},
)
_row(
    "studentAcademicRecords",
    STUDENT & S.AssessmentResults,
    S.WritebackAssessment,
    "A student's credits, averages, honours and diplomas",
    (*PUPIL, *_of("student", "reportCards[*].reportCardReference")),
)
_row(
    "courseTranscripts",
    STUDENT & S.AssessmentResults,
    S.WritebackAssessment,
    "What a student achieved in a course; it may name any programme that they are in",
    (*_of("student", "studentAcademicRecordReference"), *_of("staff", "responsibleTeacherStaffReference")),
    {"responsibleTeacherStaffReference": STAFF, "coursePrograms": ANY_PROGRAM},
)

# ---- programmes. A grant from before opens none of them, since nobody was asked about `StudentPrograms` then.

_PROGRAM = STUDENT & S.StudentPrograms

_row(
    "studentProgramAssociations",
    _PROGRAM,
    S.WritebackPrograms,
    "That a student is in a programme; the services tell of a disability",
    PUPIL,
    {"services": S.StudentMedical & S.SEN},
)
_row("studentCTEProgramAssociations", _PROGRAM, S.WritebackPrograms, "Career and technical education", PUPIL)
_row(
    "studentProgramAttendanceEvents",
    STUDENT & S.Attendance & ANY_PROGRAM,
    S.WritebackAttendance,
    "Attendance of a programme, which may be any, also one for homeless students",
    PUPIL,
)
_row(
    "studentProgramEvaluations",
    STUDENT & ANY_PROGRAM,
    S.WritebackPrograms,
    "How a student was judged in a programme, which may be any",
    (*PUPIL, *_of("staff", "staffEvaluatorStaffReference")),
    {
        "staffEvaluatorStaffReference": STAFF,
        "summaryEvaluationComment": S.StudentFreeText,
        "externalEvaluators": S.StudentFreeText,
    },
)
_row(
    "studentHomelessProgramAssociations",
    _PROGRAM & S.StudentFamily,
    S.WritebackPrograms,
    "That a student is homeless, where they sleep, and whether alone",
    PUPIL,
)
_row(
    "studentMigrantEducationProgramAssociations",
    _PROGRAM & S.StudentMigrant,
    S.WritebackPrograms,
    "Moves of a migrant worker's child",
    PUPIL,
)
_row(
    "studentNeglectedOrDelinquentProgramAssociations",
    _PROGRAM & S.StudentDelinquency,
    S.WritebackPrograms,
    "That a student was neglected or broke the law",
    PUPIL,
)
_row(
    "studentLanguageInstructionProgramAssociations",
    _PROGRAM & S.StudentDemographic,
    S.WritebackPrograms,
    "How well a student knows English; tests of it are results",
    PUPIL,
    {"englishLanguageProficiencyAssessments": S.AssessmentResults},
)
_row(
    "studentSchoolFoodServiceProgramAssociations",
    _PROGRAM & S.StudentFunding,
    S.WritebackPrograms,
    "That a student eats free or for less, which tells of poverty",
    PUPIL,
)
_row(
    "studentTitleIPartAProgramAssociations",
    _PROGRAM & S.StudentFunding,
    S.WritebackPrograms,
    "Support in schools of poor districts",
    PUPIL,
)
_row(
    "studentSection504ProgramAssociations",
    _PROGRAM & S.StudentMedical & S.SEN,
    S.WritebackPrograms,
    "A disability, and what is done about it",
    PUPIL,
)
_row(
    "studentSpecialEducationProgramAssociations",
    _PROGRAM & S.StudentMedical & S.SEN,
    S.WritebackPrograms,
    "Disabilities and their diagnosis, plans and services; and who gives them",
    (
        *PUPIL,
        *_of(
            "staff",
            "serviceProviders[*].staffReference",
            "specialEducationProgramServices[*].providers[*].staffReference",
        ),
    ),
    {"serviceProviders": STAFF, "specialEducationProgramServices[*].providers": STAFF},
)
_row(
    "studentSpecialEducationProgramEligibilityAssociations",
    _PROGRAM & S.SEN,
    S.WritebackPrograms,
    "Whether a student is entitled to special education",
    PUPIL,
)
_row(
    "interventions",
    S.School,
    S.WritebackPrograms,
    "What is done to help, by whom, without for whom",
    _of("staff", "staffs[*].staffReference"),
    {"staffs": STAFF},
)
_row(
    "studentInterventionAssociations",
    _PROGRAM,
    S.WritebackPrograms,
    "What is done to help a student; a diagnosis is medical",
    PUPIL,
    {
        "diagnosticStatement": S.StudentMedical & S.SEN,
        "interventionEffectivenesses": S.StudentMedical & S.SEN,
    },
)
_row(
    "studentInterventionAttendanceEvents",
    _PROGRAM & S.Attendance,
    S.WritebackAttendance,
    "When a student came to what is done to help them",
    PUPIL,
)

# ---- surveys

_row(
    "surveys surveyQuestions surveySections surveyCourseAssociations surveyProgramAssociations "
    "surveySectionAssociations",
    S.School | S.SurveyResponses,
    S.WritebackSurveys,
    "What is asked, of which class or programme, without any answer",
)
_ANSWERING = (
    *_of("student", "surveyResponseReference.studentReference"),
    *_of("staff", "surveyResponseReference.staffReference"),
    *_of("contact", "surveyResponseReference.contactReference"),
)
_SECTION = tuple(Whose(w.kind, f"surveySectionResponseReference.{w.reference}") for w in _ANSWERING)
_row(
    "surveyResponses",
    S.SurveyResponses,
    S.WritebackSurveys,
    "That somebody answered, and from where; who it was is withheld from whoever may not see such people",
    (*PUPIL, *EMPLOYEE, *_of("contact", "contactReference")),
    {
        "studentReference": STUDENT,
        "staffReference": STAFF,
        "contactReference": S.Contact,
        **dict.fromkeys(("fullName", "electronicMailAddress", "location"), STUDENT & STAFF & S.Contact),
    },
)
_row(
    "surveyQuestionResponses surveySectionResponses surveyResponseEducationOrganizationTargetAssociations",
    S.SurveyResponses,
    S.WritebackSurveys,
    "What was answered, or whom it is about; who answered, the response says",
    _ANSWERING,
)
_row(
    "surveySectionResponseEducationOrganizationTargetAssociations",
    S.SurveyResponses,
    S.WritebackSurveys,
    "Which organisation answers are about",
    _SECTION,
)
_row(
    "surveyResponseStaffTargetAssociations",
    S.SurveyResponses & STAFF,
    S.WritebackSurveys,
    "Which member of staff answers are about",
    (*EMPLOYEE, *_ANSWERING),
)
_row(
    "surveySectionResponseStaffTargetAssociations",
    S.SurveyResponses & STAFF,
    S.WritebackSurveys,
    "Which member of staff answers are about",
    (*EMPLOYEE, *_SECTION),
)
