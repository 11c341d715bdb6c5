"""Lookups, tags and XIDs (school.lookupmeta, school.lookuptypes, school.tags, school.xids)."""

from __future__ import annotations

from ...api.resource import Endpoint

ENDPOINTS: tuple[Endpoint, ...] = ()
