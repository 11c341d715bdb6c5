"""Learners over sixteen and education elsewhere (school.post16study, school.fundingmonitoring,
school.studentalternativeprovision)."""

from __future__ import annotations

from ...api.resource import Endpoint

ENDPOINTS: tuple[Endpoint, ...] = ()
