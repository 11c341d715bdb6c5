"""The log: a line for each answer, and for what goes wrong; as text or JSON, without names, secrets or query values.

Lines of answers are noted by the event loop's thread, and written by another one, some at a time.
"""

from __future__ import annotations

import logging
import sys
import time
import traceback
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

import msgspec

from ..api.messages import NOWHERE, Route
from ..api.watching import Seen
from ..consent.slips import current

PROBLEMS, TEXT, JSON = "problems", "text", "json"
"""What is logged: problems only, as text; or every answer, too, as text or as JSON."""

MOST = 100_000
"""How many lines wait to be written; where whoever reads them is slower than that, the oldest are left out."""


class Line(msgspec.Struct, omit_defaults=True):
    """One line."""

    time: str
    level: str
    message: str = ""
    request: str = ""
    dialect: str = ""
    endpoint: str = ""
    method: str = ""
    status: int = 0
    app: str = ""
    school: str = ""
    error: str = ""
    """The kind of error; what it says may be about somebody."""
    at: tuple[str, ...] = ()
    """Where it happened, the innermost place last."""


_ENCODE = msgspec.json.Encoder().encode


def as_json(line: Line) -> bytes:
    """A line as JSON."""
    return _ENCODE(line)


def as_text(line: Line) -> bytes:
    """A line as text."""
    said = {name: value for name in line.__struct_fields__[4:] if (value := getattr(line, name))}
    more = [f"{name}={'>'.join(value) if name == 'at' else value}" for name, value in said.items()]
    first = [line.time, line.level, line.message, *([f"request={line.request}"] if line.request else [])]
    return " ".join([*filter(None, first), *more]).encode("utf-8", "replace")


FORMATS: dict[str, Callable[[Line], bytes]] = {PROBLEMS: as_text, TEXT: as_text, JSON: as_json}


def moment(seconds: float) -> str:
    """A moment (seconds since 1970) as it stands in the log: UTC, milliseconds."""
    return f"{datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None).isoformat(timespec='milliseconds')}Z"


class Log:
    """Answers that are to be written; `write` gets the lines' bytes.

    What lines have in common is encoded once: there are far fewer kinds of answers than answers.
    """

    def __init__(self, form: str, write: Callable[[bytes], Any]) -> None:
        self._shape, self._parts = SHAPES[form]
        self._write = write
        self._waiting: deque[tuple[float, float, Seen]] = deque(maxlen=MOST)
        self._known: dict[Kind, tuple[bytes, bytes]] = {}
        self.note = self._waiting.append
        """Note an answer: the moment (since 1970), how long it took, in seconds, and what was seen; never waits."""

    def flush(self) -> None:
        """Write what waits."""
        lines: list[bytes] = []
        whole, told = 0, b""
        while self._waiting:
            at, seconds, seen = self._waiting.popleft()
            if int(at) != whole:
                whole = int(at)
                told = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(whole)).encode()
            first, last = self._parts_of((seen.route or NOWHERE, seen.method, seen.status))
            lines.append(self._shape % (told, at % 1 * 1000, first, seen.id, seconds * 1000, last))
        if lines:
            self._write(b"".join(lines))

    def _parts_of(self, kind: Kind) -> tuple[bytes, bytes]:
        found = self._known.get(kind)
        if found is None:
            if len(self._known) >= KINDS:
                self._known.clear()
            found = self._known[kind] = self._parts(_line(kind))
        return found


Kind = tuple[Route, str, int]
"""What was asked for, the method, the status."""

KINDS = 10_000
"""How many kinds of answers are known at a time."""


def _line(kind: Kind) -> Line:
    """What the lines of a kind have in common."""
    route, method, status = kind
    line = Line("", "error" if status >= 500 else "info", method=method, status=status)
    line.dialect, line.endpoint, line.app, line.school = route
    return line


def _json_parts(line: Line) -> tuple[bytes, bytes]:
    # After {"time":"","level":"…", which the shape says itself.
    return line.level.encode(), as_json(line).partition(b",")[2].partition(b",")[2] + b"\n"


def _text_parts(line: Line) -> tuple[bytes, bytes]:
    return line.level.encode(), as_text(line).partition(line.level.encode() + b" ")[2] + b"\n"


SHAPES: dict[str, tuple[bytes, Callable[[Line], tuple[bytes, bytes]]]] = {
    JSON: (b'{"time":"%b.%03dZ","level":"%b","request":"%b","ms":%.2f,%b', _json_parts),
    TEXT: (b"%b.%03dZ %b request=%b ms=%.2f %b", _text_parts),
}
"""How a line begins, and what its kind adds."""


class Formatter(logging.Formatter):
    """Writes what the hub's code says of itself: of an error its kind and place, never what it says."""

    def __init__(self, form: str) -> None:
        super().__init__()
        self._encode = FORMATS[form]

    def format(self, record: logging.LogRecord) -> str:
        """A record in one line."""
        slip = current()
        of = (slip.request, slip.dialect, slip.endpoint, slip.app, slip.school) if slip is not None else ("",) * 5
        line = Line(moment(record.created), record.levelname.lower(), " ".join(record.getMessage().split()), of[0])
        line.dialect, line.endpoint, line.app, line.school = of[1:]
        if record.exc_info and record.exc_info[0] is not None:
            line.error, line.at = record.exc_info[0].__name__, _places(record.exc_info[2])
        return self._encode(line).decode()


def _places(trace: TracebackType | None) -> tuple[str, ...]:
    frames = traceback.extract_tb(trace)[-12:]
    return tuple(f"{frame.filename.rpartition('rollbook/')[2]}:{frame.lineno}" for frame in frames)


def configure(form: str) -> None:
    """Have everything that is logged in this process written so, on the error stream."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Formatter(form))
    handler.setLevel(logging.WARNING)
    root = logging.getLogger()
    root.handlers[:] = [handler]
