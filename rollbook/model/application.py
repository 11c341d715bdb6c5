"""Applications for a place at the school, and those who apply."""

from __future__ import annotations

from ..fields import Code, Date, Decimal, Flag, Many, Number, Ref, Text, Told
from ..scopes import S
from .organisation import SchoolRecord
from .people import Person
from .students import SEN_PROVISIONS, Student

STATUSES = {
    "Applied": "Applied, not decided yet",
    "Offered": "Offered a place, not answered yet",
    "Accepted": "Accepted the place offered, not admitted yet",
    "WaitingList": "On the waiting list",
    "Refused": "Refused a place",
    "Withdrawn": "Withdrawn by the family",
    "Admitted": "Admitted: the applicant is a student of the school, now or from the day of admission",
}
ROUTES = {
    "Coordinated": "Through the local authority's coordinated admissions",
    "Direct": "To the school or its trust itself, ahead of the coordinated round or instead of it",
    "InYear": "During the academic year, to the school itself",
}


class Applicant(
    SchoolRecord,
    scope=S.Applications,
    indexes=(("school", "mis_id"), ("student",), ("person",)),
):
    """Somebody who applies for a place; once admitted, also a student."""

    person = Ref("The human", Person)
    student = Ref("Id of the student that the applicant became", Student, part_of=True, tells=("mis_id",))
    mis_id = Text("The MIS Id of the applicant", "1")
    forename = Told(person, Person.forename)
    surname = Told(person, Person.surname)
    middle_name = Told(person, Person.middle_name)
    legal_forename = Told(person, Person.legal_forename)
    legal_surname = Told(person, Person.legal_surname)
    gender = Told(person, Person.gender)
    birth_date = Told(person, Person.birth_date)
    home_phone = Told(person, Person.home_phone)
    address_block = Told(person, Person.address_block)
    house_no = Told(person, Person.house_no)
    house_name = Told(person, Person.house_name)
    apartment = Told(person, Person.apartment)
    street = Told(person, Person.street)
    locality = Told(person, Person.locality)
    town = Told(person, Person.town)
    county = Told(person, Person.county)
    post_code = Told(person, Person.post_code)
    country = Told(person, Person.country)
    parental_salutation = Text("How letters about the application are addressed", "Mrs Hilda Abbess")
    previous_school = Text("The school that the applicant attends, or attended last", "Wold View Primary School")
    previous_school_number = Text("The establishment number of that school", "9992107")
    sibling = Ref("Id of a sibling who is a student of the school", Student, tells=("mis_id",))
    sen_provision = Code("The applicant's SEN provision", "K")
    in_care = Flag("Whether the applicant is, or was, looked after by an authority, boolean", 0)


class ApplicantRecord(SchoolRecord, abstract=True):
    """A record about an applicant."""

    applicant = Ref("Id of the applicant", Applicant, part_of=True, tells=("mis_id",))
    student = Ref("The student that the applicant became", Student, part_of=True, tells=("mis_id",))


_ABOUT = (("school", "applicant"), ("applicant",), ("student",), ("school", "mis_id"))


class Application(ApplicantRecord, scope=S.Applications, indexes=_ABOUT):
    """An application for a place at the school."""

    mis_id = Text("The MIS Id of the application", "1")
    reference = Text("The local authority's or the school's number for the application", "999-2027-00012")
    academic_year = Text("The academic year for which a place is sought", "2027-2028")
    intake_group = Text("The intake that the application belongs to", "Year 7 September 2027")
    year_code = Code("The year for which a place is sought, as in StandardYearGroupCode", "7")
    route = Code("How the application was made", "Coordinated", ROUTES)
    application_date = Date("The day on which the application was made", "2026-10-12")
    is_late = Flag("Whether it was made after the closing date, boolean", 0)
    preference = Number("The place of the school in the family's order of preference", 1)
    status = Code("The status of the application", "Applied", STATUSES)
    criterion = Text("The oversubscription criterion that the application meets", "Sibling at the school")
    distance = Decimal("Miles from home to the school in a straight line", 1.42)
    waiting_list = Number("The place on the waiting list; 1 is first", 3)
    decision_date = Date("The day on which a place was offered or refused", "2026-11-03")
    response_date = Date("The day on which the family answered the offer", "2026-11-09")
    admission_date = Date("The first day at the school, planned or past", "2027-09-03")
    enrolment_status = Code("The student's planned enrolment status", "C")
    part_time = Flag("Whether the student will be part-time, boolean", 0)
    boarder = Flag("Whether the student will board, boolean", 0)


class ApplicantSenProvision(ApplicantRecord, scope=S.Applications, indexes=_ABOUT):
    """The special educational needs provision that an applicant has, or had."""

    mis_id = Text("Id of the record", "1")
    code = Code("Code of the provision", "K", {code: SEN_PROVISIONS[code] for code in "KE"})
    description = Text("Description of the provision", "SEN Support")
    start = Date("The first day of the provision", "2025-01-06")
    end = Date("The last day of the provision", "2026-07-21")


class ApplicantSenNeed(ApplicantRecord, scope=S.Applications, indexes=_ABOUT):
    """A special educational need that an applicant has."""

    mis_id = Text("Id of the record", "1")
    code = Code("Code of the need", "SPLD")
    description = Text("Description of the need", "Specific learning difficulty")
    rank = Number("The rank of the need; 1 is the primary need", 1)
    start = Date("The first day on which the need was recorded", "2025-01-06")
    end = Date("The last day of the need", "2026-07-21")


class ApplicantMedicalEvent(ApplicantRecord, scope=S.Applications, indexes=_ABOUT):
    """A past or planned event concerning an applicant's health, which the family told the school about."""

    mis_id = Text("Id of the medical event", "1")
    kind = Text("Type of medical event", "Medical Inspection")
    description = Text("Description of the medical event", "School entry health check")
    date = Date("Date of the medical event", "2026-06-04")
    follow_up = Date("Follow up date for the medical event", "2027-09-10")


applications = Many("The applications of an applicant", Application.applicant)
