"""The edge: requests in, responses out, over ASGI; everything behind it is plain and synchronous.

A dialect's handler is called with the whole request and gives a response whose body is bytes or an iterator of
chunks. It is called in a thread aside (`aside.py`), and so is the iterator, so that whatever waits there, for a lock or
for the disk, holds up nobody else. What is in memory, and still true, is given from the event loop's thread at once.
"""

from __future__ import annotations

import asyncio
import errno
import itertools
import logging
import math
import re
import time
from collections.abc import Awaitable, Callable, Hashable, Iterable, MutableMapping
from contextvars import Context, copy_context
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Protocol
from urllib.parse import unquote

from ..consent.callers import count_with
from ..consent.ledger import Ledger
from ..consent.slips import Slip, lay
from ..errors import Malformed, NoRoom, Problem, RollbookError, TooLarge, TooManyRequests, Unavailable
from . import compressing
from .aside import Aside
from .keeping import Keeping, Kept
from .limits import GUESSES, Callers, Limit
from .messages import Handler, Request, Response
from .streams import Held, Noted, Parts, Stream, close, pieces

log = logging.getLogger("rollbook")

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

BODY_LIMIT = 32 * 1024 * 1024
"""The largest request that is read, in bytes; as Edlink's documentation gives for its service."""

BODIES_LIMIT = 128 * 1024 * 1024
"""How many bytes of requests are held at a time, of all callers."""

SIGN_IN_LIMIT = 64 * 1024
"""The largest request, in bytes, that is looked at to see whether somebody signs in."""

KEEP_LIMIT = 16 * 1024 * 1024
"""The largest answer that is kept in memory, in bytes."""

SEND_SECONDS = 60.0
"""How long a client may let a piece of a long answer wait, and how long a part of it may wait to be read."""

STREAM_FROM = 16 * 1024
"""The least size of a first chunk, in bytes, that leaves before it is known whether there is another."""

VARIES = (b"authorization", b"host", b"if-none-match", b"prefer", b"use-snapshot")
"""The headers on which an answer may depend; those that are kept in memory are told apart by them."""

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
"""The methods that change nothing (RFC 9110 §9.2.1)."""

FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""How the system says that there is no room on the disk, or for this user, or in this file."""

NO_SNIFF = (b"x-content-type-options", b"nosniff")

HOST = re.compile(rb"[A-Za-z0-9\-._~%!$&'()*+,;=:\[\]]*")
"""What a host and its port are written with (RFC 3986 §3.2)."""

AGAIN_SECONDS = 2
"""After how many seconds a caller may look whether the hub can answer again."""

WAIT_SECONDS, LOOK_SECONDS = 0.02, 1.0
"""How often an answer that is waited for is looked for: as soon as something has changed, and now and then."""


class Beside(Protocol):
    """What runs beside the server, from its start to its end."""

    def start(self) -> None:
        """Begin."""
        ...

    def stop(self) -> None:
        """End."""
        ...


@dataclass(frozen=True)
class Visit:
    """A request, whole, and what goes with it until it is answered."""

    handler: Handler
    request: Request
    shown: bytes
    """The token, however its scheme is written."""
    caller: Hashable
    """By whom it is sent, as far as that is known before any work."""
    context: Context
    slip: Slip | None
    kept: Kept | None
    gzip: bool
    writes: bool
    """Whether it may wait for others who write."""


class Edge:
    """The ASGI application: finds the dialect of a path, answers from memory while nothing has changed."""

    def __init__(
        self,
        handlers: Iterable[Handler],
        *,
        state: Callable[[], object],
        glance: Callable[[], object | None],
        clock: Callable[[], float],
        fallback: Handler,
        beside: Beside | None = None,
        ledger: Ledger | None = None,
        memory: int = 128 * 1024 * 1024,
        aside: Aside | None = None,
        shown: Callable[[Request, Response], Response] = lambda request, response: response,
    ) -> None:
        self.beside = beside
        self.ledger = ledger
        self.routes = sorted(
            ((prefix.lower(), h) for h in handlers for prefix in h.prefixes),
            key=lambda r: len(r[0]),
            reverse=True,
        )
        self.fallback = fallback
        self.state = state
        """The state of the hub, for threads that may wait."""
        self.glance = glance
        """The same without any waiting; None when it is not known at once."""
        self.clock = clock
        self.aside = aside or Aside()
        self.kept = Keeping(memory)
        self.ending = False
        """Whether the server is about to end, so that nobody is kept waiting any more."""
        self.shown = shown
        self.limit: Limit | None = None
        self.guesses: Limit | None = None
        self.callers = Callers()
        self._bodies = 0

    def limited(self, per_minute: int) -> Edge:
        """Let each caller send so many requests a minute (0 for any number), and guess at secrets but slowly."""
        self.limit = Limit(per_minute) if per_minute else None
        self.guesses = Limit(GUESSES)
        return self

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _lifespan(receive, send, self.beside)
            if self.ledger is not None:
                self.ledger.close()
        elif scope["type"] == "http":
            await self.serve(scope, receive, send)

    async def serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        headers, client = dict(scope["headers"]), _client(scope)
        shown = headers.get(b"authorization", b"").rpartition(b" ")[2]
        known = self.callers.get(shown)
        caller: Hashable = known or client
        if self.limit is not None and (wait := self.limit.spend(caller)):
            return await self.turn_away(scope, headers, send, self.too_many(wait))
        if len(headers) != len(scope["headers"]) or not HOST.fullmatch(headers.get(b"host", b"")):
            if (wrong := _ambiguous(scope)) is not None:
                return await self.turn_away(scope, headers, send, wrong)
        elif b"host" not in headers and scope.get("http_version") == "1.1":
            return await self.turn_away(scope, headers, send, _no_host())
        gzip = compressing.wanted(headers.get(b"accept-encoding", b""))
        names = (headers.get(name, b"") for name in VARIES)
        key = (scope["raw_path"], scope["query_string"], b"gzip" if gzip else b"", *names)
        kept = self.kept.find(key) if scope["method"] == "GET" else None
        if kept is not None and self.at_once(kept):
            return await _send_whole(send, kept.response)
        slip = None if self.ledger is None else self.ledger.slip()
        lay(slip)
        request, handler, response = await self.receive(scope, headers, receive)
        visit = Visit(handler, request, shown, caller, copy_context(), slip, kept, gzip, _writes(handler, request))
        try:
            return await self.answered(visit, response, key, receive, send)
        finally:
            self._bodies -= len(request.body)

    async def turn_away(self, scope: Scope, headers: dict[bytes, bytes], send: Send, error: Exception) -> None:
        """Refuse a request before anything of it is looked at."""
        request, handler = self.begun(scope, headers)
        held = self.shown(request, _held_off(handler, request, error))
        held = replace(held, headers=(*(h for h in held.headers if h[0] != NO_SNIFF[0]), NO_SNIFF))
        await self.send_whole(send, held, request.method)

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
        self, visit: Visit, early: Response | None, key: tuple[bytes, ...], receive: Receive, send: Send
    ) -> None:
        """Work out the answer aside, and send it."""
        state: object = None
        try:
            state, response = await self.work(visit, partial(self.begin, visit, early))
            if response.wait is not None:
                response = await self.waited(visit, response)
                response = await self.work(visit, partial(self.finished, visit, response))
        except Unavailable as error:
            held = self.shown(visit.request, _held_off(visit.handler, visit.request, error))
            response = _finished(held, visit)
        if visit.kept is not None and response is not visit.kept.response:
            self.kept.drop(key)
        await self.send(send, visit, response, key, state, receive)

    async def work(self, visit: Visit, act: Callable[[], Any]) -> Any:
        """Have something done aside for a request."""
        return await self.aside.run(act, visit.caller, context=visit.context, writes=visit.writes)

    def begin(self, visit: Visit, early: Response | None) -> tuple[object, Response]:
        """The state of the hub and, in that state, the answer to a request: from memory, or begun by its dialect."""
        state = self.state()
        if visit.kept is not None and visit.kept.true(state, self.clock()) and self.again(visit.kept.response):
            return state, visit.kept.response
        response = early or self.admitted(visit)
        return state, response if response.wait is not None else self.finished(visit, response)

    def finished(self, visit: Visit, response: Response) -> Response:
        """The answer as it leaves, what it tells written down."""
        if visit.slip is not None:
            visit.slip.dialect = type(visit.handler).__name__.lower()
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
                return replace(response, told=told)
            growing = self.ledger.begin(slip, response.status, kept=response.keep)
            return replace(response, body=Noted(response.body, growing))
        except Unavailable as error:
            if not isinstance(response.body, bytes):
                close(response.body)
            return _held_off(visit.handler, visit.request, error)

    async def waited(self, visit: Visit, response: Response) -> Response:
        """The answer that a response waits for, or the response itself when patience ends."""
        until, looked, seen = time.monotonic() + response.patience, 0.0, None
        while time.monotonic() < until and not self.ending:
            await asyncio.sleep(WAIT_SECONDS)
            now = self.glance()
            if now is not None and now == seen and time.monotonic() < looked + LOOK_SECONDS:
                continue
            looked = time.monotonic()
            seen, found = await self.work(visit, partial(self.looked_for, visit, response))
            if found is not None:
                return found
        return response

    def looked_for(self, visit: Visit, response: Response) -> tuple[object, Response | None]:
        """The state of the hub and, in that state, the answer that a response waits for."""
        state = self.state()
        try:
            return state, response.wait() if response.wait else None
        except Unavailable:
            return state, None
        except RollbookError as error:
            return state, visit.handler.refuse(visit.request, error)
        except Exception as error:
            log.exception("fault while waiting to answer %s %s", visit.request.method, visit.request.path)
            return state, visit.handler.refuse(visit.request, error)

    # ---- sending

    async def send(
        self, send: Send, visit: Visit, response: Response, key: tuple[bytes, ...], state: object, receive: Receive
    ) -> None:
        """Send an answer, and keep it if it is short and stays true."""
        if not isinstance(response.body, bytes):
            await self.stream(send, visit, response, key, state, receive)
            return
        if response.keep and response.status == 200 and visit.request.method == "GET":
            self.kept.put(key, state, response)
        await self.send_whole(send, response, visit.request.method)

    async def send_whole(self, send: Send, response: Response, method: str) -> None:
        """Send a short answer."""
        if method == "HEAD":
            # RFC 9110 §8.6: a length must be that of GET's answer, which is not known here, so none is told.
            await send({"type": "http.response.start", "status": response.status, "headers": list(response.headers)})
            await send({"type": "http.response.body", "body": b""})
            return
        await _send_whole(send, response)

    async def stream(
        self, send: Send, visit: Visit, response: Response, key: tuple[bytes, ...], state: object, receive: Receive
    ) -> None:
        """Send a long answer part by part, each read aside; who does not take them, or is gone, is let go."""
        body = response.body
        assert not isinstance(body, bytes)
        packed = visit.gzip and compressing.compressible(response.headers)
        parts, held = Parts(body, compressing.Compressor() if packed else None), Held(KEEP_LIMIT, response.keep)
        headers = [*response.headers, compressing.ENCODED] if packed else list(response.headers)
        gone = asyncio.ensure_future(receive())
        try:
            await send({"type": "http.response.start", "status": response.status, "headers": headers})
            while (part := await self.next_part(visit, parts)) is not None:
                for piece in pieces(part):
                    async with asyncio.timeout(SEND_SECONDS):
                        await send({"type": "http.response.body", "body": piece, "more_body": True})
                held.add(part)
                if parts.over:
                    break
                if gone.done() and gone.result()["type"] == "http.disconnect":
                    return
            await send({"type": "http.response.body", "body": b""})
        except TimeoutError:
            # It would hold its moment of the store for ever; the server closes an answer that is cut short.
            log.warning("gave up on a client that stopped reading")
            return
        finally:
            gone.cancel()
            self.aside.later(parts.close)
        if held.whole:
            told = body.growing.told if isinstance(body, Noted) else None
            whole = replace(response, body=b"".join(held.parts), headers=tuple(headers), told=told)
            self.kept.put(key, state, whole)

    async def next_part(self, visit: Visit, parts: Parts) -> bytes | None:
        """The next part of a long answer."""
        return await self.aside.run(parts.part, visit.caller, context=visit.context, patience=SEND_SECONDS)

    # ---- what comes

    async def receive(
        self, scope: Scope, headers: dict[bytes, bytes], receive: Receive
    ) -> tuple[Request, Handler, Response | None]:
        """The request and whose it is; a response at once when it is too large.

        The bytes of its body are counted in `_bodies` until it is answered.
        """
        request, handler = self.begun(scope, headers)
        body, error = bytearray(), None
        while error is None:
            message = await receive()
            if message["type"] == "http.disconnect":
                # Half a request must not be taken for a whole one.
                error = Malformed("the request was cut off")
                break
            part = message.get("body", b"")
            body += part
            self._bodies += len(part)
            if len(body) > BODY_LIMIT:
                error = TooLarge(f"the body is larger than {BODY_LIMIT // 1024 // 1024} MB")
            elif self._bodies > BODIES_LIMIT:
                error = Unavailable("too many large requests arrive at once", hint="try again in a few seconds")
            elif not message.get("more_body"):
                break
        if error is not None:
            self._bodies -= len(body)
            refused = handler.refuse(request, error)
            return request, handler, _held_off(handler, request, error) if isinstance(error, Unavailable) else refused
        return replace(request, body=bytes(body)) if body else request, handler, None

    def begun(self, scope: Scope, headers: dict[bytes, bytes]) -> tuple[Request, Handler]:
        """A request without its body, and whose it is."""
        raw = scope["raw_path"]
        # A proxy's client sends the absolute form (RFC 9112 §3.2.2).
        path = scope["path"]
        if raw.lower().startswith((b"http://", b"https://")):
            path = "/" + unquote(raw.decode("latin-1")).split("://", 1)[1].partition("/")[2]
        request = Request(
            scope["method"],
            path,
            scope["query_string"],
            headers,
            scheme=scope.get("scheme", "http"),
            client=_client(scope),
        )
        return request, self.handler(path)

    def handler(self, path: str) -> Handler:
        """The dialect that a path belongs to."""
        # A base address that ends in a slash gives `//api/…`.
        lower = re.sub("//+", "/", path.lower())
        for prefix, handler in self.routes:
            if lower.startswith(prefix):
                return handler
        return self.fallback

    def admitted(self, visit: Visit) -> Response:
        """The dialect's answer, its caller counted as soon as they are admitted."""
        count_with(partial(self.counted, visit))
        response = self.answer(visit.handler, visit.request)
        if not response.guessed or self.guesses is None:
            return response
        # A right secret is taken however many wrong ones came before it: whoever guesses from the same address, or
        # under the same name, must not be able to lock its owner out.
        wait = self.guesses.spend((visit.request.client, visit.handler.party(visit.request)))
        return _held_off(visit.handler, visit.request, _too_often(wait)) if wait else response

    def counted(self, visit: Visit, caller: str) -> None:
        """Count a request whose token was not known before; raises `TooManyRequests` when there were too many."""
        count_with(None)
        if self.callers.get(visit.shown) != caller:
            self.callers.put(visit.shown, caller)
        if visit.caller != caller and self.limit is not None and (wait := self.limit.spend(caller)):
            raise self.too_many(wait)

    def too_many(self, wait: float) -> TooManyRequests:
        """The error of who has sent too many requests."""
        most = self.limit.per_minute if self.limit is not None else 0
        return _try_again(TooManyRequests, f"more than {most:,} requests a minute", wait)

    def answer(self, handler: Handler, request: Request) -> Response:
        """The dialect's answer, begun; a fault of ours is logged, the caller told no more than that."""
        try:
            response = handler.handle(request)
            if isinstance(response.body, bytes):
                return response
            head = list(itertools.islice(response.body, 1))
            if len(head[0]) < STREAM_FROM:
                head += itertools.islice(response.body, 1)
            if (len(head) == 2 or len(head[0]) >= STREAM_FROM) and request.method != "HEAD":
                return replace(response, body=Stream(head, response.body))
            close(response.body)
            return replace(response, body=b"".join(head))
        except (Unavailable, TooManyRequests) as error:
            return _held_off(handler, request, error)
        except OSError as error:
            if error.errno not in FULL:
                return self.fault(handler, request, error)
            return _held_off(handler, request, NoRoom(f"a file cannot be written: {error.strerror}"))
        except Exception as error:
            return self.fault(handler, request, error)

    def fault(self, handler: Handler, request: Request, error: Exception) -> Response:
        """The answer after a fault of ours."""
        log.error("fault while answering %s %s", request.method, request.path, exc_info=error)
        return handler.refuse(request, error)


