"""What a browser's form says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from urllib.parse import parse_qsl

from ..api.messages import Request
from ..errors import Malformed, Problem, TooLarge

LARGEST = 256 * 1024
"""The largest form, in bytes: far more than a page of people needs."""

MOST_FIELDS = 1000


@dataclass(frozen=True)
class Form:
    """The names and values of a form, in order."""

    values: tuple[tuple[str, str], ...]

    def all(self, name: str) -> list[str]:
        """Every value of a field."""
        return [v for n, v in self.values if n == name]

    def one(self, name: str) -> str:
        """The value of a field; empty where it is missing."""
        return next(iter(self.all(name)), "")

    def choice(self, name: str, known: tuple[str, ...]) -> str:
        """The value of a field that is one of several."""
        if self.one(name) not in known:
            raise Malformed(Problem(name, "is not selected", f"one of {', '.join(known)}"))
        return self.one(name)

    def day(self, name: str) -> date:
        """The value of a field that is a day (yyyy-MM-dd)."""
        try:
            return date.fromisoformat(self.one(name))
        except ValueError:
            raise Malformed(Problem(name, "is not a day", "yyyy-MM-dd")) from None


def read_form(request: Request) -> Form:
    """The form that a browser sent from one of our own pages."""
    # Browsers tell since 2023 where a request comes from; a form of another site has no business here.
    if request.header("sec-fetch-site") not in ("", "same-origin", "none"):
        raise Malformed("the form comes from another site", hint="open the link itself")
    if request.header("content-type").split(";")[0].strip().lower() != "application/x-www-form-urlencoded":
        raise Malformed("the request body is not a form")
    if len(request.body) > LARGEST:
        raise TooLarge(f"the form is larger than {LARGEST // 1024} KB")
    try:
        text = request.body.decode("ascii")
        return Form(tuple(parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)))
    except ValueError:
        raise Malformed("the form cannot be read") from None
