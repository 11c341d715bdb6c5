"""The students of a school, their places in groups, and how they and their contacts relate."""

from __future__ import annotations

from ..fields import (
    TODAY,
    Coalesce,
    Code,
    Computed,
    Date,
    Flag,
    Key,
    Many,
    Mapped,
    Number,
    Ref,
    Text,
    Told,
    When,
    Words,
)
from ..scopes import S
from .groups import MEMBERSHIP_KEY, PLACED, ClassSection, Group
from .organisation import SchoolRecord
from .origin import came_from
from .people import CALLED, OWN, Comm, Contact, Person

_GROUP = ("mis_id", "name", "standard_year", "standard_year_title")

ENROLMENT = {
    "C": "Current, single registration at this school",
    "M": "Current main, dual registration",
    "S": "Current subsidiary, dual registration",
    "G": "Guest, not registered at this school but attending",
    "F": "Further education college",
    "O": "Other provider",
}
"""DfE Common Basic Data Set, enrolment status (CS026); F and O are for pupil referral units."""

SEN_PROVISIONS = {"N": "No Special Educational Need", "K": "SEN Support", "E": "Education, Health and Care Plan"}
"""DfE Common Basic Data Set, SEN provision. Statements (S) ended in 2018, School Action (A, P) in 2015."""

ENGLISH_LEVELS = {
    "A": "New To English",
    "B": "Early Acquisition",
    "C": "Developing Competence",
    "D": "Competent",
    "E": "Fluent",
    "N": "Not Yet Assessed",
}
"""DfE Common Basic Data Set, proficiency in English."""

TRAVEL = {
    "WLK": "Walk",
    "CYC": "Cycle",
    "CAR": "Car/Van",
    "CRS": "Car share",
    "PSB": "Public service bus",
    "DSB": "Dedicated school bus",
    "BNK": "Bus (type not known)",
    "TRN": "Train",
    "LUL": "London Underground",
    "MTL": "Metro/Tram/Light rail",
    "TXI": "Taxi",
    "BDR": "Boarder - not applicable",
    "OTH": "Other",
}
"""DfE Common Basic Data Set, mode of travel."""

KEY_STAGES = {
    "N1": "Foundation Stage",
    "N2": "Foundation Stage",
    "R": "Foundation Stage",
    **dict.fromkeys(("1", "2"), "Key Stage 1"),
    **dict.fromkeys(("3", "4", "5", "6"), "Key Stage 2"),
    **dict.fromkeys(("7", "8", "9"), "Key Stage 3"),
    **dict.fromkeys(("10", "11"), "Key Stage 4"),
    **dict.fromkeys(("12", "13", "14"), "Key Stage 5"),
}
"""Education Act 2002, section 82: the key stages by national curriculum year."""

GRADES = {
    "N1": "PR",
    "N2": "PR",
    "R": "PK",
    "1": "KG",
    **{str(year): f"{year - 1:02}" for year in range(2, 15)},
}
"""The grades (CEDS, entry grade level) of the ages at which national curriculum years are entered: a child enters
year 1 and kindergarten in the school year of the sixth birthday, and every later year and grade by one more."""


