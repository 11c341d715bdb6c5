"""How documents of each resource are written: most alike, and a few in a manner of their own."""

from __future__ import annotations

from collections.abc import Mapping

from ....edfi.attendance import SCHOOL, SECTION
from ....edfi.declaring import target_of
from ....edfi.documents import Whole
from ....edfi.schema import Resource
from ....fields import Record
from ....model.assessment import Aspect, AssessmentResult
from ....model.organisation import District, School
from ....model.people import Person
from ....model.profiles import StudentProfile
from ....model.students import Relationship
from ....model.vocabulary import Descriptor
from .fitting import Fitting
from .gradebooks import Gradebooks
from .humans import Humans
from .organisations import Districts, Schools
from .rows import Rows
from .whole import Events, Organisations, WholeDocuments
from .words import Words

__all__ = ["Rows", "manner_of"]

ROWS, WHOLE, ORGANISATIONS, EVENTS, FITTING = Rows(), WholeDocuments(), Organisations(), Events(), Fitting()

MANNERS: Mapping[type[Record], Rows] = {
    Descriptor: Words(),
    District: Districts(),
    School: Schools(),
    Person: Humans(),
    # It is where the student is, and names no school.
    Relationship: WHOLE,
    AssessmentResult: Gradebooks(),
    Aspect: Gradebooks(),
    StudentProfile: WHOLE,
}


def manner_of(resource: Resource) -> Rows:
    """How documents of a resource are written."""
    if resource.name in (SCHOOL, SECTION):
        return EVENTS
    if isinstance(resource, Whole) and resource.forms:
        return FITTING
    if isinstance(resource, Whole):
        return ORGANISATIONS if resource.name in target_of("EducationOrganization").served else WHOLE
    return MANNERS.get(resource.of, ROWS)
