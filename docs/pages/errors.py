"""The page of errors."""

from __future__ import annotations

import msgspec

from rollbook.dialects.xporter.wire import EXCEPTIONS, failure
from rollbook.errors import RollbookError

from .markdown import grid, page


def errors() -> str:
    """Every error that Xporter's clients can get."""
    rows = [error_row(kind) for kind, _, _ in EXCEPTIONS]
    return page(
        "Errors",
        "An error of the Xporter dialect is an object with `Message`, `ExceptionType`, `ExceptionMessage` and "
        "`InnerException` (always null). The HTTP status is 200, or the one given here if the request has "
        "`httpstatuscodes=true`. `ExceptionMessage` lists everything that is wrong with the request, with hints. "
        "[Examples](../../tests/examples/xporter/errors.md).",
        grid(("ExceptionType", "Status", "Message"), rows),
        "The STS (`GetToken`) answers as the service does: status 200, `token` null, the reason in `ExceptionMessage`, "
        "and `ExceptionType` null. [Examples](../../tests/examples/xporter/token.md).",
    )


def error_row(kind: type[Exception]) -> tuple[str, str, str]:
    """An error as the hub really returns it."""
    error = kind() if issubclass(kind, RollbookError) else kind("an error of the hub's own")
    answer = failure(error, status_codes=True)
    assert isinstance(answer.body, bytes)
    body = msgspec.json.decode(answer.body, type=dict[str, str | None])
    return f"`{body['ExceptionType']}`", str(answer.status), body["Message"] or ""
