"""Public examinations: seasons, entries, candidates, sittings and results."""

from __future__ import annotations

from ..fields import Code, Date, Decimal, Flag, Number, Record, Ref, Text, Time
from ..scopes import S
from .assessment import Aspect, ResultSet
from .organisation import School, SchoolRecord
from .students import Student
from .timetable import Room

STUDENT_TELLS = ("mis_id", "external_id")


class ExamBoard(SchoolRecord, scope=S.School, indexes=(("school", "mis_id"),)):
    """A body that sets examinations and awards qualifications."""

    mis_id = Text("The unique MIS identifier for the exam board", "14")
    code = Text("The code of the exam board", "AQA")
    description = Text("The description of the exam board", "Assessment and Qualifications Alliance")


class ExamLevel(SchoolRecord, scope=S.School, indexes=(("school", "mis_id"),)):
    """How advanced a qualification is, and of which kind."""

    mis_id = Text("The unique MIS identifier for the exam level", "14")
    code = Text("The level code", "ASB")
    description = Text("The level description", "GCE Advanced Subsidiary")


class ExamSeason(SchoolRecord, scope=S.School, indexes=(("school", "mis_id"),)):
    """A time of the year in which a school holds examinations, of any board."""

    mis_id = Text("The unique MIS identifier for the exam season", "14")
    name = Text("The name of the exam season", "November Exams 2017")
    start = Date("The start date of the exam season", "2017-11-01")
    end = Date("The end date of the exam season", "2017-11-30")


class ExamSeries(SchoolRecord, scope=S.School, indexes=(("school", "mis_id"), ("season",))):
    """The examinations of one board and kind in a season, with the board's own dates."""

    mis_id = Text("The unique MIS identifier for the exam series", "31")
    season = Ref("The exam season in which it falls", ExamSeason, part_of=True, tells=("mis_id",))
    board = Ref("The exam board whose series it is", ExamBoard, tells=("mis_id",))
    code = Text("The code of the series, as entries to the board name it", "6G26")
    name = Text("The name of the series", "AQA GCSE June 2026")
    year = Number("The year in which its examinations are sat", 2026)
    month = Number("The month in which its examinations are sat", 6)
    entry_deadline = Date("The last day on which entries are made without a late fee", "2026-02-21")
    start = Date("The day of its first examination", "2026-05-11")
    end = Date("The day of its last examination", "2026-06-24")
    results_date = Date("The day on which its results are published", "2026-08-20")


class Qan(SchoolRecord, scope=S.School, indexes=(("school", "mis_id"), ("school", "qan"))):
    """A Qualification Accreditation Number: a qualification as the regulator lists it."""

    mis_id = Text("The unique MIS identifier for the QAN", "14")
    qan = Text("The QAN itself", "50046792")


class SyllabusCode(SchoolRecord, scope=S.School, indexes=(("school", "mis_id"), ("school", "code"))):
    """A specification of a board, which leads to a qualification."""

    mis_id = Text("The unique MIS identifier for the syllabus code", "14")
    code = Text("The syllabus code", "3562")


class OptionCode(SchoolRecord, scope=S.School, indexes=(("school", "mis_id"), ("school", "code"))):
    """What a candidate is entered for: a specification, in one tier or with one choice of papers."""

    mis_id = Text("The unique MIS identifier for the option code", "14")
    code = Text("The option code", "1GK0H")
    title = Text("The title of the option", "Greek Option H")


class ExamEntry(SchoolRecord, scope=S.ExamsResults, indexes=(("school", "mis_id"), ("student", "season"), ("season",))):
    """A student's entry for an option in a season."""

    mis_id = Text("The unique MIS identifier for the entry", "52031")
    student = Ref("The student who is entered", Student, part_of=True, tells=STUDENT_TELLS)
    season = Ref("The exam season in which the option is sat", ExamSeason, tells=("mis_id",))
    series = Ref("The exam series in which the option is sat", ExamSeries, tells=("mis_id",))
    board = Ref("The exam board to which the entry is made", ExamBoard, tells=("mis_id",))
    level = Ref("The exam level of the entry", ExamLevel, tells=("mis_id",))
    qan = Ref("The QAN of the qualification that the entry is for", Qan, tells=("mis_id", "qan"))
    syllabus = Ref("The syllabus code of the entry", SyllabusCode, tells=("mis_id", "code"))
    option = Ref("The option code of the entry", OptionCode, tells=("mis_id", "code"))
    status = Code(
        "The state of the entry: P provisional, E entered, A amended after it was made, W withdrawn",
        "E",
        {"P": "Provisional", "E": "Entered", "A": "Amended", "W": "Withdrawn"},
    )
    entered = Date("The day on which the entry was made", "2026-02-05")
    withdrawn = Date("The day on which the entry was withdrawn, if it was", "2026-03-18")
    tier = Code(
        "The tier of the entry, F foundation or H higher, where the syllabus has tiers",
        "H",
        {"F": "Foundation", "H": "Higher"},
    )
    resit = Flag("Whether the student has been examined in the subject before", 0)
    fee = Decimal("The fee of the entry in pounds", 47.5)
    fee_payer = Code("Who pays the fee: S the school, C the candidate", "S", {"S": "School", "C": "Candidate"})


