"""Values as clients send them, made into the type that is due: `"255901"` a number, `5/1/2009` a date."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime, time
from typing import Any

from .schema import Boolean, Date, Descriptor, Integer, Moment, Number, Property, Text, Time


class Wrong(Exception):
    """The value cannot be what is due; its text is what is said about it."""


def empty(value: Any) -> bool:
    """Whether a value is as good as left out: null, spaces, an object or list with nothing in it."""
    if isinstance(value, str):
        return not value.strip()
    return value is None or value == [] or value == {}


def coerce(one: Property, value: Any) -> Any:
    """A scalar as the type that a property has; raises `Wrong`."""
    return _COERCIONS[type(one)](value)


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 10**30:
        return str(value)
    raise Wrong("must be a string")


def _integer(value: Any) -> int:
    if isinstance(value, str) and re.fullmatch(r"\s*[+-]?[0-9]{1,19}\s*", value):
        return int(value)
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**63:
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise Wrong("must be a whole number")


def _number(value: Any) -> float | int:
    if isinstance(value, str) and re.fullmatch(r"\s*[+-]?([0-9]{1,30}(\.[0-9]{0,30})?|\.[0-9]{1,30})\s*", value):
        return _shortest(float(value))
    if isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 10**30:
        return value
    raise Wrong("must be a number")


def _shortest(number: float) -> float | int:
    return int(number) if number.is_integer() else number


def _boolean(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, int) and value in (0, 1):
        return bool(value)
    if isinstance(value, str) and value.strip().lower() in ("true", "false", "1", "0"):
        return value.strip().lower() in ("true", "1")
    raise Wrong("must be true or false")


_CLOCK = r"\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?"
_ISO = re.compile(rf"(\d{{4}})-(\d{{1,2}})-(\d{{1,2}})(?:[T ]{_CLOCK}(?:Z|[+-]\d{{2}}:?\d{{2}})?)?", re.ASCII)
_AMERICAN = re.compile(rf"(\d{{1,2}})/(\d{{1,2}})/(\d{{4}})(?: {_CLOCK}(?: ?[APap][Mm])?)?", re.ASCII)


def _date(value: Any) -> str:
    if isinstance(value, str):
        said = value.strip()
        if found := _ISO.fullmatch(said):
            year, month, day = map(int, found.groups())
        elif found := _AMERICAN.fullmatch(said):
            month, day, year = map(int, found.groups())
        else:
            raise Wrong("must be a date, written yyyy-MM-dd")
        try:
            return date(year, month, day).isoformat()
        except ValueError:
            raise Wrong("must be a date that there is") from None
    raise Wrong("must be a date, written yyyy-MM-dd")


def _time(value: Any) -> str:
    if isinstance(value, str):
        said = value.strip()
        try:
            # Certification sheets have `8:15:00`.
            whole = f"0{said}" if said[1:2] == ":" else said
            return time.fromisoformat(whole).replace(microsecond=0, tzinfo=None).isoformat()
        except ValueError:
            pass
    raise Wrong("must be a time, written HH:mm:ss")


def _moment(value: Any) -> str:
    """A moment in UTC, which one without an offset is taken to be in."""
    if isinstance(value, str):
        try:
            said = datetime.fromisoformat(value.strip())
        except ValueError:
            raise Wrong("must be a moment, written yyyy-MM-ddTHH:mm:ssZ") from None
        with suppress(OverflowError):
            said = said.astimezone(UTC) if said.tzinfo else said
            return f"{said.replace(tzinfo=None).isoformat()}Z"
    raise Wrong("must be a moment, written yyyy-MM-ddTHH:mm:ssZ")


_COERCIONS: dict[type[Property], Callable[[Any], Any]] = {
    Text: _text,
    Descriptor: _text,
    Integer: _integer,
    Number: _number,
    Boolean: _boolean,
    Date: _date,
    Time: _time,
    Moment: _moment,
}