class Student(
    SchoolRecord,
    scope=S.Student | S.StudentLite,
    writing=S.WritebackEnrolments,
    human_writing=S.WritebackStudents,
    human=True,
    indexes=(
        ("school", "mis_id"),
        ("school", "external_id"),
        ("school", "xid"),
        ("person",),
        ("year_group",),
        ("reg_group",),
        ("house_group",),
    ),
    natural=("entry_date", "school.estab", "person.student_unique_id", "person"),
    remembers=(*CALLED, *OWN, "leaving_date"),
):
    """A person with a past, present or planned enrolment at one school."""

    person = Ref("The human", Person)
    mis_id = Text("The MIS Id of the student", "9919")
    external_id = Text("The MIS External Id of the student", "a925c7eb-86bc-40d7-91fd-f3fcbf6a2f2b")
    origin = came_from()
    xid = Text("The XID of the student", "x3h8w2d")
    idaas_id = Computed("The Idaas Id of the student", "PL-9919", Key("PL-", mis_id))
    forename = Told(person, Person.forename)
    surname = Told(person, Person.surname)
    display_name = Computed("Student full name", "Graham Abbess", Words(" ", forename, surname))
    gender = Told(person, Person.gender)
    reg_group = Ref("The student's reg group", Group, tells=_GROUP)
    year_group = Ref("The student's year group", Group, tells=_GROUP)
    house_group = Ref("The student's house group", Group, tells=_GROUP)
    work_email = Text("Email address set as Work Email from MIS", "test@work.net")
    idaas_email = Text("Email address provisioned by Idaas, if available", "test@work.net")
    home_email = Told(person, Person.home_email, scope=S.StudentExtended)
    home_phone = Told(person, Person.home_phone, scope=S.StudentExtended)
    mobile_phone = Told(person, Person.mobile_phone, scope=S.StudentExtended)
    admission_no = Text("The student admission number", "004367", scope=S.Student)
    birth_date = Told(person, Person.birth_date, scope=S.StudentExtended)
    death_date = Told(person, Person.death_date, scope=S.StudentExtended)
    uln = Text("The student's ULN", "1111175267", scope=S.StudentExtended)
    legal_forename = Told(person, Person.legal_forename, scope=S.StudentExtended)
    legal_surname = Told(person, Person.legal_surname, scope=S.StudentExtended)
    previous_legal_surname = Told(person, Person.previous_legal_surname, scope=S.StudentExtended)
    entry_date = Date("The enrolment date of the student", "2014-09-03", scope=S.StudentExtended)
    leaving_date = Date("The leaving date of the student", "2016-06-14", scope=S.StudentExtended)
    destination = Text("The destination for the student", "External FE Provider", scope=S.StudentExtended)
    destination_start = Date("The expected start date at the destination", "2016-06-14", scope=S.StudentExtended)
    reason_for_leaving = Text(
        "The reason for leaving", "End of phase transfer - FE/6th form college", scope=S.StudentExtended
    )
    middle_name = Told(person, Person.middle_name, scope=S.StudentExtended)
    enrolment_status = Code("The student's current enrolment status code", "C", ENROLMENT)
    boarder = Flag("Whether the student is a boarder, boolean", 1, scope=S.StudentExtended)
    boarding_house = Text("The student's boarding house", "Boarding House A", scope=S.StudentExtended)
    sen_provision = Code(
        "The student's current SEN Provision",
        "E",
        SEN_PROVISIONS,
        scope=S.SEN | S.SENTypes,
    )
    eal = Flag("Flag defining if student has EAL", 0, scope=S.StudentDemographic | S.StudentFunding)
    religion_code = Told(person, Person.religion_code, scope=S.StudentDemographic)
    religion = Told(person, Person.religion, scope=S.StudentDemographic)
    ethnicity_code = Told(person, Person.ethnicity_code, scope=S.StudentEthnicity)
    ethnicity = Told(person, Person.ethnicity, scope=S.StudentEthnicity)
    ethnicity_source = Told(person, Person.ethnicity_source, scope=S.StudentEthnicity)
    home_language = Told(person, Person.home_language, scope=S.StudentDemographic)
    home_language_code = Told(person, Person.home_language_code, scope=S.StudentDemographic)
    first_language = Told(person, Person.first_language, scope=S.StudentDemographic)
    first_language_code = Told(person, Person.first_language_code, scope=S.StudentDemographic)
    first_language_source = Told(person, Person.first_language_source, scope=S.StudentDemographic)
    english_level = Text("The English proficiency level of the student", "New To English", scope=S.StudentDemographic)
    english_level_code = Code("The English proficiency level code of the student", "A", scope=S.StudentDemographic)
    national_identity = Told(person, Person.national_identity, scope=S.StudentDemographic)
    nationality = Told(person, Person.nationality, scope=S.StudentDemographic)
    birth_country = Told(person, Person.birth_country, scope=S.StudentDemographic | S.StudentEthnicity)
    birth_country_code = Told(person, Person.birth_country_code, scope=S.StudentDemographic | S.StudentEthnicity)
    asylum_status = Told(person, Person.asylum_status, scope=S.StudentDemographic)
    on_report = Flag("Student has behaviour report card", 1, scope=S.StudentExtended)
    travel_mode = Text("Student's mode of travel to school", "Car", scope=S.StudentDemographic)
    travel_code = Code(
        "Student's mode of travel to school standardized to a 3 digit code", "WLK", scope=S.StudentDemographic
    )
    is_traveller = Told(person, Person.is_traveller, scope=S.StudentDemographic)
    traveller_source = Told(person, Person.traveller_source, scope=S.StudentDemographic)
    traveller_type = Told(person, Person.traveller_type, scope=S.StudentDemographic)
    fsm_eligible = Flag(
        "Flag defining if student is eligible for free school meals. "
        "This field can be null indicating we don't know if true or false",
        1,
        scope=S.StudentFunding,
    )
    fsm_start = Date("Start date for the current FSM entitlement", "2017-02-01", scope=S.StudentFunding)
    fsm_end = Date("End date for the current FSM entitlement", "2017-05-01", scope=S.StudentFunding)
    uniform_allowance = Flag("Flag defining if student is eligible for uniform allowance", 0, scope=S.StudentFunding)
    pupil_premium = Flag("Flag defining if student is eligible for pupil premium", 1, scope=S.StudentFunding)
    yssa = Text("Youth service support association status", "Obtained", scope=S.StudentFunding)
    ever6 = Flag(
        "Student has been eligible in last 6 years for FSM, as reported by earlier schools", 1, scope=S.StudentFunding
    )
    gifted = Flag("Student is marked as gifted and talented", 0, scope=S.StudentFunding)
    part_time = Flag("Whether the student is part-time", 1, scope=S.StudentFunding)
    disabled = Flag("Student is flagged as disabled", 0, scope=S.StudentMedical)
    in_care = Flag("Student marked as in LEA care (sensitive)", 1, scope=S.StudentFamily)
    care_authority = Code("Local Authority code for responsible LEA (sensitive)", "881", scope=S.StudentFamily)
    ever_in_care = Flag("Whether the student has ever been in care, boolean", 1, scope=S.StudentFamily)
    service_child = Flag("Student is marked as a service child (sensitive)", 0, scope=S.StudentFamily)
    service_child_source = Text("Source of the service child status", "Student", scope=S.StudentFamily)
    young_carer = Flag("Student marked as young carer (sensitive)", 0, scope=S.StudentFamily)
    upn = Text(
        "Student's Unique Pupil Number. In Ireland, this field will be populated with the PPS number.",
        "A01937632542",
        scope=S.UPN,
    )
    former_upn = Text("Student's former unique pupil number if available", "D439209583385", scope=S.UPN)
    candidate_no = Text("Student's unique candidate number", "56373574", scope=S.Student | S.StudentExtended)
    parental_salutation = Text("Parental mailing title", "Mrs Hilda Abbess", scope=S.Address)
    address_block = Told(person, Person.address_block, scope=S.Address)
    house_no = Told(person, Person.house_no, scope=S.Address)
    house_name = Told(person, Person.house_name, scope=S.Address)
    apartment = Told(person, Person.apartment, scope=S.Address)
    street = Told(person, Person.street, scope=S.Address)
    locality = Told(person, Person.locality, scope=S.Address)
    town = Told(person, Person.town, scope=S.Address)
    county = Told(person, Person.county, scope=S.Address)
    post_code = Told(person, Person.post_code, scope=S.StudentDemographic | S.Address)
    country = Told(person, Person.country, scope=S.Address)
    taught_in = Code("Year group the student is taught in", "10", scope=S.Student)
    nc_year = Code("The national curriculum year group of the student", "10", scope=S.Student)
    key_stage = Computed("The key stage of the student", "Key Stage 4", Mapped(nc_year, KEY_STAGES), scope=S.Student)
    quick_note = Text(
        "Free text field providing contextual information",
        "Student often badly behaved on a Monday",
        scope=S.StudentFreeText,
    )
    leaving_year_group = Ref("Id of the year group at time of leaving", Group, scope=S.Student, tells=_GROUP)
    leaving_reg_group = Ref("Id of the reg group at time of leaving", Group, scope=S.Student, tells=_GROUP)
    planned_year_group = Ref("Id of the expected year group", Group, scope=S.Student, tells=_GROUP)
    planned_reg_group = Ref("Id of the expected reg group", Group, scope=S.Student, tells=_GROUP)
    grade = Code("The grade that the student is in, as the district numbers grades", "09")
    grade_level = Computed(
        "The grade that the student is in, as CEDS codes it", "09", Coalesce(grade, Mapped(nc_year, GRADES))
    )
    individualized_education_plan = Computed(
        "Whether the student has a statutory plan for special needs",
        1,
        When((sen_provision.is_("E"), 1), (sen_provision.known(), 0), kind="flag"),
        scope=S.SEN | S.SENTypes,
    )
    graduation_year = Number("The calendar year in which the student is expected to graduate", 2030)
    username = Told(person, Person.username)
    person_id = Told(person, Person.external_id)
    person_origin = Told(person, Person.origin)
    student_unique_id = Told(person, Person.student_unique_id)
    races = Told(person, Person.races, scope=S.StudentEthnicity)
    hispanic = Told(person, Person.hispanic, scope=S.StudentEthnicity)
    birth_state = Told(person, Person.birth_state, scope=S.StudentDemographic | S.StudentEthnicity)
    birth_city = Told(person, Person.birth_city, scope=S.StudentDemographic | S.StudentEthnicity)
    homeless = Flag("Student has no fixed, regular home (sensitive)", 0, scope=S.StudentFamily)
    migrant = Flag(
        "Student moved within the last three years because they or a parent do seasonal farm or fishing work",
        0,
        scope=S.StudentDemographic,
    )
    rural_residency = Flag("Student lives in a rural area", 0, scope=S.StudentDemographic)
    residence_status = Text(
        "How the student's home relates to the school that they attend, as CEDS codes it (public school residence)",
        "01652",
        scope=S.StudentDemographic,
    )
    public_assistance = Flag("Student's household receives public assistance", 0, scope=S.StudentFunding)
    economically_disadvantaged = Flag("Student is economically disadvantaged", 0, scope=S.StudentFunding)
    on_roll = Computed(
        "Whether the student is on roll today",
        "OnRoll",
        When(
            (leaving_date.before(TODAY), "Leaver"),
            (entry_date.after(TODAY), "PreAdmission"),
            otherwise="OnRoll",
        ),
    )
    status = Computed("The current student status", "OnRoll", on_roll, scope=S.Student)


