"""A file put on another machine: whole or not at all, under the name that it is to have there."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Mapping
from pathlib import Path

import httpx

from ...errors import Malformed, Problem, Unavailable
from ..web.service import service_of
from .address import Address
from .sftp import place

PIECE = 1 << 20
"""Bytes that are sent at a time."""

WRONG = {
    401: ("does not accept the credentials", "check them; they may have been revoked"),
    403: ("may not be written with these credentials", "ask whoever runs the server for access"),
    404: ("is not there", "check the address"),
    405: ("takes no files (PUT)", "check the address"),
}


def send(file: Path, address: Address, name: str, settings: Mapping[str, str]) -> None:
    """Put a file into a folder of an SFTP server under a name, or PUT it below an address that ends with a slash.

    Another address is PUT to as it is. Raises `Malformed` where another try does not help, `Unavailable` where it may.
    """
    if address.scheme == "sftp":
        place(address, file, name, settings)
    else:
        _put(file, address, f"{address.text}{name}" if address.text.endswith("/") else address.text, settings)


def _put(file: Path, address: Address, url: str, settings: Mapping[str, str]) -> None:
    headers = {"Content-Type": "application/zip", "Content-Length": str(file.stat().st_size)}
    if token := settings.get("token"):
        headers["Authorization"] = f"Bearer {token}"
    elif user := settings.get("user"):
        shown = b64encode(f"{user}:{settings.get('password', '')}".encode()).decode()
        headers["Authorization"] = f"Basic {shown}"
    try:
        with service_of(settings, url).client() as client:
            response = client.put(url, content=_pieces(file), headers=headers)
    except httpx.TransportError as error:
        # What a server sent may be quoted in the words of the error.
        said = (
            "did not answer in time"
            if isinstance(error, httpx.TimeoutException)
            else "could not be reached or broke off"
        )
        raise Unavailable(Problem(address.where, f"did not take the file: {said}", "send it again later")) from None
    _accept(address, response.status_code)


def _accept(address: Address, status: int) -> None:
    """See that a server took a file: with another answer than one of success it has not (RFC 9110, section 9.3.4)."""
    if 200 <= status < 300:
        return
    if status in WRONG:
        raise Malformed(Problem(address.where, *WRONG[status]))
    # It is not followed, since credentials go nowhere else.
    said = "leads elsewhere" if 300 <= status < 400 else f"answered {status}"
    raise Unavailable(Problem(address.where, said, "send it again later"))


def _pieces(file: Path) -> Iterator[bytes]:
    with file.open("rb") as opened:
        while piece := opened.read(PIECE):
            yield piece
