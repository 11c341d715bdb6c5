"""The interchange files of the Ed-Fi Data Standard, with the kinds of document that each may hold."""

from __future__ import annotations

INTERCHANGES: dict[str, str] = {
    "AssessmentMetadata": (
        "Assessment AssessmentAdministration AssessmentAdministrationParticipation AssessmentBatteryPart "
        "AssessmentItem AssessmentScoreRangeLearningStandard ObjectiveAssessment"
    ),
    "Contact": "Contact StudentContactAssociation",
    "EducationOrgCalendar": "AcademicWeek Calendar CalendarDate GradingPeriod SchoolYearType Session",
    "EducationOrganization": (
        "AccountabilityRating ClassPeriod CommunityOrganization CommunityProvider CommunityProviderLicense Course "
        "CrisisEvent EducationOrganizationNetwork EducationOrganizationNetworkAssociation "
        "EducationOrganizationPeerAssociation EducationServiceCenter FeederSchoolAssociation LocalEducationAgency "
        "Location OrganizationDepartment PostSecondaryInstitution Program School StateEducationAgency"
    ),
    "Finance": (
        "BalanceSheetDimension ChartOfAccount FunctionDimension FundDimension LocalAccount LocalActual LocalBudget "
        "LocalContractedStaff LocalEncumbrance LocalPayroll ObjectDimension OperationalUnitDimension ProgramDimension "
        "ProjectDimension SourceDimension"
    ),
    "MasterSchedule": "BellSchedule CourseOffering Section SectionAttendanceTakenEvent",
    "PostSecondaryEvent": "PostSecondaryEvent",
    "StaffAssociation": (
        "Credential OpenStaffPosition Person Staff StaffAbsenceEvent StaffEducationOrganizationAssignmentAssociation "
        "StaffEducationOrganizationContactAssociation StaffEducationOrganizationEmploymentAssociation StaffLeave "
        "StaffProgramAssociation StaffSchoolAssociation StaffSectionAssociation"
    ),
    "Standards": (
        "CompetencyObjective DescriptorMapping EducationContent LearningStandard LearningStandardEquivalenceAssociation"
    ),
    "Student": "Student",
    "StudentAssessment": (
        "StudentAssessment StudentAssessmentEducationOrganizationAssociation StudentAssessmentRegistration "
        "StudentAssessmentRegistrationBatteryPartAssociation StudentEducationOrganizationAssessmentAccommodation"
    ),
    "StudentAttendance": (
        "StudentInterventionAttendanceEvent StudentProgramAttendanceEvent StudentSchoolAttendanceEvent "
        "StudentSectionAttendanceEvent"
    ),
    "StudentCohort": "Cohort StaffCohortAssociation StudentCohortAssociation",
    "StudentDiscipline": (
        "DisciplineAction DisciplineIncident RestraintEvent StaffDisciplineIncidentAssociation "
        "StudentDisciplineIncidentBehaviorAssociation StudentDisciplineIncidentNonOffenderAssociation"
    ),
    "StudentEnrollment": (
        "GraduationPlan StudentEducationOrganizationAssociation StudentEducationOrganizationResponsibilityAssociation "
        "StudentHealth StudentSchoolAssociation StudentSectionAssociation StudentTransportation"
    ),
    "StudentGrade": "CourseTranscript Grade ReportCard StudentAcademicRecord StudentCompetencyObjective",
    "StudentGradebook": "GradebookEntry StudentGradebookEntry",
    "StudentIntervention": (
        "EducationOrganizationInterventionPrescriptionAssociation Intervention InterventionPrescription "
        "InterventionStudy StudentInterventionAssociation"
    ),
    "StudentProgram": (
        "EvaluationRubricDimension ProgramEvaluation ProgramEvaluationElement ProgramEvaluationObjective "
        "StudentCTEProgramAssociation StudentHomelessProgramAssociation StudentLanguageInstructionProgramAssociation "
        "StudentMigrantEducationProgramAssociation StudentNeglectedOrDelinquentProgramAssociation "
        "StudentProgramAssociation StudentProgramEvaluation StudentSchoolFoodServiceProgramAssociation "
        "StudentSection504ProgramAssociation StudentSpecialEducationProgramAssociation "
        "StudentSpecialEducationProgramEligibilityAssociation StudentTitleIPartAProgramAssociation"
    ),
    "Survey": (
        "Survey SurveyCourseAssociation SurveyProgramAssociation SurveyQuestion SurveyQuestionResponse SurveyResponse "
        "SurveyResponseEducationOrganizationTargetAssociation SurveyResponseStaffTargetAssociation SurveySection "
        "SurveySectionAssociation SurveySectionResponse SurveySectionResponseEducationOrganizationTargetAssociation "
        "SurveySectionResponseStaffTargetAssociation"
    ),
}
"""Their entities, by the name of the file."""
