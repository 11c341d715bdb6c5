"""Detentions and their lookups (school.detentions, school.detentionlookups)."""

from __future__ import annotations

from ...api.resource import Endpoint

ENDPOINTS: tuple[Endpoint, ...] = ()
