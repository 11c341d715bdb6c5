"""Districts and schools: `localEducationAgencies` and `schools`."""

from __future__ import annotations

from typing import Any

from ..fields import Field
from ..model.organisation import District, School
from . import parts, targets
from .homes import DISTRICT, NUMERAL, Fact, Slots, numbered
from .schema import Collection, Descriptor, Integer, Number, Reference, Resource, Text
from .words import uri

_MONEY = 922_337_203_685_477.58


def _categories(name: str, category: str) -> Collection:
    member = "educationOrganizationCategoryDescriptor"
    return Collection(
        name,
        "What kinds of organisation it is",
        "educationOrganizationCategory",
        (Descriptor(member, "A kind of organisation", "EducationOrganizationCategory", identity=True),),
        required=True,
        otherwise=[{member: uri("EducationOrganizationCategory", category)}],
    )


def _codes() -> Collection:
    return Collection(
        "identificationCodes",
        "Codes by which others know it, by system",
        "educationOrganizationIdentificationCode",
        (
            Descriptor(
                "educationOrganizationIdentificationSystemDescriptor",
                "The system of codes",
                "EducationOrganizationIdentificationSystem",
                identity=True,
            ),
            Text("identificationCode", "The code", 60, required=True),
        ),
    )


def _indicators() -> Collection:
    return Collection(
        "indicators",
        "Measures of the organisation",
        "educationOrganizationIndicator",
        (
            Descriptor("indicatorDescriptor", "The measure", "Indicator", identity=True),
            Descriptor("indicatorGroupDescriptor", "The group of measures", "IndicatorGroup"),
            Descriptor("indicatorLevelDescriptor", "Its value, as a word of a list", "IndicatorLevel"),
            Text("designatedBy", "Who defined the measure", 60),
            Text("indicatorValue", "Its value", 60),
            parts.periods("educationOrganizationIndicatorPeriod"),
        ),
    )


def _telephones(fact: Field) -> Collection:
    kind = "institutionTelephoneNumberTypeDescriptor"
    return Collection(
        "institutionTelephones",
        "Telephone numbers, by kind",
        "educationOrganizationInstitutionTelephone",
        (
            Descriptor(kind, "The kind of number", "InstitutionTelephoneNumberType", identity=True),
            Text("telephoneNumber", "The number", 24, required=True),
        ),
        home=Slots({uri("InstitutionTelephoneNumberType", "Main"): fact}, kind, "telephoneNumber"),
    )


def _money(name: str, about: str) -> Number:
    return Number(name, about, -_MONEY, _MONEY)


def _share(name: str, about: str) -> Number:
    return Number(name, about, -9.9999, 9.9999)


def _number(name: str, about: str, fact: Field) -> Integer:
    return Integer(name, about, 1, bits=64, identity=True, home=Fact(fact, NUMERAL))


