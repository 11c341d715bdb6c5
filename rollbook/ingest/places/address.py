"""Addresses of files on other machines: `sftp://user@host:port/folder-or-zip` and `https://host/file.zip`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from ...errors import Malformed, Problem

SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")

LOOPBACK = ("localhost", "127.0.0.1", "::1")

SHAPES = "sftp://user@host/folder or https://host/file.zip"


def is_address(path: str) -> bool:
    """Whether a path is an address of another machine's, whatever it is called by."""
    return SCHEME.match(path) is not None


def whole_path(path: str) -> str:
    """A path as it is kept: an address as it is, otherwise from the root. Raises `Malformed` for a wrong address."""
    return Address.of(path).text if is_address(path) else str(Path(path).resolve())


@dataclass(frozen=True)
class Address:
    """Where files are. `path` of SFTP is from the root, or without a slash in front from the user's own folder."""

    text: str
    scheme: str
    host: str
    port: int
    user: str
    path: str

    @classmethod
    def of(cls, text: str) -> Address:
        """The address that a text is. Raises `Malformed` with what is wrong with it."""
        try:
            split = urlsplit(text)
            port = split.port or (22 if split.scheme == "sftp" else 443)
        except ValueError:
            raise Malformed(Problem("path", "is not an address", SHAPES)) from None
        if wrong := _wrong(split):
            raise Malformed(wrong)
        path = unquote(split.path).removeprefix("/~/") if split.scheme == "sftp" else split.path
        return cls(text, split.scheme, split.hostname or "", port, unquote(split.username or ""), path or "/")

    @property
    def where(self) -> str:
        """The host and path, without who reads it and without a query, in which some services have secrets."""
        return f"{self.host}/{self.path.lstrip('/')}"

    @property
    def shown(self) -> str:
        """The same as an address."""
        return f"{self.scheme}://{self.where}"


def _wrong(split: SplitResult) -> Problem | None:
    if split.scheme == "http" and split.hostname not in LOOPBACK:
        return Problem("path", "is not https: credentials and records would be open to others")
    if split.scheme not in ("sftp", "https", "http") or not split.hostname:
        return Problem("path", "is not an address that files can be fetched from", SHAPES)
    if split.password:
        return Problem("path", "holds a password, which listings would show", "--secret password=env:VARIABLE")
    if split.scheme == "sftp" and not split.username:
        return Problem("path", "does not say as which user to sign in", SHAPES)
    if split.scheme != "sftp" and split.username:
        return Problem("path", "holds a user", "--set user=NAME")
    return None
