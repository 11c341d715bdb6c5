"""A provider is a value: a service, and a mapping that brings its lists into a roster's tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, NamedTuple

import msgspec

from ...errors import Malformed, Problem
from ...fields import Field
from ..mapping.paths import at, elements, text
from ..mapping.plan import Part, Plan
from ..mapping.tabled import Content, tables
from ..roster.fills import FILLS
from ..roster.roster import Extent, Roster
from ..rows import Problems, Reading
from ..settings import Setting
from .auth import Auth
from .consenting import Consent
from .laying import Filtered, Rows, asked_of, keeping, kept_rows, key_of, laid
from .listing import Listing, fetch
from .service import Service
from .session import NotAllowed, Session
from .since import FULL_EVERY, SINCE, from_now, since_when
from .tables import SERVED

Settings = Mapping[str, str]
Lists = Mapping[str, list[dict[str, Any]] | None]
Flat = Callable[[dict[str, Any]], dict[str, Any]]


TOLD = "told"
"""The list of one row that the plan may name: what the source is told that is no secret."""


READ = "lists"
"""What is kept of a reading: the lists that were served."""


class Look(NamedTuple):
    """A fact that another list tells: `says` there, of its row that has as `key` what a row of this one has at `by`.

    Where `by` is blank, its first row tells it. What several rows say of the same is a list.
    """

    name: str
    by: str
    list: str
    key: str
    says: str


@dataclass
class Provider:
    """A connector for a service.

    `service` and `auth` are made of what a source is told, which may also stand in the paths of `lists`, as
    `{school}`. A part of the `plan` names a list where a mapping of files names a file. `flat` says of a list, by its
    name, how each of its rows is told as the plan reads it. A list below another one comes after it.
    `looks` says of a list which facts of its rows other lists tell; `joined` adds what takes more than that to tell.
    `usual` is what stands in paths where the source is not told otherwise. Where the service says what changed,
    `filtered` is how it is asked for that: such rows are kept as they came, and changes are laid over them.
    """

    name: str
    format: str
    settings: tuple[Setting, ...]
    service: Callable[[Settings], Service]
    auth: Callable[[Settings], Auth]
    lists: Mapping[str, Listing]
    plan: Plan
    flat: Mapping[str, Flat] = field(default_factory=dict[str, "Flat"])
    looks: Mapping[str, tuple[Look, ...]] = field(default_factory=dict[str, "tuple[Look, ...]"])
    joined: Callable[[Lists], None] = lambda lists: None
    fills: frozenset[Field] = FILLS
    usual: Mapping[str, str] = field(default_factory=dict[str, str])
    filtered: Filtered | None = None
    asks: Callable[[Settings], Consent] | None = None
    """Where somebody lets the hub in, at a provider that gives refresh tokens for that."""

    def read(self, reading: Reading) -> Roster:
        """List everything; raises `Malformed` and `Unavailable` for what cannot be believed."""
        began, asked = datetime.now(UTC), self._asked(reading.settings)
        since = since_when(reading, asked) if self.filtered else None
        raw = self._lists(reading, since.moment if since else "")
        lists = self._joined(raw)
        unserved = {name for name, rows in lists.items() if rows is None}
        self._check_lost(reading, unserved)
        parts = tuple(_with_rest(part) for part in self.plan.parts if part.file not in unserved)
        plan = replace(self.plan, parts=parts)
        modes: Mapping[str, str] = dict.fromkeys(plan.tables, "bulk")
        roster = Roster(Extent(plan.version, modes, plan.system), Problems(), self.name, (*SERVED.values(),))
        layouts = {of.name: roster.layout(of) for of in roster.layouts}
        contents = {(name, ""): Content(name, [*enumerate(rows or (), 1)]) for name, rows in lists.items()}
        contents[TOLD, ""] = Content(TOLD, [(1, self._settings(reading))])
        for table in tables(plan, contents, layouts, roster.problems):
            roster.take(table)
        roster.notes += [f"{name} are not served, and what is held of them stays" for name in sorted(unserved)]
        kept = self._kept(reading, raw, since.next(began) if since else from_now(asked, began))
        roster.also = {READ: msgspec.json.encode(sorted(lists.keys() - unserved)), **kept}
        roster.place()
        return roster

    def _check_lost(self, reading: Reading, unserved: set[str]) -> None:
        """Raise `Malformed` where a list was read before, is not served now, and shares a table with one that is.

        What it told could not be told from what is gone.
        """
        told = {part.rows.table for part in self.plan.parts if part.file not in unserved}
        shared = {part.file for part in self.plan.parts if part.file in unserved and part.rows.table in told}
        before = msgspec.json.decode(reading.kept(READ) or b"[]", type=list[str])
        lost = [name for name in before if name in shared]
        if lost:
            said = "was read before and may not be read now, and what it told would seem to be gone"
            raise Malformed(*(Problem(name, said, "ask the vendor for access to it again") for name in lost))

    def consent(self, settings: Settings) -> Consent | None:
        """Where somebody lets the hub in; none where the provider has no such page."""
        return self.asks(settings) if self.asks else None

    def reached(self, settings: Settings) -> Service:
        """The service."""
        return self.service(settings)

    def _session(self, reading: Reading) -> Session:
        said = reading.settings
        return Session(self.service(said), self.auth(said), reading.note, renew=reading.renew)

    def _settings(self, reading: Reading) -> dict[str, Any]:
        return {one.name: reading.settings.get(one.name, "") for one in self.settings if not one.secret}

    def _asked(self, settings: Settings) -> str:
        words = {**self.usual, **settings, "of": ""}
        return asked_of(self.service(settings).address, (one.named(words).name for one in self.lists.values()))

    def _kept(self, reading: Reading, lists: Lists, since: bytes) -> dict[str, bytes]:
        """What the next reading of changes needs; nothing where there is to be none."""
        if self.filtered is None or not reading.settings.get(FULL_EVERY.name):
            return {}
        return {**keeping(lists, self.filtered.lists), SINCE: since}

    def _lists(self, reading: Reading, since: str) -> dict[str, list[dict[str, Any]] | None]:
        """The rows of every list as they come; what changed since a moment is laid over those that were kept."""
        was = kept_rows(reading, self.filtered.lists) if self.filtered and since else {}
        found: dict[str, list[dict[str, Any]] | None] = {}
        words = {**self.usual, **reading.settings}
        with self._session(reading) as session:
            for done, (name, listing) in enumerate(self.lists.items()):
                reading.progress("reading", done, len(self.lists))
                if name in was:
                    found[name] = self._changed(session, listing.named(words), was[name], since, reading)
                else:
                    found[name] = _rows(session, listing, words, reading, found)
        reading.progress("reading", len(self.lists), len(self.lists))
        return found

    def _changed(
        self, session: Session, listing: Listing, was: Rows, since: str, reading: Reading
    ) -> list[dict[str, Any]] | None:
        """The rows of a list with those that changed since a moment laid over what it had; None of one not served."""
        assert self.filtered
        # A row may count no longer because of what changed in it.
        every = replace(listing, where=())
        changed, gone = (
            rows_of(session, replace(every, params={**every.params, **said(since)}), reading)
            for said in (self.filtered.changed, self.filtered.deleted)
        )
        if changed is None or gone is None:
            return None
        rows = laid(was, changed, {key_of(row, listing.key) for row in gone}, listing.key)
        return [row for row in rows if all(condition.holds(row) for condition in listing.where)]

    def _joined(self, raw: Lists) -> dict[str, list[dict[str, Any]] | None]:
        """The lists with what they tell of one another."""
        found = dict(raw)
        for name, rows in found.items():
            # In their order, so that what a list was told can be told on.
            found[name] = self._told(name, rows, found)
        self.joined(found)
        return found

    def _told(self, name: str, rows: list[dict[str, Any]] | None, found: Lists) -> list[dict[str, Any]] | None:
        told, flat = rows, self.flat.get(name)
        for look in self.looks.get(name, ()):
            said = _said(look, found[look.list] or ())
            first = next(iter(said.values()), "")
            told = [
                {**row, look.name: said.get(text(at(row, look.by)), "") if look.by else first} for row in told or ()
            ]
        return [flat(row) for row in told] if told and flat else told


def _said(look: Look, rows: Iterable[dict[str, Any]]) -> dict[str | None, Any]:
    """What rows say by their keys: of a key that several have, a list."""
    found: dict[str | None, list[Any]] = {}
    for row in rows:
        for key in elements(at(row, look.key)):
            found.setdefault(text(key), []).append(at(row, look.says))
    return {key: said[0] if len(said) == 1 else said for key, said in found.items()}


def _rows(
    session: Session, listing: Listing, words: Mapping[str, str], reading: Reading, found: Lists
) -> list[dict[str, Any]] | None:
    """The rows of a list, or of all that are below the rows of another one; None where not all are served."""
    if not listing.of:
        return rows_of(session, listing.named(words), reading)
    rows: list[dict[str, Any]] = []
    for key in dict.fromkeys(text(at(row, listing.by)) or "" for row in found[listing.of] or ()):
        below = rows_of(session, listing.named({**words, "of": key}), reading)
        if below is None:
            return None
        rows += [{**row, "of": key} for row in below]
    return rows


def rows_of(session: Session, listing: Listing, reading: Reading) -> list[dict[str, Any]] | None:
    """The rows of a list; None of an optional one that is not served, or not for these credentials."""
    try:
        rows = fetch(session, listing, reading.folder)
    except NotAllowed:
        if listing.optional:
            return None
        raise
    return rows and [row for row in rows if all(condition.holds(row) for condition in listing.where)]


def _with_rest(part: Part) -> Part:
    """What has no column of its own stays with the record, unless the part says that another one keeps it."""
    return replace(part, rows=replace(part.rows, rest=part.rows.rest is not False))
