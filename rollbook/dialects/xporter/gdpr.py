"""GDPRIDs: whom a school has chosen, as far as the app may know (the document, GDPR Ids for estab+rp)."""

from __future__ import annotations

from typing import Any

from ...api.messages import Response
from ...consent import Desk, Grant
from ...consent.disclosures import hub_ids
from ...consent.filtering import Choice
from ...consent.slips import shows
from ...consent.tokens import ManagementPass, SchoolPass
from ...fields import RECORDS
from .wire import QUIET, SchoolNotGranted, success

NAMES = {"Student": "StudentIds", "Staff": "StaffIds", "Contact": "ContactIds"}


def gdpr_ids(desk: Desk, admitted: SchoolPass | ManagementPass) -> Response:
    """A row for the kinds that are opted in, and one for those that are opted out; none where everyone is shown.

    Whom the school left out is nowhere: an opt-out list has those whom the app leaves out by itself.
    """
    if not isinstance(admitted, SchoolPass):
        raise SchoolNotGranted("a management token has no school", hint="request a school token from the STS")
    listed = [c for c in desk.people.of(admitted.grant) if c.mode != "all" or c.declined]
    for choice in listed:
        if RECORDS[choice.kind].scope.met_by(admitted.grant.scopes):
            shows(*hub_ids(desk.store, admitted.grant, choice.kind, choice.told))
    rows = [
        _row(admitted.grant, opt_in, some)
        for opt_in in (True, False)
        if (some := [c for c in listed if c.opted_in == opt_in])
    ]
    return success({"GDPR": rows, **QUIET})


def _row(grant: Grant, opt_in: bool, choices: list[Choice]) -> dict[str, Any]:
    lists = {c.kind: ",".join(c.told) for c in choices if RECORDS[c.kind].scope.met_by(grant.scopes)}
    return {
        "IsOptIn": opt_in,
        "Estab": grant.estab,
        "RelyingParty": grant.app.relying_party,
        "MIS": grant.mis,
        **{name: lists.get(kind) for kind, name in NAMES.items()},
        "OtherIds": None,
    }
