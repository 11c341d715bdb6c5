"""Humans, and the staff and contacts that they are at a school."""

from __future__ import annotations

from ..fields import (
    TODAY,
    Coalesce,
    Code,
    Computed,
    Date,
    Decimal,
    Flag,
    Initial,
    Key,
    Many,
    Number,
    Record,
    Ref,
    Text,
    Told,
    When,
    Words,
)
from ..scopes import S
from .organisation import SchoolRecord
from .origin import came_from

GENDERS = {"M": "Male", "F": "Female", "X": "Other", "U": "Not known"}


class Person(
    Record,
    indexes=(("student_unique_id",), ("staff_unique_id",), ("contact_unique_id",), ("username",), ("external_id",)),
    natural=("student_unique_id", "staff_unique_id", "contact_unique_id"),
):
    """A human in a district. Students, staff and contacts are roles that a person has at a school."""

    title = Text("Title", "Mrs")
    suffix = Text("Suffix, such as letters after the name", "B.S.C.")
    forename = Text("Preferred forename", "Graham")
    surname = Text("Preferred surname", "Abbess")
    middle_name = Text("Middle name", "David")
    legal_forename = Text("Legal forename", "Graham")
    legal_surname = Text("Legal surname", "Abbess")
    previous_legal_surname = Text("Previous legal surname", "Smith")
    gender = Code("Gender", "M", GENDERS)
    birth_date = Date("Date of birth", "2001-12-10")
    death_date = Date("Date of death", "2016-06-14")
    home_email = Text("Main home email address", "test@home.net")
    home_phone = Text("Main home telephone number", "1234 5560123")
    mobile_phone = Text("Main mobile telephone number", "1234 5560123")
    house_no = Text("The number of the addressed building", "22")
    house_name = Text("The name of the addressed building", "Ridge View")
    apartment = Text("The number of the sub dwelling of the addressed building", "Flat 1")
    street = Text("The name of the street", "Winch Road")
    locality = Text("The name of the local district or area", "Kingston")
    town = Text("The name of the major town or city", "Derby")
    county = Text("The name of the county", "Bedfordshire")
    post_code = Text("The post code of the address", "D12 0BA")
    country = Text("The residing country for the address", "United Kingdom")
    address_block = Computed(
        "The full address, one part per line",
        "22 Winch Road\nKingston\nDerby\nD12 0BA\nUK",
        Words(
            "\n",
            apartment,
            house_name,
            Words(" ", house_no, street),
            locality,
            town,
            county,
            post_code,
            country,
        ),
    )
    religion_code = Code("Religion short code", "CH")
    religion = Text("Religion description", "Christian")
    ethnicity_code = Code("Ethnicity short code", "WENG")
    ethnicity = Text("Ethnicity description", "White - English")
    ethnicity_source = Code("Ethnicity source code", "P")
    home_language = Text("Home language description", "English")
    home_language_code = Code("Home language code", "ENG")
    first_language = Text("First language description", "English")
    first_language_code = Code("First language code", "ENG")
    first_language_source = Code("First language source code", "P")
    national_identity = Text("Nationality identity", "English")
    nationality = Code("Nationality", "GBR")
    birth_country = Text("The country the person was born in", "France")
    birth_country_code = Code("The code of the country the person was born in", "FR")
    birth_state = Text("The state or province the person was born in", "CA")
    birth_city = Text("The city the person was born in", "Riverton")
    races = Text("CSV of US federal race categories", "asian,white")
    hispanic = Flag("Flag defining if the person is of Hispanic or Latino ethnicity", 0)
    asylum_status = Text("Asylum status", "Asylum Seeker")
    is_traveller = Flag("Marked as being a traveller", 0)
    traveller_source = Text("Source of traveller status", "Student")
    traveller_type = Text("Type of traveller", "Showman")
    username = Text("The username that the person signs in with", "graham.abbess")
    external_id = Text("The id of the person in the system that they came from", "a925c7eb-86bc-40d7-91fd-f3fcbf6a2f2b")
    origin = came_from()
    student_unique_id = Text("The id of the person as a student, unique in the district", "604822")
    staff_unique_id = Text("The id of the person as a member of staff, unique in the district", "207219")
    contact_unique_id = Text("The id of the person as a contact, unique in the district", "708321")


