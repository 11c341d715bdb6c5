"""What a source fills and what it was refused (school.misendpointsupport, school.validationerrors)."""

from __future__ import annotations

from ...api.resource import Endpoint

ENDPOINTS: tuple[Endpoint, ...] = ()
