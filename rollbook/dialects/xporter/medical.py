"""Health, diet and meals (school.studentmedical, school.dietaryneeds, school.studentmeals)."""

from __future__ import annotations

from ...api.resource import Endpoint

ENDPOINTS: tuple[Endpoint, ...] = ()
