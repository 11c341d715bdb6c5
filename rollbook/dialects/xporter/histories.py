"""Where students were before, and entitlement (school.studentschoolhistory, school.studentenrolmenthistory,
school.entitlementhistory, school.deceasedstudents)."""

from __future__ import annotations

from ...api.resource import Endpoint

ENDPOINTS: tuple[Endpoint, ...] = ()
