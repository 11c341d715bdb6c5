"""What an app is told of the life of its grants, as jobs of kind `webhook`: each promised with what it tells of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..store.kept import Kept
from ..store.kept.grants import Notice
from .grants import Grant

SERVICE = "XporterOnDemand"


def tell(kept: Kept, grant: str, event: str) -> None:
    """Promise within a transaction that an app is told what became of a grant, where it has an address for that."""
    notice = kept.grants.notice(grant)
    if notice is None or not notice.webhook:
        return
    payload: dict[str, Any] = {
        "app": notice.app,
        "grant": grant,
        "family": "authorisation",
        "url": notice.webhook,
        "query": {},
        "json": None,
    }
    kept.outbox.promise("webhook", {**payload, "form": _form(notice, event), "event": event, "serial": notice.serial})


def _form(notice: Notice, event: str) -> dict[str, Any]:
    """What a message says, with a mark where it is filled when it is sent."""
    form: dict[str, Any] = {
        "schoolSecret": {"fill": "schoolSecret"},
        "schoolId": notice.estab,
        "schoolEmail": notice.email,
        "schoolName": notice.school_name or notice.estab,
        "templateScopes": ",".join(sorted(notice.scopes) if notice.asked is None else notice.asked),
        "scopes": {"fill": "scopes"},
        "thirdParty": SERVICE,
        "partnerId": notice.relying_party,
    }
    if event == "revoked":
        # Rollbook's own: the document has no message for an end. It says what it is, and brings no secret.
        form = {n: v for n, v in form.items() if n not in ("schoolSecret", "templateScopes", "scopes")}
        form |= {"event": "revoked", "dateRevoked": (notice.ended or "")[:19]}
    if event in ("widened", "narrowed"):
        # The same message as at first, with the same secret: an app that knows of no such event learns the scopes.
        form |= {"event": event}
    return form


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
