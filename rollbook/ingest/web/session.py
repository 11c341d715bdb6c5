"""Sending requests to a service: signed, within its limits, again where that helps, and each on record."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import NamedTuple, Self

import httpx

from ...errors import Malformed, Problem, RollbookError, Unavailable
from ..renewing import InMemory, Renew, Unanswered
from ..rows import Note, Request, unnoted
from .answers import Answer, CutShort
from .auth import Auth, Fetches, Spends
from .service import Service

TRIES = 6
"""How often a request is sent before it is given up."""

AGAIN = {429, 500, 502, 503, 504}
"""What a service answers when the same request may go well later."""

UNHEARD = {429, 503}
"""What of these a service answers that has not looked at the request."""

NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)
"""What goes wrong before a request is sent."""

REDIRECTS = {301, 302, 303, 307, 308}
MOST_REDIRECTS = 5

SPARE = 30.0
"""Seconds before a token's end from which on another one is fetched."""

UNSAID = 300.0
"""Seconds for which a token is taken to be good whose service does not say."""

SHOWN = frozenset(
    ["limit", "offset", "page", "per_page", "pagesize", "pageSize", "filter", "sort", "orderBy", "fields"]
)
"""Of a query, whose values go on record; of others only the names, since some services take secrets there."""

Checked = Callable[[Answer], int]
"""Looks at an answer and gives how many rows it has; raises `Malformed` where it cannot be believed."""


def _any(answer: Answer) -> int:
    return 0


class _Call(NamedTuple):
    """What is asked, and how."""

    method: str
    url: httpx.URL
    content: bytes = b""
    kind: str = ""
    writes: bool = False


