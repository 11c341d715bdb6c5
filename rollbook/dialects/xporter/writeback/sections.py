"""What a write-back's body is made of: sections of records with typed properties, declared once and read by it."""

from __future__ import annotations

import base64
import binascii
import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar, cast

from ....errors import Malformed, Problem, nearest
from ..bodies import text_of

T = TypeVar("T", bound=Hashable)


class Item(dict[str, Any]):
    """A record of a section: its properties by their declared names, those that were not sent left out.

    `unread` are those that were sent and could not be read, which has been said.
    """

    def __init__(self) -> None:
        super().__init__()
        self.unread: set[str] = set()


LONGEST = 100_000
"""The most records of all sections of a body; a school's whole register of a day fits several times over."""


def _identity(value: Any) -> str | None:
    # Attendance sends ids as text, conduct as numbers; both are the same id.
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return str(value)
    return value.strip() if isinstance(value, str) and len(value) <= 100 and "\0" not in value else None


def _integer(value: Any) -> int | None:
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,9}", value.strip()):
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**31 else None


def _text(value: Any) -> str | None:
    # No record holds it, whichever database keeps it.
    return None if isinstance(value, str) and "\0" in value else text_of(value)


def _date(value: Any) -> str | None:
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d\d-\d\d(T00:00:00)?", value):
        return None
    try:
        return date.fromisoformat(value[:10]).isoformat()
    except ValueError:
        return None


def _moment(value: Any) -> str | None:
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,7})?)?Z?", value):
        return None
    try:
        return datetime.fromisoformat(value.rstrip("Z")[:19]).isoformat()
    except ValueError:
        return None


def _time(value: Any) -> str | None:
    found = re.fullmatch(r"([01]\d|2[0-3]):([0-5]\d)(:[0-5]\d)?", value) if isinstance(value, str) else None
    return f"{found[1]}:{found[2]}" if found else None


def _flag(value: Any) -> int | None:
    # 1 and true are equal in Python; what is read back is 1 or 0, what clients have is often a boolean.
    said = value.strip().lower() if isinstance(value, str) else value
    return 1 if said in (1, "1", "true") else 0 if said in (0, "0", "false") else None


def _binary(value: Any) -> bytes | None:
    try:
        return base64.b64decode(value, validate=True) if isinstance(value, str) and value else None
    except (binascii.Error, ValueError):
        return None


_READ: dict[str, Callable[[Any], Any]] = {
    "id": _identity,
    "integer": _integer,
    "text": _text,
    "date": _date,
    "datetime": _moment,
    "time": _time,
    "flag": _flag,
    "base64": _binary,
}
"""For each kind of property what reads a value of JSON; None for one that is of another kind."""


@dataclass(frozen=True)
class Property:
    """One property: its kind, what it says, an example, and whether it must be there."""

    name: str
    kind: str
    about: str
    example: Any = None
    mandatory: bool = False
    choices: tuple[str, ...] = ()
    """The only values that it may have, if they are few; they may be written in any case."""
    new: bool = False
    """Whether it must be there where something is made, but not where it is changed or taken away."""

    def read(self, value: Any) -> Any:
        """The value of JSON as it is meant; None for one that is of another kind."""
        read = _READ[self.kind](value)
        if not self.choices or not isinstance(read, str):
            return read
        return next((choice for choice in self.choices if choice.lower() == read.strip().lower()), None)


