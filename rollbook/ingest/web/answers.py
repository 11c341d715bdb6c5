"""What a service answered, and whether it can be believed: no error may become an empty school."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import cached_property
from itertools import islice
from time import time
from typing import Any, cast

import msgspec

from ...errors import Malformed, Problem

_LINK = re.compile(r"<([^>]*)>\s*((?:;[^,<]*)*)")
_FAULT = re.compile(rb"<(?:\w+:)?(?:Text|faultstring)\b")
_CODED = ("error", "code", "imsx_codeMinorFieldValue")

CODES = frozenset(
    (
        # RFC 6749 §5.2 and RFC 6750 §3.1.
        *("invalid_request", "invalid_client", "invalid_grant", "unauthorized_client", "unsupported_grant_type"),
        *("invalid_scope", "invalid_token", "insufficient_scope"),
        # OneRoster 1.1 and 1.2, imsx_codeMinor.
        *("invalid_sort_field", "invalid_filter_field", "invalid_selection_field", "invalid_data", "invaliddata"),
        *("unauthorised_request", "unauthorisedrequest", "unauthorized", "forbidden", "server_busy", "unknownobject"),
        *("unknown object", "internal_server_error"),
    )
)
"""The words of standards for what is wrong. Any other word of a service may be one of a child's record."""


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
        """The word that a standard has for what is wrong, where the service gives one; it is not quoted otherwise."""
        try:
            body = msgspec.json.decode(self.content)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return ""
        return next(_codes(body), "")

    @cached_property
    def is_fault(self) -> bool:
        """Whether it is a SOAP fault: that comes with status 500, and is no trouble that passes (SOAP 1.2-2 §7.4.2)."""
        return b":Fault" in self.content[:5000] and _FAULT.search(self.content) is not None


class CutShort(Malformed):
    """The answer ended before its end."""


def _is_page(answer: Answer) -> bool:
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    return kind == "text/html" or answer.content[:200].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")


def _codes(body: object, depth: int = 5) -> Iterator[str]:
    if isinstance(body, dict):
        for name, said in cast(dict[str, object], body).items():
            if name in _CODED and isinstance(said, str) and said in CODES:
                yield said
    inner = cast(dict[str, object], body).values() if isinstance(body, dict) else body
    if depth and isinstance(inner, Iterable) and not isinstance(inner, str):
        for one in islice(cast(Iterable[object], inner), 20):
            yield from _codes(one, depth - 1)


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
