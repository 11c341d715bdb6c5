"""The canonical record of a district's schools: what the hub keeps, and every fact about it, declared once."""

from . import attendance, calendar, groups, organisation, people, students

__all__ = ["attendance", "calendar", "groups", "organisation", "people", "students"]