@dataclass(frozen=True)
class Section:
    """A list of records in a body, by its name."""

    name: str
    about: str
    properties: tuple[Property, ...]
    mandatory: bool = False
    further: Property | None = None
    """What properties of any other name are, where a record may have them: read as this one is, null if they are."""

    def read(self, said: Any, wrong: list[str]) -> list[Item]:
        """The records of the section; what is of the wrong kind is added to `wrong`, in the document's manner."""
        if not isinstance(said, list):
            wrong.append(f"{self.name} must be a list of objects")
            return []
        found: list[Item] = []
        for one in cast(list[Any], said):
            if isinstance(one, dict):
                found.append(self._item(cast(dict[str, Any], one), wrong))
            else:
                wrong.append(f"{self.name} must be a list of objects")
        return found

    def _item(self, said: Mapping[str, Any], wrong: list[str]) -> Item:
        # Names are not told apart by case, as in the service's other bodies.
        by_name = {name.lower(): value for name, value in said.items()}
        item = Item()
        for known in self.properties:
            value = by_name.get(known.name.lower())
            if value is None or value == "":
                if known.mandatory:
                    wrong.append(f"Missing mandatory field {known.name}")
                continue
            read = known.read(value)
            if read is None:
                wrong.append(f"Invalid {known.name} provided: {shown(value)}")
                item.unread.add(known.name)
            else:
                item[known.name] = read
        if self.further is not None:
            item.update(self._further(self.further, said, wrong))
        return item

    def complete(self, item: Item, wrong: list[str]) -> None:
        """Say what of a new thing is missing that only a new one must have."""
        wrong += [
            f"Missing mandatory field {known.name}"
            for known in self.properties
            if known.new and known.name not in item and known.name not in item.unread
        ]

    def _further(self, like: Property, said: Mapping[str, Any], wrong: list[str]) -> Iterator[tuple[str, Any]]:
        own = {known.name.lower() for known in self.properties}
        for name, value in said.items():
            if name.lower() in own:
                continue
            read = None if value is None else like.read(value)
            if value is not None and read is None:
                wrong.append(f"Invalid {shown(name)} provided: {shown(value)}")
            else:
                yield name, read


def shown(value: Any) -> str:
    """A value as a message repeats it: short, and on one line."""
    text = value if isinstance(value, str) else repr(value)
    text = "".join(c if c.isprintable() else "�" for c in text)
    return text if len(text) <= 60 else f"{text[:60]}…"


def twice(values: Iterable[T]) -> list[T]:
    """The values that are there more than once, each once."""
    return [value for value, number in Counter(values).items() if number > 1]


def without_minus(identity: str) -> tuple[str, bool]:
    """An id without the minus in front of it, and whether there was one: it asks for what the id names to go.

    (Xporter document, "Deleting Records".)
    """
    return (identity[1:], True) if identity.startswith("-") else (identity, False)


CALLBACK = Section(
    "Callback",
    "Where to tell that it has been written, or could not be.",
    (
        Property("Method", "text", "Pass POST for this property", "POST"),
        Property(
            "Url",
            "text",
            "Your URL that will receive the callback",
            "https://app.example.org/done?id=1&estab=3285502",
            True,
        ),
    ),
)


@dataclass(frozen=True)
class Body:
    """A body, read: the records of each section by its name, and what is wrong with it so far."""

    sections: Mapping[str, list[Item]]
    wrong: tuple[str, ...]
    callback: str | None = None

    def __getitem__(self, name: str) -> list[Item]:
        return self.sections.get(name, [])


def read_body(said: Any, sections: tuple[Section, ...]) -> Body:
    """A decoded body by its declared sections. Raises `Malformed` when it is not an object of known sections."""
    if not isinstance(said, dict):
        raise Malformed(Problem("body", "is not a JSON object", f"send {{{', '.join(s.name for s in sections)}}}"))
    by_name = {name.lower(): (name, value) for name, value in cast(dict[str, Any], said).items()}
    known = {s.name.lower(): s for s in sections}
    unknown = [n for lower, (n, _) in by_name.items() if lower not in known and lower != "callback"]
    if unknown:
        raise Malformed(
            *(
                Problem(shown(n), "is not a section of this write-back", nearest(n, [s.name for s in sections]))
                for n in unknown[:20]
            )
        )
    if sum(len(cast(list[Any], v)) for _, v in by_name.values() if isinstance(v, list)) > LONGEST:
        raise Malformed(Problem("body", f"holds more than {LONGEST:,} records", "send several requests"))
    wrong: list[str] = []
    found: dict[str, list[Item]] = {}
    for lower, section in known.items():
        value = by_name.get(lower, ("", None))[1]
        if value is not None:
            found[section.name] = section.read(value, wrong)
        if section.mandatory and value in (None, []):
            wrong.append(f"Missing mandatory section {section.name}")
    url = _callback(by_name.get("callback", ("", None))[1], wrong)
    return Body(found, tuple(wrong), url)


def _callback(said: Any, wrong: list[str]) -> str | None:
    """The address to call; the document shows one object, and its schema a list of them."""
    if said is None or said == []:
        return None
    one, *more = CALLBACK.read(said if isinstance(said, list) else [said], wrong) or [Item()]
    if more:
        wrong.append("Callback must be one object")
    if str(one.get("Method", "POST")).upper() != "POST":
        wrong.append(f"Invalid Method provided: {shown(one['Method'])}")
    return one.get("Url")
