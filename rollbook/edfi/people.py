"""Students and members of staff, where they are enrolled and what they work as."""

from __future__ import annotations

from ..fields import Ref
from ..model.people import Person, Staff
from ..model.students import Student
from ..scopes import S
from . import parts, targets
from .homes import Differing, Fact, FirstKnown, Slots, known
from .schema import (
    Boolean,
    Collection,
    Date,
    Descriptor,
    Number,
    Reference,
    Resource,
    Text,
)
from .words import SEXES, uri, word

_P = Person


def student_reference(role: Ref) -> Reference:
    """The student of an association that keeps which role at the school it is."""
    return Reference(
        "studentReference",
        "The student",
        targets.STUDENT,
        identity=True,
        at=role / Student.person,
        sets=role.name,
        role=Student,
        homes={"studentUniqueId": Fact(role / Student.student_unique_id)},
    )


def staff_reference(role: Ref) -> Reference:
    """The member of staff of an association that keeps which role at the school it is."""
    return Reference(
        "staffReference",
        "The member of staff",
        targets.STAFF,
        identity=True,
        at=role / Staff.person,
        sets=role.name,
        role=Staff,
        homes={"staffUniqueId": Fact(role / Staff.staff_unique_id)},
    )


# ---- humans

# The first name is the legal one; a school's own systems call a student by the preferred one, which Ed-Fi only gives
# where it differs.
FIRST = Text("firstName", "The legal first name", 75, required=True, home=FirstKnown((_P.legal_forename, _P.forename)))
LAST = Text("lastSurname", "The legal surname", 75, required=True, home=FirstKnown((_P.legal_surname, _P.surname)))
MAIDEN = Text("maidenName", "The surname before marriage", 75)
MIDDLE = Text("middleName", "The middle name", 75, home=Fact(_P.middle_name))
# A school shows these of its staff, not of its students, so that a student's stay with what was written.
_SUFFIX, _TITLE = "What stands after the name, such as Jr.", "The title before the name"
PREFERRED = (
    Text(
        "preferredFirstName",
        "The first name that the person prefers, if another than the legal one",
        75,
        home=Differing(_P.forename, beside="firstName", than=_P.legal_forename),
    ),
    Text(
        "preferredLastSurname",
        "The surname that the person prefers, if another than the legal one",
        75,
        home=Differing(_P.surname, beside="lastSurname", than=_P.legal_surname),
    ),
)
_person = Reference("personReference", "The human, by the id of another system", targets.PERSON)
_citizenship = Descriptor(
    "citizenshipStatusDescriptor", "Whether the person is a citizen of the United States", "CitizenshipStatus"
)


def _born(*, required: bool) -> Date:
    return Date("birthDate", "The day of birth", required=required, home=Fact(_P.birth_date))


students = Resource(
    "students",
    "Student",
    "A human who is, was or will be taught; where is told by studentSchoolAssociations.",
    of=Person,
    only=known(Person.student_unique_id),
    remainder=S.StudentExtended & S.StudentDemographic,
    role=Student,
    properties=(
        Text(
            "studentUniqueId",
            "The id of the student, unique in the district",
            32,
            identity=True,
            home=Fact(Person.student_unique_id),
        ),
        _person,
        Text("birthCity", "The city of birth", 30, 2, home=Fact(Person.birth_city)),
        Descriptor(
            "birthCountryDescriptor", "The country of birth", "Country", home=word(Person.birth_country_code, "Country")
        ),
        _born(required=True),
        Text("birthInternationalProvince", "The province of birth, outside of the United States", 150),
        Descriptor("birthSexDescriptor", "The sex at birth", "Sex", home=word(Person.gender, "Sex", SEXES)),
        Descriptor(
            "birthStateAbbreviationDescriptor",
            "The state of birth, within the United States",
            "StateAbbreviation",
            home=word(Person.birth_state, "StateAbbreviation"),
        ),
        _citizenship,
        Date("dateEnteredUS", "The day of entry to the United States"),
        FIRST,
        Text("generationCodeSuffix", _SUFFIX, 10),
        parts.identification_documents("identificationDocuments", "studentIdentificationDocument"),
        LAST,
        MAIDEN,
        MIDDLE,
        Boolean("multipleBirthStatus", "Whether the student is a twin, a triplet or the like"),
        parts.other_names("student"),
        parts.identification_documents("personalIdentificationDocuments", "studentPersonalIdentificationDocument"),
        Text("personalTitlePrefix", _TITLE, 30),
        *PREFERRED,
        parts.visas("student"),
    ),
)


# ---- staff

_mails = Slots(
    {uri("ElectronicMailType", "Home/Personal"): Person.home_email},
    "electronicMailTypeDescriptor",
    "electronicMailAddress",
)
NUMBERS = Slots(
    {
        uri("TelephoneNumberType", "Home"): Person.home_phone,
        uri("TelephoneNumberType", "Mobile"): Person.mobile_phone,
    },
    "telephoneNumberTypeDescriptor",
    "telephoneNumber",
)


