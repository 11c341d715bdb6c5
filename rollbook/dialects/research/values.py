"""Values as clients send them, taken one by one; what cannot be taken is told in the words of Django REST."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any, cast
from uuid import UUID

LARGEST = 2**63 - 1


class Wrong(Exception):
    """A value that cannot be taken; its text is what the client is told."""


def some(value: Any, *, null: bool) -> Any:
    """A value that may be null or not."""
    if value is None and not null:
        raise Wrong("This field may not be null.")
    return value


def text(value: Any, most: int | None) -> str:
    """A text without what no database keeps."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise Wrong("Not a valid string.")
    found = str(value).strip()
    if "\0" in found:
        raise Wrong("Null characters are not allowed.")
    if most is not None and len(found) > most:
        raise Wrong(f"Ensure this field has no more than {most} characters.")
    return found


def uuid(value: Any) -> str:
    """A hub id as clients write it."""
    if not isinstance(value, str):
        raise Wrong(f"Incorrect type. Expected pk value, received {kind_of(value)}.")
    try:
        return str(UUID(value))
    except ValueError:
        raise Wrong(f"“{value[:60]}” is not a valid UUID.") from None


def number(value: Any) -> int:
    """A number by which users and groups are known."""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) <= LARGEST:
        return value
    if isinstance(value, str) and re.fullmatch(r"-?\d{1,18}", value, re.ASCII):
        return int(value)
    raise Wrong(f"Incorrect type. Expected pk value, received {kind_of(value)}.")


def flag(value: Any) -> int:
    """True or false, also as words and digits."""
    said = value.lower() if isinstance(value, str) else value
    if isinstance(said, str | int) and said in _TRUTHS:
        return _TRUTHS[said]
    raise Wrong("Must be a valid boolean.")


_TRUTHS: dict[str | int, int] = {"true": 1, "1": 1, 1: 1, "false": 0, "0": 0, 0: 0}


def day(value: Any) -> str:
    """A day, yyyy-MM-dd."""
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII):
        try:
            return date.fromisoformat(value).isoformat()
        except ValueError:
            pass
    raise Wrong("Date has wrong format. Use one of these formats instead: YYYY-MM-DD.")


def moment(value: Any) -> str:
    """A moment in ISO 8601, as it is kept: in UTC, with microseconds, so that texts stand in the order of time."""
    try:
        found = datetime.fromisoformat(value if isinstance(value, str) else "")
        at = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        raise Wrong("Datetime has wrong format. Use ISO 8601, such as 2026-09-14T09:30:00Z.") from None
    return f"{at:%Y-%m-%dT%H:%M:%S.%f}Z".rjust(27, "0")


def shown_moment(kept: str | None) -> str | None:
    """A moment as it is shown."""
    return kept.replace(".000000Z", "Z") if kept else kept


def url(value: str) -> str:
    """An address; one without a scheme is taken for `http`."""
    return value if not value or re.match(r"[A-Za-z][A-Za-z0-9+.-]*://", value) else f"http://{value}"


def kind_of(value: Any) -> str:
    """What a client calls a value that it sent."""
    return "null" if value is None else str(type(value).__name__)  # pyright: ignore[reportUnknownArgumentType]


def items(value: Any) -> list[Any]:
    """A list."""
    if not isinstance(value, list):
        raise Wrong(f'Expected a list of items but got type "{kind_of(value)}".')
    return cast(list[Any], value)


def extra_fields(value: Any) -> None:
    """What people note besides: words and numbers by name; raises `Wrong` for anything else."""
    if not isinstance(value, dict):
        raise Wrong(f'Expected a dictionary of items but got type "{kind_of(value)}".')
    for name, one in cast(dict[str, Any], value).items():
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,99}", name):
            raise Wrong(f"“{name[:60]}” must start with a letter, then only letters, numbers and underscores.")
        if isinstance(one, bool) or not isinstance(one, str | int | float):
            raise Wrong(f"The value of “{name}” must be a string or a number.")


def json_object(value: Any) -> None:
    """Any JSON object; raises `Wrong` for anything else."""
    if not isinstance(value, dict):
        raise Wrong(f'Expected a dictionary of items but got type "{kind_of(value)}".')


def json_any(value: Any) -> None:
    """A JSON object or list; raises `Wrong` for anything else."""
    if not isinstance(value, dict | list):
        raise Wrong("Value must be valid JSON object.")


REPOSITORIES = ("CRCNS", "DANDI", "Figshare", "GitHub", "Globus", "Mendeley", "Zenodo", "Webshare", "Other")
"""Where sessions may be shared."""


def download_links(value: Any) -> None:
    """Links to where a session is shared, each with a `repository` and a `url`; raises `Wrong` for anything else."""
    for one in items(value):
        link = cast("dict[str, Any]", one) if isinstance(one, dict) else dict[str, Any]()
        if link.keys() != {"repository", "url"}:
            raise Wrong("Each link needs a repository and a url, and nothing else.")
        if link["repository"] not in REPOSITORIES:
            raise Wrong(f'"{str(link["repository"])[:60]}" is not a valid choice: one of {", ".join(REPOSITORIES)}.')
        if not re.match(r"(https?|ftp)://.", str(link["url"])):
            raise Wrong("Enter a valid URL, which begins with http://, https:// or ftp://.")
