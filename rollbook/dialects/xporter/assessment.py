"""Assessment structure and results (school.assessment*, school.priorattainment)."""

from __future__ import annotations

from ...api.resource import Endpoint

ENDPOINTS: tuple[Endpoint, ...] = ()