def _years(name: str, about: str) -> Number:
    return Number(name, about, -999.99, 999.99)


_languages = Collection(
    "languages",
    "The languages that the person uses",
    "staffLanguage",
    (
        Descriptor("languageDescriptor", "A language", "Language", identity=True),
        parts.single(
            "uses",
            "What the person uses it for",
            "staffLanguageUse",
            Descriptor("languageUseDescriptor", "A use", "LanguageUse", identity=True),
        ),
    ),
)
_codes = Collection(
    "identificationCodes",
    "Codes by which others know the person, by system",
    "staffIdentificationCode",
    (
        Descriptor(
            "staffIdentificationSystemDescriptor", "The system of codes", "StaffIdentificationSystem", identity=True
        ),
        Text("assigningOrganizationIdentificationCode", "Who gave the code", 60),
        Text("identificationCode", "The code", 60, required=True),
    ),
)
_recognitions = Collection(
    "recognitions",
    "What the person was recognised for",
    "staffRecognition",
    (
        Descriptor("recognitionTypeDescriptor", "The kind of recognition", "RecognitionType", identity=True),
        Descriptor("achievementCategoryDescriptor", "The kind of achievement", "AchievementCategory"),
        Text("achievementCategorySystem", "The system of such kinds", 60),
        Text("achievementTitle", "The title of the achievement", 60),
        Text("criteria", "What it takes", 150),
        Text("criteriaURL", "Where that is written", 255, 5),
        Text("evidenceStatement", "How it was met", 150),
        Text("imageURL", "Where its badge is", 255, 5),
        Text("issuerName", "Who gave it", 150),
        Text("issuerOriginURL", "The address of who gave it", 255, 5),
        Date("recognitionAwardDate", "The day on which it was given"),
        Date("recognitionAwardExpiresDate", "The day on which it ends"),
        Text("recognitionDescription", "What it is", 80),
    ),
)

staffs = Resource(
    "staffs",
    "Staff",
    "A human who works, worked or will work in education; as what is told by the staff associations.",
    of=Person,
    only=known(Person.staff_unique_id),
    remainder=S.StaffExtended,
    role=Staff,
    properties=(
        Text(
            "staffUniqueId",
            "The id of the member of staff, unique in the district",
            32,
            identity=True,
            home=Fact(Person.staff_unique_id),
        ),
        _person,
        parts.addresses("staff"),
        parts.single(
            "ancestryEthnicOrigins",
            "The peoples that the person comes from",
            "staffAncestryEthnicOrigin",
            Descriptor("ancestryEthnicOriginDescriptor", "A people", "AncestryEthnicOrigin", identity=True),
        ),
        _born(required=False),
        _citizenship,
        parts.single(
            "credentials",
            "What lets the person teach",
            "staffCredential",
            Reference("credentialReference", "The credential", targets.CREDENTIAL, identity=True),
        ),
        parts.electronic_mails("staff", _mails),
        FIRST,
        Text("genderIdentity", "The gender that the person identifies as", 60),
        Text("generationCodeSuffix", _SUFFIX, 10, home=Fact(_P.suffix)),
        Descriptor("highestCompletedLevelOfEducationDescriptor", "The highest level of education", "LevelOfEducation"),
        Boolean("highlyQualifiedTeacher", "Whether the person is highly qualified for all sections taught"),
        Boolean("hispanicLatinoEthnicity", "Whether the person is of Hispanic or Latino origin"),
        _codes,
        parts.identification_documents("identificationDocuments", "staffIdentificationDocument"),
        parts.international_addresses("staff"),
        _languages,
        LAST,
        Text("loginId", "The username that the person signs in with", 60, home=Fact(Person.username)),
        MAIDEN,
        MIDDLE,
        parts.other_names("staff"),
        parts.identification_documents("personalIdentificationDocuments", "staffPersonalIdentificationDocument"),
        Text("personalTitlePrefix", _TITLE, 30, home=Fact(_P.title)),
        *PREFERRED,
        parts.single(
            "races",
            "The racial categories that the person identifies with",
            "staffRace",
            Descriptor("raceDescriptor", "A racial category", "Race", identity=True),
        ),
        _recognitions,
        Descriptor("sexDescriptor", "The sex at birth", "Sex", home=word(Person.gender, "Sex", SEXES)),
        parts.telephones("staff", NUMBERS),
        parts.single(
            "tribalAffiliations",
            "The tribes that the person belongs to",
            "staffTribalAffiliation",
            Descriptor("tribalAffiliationDescriptor", "A tribe", "TribalAffiliation", identity=True),
        ),
        parts.visas("staff"),
        _years("yearsOfPriorProfessionalExperience", "How many years the person did similar work before"),
        _years("yearsOfPriorTeachingExperience", "How many years the person taught before"),
    ),
)
