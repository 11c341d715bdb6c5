"""Xporter, the School Data API 1.0.0: the core that UK apps read."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

from ...api.dated import says
from ...api.messages import Request, Response
from ...api.resource import Context, Renew
from ...api.webhooks import KIND
from ...consent import Desk, Reader
from ...consent.pulls import LIFE
from ...consent.slips import asked_by, asks
from ...consent.tokens import ManagementPass, SchoolPass
from ...errors import (
    NotFound,
    NotHeld,
    NotSignedIn,
    Problem,
    RollbookError,
    TooManyRequests,
    Unavailable,
    WrongMethod,
    nearest,
)
from ...fields import Field
from ...jobs import Freshness, PostOffice, Queue
from ...jobs.subscriptions import Subscriptions
from . import management, openapi, paging, subscribing, usage, writeback
from .answering import db_status, prepare, render, state_of, what_it_reads
from .arriving import as_meant
from .asking import Asked, day_of, understand, wants_status_codes
from .calling import DataReady
from .catalogue import ENDPOINTS
from .changes import render_changes
from .gdpr import gdpr_ids
from .onboarding import AREAS, Onboarding
from .running import run_query
from .watching import DataChanged, look
from .wire import SchoolNotGranted, TestError, failure, success

__all__ = ["DataChanged", "DataReady", "Xporter", "look"]


class Xporter:
    """The dialect's handler: finds what a path means, admits the caller, answers."""

    prefixes = ("/api/v1/", "/api/oauth/", "/idaas/", *(f"/api/{area}/" for area in AREAS))

    def __init__(
        self,
        desk: Desk,
        seen: Freshness,
        queue: Queue,
        taking: writeback.Taking,
        fills: Mapping[str, frozenset[Field]] | None = None,
        office: PostOffice | None = None,
    ) -> None:
        self.desk = desk
        self.taking = taking
        self.seen = seen
        self.queue = queue
        self.subscriptions = Subscriptions(queue, look)
        self.fills = fills or {}
        self.onboarding = Onboarding(desk, office)
        self.info = {
            "gdprids": partial(gdpr_ids, desk),
            "tokendetails": management.token_details,
            "scopes": management.scopes,
            "queries": management.queries,
        }

    def handle(self, request: Request) -> Response:
        """Answer a request."""
        try:
            return self.route(as_meant(request))
        except (Unavailable, TooManyRequests):
            raise
        except RollbookError as error:
            return self.refuse(request, error)

    def refuse(self, request: Request, error: Exception) -> Response:
        """An error in Xporter's own form."""
        request = as_meant(request)
        try:
            status_codes = wants_status_codes(request.query)
        except RollbookError:  # the query cannot be read, yet this may be plain to see
            status_codes = b"httpstatuscodes=true" in request.raw_query.lower()
        if request.path.rstrip("/").lower().endswith("/gettoken"):
            return management.no_token(error)
        return failure(error, status_codes=status_codes)

    def party(self, request: Request) -> str | None:
        """Who asks for a token, and for which school's."""
        request = as_meant(request)
        return management.party(request) if gives_token(request.path.strip("/").lower().split("/")) else None

    def route(self, request: Request) -> Response:
        steps = request.path.strip("/").split("/")
        lower = [s.lower() for s in steps]
        if gives_token(lower):
            return management.get_token(request, self.desk)
        if len(lower) > 1 and lower[0] == "api" and lower[1] in AREAS:
            operation = self.onboarding.find(request)
            return self.onboarding.answer(operation, request, self.admit(request))
        if lower[:2] != ["api", "v1"]:
            raise NotFound(Problem("path", "is unknown", "request tokens with POST /api/oauth/GetToken"))
        if lower[2:] == ["openapi.json"]:
            return success(openapi.document(request.base), keep=True)
        written = writeback.find(writeback_steps(steps[2:], request))
        if written is not None:
            if request.method != "POST":
                raise WrongMethod(Problem("method", f"{request.method} is not allowed here", "use POST"))
            return self.taking.take(request, self.admit(request), *written)
        subscribed = subscribing.find(steps[2:])
        if subscribed is not None:
            reader = self.reader(self.admit(request), subscribed[0], "")
            return subscribing.subscribe(request, reader, self.subscriptions, subscribed[1])
        if request.method not in ("GET", "HEAD"):
            raise WrongMethod(Problem("method", f"{request.method} is not allowed here", "use GET"))
        if len(lower) == 5 and lower[2] == "school" and lower[4] == "disclosures":
            return usage.disclosures(self.desk, request, steps[3])
        admitted = self.admit(request)
        if lower[2:] == ["usage"]:
            asks("usage")
            return usage.usage(self.desk, admitted)
        if lower[2:] == ["runquery"]:
            return run_query(request, self.desk, admitted)
        if lower[2:] == ["logs"]:
            asks("logs")
            return usage.logs(self.desk, admitted, request)
        if len(lower) == 3 and lower[2] in self.info:
            asks(lower[2])
            return self.info[lower[2]](admitted)
        if len(lower) in (5, 6) and lower[2] == "school":
            return self.school(request, admitted, steps[3], steps[4], steps[5] if len(steps) == 6 else "")
        known = ["School/{estab}/{Endpoint}", *self.info, "usage", "logs", "RunQuery"]
        raise NotFound(Problem("path", "is unknown", nearest("/".join(steps[2:]), known)))

    def admit(self, request: Request) -> SchoolPass | ManagementPass:
        kind, _, token = request.header("authorization").strip().partition(" ")
        if kind.lower() != "idaas" or not token.strip():
            raise NotSignedIn(Problem("Authorization", "is missing", "send the header Authorization: Idaas {token}"))
        return self.desk.tokens.admit(token.strip())

    def school(
        self, request: Request, admitted: SchoolPass | ManagementPass, estab: str, segment: str, identity: str
    ) -> Response:
        endpoint = ENDPOINTS.get(segment.lower())
        asks(f"school.{endpoint.segment.lower()}" if endpoint else "school")
        estab = told_estab(request, segment) or estab
        reader = self.reader(admitted, estab, segment)
        if endpoint is None:
            names = [e.segment for e in ENDPOINTS.values()]
            raise NotFound(Problem("path", f"{segment[:60]} is not an endpoint", nearest(segment[:60], names)))
        if not endpoint.need.met_by(reader.grant.scopes):
            raise NotHeld(Problem(endpoint.segment, f"needs the scope {endpoint.need}", "ask the school to grant it"))
        day = day_of(endpoint, request.query, reader)
        asked = understand(endpoint, request.query, identity, reader.as_of(day) if day else reader)
        if any(isinstance(e, Renew) for o in asked.chosen_options.values() for e in o.effects):
            self.seen.renew(reader, endpoint.databases)
            reader = self.reader(admitted, estab, segment)
        databases = self.seen.look(reader, endpoint.databases)
        fills = self.filled_at(reader)
        caller = hashlib.sha256(request.header("authorization").encode()).hexdigest()[:32]
        dated = reader.as_of(day) if day else reader
        context = Context(dated, asked.args, self.desk.clock(), endpoint, ENDPOINTS, databases, fills, caller)

        def again() -> Reader:
            found = self.reader(self.admit(request), estab, segment)
            return found.as_of(day) if day else found

        answer = self.answer(asked, context, admitted.expires, again)
        return replace(answer, headers=(*answer.headers, says(day, reader.kept_since()))) if day else answer

    def filled_at(self, reader: Reader) -> frozenset[Field] | None:
        """The facts that a school's sources can fill; None for every one, as where the hub itself keeps them."""
        found = [self.fills.get(source.partition(":")[0]) for source in reader.sources()]
        return frozenset(fact for facts in found for fact in facts or ()) if found and None not in found else None

    def reader(self, admitted: SchoolPass | ManagementPass, estab: str, segment: str) -> Reader:
        """The reader for the token's own school; another school is refused whether or not it exists.

        With a management token an app may ask after the health of each school that lets it in (school.health).
        """
        if isinstance(admitted, ManagementPass):
            granted = (g for g in self.desk.grants.of(admitted.app) if g.estab == estab and g.state == "active")
            grant = next(granted, None) if segment.lower() == "health" else None
            if grant is None:
                raise SchoolNotGranted(
                    "a management token cannot read a school's records", hint="request a school token from the STS"
                )
            asked_by(grant.app.id, (grant.id,), school=estab)
            return self.desk.readers.for_grant(grant)
        if admitted.grant.estab != estab:
            raise SchoolNotGranted(
                Problem("estab", "is not the school that the token is for", "request a token for this school")
            )
        return self.desk.readers.for_grant(admitted.grant)

    def answer(self, asked: Asked, context: Context, until: float, again: Callable[[], Reader]) -> Response:
        """The answer to what was asked; `again` makes the reader again, or raises when the caller is not admitted."""
        if asked.endpoint.segment == "TestError":
            raise TestError
        if asked.callback:
            grant, segment = context.reader.grant, asked.endpoint.segment
            self.queue.add(
                KIND,
                {"app": grant.app.id, "grant": grant.id, "family": "data", "endpoint": segment, "url": asked.callback},
            )
        if asked.only_status:
            return success(db_status(context.databases, context.now))
        if asked.changed_rows is not None:
            return Response(render_changes(asked, context))
        passing = any(table.passing for table in prepare(asked, context.reader))
        current = all(d.expires > context.now for d in context.databases)
        rests_on, pull = what_it_reads(asked, context.reader), paging.find(asked, context)
        as_now = pull is None or pull.state == state_of(rests_on)
        # A first page is not given again from memory for longer than the list that its later pages are cut from lives.
        together = context.now + LIFE / 2 if asked.paged else until
        return Response(
            render(asked, context, pull),
            keep=current and as_now and not passing and not asked.callback,
            until=min([until, together, *(d.expires for d in context.databases)]),
            rests_on=(rests_on, context.databases),
            now_rests_on=lambda: self.now_rests_on(asked, again()),
        )

    def now_rests_on(self, asked: Asked, reader: Reader) -> object:
        """What the answer would rest on now."""
        return what_it_reads(asked, reader), self.seen.look(reader, asked.endpoint.databases)


def gives_token(steps: list[str]) -> bool:
    """Whether a path, in small letters, is one at which tokens are given."""
    return steps[-1] == "gettoken" and steps[:-1] in (["api", "oauth"], ["idaas", "sts", "sts"])


def writeback_steps(steps: list[str], request: Request) -> list[str]:
    """The steps of a write-back's path; the service names some in the query, as in /Writeback/?id=efw.Detention."""
    if [step.lower() for step in steps if step] == ["writeback"]:
        named = next((value for name, value in request.query if name.lower() == "id"), "")
        return ["writeback", named.rpartition(".")[2]]
    return [step for step in steps if step]


def told_estab(request: Request, segment: str) -> str:
    """The school that a request for Health names in its query, as one with a management token does."""
    named = (value for name, value in request.query if name.lower() == "estab")
    return next(named, "").strip() if segment.lower() == "health" else ""
