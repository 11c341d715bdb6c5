"""Conditional requests (RFC 9110 section 13): what must be so of a document before it is changed."""

from __future__ import annotations

from dataclasses import dataclass

from ...api.messages import Request
from . import problems
from .problems import Answer
from .refusal import Refusal

EXISTS = Answer(
    412, "optimistic-lock-failed", "Optimistic Lock Failed", "There is an item with these identifying values already."
)
"""The answer to a caller who only wanted to create an item, and it exists."""


@dataclass(frozen=True)
class Conditions:
    """The conditions of one write, as its headers give them."""

    match: str = ""
    none_match: str = ""

    @classmethod
    def of(cls, request: Request) -> Conditions:
        """The conditions that a request carries."""
        return cls(request.header("if-match").strip(), request.header("if-none-match").strip())

    def hold(self, etag: str) -> None:
        """Raise 412 unless they hold for a document that exists with an etag."""
        if self.match not in ("", "*") and etag not in tags(self.match):
            raise Refusal(problems.changed_since())
        if self.none_match == "*" or etag in tags(self.none_match):
            raise Refusal(EXISTS)


def tags(header: str) -> list[str]:
    """The etags that a header lists, quoted or not, without what marks them as weak."""
    return [one.strip().removeprefix("W/").strip('"') for one in header.split(",")]
