"""Every endpoint of the dialect, by its path segment in lower case."""

from __future__ import annotations

from ...api.resource import Endpoint
from . import (
    agencies,
    agreements,
    applications,
    assessment,
    attendance,
    conduct,
    contacts,
    detentions,
    documents,
    exams,
    exclusions,
    freshness,
    groups,
    histories,
    interventions,
    lessons,
    lookups,
    medical,
    photos,
    post16,
    school,
    seating,
    sen,
    staff,
    structure,
    students,
    summaries,
    timetable,
    userdefined,
    workforce,
)

_MODULES = (
    agencies,
    agreements,
    applications,
    assessment,
    attendance,
    conduct,
    contacts,
    detentions,
    documents,
    exams,
    exclusions,
    freshness,
    groups,
    histories,
    interventions,
    lessons,
    lookups,
    medical,
    photos,
    post16,
    school,
    seating,
    sen,
    staff,
    structure,
    students,
    summaries,
    timetable,
    userdefined,
    workforce,
)

ENDPOINTS: dict[str, Endpoint] = {
    e.segment.lower(): e for e in sorted((e for m in _MODULES for e in m.ENDPOINTS), key=lambda e: e.segment)
}
