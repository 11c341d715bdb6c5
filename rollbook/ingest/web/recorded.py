"""A provider that tells records of their own kinds: a service, and a mapping of its lists to their tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from ...fields import Field, Record
from ..kinds import BY_TABLE
from ..mapping.plan import Plan
from ..records import Told, facts_of
from ..rows import Problems, Reading
from ..settings import Setting
from .auth import Auth
from .laying import Rows, asked_of, keeping, kept_rows, laid
from .listing import Listing
from .provider import Flat, Settings, rows_of
from .service import Service
from .session import Session
from .since import FULL_EVERY, SINCE, Since, from_now, since_when

Lists = dict[str, Rows | None]
"""The rows of each list; None of one that is not served."""


@dataclass(frozen=True)
class Changing:
    """What a service says of changes: by the parameters that `since` makes of a moment it gives what changed after it.

    So it does of the lists in `laid`, whose rows are kept, and the changes laid over them, and of those in `passing`,
    whose rows are too many to be kept, and of which each makes a record of its own. `gone` is the list of what was
    deleted, by id. All other lists are read whole.
    """

    laid: frozenset[str]
    passing: frozenset[str]
    gone: Callable[[Settings], Listing]
    since: Callable[[str], Mapping[str, str]]


@dataclass
class RecordProvider:
    """A connector for a service.

    `service`, `auth` and `lists` are made of what a source is told. A part of the `plan` names a list where a mapping
    of files names a file. `flat` says of a list, by its name, how each of its rows is told as the plan reads it, and
    `joined` adds to rows what only other lists say of them.
    """

    name: str
    format: str
    settings: tuple[Setting, ...]
    service: Callable[[Settings], Service]
    auth: Callable[[Settings], Auth]
    lists: Callable[[Settings], Mapping[str, Listing]]
    plan: Plan
    flat: Mapping[str, Flat] = field(default_factory=dict[str, "Flat"])
    joined: Callable[[Lists, Settings], None] = lambda lists, settings: None
    changing: Changing | None = None

    fills: frozenset[Field] = field(init=False)
    """The facts that the plan has a place for."""

    def __post_init__(self) -> None:
        self.fills = facts_of(self.plan)

    def read(self, reading: Reading) -> Told:
        """List everything, or what changed; raises `Malformed` and `Unavailable` for what cannot be believed."""
        began = datetime.now(UTC)
        asked = self._asked(reading.settings)
        since = since_when(reading, asked) if self.changing else None
        with self._session(reading) as session:
            news = self._news(session, reading, since) if since else None
            lists = self._lists(session, reading, news)
        told = Told(Problems(), changes=self._changes(news) if news else {})
        told.also = self._kept(reading, lists, since.next(began) if since else from_now(asked, began))
        told.notes += [f"{name} are not served, and what is held of them stays" for name in _unserved(lists)]
        flat = {name: self._flat(name, rows) for name, rows in lists.items()}
        self.joined(flat, reading.settings)
        # What is not asked for tells nothing, and does not keep what others tell of the same kind from being whole.
        plan = replace(self.plan, parts=tuple(part for part in self.plan.parts if part.file in lists))
        told.fill(plan, {name: [*enumerate(rows, 1)] for name, rows in flat.items() if rows is not None})
        told.place()
        return told

    def _session(self, reading: Reading) -> Session:
        said = reading.settings
        return Session(self.service(said), self.auth(said), reading.note, renew=reading.renew)

    def _flat(self, name: str, rows: Rows | None) -> Rows | None:
        flat = self.flat.get(name)
        return [flat(row) for row in rows] if rows and flat else rows

    # ---- what is asked for

    def _lists(self, session: Session, reading: Reading, news: _News | None) -> Lists:
        """The rows of every list."""
        found, listings = Lists(), self.lists(reading.settings)
        for done, (name, listing) in enumerate(listings.items()):
            reading.progress("reading", done, len(listings))
            found[name] = rows_of(session, news.asked(name, listing) if news else listing, reading)
            if news and name in news.was:
                found[name] = laid(news.was[name], found[name] or [], news.gone)
        reading.progress("reading", len(listings), len(listings))
        return found

    # ---- what changed

    def _news(self, session: Session, reading: Reading, since: Since) -> _News | None:
        """From when on to ask which lists for changes, and what was deleted."""
        changing = self.changing
        if changing is None:
            return None
        was = kept_rows(reading, changing.laid)
        asked = changing.since(since.moment)
        listing = changing.gone(reading.settings)
        deleted = rows_of(session, replace(listing, params={**listing.params, **asked}), reading) or []
        gone = frozenset(str(row["id"]) for row in deleted)
        # With a pupil all marks of the pupil go, and nobody says which those were.
        lost = any(str(row["id"]) in gone for rows in was.values() for row in rows)
        passing = frozenset[str]() if lost else changing.passing & self.lists(reading.settings).keys()
        return _News(asked, was, gone, passing)

    def _changes(self, news: _News) -> dict[type[Record], frozenset[str]]:
        return {BY_TABLE[part.rows.table]: news.gone for part in self.plan.parts if part.file in news.passing}

    def _asked(self, settings: Settings) -> str:
        """What is asked for where everything is: changes are news only to a reading of the same."""
        return asked_of(settings.get("address", ""), (one.name for one in self.lists(settings).values()))

    def _kept(self, reading: Reading, lists: Lists, since: bytes) -> dict[str, bytes]:
        """What the next reading of changes needs; nothing where there is to be none."""
        if self.changing is None or not reading.settings.get(FULL_EVERY.name):
            return {}
        return {**keeping(lists, self.changing.laid), SINCE: since}


@dataclass(frozen=True)
class _News:
    """How changes are asked for, the rows that they are laid over by list, what was deleted, and which rows pass."""

    params: Mapping[str, str]
    was: Mapping[str, Rows]
    gone: frozenset[str]
    passing: frozenset[str]

    def asked(self, name: str, listing: Listing) -> Listing:
        """How a list is asked for."""
        changes = name in self.was or name in self.passing
        return replace(listing, params={**listing.params, **self.params}) if changes else listing


def _unserved(lists: Lists) -> list[str]:
    return [name for name, rows in lists.items() if rows is None]


def of_one_school(lists: Lists, school: str) -> None:
    """Say in each row of every list which school it is of, where a source is of one alone."""
    for rows in lists.values():
        for row in rows or ():
            row["school"] = school
