"""What a service answered, and whether it can be believed: no error may become an empty school."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import cached_property
from html import unescape
from time import time
from typing import Any, cast

import msgspec

from ...errors import Malformed, Problem

_LINK = re.compile(r"<([^>]*)>\s*((?:;[^,<]*)*)")
_FAULT = re.compile(rb"<(?:\w+:)?(?:Text|faultstring)\b[^>]*>([^<]*)<")
_SAYS = ("imsx_description", "error_description", "message", "error", "detail", "title")


@dataclass(frozen=True)
class Answer:
    """The answer to one request, with its headers in small letters and the body as it came."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    @cached_property
    def body(self) -> Any:
        """The body as JSON; raises `Malformed` where it is a page for people, or no JSON."""
        if _is_page(self):
            said = "is a web page and not data: most often a page to sign in, or a proxy's"
            raise Malformed(Problem("", said, "check the address and the credentials"))
        try:
            return msgspec.json.decode(self.content)
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise CutShort(Problem("", "is not whole: the JSON ends or breaks before its end")) from None

    @property
    def links(self) -> dict[str, str]:
        """The addresses in the header Link (RFC 8288), by their relation."""
        found: dict[str, str] = {}
        for address, words in _LINK.findall(self.headers.get("link", "")):
            for relation in re.findall(r'rel\s*=\s*"?([^";]+)"?', words):
                found.setdefault(relation.strip().lower(), address)
        return found

    @property
    def waits(self) -> float | None:
        """For how many seconds the service asks to wait, where it says so (RFC 9110 §10.2.3)."""
        said = self.headers.get("retry-after", "").strip()
        if not said:
            return None
        if said.isdecimal():
            return float(said)
        try:
            return max(parsedate_to_datetime(said).timestamp() - time(), 0.0)
        except ValueError:
            return None

    @property
    def says(self) -> str:
        """What the service says is wrong, in a few of its words."""
        if self.fault:
            return self.fault[:200]
        try:
            body = msgspec.json.decode(self.content)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return ""
        return _said(body)[:200]

    @property
    def fault(self) -> str:
        """What a SOAP fault says; it comes with status 500, and is no trouble that passes (SOAP 1.2 part 2, §7.4.2)."""
        said = _FAULT.search(self.content) if b":Fault" in self.content[:5000] else None
        return unescape(said[1].decode("utf-8", "replace")).strip() if said else ""


class CutShort(Malformed):
    """The answer ended before its end."""


def _is_page(answer: Answer) -> bool:
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    return kind == "text/html" or answer.content[:200].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")


def _said(body: object) -> str:
    if isinstance(body, dict):
        known = cast(dict[str, object], body)
        for name in _SAYS:
            if found := _said(known.get(name)):
                return found
        return _said(known.get("statusInfoSet")) or _said(known.get("errors"))
    if isinstance(body, list) and body:
        return _said(cast(list[object], body)[0])
    return body if isinstance(body, str) else ""


def at(body: object, path: str) -> Any:
    """What is at a dotted path in JSON; None where it leads nowhere, and the whole where the path is blank."""
    if isinstance(body, dict) and path in body:
        # A name may have a dot in it.
        return cast(dict[str, Any], body)[path]
    for name in path.split(".") if path else ():
        if not isinstance(body, dict):
            return None
        body = cast(dict[str, object], body).get(name)
    return cast(Any, body)


def rows_at(answer: Answer, *paths: str) -> list[dict[str, Any]]:
    """The rows of an answer at the first path that is there; raises `Malformed` where there is none.

    An answer of success without its envelope is an error of the service, never a list without rows.
    """
    for path in paths:
        found = at(answer.body, path)
        if isinstance(found, list):
            rows = cast(list[object], found)
            if not all(isinstance(row, dict) for row in rows):
                raise Malformed(Problem("", f"{path or 'the body'} holds something else than rows"))
            return cast(list[dict[str, Any]], rows)
    said = f": {answer.says}" if answer.says else ""
    raise Malformed(Problem("", f"has no {' or '.join(map(repr, paths))}, which its rows would be in{said}"))
