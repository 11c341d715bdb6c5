"""`rollbook sources authorize`: somebody at the provider lets the hub in, once, in a browser."""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from ..errors import Malformed, Problem, RollbookError
from .common import data_option, open_store, say
from .describing import named

if TYPE_CHECKING:
    from ..ingest.web.consenting import Begun

REDIRECT = "http://localhost:8765/"
"""Where browsers are sent back to, if nothing else is said: to this machine."""

MINUTES = 10.0
"""How long somebody may take to sign in and agree."""

PAGE = b"<!doctype html><title>Rollbook</title><p>You can close this page and go back to the terminal."


@click.command()
@named
@click.option(
    "--redirect",
    default=REDIRECT,
    show_default=True,
    help="The address that the application is registered with at the provider, to which the browser is sent back.",
)
@click.option("--paste", is_flag=True, help="Ask for the address that the browser ends at, instead of listening there.")
@data_option()
def authorize(name: str, district: str | None, redirect: str, paste: bool, data: Path | None) -> None:
    """Have somebody at the provider let the hub in, and keep the refresh token that comes of it.

    Prints an address, to be opened in the browser of whoever may agree. An address on this machine is listened at;
    otherwise give the one at which the browser ends.
    """
    from ..connectors import CONNECTORS
    from ..ingest.authorising import Authorising
    from ..ingest.finding import feed_named

    with open_store(data) as store:
        authorising = Authorising(store, CONNECTORS, feed_named(store, name, district))
        begun = authorising.begin(redirect)
        here = _here(redirect) and not paste
        server = _server(begun) if here else None
        say("Open this address in a browser, sign in and agree:")
        click.echo(begun.address)
        if server is None:
            said = click.prompt("The address at which the browser ends, or the code in it", err=True)
        else:
            said = _awaited(server)
        authorising.finish(begun, said)
    say(f"{name}: let in. `rollbook sources preview {name}` shows what it would bring.")


def _here(redirect: str) -> bool:
    said = urlsplit(redirect)
    return said.scheme == "http" and said.hostname in ("localhost", "127.0.0.1") and said.port is not None


class _Server(HTTPServer):
    said = ""
    """The address to which the browser was sent with a code, or a refusal."""

    begun: Begun


def _server(begun: Begun) -> _Server:
    port = urlsplit(begun.redirect).port or 0
    try:
        server = _Server(("127.0.0.1", port), _Back)
    except OSError:
        hint = "--redirect with another port that the application is registered with, or --paste"
        raise Malformed(Problem("redirect", f"port {port} of this machine is in use", hint)) from None
    server.begun = begun
    return server


class _Back(BaseHTTPRequestHandler):
    """Takes the request with which the browser comes back; what is no answer to the one that was asked is not it."""

    def do_GET(self) -> None:
        server = self.server
        assert isinstance(server, _Server)
        answers = _answers(server.begun, self.path)
        self.send_response(200 if answers else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(PAGE if answers else b"")
        server.said = self.path if answers else server.said

    def log_message(self, format: str, *args: object) -> None:
        """The code is in the address: it is written nowhere."""


def _answers(begun: Begun, path: str) -> bool:
    if "error=" in path:
        return f"state={begun.state}" in path
    try:
        return "?" in path and bool(begun.code(path))
    except RollbookError:
        return False


def _awaited(server: _Server) -> str:
    ends = monotonic() + MINUTES * 60
    with server:
        while not server.said and monotonic() < ends:
            server.timeout = ends - monotonic()
            server.handle_request()
    if not server.said:
        raise Malformed(Problem("code", f"did not come within {MINUTES:g} minutes", "begin again, or use --paste"))
    return server.said
