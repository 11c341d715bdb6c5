"""GDPRIDs: whom a school has chosen, as far as the app may know (the document, GDPR Ids for estab+rp)."""

from __future__ import annotations

from typing import Any

from ...api.http import Response
from ...consent import Desk, Grant
from ...consent.choosing import KINDS
from ...consent.desk import ManagementPass, SchoolPass
from ...fields import RECORDS
from ...scopes import S
from .wire import QUIET, SchoolNotGranted, success

NAMES = {"Student": "StudentIds", "Staff": "StaffIds", "Contact": "ContactIds"}


def gdpr_ids(desk: Desk, admitted: SchoolPass | ManagementPass) -> Response:
    """A row for the kinds that are opted in, and one for those that are opted out; none where everyone is shown.

    Who is left out is nowhere, so their Ids are told only to an app that may choose for the school
    (`WritebackGDPRfilter`).
    """
    if not isinstance(admitted, SchoolPass):
        raise SchoolNotGranted("a management token has no school", hint="ask the STS for a school token")
    grant = admitted.grant
    rows = [_row(desk, grant, mode) for mode in ("only", "except") if mode in grant.people.values()]
    return success({"GDPR": rows, **QUIET})


def _row(desk: Desk, grant: Grant, mode: str) -> dict[str, Any]:
    lists = {NAMES[k]: _ids(desk, grant, k) if grant.people.get(k) == mode else None for k in KINDS}
    return {
        "IsOptIn": mode == "only",
        "Estab": grant.estab,
        "RelyingParty": grant.app.relying_party,
        "MIS": grant.mis,
        **lists,
        "OtherIds": None,
    }


def _ids(desk: Desk, grant: Grant, kind: str) -> str | None:
    chosen = desk.chosen(grant, kind)
    fact = RECORDS[kind].stored()["mis_id"]
    tells = fact.need if chosen.mode == "only" else fact.need & S.WritebackGDPRfilter
    return ",".join(sorted(chosen.people)) if tells.met_by(grant.scopes) else None
