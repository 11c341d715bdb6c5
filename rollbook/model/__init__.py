"""The canonical record of a district's schools: what the hub keeps, and every fact about it, declared once."""

from . import attendance, calendar, curriculum, employment, groups, organisation, people, research, students, vocabulary

__all__ = [
    "attendance",
    "calendar",
    "curriculum",
    "employment",
    "groups",
    "organisation",
    "people",
    "research",
    "students",
    "vocabulary",
]
