"""Humans whom an app has told of and whom no school has."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

from ....fields import Field, Record
from ....model.people import Person
from ....scopes import Need
from ..phrases import NEVER
from .views import View, Views
from .whole import Whole

APP, AS = "$app", "$as"
"""What the remainder of a human who waits says: the app that told of them, and in which roles."""


@dataclass(frozen=True)
class Waiting(Whole):
    """The humans of one app (`:app`) in one role, as far as a credential lets through what such a role tells."""

    role: type[Record]
    view: View

    @property
    def key(self) -> Hashable:
        """The role, and what the credential lets through."""
        return ("waiting", self.role.__name__, self.view, self.flavour)

    @property
    def _through(self) -> Views:
        return Views((self.view,))

    def bounds(self, record: type[Record], alias: str, *, few: bool = False, keyed: bool = False) -> list[str]:
        """Those who wait; nobody's other records do."""
        if record is not Person:
            raise TypeError(f"{record.__name__} does not wait")
        remainder = f"{alias}.remainder"
        own = [
            f"{alias}.district = :district",
            f"{self.flavour.member(remainder, APP)} = :app",
            self.flavour.has_element(remainder, AS, self.role.__name__),
        ]
        return own if self._through.meeting(self.role.scope) else [*own, NEVER]

    def shows(self, field: Field, alias: str, *, sure: bool) -> str:
        """What a role tells."""
        return "" if self._through.telling(self.role, field) else NEVER

    def remembers(self, role: type[Record], alias: str, need: Need) -> str:
        """What was written beside the facts."""
        return "" if self._through.meeting(need & role.scope) else NEVER