OWN = ("person.external_id", "person.origin", "school.external_id", "school.origin")
"""By what rosters know the human and the school of a role."""

CALLED = ("person.forename", "person.surname", "person.legal_forename", "person.legal_surname")
"""What a human is called: whoever has to remove somebody must be able to tell who that is."""


class Staff(
    SchoolRecord,
    scope=S.Staff | S.StaffLite,
    writing=S.WritebackStaff,
    human_writing=S.WritebackStaff,
    human=True,
    indexes=(("school", "mis_id"), ("school", "external_id"), ("school", "xid"), ("person",)),
    natural=("person.staff_unique_id", "school.estab", "person"),
    remembers=(*CALLED, *OWN, "is_teacher", "employment_end"),
):
    """A person who works, has worked or will work at a school."""

    person = Ref("The human", Person)
    mis_id = Text("The MIS Id of the staff member", "5")
    external_id = Text("The external Id of the staff member", "8ad4a7ae-aa02-49aa-8901-528d3c44bcc6")
    origin = came_from()
    xid = Text("The XID of the staff member", "x4k2p9a")
    idaas_id = Computed("The Idaas Id of the staff member", "PWT-5", Key("PWT-", mis_id))
    title = Told(person, Person.title)
    suffix = Told(person, Person.suffix)
    forename = Told(person, Person.forename)
    surname = Told(person, Person.surname)
    display_name = Computed(
        "Staff title, first initial and surname",
        "Mr M Lubbock",
        Words(" ", title, Initial(forename), surname),
    )
    code = Text("Abbreviated staff code from the MIS", "ML")
    teacher_category = Text("The category of teacher", "Qualified Teacher")
    idaas_email = Text("Email address provisioned by Idaas, if available", "test@work.net")
    work_email = Text("Work email for the staff member", "test@work.net")
    work_phone = Text("Work telephone for the staff member", "02221348798")
    is_teacher = Flag("Flag defining if the staff member is a teacher", 1)
    is_support = Flag("Flag defining if the staff member is support staff", 0)
    is_supply = Flag("Flag defining if the staff member is supply staff", 0)
    is_governor = Flag("Flag defining if the staff member is a Governor", 0)
    gender = Told(person, Person.gender, scope=S.StaffExtended)
    middle_name = Told(person, Person.middle_name, scope=S.StaffExtended)
    legal_forename = Told(person, Person.legal_forename, scope=S.StaffExtended)
    legal_surname = Told(person, Person.legal_surname, scope=S.StaffExtended)
    birth_date = Told(person, Person.birth_date, scope=S.StaffExtended)
    mobile_phone = Told(person, Person.mobile_phone, scope=S.StaffExtended)
    payroll_number = Text("The payroll number of the staff member", "R275628", scope=S.StaffEmployment)
    ni_number = Text("The NI number of the staff member", "ZN248685D", scope=S.StaffEmployment)
    teacher_number = Text("The teacher number of the staff member", "72/10896", scope=S.StaffEmployment)
    employment_start = Date("The employment term start date", "1972-03-02", scope=S.StaffEmployment)
    employment_end = Date("The employment term end date", scope=S.StaffEmployment)
    roles = Text(
        "CBDS standardized list of roles associated with the staff",
        "Teacher,Headteacher",
        scope=S.StaffEmployment,
    )
    role_codes = Text("CBDS standardized list of role codes", "TCHR,HDTR", scope=S.StaffEmployment)
    home_email = Told(person, Person.home_email, scope=S.StaffPersonalContact)
    home_phone = Told(person, Person.home_phone, scope=S.StaffPersonalContact)
    address_block = Told(person, Person.address_block, scope=S.StaffAddress)
    house_no = Told(person, Person.house_no, scope=S.StaffAddress)
    house_name = Told(person, Person.house_name, scope=S.StaffAddress)
    apartment = Told(person, Person.apartment, scope=S.StaffAddress)
    street = Told(person, Person.street, scope=S.StaffAddress)
    locality = Told(person, Person.locality, scope=S.StaffAddress)
    town = Told(person, Person.town, scope=S.StaffAddress)
    county = Told(person, Person.county, scope=S.StaffAddress)
    post_code = Told(person, Person.post_code, scope=S.StaffAddress)
    country = Told(person, Person.country, scope=S.StaffAddress)
    is_temporary = Flag("Has no employment but is associated with active groups", 0)
    username = Told(person, Person.username)
    person_id = Told(person, Person.external_id)
    person_origin = Told(person, Person.origin)
    staff_unique_id = Told(person, Person.staff_unique_id)
    status = Computed(
        "Whether the staff member is current, previous or future",
        "Current",
        When(
            (is_temporary.is_(1), "Temporary"),
            (employment_start.after(TODAY), "Future"),
            (employment_end.before(TODAY), "Previous"),
            otherwise="Current",
        ),
        scope=S.Staff | S.StaffLite,
    )


