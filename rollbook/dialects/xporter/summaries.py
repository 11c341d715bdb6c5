"""What attendance marks add up to (school.attendancesummary, school.attstatsbyweek,
school.historicalattendancesummary)."""

from __future__ import annotations

from ...api.resource import Endpoint

ENDPOINTS: tuple[Endpoint, ...] = ()
