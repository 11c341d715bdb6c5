"""Bringing schools to an app and parting from them: the Management APIs beside tokens (the document, Management APIs).

Each is asked with a management token; its path may be written in any case.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ...api.messages import Request, Response
from ...consent import App, Desk
from ...consent.authorising import Authorisation
from ...consent.grants import moment
from ...consent.slips import asks
from ...consent.tokens import ManagementPass, Paused, SchoolPass, WrongSecret
from ...errors import Malformed, NotFound, NotHeld, Problem, WrongMethod, nearest
from ...jobs import PostOffice
from ...scopes import CATALOGUE
from .inviting import Inviting
from .revoking import revoke_access
from .wire import QUIET, success

AREAS = ("manage", "xporterondemand")
"""The second step of the paths that are answered here."""


@dataclass(frozen=True)
class Operation:
    """One way to ask: its method, the paths below `/api/`, and what answers."""

    method: str
    paths: tuple[str, ...]
    answer: Callable[[Request, App], Response]


class Onboarding:
    """Answers the operations of an app that manages its schools."""

    def __init__(self, desk: Desk, office: PostOffice | None) -> None:
        self.desk = desk
        both = tuple(f"{area}/SchoolRegister" for area in ("Manage", "XporterOnDemand"))
        self.operations = (
            Operation("POST", both, Inviting(desk, office)),
            Operation("POST", ("Manage/RevokeAccess",), lambda request, app: revoke_access(request, desk, app)),
            Operation("GET", ("XporterOnDemand/GetXodSchools",), self.schools),
            Operation("GET", ("Manage/GetXodSchoolTokens",), self.tokens),
            Operation("GET", ("Manage/CheckEstab",), self.check),
        )
        self.by_path = {path.lower(): operation for operation in self.operations for path in operation.paths}

    def find(self, request: Request) -> Operation:
        """The operation that a request is about; raises `NotFound` or `WrongMethod`."""
        path = request.path.strip("/").partition("/")[2]
        found = self.by_path.get(path.lower())
        if found is None:
            known = [p for o in self.operations for p in o.paths]
            raise NotFound(Problem("path", "is unknown", nearest(path[:60], known)))
        if request.method != found.method and not (request.method == "HEAD" and found.method == "GET"):
            raise WrongMethod(Problem("method", f"{request.method[:20]} is not allowed here", f"use {found.method}"))
        return found

    def answer(self, operation: Operation, request: Request, admitted: SchoolPass | ManagementPass) -> Response:
        """Answer for the app of a management token; a school's token is for its records and nothing else."""
        if not isinstance(admitted, ManagementPass):
            raise NotHeld(
                Problem(
                    "Authorization", "is a school's token", "request a management token from the STS (without estab)"
                )
            )
        asks(operation.paths[0].partition("/")[2].lower())
        return operation.answer(request, admitted.app)

    # ---- Get Xod Schools

    def schools(self, request: Request, app: App) -> Response:
        """The schools that have authorised the app, that no longer do, and, when asked for, that have yet to answer."""
        said, live = asked(request, "estab", "includePendingAuthorisation"), self.desk.registrations.of(app).live
        pending, only = flag("includePendingAuthorisation", said), said.get("estab", "")
        grants = [a for a in self.desk.grants.authorisations(app) if only in ("", a.grant.estab)]
        current = [a for a in grants if a.grant.state != "revoked"]
        bound = {a.grant.estab for a in current}
        invited = [
            {
                "estab": i.estab,
                "schoolName": i.school_name if live else "",
                "dateInvited": _date(i.made),
                **self._installed(i.estab),
            }
            for i in (self.desk.invitations.of(app) if pending else ())
            if not i.answer and i.estab not in bound and only in ("", i.estab)
        ]
        return success(
            {
                "Authorised": [self._authorised(a) for a in current],
                "Revoked": [
                    {
                        "estab": a.grant.estab,
                        "schoolName": a.grant.school_name,
                        "dateRevoked": _date(a.revoked or a.authorised),
                    }
                    for a in grants
                    if a.grant.state == "revoked"
                ],
                "PendingAuthorisation": invited,
            }
        )

    def _authorised(self, one: Authorisation) -> dict[str, Any]:
        return {
            "estab": one.grant.estab,
            "schoolName": one.grant.school_name,
            "dateAuthorised": _date(one.authorised),
            "scopesAuthorised": ",".join(sorted(one.grant.scopes)),
            **self._installed(one.grant.estab),
        }

    def _installed(self, estab: str) -> dict[str, Any]:
        """Whether there are records of a school yet, which on the service means that its connector is installed."""
        there = self.desk.schools.has_records(estab)
        return {
            "installedStatus": there,
            "installMessage": None if there else "No records have been received from the school",
        }

    # ---- school tokens

    def tokens(self, request: Request, app: App) -> Response:
        """A new token for each school that lets the app read now."""
        named = asked(request, "applicationid").get("applicationid", "")
        if not named:
            raise Malformed(Problem("applicationid", "is missing", f"applicationid={app.relying_party}"))
        if named.lower() != app.relying_party.lower():
            raise NotHeld(Problem("applicationid", "is not the app that the token is for", "use the app's own token"))
        rows: list[dict[str, str]] = []
        for grant in self.desk.grants.of(app):
            try:
                token, expires = self.desk.tokens.for_grant(grant)
            except (Paused, WrongSecret):
                continue
            rows.append({"estab": grant.estab, "token": token, "expires": moment(expires)})
        return success({"Tokens": rows})

    # ---- Check Estab

    def check(self, request: Request, app: App) -> Response:
        """Whether a school is served here, and the scopes that it has granted the app (none yet: an empty list).

        A trial is told of schools only that it has asked already, and of its developer's sandboxes.
        """
        estab = asked(request, "Estab").get("estab", "")
        if not estab:
            raise Malformed(Problem("Estab", "is missing", "Estab=3281102"))
        if not self.desk.known_schools.knows(app, estab):
            raise NotFound(Problem("estab", f"no school has the number {estab[:40]}"))
        held = {
            name for g in self.desk.grants.of(app) if g.estab == estab and g.state != "revoked" for name in g.scopes
        }
        rows = [
            {"Name": s.name, "Category": s.category, "Description": s.words}
            for s in CATALOGUE.values()
            if s.name in held
        ]
        return success({"Scopes": rows, **QUIET, "Message": f"{estab} has Xporter on Demand"})


def asked(request: Request, *names: str) -> dict[str, str]:
    """The parameters of a query, by their names in lower case; raises `Malformed` for those that are not known."""
    known = {n.lower() for n in (*names, "httpstatuscodes")}
    said = {name.lower(): value.strip() for name, value in request.query}
    wrong = [
        Problem(n[:60], "is not a parameter here", nearest(n[:60], [*names, "httpstatuscodes"]))
        for n in said
        if n not in known
    ]
    if wrong:
        raise Malformed(*wrong)
    return said


def flag(name: str, said: dict[str, str]) -> bool:
    """A parameter that is true or false; one without a value is true."""
    value = said.get(name.lower(), "false").lower()
    if value not in ("", "true", "1", "false", "0"):
        raise Malformed(Problem(name, f"{value[:20]} is not true or false"))
    return value in ("", "true", "1")


def _date(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")
