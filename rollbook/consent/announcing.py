"""What an app is told of the life of its grants, as jobs of kind `webhook`: each promised with what it tells of."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ..store.kept import Kept
from .grants import Grant

SERVICE = "XporterOnDemand"


def tell(kept: Kept, grant: str, event: str) -> None:
    """Promise within a transaction that an app is told what became of a grant, where it has an address for that."""
    row = kept.execute(
        "SELECT r.webhook, a.id, a.relying_party, s.estab, s.name, coalesce(nullif(t.email, ''), s.email, ''),"
        " g.scopes, t.asked, coalesce(t.serial, 0), g.ended"
        ' FROM "grant" g JOIN app a ON a.id = g.app JOIN registration r ON r.app = a.id'
        " JOIN school s ON s.district = g.district AND s.id = g.school"
        ' LEFT JOIN agreement t ON t."grant" = g.id WHERE g.id = ?',
        (grant,),
    ).fetchone()
    if row is None or not row[0]:
        return
    url, app, party, estab, name, email, scopes, asked, serial, ended = row
    held = sorted(json.loads(scopes))
    form: dict[str, Any] = {
        "schoolSecret": {"fill": "schoolSecret"},
        "schoolId": estab,
        "schoolEmail": email,
        "schoolName": name or estab,
        "templateScopes": ",".join(json.loads(asked) if asked else held),
        "scopes": {"fill": "scopes"},
        "thirdParty": SERVICE,
        "partnerId": party,
    }
    if event == "revoked":
        # Rollbook's own: the document has no message for an end. It says what it is, and brings no secret.
        form = {n: v for n, v in form.items() if n not in ("schoolSecret", "templateScopes", "scopes")}
        form |= {"event": "revoked", "dateRevoked": (ended or "")[:19]}
    if event in ("widened", "narrowed"):
        # The same message as at first, with the same secret: an app that knows of no such event learns the scopes.
        form |= {"event": event}
    payload: dict[str, Any] = {
        "app": app,
        "grant": grant,
        "family": "authorisation",
        "url": url,
        "query": {},
        "json": None,
    }
    kept.outbox.promise("webhook", {**payload, "form": form, "event": event, "serial": serial})


def filled(payload: Mapping[str, Any], grant: Grant, secret: str) -> dict[str, str] | None:
    """The form of a `webhook` job of the family `authorisation`, with the secret, and the scopes as they are now.

    Messages may arrive late and in any order, and the last to arrive must not bring back scopes that were taken away.
    None where it is no longer true: a revoked secret, delivered late, would take the place of the valid one.
    """
    revoked = payload["event"] == "revoked"
    if grant.serial != payload["serial"] or (grant.state == "revoked") != revoked:
        return None
    values = {"schoolSecret": secret, "scopes": ",".join(sorted(grant.scopes))}
    return {n: values[v["fill"]] if isinstance(v, dict) else str(v) for n, v in payload["form"].items()}