class StaffHierarchy(SchoolRecord, scope=S.StaffEmployment, indexes=(("school",), ("parent",), ("child",))):
    """A manager and a member of staff who reports to them."""

    parent = Ref("The manager", Staff, part_of=True, tells=("mis_id",))
    child = Ref("The member of staff who reports to the manager", Staff, part_of=True, tells=("mis_id",))
    code = Code("What kind of relationship it is", "Man")
    parent_title = Text("The relationship title of the parent staff member", "Manager")
    child_title = Text("The relationship title of the child staff member", "Reportee")
    start = Date("The start date of the hierarchy record", "2014-09-10")
    end = Date("The end date of the hierarchy record", "2020-09-10")


class StaffVehicle(SchoolRecord, scope=S.StaffExtended, indexes=(("school",), ("staff",))):
    """A vehicle that a member of staff brings to the school."""

    staff = Ref("Whose vehicle", Staff, part_of=True, tells=("mis_id",))
    mis_id = Text("The MIS id of the vehicle", "2")
    model = Text("The model of the vehicle", "Ford")
    colour = Text("The colour of the vehicle", "Red")
    registration = Text("The registration number of the vehicle", "MR03DRM")


class StaffSwacRole(SchoolRecord, scope=S.StaffEmployment, indexes=(("school",), ("staff",))):
    """A role that a member of staff is counted under in the School Workforce in Wales census (SWAC)."""

    staff = Ref("Whose role", Staff, part_of=True, tells=("mis_id",))
    mis_id = Text("Id of the staff - SWAC record", "1")
    role = Text("SWAC role of the staff member", "Qualified Teacher")
    is_main = Flag("Whether this role is the main role for the staff member, boolean", 1)
    fte = Decimal("Full-time equivalent for this role", 0.5)


class StaffNextOfKin(SchoolRecord, scope=S.StaffNextOfKin, indexes=(("school",), ("staff",), ("person",))):
    """Who to call in an emergency involving a member of staff."""

    staff = Ref("Whose next of kin", Staff, part_of=True, tells=("mis_id", "xid"))
    person = Ref("The human to call", Person)
    mis_id = Text("The MIS Id of the person to call", "2")
    role = Text("Their relationship to the member of staff", "Wife")
    title = Told(person, Person.title)
    forename = Told(person, Person.forename)
    surname = Told(person, Person.surname)
    full_name = Computed("Their full name", "Jane Smith", Words(" ", forename, surname))
    middle_name = Told(person, Person.middle_name)
    gender = Told(person, Person.gender)
    birth_date = Told(person, Person.birth_date)
    home_email = Told(person, Person.home_email)
    work_email = Text("Their work email", "jane@work.net")
    home_phone = Told(person, Person.home_phone)
    work_phone = Text("Their work telephone", "02079460000")
    primary_email = Computed("The email address to use first", "jane@home.net", Coalesce(home_email, work_email))
    mobile_phone = Told(person, Person.mobile_phone)
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


