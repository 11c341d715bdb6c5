"""Students, members of staff, and those whom schools contact about students."""

from __future__ import annotations

from ..fields import Field, Ref
from ..model.people import Person, Staff
from ..model.students import Student
from ..scopes import S
from .declaring import At, declare
from .homes import Differing, Fact, FirstKnown, Home, Slots
from .words import SEXES, uri, word

_P = Person


def student(role: Ref) -> At:
    """The student of an association that keeps which role at the school it is."""
    homes = {"studentUniqueId": Fact(role / Student.student_unique_id)}
    return At(role / Student.person, homes, sets=role.name, role=Student)


def staff(role: Ref) -> At:
    """The member of staff of an association that keeps which role at the school it is."""
    homes = {"staffUniqueId": Fact(role / Staff.staff_unique_id)}
    return At(role / Staff.person, homes, sets=role.name, role=Staff)


# The first name is the legal one; a school's own systems call a student by the preferred one, which Ed-Fi only gives
# where it differs.
NAMES: dict[str, Home] = {
    "firstName": FirstKnown((_P.legal_forename, _P.forename)),
    "lastSurname": FirstKnown((_P.legal_surname, _P.surname)),
    "middleName": Fact(_P.middle_name),
    "preferredFirstName": Differing(_P.forename, beside="firstName", than=_P.legal_forename),
    "preferredLastSurname": Differing(_P.surname, beside="lastSurname", than=_P.legal_surname),
}


def mails(home: Field) -> Slots:
    """The e-mail addresses of somebody, of whom the record has that at home."""
    kinds = {uri("ElectronicMailType", "Home/Personal"): home}
    return Slots(kinds, "electronicMailTypeDescriptor", "electronicMailAddress")


def phones(home: Field, mobile: Field) -> Slots:
    """The telephone numbers of somebody, of whom the record has that at home and of a mobile."""
    kinds = {uri("TelephoneNumberType", "Home"): home, uri("TelephoneNumberType", "Mobile"): mobile}
    return Slots(kinds, "telephoneNumberTypeDescriptor", "telephoneNumber")


ADULT: dict[str, Home] = {
    **NAMES,
    # A school shows these of its staff, not of its students, so that a student's stay with what was written.
    "generationCodeSuffix": Fact(_P.suffix),
    "personalTitlePrefix": Fact(_P.title),
    "electronicMails": mails(_P.home_email),
    "loginId": Fact(_P.username),
    "sexDescriptor": word(_P.gender, "Sex", SEXES),
    "telephones": phones(_P.home_phone, _P.mobile_phone),
}
"""What members of staff and contacts have alike."""

students = declare(
    "students",
    Person,
    {
        **NAMES,
        "studentUniqueId": Fact(_P.student_unique_id),
        "birthCity": Fact(_P.birth_city),
        "birthCountryDescriptor": word(_P.birth_country_code, "Country"),
        "birthDate": Fact(_P.birth_date),
        "birthSexDescriptor": word(_P.gender, "Sex", SEXES),
        "birthStateAbbreviationDescriptor": word(_P.birth_state, "StateAbbreviation"),
    },
    remainder=S.StudentExtended & S.StudentDemographic,
    role=Student,
)

staffs = declare(
    "staffs",
    Person,
    {**ADULT, "staffUniqueId": Fact(_P.staff_unique_id), "birthDate": Fact(_P.birth_date)},
    remainder=S.StaffExtended,
    role=Staff,
)
