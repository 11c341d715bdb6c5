"""Learners over sixteen and education elsewhere (school.post16study, school.fundingmonitoring,
school.studentalternativeprovision)."""

from __future__ import annotations

from ...api.resource import Endpoint, Filter, Table
from ...fields import Arg, Called, Ref
from ...model.post16 import AlternativeProvision, FundingRecord, StudyCourse, StudyProgramme
from ...model.post16 import LearnerSupport as Support
from ...model.students import Student
from ...scopes import S


def _one_student(ref: Ref, support: type[Table] | None = None, also: Ref | None = None) -> dict[str, Filter]:
    """The filter for the records of one student, in a second table too."""

    def called(of: Ref) -> Called:
        return Called((Student.mis_id, Student.external_id, Student.xid), Arg("StudentId"), of)

    elsewhere = {support: called(also)} if support and also else {}
    about = "Retrieve records relating to a specific student"
    return {"StudentId": Filter(about, called(ref), elsewhere=elsewhere)}


class Post16Study(Table, of=StudyProgramme, order=(StudyProgramme.student / Student.mis_id, StudyProgramme.start)):
    """Study programmes of learners over sixteen, one for each academic year."""

    Id = StudyProgramme.mis_id
    StudentMis_Id = StudyProgramme.student / Student.mis_id
    AcademicYear = StudyProgramme.academic_year
    ProgrammeType = StudyProgramme.kind
    StartDate = StudyProgramme.start
    EndDate = StudyProgramme.end
    PlannedEnd = StudyProgramme.planned_end
    Status = StudyProgramme.status
    Reason = StudyProgramme.reason
    Traineeship = StudyProgramme.traineeship
    QualHours = StudyProgramme.qualification_hours
    NonQualHours = StudyProgramme.other_hours
    TotalHours = StudyProgramme.total_hours
    CoreAim = StudyProgramme.core_aim
    Notes = StudyProgramme.notes


class Post16StudyCourses(
    Table,
    of=StudyCourse,
    follows=StudyCourse.programme,
    order=(StudyCourse.student / Student.mis_id, StudyCourse.start, StudyCourse.mis_id),
):
    """The courses that study programmes are made of."""

    Id = StudyCourse.mis_id
    CourseID = StudyCourse.course
    Name = StudyCourse.name
    StartDate = StudyCourse.start
    EndDate = StudyCourse.end
    PlannedEndDate = StudyCourse.planned_end
    CompletionStatus = StudyCourse.status
    PlannedQualificationHours = StudyCourse.planned_hours
    PlannedNonQualHours = StudyCourse.planned_other_hours
    QualHours = StudyCourse.hours
    Subject = StudyCourse.subject
    ClassificationCode = StudyCourse.classification
    CoreAim = StudyCourse.core_aim
    Post16StudyId = StudyCourse.programme / StudyProgramme.mis_id


post16_study = Endpoint(
    "Post16Study",
    "Retrieve information about post 16 study.",
    "Students",
    "Study programmes of learners over sixteen with their planned hours, and the courses that they are made of.",
    S.Post16Study,
    (Post16Study, Post16StudyCourses),
    filters=_one_student(StudyProgramme.student),
)


class StudentFAM(
    Table,
    of=FundingRecord,
    order=(FundingRecord.student / Student.mis_id, FundingRecord.academic_year, FundingRecord.mis_id),
):
    """What decides on a learner's funding, or is monitored for it."""

    Id = FundingRecord.mis_id
    StudentMis_Id = FundingRecord.student / Student.mis_id
    FAMType = FundingRecord.kind
    FAMCode = FundingRecord.code
    FAMDescription = FundingRecord.description
    AcademicYear = FundingRecord.academic_year
    AutumnHours = FundingRecord.autumn_hours
    SpringHours = FundingRecord.spring_hours
    SummerHours = FundingRecord.summer_hours
    AcademicYearHours = FundingRecord.hours
    FAMNotes = FundingRecord.notes


class LearnerSupport(
    Table, of=Support, order=(Support.student / Student.mis_id, Support.academic_year, Support.mis_id)
):
    """Help that learners are given with the cost of learning."""

    Id = Support.mis_id
    StudentMis_Id = Support.student / Student.mis_id
    SupportCode = Support.code
    SupportDescription = Support.description
    AcademicYear = Support.academic_year
    StartDate = Support.start
    EndDate = Support.end
    Notes = Support.notes


funding_monitoring = Endpoint(
    "FundingMonitoring",
    "Funding and Monitoring",
    "School",
    "Funding and monitoring information of learners over sixteen, and the support that they are given.",
    S.FundingMonitoring,
    (StudentFAM, LearnerSupport),
    filters=_one_student(FundingRecord.student, LearnerSupport, Support.student),
)


class StudentAlternativeProvision(
    Table,
    of=AlternativeProvision,
    order=(AlternativeProvision.student / Student.mis_id, AlternativeProvision.start, AlternativeProvision.mis_id),
):
    """Education that students receive somewhere else."""

    Id = AlternativeProvision.mis_id
    StudentMis_Id = AlternativeProvision.student / Student.mis_id
    StartDate = AlternativeProvision.start
    EndDate = AlternativeProvision.end
    AttendancePattern = AlternativeProvision.pattern
    SessionsPerWeek = AlternativeProvision.sessions
    ProvisionSettingType = AlternativeProvision.setting
    PrimaryPlacementReason = AlternativeProvision.reason
    PlacementAssociation = AlternativeProvision.association
    CompanyHouseNo = AlternativeProvision.company_no
    PostCode = AlternativeProvision.post_code
    URN = AlternativeProvision.urn
    UKPRN = AlternativeProvision.ukprn
    Notes = AlternativeProvision.notes


alternative_provision = Endpoint(
    "StudentAlternativeProvision",
    "Student alternative provisions",
    "Students",
    "Alternative provision for students: where, for how long and why.",
    S.StudentAlternativeProvision,
    (StudentAlternativeProvision,),
    filters=_one_student(AlternativeProvision.student),
)

ENDPOINTS = (post16_study, funding_monitoring, alternative_provision)
