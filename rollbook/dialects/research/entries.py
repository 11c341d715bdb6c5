"""Lines of subjects' logs as clients send them: of one moment, or of what lasted from one moment to another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from ...errors import Problem
from .bodies import REQUIRED
from .values import Wrong, json_object, moment, some, text

LASTING = ("Housing", "FoodDeprivation", "WaterDeprivation", "Habituation", "Handling", "TrainingSession")
"""The kinds of log whose lines are of what lasted."""


def line_of(kind: str, how: str, sent: Mapping[str, Any]) -> tuple[dict[str, Any], list[Problem]]:
    """A line as it is written, and what is wrong with it; `how` is add, change or remove."""
    lasts = kind in LASTING
    line: dict[str, Any] = {"began": ""}
    problems: list[Problem] = []
    begins = "start_date_time" if lasts else "date_time"
    wanted = [(begins, "began", moment, True)]
    if lasts and how != "remove":
        wanted.append(("end_date_time", "ended", moment, how == "add"))
    if how != "remove":
        wanted += [("notes", "notes", _notes, False), ("details", "details", _details, False)]
    for name, kept, take, required in wanted:
        if name not in sent:
            problems += [Problem(name, REQUIRED)] if required else []
            continue
        try:
            line[kept] = take(sent[name])
        except Wrong as error:
            problems.append(Problem(name, str(error)))
    if line.get("ended") is not None and line["ended"] < line["began"]:
        problems.append(Problem("end_date_time", "is before the start"))
    return line, problems


def _notes(value: Any) -> str | None:
    return None if value is None else text(value, 500)


def _details(value: Any) -> str:
    json_object(some(value, null=False))
    return msgspec.json.encode(value).decode()
