"""Public examinations (school.exam*, discount codes)."""

from __future__ import annotations

from ...api.resource import Endpoint

ENDPOINTS: tuple[Endpoint, ...] = ()
