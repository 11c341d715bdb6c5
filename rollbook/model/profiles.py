"""What a district or a school says of a student as a human."""

from __future__ import annotations

from ..fields import Flag, Many, Ref, Text, Told
from ..scopes import S
from .document_scopes import GUARDS
from .organisation import School, SchoolRecord
from .people import Person
from .students import Student

_PARTS = GUARDS["studentEducationOrganizationAssociations"].parts


def _as_written(member: str, example: str) -> Text:
    return Text(f"Ed-Fi's {member}, JSON as it was written", example, scope=_PARTS[member])


class StudentProfile(
    SchoolRecord,
    scope=S.Student | S.StudentLite,
    writing=S.WritebackStudents,
    indexes=(("school",), ("student",), ("person",)),
    natural=("organisation", "student.person.student_unique_id"),
    remembers=("student.person",),
):
    """What a district or a school says of a student as a human: their ethnicity, languages and how they are reached.

    The human's facts are said once, whoever says them; a flag tells of those that an organisation leaves out. What a
    human has no fact for stands here, each under a scope of its own.
    """

    student = Ref(
        "The student", Student, part_of=True, tells=("mis_id", "external_id", "xid", "idaas_id", "student_unique_id")
    )
    person = Ref("The human", Person)
    organisation = Text("The number of the district or school that says it", "1001")
    place = Ref("The school that says it, if it is one", School)
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

    addresses = _as_written("addresses", '[{"city": "Riverton", "postalCode": "87001"}]')
    international_addresses = _as_written("internationalAddresses", '[{"addressLine1": "1 Winch Road"}]')
    ancestry = _as_written("ancestryEthnicOrigins", "[]")
    tribes = _as_written("tribalAffiliations", "[]")
    cohort_years = _as_written("cohortYears", '[{"schoolYearTypeReference": {"schoolYear": 2027}}]')
    disabilities = _as_written("disabilities", '[{"orderOfDisability": 1}]')
    displaced = _as_written("displacedStudents", '[{"crisisHomelessnessIndicator": true}]')
    characteristics = _as_written("studentCharacteristics", '[{"designatedBy": "District"}]')
    codes = _as_written("studentIdentificationCodes", '[{"identificationCode": "604822"}]')
    indicators = _as_written("studentIndicators", '[{"indicatorName": "Chess club", "indicator": "Yes"}]')
    thumbnail = Text("Where a picture of the student is", "https://district.example/7001.jpg", scope=S.Photos)
    military = Text("What part in the armed forces somebody in the family has", "Active Duty", scope=S.StudentFamily)
    sex = Text("The sex that the organisation has for the student", "Female")


profiles = Many("What is said of a student as a human", StudentProfile.student)
