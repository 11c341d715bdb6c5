"""Watches a server: tallies and logs its answers, and answers whoever asks how it does."""

from __future__ import annotations

import hmac
import logging
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from time import perf_counter

import msgspec

from .. import figures
from ..api.messages import JSON, NO_STORE, Response
from ..api.watching import Probe, Seen
from ..settings import LOG, METRICS_FOLDER, METRICS_TOKEN, TRACES
from ..store.port import Store
from . import metrics
from .logs import PROBLEMS, Log
from .readiness import Found, Readiness
from .tallies import Shared, Tallies, Together
from .tracing import Tracing

log = logging.getLogger("rollbook")

FLUSH_SECONDS, WRITE_SECONDS = 0.25, 1.0
"""How often lines of the log are written, and what this process tells the others of its server."""

TEXT = (b"content-type", metrics.TYPE)


class Looking:
    """What may be asked about a server, from its own address or beside it."""

    def __init__(self, store: Store, shared: Shared, clock: Callable[[], float] = time.time) -> None:
        self._store = store
        self._shared = shared
        self._readiness = Readiness(store, lambda name: self.together().latest(name), clock)
        self._said: Mapping[str, str] = {}

    def together(self) -> Together:
        """What the processes of the server tell."""
        return Together(self._shared.every(), time.time())

    def healthz(self, _: Mapping[bytes, bytes]) -> Response:
        """That the process answers."""
        return _told(200, {"status": "ok"})

    def readyz(self, _: Mapping[bytes, bytes]) -> Response:
        """Whether the hub can be used; which check failed is told, and why is logged."""
        found = self._found()
        checks = {name: "failed" if why else "ok" for name, why in found.checks.items()}
        return _told(200 if found.ready else 503, {"status": "ok" if found.ready else "failed", "checks": checks})

    def checks(self) -> Mapping[str, str]:
        """What each check found, for those who run the hub: nothing where it is well."""
        return self._found().checks

    def metrics(self, _: Mapping[bytes, bytes]) -> Response:
        """What is measured."""
        found = metrics.written(
            self._store, self.together, lambda: {name: not why for name, why in self._found().checks.items()}
        )
        return Response(found, headers=(TEXT, NO_STORE))

    def _found(self) -> Found:
        found = self._readiness.look()
        for name, why in found.checks.items():
            if why and self._said.get(name) != why:
                log.warning("not ready: %s: %s", name, why)
        self._said = found.checks
        return found


class ServerWatch:
    """What an edge is watched by (`api.watching.Watch`); threads are begun with the server."""

    def __init__(self, store: Store, clock: Callable[[], float] = time.time) -> None:
        self._tallies = Tallies()
        self._shared = Shared(METRICS_FOLDER.get(), self._tallies)
        self.looking = Looking(store, self._shared, clock)
        form, self._token = LOG.get(), METRICS_TOKEN.get()
        self._log = None if form == PROBLEMS else Log(form, _to_error_stream)
        self._traces = Tracing(collector) if (collector := TRACES.get()) else None
        self.probes: Mapping[str, Probe] = {
            "/healthz": self.looking.healthz,
            "/readyz": self.looking.readyz,
            "/metrics": self._metrics,
        }
        self._stopped = threading.Event()

    def start(self) -> None:
        """Begin."""
        for name in ("beat", "folded"):
            figures.hold(name, time.time())
        self._shared.write()
        threading.Thread(target=self._run, name="watching", daemon=True).start()

    def stop(self) -> None:
        """End; what waits is written."""
        self._stopped.set()
        self._flush()
        if self._traces is not None:
            self._traces.stop()

    def note(self, seen: Seen) -> None:
        """A request was answered."""
        route = seen.route
        if route is None:
            return
        seconds = perf_counter() - seen.begun
        self._tallies.add(route, seen.status, seconds)
        if self._log is not None:
            self._log.note((time.time(), seconds, seen))
        if self._traces is not None:
            self._traces.note((time.time(), seconds, seen))

    def _metrics(self, headers: Mapping[bytes, bytes]) -> Response | None:
        """What is measured, for those who have the token; to others nothing is there."""
        kind, _, token = headers.get(b"authorization", b"").partition(b" ")
        if not self._token or kind.lower() != b"bearer" or not hmac.compare_digest(token, self._token.encode()):
            return None
        return self.looking.metrics(headers)

    def _run(self) -> None:
        written = 0.0
        while not self._stopped.wait(FLUSH_SECONDS):
            self._flush()
            if time.monotonic() > written + WRITE_SECONDS:
                written = time.monotonic()
                self._tell()

    def _flush(self) -> None:
        if self._log is not None:
            self._log.flush()
        if self._traces is not None:
            self._traces.flush()

    def _tell(self) -> None:
        try:
            self._shared.write()
        except OSError as error:
            log.warning("what is measured could not be written: %s", error.strerror)


def beside(store: Store, folder: Path | None) -> Looking:
    """What is told of a server by a process that answers nobody itself, such as the one that began the others."""
    return Looking(store, Shared(folder, None))


def _to_error_stream(lines: bytes) -> None:
    sys.stderr.write(lines.decode())
    sys.stderr.flush()


def _told(status: int, body: object) -> Response:
    return Response(msgspec.json.encode(body), status, (JSON, NO_STORE))
