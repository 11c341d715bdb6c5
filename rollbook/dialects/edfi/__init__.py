"""Ed-Fi: Data Standard 5.2 at the addresses of the ODS/API 7.3, and those of its successor."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Mapping
from dataclasses import replace

import msgspec

from ...api.clients import bearer, client
from ...api.messages import NO_STORE, Request, Response
from ...api.receiving import BODY_LIMIT
from ...consent import Desk, Holder
from ...consent.gaps import through
from ...consent.slips import asks
from ...edfi.resources import RESOURCES
from ...edfi.validation import Invalid
from ...errors import (
    Conflict,
    Malformed,
    NotFound,
    NotHeld,
    NotSignedIn,
    Problem,
    TooLarge,
    TooManyRequests,
    Unavailable,
    nearest,
)
from ...model.people import Person
from ...model.vocabulary import Descriptor
from . import claiming, metadata, problems, profiling, tokens
from .answering import Caller, Shelf, encoded
from .changes import newest
from .preferring import applied
from .problems import Answer, InvalidQuery
from .publishing import publish, publish_of
from .refusal import Refusal

__all__ = ["EdFi"]

log = logging.getLogger("rollbook")

XML = (b"content-type", b"application/xml; charset=utf-8")
PROBLEM = (b"content-type", problems.CONTENT_TYPE.encode())
CHALLENGE = (b"www-authenticate", b'Bearer realm="Ed-Fi"')

Feed = Callable[[Request], Response]

TOKENS = (["oauth", "token"], ["connect", "token"])
"""The paths at which tokens are given."""

SERVED = {name.lower(): resource for name, resource in RESOURCES.items()}
"""The resources by name in small letters: addresses may be written in any case."""


class EdFi:
    """The dialect's handler: finds what a path means, admits the caller, answers."""

    prefixes = ("/edfi",)

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def handle(self, request: Request) -> Response:
        """Answer a request."""
        try:
            return self.route(request)
        except (Unavailable, TooManyRequests):
            raise
        except Exception as error:
            return self.refuse(request, error)

    def refuse(self, request: Request, error: Exception) -> Response:
        """An error as problem details."""
        correlation = str(uuid.uuid4())
        answer = told(error)
        if answer.status >= 500 and not isinstance(error, Unavailable):
            log.error("fault %s while answering Ed-Fi", correlation, exc_info=error)
        allowed = error.allowed if isinstance(error, Refusal) else ()
        further = ((b"allow", ", ".join(allowed).encode()),) if allowed else ()
        challenge = (CHALLENGE,) if answer.status == 401 else ()
        body = b"" if request.method == "HEAD" else msgspec.json.encode(answer.body(correlation))
        response = Response(body, answer.status, (PROBLEM, NO_STORE, *further, *challenge))
        return applied(request, response) if isinstance(error, InvalidQuery) else response

    def party(self, request: Request) -> str | None:
        """The key of whoever asks for a token."""
        steps = [s for s in request.path.lower().split("/")[2:] if s]
        return client(request)[0] if steps in TOKENS else None

    # ---- addresses

    def route(self, request: Request) -> Response:
        steps = [s for s in request.path.split("/")[2:] if s]
        first = steps[0].lower() if steps else ""
        if first in ("", "metadata"):
            return self.metadata(request, steps)
        lower = [s.lower() for s in steps]
        if lower in TOKENS:
            _method(request, "POST")
            return tokens.give(request, self.desk)
        if lower == ["oauth", "token_info"]:
            _method(request, "POST")
            return self.token_info(request)
        holder = self.admit(request)
        if lower[:2] == ["changequeries", "v1"] and lower[2:] == ["availablechangeversions"]:
            _method(request, "GET")
            return self.versions(request, holder)
        if lower[:3] == ["data", "v3", "ed-fi"]:
            return self.data(request, holder, steps[3:])
        if lower[:2] == ["data", "ed-fi"]:
            return self.data(request, holder, steps[2:])
        raise Refusal(problems.no_such_address())

    def admit(self, request: Request) -> Holder:
        return self.desk.tickets.admit("edfi", bearer(request))

    def metadata(self, request: Request, steps: list[str]) -> Response:
        """What is told to anyone: where things are, and how documents are made."""
        found = metadata.find(request.base + "/edfi", [s.lower() for s in steps])
        if found is None:
            raise Refusal(problems.no_such_address())
        _method(request, "GET")
        return Response(found, headers=(XML,)) if isinstance(found, bytes) else encoded(found)

    def token_info(self, request: Request) -> Response:
        holder = self.admit(request)
        told = tokens.tell(request, self.desk, holder)
        if told is None:
            said = "The body must name the token that signs the request."
            raise Refusal(problems.malformed(Problem("$.token", said)))
        return encoded(told)

    def versions(self, request: Request, holder: Holder) -> Response:
        """How far the record has come, as far as the caller may know."""
        # Words that came into the record later would be newer than what uses them.
        publish(self.desk)
        own = [r for r in RESOURCES.values() if r.of is not Descriptor]
        people = [r for r in own if r.of is Person]
        districts, waiting = self.desk.readers.for_holder(holder), self.desk.readers.waiting(holder)
        shared = self.desk.readers.shared()
        known = max(newest(own, districts), newest(people, [waiting]), shared.newest())
        # A smaller number may still come, of a write to another district that takes longer.
        final = self.desk.readers.final((*districts, waiting, shared))
        # Whoever has come less far than a restored hub goes on from has to read everything again.
        begun = through(self.desk.readers.gaps)
        return encoded({"oldestChangeVersion": begun, "newestChangeVersion": max(min(known, final), begun)})

    def data(self, request: Request, holder: Holder, steps: list[str]) -> Response:
        """The documents of a resource."""
        resource = SERVED.get(steps[0].lower()) if steps else None
        if resource is None:
            raise Refusal(problems.no_such_address(*(_hint(step) for step in steps[:1])))
        if len(steps) > 2:
            raise Refusal(problems.no_such_address())
        shelf = Shelf(Caller(self.desk, holder, lambda: self.admit(request)), resource)
        feeds = {"deletes": shelf.gone, "keychanges": shelf.renamed, "partitions": shelf.partitions}
        feed = steps[1].lower() if len(steps) > 1 else ""
        asks(f"{resource.name}/{feed}" if feed in feeds else resource.name)
        snapshot = request.header("use-snapshot").lower() == "true"
        if snapshot and request.method in ("POST", "PUT", "DELETE"):
            raise Refusal(problems.writing_a_snapshot())
        if len(steps) == 1:
            _method(request, "GET", "POST")
        elif steps[1].lower() in feeds:
            _method(request, "GET")
        else:
            _method(request, "GET", "PUT", "DELETE")
        claiming.require(self.desk, holder, resource, claiming.action(request.method, feed))
        if feed not in feeds:
            shelf.lens = profiling.lens(self.desk, holder, resource, request)
        if snapshot:
            raise Refusal(problems.no_snapshot())
        if request.method == "GET":
            publish_of(self.desk, resource)
            return applied(request, self.read(shelf, feeds, request, steps))
        if len(steps) == 1:
            return shelf.post(request)
        return shelf.put(request, steps[1]) if request.method == "PUT" else shelf.delete(request, steps[1])

    def read(self, shelf: Shelf, feeds: Mapping[str, Feed], request: Request, steps: list[str]) -> Response:
        """A page of a resource, one of its feeds, or one document."""
        if len(steps) == 1:
            return shelf.page(request)
        feed = feeds.get(steps[1].lower())
        return feed(request) if feed else shelf.item(request, steps[1])


