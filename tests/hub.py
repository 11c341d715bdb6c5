"""A hub in this process, spoken to over ASGI as a client would over a socket."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Iterable, MutableMapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from rollbook.app import application
from rollbook.consent import App, Desk, Grant
from rollbook.errors import NotFound
from rollbook.jobs import Worker
from rollbook.settings import DATABASE
from rollbook.store import numbers
from rollbook.store.opening import opened
from rollbook.store.postgres import numbers as postgres_numbers
from rollbook.store.postgres.store import Store as Database

from .databases import WANTED, databases
from .looking import forget, keep

THORNFIELD, BRAMBLESIDE, SAGUARO = "9994001", "9992001", "9995001"
"""The establishment numbers of the demo schools."""


def write_at(patch: pytest.MonkeyPatch, moment: str) -> None:
    """Let every write be of one moment (UTC, milliseconds), unless there is a later one, on either store."""
    for module in (numbers, postgres_numbers):
        patch.setattr(module, "now", lambda: moment)


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes
    chunks: int

    @cached_property
    def json(self) -> dict[str, Any]:
        """The body, read as JSON."""
        return json.loads(self.body)


class Hub:
    """An application over a store, with a clock that tests may turn (`now`, seconds since 1970).

    `database` is a PostgreSQL database, or "" for the files of the folder, whatever the tests are run over.
    """

    def __init__(self, folder: Path, database: str | None = None) -> None:
        self.now = 1_795_000_000.0
        if database is None and WANTED:
            database = databases().of(folder)
        self.store = opened(folder, database)
        keep(self.store)
        self.desk = Desk(self.store, lambda: self.now)
        self.edge = application(self.store, lambda: self.now)
        self.loop = asyncio.new_event_loop()

    @property
    def environment(self) -> dict[str, str]:
        """What tells commands where the hub is kept."""
        where = {"ROLLBOOK_DATA": str(self.store.folder), "COLUMNS": "120"}
        return {**where, DATABASE.name: self.store.address} if isinstance(self.store, Database) else where

    def close(self) -> None:
        """Close the store; its files stay."""
        self.loop.close()
        if self.edge.ledger is not None:
            self.edge.ledger.close()
        forget(self.store)
        self.store.close()

    @classmethod
    def copy(cls, source: Path, folder: Path, database: str | None = None) -> Hub:
        """A hub over a copy of another one's files, free to be changed."""
        shutil.copytree(source, folder, dirs_exist_ok=True)
        return cls(folder, database)

    def work(self) -> int:
        """Do the jobs that are due, as the worker beside a server does; gives how many there were."""
        assert isinstance(self.edge.beside, Worker)
        return self.edge.beside.run_due()

    # ---- consent

    def app(self, name: str = "app.example.org") -> App:
        """The app of this name, made when it is not there."""
        try:
            return self.desk.apps.named(name)
        except NotFound:
            return self.desk.apps.add(name)[0]

    def grant(self, scopes: Iterable[str] = ("all",), estab: str = THORNFIELD, app: str = "app.example.org") -> Grant:
        """A grant of scopes at a school, new each time."""
        return self.desk.grants.authorise(self.app(app), estab, scopes)[0]

    def token(self, scopes: Iterable[str] = ("all",), estab: str = THORNFIELD, app: str = "app.example.org") -> str:
        """A token for a new grant of scopes at a school."""
        grant, secret = self.desk.grants.authorise(self.app(app), estab, scopes)
        return self.desk.tokens.sign_in(grant.app.relying_party, secret, estab)[0]

    # ---- asking

    def get(self, path: str, token: str | None = None, **headers: str) -> Answer:
        """GET a path, query included, with a token."""
        return self.ask("GET", path, token, b"", **headers)

    def school(self, path: str, token: str, estab: str = THORNFIELD) -> dict[str, Any]:
        """The answer of a school endpoint."""
        return self.get(f"/api/v1/School/{estab}/{path}", token).json

    def post(self, path: str, body: bytes | dict[str, Any], content_type: str = "application/json") -> Answer:
        """POST a body, as JSON unless it is bytes."""
        sent = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.ask("POST", path, None, sent, **{"content-type": content_type})

    def ask(self, method: str, path: str, token: str | None = None, body: bytes = b"", **headers: str) -> Answer:
        """Send a request, wait for all of the answer."""
        if token is not None:
            headers["authorization"] = f"Idaas {token}"
        return self.loop.run_until_complete(self.asking(method, path, body, headers))

    async def asking(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Answer:
        """Send a request, on the event loop on which others may be asking too."""
        raw, _, query = path.partition("?")
        scope: dict[str, Any] = {
            "type": "http",
            "method": method,
            "path": unquote(raw),
            "raw_path": raw.encode(),
            "query_string": query.encode(),
            "headers": [(k.replace("_", "-").encode(), v.encode()) for k, v in headers.items()],
        }
        sent: list[MutableMapping[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: MutableMapping[str, Any]) -> None:
            sent.append(message)

        await self.edge(scope, receive, send)
        start, *parts = sent
        # Another one for each request: what is asked twice is answered alike but for that.
        named = {k.decode(): v.decode() for k, v in start["headers"] if k != b"x-request-id"}
        whole = b"".join(p.get("body", b"") for p in parts)
        return Answer(start["status"], named, whole, len(parts))
