"""What may be written of coursework: the members of each entity, what takes them, and how a body is understood."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

import msgspec

from ...api.bodies import read_json
from ...errors import Malformed
from .wire import Fault, Notice

Taken = Callable[[Any], Any]
"""Puts a value as it is kept; raises `ValueError` with what was expected."""

MOST_BYTES = 8 << 20
"""The largest file, in bytes."""

ALIAS_TYPE, ALIAS_IDENTIFIER = r"[A-Za-z0-9_.-]{1,100}", r"[^/\x00-\x1f\x7f]{1,255}"
"""What an alias is made of, which stands in addresses as `type:identifier`."""

MOST_POINTS = "most"
"""What a record of its own takes: the points that can be had."""


@dataclass(frozen=True)
class Member:
    """A member: the stored fact that takes it, or nothing where it is kept beside the facts; `leads` to a resource."""

    take: Taken
    fact: str = ""
    needed: bool = False
    leads: str = ""


def text(value: Any) -> str:
    """A text."""
    if not isinstance(value, str) or "\0" in value or len(value) > 100_000:
        raise ValueError("expected a text of up to 100,000 characters")
    return value


def number(value: Any) -> float:
    """A number that is not negative."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e15:
        raise ValueError("expected a number that is not negative")
    return float(value)


def _whole(value: Any) -> Any:
    # To JSON Schema, 1.0 is an integer.
    return int(value) if isinstance(value, float) and value.is_integer() else value


def count(value: Any) -> int:
    """A whole number that is not negative."""
    value = _whole(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 1_000_000:
        raise ValueError("expected a whole number that is not negative")
    return value


def moment(value: Any) -> str:
    """A moment, UTC, as the store writes moments."""
    try:
        at = datetime.fromisoformat(text(value))
        return (at.astimezone(UTC) if at.tzinfo else at).replace(tzinfo=None).isoformat(timespec="milliseconds")
    except (ValueError, OverflowError):
        raise ValueError("expected a date, such as 2026-11-20T08:45:00.000Z") from None


def kept_moment(value: Any) -> str:
    """A moment as it is sent."""
    return f"{moment(value)}Z"


@dataclass(frozen=True)
class OneOf:
    """One of some words."""

    words: tuple[str, ...]

    def __call__(self, value: Any) -> str:
        if value not in self.words:
            raise ValueError(f"expected one of {', '.join(self.words)}")
        return value


def texts(value: Any) -> list[str]:
    """A list of texts."""
    if not isinstance(value, list):
        raise ValueError("expected a list of texts")
    return [text(one) for one in cast(list[Any], value)]


def objects(value: Any) -> list[Any]:
    """A list of objects."""
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in cast(list[Any], value)):
        raise ValueError("expected a list of objects")
    return _storable(value)


def content(value: Any) -> str:
    """A file, which is sent as a list of its bytes, as base64."""
    try:
        if not isinstance(value, list):
            raise TypeError
        found = bytes(map(_whole, cast(list[Any], value)))
    except (TypeError, ValueError):
        raise ValueError("expected a list of the bytes of the file, such as [104, 105]") from None
    if len(found) > MOST_BYTES:
        raise ValueError(f"expected a file of up to {MOST_BYTES >> 20} MB")
    return base64.b64encode(found).decode()


def attachments(value: Any) -> list[Any]:
    """What is attached: links, texts and tools as they are sent, and files with their content as base64."""
    return [_file(one) if one.get("type") == "file" or "data" in one else one for one in objects(value)]


def _file(one: Mapping[str, Any]) -> dict[str, Any]:
    if "data" not in one:
        # What was read is sent back: it is one of the class's files, or was attached before.
        return {"type": "file", "id": text(one.get("id"))}
    told = {"title": text(one.get("title")), "content": content(one["data"])}
    return told if one.get("description") is None else {**told, "description": text(one["description"])}


