"""The integrations of an app with districts: the one that a token belongs to, and all of them for the app's secret."""

from __future__ import annotations

from typing import Any

import msgspec

from ...api.listing.resource import Listing
from ...consent import Desk, DistrictReader, Holder
from ...consent.credentials import Credential
from ...fields import Expr, HubId, Key, LastUpdated, Made, Question
from ...model.organisation import District
from .answering import Reading
from .logbook import Thing
from .resource import UNKNOWN

_FACTS = (
    ("id", HubId(District)),
    ("created_date", Key(Made(District), "Z")),
    ("updated_date", Key(LastUpdated(District), "Z")),
    ("name", District.name),
)
_OFFICE = (
    ("id", HubId(District)),
    ("name", District.name),
    ("alias", District.identifier),
    ("street_address", District.street),
    ("city", District.town),
    ("state", District.county),
    ("zip", District.post_code),
    ("country", District.country),
)

PROVIDER = {
    "active": True,
    "requires_administrator_login": False,
    "requires_administrator_consent": True,
    "requires_remote_configuration": False,
    "allows_data_sync": True,
    "id": None,
    "name": "Rollbook",
    "application": "rollbook",
}

NOTHING_SHARED: dict[str, Any] = {"permissions": [], "targets": [], "source": None, "team": None}

LISTING = Listing(
    "integrations",
    dict.fromkeys(
        (
            *("id", "status", "scope", "district_sharing", "developer_sharing", "district_licensing_enabled"),
            *("created_date", "updated_date", "permissions", "targets", "access_token", "source", "provider", "team"),
            "entity",
        ),
        UNKNOWN,
    ),
)
"""What an app is told of its integrations, which is v1's: v2 has no address of its own for it."""


def integration(reader: DistrictReader, district: str | None) -> dict[str, Any]:
    """What the schools of a district let an app read."""
    credential = reader.credential
    return {
        "id": credential.id,
        "created_date": f"{credential.made}Z",
        "updated_date": f"{credential.made}Z",
        "state": "active",
        "permissions": sorted({scope for view in reader.sight.views for scope in view.scopes}),
        "scope": " ".join(word.name for word in credential.words),
        "start_date": None,
        "end_date": None,
        "locked": False,
        "application_id": credential.app.id,
        "source_id": district,
        "destination_id": None,
        "region_id": None,
    }


def source(reading: Reading) -> dict[str, Any]:
    """Where the records come from: the district, through this hub."""
    told = _told(reading, _FACTS, "source")
    return {
        "state": "active",
        **told,
        "sync_interval": None,
        "provider_id": None,
        "properties": {},
        "team_id": None,
        "provider": PROVIDER,
    }


def _told(reading: Reading, facts: tuple[tuple[str, Expr], ...], name: str) -> dict[str, Any]:
    """What a district tells of itself; nothing where no school shows it."""
    plan = reading.plan(Question(District, facts), name)
    for rows in reading.session.rows(plan, {}, 1):
        return msgspec.json.decode(rows[0], type=dict[str, Any])
    return dict.fromkeys(name for name, _ in facts)


# ---- all of an app's


def every(desk: Desk, secret: str) -> list[Thing]:
    """The integrations of the app with a management secret, in the order of their ids."""
    _, found = desk.credentials.managed("edlink", secret)
    return [_listed(desk, one, token) for one, token in sorted(found, key=lambda pair: pair[0].id)]


def _listed(desk: Desk, credential: Credential, token: str | None) -> dict[str, Any]:
    reader = next(iter(desk.readers.for_holder(Holder(credential))), None)
    shared = _shared(reader) if reader else NOTHING_SHARED
    return {
        "id": credential.id,
        "status": "active" if reader else "inactive",
        # Of schools that share nothing an app learns nothing, so that it never knows whether they are all.
        "scope": "selected",
        "district_sharing": "rules",
        "developer_sharing": "all",
        "district_licensing_enabled": False,
        "created_date": f"{credential.made}Z",
        "updated_date": f"{credential.made}Z",
        **shared,
        "access_token": token,
        "provider": PROVIDER,
        "entity": None,
    }


def _shared(reader: DistrictReader) -> dict[str, Any]:
    """What schools share with an integration, and the district that they are of."""
    with reader.session() as session:
        reading = Reading(reader, session)
        from_, team = _told(reading, _FACTS, "source"), _told(reading, _OFFICE, "team")
    return {
        "permissions": sorted({scope for view in reader.sight.views for scope in view.scopes}),
        "targets": sorted(reader.reach),
        "source": {**from_, "status": "active", "import_interval": None, "log_retention_time": None},
        "team": {"type": "district", "unit_number": None, **team},
    }
