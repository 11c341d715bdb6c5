"""The edge: requests in, responses out, over ASGI; everything behind it is plain and synchronous.

A dialect's handler is called with the whole request and gives a response whose body is bytes or an iterator of
chunks. Between two chunks the event loop serves others, so a long answer holds nobody up.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
import math
import re
import time
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from dataclasses import replace
from typing import Any, Protocol
from urllib.parse import unquote

from ..consent.ledger import Ledger
from ..consent.slips import Slip, lay
from ..errors import Malformed, RollbookError, TooLarge, TooManyRequests, Unavailable
from .keeping import Keeping
from .limits import GUESSES, Limit
from .messages import Handler, Request, Response
from .streams import Noted, Stream, close

log = logging.getLogger("rollbook")

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

BODY_LIMIT = 32 * 1024 * 1024
"""The largest request that is read, in bytes; as Edlink's documentation gives for its service."""

KEEP_LIMIT = 16 * 1024 * 1024
"""The largest answer that is kept in memory, in bytes."""

SEND_SECONDS = 60.0
"""How long a client may let a chunk of a long answer wait."""

STREAM_FROM = 16 * 1024
"""The least size of a first chunk, in bytes, that leaves before it is known whether there is another."""

VARIES = (b"authorization", b"host", b"if-none-match", b"prefer", b"use-snapshot")
"""The headers on which an answer may depend; those that are kept in memory are told apart by them."""

AGAIN_SECONDS = 2
"""After how many seconds a caller may look whether the hub can answer again."""

WAIT_SECONDS = 0.02
"""How often an answer that is waited for is looked for."""


class Beside(Protocol):
    """What runs beside the server, from its start to its end."""

    def start(self) -> None:
        """Begin."""
        ...

    def stop(self) -> None:
        """End."""
        ...