class Contact(
    SchoolRecord,
    scope=S.Contact,
    writing=S.WritebackContacts,
    human_writing=S.WritebackContacts,
    human=True,
    indexes=(("school", "mis_id"), ("school", "external_id"), ("school", "xid"), ("person",)),
    natural=("person.contact_unique_id", "person"),
    remembers=(*CALLED, *OWN),
):
    """A parent, carer or other person whom the school contacts about a student."""

    person = Ref("The human", Person)
    mis_id = Text("The MIS Id of the contact", "9920")
    external_id = Text("The MIS External Id of the contact", "a7475dba-d702-4a98-966b-dab44fe2cca9")
    origin = came_from()
    xid = Text("The XID of the contact", "x9d3m1q")
    idaas_id = Computed("The Idaas Id of the contact", "PC-9920", Key("PC-", mis_id))
    title = Told(person, Person.title)
    suffix = Told(person, Person.suffix)
    surname = Told(person, Person.surname)
    forename = Told(person, Person.forename)
    gender = Told(person, Person.gender)
    display_name = Computed("Full name of the contact", "Mrs Hilda Abbess", Words(" ", title, forename, surname))
    home_language = Told(person, Person.home_language)
    home_language_code = Told(person, Person.home_language_code)
    translator_required = Flag("Whether the contact requires a translator, boolean", 1)
    work_email = Text("Main work email of the contact", "habbess@parentwork.net")
    work_phone = Text("Main work phone of the contact", "01245855555")
    home_email = Told(person, Person.home_email)
    home_phone = Told(person, Person.home_phone)
    mobile_phone = Told(person, Person.mobile_phone)
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
    username = Told(person, Person.username)
    person_id = Told(person, Person.external_id)
    person_origin = Told(person, Person.origin)
    contact_unique_id = Told(person, Person.contact_unique_id)


class Comm(SchoolRecord, abstract=True):
    """A way to reach a person."""

    mis_id = Text("The MIS Id of the telephone number or e-mail address", "13067")
    comms_type = Code("The type of the comms record", "T", {"E": "Email", "T": "Telephone", "M": "Mobile"})
    location_code = Code("The type of the location", "H", {"H": "Home", "W": "Work", "M": "Mobile"})
    priority = Number("The importance of the record", 2)
    is_default = Flag("Definition of whether this is the default communication device", 1)
    value = Text("The email or phone number", "01632211143")
    notes = Text("Any notes relating to the number")


class StaffComm(Comm, scope=S.Staff, indexes=(("school",), ("who",))):
    """A way to reach a member of staff."""

    who = Ref("Who it reaches", Staff, part_of=True, tells=("mis_id", "idaas_id", "status"))


class ContactComm(Comm, scope=S.Contact, indexes=(("school",), ("who",))):
    """A way to reach a contact."""

    who = Ref("Who it reaches", Contact, part_of=True, tells=("mis_id", "idaas_id"))


class StaffPhoto(SchoolRecord, scope=S.Photos, indexes=(("school",), ("who",))):
    """A photograph of a member of staff."""

    who = Ref("Who the photo shows", Staff, part_of=True, tells=("mis_id", "display_name", "status"))
    mis_id = Text("Id of the photo", "1")
    image = Text("Base64 encoded image", "/9j/4AAQSkZJR...UVoiWf/2Q==")


staff_photos = Many("The photograph of a member of staff", StaffPhoto.who)
