"""The edge: requests in, responses out, over ASGI; everything behind it is plain and synchronous.

A dialect's handler is called with the whole request and gives a response whose body is bytes or an iterator of
chunks. It is called in a thread aside (`aside.py`), and so is the iterator, so that whatever waits there, for a lock or
for the disk, holds up nobody else. What is in memory, and still true, is given from the event loop's thread at once.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Hashable, Iterable, Mapping
from contextvars import copy_context
from dataclasses import replace
from functools import partial
from typing import Any

from ..consent.ledger import Ledger
from ..consent.slips import lay
from ..errors import RollbookError, Unavailable
from . import compressing
from .asgi import Beside, Receive, Scope, Send, client, lifespan, send_head, send_whole
from .aside import Aside
from .calls import SAFE, Calls, Visit, dialect
from .crossing import APIS, Crossed, Crossing
from .keeping import Keeping, Kept
from .messages import Handler, Request, Response, Route
from .receiving import Receiver, wrong
from .refusing import held_off
from .sending import SEND_SECONDS, Lengthy
from .streams import Noted, close
from .watching import Probe, Seen, Watch

log = logging.getLogger("rollbook")

SIGN_IN_LIMIT = 64 * 1024
"""The largest request, in bytes, that is looked at to see whether somebody signs in."""

VARIES = (b"accept", b"authorization", b"host", b"if-none-match", b"origin", b"prefer", b"use-snapshot")
"""The headers on which an answer may depend; those that are kept in memory are told apart by them."""

NO_SNIFF = (b"x-content-type-options", b"nosniff")

WAIT_SECONDS, LOOK_SECONDS = 0.02, 1.0
"""How often an answer that is waited for is looked for: as soon as something has changed, and now and then."""


class Edge:
    """The ASGI application: finds the dialect of a path, answers from memory while nothing has changed."""

    def __init__(
        self,
        handlers: Iterable[Handler],
        *,
        state: Callable[[], object],
        glance: Callable[[], object | None],
        stirred: Callable[[], object | None] | None = None,
        clock: Callable[[], float],
        fallback: Handler,
        beside: Beside | None = None,
        ledger: Ledger | None = None,
        memory: int = 128 * 1024 * 1024,
        aside: Aside | None = None,
        shown: Callable[[Request, Response], Response] = lambda request, response: response,
        watch: Watch | None = None,
        crossing: Crossing | None = None,
    ) -> None:
        self.beside = beside
        self.watch = watch
        self.calls = Calls(crossing)
        self.probes: Mapping[str, Probe] = {} if watch is None else watch.probes
        self.ledger = ledger
        self.receiver = Receiver(handlers, fallback)
        self.state = state
        """The state of the hub, for threads that may wait."""
        self.glance = glance
        """The same without any waiting; None when it is not known at once."""
        self.stirred = stirred or glance
        """Another value as soon as what an answer waits for may have come; None when it is not known at once."""
        self.clock = clock
        self.aside = aside or Aside()
        self.kept = Keeping(memory)
        self.ending = False
        """Whether the server is about to end, so that nobody is kept waiting any more."""
        self.shown = shown

    def limited(self, per_minute: int) -> Edge:
        """Let each caller send so many requests a minute (0 for any number), and guess at secrets but slowly."""
        self.calls.limit_to(per_minute)
        return self

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await lifespan(receive, send, [one for one in (self.watch, self.beside) if one is not None])
            if self.ledger is not None:
                self.ledger.close()
        elif scope["type"] == "http":
            await self.serve(scope, receive, send)

    async def serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, seen by whoever runs the hub."""
        headers = dict(scope["headers"])
        seen = Seen(scope["method"], headers, send)
        try:
            probe = self.probes.get(scope["path"])
            if probe is None or not await self.probed(scope, headers, probe, seen):
                await self.attend(scope, headers, receive, seen)
        finally:
            if self.watch is not None:
                self.watch.note(seen)

    async def probed(self, scope: Scope, headers: dict[bytes, bytes], probe: Probe, seen: Seen) -> bool:
        """Answer what is asked about the server itself; tells whether it was."""
        if scope["method"] not in SAFE or headers.get(b"host") is None:
            return False
        response = await asyncio.to_thread(probe, headers)
        if response is None:
            return False
        seen.route = None
        await self.send_short(seen, response, scope["method"])
        return True

    async def attend(self, scope: Scope, headers: dict[bytes, bytes], receive: Receive, send: Seen) -> None:
        """Answer a request to the hub."""
        shown = headers.get(b"authorization", b"").rpartition(b" ")[2]
        caller: Hashable = self.calls.callers.get(shown) or client(scope)
        error = self.calls.too_fast(caller) or wrong(scope, headers)
        if error is not None:
            return await self.turn_away(scope, headers, send, error)
        gzip = compressing.wanted(headers.get(b"accept-encoding", b""))
        names = (headers.get(name, b"") for name in VARIES)
        key = (scope["raw_path"], scope["query_string"], b"gzip" if gzip else b"", *names)
        kept = self.kept.find(key) if scope["method"] == "GET" else None
        if kept is not None and self.at_once(kept):
            send.route = kept.response.route
            return await send_whole(send, kept.response)
        slip = None if self.ledger is None else self.ledger.slip()
        if slip is not None:
            slip.request = send.id.decode()
        lay(slip)
        request, handler, response = await self.receiver.receive(scope, headers, receive)
        crossed = Crossed(origin) if (origin := headers.get(b"origin")) and dialect(handler) in APIS else None
        writes = _writes(handler, request)
        visit = Visit(handler, request, shown, caller, copy_context(), slip, kept, gzip, writes, crossed)
        try:
            return await self.answered(visit, response, key, receive, send)
        finally:
            self.receiver.done(request)

    async def turn_away(self, scope: Scope, headers: dict[bytes, bytes], send: Seen, error: Exception) -> None:
        """Refuse a request before anything of it is looked at."""
        request, handler = self.receiver.begun(scope, headers)
        send.route = Route(dialect(handler))
        held = self.shown(request, held_off(handler, request, error))
        held = replace(held, headers=(*(h for h in held.headers if h[0] != NO_SNIFF[0]), NO_SNIFF))
        await self.send_short(send, held, request.method)

    def at_once(self, kept: Kept) -> bool:
        """Whether an answer in memory can be given this moment: nothing has happened, and it can be written down."""
        state = self.glance()
        if state is None or not kept.holds(state, self.clock()):
            return False
        told = kept.response.told
        try:
            return self.ledger is None or told is None or self.ledger.again_at_once(told)
        except Unavailable:
            return False

    async def answered(
        self, visit: Visit, early: Response | None, key: tuple[bytes, ...], receive: Receive, send: Seen
    ) -> None:
        """Work out the answer aside, and send it."""
        state: object = None
        try:
            state, response = await self.work(visit, partial(self.begin, visit, early))
            if response.wait is not None:
                response = await self.waited(visit, response)
                response = await self.work(visit, partial(self.finished, visit, response))
        except Unavailable as error:
            held = self.shown(visit.request, held_off(visit.handler, visit.request, error))
            response = _finished(held, visit)
        if visit.kept is not None and response is not visit.kept.response:
            self.kept.drop(key)
        send.route = response.route
        await self.send(send, visit, response, key, state, receive)

    async def work(self, visit: Visit, act: Callable[[], Any]) -> Any:
        """Have something done aside for a request."""
        return await self.aside.run(act, visit.caller, context=visit.context, writes=visit.writes)

    def begin(self, visit: Visit, early: Response | None) -> tuple[object, Response]:
        """The state of the hub and, in that state, the answer to a request: from memory, or begun by its dialect."""
        state = self.state()
        # Whether a browser may call from elsewhere is looked up whenever something has happened.
        kept = None if visit.crossed is not None else visit.kept
        if kept is not None and kept.true(state, self.clock()) and self.again(kept.response):
            return state, kept.response
        response = early or self.calls.admitted(visit)
        return state, response if response.wait is not None else self.finished(visit, response)

    def finished(self, visit: Visit, response: Response) -> Response:
        """The answer as it leaves, what it tells written down."""
        if visit.slip is not None:
            visit.slip.dialect = dialect(visit.handler)
        return _finished(self.shown(visit.request, self.noted(visit, response)), visit)

    # ---- what leaves is written down first

    def again(self, known: Response) -> bool:
        """Write down that an answer in memory is given once more; tells whether that could be done."""
        if self.ledger is None or known.told is None:
            return True
        try:
            self.ledger.again(known.told)
        except Unavailable:
            return False
        return True

    def noted(self, visit: Visit, response: Response) -> Response:
        """The response, what it tells written down; what cannot be written down does not leave."""
        slip = visit.slip
        if self.ledger is None or slip is None:
            return response
        if response.status >= 400 and not slip.outcome:
            slip.refuse(str(response.status), response.status)
        elif visit.request.method == "HEAD" or response.body == b"":
            slip.show_nothing()
        if not slip.counts:
            return response
        try:
            if isinstance(response.body, bytes):
                told = self.ledger.note(slip, response.status, kept=response.keep and response.status == 200)
                return response.but(told=told)
            growing = self.ledger.begin(slip, response.status, kept=response.keep)
            return replace(response, body=Noted(response.body, growing))
        except Unavailable as error:
            if not isinstance(response.body, bytes):
                close(response.body)
            return held_off(visit.handler, visit.request, error)

    async def waited(self, visit: Visit, response: Response) -> Response:
        """The answer that a response waits for, or the response itself when patience ends."""
        until, looked, seen = time.monotonic() + response.patience, 0.0, None
        while time.monotonic() < until and not self.ending:
            await asyncio.sleep(WAIT_SECONDS)
            now = self.stirred()
            if now is not None and now == seen and time.monotonic() < looked + LOOK_SECONDS:
                continue
            looked, seen = time.monotonic(), now
            found = await self.work(visit, partial(self.looked_for, visit, response))
            if found is not None:
                return found
        return response

    def looked_for(self, visit: Visit, response: Response) -> Response | None:
        """The answer that a response waits for, in the state in which the hub is now."""
        self.state()
        try:
            return response.wait() if response.wait else None
        except Unavailable:
            return None
        except RollbookError as error:
            return visit.handler.refuse(visit.request, error)
        except Exception as error:
            log.exception("fault while waiting to answer %s", dialect(visit.handler))
            return visit.handler.refuse(visit.request, error)

    # ---- sending

    async def send(
        self, send: Send, visit: Visit, response: Response, key: tuple[bytes, ...], state: object, receive: Receive
    ) -> None:
        """Send an answer, and keep it if it is short and stays true."""
        if not isinstance(response.body, bytes):
            await self.send_long(send, visit, response, key, state, receive)
            return
        if response.keep and response.status == 200 and visit.request.method == "GET":
            self.kept.put(key, state, response)
        await self.send_short(send, response, visit.request.method)

    async def send_short(self, send: Send, response: Response, method: str) -> None:
        """Send an answer that is in memory."""
        await (send_head if method == "HEAD" else send_whole)(send, response)

    async def send_long(
        self, send: Send, visit: Visit, response: Response, key: tuple[bytes, ...], state: object, receive: Receive
    ) -> None:
        """Send an answer that is read while it is sent, and keep it if it turns out to be short."""
        long = Lengthy(response, gzip=visit.gzip)
        read = partial(self.aside.run, long.parts.part, visit.caller, context=visit.context, patience=SEND_SECONDS)
        try:
            whole = await long.send(send, receive, read)
        finally:
            self.aside.later(long.parts.close)
        if whole is not None:
            self.kept.put(key, state, whole)


def _writes(handler: Handler, request: Request) -> bool:
    """Whether a request may wait for others who write.

    Who signs in does not: tokens lie in a file of their own, which imports leave alone.
    """
    if request.method in SAFE:
        return False
    return len(request.body) > SIGN_IN_LIMIT or handler.party(request) is None


def _finished(response: Response, visit: Visit) -> Response:
    """The answer as it leaves: what is said of every answer is said, and it is compressed if the caller asked so."""
    headers = tuple(h for h in response.headers if h[0] != NO_SNIFF[0])
    if compressing.compressible(headers):
        headers = (*headers, compressing.VARY)
    crossed = () if visit.crossed is None else visit.crossed.headers()
    response = response.but(headers=(*headers, *crossed, NO_SNIFF), route=_route(visit))
    whole = isinstance(response.body, bytes) and visit.request.method != "HEAD"
    return compressing.compressed(response) if visit.gzip and whole else response


def _route(visit: Visit) -> Route:
    """What was asked for, as far as the dialect came."""
    slip = visit.slip
    return Route(dialect(visit.handler), *(() if slip is None else (slip.endpoint, slip.app, slip.school)))
