"""Agencies and their agents (school.agencyagent)."""

from __future__ import annotations

from ...api.resource import Endpoint

ENDPOINTS: tuple[Endpoint, ...] = ()
