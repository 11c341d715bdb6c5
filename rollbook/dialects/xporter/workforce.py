"""Staff absences, checks, contracts, qualifications and training (school.staff*)."""

from __future__ import annotations

from ...api.resource import Endpoint

ENDPOINTS: tuple[Endpoint, ...] = ()
