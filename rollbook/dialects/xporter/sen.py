"""Special educational needs (school.sen)."""

from __future__ import annotations

from ...api.resource import Endpoint

ENDPOINTS: tuple[Endpoint, ...] = ()
