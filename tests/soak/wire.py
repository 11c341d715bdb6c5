"""One client's way to the hub: any server that listens, again and again until there is an answer."""

from __future__ import annotations

import json
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

PATIENCE = 240.0
"""Seconds after which a client that has had no answer gives up; a database is away for some of them."""

HOST = "hub.example.org"

WAITS = 0.2
"""Seconds between two tries."""


class Wrong(AssertionError):
    """An answer that no hub may give."""


@dataclass(frozen=True)
class Answer:
    """What came back, whole; `doubted` when the same was asked before without an answer, or with a refusal for now."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    doubted: bool = False

    @cached_property
    def json(self) -> Any:
        """The body, read as JSON."""
        return json.loads(self.body)


class Log:
    """Every request of a run, a line each, from which one finds out afterwards what happened."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("w", buffering=1)
        self._lock = threading.Lock()
        self.began = time.monotonic()

    def put(self, *said: object) -> None:
        """Write down something that happened, with the seconds since the run began."""
        line = json.dumps([round(time.monotonic() - self.began, 3), *said], default=str)
        with self._lock:
            self._file.write(f"{line}\n")

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._file.close()


@dataclass
class Counts:
    """What a client asked for and got, by the name that the ledger has for it; and what became of its requests."""

    tried: Counter[str] = field(default_factory=Counter[str])
    received: Counter[str] = field(default_factory=Counter[str])
    ends: Counter[str] = field(default_factory=Counter[str])
    seconds: list[float] = field(default_factory=list[float])


@dataclass
class Line:
    """A client's connections, one to each server, kept open between requests."""

    name: str
    ports: Callable[[], list[int]]
    log: Log
    dice: random.Random
    counts: Counts = field(default_factory=Counts)
    _open: dict[int, HTTPConnection] = field(default_factory=dict[int, HTTPConnection])

    def insist(
        self, method: str, path: str, label: str, body: bytes | None, headers: Mapping[str, str], tries: float = 1e9
    ) -> Answer | None:
        """The answer, asked for until there is one; nothing after so many tries that may have done something."""
        doubts, until = 0, time.monotonic() + PATIENCE
        while doubts < tries:
            answer = self._try(method, path, label, body, headers)
            if isinstance(answer, Answer) and answer.status != 503:
                return Answer(answer.status, answer.headers, answer.body, doubts > 0)
            # Where nobody listens, nothing has been sent.
            doubts += answer is not None
            if time.monotonic() > until:
                raise Wrong(f"{method} {path} had no answer in {PATIENCE:.0f} s")
            time.sleep(WAITS * (0.5 + self.dice.random()))
        return None

    def _try(
        self, method: str, path: str, label: str, body: bytes | None, headers: Mapping[str, str]
    ) -> Answer | str | None:
        """An answer, why there is none, or nothing where the request was not sent."""
        port, began = self.dice.choice(self.ports()), time.monotonic()
        try:
            connection = self._connected(port)
        except OSError:
            self.counts.ends["nobody listens"] += 1
            return None
        self.counts.tried[label] += 1
        try:
            # As behind a balancer: every server is known by the same name.
            connection.request(method, path, body, {"Host": HOST, **headers})
            came = connection.getresponse()
            whole = came.read()
        except (OSError, HTTPException) as error:
            self._open.pop(port).close()
            return self._end(port, method, path, f"no answer: {type(error).__name__}", began)
        self._end(port, method, path, came.status, began)
        if came.status < 400:
            self.counts.received[label] += 1
            self.counts.seconds.append(time.monotonic() - began)
        return Answer(came.status, {name.lower(): value for name, value in came.getheaders()}, whole)

    def _connected(self, port: int) -> HTTPConnection:
        if port not in self._open or self._open[port].sock is None:
            connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
            connection.connect()
            self._open[port] = connection
        return self._open[port]

    def _end(self, port: int, method: str, path: str, what: object, began: float) -> str:
        took = round((time.monotonic() - began) * 1000)
        self.log.put(self.name, port, method, path, what, took)
        self.counts.ends[str(what)] += 1
        return str(what)
