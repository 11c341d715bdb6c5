"""What districts and schools say of students as humans: ethnicity, languages, and how they are reached."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..fields import Expr, Field, Value
from ..model.profiles import StudentProfile as Profile
from ..scopes import S
from .contacts import Residence
from .declaring import At, declare
from .homes import NUMERAL, Codec, Fact, Home, Listing, May, Rest, Row, Stated
from .people import mails, phones, student
from .published import WORDS
from .words import published, uri, word

RACES = {
    "American Indian - Alaska Native": "americanIndianOrAlaskaNative",
    "Asian": "asian",
    "Black - African American": "blackOrAfricanAmerican",
    "Native Hawaiian - Pacific Islander": "nativeHawaiianOrOtherPacificIslander",
    "White": "white",
}
"""The races of the US federal standards, as the record has them."""

LANGUAGES = {code.upper(): name or code for code, _, name in (one.partition("|") for one in WORDS["Language"])}
"""What published languages are called, by their codes as the record has them."""


def _race(said: Any) -> str | None:
    if "://" in str(said):
        return str(said)
    letters = "".join(c for c in str(said).lower() if c.isalpha())
    return next((uri("Race", code) for code, name in RACES.items() if name.lower() == letters), None)


def _race_kept(word: Any) -> Value:
    code = (published("Race", word) or "").lower()
    return next((name for known, name in RACES.items() if known.lower() == code), word)


@dataclass(frozen=True)
class _Language:
    """The facts of the human that tell of one use of a language, and the use's word."""

    code: Field
    name: Field
    use: str


_USES = (
    _Language(Profile.home_language_code, Profile.home_language, uri("LanguageUse", "Home language")),
    _Language(Profile.first_language_code, Profile.first_language, uri("LanguageUse", "Native language")),
)


def _language(code: Any) -> str | None:
    """A language's code as a word; nothing for what no list of words has."""
    said = str(code)
    if "://" in said:
        return said
    return uri("Language", said.lower()) if said.upper() in LANGUAGES else None


@dataclass(frozen=True)
class _Languages(Home):
    """The languages of a student by their uses, of which the record knows those at home and as a child."""

    def columns(self) -> dict[str, Expr]:
        return {f"person.{one.code.name}": one.code for one in _USES}

    def read(self, row: Row, rest: Rest, name: str) -> Any:
        spoken = {one.use: word for one in _USES if (word := _language(row.get(f"person.{one.code.name}") or ""))}
        kept = rest.get(name)
        if kept and self._spoken(kept) == spoken:
            return kept
        return self._listed(spoken)

    def write(self, value: Any, document: Mapping[str, Any], may: May) -> dict[str, Value]:
        spoken, said = self._spoken(value), dict[str, Value]()
        for one in _USES:
            spoke = spoken.get(one.use)
            code = (published("Language", spoke) or "").upper() if spoke else ""
            said |= {one.code.name: code if code in LANGUAGES else spoke, one.name.name: LANGUAGES.get(code)}
        return said

    def rest(self, name: str, value: Any, document: Mapping[str, Any]) -> dict[str, Any]:
        return {name: value} if value and value != self._listed(self._spoken(value)) else {}

    def _spoken(self, items: Any) -> dict[str, str]:
        """The first language of each use that the record knows."""
        found: dict[str, str] = {}
        for item in items or ():
            uses = [use["languageUseDescriptor"].lower() for use in item.get("uses", ())]
            for one in _USES:
                if one.use.lower() in uses:
                    found.setdefault(one.use, item["languageDescriptor"])
        return found

    def _listed(self, spoken: Mapping[str, str]) -> list[dict[str, Any]]:
        return [
            {
                "languageDescriptor": word,
                "uses": [{"languageUseDescriptor": use} for use, other in spoken.items() if other == word],
            }
            for word in dict.fromkeys(spoken.values())
        ]


@dataclass(frozen=True)
class _Jotted(Home):
    """A collection that a field keeps as it was written."""

    field: Field

    def columns(self) -> dict[str, Expr]:
        return {self.field.name: self.field}

    def read(self, row: Row, rest: Rest, name: str) -> Any:
        said = row.get(self.field.name)
        return json.loads(said) if said else None

    def write(self, value: Any, document: Mapping[str, Any], may: May) -> dict[str, Value]:
        return {self.field.name: json.dumps(value, ensure_ascii=False) if value else None}


@dataclass(frozen=True)
class _Addresses(_Jotted):
    """The addresses, of which the home one is where the human lives."""

    def write(self, value: Any, document: Mapping[str, Any], may: May) -> dict[str, Value]:
        return {**super().write(value, document, may), **Residence().write(value, document, may)}


student_profiles = declare(
    "studentEducationOrganizationAssociations",
    Profile,
    {
        "educationOrganizationReference": At(
            Profile.place, {"educationOrganizationId": Fact(Profile.organisation, NUMERAL)}, sets="school"
        ),
        "studentReference": student(Profile.student),
        "addresses": _Addresses(Profile.addresses),
        "internationalAddresses": _Jotted(Profile.international_addresses),
        "ancestryEthnicOrigins": _Jotted(Profile.ancestry),
        "tribalAffiliations": _Jotted(Profile.tribes),
        "cohortYears": _Jotted(Profile.cohort_years),
        "disabilities": _Jotted(Profile.disabilities),
        "displacedStudents": _Jotted(Profile.displaced),
        "studentCharacteristics": _Jotted(Profile.characteristics),
        "studentIdentificationCodes": _Jotted(Profile.codes),
        "studentIndicators": _Jotted(Profile.indicators),
        "profileThumbnail": Fact(Profile.thumbnail),
        "supporterMilitaryConnectionDescriptor": word(Profile.military, "SupporterMilitaryConnection"),
        "sexDescriptor": word(Profile.sex, "Sex"),
        "electronicMails": Stated(mails(Profile.home_email), Profile.mails_said),
        "hispanicLatinoEthnicity": Stated(
            Fact(Profile.hispanic, Codec(bool, int), sets="hispanic"), Profile.hispanic_said
        ),
        "languages": Stated(_Languages(), Profile.languages_said),
        "races": Stated(Listing(Profile.races, "raceDescriptor", Codec(_race, _race_kept)), Profile.races_said),
        "telephones": Stated(phones(Profile.home_phone, Profile.mobile_phone), Profile.numbers_said),
    },
    # What is left is of these kinds, the further members of telephones and languages among it.
    remainder=(S.Student | S.StudentLite) & S.StudentExtended & S.StudentDemographic,
    belongs=("student",),
    stays=True,
)
