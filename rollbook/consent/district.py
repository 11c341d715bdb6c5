"""Reading a district: one reader for all schools of it that have granted an app something, each by its own grant."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from copy import copy
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

from ..fields import RECORDS, Arg, Condition, Expr, HubId, Question, Record
from ..model.people import Person
from ..recent import Recent, once
from ..scopes import Need
from ..store.kept import Kept
from ..store.kept.history import END
from ..store.kept.pointers import Pointer
from ..store.plan.planner import Plan, plan
from ..store.plan.sights import Schools, View
from ..store.port import Store
from .bygone import Gone, Namesake, Stones, bare, by_record, first, history_of
from .credentials import Credential
from .gaps import Gap
from .grants import Grant
from .reader import PLANS, veiled
from .renewing import RecentRows, Renewing
from .rights import Rights
from .session import Session, kept_of
from .sightings import Human, Sightings, humans_in, named_in
from .snapshots import Snapshots

Made = TypeVar("Made")

_plans: Recent[Plan] = Recent(PLANS)


def versions_of(store: Store, known: dict[object, Any], district: int, kinds: Iterable[str]) -> dict[str, int]:
    """The number at which each kind of record last moved in a district; `known` holds what was looked up before."""
    wanted = frozenset(kinds)
    return once(known, ("versions", district, wanted), lambda: store.kept.history.moved(district, wanted))


class DistrictReader:
    """Reads the schools of one district that granted an app something, as of one day.

    A row is there when its school granted what the record needs, a fact is null where its school did not grant it, and
    the people whom a school left out are nowhere.
    """

    def __init__(
        self,
        store: Store,
        credential: Credential,
        district: int,
        identifier: str,
        grants: list[Grant],
        today: str,
        known: dict[object, Any],
        recent: RecentRows | None = None,
        gaps: tuple[Gap, ...] = (),
    ) -> None:
        """`recent` keeps rows of lists from one answer to the next; `gaps` are what the hub lost or let go of."""
        self.gaps = gaps
        self._store = store
        self._known = known
        self._recent = recent
        self._worked_out: dict[object, Any] = {}
        self._rights: dict[object, Rights] = {}
        self.credential = credential
        self.app = credential.app
        self.district = district
        self.identifier = identifier
        self.grants = grants
        self.today = today
        self.grant_ids = tuple(g.id for g in grants)
        of = {g.school: View(g.scopes & credential.scopes, tuple(sorted(g.people.items()))) for g in grants}
        # A district without a school yet is seen by whoever made it.
        views = sorted(set(of.values()), key=repr) or [View(credential.scopes)]
        self._grant_at = {g.school: g.id for g in grants}
        turns = store.kept.chosen.turns(self._grant_at.values())
        self.sightings = Sightings(turns, self._chooses, self._listed, self._stands)
        veils = veiled(store, known)
        self._seer = self.app.id if veils else ""
        self.sight = Schools(tuple(views), turns=self.sightings.kinds, veils=veils, flavour=store.flavour)
        self.reach = {school: views.index(view) for school, view in of.items()}
        self.places = {school: (grant, self.reach[school]) for school, grant in self._grant_at.items()}
        """The grant of each school in reach, and the number of its view."""
        self.base: dict[str, Any] = {
            "district": district,
            "reach": json.dumps(self.reach),
            "grants": json.dumps([g.id for g in grants]),
            "seer": self.app.id,
            "today": today,
            "allowed_on": today,
            # A record does not refer to its own district, so what others know that by is brought along.
            "district_id": identifier,
        }

    def afresh(self, known: dict[object, Any]) -> DistrictReader:
        """The same reader after records were written; `known` holds what was looked up since."""
        other = copy(self)
        other._known, other._worked_out = known, {}
        other.sightings = self.sightings.asking(other._chooses, other._listed, other._stands)
        veils = veiled(self._store, known)
        if veils != self.sight.veils:
            other.sight, other._seer = replace(self.sight, veils=veils), self.app.id if veils else ""
        return other

    # ---- what may be seen

    def sees(self, value: Expr | Condition) -> bool:
        """Whether any school granted what a value, or a condition on it, needs."""
        return all(map(self.sight.sees, [value] if isinstance(value, Expr) else value.parts()))

    def holds(self, school: str | None, need: Need) -> bool:
        """Whether a school (a hub id; any of the district without one) granted what is needed."""
        views = self.sight.meeting(need)
        return bool(views) if school is None else self.reach.get(school) in views

    def writing(self, record: type[Record], schools: frozenset[str | None]) -> Rights:
        """What may be written of records of some schools (hub ids, None for the district): all of them granted it."""
        return once(self._rights, (record, schools), lambda: self._rights_at(record, schools))

    def _rights_at(self, record: type[Record], schools: frozenset[str | None]) -> Rights:
        return Rights(
            record.writing,
            record.scope,
            lambda need: all(self.holds(school, need) for school in schools),
            lambda name: record.fields[name].need,
        )

    def heed_veils(self) -> None:
        """Notice that a record is veiled from now on, within the transaction that veils it."""
        self.sight = replace(self.sight, veils=True)

    def prepare(self, question: Question, key: object) -> Plan:
        """The question, compiled for readers with these views; `key` tells it from others."""
        sight = replace(self.sight, roles=question.through) if question.through else self.sight
        return _plans.get((sight.key, key), lambda: plan(question, sight))

    # ---- reading

    @contextmanager
    def session(self, of: Session | None = None, also: Iterable[int] = ()) -> Generator[Session]:
        """One moment of the store: whatever is read inside agrees; that of another's session, if given.

        `also` are the districts of others who are going to read at this moment.
        """
        with kept_of(self._store, self.district, of, also) as kept:
            # What another's transaction has not committed is nobody else's yet.
            yield Session(kept, self.base, self.places, self._renewing(kept) if of is None else None)

    def _renewing(self, kept: Kept) -> Renewing | None:
        # What is veiled has no number of its own, so it cannot be told when that was another record.
        if self._recent is None or self.sight.veils:
            return None
        state = (self.granted(), self.last_choice())
        return Renewing(self._recent, state, partial(kept.history.moved, self.district))

    def versions(self, kinds: Iterable[str]) -> dict[str, int]:
        """The number at which each kind of record last moved in the district; equal numbers, equal records."""
        return versions_of(self._store, self._known, self.district, kinds)

    def granted(self) -> object:
        """What the schools granted, and when they last changed it: an answer rests on it."""
        return self.today, tuple((g.id, g.version) for g in self.grants), self.gaps

    def newest(self) -> int:
        """The number of the last write to the district."""
        return self._store.kept.history.newest(self.district)

    def number_at(self, at: str) -> int:
        """The number of the last write to the district up to a moment (UTC)."""
        return self._store.kept.history.number_at(self.district, at)

    def kept_since(self) -> str:
        """The day (UTC) since which the hub has kept records of the district."""
        return self._store.kept.history.began(self.district)[:10]

    def last_choice(self) -> int:
        """The number with which people were last let in or left out by one of the grants; 0 when nobody ever was."""
        return self.sightings.last

    def snapshots(self, name: str) -> Snapshots:
        """What was returned to the holder of the credential under a name, to compare with what comes later."""
        return Snapshots(self._store.passing, self.credential.id, name)

    # ---- what is gone

    def gone(self, kinds: Iterable[str], since: int = 0, until: int | None = None) -> Iterator[Gone]:
        """What is gone of these kinds, and keys that changed (`what` is `gone` or `key`), after `since` up to `until`.

        Only what the caller could see while it was there. What a change of the choice of people took out of sight is
        gone with the number of that change, whatever became of it since; a key that changed out of sight is told with
        the number with which the record came back.
        """
        if not self.sightings.kinds:
            return filter(self._knew, history_of(self._store, self.district, kinds, since, until, self._seer))
        wanted, last = tuple(sorted(kinds)), END if until is None else until
        return iter(self.once(("gone", wanted, since, last), lambda: self._told(wanted, since, last)))

    def once(self, key: object, make: Callable[[], Made]) -> Made:
        """What is worked out once, until the next write."""
        return once(self._worked_out, key, make)

    def _told(self, wanted: tuple[str, ...], since: int, last: int) -> list[Gone]:
        stones = list(history_of(self._store, self.district, wanted, since, None, self._seer))
        told = itertools.chain(filter(None, map(self._retold, stones)), self._hidden(wanted, since))
        renamed = history_of(self._store, self.district, (Person.__name__,), since, None, self._seer)
        later = by_record([*stones, *(stone for stone in renamed if stone.what == "key")])
        found = [self._as_known(gone, later) for gone in told if since < gone.seq <= last]
        return sorted(found, key=lambda gone: gone.seq)

    def tells(self, gone: Gone, value: Expr) -> bool:
        """Whether the caller could see a fact of what is gone: its keys hold some that need more than the record."""
        view = self.reach.get(gone.school)
        views = self.sight.meeting(value.need)
        return bool(views) if view is None else view in views

    def _retold(self, stone: Gone) -> Gone | None:
        """A tombstone, or a change of key, as the caller is told of it: not at all of what they have never seen."""
        if self._knew(stone):
            return stone
        grant = self._grant_at.get(stone.school)
        if grant is None or stone.kind == Person.__name__ or not self._granted(stone):
            return None
        of = humans_in(RECORDS[stone.kind], stone.id, stone.keys)
        turn = self.sightings.lost(grant, of, stone.seq)
        if turn is None or (stone.made or 0) > turn.seq:
            return None
        stone, unseen = bare(stone), not self.sightings.all_seen(grant, of)
        if stone.what == "key":
            turn = None if unseen else self.sightings.found(grant, of)
        return replace(stone, seq=turn.seq, at=turn.at, unseen=unseen) if turn else None

    def _hidden(self, kinds: Iterable[str], since: int) -> Iterator[Gone]:
        """What is there, and was seen until people were left out after a number."""
        left: dict[str, list[str]] = {}
        for kind, identity in self.sightings.left(since):
            left.setdefault(kind, []).append(identity)
        with self._store.lend(self.district) as kept:
            for record in map(RECORDS.__getitem__, kinds):
                for row in kept.records.parts_of(record, self.district, left):
                    yield from self._as_gone(kept, record, row)

    def _as_gone(self, kept: Kept, record: type[Record], row: Mapping[str, Any]) -> Iterator[Gone]:
        known = {**kept.records.keys(record, row), **row} if record.names_others else row
        grant, of = self._grant_at.get(row["school"]), humans_in(record, row["id"], known)
        if grant is None or self.sightings.all_seen(grant, of):
            return
        turn, made = self.sightings.lost(grant, of), row["made"]
        if turn is not None and made < turn.seq:
            keys = kept.records.keys(record, row)
            found = bare(Gone(turn.seq, turn.at, record.__name__, row["id"], row["school"], "gone", keys, made, True))
            if self._granted(found):
                yield found

    def _as_known(self, gone: Gone, stones: Stones) -> Gone:
        """What is gone, by what it was known by when it was last seen."""
        if gone.what != "gone":
            return gone
        said = first(stones, gone.kind, gone.id, gone.seq)
        # What was said later is not what the app could see.
        keys, upto = (
            (dict((said if said.seq == gone.seq else bare(said)).keys), said.seq) if said else (dict(gone.keys), END)
        )
        for name in keys if upto > gone.seq else ():
            role, told, fact = f".{name}".rpartition(".person.")
            human = first(stones, Person.__name__, self._person(gone, role[1:]), gone.seq) if told else None
            if human is not None and human.seq < upto:
                keys[name] = human.keys.get(fact)
        return replace(gone, keys=keys)

    def _person(self, gone: Gone, role: str) -> str:
        """The human of what is gone, or of one of the roles that it is a part of."""
        if not role:
            return str(gone.keys.get("person"))
        target = RECORDS[gone.kind].refs()[role].target
        return str(self._store.kept.people.person_of(target, self.district, str(gone.keys.get(role))))

    def _knew(self, gone: Gone) -> bool:
        if gone.kind == Person.__name__:
            return any(map(self._knew, self._roles_gone(gone.id))) or (gone.what == "key" and self._knows(gone.id))
        if not self._granted(gone):
            return False
        grant = self._grant_at.get(gone.school)
        of = humans_in(RECORDS[gone.kind], gone.id, gone.keys)
        return grant is None or self.sightings.all_seen(grant, of, gone.seq)

    def _granted(self, gone: Gone) -> bool:
        """Whether a school in reach grants what the record needs, whoever is chosen."""
        view = self.reach.get(gone.school)
        if (gone.school and view is None) or not all(self._in_reach(*one) for one in named_in(gone.keys)):
            return False
        seen = self.sight.meeting(RECORDS[gone.kind].scope)
        return bool(seen) and (view is None or view in seen)

    def _in_reach(self, kind: str, _: str, school: str) -> bool:
        """Whether the school of a role, whoever is chosen, lets the app see such roles."""
        return self.reach.get(school) in self.sight.meeting(RECORDS[kind].scope)

    def _chooses(self, grant: str, human: Human) -> bool:
        """Whether the choice of a grant lets a human in now."""
        school = next(school for school, one in self._grant_at.items() if one == grant)
        mode = dict(self.sight.views[self.reach[school]].guards).get(human[0])
        return mode is None or self._listed(human) == (mode == "only")

    def _listed(self, human: Human) -> bool:
        """Whether a human is in the grants' lists."""
        kind, identity = human
        where = (self.grant_ids, kind, self.today)
        return identity in once(self._known, ("chosen", *where), lambda: self._store.kept.chosen.today(*where))

    def _stands(self, human: Human) -> bool:
        """Whether a human is there at all."""
        kind, identity = human
        where = (RECORDS[kind], self.district)
        return identity in once(self._known, ("standing", *where), lambda: self._store.kept.records.ids(*where))

    def _roles_gone(self, person: str) -> list[Gone]:
        """The roles of a human that are gone; a human without any was never seen."""
        return list(map(Gone.of, self._store.kept.history.roles_gone(self.district, person, self._seer)))

    def _knows(self, person: str) -> bool:
        """Whether a human is seen now."""
        with self._store.lend(self.district) as kept:
            return self.finds(Session(kept, self.base), Person, person)

    def namesakes(self) -> list[Namesake]:
        """The records of the district that ever had an id of a source's with another one, whoever may see them."""
        return self.once("namesakes of all", lambda: self._store.kept.history.namesakes(self.district))

    def referring(self, identity: str) -> list[Pointer]:
        """The documents that refer to something, whoever may see them."""
        with self._store.lend(self.district) as kept:
            return kept.pointers.to(self.district, identity)

    def using(self, list_of_words: str, word: str) -> Iterator[tuple[str, str]]:
        """The documents that use a word of a list, whoever may see them: the resource and the hub id of each."""
        with self._store.lend(self.district) as kept:
            yield from kept.pointers.users(self.district, list_of_words, word)

    def twins(self) -> frozenset[str]:
        """The hub ids of the humans of the district who have a record in another one too."""
        return self.once("twins", lambda: self._store.kept.history.twins(self.district))

    @property
    def renumbered(self) -> bool:
        """Whether any human of the district ever had another unique id."""
        return self.once("renumbered", lambda: self._store.kept.history.any_renumbered(self.district))

    def now_called(self, fact: str, value: str) -> str:
        """The unique id (a stored fact) that a human has now who had another one before.

        An id that somebody has now is theirs, and one that nobody had whom the caller sees stays as it is.
        """
        if not (self.renumbered and self._store.kept.history.formerly(self.district, fact, value)):
            return value
        with self._store.lend(self.district) as kept:
            before = kept.history.formerly(self.district, fact, value)
            session = Session(kept, self.base)
            if any(self.finds(session, Person, i) for i in kept.history.called(self.district, fact, value)):
                return value
            return next((now for identity, now in before if self.finds(session, Person, identity)), value)

    def finds(self, session: Session, record: type[Record], identity: str) -> bool:
        """Whether a record with this hub id is seen."""
        asked = Question(record, (), where=HubId(record).is_(Arg("wanted")))
        found = self.prepare(asked, ("finds", record.__name__))
        return session.count(found, {"wanted": identity}, shown=False) > 0
