"""Study programmes and funding of learners over sixteen, and education elsewhere."""

from __future__ import annotations

from ..fields import Code, Date, Decimal, Flag, Number, Ref, Text
from ..scopes import S
from .organisation import SchoolRecord
from .students import Student

_STUDENT = ("mis_id", "external_id", "xid")


class StudyProgramme(SchoolRecord, scope=S.Post16Study, indexes=(("school",), ("student",))):
    """The studies planned for a learner over sixteen in an academic year, with their hours."""

    student = Ref("Whose programme", Student, part_of=True, tells=_STUDENT)
    mis_id = Text("Id of the post 16 study record", "1")
    academic_year = Text("Academic year of the record", "2018/2019")
    kind = Text("The type of post 16 study", "Study Programme")
    start = Date("Start date of the post 16 study", "2018-09-01")
    end = Date("End date of the post 16 study", "2019-02-12")
    planned_end = Date("Planned end date of the post 16 study", "2019-03-12")
    status = Text("Status of the post 16 study", "Continuing")
    reason = Text("Reason why the post 16 study ended before it was completed", "Moved to another provider")
    traineeship = Flag("Flag indicating whether the post 16 study is a traineeship (boolean)", 1)
    qualification_hours = Number("Qualification hours for the post 16 study", 600)
    other_hours = Number("Non-qualification hours for the post 16 study", 56)
    total_hours = Number("Total hours for the post 16 study", 656)
    core_aim = Text("Core aim of the post 16 study", "A level Mathematics")
    notes = Text("Free text notes relating to the post 16 study", "Wants to become a surveyor")


class StudyCourse(SchoolRecord, scope=S.Post16Study, indexes=(("school",), ("programme",), ("student",))):
    """A course of a learner's study programme."""

    student = Ref("Who takes the course", Student, part_of=True, tells=_STUDENT)
    programme = Ref("The study programme that it is part of", StudyProgramme, part_of=True, tells=("mis_id",))
    mis_id = Text("Id of the course record", "1")
    course = Text("MIS Id for the course", "2113")
    name = Text("Name of the course", "Digital Design Core (TLevC)")
    start = Date("Start date of the post 16 study course", "2018-09-01")
    end = Date("End date of the post 16 study course", "2019-02-12")
    planned_end = Date("Planned end date of the post 16 study course", "2019-03-12")
    status = Text("Completion Status of the post 16 study course", "Continuing")
    planned_hours = Number("Planned qualification hours of the course", 400)
    planned_other_hours = Number("Planned non-qualification hours of the course", 300)
    hours = Number("Qualification hours for the post 16 study", 600)
    subject = Text("Subject associated with the post 16 study course", "Ma")
    classification = Text("Subject classification code associated with the post 16 study course", "2.2")
    core_aim = Flag("Whether the course is the core aim of the post 16 study", 1)


class FundingRecord(SchoolRecord, scope=S.FundingMonitoring, indexes=(("school",), ("student",))):
    """Something about a learner over sixteen that affects funding, or is monitored for it."""

    student = Ref("Who it is about", Student, part_of=True, tells=_STUDENT)
    mis_id = Text("Id of the student funding and monitoring record", "1")
    kind = Code(
        "Type of funding and monitoring",
        "NLM",
        {
            "NLM": "National learner monitoring",
            "MCF": "GCSE mathematics condition of funding",
            "ECF": "GCSE English condition of funding",
            "HNS": "High needs student",
            "FME": "Free meals eligibility",
        },
    )
    code = Text("Funding and monitoring code", "01")
    description = Text("Funding and monitoring description", "Tutoring")
    academic_year = Text("Academic year", "2022")
    autumn_hours = Decimal("Number of autumn hours", 2)
    spring_hours = Decimal("Number of spring hours", 2)
    summer_hours = Decimal("Number of summer hours", 2)
    hours = Decimal("Number of hours for the academic year", 2)
    notes = Text("Free text notes relating to the funding and monitoring record", "One to one, with Miss Pipit")


class LearnerSupport(SchoolRecord, scope=S.FundingMonitoring, indexes=(("school",), ("student",))):
    """Help with the cost of learning that a learner over sixteen is given in an academic year."""

    student = Ref("Who is helped", Student, part_of=True, tells=_STUDENT)
    mis_id = Text("Id of the learner support record", "1")
    code = Code(
        "Learner support code",
        "55",
        {
            "36": "Care to Learn",
            "55": "16 to 19 Bursary Fund: member of a vulnerable group",
            "56": "16 to 19 Bursary Fund: discretionary bursary",
            "57": "Residential support",
        },
    )
    description = Text("Learner support description", "16 to 19 Bursary Fund: member of a vulnerable group")
    academic_year = Text("Academic year", "2022")
    start = Date("First day of the support", "2022-09-05")
    end = Date("Last day of the support", "2023-07-21")
    notes = Text("Free text notes relating to the support", "Bus pass and a laptop on loan")


class AlternativeProvision(SchoolRecord, scope=S.StudentAlternativeProvision, indexes=(("school",), ("student",))):
    """Education that a student receives somewhere else, arranged by the school or the local authority."""

    student = Ref("Who is taught elsewhere", Student, part_of=True, tells=_STUDENT)
    mis_id = Text("Id for the student alternative provision", "2")
    start = Date("Start date of the alternative provision", "2022-01-01")
    end = Date("End date of the alternative provision", "2023-01-01")
    pattern = Code("Attendance pattern of the alternative provision", "PT", {"FT": "Full time", "PT": "Part time"})
    sessions = Number("Number of sessions per week", 3)
    setting = Text("Type of provision settings", "Non-maintained further education college")
    reason = Text("Reason for placement", "Permanent exclusion")
    association = Text("Placement association", "School")
    company_no = Text("Company house number", "34532643")
    post_code = Text("Postcode for the alternative provision", "LK4 9ZZ")
    urn = Text("Unique reference number for the alternative provision", "999123")
    ukprn = Text("UK Provider Reference Number for the alternative provision", "19999123")
    notes = Text("Free text notes relating to the alternative provision", "Likes the kitchen best")