def _client(scope: Scope) -> str:
    return (scope.get("client") or ("",))[0]


def _writes(handler: Handler, request: Request) -> bool:
    """Whether a request may wait for others who write.

    Who signs in does not: tokens lie in a file of their own, which imports leave alone.
    """
    if request.method in SAFE:
        return False
    return len(request.body) > SIGN_IN_LIMIT or handler.party(request) is None


def _ambiguous(scope: Scope) -> Malformed | None:
    """What is wrong with a request whose headers say two things, or name an impossible host (RFC 9112 §3.2)."""
    hosts = [value for name, value in scope["headers"] if name == b"host"]
    if len(hosts) > 1:
        return Malformed(Problem("Host", "is sent more than once", "send exactly one Host header"))
    if hosts and not HOST.fullmatch(hosts[0]):
        return Malformed(Problem("Host", "is not a valid host name", "send the host and port of the address"))
    if sum(name == b"authorization" for name, _ in scope["headers"]) > 1:
        return Malformed(Problem("Authorization", "is sent more than once", "send exactly one Authorization header"))
    return None if hosts or scope.get("http_version") != "1.1" else _no_host()


def _no_host() -> Malformed:
    return Malformed(Problem("Host", "is missing", "send a Host header, as HTTP/1.1 requires"))