class Edge:
    """The ASGI application: finds the dialect of a path, answers from memory while nothing has changed."""

    def __init__(
        self,
        handlers: Iterable[Handler],
        *,
        state: Callable[[], object],
        clock: Callable[[], float],
        fallback: Handler,
        beside: Beside | None = None,
        ledger: Ledger | None = None,
        memory: int = 128 * 1024 * 1024,
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
        self.clock = clock
        self.kept = Keeping(memory)
        self.ending = False
        """Whether the server is about to end, so that nobody is kept waiting any more."""
        self.limit: Limit | None = None
        self.guesses: Limit | None = None

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
        headers = dict(scope["headers"])
        if self.limit is not None:
            # The token, however its scheme is written; who shows none is told by where the request comes from.
            wait = self.limit.spend(headers.get(b"authorization", b"").rpartition(b" ")[2] or _client(scope))
            if wait:
                request, handler = self.begun(scope, headers)
                what = f"more than {self.limit.per_minute:,} requests a minute"
                await self.send(send, _hold_off(handler, request, what, wait), request.method, (), None)
                return
        key = (scope["raw_path"], scope["query_string"], *(headers.get(name, b"") for name in VARIES))
        state = self.state()
        if scope["method"] == "GET":
            known = self.kept.find(key, state, self.clock())
            if known is not None and self.again(known):
                await _send_whole(send, known)
                return
        slip = None if self.ledger is None else self.ledger.slip()
        lay(slip)
        request, handler, response = await self.receive(scope, headers, receive)
        if response is None:
            response = await self.waited(handler, request, self.admitted(handler, request, _client(scope)))
        if slip is not None:
            slip.dialect = type(handler).__name__.lower()
        leaving = self.noted(handler, request, response, slip)
        await self.send(send, leaving, request.method, key, state)

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

    def noted(self, handler: Handler, request: Request, response: Response, slip: Slip | None) -> Response:
        """The response, what it tells written down; what cannot be written down does not leave."""
        if self.ledger is None or slip is None:
            return response
        if response.status >= 400 and not slip.outcome:
            slip.refuse(str(response.status), response.status)
        elif request.method == "HEAD" or response.body == b"":
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
            return _held_back(handler, request, error)

    async def waited(self, handler: Handler, request: Request, response: Response) -> Response:
        """The answer that a response waits for, or the response itself when patience ends."""
        until = time.monotonic() + response.patience
        while response.wait is not None and time.monotonic() < until and not self.ending:
            await asyncio.sleep(WAIT_SECONDS)
            try:
                found = response.wait()
            except RollbookError as error:
                return handler.refuse(request, error)
            except Exception as error:
                log.exception("fault while waiting to answer %s %s", request.method, request.path)
                return handler.refuse(request, error)
            if found is not None:
                return found
        return response

    async def send(self, send: Send, response: Response, method: str, key: tuple[bytes, ...], state: object) -> None:
        """Send an answer, and keep it if it is short and stays true."""
        if not isinstance(response.body, bytes):
            await self.stream(send, response, key, state)
            return
        if method == "HEAD":
            # RFC 9110 §8.6: a length must be that of GET's answer, which is not known here, so none is told.
            await send({"type": "http.response.start", "status": response.status, "headers": list(response.headers)})
            await send({"type": "http.response.body", "body": b""})
            return
        if response.keep and response.status == 200 and method == "GET":
            self.kept.put(key, state, response)
        await _send_whole(send, response)

    async def stream(self, send: Send, response: Response, key: tuple[bytes, ...], state: object) -> None:
        """Send a long answer in chunks; other requests have their turn between two of them."""
        assert not isinstance(response.body, bytes)
        held: list[bytes] = []
        size = 0
        try:
            await send({"type": "http.response.start", "status": response.status, "headers": list(response.headers)})
            for chunk in response.body:
                if chunk:
                    part = send({"type": "http.response.body", "body": chunk, "more_body": True})
                    await asyncio.wait_for(part, SEND_SECONDS)
                await asyncio.sleep(0)
                size += len(chunk)
                if response.keep and size <= KEEP_LIMIT:
                    held.append(chunk)
                else:
                    held.clear()
            await send({"type": "http.response.body", "body": b""})
        except TimeoutError:
            # It would hold its moment of the store for ever; the server closes an answer that is cut short.
            log.warning("gave up on a client that stopped reading")
            return
        finally:
            close(response.body)
        if response.keep and size <= KEEP_LIMIT:
            told = response.body.growing.told if isinstance(response.body, Noted) else None
            self.kept.put(key, state, replace(response, body=b"".join(held), told=told))

    async def receive(
        self, scope: Scope, headers: dict[bytes, bytes], receive: Receive
    ) -> tuple[Request, Handler, Response | None]:
        """The request and whose it is; a response at once when it is too large."""
        request, handler = self.begun(scope, headers)
        body = bytearray()
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                # Half a request must not be taken for a whole one.
                return request, handler, handler.refuse(request, Malformed("the request was cut off"))
            body += message.get("body", b"")
            if len(body) > BODY_LIMIT:
                limit = BODY_LIMIT // 1024 // 1024
                return (
                    request,
                    handler,
                    handler.refuse(request, TooLarge(f"the body is larger than {limit} MB")),
                )
            if not message.get("more_body"):
                break
        return replace(request, body=bytes(body)), handler, None

    def begun(self, scope: Scope, headers: dict[bytes, bytes]) -> tuple[Request, Handler]:
        """A request without its body, and whose it is."""
        raw = scope["raw_path"]
        # A proxy's client sends the absolute form (RFC 9112 §3.2.2).
        path = scope["path"]
        if raw.lower().startswith((b"http://", b"https://")):
            path = "/" + unquote(raw.decode("latin-1")).split("://", 1)[1].partition("/")[2]
        request = Request(scope["method"], path, scope["query_string"], headers, scheme=scope.get("scheme", "http"))
        return request, self.handler(path)

    def handler(self, path: str) -> Handler:
        """The dialect that a path belongs to."""
        # A base address that ends in a slash gives `//api/…`.
        lower = re.sub("//+", "/", path.lower())
        for prefix, handler in self.routes:
            if lower.startswith(prefix):
                return handler
        return self.fallback

    def admitted(self, handler: Handler, request: Request, client: str) -> Response:
        """The dialect's answer, unless somebody signs in who has guessed too often."""
        party = handler.party(request) if self.guesses is not None else None
        if self.guesses is None or party is None:
            return self.answer(handler, request)
        if wait := self.guesses.wait((client, party)):
            return _hold_off(handler, request, "too many wrong secrets", wait)
        response = self.answer(handler, request)
        if response.guessed:
            self.guesses.spend((client, party))
        return response

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
        except Exception as error:
            log.exception("fault while answering %s %s", request.method, request.path)
            return handler.refuse(request, error)


def _client(scope: Scope) -> str:
    return (scope.get("client") or ("",))[0]


def _hold_off(handler: Handler, request: Request, what: str, seconds: float) -> Response:
    """The answer to who must wait, in the dialect's form: its status is 429 in all of them (RFC 6585 §4)."""
    whole = math.ceil(seconds)
    hint = f"try again in {whole} {'second' if whole == 1 else 'seconds'}"
    told = handler.refuse(request, TooManyRequests(what, hint=hint))
    headers = tuple(h for h in told.headers if h[0] != b"retry-after")
    return replace(told, status=429, headers=(*headers, (b"retry-after", b"%d" % whole)))


def _held_back(handler: Handler, request: Request, error: Unavailable) -> Response:
    """The answer while nothing can be recorded, in the dialect's form; its status is 503 in all (RFC 9110 §15.6.4)."""
    told = handler.refuse(request, error)
    headers = tuple(h for h in told.headers if h[0] != b"retry-after")
    return replace(told, status=503, headers=(*headers, (b"retry-after", b"%d" % AGAIN_SECONDS)))


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
