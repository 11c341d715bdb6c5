"""The address of its own at which a server is asked how it does: in a thread, so that it answers a busy hub, too."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import AF_INET6

from ..api.watching import Probe
from ..errors import Problem, Stop
from ..settings import METRICS
from .watching import Looking

PATIENCE_SECONDS = 10.0
"""For how long somebody may take to ask."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True


class _Server6(_Server):
    address_family = AF_INET6


def answer_at(place: tuple[str, int], looking: Looking) -> int:
    """Answer there from now on; gives the port. Raises `Stop` where that cannot be listened on."""
    probes: Mapping[str, Probe] = {
        "/healthz": looking.healthz,
        "/readyz": looking.readyz,
        "/metrics": looking.metrics,
    }

    class Handler(BaseHTTPRequestHandler):
        timeout = PATIENCE_SECONDS
        server_version, sys_version = "rollbook", ""

        def do_GET(self) -> None:
            probe = probes.get(self.path.partition("?")[0])
            found = probe({}) if probe else None
            body = found.body if found and isinstance(found.body, bytes) else b"ask for /metrics, /healthz or /readyz\n"
            self.send_response(found.status if found else 404)
            for name, value in found.headers if found else ():
                self.send_header(name.decode(), value.decode())
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    try:
        server = (_Server6 if ":" in place[0] else _Server)(place, Handler)
    except OSError as error:
        raise Stop(Problem(METRICS.name, f"cannot be listened on: {error.strerror}", "choose another port")) from None
    threading.Thread(target=server.serve_forever, name="metrics", daemon=True).start()
    return server.server_address[1]
