"""OneRoster 1.2 and 1.1: rosters, gradebooks and resources of a district as learning platforms read and write them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace

import msgspec

from ...api.clients import bearer, client
from ...api.dated import says
from ...api.listing import keeping
from ...api.listing.asking import Asked
from ...api.listing.linking import links
from ...api.listing.reading import Reading, kinds
from ...api.listing.rows import EVERY, Rows
from ...api.listing.services import Collection, Path, Service, address_of
from ...api.messages import JSON, NO_STORE, Request, Response
from ...api.signatures import is_signed, signature, signed_by
from ...consent import Desk, DistrictReader, Holder
from ...consent.credentials import WrongSignature
from ...consent.session import Session
from ...consent.slips import asks
from ...errors import (
    NotHeld,
    NotSignedIn,
    Problem,
    RollbookError,
    TooManyRequests,
    Unavailable,
    WrongMethod,
)
from . import tokens
from .answering import kinds_of, missing, reading, ways
from .calls import Call
from .dated import as_it_was
from .discovery import document, document_of
from .services import SERVICES
from .wire import enveloped, failure, placing

__all__ = ["OneRoster"]

TOKENS = "/oauth/token"


class OneRoster:
    """The dialect's handler: finds what a path means, admits the caller, answers."""

    prefixes = (*(f"{service.root}/" for service in SERVICES), TOKENS)

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def handle(self, request: Request) -> Response:
        """Answer a request."""
        try:
            return self.route(request)
        except (Unavailable, TooManyRequests):
            raise
        except RollbookError as error:
            return self.refuse(request, error)

    def refuse(self, request: Request, error: Exception) -> Response:
        """An error in OneRoster's own form."""
        service = _service(request)
        if service is None:
            return failure(error, allowed=("POST",))
        told = failure(error, allowed=service.methods(address_of(_steps(service, request))), old=service.old)
        return replace(told, guessed=True) if isinstance(error, WrongSignature) else told

    def party(self, request: Request) -> str | None:
        """The client that asks for a token, or that signs what it reads."""
        if request.path == TOKENS:
            return client(request)[0]
        # Whoever signs what they write does not only sign in: their guesses are counted by where they come from.
        return signed_by(request) if is_signed(request) and request.method in ("GET", "HEAD") else None

    def route(self, request: Request) -> Response:
        service = _service(request)
        if service is None:
            if request.method != "POST":
                raise WrongMethod(Problem("method", f"{request.method[:20]} gives no token", "use POST"))
            return tokens.give(request, self.desk)
        name = document_of(service)
        if request.path == f"{service.root}/discovery/{name}" and request.method in ("GET", "HEAD"):
            return Response(msgspec.json.encode(document(service, request.base)))
        holder = self.admit(service, request)
        call = self.find(service, request, holder)
        writer = service.writers.get(call.address, {}).get(request.method)
        return writer(call) if writer is not None else self.answer(call)

    # ---- what is asked

    def find(self, service: Service, request: Request, holder: Holder) -> Call:
        """What a path means; raises `NotFound` where what it leads from is not there."""
        steps = _steps(service, request)
        address = address_of(steps)
        if address not in service.addresses:
            raise service.nowhere(steps)
        path = service.paths.get(address)
        collection = service.collections[path.leads if path else steps[0]]
        if request.method not in (allowed := service.methods(address)):
            what = f"{request.method[:20]} is not allowed here"
            raise WrongMethod(Problem("method", what, f"use {' or '.join(allowed)}"))
        self.in_scope(holder, service, request.method, collection)
        ids = tuple(steps[1::2])
        call = Call(request, self.desk, holder, self.reader(holder), service, address, collection, ids)
        call = replace(call, identity=ids[0]) if ids and path is None else call
        call = self.led(call, path) if path else call
        asks(address)
        return call

    def led(self, call: Call, path: Path) -> Call:
        """What a path leads to from one thing."""
        *outer, inner = call.ids
        names = call.address.split("/")[:-1:2]
        first = call.service.collection(names[-1])
        assert first is not None
        around = {"within": self.must_be(call, call.service.collection(names[0]), outer[0])} if outer else {}
        rows = EVERY.and_(f"{call.address} from", path.within, **around) if path.within is not None else EVERY
        parent = self.must_be(call, first, inner, rows)
        rests = kinds_of(one.resource for one in map(call.service.collection, names) if one is not None)
        return replace(call, rows=EVERY.and_(call.address, path.rows, parent=parent, **around), rests=rests)

    def must_be(self, call: Call, collection: Collection | None, identity: str, rows: Rows = EVERY) -> str:
        """The hub id of something; raises `NotFound` where it is not there."""
        assert collection is not None
        asked = Asked(limit=1, fields=("sourcedId",))
        with call.reader.session() as session:
            every = self.ways(call, session, collection, identity, asked, rows)
            found = next((one.told(part, row).id for one in every for part, row in one.page() if part), None)
            if found is None:
                raise missing(collection, identity)
            return found

    # ---- who asks

    def admit(self, service: Service, request: Request) -> Holder:
        """Who asks: by a token or, of 1.1, by a signature."""
        if not is_signed(request):
            return self.desk.tickets.admit("oneroster", bearer(request))
        if not service.old:
            hint = f"request a token at {TOKENS}, or read version 1.1"
            raise NotSignedIn("OneRoster 1.2 takes no signatures", hint=hint)
        made = signature(request)
        return self.desk.tickets.signed(
            "oneroster", made.key, made.by, at=made.at, nonce=made.nonce, request=request.once
        )

    def in_scope(self, holder: Holder, service: Service, method: str, collection: Collection) -> None:
        """Raise `NotHeld` where a client's scopes do not reach a collection (section 4.3)."""
        needed = service.needs(method, collection.name)
        if not needed & tokens.allowed(holder):
            hint = f"ask for a key with {' or '.join(sorted(needed))}"
            raise NotHeld(Problem("scope", f"{collection.name} are not in the client's scopes", hint))

    def reader(self, holder: Holder) -> DistrictReader:
        found = next(iter(self.desk.readers.for_holder(holder)), None)
        if found is None:
            what = "no school of the district shares anything with the app"
            raise NotHeld(Problem("schools", what, "ask the schools to grant it"))
        return found

    # ---- answering

    def answer(self, call: Call) -> Response:
        asked, collection = call.asked, call.collection
        with ExitStack() as stack:
            session = stack.enter_context(call.reader.session())
            if call.identity:
                return self.one(call, session, replace(asked, limit=1))
            rows, further = call.rows, ()
            if day := call.as_of:
                collection, rows = as_it_was(collection, call.address), rows.with_args(as_of=day)
                further = (says(day, call.reader.kept_since()),)
            page = reading(call.reader, session, collection, asked, rows)
            read = kinds([page]) | call.rests
            rests = keeping.rests_on(call.reader, read)
            others = links(f"{call.request.base}{call.request.path}", asked, dict(call.request.query), page.count())
            sent = enveloped(collection.envelope, page.sent())
            body = keeping.streamed(stack.pop_all(), sent, placing(call.roots))
            return self.kept(call, read, rests, body, *others, *further)

    def ways(
        self, call: Call, session: Session, collection: Collection, identity: str, asked: Asked, rows: Rows
    ) -> Iterator[Reading]:
        """Readings of the one thing with an id, in each way in which it can have it."""
        for one in ways(collection.resource, identity, rows):
            yield reading(call.reader, session, collection, asked, one, few=True)

    def one(self, call: Call, session: Session, asked: Asked) -> Response:
        """The one thing that is meant."""
        collection = call.collection
        every = [*self.ways(call, session, collection, call.identity, asked, call.rows)]
        read = kinds(every)
        rests = keeping.rests_on(call.reader, read)
        found = next((row for one in every for row in one.sent()), None)
        if found is None:
            raise missing(collection, call.identity)
        return self.kept(call, read, rests, b'{"%s":%s}' % (collection.one.encode(), placing(call.roots)(found)))

    def kept(
        self,
        call: Call,
        read: frozenset[str],
        rests: object,
        body: bytes | Iterator[bytes],
        *further: tuple[bytes, bytes],
    ) -> Response:
        """An answer that stays true until the roster changes, or the consent to it."""

        def now() -> object:
            return keeping.rests_on(self.reader(self.admit(call.service, call.request)), read)

        if is_signed(call.request):
            # Whoever sends a signed request again must not get what is kept for it.
            return Response(body, 200, (JSON, NO_STORE, *further))
        return keeping.kept(body, rests, now, call.holder.expires, *further)


def _service(request: Request) -> Service | None:
    return next((one for one in SERVICES if request.path.startswith(f"{one.root}/")), None)


def _steps(service: Service, request: Request) -> list[str]:
    steps = [step for step in request.path.removeprefix(service.root).split("/") if step]
    # The published description of 1.1, and clients that are made of it, write `classes/{id}/lineitems`.
    return [*steps[:2], *("lineItems" if step == "lineitems" else step for step in steps[2:3]), *steps[3:]]
