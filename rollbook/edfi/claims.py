"""Claim sets: which resources the holder of a key may use, and how, before any school is asked.

The standard ones are facts of what Ed-Fi ships for Data Standard 5.2 (`Claims/Standards/ds52/Claims.json` of
github.com/Ed-Fi-Alliance-OSS/Data-Management-Service, Copyright (c) Ed-Fi Alliance, LLC and contributors, under the
Apache License, Version 2.0). An operator may define others. A claim set only narrows: what a school did not grant stays
hidden.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from ..errors import Malformed, Problem, nearest
from ..model.document_scopes import GUARDS
from .descriptors import DESCRIPTORS
from .standard import documents

ACTIONS = ("Create", "Read", "Update", "Delete", "ReadChanges")
_LETTERS = dict(zip("crudh", ACTIONS, strict=True))
"""How the table below writes them; `h` is for the history."""

CLAIM = "http://ed-fi.org/identity/claims"


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_MANAGED = _names(
    "reasonNotTestedDescriptors accommodationDescriptors assessmentPeriodDescriptors "
    "assessmentReportingMethodDescriptors performanceLevelDescriptors"
)
_APART = {
    "types": _names("schoolYearTypes"),
    "systemDescriptors": tuple(name for name in DESCRIPTORS if name not in _MANAGED),
    "managedDescriptors": _MANAGED,
    "educationOrganizations": _names(
        "communityOrganizations communityProviders educationOrganizationNetworks educationServiceCenters "
        "localEducationAgencies organizationDepartments postSecondaryInstitutions schools stateEducationAgencies"
    ),
    "people": _names("contacts staffs students"),
    "assessmentMetadata": _names(
        "assessments assessmentItems assessmentScoreRangeLearningStandards objectiveAssessments studentAssessments "
        "assessmentAdministrations assessmentBatteryParts assessmentAdministrationParticipations "
        "studentAssessmentRegistrations studentAssessmentRegistrationBatteryPartAssociations"
    ),
    "educationStandards": _names("credentials learningStandards learningStandardEquivalenceAssociations"),
    "primaryRelationships": _names(
        "studentContactAssociations staffEducationOrganizationAssignmentAssociations "
        "staffEducationOrganizationEmploymentAssociations studentSchoolAssociations"
    ),
    "dimensions": tuple(
        name for name in GUARDS if name.endswith("Dimensions") and name != "evaluationRubricDimensions"
    ),
    "locals": _names(
        "chartOfAccounts localAccounts localBudgets localActuals localEncumbrances localContractedStaffs localPayrolls"
    ),
    "alone": _names("educationContents crisisEvents studentHealths"),
}

DOMAINS: Mapping[str, tuple[str, ...]] = {
    **_APART,
    "relationshipBasedData": tuple(n for n in GUARDS if not any(n in names for names in _APART.values())),
}
"""The resources by the domain of claims that they are of."""

NAMESPACED = frozenset(
    (
        *DESCRIPTORS,
        *DOMAINS["assessmentMetadata"],
        *_names(
            "descriptorMappings educationContents gradebookEntries learningStandards "
            "learningStandardEquivalenceAssociations surveys"
        ),
    )
)
"""The resources that only who has a prefix of their namespace may write."""

_SINGULAR = {kind.name: kind.entity[0].lower() + kind.entity[1:] for kind in documents()} | {
    resource.name: resource.singular for resource in DESCRIPTORS.values()
}
_OF = {name: domain for domain, names in DOMAINS.items() for name in names}


@dataclass(frozen=True)
class ClaimSet:
    """A claim set: what may be done with each resource, by its name in addresses."""

    name: str
    may: Mapping[str, frozenset[str]]

    def allows(self, resource: str, action: str) -> bool:
        """Whether an action may be done with a resource."""
        return action in self.may.get(resource, ())


def claims_of(resource: str) -> tuple[str, ...]:
    """The claims of which one must be held to use a resource: its own, and that of its domain."""
    own, domain = f"{CLAIM}/ed-fi/{_SINGULAR[resource]}", _OF[resource]
    return (own,) if domain == "alone" else (own, f"{CLAIM}/domains/{domain}")


def _set(name: str, **said: str) -> ClaimSet:
    """A claim set of letters for domains, and for resources besides."""
    may: dict[str, frozenset[str]] = {}
    for what, letters in said.items():
        for resource in DOMAINS.get(what, (what,)):
            may[resource] = may.get(resource, frozenset()) | {_LETTERS[letter] for letter in letters}
    return ClaimSet(name, may)


_VENDOR = {
    "types": "r",
    "systemDescriptors": "r",
    "managedDescriptors": "crud",
    "educationOrganizations": "r",
    "people": "crud",
    "relationshipBasedData": "crud",
    "assessmentMetadata": "crud",
    "educationStandards": "crud",
    "primaryRelationships": "crud",
    "educationContents": "crud",
}

STANDARD: Mapping[str, ClaimSet] = {
    one.name: one
    for one in (
        _set("EdFiSandbox", **{**dict.fromkeys(DOMAINS, "crudh"), "types": "r"}),
        _set("SISVendor", **_VENDOR, crisisEvents="rh"),
        _set(
            "DistrictHostedSISVendor",
            **_VENDOR,
            localEducationAgencies="u",
            organizationDepartments="cud",
            schools="cud",
        ),
        _set(
            "RosterVendor",
            educationOrganizations="r",
            **dict.fromkeys(
                _names(
                    "staffs students classPeriods courses courseOfferings locations sections sessions "
                    "staffSectionAssociations studentSectionAssociations studentSchoolAssociations "
                    "staffEducationOrganizationAssignmentAssociations"
                ),
                "r",
            ),
        ),
        _set(
            "AssessmentVendor",
            types="r",
            systemDescriptors="r",
            managedDescriptors="crud",
            students="r",
            relationshipBasedData="r",
            assessmentMetadata="crud",
            learningStandards="crud",
        ),
        _set("AssessmentRead", students="r", assessmentMetadata="r", learningStandards="r"),
        _set(
            "BootstrapDescriptorsandEdOrgs",
            **dict.fromkeys(
                (
                    *("types", "systemDescriptors", "managedDescriptors", "educationOrganizations"),
                    *_names(
                        "accountabilityRatings classPeriods communityProviderLicenses courses crisisEvents "
                        "educationOrganizationNetworkAssociations educationOrganizationPeerAssociations "
                        "feederSchoolAssociations learningStandards learningStandardEquivalenceAssociations locations "
                        "programs"
                    ),
                ),
                "c",
            ),
        ),
        _set("ABConnect", publicationStatusDescriptors="crud", educationStandards="crud"),
        _set("FinanceVendor", dimensions="r", locals="crud"),
        _set("EdFiAPIPublisherReader", **{**dict.fromkeys(DOMAINS, "rh"), "types": "r"}),
        _set("EdFiAPIPublisherWriter", **dict.fromkeys(DOMAINS, "crud")),
        # Rollbook's own: what a key may do that names no claim set.
        _set("EdFiAPIReadOnly", **dict.fromkeys(DOMAINS, "rh")),
    )
}
"""The claim sets that there are without anybody's doing."""