def alias_type(value: Any) -> str:
    """What kind of alias it is, in the words of whoever chose it."""
    if not re.fullmatch(ALIAS_TYPE, text(value)):
        raise ValueError("expected letters, digits, dots and hyphens")
    return value


def alias_identifier(value: Any) -> str:
    """An id that stands in addresses."""
    if not re.fullmatch(ALIAS_IDENTIFIER, text(value)):
        raise ValueError("expected a text of up to 255 characters, with no slash")
    return value


def levels(value: Any) -> dict[str, str]:
    """The level of performance that is chosen of each criterion."""
    return {text(name): text(level) for name, level in open_object(value).items()}


def criteria(value: Any) -> list[dict[str, Any]]:
    """The criteria of a rubric, no two of one name."""
    return _named([_criterion(one) for one in objects(value)], "criterion")


def _criterion(one: Mapping[str, Any]) -> dict[str, Any]:
    told = _told(one, "weight")
    return {**told, "performance_levels": _named(list(map(_level, objects(one.get("performance_levels")))), "level")}


def _level(one: Mapping[str, Any]) -> dict[str, Any]:
    return _told(one, "points")


def _told(one: Mapping[str, Any], amount: str) -> dict[str, Any]:
    """What a criterion or a level is called, and its number."""
    name = text(one.get("name"))
    rest = {n: take(one[n]) for n, take in (("description", text), (amount, number)) if one.get(n) is not None}
    return {"name": name, **rest}


def _named(found: list[dict[str, Any]], what: str) -> list[dict[str, Any]]:
    names = [one["name"] for one in found]
    if not names or "" in names or len(set(names)) < len(names):
        raise ValueError(f"expected one {what} at least, each with a name of its own")
    return found


def open_object(value: Any) -> Any:
    """An object."""
    if not isinstance(value, dict):
        raise ValueError("expected an object")
    return _storable(value)


def _storable(value: Any) -> Any:
    if "\\u0000" in json.dumps(value):
        raise ValueError("expected no character U+0000")
    return value


MOMENTS = (moment, kept_moment)

# ---- entities

STATES = ("draft", "scheduled", "open", "locked")
GRADING = ("points", "percent", "pass_fail", "letter_grade", "rubric")
FLAGS = ("missing", "late", "excused")


def flags(value: Any) -> list[str]:
    """A list of flags."""
    return [OneOf(FLAGS)(one) for one in texts(value)]


ASSIGNMENT: Mapping[str, Member] = {
    "title": Member(text, "name", needed=True),
    "description": Member(text, "description", needed=True),
    "description_plaintext": Member(text),
    "state": Member(OneOf(STATES)),
    "attachments": Member(attachments),
    "due_date": Member(moment, "due", needed=True),
    "display_date": Member(kept_moment),
    "start_date": Member(moment, "assigned"),
    "end_date": Member(kept_moment),
    "assignee_mode": Member(OneOf(("all",)), "-"),
    "points_possible": Member(number, MOST_POINTS),
    "grading_type": Member(OneOf(GRADING), needed=True),
    "submission_types": Member(texts),
    "max_attempts": Member(count),
    "properties": Member(open_object),
    "session_id": Member(text, "session", leads="sessions"),
    "category_id": Member(text, "category", leads="categories"),
    "rubric_id": Member(text, "rubric", leads="rubrics"),
}
CATEGORY: Mapping[str, Member] = {
    "title": Member(text, "name", needed=True),
    "weight": Member(number, "weight"),
    "drop_lowest": Member(count),
    "position": Member(count),
}
SUBMISSION: Mapping[str, Member] = {
    "flags": Member(flags, "-"),
    "grade_comment": Member(text, "notes"),
    "grade_points": Member(number, "numeric_value"),
    "grade": Member(text, "result"),
    "extra_attempts": Member(count),
    "override_due_date": Member(kept_moment),
    "rubric_grade": Member(levels),
}
FILE: Mapping[str, Member] = {
    "title": Member(text, "title", needed=True),
    "description": Member(text, "description"),
    "data": Member(content, "content", needed=True),
    "size": Member(count, "-"),
}
RUBRIC: Mapping[str, Member] = {
    "title": Member(text, "title", needed=True),
    "description": Member(text, "description", needed=True),
    "grading_criteria": Member(criteria, "-", needed=True),
    "assignment_id": Member(text, "-"),
}
ALIAS: Mapping[str, Member] = {
    "type": Member(alias_type, "-", needed=True),
    "identifier": Member(alias_identifier, "-", needed=True),
}
ATTEMPT: Mapping[str, Member] = {"attachments": Member(attachments, "-", needed=True)}

