"""The permission words of other standards, and what each lets the holder of a credential do with its grants.

A credential never reaches further than the grants of its app: a word narrows what they hold. Claim sets are Ed-Fi's
(ODS/API security metadata), roster scopes those of OneRoster 1.2 (section 4.3, OAuth 2.0 scopes).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..errors import Malformed, Problem, nearest
from ..scopes import CATALOGUE

ROSTER = "https://purl.imsglobal.org/spec/or/v1p2/scope/"

_CORE = frozenset({"School", "SchoolLite", "StudentLite", "StaffLite"})
_ROSTER = _CORE | {"Student", "Staff", "Contact", "UPN"}
_DEMOGRAPHIC = frozenset(
    {"StudentLite", "StudentExtended", "StudentDemographic", "StudentEthnicity", "StudentFamily", "StudentFunding"}
)
_EVERYTHING = frozenset(CATALOGUE)


@dataclass(frozen=True)
class Word:
    """A permission word: the scopes that it lets through, and whether it lets its holder write."""

    dialect: str
    name: str
    scopes: frozenset[str]
    writes: bool
    organisations: bool
    about: str


WORDS: tuple[Word, ...] = (
    Word("edfi", "EdFiSandbox", _EVERYTHING, True, True, "Everything, and new districts and schools"),
    Word("edfi", "DistrictHostedSISVendor", _EVERYTHING, True, True, "Everything, and new districts and schools"),
    Word("edfi", "SISVendor", _EVERYTHING, True, False, "Everything within the schools that granted it"),
    Word("edfi", "RosterVendor", _ROSTER, False, False, "Reading schools, people, classes and enrolments"),
    Word("edfi", "EdFiAPIReadOnly", _EVERYTHING, False, False, "Reading everything"),
    Word("edlink", f"{ROSTER}roster.readonly", _ROSTER, False, False, "Reading rosters"),
    Word("edlink", f"{ROSTER}roster-core.readonly", _CORE, False, False, "Reading rosters, least of people's facts"),
    Word("edlink", f"{ROSTER}roster-demographics.readonly", _DEMOGRAPHIC, False, False, "Reading demographics"),
)
"""Research has project roles instead (`consent.research`): they say who may change a project, never more of whom."""

DEFAULT = {"edfi": ("SISVendor",)}
"""The words of a credential for which none were named; without any, everything that is granted is let through."""


def known_words(dialect: str, names: Iterable[str]) -> tuple[Word, ...]:
    """The words of a dialect by name; a roster scope may be named by its last part."""
    mine = {w.name.rsplit("/", 1)[-1].lower(): w for w in WORDS if w.dialect == dialect}
    asked = tuple(names) or DEFAULT.get(dialect, ())
    unknown = [n for n in asked if n.rsplit("/", 1)[-1].lower() not in mine]
    if unknown:
        listed = [w.name.rsplit("/", 1)[-1] for w in mine.values()]
        raise Malformed(*(Problem("rights", f"{n} is not known to {dialect}", nearest(n, listed)) for n in unknown))
    return tuple(mine[n.rsplit("/", 1)[-1].lower()] for n in asked)


def scopes_of(words: Iterable[Word]) -> frozenset[str]:
    """The scopes that the words let through, together; without any word, every one."""
    held = [w.scopes for w in words]
    return frozenset(s for scopes in held for s in scopes) if held else _EVERYTHING
