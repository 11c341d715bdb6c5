"""What a person's token belongs to: the integration of an app with a district, and the source of its records."""

from __future__ import annotations

from typing import Any

import msgspec

from ...consent import DistrictReader
from ...fields import HubId, Key, LastUpdated, Made, Question
from ...model.organisation import District
from .answering import Reading

_FACTS = (
    ("id", HubId(District)),
    ("created_date", Key(Made(District), "Z")),
    ("updated_date", Key(LastUpdated(District), "Z")),
    ("name", District.name),
)


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
    plan = reading.plan(Question(District, _FACTS), "source")
    told: dict[str, Any] = dict.fromkeys(name for name, _ in _FACTS)
    for rows in reading.session.rows(plan, {}, 1):
        told = msgspec.json.decode(rows[0], type=dict[str, Any])
    return {
        "state": "active",
        **told,
        "sync_interval": None,
        "provider_id": None,
        "properties": {},
        "team_id": None,
        "provider": {
            "active": True,
            "requires_administrator_login": False,
            "requires_administrator_consent": True,
            "requires_remote_configuration": False,
            "allows_data_sync": True,
            "id": None,
            "name": "Rollbook",
            "application": "rollbook",
        },
    }
