"""Edlink, API v2: the rosters of a district as ed-tech apps read them, whole or one person's share."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial

import msgspec

from ...api.clients import bearer
from ...api.listing import keeping
from ...api.listing.asking import UUID
from ...api.listing.resource import Listing, Resource
from ...api.listing.rows import Rows, may_filter
from ...api.messages import NO_STORE, Request, Response
from ...consent import Desk, DistrictReader, Holder
from ...consent.slips import asks, tracks
from ...errors import (
    Malformed,
    NotFound,
    NotHeld,
    Problem,
    RollbookError,
    TooManyRequests,
    Unavailable,
    WrongMethod,
    nearest,
)
from . import classroom, events, integrations, logbook, openapi, tokens
from .answering import Reading, fetch, missing, pages
from .asking import Asked, understand
from .catalogue import PATHS, READS, RESOURCES, Path
from .cursors import written
from .later import EVERY, LATER
from .logbook import LISTINGS, Logbook
from .mine import beside, concerns
from .people import people
from .wire import Fault, WrongToken, base, enveloped, failure, new_request_id, success

__all__ = ["Edlink"]

KEPT_SECONDS = 900
"""How long an answer is kept at the most: a cursor in it grows old."""


Read = Callable[[Callable[[str], None]], Iterator[bytes]]
"""Reads a page as a JSON array, and tells of the last thing when there are more."""


@dataclass(frozen=True)
class Call:
    """A request of somebody who was admitted: whose, of what district, and for which path below `graph` or `my`."""

    request: Request
    holder: Holder
    reader: DistrictReader
    steps: tuple[str, ...]
    now: float
    rests: object
    """What an answer rests on, as it was before anything was read."""

    @property
    def share(self) -> str:
        """Whose share of the records it asks for."""
        return "my" if self.holder.person else "graph"

    @property
    def path(self) -> str:
        """The path, as a cursor remembers it."""
        return "/".join((self.share, *self.steps))

    @property
    def address(self) -> str:
        """The address of what it asks for, up to `graph` or `my`."""
        return f"{base(self.request)}/api/v2/{self.share}"


class Edlink:
    """The dialect's handler: finds what a path means, admits the caller, answers."""

    prefixes = ("/api/v1/integrations", "/api/v2/", "/api/up", "/api/authentication/")

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def handle(self, request: Request) -> Response:
        """Answer a request."""
        tracks(new_request_id())
        try:
            return self.route(request)
        except (Unavailable, TooManyRequests):
            raise
        except RollbookError as error:
            return self.refuse(request, error)

    def refuse(self, request: Request, error: Exception) -> Response:
        """An error in Edlink's own form."""
        return failure(error, classroom.allowed(request.path))

    def party(self, request: Request) -> str | None:
        """The client that asks for a person's token; an app that shows its own secret does not say who it is."""
        if request.path.startswith("/api/v1/"):
            return ""
        if request.path.strip("/") != "api/authentication/token":
            return None
        try:
            return tokens.understand(request.body)["client_id"]
        except RollbookError:
            return ""

    def route(self, request: Request) -> Response:
        steps = tuple(request.path.strip("/").split("/"))
        if steps == ("api", "up"):
            return Response(b"Ok", headers=((b"content-type", b"text/plain; charset=utf-8"), NO_STORE))
        if steps == ("api", "v2", "openapi.json") and request.method in classroom.READS:
            return Response(msgspec.json.encode(openapi.document(base(request))), keep=True)
        if steps == ("api", "authentication", "token"):
            return tokens.give(request, self.desk.tickets)
        if steps[:3] == ("api", "v1", "integrations") and len(steps) < 5:
            return self.integrations(request, *steps[3:])
        if steps[:2] != ("api", "v2") or len(steps) < 4 or steps[2] not in ("graph", "my"):
            raise NotFound(Problem("path", "is unknown", "begin with /api/v2/graph/ or /api/v2/my/"))
        call = self.call(request, steps)
        if call.steps[0] == "classes" and call.steps[2:3] and call.steps[2] in classroom.RESOURCES:
            return self.coursework(call)
        must_read(request)
        return self.answer(call)

    # ---- who asks

    def call(self, request: Request, steps: tuple[str, ...]) -> Call:
        holder = self.admit(request, personal=steps[2] == "my")
        reader = self.reader(holder)
        return Call(request, holder, reader, steps[3:], self.desk.clock(), rests_on(reader))

    def admit(self, request: Request, *, personal: bool) -> Holder:
        holder = self.desk.tickets.admit("edlink", bearer(request))
        if bool(holder.person) != personal:
            here, there = ("a person", "an integration") if personal else ("an integration", "a person")
            raise WrongToken(Problem("Authorization", f"is a token of {there}", f"here, send one of {here}"))
        return holder

    def reader(self, holder: Holder) -> DistrictReader:
        found = next(iter(self.desk.readers.for_holder(holder)), None)
        if found is None:
            what = "no school of the district shares anything with the app"
            raise NotHeld(Fault("integration", what, "ask the schools to grant it", "INVALID_INTEGRATION_STATE"))
        return found

    # ---- what is asked

    def answer(self, call: Call) -> Response:
        first, *rest = call.steps
        if call.holder.person and first in ("profile", "integration", "source") and not rest:
            return self.mine(call, first)
        if not call.holder.person and first == "events" and len(rest) < 2:
            return self.events(call, *rest)
        if not call.holder.person and first in LISTINGS and len(rest) < (1 if first == "licenses" else 2):
            return self.logbook(call, first, *rest)
        if first in RESOURCES and len(rest) < 3:
            return self.roster(call, RESOURCES[first], *rest)
        if not call.holder.person and first in LATER and len(rest) < 2:
            return self.roster(call, LATER[first], *rest)
        known = [
            *(RESOURCES if call.holder.person else EVERY),
            *(("profile", "integration", "source") if call.holder.person else ("events", *LISTINGS)),
        ]
        raise NotFound(Problem("path", f"{'/'.join(call.steps)[:80]} was not found", nearest(first[:80], known)))

    def roster(self, call: Call, resource: Resource, identity: str = "", leads: str = "") -> Response:
        """A list, one thing of it, or a list that leads from one thing."""
        path = PATHS.get((resource.name, leads)) if leads else None
        if leads and path is None:
            known = [name for of, name in PATHS if of == resource.name]
            raise NotFound(Problem("path", f"{leads[:80]} was not found", nearest(leads[:80], known)))
        asks("/".join([resource.name, *(["{id}"] if identity else []), *([leads] if leads else [])]))
        if identity:
            identity = _uuid(identity)
        if path is None:
            return self.one(call, resource, identity) if identity else self.listed(call, resource)
        return self.listed(call, RESOURCES[path.leads], resource, identity, path)

    def one(self, call: Call, resource: Resource, identity: str) -> Response:
        asked = self.understand(call, resource, one=True)
        with self.reading(call) as (reading, rows):
            found = fetch(reading, resource, identity, asked, rows)
        return self.kept(call, asked, b"".join(enveloped(iter([found]), str, asked.warnings)))

    def listed(
        self,
        call: Call,
        resource: Resource,
        parent: Resource | None = None,
        identity: str = "",
        path: Path | None = None,
    ) -> Response:
        asked = self.understand(call, resource)
        with ExitStack() as stack:
            reading, rows = stack.enter_context(self.reading(call))
            if parent is not None and path is not None:
                if not reading.finds(parent, identity, rows):
                    raise missing(parent)
                rows = beside(rows) if parent.name in ("classes", "sections", "people") else rows
                rows = rows.and_(f"{parent.name} {call.steps[2]}", path.rows, parent=identity)
            return self.paged(call, asked, partial(pages, reading, resource, asked, rows), stack.pop_all())

    def paged(self, call: Call, asked: Asked, read: Read, stack: ExitStack) -> Response:
        """A list that is read while it is sent; what it is read from is given back at its end."""
        following = Following(call, asked)

        pieces = enveloped(read(following.on), following.address, asked.warnings)
        return self.kept(call, asked, keeping.streamed(stack, pieces))

    def understand(self, call: Call, resource: Listing, *, one: bool = False) -> Asked:
        query = call.request.query
        return understand(resource, query, call.path, call.now, lambda p: may_filter(call.reader, p), one=one)

    def coursework(self, call: Call) -> Response:
        """What is below a class, read or written."""
        steps = tuple(s if classroom.is_alias(call.steps, at) else s.lower() for at, s in enumerate(call.steps))
        if not (address := classroom.address_of(steps)):
            raise classroom.nowhere(call.steps)
        given = dict(call.request.query)
        key = given.get("$idempotency", "").strip()
        classroom.check(call.request.method, address, key)
        asks(address if call.request.method in classroom.READS else f"{call.request.method} {address}")
        for at, identity in [*enumerate(steps)][1:8:2]:
            if identity not in classroom.OWN and not classroom.is_alias(steps, at):
                _uuid(identity)
        reads = call.request.method in classroom.READS
        asked = self.understand(call, classroom.listing_of(steps), one=not (reads and classroom.lists(steps)))
        own = classroom.Call(
            *(self.desk, call.holder, call.reader, call.request.method, steps, call.request.body, asked, key),
            *(
                given.get("$properties", ""),
                call.now,
                f"{base(call.request)}/api/v2/{'my' if call.holder.person else 'graph'}",
            ),
        )
        if steps[-1] == "download":
            return classroom.download(own)
        following = Following(call, asked)
        return Response(classroom.read(own, following.after) if reads else classroom.write(own))

    # ---- what is no roster

    def integrations(self, request: Request, identity: str = "") -> Response:
        """What an app is told of its integrations, for its own secret."""
        must_read(request)
        asks("integrations/{id}" if identity else "integrations")
        things, now = integrations.every(self.desk, bearer(request)), self.desk.clock()
        asked = understand(integrations.LISTING, request.query, "integrations", now, lambda _: True, one=bool(identity))
        if identity:
            found = logbook.fetch("integrations", _uuid(identity), things)
            return success(logbook.limited(asked, found), asked.warnings)
        found, more = logbook.page(asked, things)
        data = msgspec.json.encode([logbook.limited(asked, thing) for thing in found])
        cursor = written("integrations", asked.following(found[-1]["id"]), now) if more else ""
        address = f"{base(request)}/api/v1/integrations?$cursor={cursor}" if more else ""
        return Response(b"".join(enveloped(iter([data]), lambda: address, asked.warnings)))

    def mine(self, call: Call, what: str) -> Response:
        asks(what)
        with self.reading(call) as (reading, rows):
            if what == "integration":
                return success(integrations.integration(call.reader, reading.args["district_id"]))
            if what == "source":
                return success(integrations.source(reading))
            asked = self.understand(call, people, one=True)
            found = fetch(reading, people, call.holder.person, asked, rows)
        return self.kept(call, asked, b"".join(enveloped(iter([found]), str, asked.warnings)))

    def logbook(self, call: Call, name: str, identity: str = "") -> Response:
        """What an integration is told of itself."""
        asks(f"{name}/{{id}}" if identity else name)
        asked = self.understand(call, LISTINGS[name], one=bool(identity))
        with self.reading(call) as (reading, _):
            district = reading.args["district_id"]
        things = Logbook(self.desk, call.reader, district, call.now).things(name)
        if identity:
            return success(logbook.limited(asked, logbook.fetch(name, _uuid(identity), things)), asked.warnings)
        found, more = logbook.page(asked, logbook.only(asked, things))
        following = Following(call, asked, found[-1]["id"] if more else "")
        data = msgspec.json.encode([logbook.limited(asked, thing) for thing in found])
        return Response(b"".join(enveloped(iter([data]), following.address, asked.warnings)))

    def events(self, call: Call, identity: str = "") -> Response:
        asks("events/{id}" if identity else "events")
        asked = self.understand(call, events.listing, one=bool(identity))
        events.check(asked, call.reader.newest(), call.now, self.desk.readers.gaps)
        with ExitStack() as stack:
            reading, _ = stack.enter_context(self.reading(call))
            book = Logbook(self.desk, call.reader, reading.args["district_id"], call.now)
            if not identity:
                return self.paged(call, asked, partial(events.pages, reading, book, asked), stack.pop_all())
            found = events.fetch(reading, book, _uuid(identity), asked)
        return self.kept(call, asked, b"".join(enveloped(iter([found]), str, asked.warnings)))

    # ---- reading

    @contextmanager
    def reading(self, call: Call) -> Generator[tuple[Reading, Rows]]:
        """One moment of the district, and the rows of it that concern whoever asks."""
        with call.reader.session() as session:
            reading = Reading(call.reader, session)
            reading.concerns = concerns(reading, call.holder)
            if call.steps[0] == "departments":
                reading.args |= reading.schools()
            yield reading, reading.concerns

    def kept(self, call: Call, asked: Asked, body: bytes | Iterator[bytes]) -> Response:
        """An answer that stays true until the roster changes, or the consent to it."""
        if call.steps[0] in LATER:
            # It rests on more than rosters do.
            return Response(body)
        personal, until = bool(call.holder.person), min(call.holder.expires, asked.until, call.now + KEPT_SECONDS)
        return keeping.kept(
            body, call.rests, lambda: rests_on(self.reader(self.admit(call.request, personal=personal))), until
        )


