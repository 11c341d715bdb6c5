"""The permission words of other standards, and what each allows the holder of a credential to do with its grants.

A credential never reaches further than the grants of its app: a word narrows what they hold. A credential that writes
needs both a word that writes and a school that granted the write scope of the record. Claim sets are Ed-Fi's
(ODS/API security metadata), roster scopes those of OneRoster 1.2 (section 4.3, OAuth 2.0 scopes).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..errors import Malformed, Problem, nearest
from ..scopes import CATALOGUE, readable

ROSTER = "https://purl.imsglobal.org/spec/or/v1p2/scope/"

_CORE = frozenset({"School", "SchoolLite", "StudentLite", "StaffLite"})
_ROSTER = _CORE | {"Student", "Staff", "Contact", "UPN"}
_USERS = _ROSTER | {"StaffEmployment", "StaffExtended", "StaffPersonalContact", "StudentExtended"}
"""What OneRoster's users have besides: telephones, middle and legal names, and who runs a school."""
_DEMOGRAPHIC = frozenset(
    {"StudentLite", "StudentExtended", "StudentDemographic", "StudentEthnicity", "StudentFamily", "StudentFunding"}
)
_GRADES = _CORE | {"Student", "AssessmentResults"}
_GRADING = frozenset({"WritebackAssessment"})
_EVERYTHING = frozenset(CATALOGUE)
_READING = frozenset(readable(CATALOGUE))


@dataclass(frozen=True)
class Word:
    """A permission word: the scopes that it allows, and whether its holder may write.

    `organisations` says whether its holder may also create districts and schools.
    """

    dialect: str
    name: str
    scopes: frozenset[str]
    writes: bool
    organisations: bool
    about: str
    own: bool = False
    """Whether an operator has defined what it allows."""


OWN, NAMESPACE, PROFILE = "claims:", "namespace:", "profile:"
"""How the rights of a key name a claim set of an operator's own, a prefix of namespaces, and a profile."""


WORDS: tuple[Word, ...] = (
    Word("edfi", "EdFiSandbox", _EVERYTHING, True, True, "Read and write everything, and create districts and schools"),
    Word(
        "edfi",
        "DistrictHostedSISVendor",
        _EVERYTHING,
        True,
        True,
        "Write what a school's own system does, and its schools",
    ),
    Word(
        "edfi", "SISVendor", _EVERYTHING, True, False, "Write what a school's own system does, and read organisations"
    ),
    Word("edfi", "RosterVendor", _ROSTER, False, False, "Read schools, people, classes and enrolments"),
    Word("edfi", "AssessmentVendor", _READING | _GRADING, True, False, "Write assessments, and read who takes them"),
    Word("edfi", "AssessmentRead", _READING, False, False, "Read assessments and students"),
    Word(
        "edfi",
        "BootstrapDescriptorsandEdOrgs",
        frozenset({"School", "SchoolLite", "WritebackSchool"}),
        True,
        True,
        "Create descriptors, districts, schools, courses, programs and rooms, and nothing else",
    ),
    Word("edfi", "ABConnect", frozenset({"School", "WritebackSchool"}), True, False, "Write learning standards"),
    Word("edfi", "FinanceVendor", _READING | {"WritebackFinance"}, True, False, "Write accounts, budgets and payroll"),
    Word("edfi", "EdFiAPIPublisherReader", _READING, False, False, "Read everything and its changes, to publish it"),
    Word("edfi", "EdFiAPIPublisherWriter", _EVERYTHING, True, True, "Write everything that was published elsewhere"),
    Word("edfi", "EdFiAPIReadOnly", _READING, False, False, "Read everything"),
    *(
        Word(dialect, f"{ROSTER}{name}.readonly", scopes, False, False, about)
        for dialect, roster in (("edlink", _ROSTER), ("oneroster", _USERS))
        for name, scopes, about in (
            ("roster", roster, "Read rosters"),
            ("roster-core", _CORE, "Read rosters with names, IDs and groups only"),
            ("roster-demographics", _DEMOGRAPHIC, "Read demographics"),
        )
    ),
    *(
        Word(dialect, f"{ROSTER}{name}", scopes, writes, False, about)
        for dialect in ("edlink", "oneroster")
        for name, scopes, writes, about in (
            ("gradebook.readonly", _GRADES, False, "Read gradebooks and assessments"),
            ("gradebook-core.readonly", _GRADES, False, "Read gradebooks"),
            ("gradebook.createput", _GRADES | _GRADING, True, "Add to gradebooks and assessments, and change them"),
            ("gradebook.delete", _GRADES | _GRADING, True, "Delete from gradebooks and assessments"),
        )
        # Edlink's coursework is what OneRoster's gradebooks are of.
        if dialect == "oneroster" or not name.startswith("gradebook-core")
    ),
    *(
        Word("oneroster", f"{ROSTER}{name}", scopes, writes, False, about)
        for name, scopes, writes, about in (
            ("resource.readonly", _CORE | {"Student", "Staff", "Contact"}, False, "Read what is used to learn with"),
        )
    ),
)
"""Research has project roles instead (`consent.research`), which say who may change a project."""

DEFAULT = {"edfi": ("EdFiAPIReadOnly",)}
"""The words of a credential created without any: it only reads. With no words at all, everything granted may be
read."""


def known_words(dialect: str, names: Iterable[str]) -> tuple[Word, ...]:
    """The words of a dialect by name; a roster scope may be named by its last part."""
    mine = {w.name.rsplit("/", 1)[-1].lower(): w for w in WORDS if w.dialect == dialect}
    named = [name for name in names if not name.startswith((NAMESPACE, PROFILE))]
    own = tuple(_own(dialect, name.removeprefix(OWN)) for name in named if name.startswith(OWN))
    asked = tuple(name for name in named if not name.startswith(OWN)) or (() if own else DEFAULT.get(dialect, ()))
    unknown = [n for n in asked if n.rsplit("/", 1)[-1].lower() not in mine]
    if unknown:
        listed = [w.name.rsplit("/", 1)[-1] for w in mine.values()]
        raise Malformed(*(Problem("rights", f"{n} is not known to {dialect}", nearest(n, listed)) for n in unknown))
    return (*(mine[n.rsplit("/", 1)[-1].lower()] for n in asked), *own)


def _own(dialect: str, name: str) -> Word:
    return Word(dialect, name, _EVERYTHING, True, False, "What the operator of the hub says", own=True)


def scopes_of(words: Iterable[Word]) -> frozenset[str]:
    """The scopes that the words allow together; without any word, every scope that only reads."""
    held = [w.scopes for w in words]
    return frozenset(s for scopes in held for s in scopes) if held else _READING