local_education_agencies = Resource(
    "localEducationAgencies",
    "LocalEducationAgency",
    "A body that runs or looks after public schools in an area: a district, a trust, a local authority.",
    of=District,
    only=numbered(District.identifier),
    properties=(
        _categories("categories", "Local Education Agency"),
        _number("localEducationAgencyId", "The number of the district", District.identifier),
        Reference("educationServiceCenterReference", "The service centre it belongs to", targets.SERVICE_CENTER),
        Reference(
            "parentLocalEducationAgencyReference",
            "The district that it is a part of",
            targets.DISTRICT,
            prefix="parent",
        ),
        Reference("stateEducationAgencyReference", "The state agency it belongs to", targets.STATE_AGENCY),
        Collection(
            "accountabilities",
            "What it reports to the federation, by school year",
            "localEducationAgencyAccountability",
            (
                Descriptor(
                    "gunFreeSchoolsActReportingStatusDescriptor",
                    "Whether it reported under the Gun-Free Schools Act",
                    "GunFreeSchoolsActReportingStatus",
                ),
                Descriptor(
                    "schoolChoiceImplementStatusDescriptor",
                    "Whether it could offer a choice of school",
                    "SchoolChoiceImplementStatus",
                ),
                Reference("schoolYearTypeReference", "The school year", targets.YEAR, identity=True),
            ),
        ),
        parts.addresses("educationOrganization"),
        Descriptor("charterStatusDescriptor", "Whether it is a charter agency", "CharterStatus"),
        Collection(
            "federalFunds",
            "Federal money that it had and spent, by fiscal year",
            "localEducationAgencyFederalFunds",
            (
                Integer("fiscalYear", "The fiscal year", identity=True),
                _money("innovativeDollarsSpent", "Spent under Title V, Part A"),
                _money("innovativeDollarsSpentStrategicPriorities", "Of that, on the four strategic priorities"),
                _money("innovativeProgramsFundsReceived", "Received under Title V, Part A"),
                _money("schoolImprovementAllocation", "Allocated for school improvement"),
                _share("schoolImprovementReservedFundsPercentage", "The share kept for school improvement"),
                _share("stateAssessmentAdministrationFunding", "The share spent on state assessments"),
                _money("supplementalEducationalServicesFundsSpent", "Spent on supplemental services"),
                _money("supplementalEducationalServicesPerPupilExpenditure", "The most that may be spent per child"),
            ),
        ),
        _codes(),
        _indicators(),
        _telephones(District.telephone),
        parts.international_addresses("educationOrganization"),
        Descriptor(
            "localEducationAgencyCategoryDescriptor",
            "What kind of district it is",
            "LocalEducationAgencyCategory",
            required=True,
            otherwise=uri("LocalEducationAgencyCategory", "Other local education agency"),
        ),
        Text("nameOfInstitution", "Its full name", 75, required=True, home=Fact(District.name)),
        Descriptor("operationalStatusDescriptor", "Whether it is in operation", "OperationalStatus"),
        Text("shortNameOfInstitution", "A short name", 75),
        Text("webSite", "The address of its website", 255, 5),
    ),
)


def _schools() -> Resource:
    district: dict[str, Any] = {"localEducationAgencyId": Fact(DISTRICT, NUMERAL)}
    return Resource(
        "schools",
        "School",
        "A place that teaches, with its grades.",
        of=School,
        only=numbered(School.estab),
        properties=(
            _categories("educationOrganizationCategories", "School"),
            parts.grade_levels("gradeLevels", "schoolGradeLevel", School.grades, required=True),
            _number("schoolId", "The number of the school", School.estab),
            Reference(
                "charterApprovalSchoolYearTypeReference",
                "The school year in which its charter was approved",
                targets.YEAR,
                prefix="charterApproval",
            ),
            Reference("localEducationAgencyReference", "Its district", targets.DISTRICT, homes=district),
            parts.addresses("educationOrganization"),
            Descriptor("administrativeFundingControlDescriptor", "Who pays for it", "AdministrativeFundingControl"),
            Descriptor("charterApprovalAgencyTypeDescriptor", "Who approved its charter", "CharterApprovalAgencyType"),
            Descriptor("charterStatusDescriptor", "Whether it is a charter school", "CharterStatus"),
            _codes(),
            _indicators(),
            _telephones(School.telephone),
            parts.international_addresses("educationOrganization"),
            Descriptor("internetAccessDescriptor", "Its access to the internet", "InternetAccess"),
            Descriptor(
                "magnetSpecialProgramEmphasisSchoolDescriptor",
                "Whether it draws students by a special programme",
                "MagnetSpecialProgramEmphasisSchool",
            ),
            Text("nameOfInstitution", "Its full name", 75, required=True, home=Fact(School.name)),
            Descriptor("operationalStatusDescriptor", "Whether it is in operation", "OperationalStatus"),
            parts.single(
                "schoolCategories",
                "The levels that it teaches",
                "schoolCategory",
                Descriptor("schoolCategoryDescriptor", "A level", "SchoolCategory", identity=True),
            ),
            Descriptor("schoolTypeDescriptor", "What it is chiefly for", "SchoolType"),
            Text("shortNameOfInstitution", "A short name", 75),
            Descriptor(
                "titleIPartASchoolDesignationDescriptor",
                "Its designation under Title I, Part A",
                "TitleIPartASchoolDesignation",
            ),
            Text("webSite", "The address of its website", 255, 5, home=Fact(School.web)),
        ),
    )


schools = _schools()
