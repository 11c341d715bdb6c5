"""A change that an app asks for: a value in the model's words, which can wait in a queue and travel to a school."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

import msgspec

from ..consent.checking import Checker
from ..errors import Problem, RollbookError
from ..scopes import Need
from .profiles import Profile
from .school import SchoolRecords

Results = tuple[Mapping[str, Any], ...]
"""For each thing that was asked for, the caller's number of it and the id that the MIS gave it."""


class Invalid(RollbookError):
    """The write-back does not fit the school's records. Fix the problems below and try again."""

    def __init__(self, *messages: str) -> None:
        # The document's own words, so nothing is added to them.
        super().__init__(*(Problem("", message) for message in dict.fromkeys(messages)))


class MisRefused(RollbookError):
    """The school's MIS could not record it."""


class Change(msgspec.Struct, frozen=True, tag_field="kind", forbid_unknown_fields=True):
    """Something to be entered in a school's MIS, whole or not at all."""

    CHANGES: ClassVar[dict[str, type[Change]]] = {}

    def __init_subclass__(cls, **config: Any) -> None:
        super().__init_subclass__()
        Change.CHANGES[cls.__name__] = cls

    @property
    def need(self) -> Need:
        """The scopes that a grant must hold when it is entered."""
        raise TypeError(f"{type(self).__name__} says nothing of its scope")

    def people(self) -> dict[str, Iterable[str]]:
        """The MIS ids of the people whom it names, by kind (`Student`, `Staff`, `Contact`)."""
        return {}

    def strangers(self, checker: Checker) -> list[str]:
        """What it names that is not, or no longer, there for its grant, as messages: people, where there is no more."""
        return [f"Invalid {kind}Id: {mis_id}" for kind, mis_id in checker.strangers(self.people())]

    def enter(self, school: SchoolRecords, profile: Profile) -> Results:
        """Enter it in the records of a school, within a transaction.

        Raises `Invalid` for what only the school's live records could tell ("tier 2"), and `MisRefused` for what the
        MIS cannot do.
        """
        raise TypeError(f"{type(self).__name__} says nothing of how it is entered")


def as_told(identity: str) -> int | str:
    """An id as results tell it: a number where it is one, as in most of the document's samples."""
    return int(identity) if re.fullmatch(r"0|[1-9][0-9]{0,14}", identity) else identity


def to_wire(change: Change) -> dict[str, Any]:
    """A change as JSON's values, its kind among them."""
    return msgspec.to_builtins(change)


def from_wire(said: Mapping[str, Any]) -> Change:
    """A change from JSON's values; raises `msgspec.ValidationError` for anything else."""
    kind = Change.CHANGES.get(str(said.get("kind")))
    if kind is None:
        raise msgspec.ValidationError(f"{said.get('kind')!r} is not a kind of change")
    return msgspec.convert(said, kind)
