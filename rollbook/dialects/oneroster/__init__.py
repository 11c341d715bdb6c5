"""OneRoster 1.2 and 1.1, the rostering service: the rosters of a district as learning platforms read them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace

from ...api.clients import bearer, client
from ...api.listing.rows import EVERY, Rows, may_filter
from ...api.messages import JSON, NO_STORE, Request, Response
from ...consent import Desk, DistrictReader, Holder
from ...consent.slips import asks
from ...errors import (
    NotFound,
    NotHeld,
    Problem,
    RollbookError,
    TooManyRequests,
    Unavailable,
    WrongMethod,
    nearest,
)
from . import tokens
from .answering import Reading, kinds, links, missing, only
from .asking import UUID, Asked, understand
from .catalogue import BELOW_SCHOOL, CLASS_AT_SCHOOL, COLLECTIONS, OLD_COLLECTIONS, PATHS, Collection, Collections
from .wire import OLD_ROOT, ROOT, enveloped, failure

__all__ = ["OneRoster"]

TOKENS = "/oauth/token"


@dataclass(frozen=True)
class Call:
    """A request of somebody who was admitted: whose, of what district, and for which collection."""

    request: Request
    holder: Holder
    reader: DistrictReader
    collection: Collection
    root: str
    collections: Collections
    rows: Rows = EVERY
    identity: str = ""

    @property
    def base(self) -> str:
        """The address of the service, as the caller reached it."""
        return f"{self.request.base}{self.root}"

    @property
    def asked(self) -> Asked:
        """What the request asks; raises `Malformed` with everything that is wrong with it."""
        listing, query = self.collection.resource, self.request.query
        return understand(listing, query, lambda what: may_filter(self.reader, what), one=bool(self.identity))


class OneRoster:
    """The dialect's handler: finds what a path means, admits the caller, answers."""

    prefixes = (f"{ROOT}/", f"{OLD_ROOT}/", TOKENS)

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
        return failure(error, old=request.path.startswith(OLD_ROOT))

    def party(self, request: Request) -> str | None:
        """The client that asks for a token."""
        return client(request)[0] if request.path == TOKENS else None

    def route(self, request: Request) -> Response:
        if request.path == TOKENS:
            if request.method != "POST":
                raise WrongMethod(Problem("method", f"{request.method[:20]} gives no token", "use POST"))
            return tokens.give(request, self.desk)
        holder = self.desk.tickets.admit("oneroster", bearer(request))
        if request.method not in ("GET", "HEAD"):
            what = f"{request.method[:20]} is not allowed here"
            raise WrongMethod(Problem("method", what, "rosters are read-only: use GET"))
        return self.answer(self.find(request, holder))

    # ---- what is asked

    def find(self, request: Request, holder: Holder) -> Call:
        """What a path means; raises `NotFound` where what it leads from is not there."""
        old = request.path.startswith(f"{OLD_ROOT}/")
        root, collections = (OLD_ROOT, OLD_COLLECTIONS) if old else (ROOT, COLLECTIONS)
        steps = [step for step in request.path.removeprefix(root).split("/") if step]
        first = collections.get(steps[0] if steps else "")
        if first is None or len(steps) > 5:
            raise NotFound(Problem("path", f"{'/'.join(steps)[:80]} was not found", _near(steps)))
        self.may_read(holder, first)
        call = Call(request, holder, self.reader(holder), first, root, collections)
        if len(steps) == 1:
            return self.named(call, first.name)
        identity = _uuid(first, steps[1])
        if len(steps) == 2:
            return replace(self.named(call, f"{first.name}/{{id}}"), identity=identity)
        return self.led(call, identity, steps[2:])

    def led(self, call: Call, identity: str, steps: list[str]) -> Call:
        """What a path leads to from one thing."""
        first, within = call.collection, dict[str, str]()
        rows = EVERY
        if first.name == "schools" and steps[0] == "classes" and len(steps) == 3 and steps[2] in BELOW_SCHOOL:
            school, first = identity, call.collections["classes"]
            identity, steps = _uuid(first, steps[1]), steps[2:]
            rows, within = EVERY.and_("at school", CLASS_AT_SCHOOL, within=school), {"of": "schools/{id}/"}
        path = PATHS.get((first.name, steps[0]))
        if path is None or len(steps) > 1 or (not within and (first.name, steps[0]) == ("classes", "enrollments")):
            known = [leads for of, leads in PATHS if of == first.name]
            raise NotFound(Problem("path", f"{'/'.join(steps)[:80]} was not found", nearest(steps[0][:80], known)))
        self.must_be(call, first, identity, rows)
        name = f"{within.get('of', '')}{first.name}/{{id}}/{steps[0]}"
        led = EVERY.and_(f"{first.name} {steps[0]}", path.rows, parent=identity)
        return replace(self.named(call, name), collection=call.collections[path.leads], rows=led)

    def named(self, call: Call, name: str) -> Call:
        asks(name)
        return call

    def must_be(self, call: Call, collection: Collection, identity: str, rows: Rows) -> None:
        """Raise `NotFound` where something is not there."""
        asked = Asked(limit=1, fields=("sourcedId",))
        with call.reader.session() as session:
            found = Reading(call.reader, session, collection, asked, only(collection.resource, identity, rows))
            if next(found.page(), None) is None:
                raise missing(collection, identity)

    # ---- who asks

    def may_read(self, holder: Holder, collection: Collection) -> None:
        """Raise `NotHeld` where a client's scopes do not reach a collection (section 4.3)."""
        needed = {tokens.DEMOGRAPHICS} if collection.name == "demographics" else {tokens.READ, tokens.CORE}
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
        if call.identity:
            asked = replace(asked, limit=1)
            call = replace(call, rows=only(collection.resource, call.identity, call.rows))
        with ExitStack() as stack:
            session = stack.enter_context(call.reader.session())
            reading = Reading(call.reader, session, collection, asked, call.rows)
            read = kinds([reading])
            rests = self.rests_on(call.reader, read)
            if call.identity:
                found = next(reading.sent(call.base), None)
                if found is None:
                    raise missing(collection, call.identity)
                return self.kept(call, read, rests, b'{"%s":%s}' % (collection.one.encode(), found))
            further = links(f"{call.request.base}{call.request.path}", asked, dict(call.request.query), reading.count())
            body = self.body(stack.pop_all(), reading, call)
            return self.kept(call, read, rests, body, *further)

    def body(self, stack: ExitStack, reading: Reading, call: Call) -> Iterator[bytes]:
        """A page that is read while it is sent; what it is read from is given back at its end."""
        with stack:
            yield from enveloped(call.collection.envelope, reading.sent(call.base))

    def rests_on(self, reader: DistrictReader, read: frozenset[str]) -> object:
        return reader.granted(), reader.versions(read)

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
            holder = self.desk.tickets.admit("oneroster", bearer(call.request))
            return self.rests_on(self.reader(holder), read)

        headers = (JSON, NO_STORE, *further)
        return Response(body, 200, headers, keep=True, until=call.holder.expires, rests_on=rests, now_rests_on=now)


def _near(steps: list[str]) -> str:
    return nearest(steps[0][:80] if steps else "", COLLECTIONS)


def _uuid(collection: Collection, text: str) -> str:
    if not UUID.fullmatch(text.lower()):
        raise missing(collection, text)
    return text.lower()
