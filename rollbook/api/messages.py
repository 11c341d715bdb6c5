"""What goes through the edge: a request, whole; an answer, whole or in chunks; whoever answers."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple, Protocol, TypeVar
from urllib.parse import parse_qsl

from ..consent.ledger import Told
from ..errors import Malformed, Problem

JSON = (b"content-type", b"application/json; charset=utf-8")
# RFC 9111 §5.2.2.5: these are records of children; no shared or private cache keeps them.
NO_STORE = (b"cache-control", b"no-store")


One = TypeVar("One")


def _but(one: One, others: dict[str, Any]) -> One:
    """A value with other values in it: each request makes several, and `dataclasses.replace` is slow."""
    made = object.__new__(type(one))
    vars(made).update(vars(one), **others)
    return made


@dataclass(frozen=True)
class Request:
    """One request, whole."""

    method: str
    path: str
    raw_query: bytes
    headers: dict[bytes, bytes]
    body: bytes = b""
    scheme: str = "http"
    client: str = ""
    """The address that it comes from."""
    raw_path: str = ""
    """The path as it was sent."""

    def but(self, **others: Any) -> Request:
        """The same request, at which nobody has looked, with other values."""
        return _but(self, others)

    @cached_property
    def once(self) -> str:
        """What tells this request from others that say the same, however often it is looked at."""
        return str(uuid.uuid4())

    @property
    def base(self) -> str:
        """The address at which the caller reached the hub, without a slash at its end."""
        return f"{self.scheme}://{self.header('host') or 'localhost'}"

    @cached_property
    def query(self) -> list[tuple[str, str]]:
        """The query's names and values, in order."""
        try:
            text = self.raw_query.decode("ascii")
            return parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=200)
        except (ValueError, UnicodeError) as error:
            raise Malformed(
                Problem("query", "is not a list of name=value in UTF-8", "encode it as URLs are")
            ) from error

    def header(self, name: str) -> str:
        """A header's value, or an empty text."""
        return self.headers.get(name.lower().encode(), b"").decode("latin-1")


class Route(NamedTuple):
    """What a request is for, as it may be told to whoever runs the hub: no id, name or query is in it."""

    dialect: str = ""
    endpoint: str = ""
    """The template of what was asked for; empty where nothing such is served, or nobody was admitted."""
    app: str = ""
    """The hub id of the app that asked."""
    school: str = ""
    """The establishment number, where one school was asked about."""


NOWHERE = Route()


@dataclass(frozen=True)
class Response:
    """An answer; `keep` says that the same request gets the same answer until something is written."""

    body: bytes | Iterator[bytes]
    status: int = 200
    headers: tuple[tuple[bytes, bytes], ...] = (JSON, NO_STORE)
    keep: bool = False
    until: float = field(default=float("inf"))
    """The moment, seconds since 1970, after which the caller must be admitted again."""
    rests_on: object = None
    """What the answer rests on, as it was before the answer was read."""
    now_rests_on: Callable[[], object] | None = None
    """What it would rest on now: while the two are equal the answer is true, whatever else was written."""
    wait: Callable[[], Response | None] | None = None
    """Gives the answer once it is there, or raises what is wrong: asked until then, while others are served."""
    patience: float = 0.0
    """Seconds for which to wait; after that this response itself is the answer."""
    told: tuple[Told, ...] | None = None
    """What it told, once that is written down; the edge fills it in."""
    route: Route = NOWHERE
    """What was asked for; the edge fills it in."""
    guessed: bool = False
    """Whether a secret was wrong: those who show wrong ones again and again are told to wait."""

    def but(self, **others: Any) -> Response:
        """The same answer with other values."""
        return _but(self, others)


class Handler(Protocol):
    """A dialect: the paths that are its own, and how it answers."""

    @property
    def prefixes(self) -> tuple[str, ...]:
        """What the paths that are its own begin with."""
        ...

    def handle(self, request: Request) -> Response:
        """Answer a request; raises `Unavailable` and `TooManyRequests`, which the edge answers, and nothing else."""
        ...

    def refuse(self, request: Request, error: Exception) -> Response:
        """An error in the dialect's own form."""
        ...

    def party(self, request: Request) -> str | None:
        """By what name somebody signs in with a request; None where nobody does."""
        ...
