"""A provider is a value: a service, and a mapping that brings its lists into a roster's tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ...fields import Field
from ..mapping.plan import Part, Plan
from ..mapping.tabled import Content, tables
from ..roster.fills import FILLS
from ..roster.roster import Extent, Roster
from ..rows import Problems, Reading
from ..settings import Setting
from .auth import Auth
from .listing import Listing, fetch
from .service import Service
from .session import NotAllowed, Session
from .tables import SERVED

Settings = Mapping[str, str]
Flat = Callable[[dict[str, Any]], dict[str, Any]]


@dataclass
class Provider:
    """A connector for a service.

    `service` and `auth` are made of what a source is told, which may also stand in the paths of `lists`, as
    `{school}`. A part of the `plan` names a list where a mapping of files names a file. `flat` says of a list, by its
    name, how each of its rows is told as the plan reads it.
    """

    name: str
    format: str
    settings: tuple[Setting, ...]
    service: Callable[[Settings], Service]
    auth: Callable[[Settings], Auth]
    lists: Mapping[str, Listing]
    plan: Plan
    flat: Mapping[str, Flat] = field(default_factory=dict[str, "Flat"])
    fills: frozenset[Field] = FILLS

    def read(self, reading: Reading) -> Roster:
        """List everything; raises `Malformed` and `Unavailable` for what cannot be believed."""
        lists = self._lists(reading)
        unserved = {name for name, rows in lists.items() if rows is None}
        parts = tuple(_with_rest(part) for part in self.plan.parts if part.file not in unserved)
        plan = replace(self.plan, parts=parts)
        modes: Mapping[str, str] = dict.fromkeys(plan.tables, "bulk")
        roster = Roster(Extent(plan.version, modes, plan.system), Problems(), self.name, (*SERVED.values(),))
        layouts = {of.name: roster.layout(of) for of in roster.layouts}
        contents = {(name, ""): Content(name, [*enumerate(rows or (), 1)]) for name, rows in lists.items()}
        for table in tables(plan, contents, layouts, roster.problems):
            roster.take(table)
        roster.notes += [f"{name} are not served, and what is held of them stays" for name in sorted(unserved)]
        roster.place()
        return roster

    def _lists(self, reading: Reading) -> dict[str, list[dict[str, Any]] | None]:
        found: dict[str, list[dict[str, Any]] | None] = {}
        with Session(self.service(reading.settings), self.auth(reading.settings), reading.note) as session:
            for done, (name, listing) in enumerate(self.lists.items()):
                reading.progress("reading", done, len(self.lists))
                rows = rows_of(session, replace(listing, path=listing.path.format_map(reading.settings)), reading)
                flat = self.flat.get(name)
                found[name] = [flat(row) for row in rows] if rows and flat else rows
        reading.progress("reading", len(self.lists), len(self.lists))
        return found


def rows_of(session: Session, listing: Listing, reading: Reading) -> list[dict[str, Any]] | None:
    """The rows of a list; None of an optional one that is not served, or not for these credentials."""
    try:
        return fetch(session, listing, reading.folder)
    except NotAllowed:
        if listing.optional:
            return None
        raise


def _with_rest(part: Part) -> Part:
    """What has no column of its own stays with the record, unless the part says that another one keeps it."""
    return replace(part, rows=replace(part.rows, rest=part.rows.rest is not False))
