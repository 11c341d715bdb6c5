"""A write-back endpoint as a value: its paths, scopes and sections, and how its body becomes a change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ....api.messages import Response
from ....consent import Desk, Grant
from ....consent.checking import Checker
from ....mis import Change, Profile
from ....scopes import Need, lets_change
from .sections import Body, Section


@dataclass(frozen=True)
class Case:
    """What a body is judged by: what its grant may name, what the school's MIS can take, and what day it is there."""

    checker: Checker
    profile: Profile
    today: str


Read = Callable[[Body, Case, list[str]], Change | None]
"""Makes a change of a body; adds every message of what is wrong with it, and gives None when it cannot go on."""


@dataclass(frozen=True)
class Operation:
    """A write-back endpoint (Xporter document, "Writeback" and the endpoints that are named after it)."""

    name: str
    title: str
    about: str
    paths: tuple[str, ...]
    """Below /api/v1/, in small letters, `{estab}` for the school's number."""
    need: Need
    sections: tuple[Section, ...]
    read: Read
    asynchronous: bool = False
    """Whether it is answered with a tracking id before it is written, so that it must name a callback."""
    supported: Callable[[Profile], bool] = lambda profile: profile.everything_else
    decides: Callable[[Desk, Grant, Body], Response] | None = None
    """What answers it where it is for the hub itself and enters nothing in a MIS."""
    subject: str = ""
    """How the message of a MIS that does not take it names it, such as `Attendance`."""
    listed: tuple[str, ...] = ()
    """The names under which the service's own catalogue lists it (`POST.…` in Queries), where that is not its own."""

    def __post_init__(self) -> None:
        if not lets_change(self.need):
            raise TypeError(f"{self.name} changes something, and a scope that only reads is enough for it")
