"""Entering the names by which people sign in.

A human has one name in a district, whatever roles they have at its schools.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from ..fields import Record
from ..model.people import Contact, Person, Staff
from ..model.students import Student
from ..scopes import Need, S
from .changes import Change, Invalid, Results
from .profiles import Profile
from .school import SchoolRecords

ROLES: dict[str, type[Record]] = {"Student": Student, "Staff": Staff, "Contact": Contact}
"""The roles through which a human is named."""


class UserEntry(msgspec.Struct, frozen=True, omit_defaults=True):
    """Somebody, by their role and its MIS id, and their sign-in name; without one they have none any longer."""

    kind: str
    who: str
    username: str | None = None


class Users(Change, frozen=True):
    """Sign-in names."""

    users: tuple[UserEntry, ...]

    @property
    def need(self) -> Need:
        """Write-back of sign-in names, and what lets those be seen who are named."""
        needed = S.WritebackUsers
        for kind in sorted({entry.kind for entry in self.users}):
            needed &= ROLES[kind].scope
        return needed

    def people(self) -> dict[str, Iterable[str]]:
        """Those named."""
        return {kind: [e.who for e in self.users if e.kind == kind] for kind in ROLES}

    def enter(self, school: SchoolRecords, profile: Profile) -> Results:
        """Enter the names, all or none; gives each as it is now.

        Names may change hands within one write-back: what counts is that at the end no two humans have the same.
        """
        told = self._humans(school)
        self._check_unique(school, told)
        for person, name in told.items():
            school.change(Person, person, {"username": name})
        return tuple({f"{entry.kind}Id": entry.who, "Username": entry.username} for entry in self.users)

    def _humans(self, school: SchoolRecords) -> dict[str, str | None]:
        """The name that each human gets, by their hub id."""
        told: dict[str, str | None] = {}
        for entry in self.users:
            role = school.one(ROLES[entry.kind], mis_id=entry.who)
            if role is None:
                raise Invalid(f"Invalid {entry.kind}Id: {entry.who}")
            if told.setdefault(role["person"], entry.username) != entry.username:
                raise Invalid(f"Invalid Username provided: {entry.username}")
        return told

    def _check_unique(self, school: SchoolRecords, told: dict[str, str | None]) -> None:
        """Raises `Invalid` for each name that somebody else has whom the app may see, in any case.

        A name of anybody else is taken too: a refusal would tell whose it is.
        """
        holders: dict[str, str] = {}
        taken: list[str] = []
        wanted = {name.casefold() for name in told.values() if name is not None}
        kept = (
            (identity, name)
            # Unicode's upper and lower case is beyond the database; there are no more names than humans who sign in.
            for identity, name in school.batch.kept.records.usernames(school.batch.district)
            if identity not in told and name.casefold() in wanted and _seen(school, identity)
        )
        for identity, name in (*kept, *told.items()):
            if name is not None and holders.setdefault(name.casefold(), identity) != identity and identity in told:
                taken.append(f"Invalid Username provided: {name}")
        if taken:
            raise Invalid(*taken)


def _seen(school: SchoolRecords, person: str) -> bool:
    """Whether the app may see a human, in any of their roles at the school."""
    return any(school.sees(role, row["id"]) for role in ROLES.values() for row in school.find(role, person=person))
