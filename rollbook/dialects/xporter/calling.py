"""What an app is told when the data it asked for is ready (`callbackUrl`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...api.webhooks import Body, Undelivered
from ...consent import Desk
from ...jobs import Freshness, Later
from .answering import db_status
from .catalogue import ENDPOINTS

SOON = 2.0
"""Seconds until databases that are being renewed are looked at again."""


class DataReady:
    """The state of the databases behind an endpoint, once all of them are `OK`, for whoever still holds the grant."""

    def __init__(self, desk: Desk, seen: Freshness) -> None:
        self.desk = desk
        self.seen = seen

    def __call__(self, told: Mapping[str, Any]) -> Body | None:
        """The body of a webhook of the family `data`."""
        grant = self.desk.grants.by_id(told["grant"])
        endpoint = ENDPOINTS.get(told["endpoint"].lower())
        if grant is None or endpoint is None or not endpoint.need.met_by(grant.scopes):
            return None
        databases = self.seen.look(self.desk.readers.for_grant(grant), endpoint.databases)
        if any(d.status == "Failed" for d in databases):
            raise Undelivered("the databases could not be renewed")
        if any(d.status != "OK" for d in databases):
            raise Later(SOON)
        return Body(db_status(databases, self.desk.clock()))
