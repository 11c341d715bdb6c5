"""An app's own server, which the hub calls: it keeps what is posted to it, and answers as the test says."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Empty, Queue
from typing import Any

Posted = tuple[str, str, dict[str, str], bytes]
"""Method, path, headers (names in small letters) and body."""


@dataclass
class Receiver:
    """A well-behaved server."""

    status: int = 200
    location: str = ""
    headers: dict[str, str] = field(default_factory=dict[str, str])
    wait: threading.Event = field(default_factory=threading.Event)
    got: Queue[Posted] = field(default_factory=Queue[Posted])
    port: int = 0
    pause: float = 0.0
    """Seconds that it takes over each answer."""

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        """An address of this server."""
        return f"http://{host}:{self.port}{path}"

    def take(self) -> Posted:
        """The next request."""
        return self.got.get(timeout=60)

    def hears_nothing(self) -> bool:
        """Whether nobody calls, for a while."""
        try:
            self.got.get(timeout=0.2)
        except Empty:
            return True
        return False


class _Server6(ThreadingHTTPServer):
    address_family = socket.AF_INET6


@contextmanager
def listening(
    receiver: Receiver, port: int = 0, host: str = "127.0.0.1", tls: ssl.SSLContext | None = None
) -> Generator[Receiver]:
    """The receiver at a port of the loopback address, any free one if none is named."""

    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.got.put((self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, body))
            receiver.wait.wait(10)
            time.sleep(receiver.pause)
            self.send_response(receiver.status)
            for name, value in receiver.headers.items():
                self.send_header(name, value)
            if receiver.location:
                self.send_header("Location", receiver.location)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_POST

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = (_Server6 if ":" in host else ThreadingHTTPServer)((host, port), Answering)
    server.daemon_threads = True
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    receiver.port = server.server_port
    receiver.wait.set()
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield receiver
    finally:
        receiver.wait.set()
        server.shutdown()
        server.server_close()


@contextmanager
def answering(answer: Callable[[socket.socket], None]) -> Generator[int]:
    """A server at a port of the loopback address that reads the head of each request and then does as it is told."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve(connection: socket.socket) -> None:
            with connection, suppress(OSError):
                got = b""
                while b"\r\n\r\n" not in got:
                    got += connection.recv(65536)
                answer(connection)

        def accept() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = server.accept()
                    threading.Thread(target=serve, args=(connection,), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        yield server.getsockname()[1]
        with suppress(OSError):
            server.shutdown(socket.SHUT_RDWR)