class StudentMembership(
    SchoolRecord,
    scope=S.School | S.SchoolLite,
    writing=S.WritebackGroups,
    indexes=(("school",), ("group", "student"), ("student",), ("external_id",)),
    natural=(*MEMBERSHIP_KEY, "student.person.student_unique_id"),
    remembers=(*PLACED, "student.person", "student.person.external_id", "student.person.origin", "end"),
):
    """A student's place in a group, for a time."""

    group = Ref("The group", Group, part_of=True, tells=("mis_id", "external_id", "xid", "idaas_id", "name"))
    student = Ref(
        "The student", Student, part_of=True, tells=("mis_id", "external_id", "xid", "idaas_id", "student_unique_id")
    )
    external_id = Text(
        "The id of the membership in the system that it came from", "4dfce244-d475-462f-a5ed-c2ceabaa1ee1"
    )
    origin = came_from()
    is_main = Flag("Whether this is the student's main place in groups of this kind", 1)
    start = Date("Start date of the student membership", "2018-09-01")
    end = Date("End date of the student membership", "2019-06-24")
    section = Ref("The section of the class that the student is taught in, if not all of it", ClassSection)


_m = StudentMembership
student_now = (_m.start.unknown() | _m.start.until(TODAY)) & (_m.end.unknown() | _m.end.since(TODAY))
student_later = _m.start.after(TODAY)
student_before = _m.end.before(TODAY)