# ---- of an operator's own


def read(said: Any) -> ClaimSet:
    """A claim set as the Admin API exports one; raises `Malformed` with all that is wrong.

    `resourceClaims` names resources or domains, each with its `actions` and, if any, its `children`.
    """
    problems: list[Problem] = []
    one = _object(said)
    name, claims = one.get("name"), _list(one.get("resourceClaims"))
    if not isinstance(name, str) or not name or name in STANDARD:
        problems.append(Problem("name", "must be a name that no standard claim set has"))
    may: dict[str, frozenset[str]] = {}
    _collect(claims, "resourceClaims", may, problems)
    if not may and not problems:
        problems.append(Problem("resourceClaims", "must name at least one resource with an action"))
    if problems:
        raise Malformed(*problems)
    return ClaimSet(str(name), may)


def _collect(claims: Iterable[Any], where: str, may: dict[str, frozenset[str]], problems: list[Problem]) -> None:
    known = {s.lower(): (n,) for n, s in _SINGULAR.items()} | {n.lower(): (n,) for n in _SINGULAR}
    known |= {domain.lower(): names for domain, names in DOMAINS.items() if domain != "alone"}
    for at, claim in enumerate(claims):
        one = _object(claim)
        name = str(one.get("name", "")).rsplit("/", 1)[-1]
        resources = known.get(name.lower())
        if resources is None:
            hint = nearest(name, [*_SINGULAR, *DOMAINS])
            problems.append(Problem(f"{where}[{at}].name", f"{name} is no resource", hint))
            continue
        actions = _actions(_list(one.get("actions")), f"{where}[{at}].actions", problems)
        for resource in resources if actions else ():
            may[resource] = may.get(resource, frozenset()) | actions
        _collect(_list(one.get("children")), f"{where}[{at}].children", may, problems)


def _object(said: Any) -> dict[str, Any]:
    return cast("dict[str, Any]", said) if isinstance(said, dict) else {}


def _list(said: Any) -> list[Any]:
    return cast("list[Any]", said) if isinstance(said, list) else []


def _actions(said: Iterable[Any], where: str, problems: list[Problem]) -> frozenset[str]:
    objects = [{"name": one} if isinstance(one, str) else _object(one) for one in said]
    named = [str(one.get("name")) for one in objects if one.get("enabled", True)]
    spelled = {action.lower(): action for action in ACTIONS}
    problems += [Problem(where, f"{n} is no action", nearest(n, ACTIONS)) for n in named if n.lower() not in spelled]
    return frozenset(spelled[n.lower()] for n in named if n.lower() in spelled)


def told(one: ClaimSet) -> dict[str, Any]:
    """A claim set as it is kept, which `read` understands."""
    claims = [{"name": n, "actions": [a for a in ACTIONS if a in acts]} for n, acts in sorted(one.may.items())]
    return {"name": one.name, "resourceClaims": claims}