def must_read(request: Request) -> None:
    """Raise `WrongMethod` for a request that does not read."""
    if request.method not in classroom.READS:
        what = f"{request.method[:20]} is not allowed here"
        raise WrongMethod(Problem("method", what, "rosters are read-only: use GET"))


@dataclass
class Following:
    """The next page, once it is known whether there is one."""

    call: Call
    asked: Asked
    last: str = ""

    def on(self, last: str) -> None:
        """There is more after this one."""
        self.last = last

    def after(self, last: str) -> str:
        """The address of the page after one thing."""
        self.on(last)
        return self.address()

    def address(self) -> str:
        """The address of the next page, or nothing."""
        if not self.last:
            return ""
        cursor = written(self.call.path, self.asked.following(self.last), self.call.now)
        return f"{base(self.call.request)}/api/v2/{self.call.path}?$cursor={cursor}"


def rests_on(reader: DistrictReader) -> object:
    """What an answer rests on: the day, what is granted, and the records that rosters are made of."""
    return keeping.rests_on(reader, READS)


def _uuid(text: str) -> str:
    if not UUID.fullmatch(text.lower()):
        raise Malformed(
            Fault("path", f"{text[:60]} is not a UUID", "give the id of a thing in the list", "INVALID_UUID")
        )
    return text.lower()