class Session:
    """One reading of a service; a context that closes its connections.

    Raises `Unavailable` where another try may go well later, and `Malformed` where it will not.
    """

    def __init__(
        self,
        service: Service,
        auth: Auth | None = None,
        note: Note = unnoted,
        *,
        renew: Renew | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.service = service
        self._auth = auth
        self._note = note
        self._renew = renew or InMemory()
        self._clock = clock
        self._sleep = sleep
        self._client = service.client()
        self._ends = clock() + service.deadline
        self._next = 0.0
        self._token: tuple[str, float] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def get(self, path: str, params: Mapping[str, str] | None = None, check: Checked = _any) -> Answer:
        """Ask for a path below the service's address, or for a whole address of it.

        `check` says how many rows the answer has; an answer that is cut short is asked for again.
        """
        url = self.service.within(self.service.url(path))
        return self._ask(_Call("GET", url.copy_merge_params(params) if params else url), check)

    def post(self, path: str, content: bytes, kind: str, check: Checked = _any) -> Answer:
        """Send a question in a body of some kind, such as `application/soap+xml`; it is sent again where that helps."""
        return self._ask(_Call("POST", self.service.within(self.service.url(path)), content, kind), check)

    def write(self, method: str, path: str, content: bytes = b"", kind: str = "application/json") -> Answer:
        """Change what is at an address in a way that changes nothing when it is done again, as it is where it helps."""
        url = self.service.within(self.service.url(path))
        return self._ask(_Call(method, url, content, kind if content else "", writes=True), _any)

    def exchange(self, request: httpx.Request) -> bytes:
        """The body of the answer to a request for a token that must not arrive twice."""
        return self._exchanged(request, once=True)

    def _ask(self, call: _Call, check: Checked) -> Answer:
        renewed, url = False, call.url
        for tried in range(TRIES):
            answer, error = self._followed(call, check)
            if answer is not None and answer.status < 300 and not error:
                return answer
            if answer is not None and answer.status == 401 and not renewed and isinstance(self._auth, Fetches | Spends):
                # A token may be revoked, or expire on the way.
                renewed, self._token = True, None
                continue
            if answer is not None and (answer.status not in AGAIN or answer.is_fault) and not error:
                raise _refused(answer, url, writes=call.writes)
            self._pause(tried, answer, error, url)
        raise AssertionError

    def _pause(self, tried: int, answer: Answer | None, error: Exception | None, url: httpx.URL) -> None:
        """Wait until a request may be sent again; raises where it may not."""
        where = f"{url.host}{url.path}"
        if tried + 1 == TRIES:
            if isinstance(error, Malformed):
                raise Malformed(Problem(where, error.problems[0].what))
            raise Unavailable(Problem(where, str(error) if error else _said(answer)))
        asked = answer.waits if answer is not None else None
        # Whoever was turned away together must not come again together.
        wait = min(2.0**tried, 60.0) * random.uniform(0.5, 1.0) if asked is None else asked  # noqa: S311
        if self._clock() + wait > self._ends:
            said = _said(answer) if asked is None else f"asks to wait {wait:,.0f} seconds"
            raise Unavailable(Problem(where, f"{said}, and the time for a reading is over", "read it again later"))
        self._sleep(wait)

    def _followed(self, call: _Call, check: Checked) -> tuple[Answer | None, Exception | None]:
        """What a request is answered with, behind redirects within the service, or why it is not."""
        for _ in range(MOST_REDIRECTS):
            answer, error = self._sent(call, check)
            to = answer.headers.get("location", "") if answer else ""
            if answer is None or answer.status not in REDIRECTS or not to:
                return answer, error
            call = call._replace(url=self.service.within(call.url.join(to)))
        raise Malformed(Problem(f"{call.url.host}{call.url.path}", f"leads on more than {MOST_REDIRECTS} times"))

    def _sent(self, call: _Call, check: Checked) -> tuple[Answer | None, Exception | None]:
        url = call.url
        headers = {"Content-Type": call.kind} if call.kind else None
        request = self._client.build_request(call.method, url, content=call.content or None, headers=headers)
        self._authorize(request)
        began, answer, error, rows = self._clock(), None, None, 0
        try:
            answer = self.send(request)
            if answer.status < 300:
                rows = check(answer)
        except (httpx.TransportError, CutShort) as failed:
            error = _in_words(failed)
        except Malformed as wrong:
            self._noted(request, answer, rows, began, wrong.problems[0].what)
            where = f"{url.host}{url.path}"
            raise Malformed(*(Problem(where, one.what, one.hint) for one in wrong.problems)) from None
        self._noted(request, answer, rows, began, str(error or ""))
        return answer, error

    def send(self, request: httpx.Request) -> Answer:
        """Send one request as it is, once, and read its answer, of no more than the service's most bytes."""
        self._wait_for_turn(request.url)
        return self._answered(request)

    def _answered(self, request: httpx.Request) -> Answer:
        body, most = bytearray(), self.service.most_bytes
        response = self._client.send(request, stream=True)
        try:
            for part in response.iter_bytes():
                body += part
                if len(body) > most:
                    raise Malformed(Problem("", f"is larger than {most:,} bytes", "ask for fewer rows at a time"))
                if self._clock() > self._ends:
                    raise self._late(request.url)
        finally:
            response.close()
        headers = {name.lower(): said for name, said in response.headers.items()}
        return Answer(response.status_code, headers, bytes(body))

    def _wait_for_turn(self, url: httpx.URL) -> None:
        if self.service.per_second:
            self._sleep(max(self._next - self._clock(), 0.0))
            self._next = self._clock() + 1 / self.service.per_second
        if self._clock() > self._ends:
            raise self._late(url)

    def _late(self, url: httpx.URL) -> Unavailable:
        said = f"a reading may take {self.service.deadline / 3600:g} hours, and they are over"
        return Unavailable(Problem(f"{url.host}{url.path}", said, "read it again later, or set `hours`"))

    def _authorize(self, request: httpx.Request) -> None:
        if isinstance(self._auth, Fetches | Spends):
            if self._token is None or self._clock() > self._token[1]:
                self._token = self._fetched(self._auth)
            request.headers["Authorization"] = f"Bearer {self._token[0]}"
        elif self._auth is not None:
            self._auth.sign(request)

    def _fetched(self, auth: Fetches | Spends) -> tuple[str, float]:
        if isinstance(auth, Spends):
            token = auth.spend(self._renew, partial(self._exchanged, once=True))
        else:
            token = auth.fetch(self._exchanged)
        seconds = token.seconds or UNSAID
        return token.text, self._clock() + max(seconds - SPARE, seconds / 2)

    def _exchanged(self, request: httpx.Request, *, once: bool = False) -> bytes:
        """The body of the answer to a request for a token, which goes to the address that the settings name.

        One that may arrive `once` is sent again only where it did not; raises `Unanswered` where nobody knows.
        """
        for tried in range(TRIES):
            self._wait_for_turn(request.url)
            began, answer, error = self._clock(), None, None
            try:
                answer = self._answered(request)
            except (httpx.TransportError, RollbookError) as failed:
                error = _in_words(failed)
            self._noted(request, answer, 0, began, str(error or ""))
            if answer is not None and answer.status < 300:
                return answer.content
            if answer is not None and answer.status not in AGAIN:
                raise _refused(answer, request.url)
            if once and not (isinstance(error, Unsent) or (answer and answer.status in UNHEARD)):
                raise Unanswered(Problem(request.url.host, str(error) if error else _said(answer)))
            if isinstance(error, Malformed):
                raise error
            self._pause(tried, answer, error, request.url)
        raise AssertionError

    def _noted(self, request: httpx.Request, answer: Answer | None, rows: int, began: float, error: str) -> None:
        status, seconds = answer.status if answer else 0, self._clock() - began
        self._note(Request(request.method, shown(request.url), status, rows, round(seconds, 3), error))


def shown(url: httpx.URL) -> str:
    """An address as it goes on record: without what may be a secret in its query."""
    query = "&".join(f"{name}={value if name in SHOWN else '…'}" for name, value in url.params.multi_items())
    return f"{url.scheme}://{url.netloc.decode()}{url.path}{'?' if query else ''}{query}"


class Unsent(Unavailable):
    """The service could not be reached at all. Try again later."""


def _in_words(error: Exception) -> Exception:
    kind = Unsent if isinstance(error, NOT_SENT) else Unavailable
    if isinstance(error, httpx.TimeoutException):
        return kind("did not answer in time")
    if isinstance(error, httpx.ProxyError):
        return kind("could not be reached through the proxy")
    if isinstance(error, httpx.ConnectError):
        return kind(f"could not be reached: {error}")
    if isinstance(error, httpx.TransportError):
        return kind("broke off its answer")
    return error


def _said(answer: Answer | None) -> str:
    if answer is None:
        return "did not answer"
    busy = "asks for fewer requests" if answer.status == 429 else f"answered with {answer.status}"
    return f"{busy}{': ' if answer.says else ''}{answer.says}"


WRONG = {
    401: ("does not accept the credentials", "check them; they may have been revoked"),
    403: ("may not be read with these credentials", "ask the vendor for access"),
    404: ("is not there", "check the address"),
}
"""What is wrong where a service refuses a request, by its status, and what can be done about it."""


class NotAllowed(Malformed):
    """The service has what was asked for, and not for these credentials."""


class NotServed(Malformed):
    """The service does not have what was asked for."""


def _refused(answer: Answer, url: httpx.URL, *, writes: bool = False) -> Malformed:
    where, said = f"{url.host}{url.path}", f": {answer.says}" if answer.says else ""
    fault = ", as a SOAP fault" if answer.is_fault else ""
    what, hint = WRONG.get(answer.status, (f"answered with {answer.status}{fault}", ""))
    if writes and answer.status == 403:
        what = "may not be written with these credentials"
    kind = {403: NotAllowed, 404: NotServed, 405: NotServed, 501: NotServed}.get(answer.status, Malformed)
    return kind(Problem(where, f"{what}{said}", hint))
