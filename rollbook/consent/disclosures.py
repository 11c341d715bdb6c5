"""Who saw what about a person, when: the ledger read for the person, the school or the operator who asks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any

from ..errors import Malformed, NotFound, Problem
from ..fields import RECORDS
from ..store.kept.apps import App
from ..store.kept.grants import Place
from ..store.ledger import Often, Once, Span, What
from ..store.port import Store
from .grants import Grant, human_kind
from .wording import words_of

_EPOCH = date(1970, 1, 1).toordinal()


@dataclass(frozen=True)
class Viewer:
    """Who saw something: the app, the school that had granted it (number and name), on whose behalf."""

    relying_party: str
    app_name: str
    estab: str
    school: str
    reader: str


@dataclass(frozen=True)
class Disclosure:
    """What was seen: through which API, where, which facts, by whom; one line for each viewer and set of facts."""

    viewers: tuple[Viewer, ...]
    dialect: str
    endpoint: str
    facts: tuple[str, ...]
    times: int
    first: str
    """The moment of the first time, UTC, with milliseconds and `Z`."""
    last: str
    rows: int = 0
    people: int = 0
    """How many rows, and people, one answer told of; of several answers neither is told."""
    whole: bool = True
    """Whether the answer reached its end."""

    @property
    def words(self) -> tuple[str, ...]:
        """The facts in words, as a parent may read them."""
        return tuple(map(words_of, self.facts))


class Disclosures:
    """The ledger of a data directory, with the names of apps and schools."""

    def __init__(self, store: Store) -> None:
        self._store = store

    # ---- whom

    def of_person(self, identity: str) -> frozenset[str]:
        """All hub ids of a human: the person's and those of each role, also of roles that are gone.

        Any of them will do; raises `NotFound` when the hub has never held it.
        """
        humans = self._store.kept.people
        people = {identity, *humans.persons(identity)}
        people |= {gone for person in people for gone in self._store.kept.matches.merged_into(person)}
        found = people | {role for person in people for role in humans.roles(person)}
        if found == {identity} and not humans.ever(identity):
            raise NotFound(Problem("person", f"{identity[:60]} is not the hub id of anybody", "it is a UUID"))
        return frozenset(found)

    def at_school(self, district: int, school: str, kind: str, mis_id: str) -> frozenset[str]:
        """The hub ids of whoever was or is a student, a member of staff or a contact of a school by an MIS id."""
        human = human_kind(kind)
        found = self._store.kept.people.ever_by_mis_id(RECORDS[human], district, school, mis_id)
        if not found:
            raise NotFound(Problem("person", f"no {human} of the school has, or had, the Id {mis_id[:60]}"))
        return found

    # ---- what

    def often(self, ids: Iterable[str], days: Span, school: str = "") -> list[Disclosure]:
        """What was told of a human, a line for each way in which it was, the latest first.

        With a `school` (hub id) only what it had granted itself: what others granted is not its to know.
        """
        self._store.ledger.fold()
        found = self._store.ledger.about(ids, days)
        return [self._often(one, school) for one in found if self._concerns(one.what, school)]

    def each(self, ids: Iterable[str], days: Span, take: int, skip: int = 0, school: str = "") -> list[Disclosure]:
        """Single answers that told of a human, the latest first."""
        self._store.ledger.fold()
        whats = None
        if school:
            whats = [what.number for what in self._store.ledger.whats() if self._concerns(what, school)]
        return [self._once(one, school) for one in self._store.ledger.each(ids, days, whats, take, skip)]

    def _concerns(self, what: What, school: str) -> bool:
        return not school or any(self._grants.get(grant, _UNKNOWN).school == school for grant in what.grants)

    def _often(self, one: Often, school: str) -> Disclosure:
        said = (self._viewers(one.what, school), one.what.dialect, one.what.endpoint, one.what.facts)
        return Disclosure(*said, one.times, _moment(one.first), _moment(one.last))

    def _once(self, one: Once, school: str) -> Disclosure:
        said = (self._viewers(one.what, school), one.what.dialect, one.what.endpoint, one.what.facts)
        return Disclosure(*said, 1, _moment(one.at), _moment(one.at), one.rows, one.people, not one.cut)

    def _viewers(self, what: What, school: str) -> tuple[Viewer, ...]:
        """The app by each grant that it read under; a researcher's apps are those of the projects."""
        reader = self._readers.get(what.reader, what.reader)
        grants = [self._grants.get(grant, _UNKNOWN) for grant in what.grants]
        found = [
            self._viewer(app, estab, name, reader) for here, estab, name, app in grants if not school or here == school
        ]
        return tuple(found) or (self._viewer(what.app, "", "", reader),)

    def _viewer(self, app: str, estab: str, school: str, reader: str) -> Viewer:
        """An app, by its hub id, at a school; one that is gone is known by its id alone."""
        found = self._apps.get(app, App(app, app, app))
        return Viewer(found.relying_party, found.name, estab, school, reader)

    @cached_property
    def _apps(self) -> dict[str, App]:
        return {app.id: app for app in self._store.kept.apps.every()}

    @cached_property
    def _grants(self) -> dict[str, Place]:
        return self._store.kept.grants.places()

    @cached_property
    def _readers(self) -> dict[str, str]:
        """Researchers by their e-mail addresses, as projects name them."""
        return self._store.kept.accounts.emails()


_UNKNOWN = Place("", "", "", "")


def hub_ids(store: Store, grant: Grant, kind: str, mis_ids: Iterable[str]) -> list[str]:
    """The hub ids of people of a grant's school by their MIS ids."""
    return store.kept.records.named(RECORDS[kind], grant.district, grant.school, mis_ids)


def days(since: str, until: str) -> Span:
    """The days from one to another (`yyyy-MM-dd`, UTC, both included, either may be empty); raises `Malformed`."""
    problems: list[Problem] = []
    first = _day("since", since, 0, problems)
    last = _day("until", until, 2**32, problems)
    if problems:
        raise Malformed(*problems)
    return Span(first, last)


def _day(name: str, value: str, otherwise: int, problems: list[Problem]) -> int:
    if not value:
        return otherwise
    try:
        return date.fromisoformat(value).toordinal() - _EPOCH
    except ValueError:
        problems.append(Problem(name, f"{value[:40]} is not a day", "write it as 2026-11-20"))
        return otherwise


def _moment(milliseconds: int) -> str:
    at = datetime.fromtimestamp(milliseconds / 1000, UTC)
    return f"{at.strftime('%Y-%m-%dT%H:%M:%S')}.{milliseconds % 1000:03}Z"


def as_json(one: Disclosure) -> dict[str, Any]:
    """A disclosure as the command writes it with `--json`."""
    viewers = [
        {"relyingParty": v.relying_party, "app": v.app_name, "estab": v.estab, "school": v.school, "reader": v.reader}
        for v in one.viewers
    ]
    said = {"seenBy": viewers, "api": one.dialect, "endpoint": one.endpoint, "facts": list(one.words)}
    return {**said, "times": one.times, "first": one.first, "last": one.last, "whole": one.whole}