ASIDE = ("assignee_ids", "section_ids", "module_id", "parent_id", "grader_id")
"""What the documentation lets an app write, and the record has no place for: people, and what is not kept here."""


@dataclass(frozen=True)
class Said:
    """What a body says: by stored fact, beside the facts, and references by member; with what is to be warned of."""

    given: Mapping[str, Any]
    facts: Mapping[str, Any]
    rest: Mapping[str, Any]
    leads: Mapping[str, str | None]
    warnings: tuple[Notice, ...]


def understand(members: Mapping[str, Member], body: bytes, listed: str, *, partial: bool) -> Said:
    """A body, understood; raises `Malformed` with everything that is wrong with it.

    `listed` is what `$properties` says of which members are meant. A `partial` one says only what is to change.
    """
    sent = _object(body)
    if wanted := [name.strip() for name in listed.split(",") if name.strip()]:
        sent = {name: value for name, value in sent.items() if name in wanted}
    problems: list[Fault] = []
    given = {n: _take(m, n, sent[n], problems) for n, m in members.items() if n in sent}
    for name, member in members.items():
        if member.needed and sent.get(name) is None and (name in sent or not partial):
            problems.append(Fault(name, "is missing", "it is required", "MISSING_REQUIRED_FIELD"))
    if problems:
        raise Malformed(*dict.fromkeys(problems))
    return Said(
        given,
        {m.fact: given[n] for n, m in members.items() if n in given and m.fact not in ("", "-") and not m.leads},
        {n: given[n] for n, m in members.items() if n in given and not m.fact},
        {n: given[n] for n, m in members.items() if n in given and m.leads},
        tuple(_warnings(members, sent)),
    )


def _object(body: bytes) -> dict[str, Any]:
    try:
        sent = read_json(body or b"{}")
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        sent = None
    except Malformed as error:
        raise Malformed(*(Fault(p.where, p.what, p.hint, "INVALID_REQUEST_BODY") for p in error.problems)) from None
    if not isinstance(sent, dict):
        raise Malformed(Fault("body", "is not a JSON object", "send an object in UTF-8", "INVALID_REQUEST_BODY"))
    return cast(dict[str, Any], sent)


def _take(member: Member, name: str, value: Any, problems: list[Fault]) -> Any:
    if value is None:
        return None
    try:
        return member.take(value)
    except ValueError as error:
        problems.append(Fault(name, "cannot be read", str(error), "INVALID_REQUEST_BODY"))
        return None


def _warnings(members: Mapping[str, Member], sent: Mapping[str, Any]) -> Iterable[Notice]:
    for name in [name for name in sent if name not in members][:20]:
        if name == "assignee_ids":
            yield Notice("ASSIGNEES_IGNORED", "assignee_ids is ignored: work is for all students of its class")
        elif name in ASIDE:
            yield Notice("FOUND_UNEXPECTED_FIELD", f"{name} is ignored: it is not kept here")
        else:
            yield Notice("FOUND_UNEXPECTED_FIELD", f"{name[:80]} is ignored: it is not one that can be written")
    for name, member in members.items():
        said = sent.get(name)
        if member.take in MOMENTS and isinstance(said, str) and datetime.fromisoformat(said).tzinfo is None:
            yield Notice("DATETIME_MISSING_TIMEZONE", f"{name} has no time zone, and is taken to be in UTC")
