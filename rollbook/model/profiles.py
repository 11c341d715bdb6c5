"""What a district or a school says of a student as a human."""

from __future__ import annotations

from ..fields import Flag, Many, Ref, Text, Told
from ..scopes import S
from .organisation import SchoolRecord
from .people import Person
from .students import Student


class StudentProfile(
    SchoolRecord,
    scope=S.Student | S.StudentLite,
    writing=S.WritebackStudents,
    indexes=(("school",), ("student",), ("person",)),
    natural=("organisation", "student.person.student_unique_id"),
    remembers=("student.person",),
):
    """What a district or a school says of a student as a human: their ethnicity, languages and how they are reached.

    The human's facts are said once, whoever says them; a flag tells of those that an organisation leaves out.
    """

    student = Ref(
        "The student", Student, part_of=True, tells=("mis_id", "external_id", "xid", "idaas_id", "student_unique_id")
    )
    person = Ref("The human", Person)
    organisation = Text("The number of the district or school that says it", "1001")
    hispanic = Told(person, Person.hispanic, scope=S.StudentEthnicity)
    hispanic_said = Flag("Whether it says that; whatever is known if empty", 1, scope=S.StudentEthnicity)
    races = Told(person, Person.races, scope=S.StudentEthnicity)
    races_said = Flag("Whether it says those; whatever is known if empty", 1, scope=S.StudentEthnicity)
    home_language_code = Told(person, Person.home_language_code, scope=S.StudentDemographic)
    home_language = Told(person, Person.home_language, scope=S.StudentDemographic)
    first_language_code = Told(person, Person.first_language_code, scope=S.StudentDemographic)
    first_language = Told(person, Person.first_language, scope=S.StudentDemographic)
    languages_said = Flag("Whether it says those; whatever is known if empty", 1, scope=S.StudentDemographic)
    home_phone = Told(person, Person.home_phone, scope=S.StudentExtended)
    mobile_phone = Told(person, Person.mobile_phone, scope=S.StudentExtended)
    numbers_said = Flag("Whether it says those; whatever is known if empty", 1, scope=S.StudentExtended)
    home_email = Told(person, Person.home_email, scope=S.StudentExtended)
    mails_said = Flag("Whether it says that; whatever is known if empty", 1, scope=S.StudentExtended)
    street = Told(person, Person.street, scope=S.Address)
    town = Told(person, Person.town, scope=S.Address)
    county = Told(person, Person.county, scope=S.Address)
    post_code = Told(person, Person.post_code, scope=S.Address)
    house_no = Told(person, Person.house_no, scope=S.Address)
    apartment = Told(person, Person.apartment, scope=S.Address)


profiles = Many("What is said of a student as a human", StudentProfile.student)
