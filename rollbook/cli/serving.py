"""`rollbook serve`: answer over HTTP."""

from __future__ import annotations

import ctypes
import errno
import gc
import os
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import click

from ..errors import Occupied
from ..settings import (
    DATA,
    DATABASE,
    HOST,
    JOBS,
    LOG,
    METRICS,
    METRICS_FOLDER,
    PORT,
    RATE_LIMIT,
    REPLICA,
    WORKERS,
    Setting,
    unknown,
)
from .activating import handed_over
from .common import (
    Application,
    data_option,
    database,
    note_served,
    open_store,
    replica,
    replica_option,
    say,
    setting_option,
    warn,
)

if TYPE_CHECKING:
    from ..api.http import Edge
    from ..operation.watching import Looking
    from ..store.port import Store

SETTINGS: dict[str, Any] = {
    "http": "rollbook.api.connections:Connection",
    "log_level": "warning",
    # The hub says itself how lines are written.
    "log_config": None,
    "access_log": False,
    "server_header": False,
}
"""What is asked of uvicorn, however many processes serve."""


def _steady_heap() -> None:
    """Keep freed memory for the next large answer (glibc): returning it costs more than the answer does."""
    trim, top_pad, mmap = -1, -2, -3
    with suppress(OSError, AttributeError):
        mallopt = ctypes.CDLL("libc.so.6").mallopt
        for setting, value in ((trim, 1 << 30), (top_pad, 16 << 20), (mmap, 1 << 30)):
            mallopt(setting, value)


def steady() -> None:
    """Set up a process that answers."""
    _steady_heap()
    # A thread that works in Python lets the event loop have its turn after half a millisecond, not five.
    sys.setswitchinterval(0.0005)


def spare() -> None:
    """Have garbage looked for only among what is made from now on: what a server consists of stays to its end.

    There are some 66,000 objects of it. To look through them, as happens now and then, stops every thread for longer
    than a hundred answers take (65 ms where it was measured).
    """
    gc.collect()
    gc.freeze()


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens at an address, or an error that names the option to change."""
    try:
        family, kind, number, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except (OSError, UnicodeError):
        raise click.BadParameter(f"{host} is not an address of this machine.", param_hint="--host") from None
    listening = socket.socket(family, kind, number)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind(address)
        # Two servers may bind the same port before one of them listens.
        listening.listen(2048)
    except OSError as error:
        listening.close()
        raise _not_bound(host, port, error) from None
    listening.set_inheritable(True)
    return listening


def _not_bound(host: str, port: int, error: OSError) -> click.BadParameter:
    if error.errno == errno.EADDRINUSE:
        return click.BadParameter(f"{port} is already in use. Choose another port.", param_hint="--port")
    if error.errno == errno.EACCES:
        return click.BadParameter(f"{port} needs administrator rights. Choose one above 1023.", param_hint="--port")
    return click.BadParameter(f"{host} is not an address of this machine.", param_hint="--host")


def url_of(listening: socket.socket) -> str:
    """The address of a socket that listens, as a browser takes it."""
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def serve_edge(edge: Edge, listening: socket.socket, ready: Callable[[str], None]) -> None:
    """Serve in this process until it is told to end; `ready` gets the address."""
    import uvicorn

    from ..operation.logs import configure
    from .server import Server

    steady()
    configure(LOG.get())
    spare()
    Server(uvicorn.Config(edge, **SETTINGS), lambda: ready(url_of(listening)), edge).run(sockets=[listening])


def serve_metrics(place: str | None, looking: Looking) -> None:
    """Answer at the address of its own, where one was named."""
    where = METRICS.get() if place is None else METRICS.read(place)
    if where is not None:
        from ..operation.address import answer_at

        say(f"Metrics are at http://{where[0]}:{answer_at(where, looking)}/metrics")


def serve_with_workers(listening: socket.socket, workers: int) -> None:
    """Serve the directory that ROLLBOOK_DATA names in several processes, which listen at the same socket."""
    import uvicorn

    uvicorn.run(
        "rollbook.app:from_environment", factory=True, workers=workers, fd=listening.fileno(),
        timeout_graceful_shutdown=5, **SETTINGS,
    )  # fmt: skip


def first_operator(store: Store, url: str) -> str:
    """What is said until the hub has an operator: the link at which whoever starts it becomes one."""
    from ..consent import Desk

    try:
        path = Desk(store).roles.first()
    except Occupied:
        return ""
    return f"\nTo become its operator, open once, within a week:\n  {url}{path}" if path else ""


def tell_workers(said: dict[Setting[Any], str | None]) -> None:
    """Put what options say into the environment, from which the processes that answer take it."""
    for setting, value in said.items():
        os.environ.pop(setting.file, None)
        os.environ[setting.name] = value or ""


def rate_option() -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The option that says how many requests a caller may send."""
    return setting_option(RATE_LIMIT, click.IntRange(min=0))


def metrics_option() -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The option that says where a process tells how it does."""
    return setting_option(METRICS, metavar="HOST:PORT")


def log_option() -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The option that says what is logged."""
    return setting_option(LOG, click.Choice(["problems", "text", "json"]))


def address_options() -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The options that say where to listen."""

    def both(command: Callable[..., Any]) -> Callable[..., Any]:
        return setting_option(HOST)(setting_option(PORT, click.IntRange(0, 65_535))(command))

    return both


@click.command()
@data_option()
@replica_option()
@address_options()
@setting_option(WORKERS, click.IntRange(1, 256))
@rate_option()
@setting_option(JOBS, click.Choice(["yes", "no"]))
@metrics_option()
@log_option()
@click.pass_obj
def serve(
    application: Application,
    data: Path | None,
    host: str,
    port: int,
    workers: int,
    rate_limit: int,
    jobs: str,
    metrics: str | None,
    log: str,
) -> None:
    """Serve a data directory over HTTP.

    A socket that systemd hands over is used in place of --host and --port.
    """
    for problem in unknown(os.environ):
        warn(str(problem))
    # Whoever makes a watch, here or in another process, reads it there.
    os.environ[LOG.name], os.environ[JOBS.name] = log, jobs
    with open_store(data) as store:
        store.ledger.check()
        listening = handed_over() or listen(host, port)
        note_served(store, url_of(listening))
        started = f"Rollbook serves {store.folder} at {url_of(listening)}"
        if workers == 1:
            edge = application(store).limited(rate_limit)
            assert edge.watch is not None
            serve_metrics(metrics, edge.watch.looking)
            return serve_edge(edge, listening, lambda url: say(f"{started}{first_operator(store, url)}"))
        tell_workers({DATA: str(store.folder), DATABASE: database(), REPLICA: replica(), RATE_LIMIT: str(rate_limit)})
        with TemporaryDirectory(prefix="rollbook-") as told:
            os.environ[METRICS_FOLDER.name] = told
            from ..operation.watching import beside

            serve_metrics(metrics, beside(store, Path(told)))
            say(f"{started}, in {workers} processes{first_operator(store, url_of(listening))}")
            return serve_with_workers(listening, workers)