def _hint(name: str) -> str:
    """What is said to whoever asks for a resource that does not exist: the names are public."""
    hint = nearest(name, RESOURCES)
    known = hint if hint.startswith("did you") else "the resources are listed below /edfi/metadata/"
    return f"{name[:60]} is not a resource of this API. {known[0].upper()}{known[1:]}"


def _method(request: Request, *allowed: str) -> None:
    if request.method not in allowed:
        raise Refusal(problems.wrong_method(request.method, *allowed), allowed)


def told(error: Exception) -> Answer:
    """How an error is told."""
    if isinstance(error, Refusal):
        return error.answer
    if isinstance(error, Invalid):
        return problems.invalid(*error.problems)
    if isinstance(error, InvalidQuery):
        return problems.invalid_query(*error.problems)
    if isinstance(error, NotSignedIn):
        return problems.not_signed_in(*error.problems)
    if isinstance(error, NotHeld):
        return problems.not_allowed(*(replace(p, what=f"{p.where} {p.what}".strip()) for p in error.problems))
    if isinstance(error, NotFound):
        return problems.not_found()
    if isinstance(error, TooLarge):
        return problems.too_large(BODY_LIMIT)
    if isinstance(error, TooManyRequests):
        return problems.too_many(error)
    if isinstance(error, Unavailable):
        return problems.unavailable(error)
    if isinstance(error, Malformed):
        return problems.malformed(*error.problems)
    if isinstance(error, Conflict):
        said = "; ".join(map(str, error.problems))
        return Answer(409, "data-conflict", "Data Conflict", f"The request conflicts with the current records: {said}.")
    return problems.internal()
