"""Telling an app that the data it asked for is ready (`callbackUrl`)."""

from __future__ import annotations

from ...api.callbacks import Undelivered, deliver
from ...consent import Desk
from ...jobs import Freshness, Job, Later
from .answering import db_status
from .catalogue import ENDPOINTS

SOON = 2.0
"""Seconds until databases that are being renewed are looked at again."""


class DataReady:
    """Posts the state of the databases once all of them are `OK`, to whoever still holds the grant."""

    def __init__(self, desk: Desk, seen: Freshness) -> None:
        self.desk = desk
        self.seen = seen

    def __call__(self, job: Job) -> None:
        """Do a `callback` job."""
        grant = next((g for g in self.desk.grants() if g.id == job.payload["grant"]), None)
        endpoint = ENDPOINTS.get(job.payload["endpoint"].lower())
        if grant is None or grant.state != "active" or endpoint is None or not endpoint.need.met_by(grant.scopes):
            # What is no longer granted is not told, not even that it is there.
            return
        databases = self.seen.look(self.desk.reader(grant), endpoint.databases)
        now = self.desk.clock()
        if any(d.status == "Failed" for d in databases):
            raise Undelivered("the databases could not be renewed")
        if any(d.status != "OK" for d in databases):
            raise Later(SOON)
        deliver(job.payload["url"], db_status(databases, now), job.id)
