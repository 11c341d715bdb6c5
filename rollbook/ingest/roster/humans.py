"""The humans of a roster in OneRoster's shape, with demographics and all that has no field of its own."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from ...model.people import Staff
from ...model.students import Student
from ..rows import Row
from .classes import FLAGS
from .people import CONTACTS, People
from .places import blank

USER_EXTRAS = (
    *("enabledUser", "userIds", "identifier", "grades", "email", "userMasterIdentifier"),
    *("preferredMiddleName", "primaryOrgSourcedId", "pronouns"),
)
PROFILE = (
    "sourcedId",
    "profileType",
    "vendorId",
    "applicationId",
    "description",
    "credentialType",
    "username",
)
DEMOGRAPHIC = (
    *("birth_date", "gender", "races", "hispanic"),
    *("birth_country_code", "birth_state", "birth_city"),
)
RACES = (
    *("americanIndianOrAlaskaNative", "asian", "blackOrAfricanAmerican"),
    *("nativeHawaiianOrOtherPacificIslander", "white", "demographicRaceTwoOrMoreRaces"),
)
SEXES = {"male": "M", "female": "F", "other": "X", "unspecified": "U"}


class Humans:
    """Users as people of the district, whatever they are at its schools."""

    def __init__(self, people: People) -> None:
        self.words = people.user_words
        self.tables = people.tables
        self.users = people.users
        self.school_of = people.school_of
        self.students = {user for user, _ in people.posts[Student]}
        self.staff = {user for user, _ in people.posts[Staff]}
        self.placed = {user for posts in people.posts.values() for user, _ in posts}

    def rows(self) -> Iterator[Row]:
        """Users as humans, with their demographics."""
        table = self.users
        names = ("sourcedId", "givenName", "familyName", "middleName", "username")
        reached = ("sms", "phone", "email", "identifier")
        preferred = ("preferredGivenName", "preferredFamilyName")
        cells = zip(table.cells(*names, *reached, *preferred), self._user_extras(), table.places(), strict=True)
        for said, extra, place in cells:
            key, given, family, middle, username, sms, phone, email, number, called, known = said
            values = blank(
                external_id=key,
                forename=called or given,
                surname=known or family,
                legal_forename=given if called else None,
                legal_surname=family if known else None,
                middle_name=middle,
                username=username,
                mobile_phone=sms,
                home_phone=phone,
                home_email=email if self._only_contact(key) else None,
            )
            values |= self._demographics_of(key)
            yield Row(key, values, {}, extra, place, self._numbers(key, number))

    def _numbers(self, user: str, number: str) -> dict[str, str]:
        """A student's or staff number (OneRoster's `identifier`) by the unique id that it can be."""
        ways = (("student_unique_id", self.students), ("staff_unique_id", self.staff))
        return {fact: number for fact, users in ways if number and user in users}

    def _only_contact(self, user: str) -> bool:
        roles = self.words.get(user)
        return bool(roles) and all(role in CONTACTS for role in roles or ())

    def _user_extras(self) -> Iterator[dict[str, Any] | None]:
        """Of each user what has no field: a default, or what the roles at schools tell, is left out."""
        table = self.users
        loose, profiles = self._loose_roles, self._profiles
        for at, (key, extra) in enumerate(zip(table[table.layout.key], table.extras(*USER_EXTRAS), strict=True)):
            found: dict[str, Any] = {**(extra or {})}
            if key in profiles:
                found["userProfiles"] = profiles[key]
            if found.get("enabledUser") == "true":
                del found["enabledUser"]
            student = key in self.students
            if student and "grades" in found and "," not in found["grades"]:
                del found["grades"]
            if student:
                found.pop("identifier", None)
            if key in self.placed:
                # A role at a school holds the address.
                found.pop("email", None)
            self._settle_roles(key, at, found, loose.get(key))
            if residence := self.demographic_extras(student).get(key):
                found["demographics"] = residence
            yield found or None

    @cached_property
    def _profiles(self) -> dict[str, list[dict[str, str] | None]]:
        """What is said of each user's profiles."""
        table = self.tables["userProfiles"]
        found: dict[str, list[dict[str, str] | None]] = {}
        for user, raw in zip(table["userSourcedId"], table.extras(*PROFILE), strict=True):
            found.setdefault(user, []).append(raw)
        return found

    def _settle_roles(self, key: str, at: int, extra: dict[str, Any], loose: list[Any] | None) -> None:
        table = self.users
        if loose and any(loose):
            extra["roles"] = loose
        elif loose or not self.words.get(key):
            extra |= {n: table[n][at] for n in ("role", "orgSourcedIds") if table[n][at]}

    @cached_property
    def _loose_roles(self) -> dict[str, list[Any]]:
        """Roles at organisations that are not schools."""
        found: dict[str, list[Any]] = {}
        for said in self.tables.roles:
            if self.school_of.get(said.org) != said.org:
                found.setdefault(said.user, []).append(said.raw)
        return found

    @cached_property
    def _no_demographics(self) -> dict[str, Any]:
        return dict.fromkeys(DEMOGRAPHIC) if self.tables.tells_demographics else {}

    def _demographics_of(self, key: str) -> dict[str, Any]:
        """Birth, sex and ethnicity of a user."""
        said = self._demographics.get(key)
        if said is None:
            return self._no_demographics
        (birth, sex, hispanic, country, state, city), flags = said
        return {
            "birth_date": birth or None,
            "gender": SEXES.get(sex, "X") if sex else None,
            "races": ",".join(n for n, f in zip(RACES, flags, strict=True) if f == "true") if any(flags) else None,
            "hispanic": FLAGS[hispanic],
            "birth_country_code": country or None,
            "birth_state": state or None,
            "birth_city": city or None,
        }

    @cached_property
    def _demographics(self) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
        table = self.tables["demographics"]
        names = ("birthDate", "sex", "hispanicOrLatinoEthnicity")
        born = ("countryOfBirthCode", "stateOfBirthAbbreviation", "cityOfBirth")
        cells = zip(table["sourcedId"], table.cells(*names, *born), table.cells(*RACES), strict=True)
        # What two say alike is held once.
        races: dict[tuple[str, ...], tuple[str, ...]] = {}
        return {key: (said, races.setdefault(flags, flags)) for key, said, flags in cells}

    def demographic_extras(self, student: bool) -> dict[str, dict[str, str]]:
        """What demographics say beyond a person's fields; where students live is on their role at the school."""
        return self._of_students if student else self._of_others

    @cached_property
    def _of_students(self) -> dict[str, dict[str, str]]:
        return self._demographic_extras()

    @cached_property
    def _of_others(self) -> dict[str, dict[str, str]]:
        return self._demographic_extras("publicSchoolResidenceStatus")

    def _demographic_extras(self, *names: str) -> dict[str, dict[str, str]]:
        table = self.tables["demographics"]
        extras = table.extras(*names)
        return {key: extra for key, extra in zip(table["sourcedId"], extras, strict=True) if extra}