group_students = Many("The students of a group now", StudentMembership.group, where=student_now)
group_students_ever = Many("The students of a group at any time", StudentMembership.group)
student_groups = Many(
    "The groups that a student belongs to now", StudentMembership.student, where=student_now, scope=S.School
)


class Relationship(
    SchoolRecord,
    scope=(S.Student | S.StudentLite) & S.Contact,
    writing=S.WritebackContacts,
    indexes=(("school",), ("student", "contact"), ("contact", "student")),
    natural=(
        "student.person.student_unique_id",
        "student.person",
        "contact.person.contact_unique_id",
        "contact.person",
    ),
):
    """A contact's relationship to a student."""

    student = Ref(
        "The student",
        Student,
        part_of=True,
        tells=("mis_id", "external_id", "xid", "idaas_id", "student_unique_id", "on_roll"),
    )
    contact = Ref(
        "The contact", Contact, part_of=True, tells=("mis_id", "external_id", "xid", "idaas_id", "contact_unique_id")
    )
    relationship = Text("The relationship of the contact to the student", "Mother")
    priority = Number("The contact priority where lowest is higher priority", 2)
    parental = Flag("Parental responsibility flag defines legal responsibility", 1)
    court_order = Flag("Whether a court order restricts the contact", 0)


student_contacts = Many("The contacts of a student", Relationship.student)
contact_students = Many("The students of a contact", Relationship.contact)
parents = Many(
    "The contacts with parental responsibility for a student, unless a court order restricts them",
    Relationship.student,
    where=Relationship.parental.is_(1) & Relationship.court_order.is_not(1),
)
children = Many(
    "The students a contact has parental responsibility for, unless a court order restricts them",
    Relationship.contact,
    where=Relationship.parental.is_(1)
    & Relationship.court_order.is_not(1)
    & (Relationship.student / Student.on_roll).is_("OnRoll"),
    scope=(S.Student | S.StudentLite) & S.Contact,
)


class Sibling(
    SchoolRecord,
    scope=S.Student | S.StudentLite,
    over=("Relationship",),
):
    """Another student of the same school; one person has parental responsibility for both."""

    student = Ref("The student", Student, part_of=True, tells=("mis_id", "external_id", "xid"))
    sibling = Ref("The sibling", Student, part_of=True, tells=("mis_id", "external_id", "xid", "on_roll"))


siblings = Many(
    "The siblings of a student who are on roll",
    Sibling.student,
    where=(Sibling.sibling / Student.on_roll).is_("OnRoll"),
)


class StudentComm(Comm, scope=S.Student, indexes=(("school",), ("who",))):
    """A way to reach a student."""

    who = Ref("Who it reaches", Student, part_of=True, tells=("mis_id", "idaas_id", "on_roll"))


class StudentPhoto(SchoolRecord, scope=S.Photos, indexes=(("school",), ("who",))):
    """A photograph of a student."""

    who = Ref("Who the photo shows", Student, part_of=True, tells=("mis_id", "display_name", "on_roll"))
    mis_id = Text("Id of the photo", "1")
    image = Text("Base64 encoded image", "/9j/4AAQSkZJR...UVoiWf/2Q==")


student_photos = Many("The photograph of a student", StudentPhoto.who)