class ExamResult(
    SchoolRecord,
    scope=S.ExamsResults,
    indexes=(
        ("school", "mis_id"),
        ("student", "date"),
        ("aspect",),
        ("result_set",),
        ("season",),
        ("qan",),
        ("syllabus",),
        ("option",),
    ),
):
    """What a student achieved in a public examination."""

    mis_id = Text("The unique MIS identifier for the result", "1289067")
    student = Ref("The student who owns the result", Student, part_of=True, tells=STUDENT_TELLS)
    result = Text("The value of the result", "6")
    date = Date("Date the result was achieved", "2015-09-03")
    aspect = Ref("The aspect for which the result is for", Aspect, tells=("mis_id",))
    result_set = Ref("The resultset against which the result was recorded", ResultSet, tells=("mis_id",))
    season = Ref("The exam season against which the result was recorded", ExamSeason, tells=("mis_id",))
    qan = Ref("The QAN against which the result was recorded", Qan, tells=("mis_id", "qan"))
    syllabus = Ref("The syllabus code against which the result was recorded", SyllabusCode, tells=("mis_id", "code"))
    board = Ref("The exam board against which the result was recorded", ExamBoard, tells=("mis_id",))
    level = Ref("The exam level against which the result was recorded", ExamLevel, tells=("mis_id",))
    option = Ref("The option code against which the result was recorded", OptionCode, tells=("mis_id", "code"))


class ExamForecast(
    SchoolRecord, scope=S.ExamsResults, indexes=(("school", "mis_id"), ("student", "date"), ("season",))
):
    """The grade that teachers expect a student to achieve in a season."""

    mis_id = Text("The unique MIS identifier for the forecast", "48210")
    student = Ref("The student whose result is forecast", Student, part_of=True, tells=STUDENT_TELLS)
    result = Text("The forecast grade", "6")
    date = Date("The day on which the forecast was made", "2026-01-23")
    aspect = Ref("The aspect that the forecast is for", Aspect, tells=("mis_id",))
    season = Ref("The exam season that the forecast is for", ExamSeason, tells=("mis_id",))
    qan = Ref("The QAN that the forecast is for", Qan, tells=("mis_id",))
    syllabus = Ref("The syllabus code that the forecast is for", SyllabusCode, tells=("mis_id",))
    board = Ref("The exam board that the forecast is for", ExamBoard, tells=("mis_id",))
    level = Ref("The exam level that the forecast is for", ExamLevel, tells=("mis_id",))
    option = Ref("The option code that the forecast is for", OptionCode, tells=("mis_id",))


class ExamCandidate(
    SchoolRecord, scope=S.ExamsResults, indexes=(("school", "mis_id"), ("student", "season"), ("season",))
):
    """A student as a candidate of one exam season."""

    mis_id = Text("The unique MIS identifier for the candidacy", "6120")
    student = Ref("The student who is the candidate", Student, part_of=True, tells=STUDENT_TELLS)
    season = Ref("The exam season of the candidacy", ExamSeason, tells=("mis_id",))
    number = Text("The candidate's four-digit number at the centre in the season", "0124")
    uci = Text("Unique Candidate Identifier, 13 characters, the same in every season", "999010260124M")
    centre_no = Text("The number of the centre where the candidate sits", "99901")