def _too_often(wait: float) -> TooManyRequests:
    return _try_again(TooManyRequests, "the secret was wrong too often", wait)


def _try_again(kind: type[TooManyRequests], what: str, wait: float) -> TooManyRequests:
    whole = math.ceil(wait)
    error = kind(what, hint=f"try again in {whole} {'second' if whole == 1 else 'seconds'}")
    error.after = whole
    return error


def _held_off(handler: Handler, request: Request, error: Exception) -> Response:
    """The refusal of a request in the dialect's form, its status that of HTTP also where a dialect answers with 200.

    That is 400 for a request that is ambiguous, 429 (RFC 6585 §4) or 503 (RFC 9110 §15.6.4), with `Retry-After`, for
    one that can be sent again.
    """
    told = handler.refuse(request, error)
    if isinstance(error, Malformed):
        return replace(told, status=400)
    status, after = (429, 60) if isinstance(error, TooManyRequests) else (503, AGAIN_SECONDS)
    after = getattr(error, "after", None) or after
    headers = tuple(h for h in told.headers if h[0] != b"retry-after")
    return replace(told, status=status, headers=(*headers, (b"retry-after", b"%d" % after)))


def _finished(response: Response, visit: Visit) -> Response:
    """The answer as it leaves: what is said of every answer is said, and it is compressed if the caller asked so."""
    headers = tuple(h for h in response.headers if h[0] != NO_SNIFF[0])
    if compressing.compressible(headers):
        headers = (*headers, compressing.VARY)
    response = replace(response, headers=(*headers, NO_SNIFF))
    whole = isinstance(response.body, bytes) and visit.request.method != "HEAD"
    return compressing.compressed(response) if visit.gzip and whole else response


async def _lifespan(receive: Receive, send: Send, beside: Beside | None) -> None:
    while True:
        message = await receive()
        if beside is not None:
            (beside.start if message["type"] == "lifespan.startup" else beside.stop)()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


async def _send_whole(send: Send, response: Response) -> None:
    assert isinstance(response.body, bytes)
    length = (b"content-length", b"%d" % len(response.body))
    await send({"type": "http.response.start", "status": response.status, "headers": [*response.headers, length]})
    await send({"type": "http.response.body", "body": response.body})
