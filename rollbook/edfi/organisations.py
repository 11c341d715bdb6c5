"""Districts and schools: `localEducationAgencies` and `schools`."""

from __future__ import annotations

from typing import Any

from ..fields import Field
from ..model.organisation import District, School
from .declaring import At, declare
from .homes import DISTRICT, NUMERAL, Fact, Listing, Slots
from .words import GRADES, uri, words


def _telephone(fact: Field) -> Slots:
    main = uri("InstitutionTelephoneNumberType", "Main")
    return Slots({main: fact}, "institutionTelephoneNumberTypeDescriptor", "telephoneNumber")


def _category(category: str) -> list[dict[str, Any]]:
    word = uri("EducationOrganizationCategory", category)
    return [{"educationOrganizationCategoryDescriptor": word}]


local_education_agencies = declare(
    "localEducationAgencies",
    District,
    {
        "localEducationAgencyId": Fact(District.identifier, NUMERAL),
        "institutionTelephones": _telephone(District.telephone),
        "nameOfInstitution": Fact(District.name),
    },
    otherwise={
        "categories": _category("Local Education Agency"),
        "localEducationAgencyCategoryDescriptor": uri("LocalEducationAgencyCategory", "Other local education agency"),
    },
)

schools = declare(
    "schools",
    School,
    {
        "schoolId": Fact(School.estab, NUMERAL),
        "localEducationAgencyReference": At(homes={"localEducationAgencyId": Fact(DISTRICT, NUMERAL)}),
        "gradeLevels": Listing(School.grades, "gradeLevelDescriptor", words("GradeLevel", GRADES)),
        "institutionTelephones": _telephone(School.telephone),
        "nameOfInstitution": Fact(School.name),
        "webSite": Fact(School.web),
    },
    otherwise={"educationOrganizationCategories": _category("School")},
)