class ExternalCandidate(SchoolRecord, scope=S.ExamsResults, indexes=(("school", "mis_id"), ("season",))):
    """A person who sits examinations at the school in a season without being a student there."""

    mis_id = Text("The unique MIS identifier for the external candidate", "301")
    season = Ref("The exam season of the candidacy", ExamSeason, tells=("mis_id",))
    number = Text("The candidate's four-digit number at the centre in the season", "8001")
    uci = Text("Unique Candidate Identifier, 13 characters, the same in every season", "999010258001C")
    title = Text("Title", "Mr")
    forename = Text("Legal forename", "Kit")
    middle_name = Text("Middle name", "Rowan")
    surname = Text("Legal surname", "Mossgrove")
    gender = Code("Gender", "M", {"M": "Male", "F": "Female", "X": "Other", "U": "Not known"})
    birth_date = Date("Date of birth", "2007-04-18")
    email = Text("Email address", "kit.mossgrove@hearth.example")
    telephone = Text("Telephone number", "07700 900123")


class ExamSitting(
    SchoolRecord, scope=S.ExamsResults, indexes=(("school", "mis_id"), ("student", "season"), ("season", "date"))
):
    """A candidate's seat at one paper of an examination."""

    mis_id = Text("The unique MIS identifier for the sitting", "70412")
    student = Ref("The student who sits the paper", Student, part_of=True, tells=STUDENT_TELLS)
    external = Ref(
        "The external candidate who sits the paper, if not a student",
        ExternalCandidate,
        part_of=True,
        tells=("mis_id",),
    )
    season = Ref("The exam season of the paper", ExamSeason, tells=("mis_id",))
    option = Ref("The option code that the paper belongs to", OptionCode, tells=("mis_id",))
    component = Text("The code of the component that is examined", "8903/1H")
    title = Text("The title of the component", "Mathematics Paper 1 (Non-calculator) Higher")
    date = Date("The day of the paper", "2026-05-14")
    session = Code(
        "Whether the paper is sat in the morning or the afternoon", "AM", {"AM": "Morning", "PM": "Afternoon"}
    )
    start_time = Time("The time at which the paper begins", "09:00")
    minutes = Number("The standard length of the paper, in minutes", 90)
    extra_minutes = Number("This candidate's extra time, in minutes", 23)
    room = Ref("The room in which the candidate sits", Room, tells=("mis_id", "name"))
    row = Text("The row in which the candidate sits", "C")
    seat = Number("The number of the seat in its row", 7)
    present = Flag("Whether the candidate was present; null before the paper", 1)


class ExamArrangement(
    SchoolRecord, scope=S.ExamsResults, indexes=(("school", "mis_id"), ("student", "season"), ("season",))
):
    """An access arrangement that a candidate has in a season."""

    mis_id = Text("The unique MIS identifier for the arrangement", "910")
    student = Ref("The student whose arrangement it is", Student, part_of=True, tells=STUDENT_TELLS)
    external = Ref(
        "The external candidate whose arrangement it is, if not a student",
        ExternalCandidate,
        part_of=True,
        tells=("mis_id",),
    )
    season = Ref("The exam season in which it is granted", ExamSeason, tells=("mis_id",))
    code = Code(
        "The kind of arrangement",
        "ET25",
        {
            "ET25": "25% extra time",
            "ET50": "50% extra time",
            "RD": "Reader",
            "SC": "Scribe",
            "WP": "Word processor",
            "RB": "Supervised rest breaks",
            "BD": "Bilingual dictionary",
            "AR": "Alternative rooming",
        },
    )
    extra_percent = Number("The candidate's extra time, in per cent", 25)
    start = Date("The first day on which it is approved", "2025-01-20")
    end = Date("The last day on which it is approved", "2027-03-20")


class DiscountCode(Record, scope=S.School, indexes=(("school",), ("stage", "year"))):
    """What a qualification counts as in a year's performance tables; only one result counts for each code."""

    school = Ref("The school that keeps the list; all schools of the district if empty", School, shared=True)
    stage = Code("The key stage whose tables use the code", "KS4", {"KS4": "Key stage 4", "KS5": "Key stage 5"})
    year = Number("The reference year for the discount code", 2019)
    qan = Text("The QAN that references the discount code", "50026628")
    qualification_title = Text(
        "The qualification title", "Pearson Edexcel Level 3 Advanced Subsidiary GCE in Design and Technology"
    )
    syllabus_code = Text(
        "The syllabus code that references the discount code. Empty if not dependent on the syllabus.", "8FT01"
    )
    syllabus_title = Text(
        "The syllabus title that references the discount code. Empty if not dependent on the syllabus.",
        "D&T: Product Design",
    )
    code = Text("The discount code.", "9080")
    description = Text("The discount code title.", "D&T Product Design")
