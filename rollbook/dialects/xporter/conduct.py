"""Achievements, behaviour and their points (school.conduct*, school.achievement*, school.behaviour*)."""

from __future__ import annotations

from ...api.resource import Endpoint

ENDPOINTS: tuple[Endpoint, ...] = ()
