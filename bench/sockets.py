"""The limit: a server that does nothing but send bytes that it holds already, a thread for each connection.

Run as `python -m bench.sockets FOLDER`: each file is a whole answer, named by the path's place in `paths.json`.
"""

from __future__ import annotations

import json
import socket
import sys
from pathlib import Path
from threading import Thread


def main() -> None:
    """Serve the answers in a folder; prints the port when ready."""
    folder = Path(sys.argv[1])
    paths: list[str] = json.loads((folder / "paths.json").read_text())
    answers = {path.encode(): (folder / str(n)).read_bytes() for n, path in enumerate(paths)}
    listening = socket.create_server(("127.0.0.1", 0))
    print(json.dumps({"port": listening.getsockname()[1]}), flush=True)
    while True:
        connection, _ = listening.accept()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        Thread(target=_answer, args=(connection, answers), daemon=True).start()


def _answer(connection: socket.socket, answers: dict[bytes, bytes]) -> None:
    with connection:
        request = b""
        while received := connection.recv(65536):
            request += received
            if request.endswith(b"\r\n\r\n"):
                connection.sendall(answers[request.split(b" ", 2)[1]])
                request = b""


if __name__ == "__main__":
    main()
