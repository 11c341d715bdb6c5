"""Erasing a human: what would go and what stays, doing so, and ending it once apps have been told.

Records go in one transaction, with what is kept beside them; after that what passes, the ledger, and last what lies
about in files. Each of these may be done again, so whoever is interrupted does it again.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from ...errors import NotFound, Problem
from ...fields import RECORDS
from ...model.people import Person
from ...model.research import HUB, CountedStudent
from ...model.students import Student
from ...store.kept import Kept
from ...store.kept.erasures import Erasure
from ...store.numbering import new_id, now
from ...store.port import Store
from ...store.writing import Batch
from ..folders import forget_readings
from .documents import Naming, cut_out, kinds_of, naming
from .gathering import Found, counted, gather, of_research, words
from .returning import HUMANS, PURPOSE, digest

_HUB_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

TELL_DAYS = 30
"""For how many days apps are told by which ids they knew somebody who was erased, unless another number is given."""


@dataclass(frozen=True)
class Preview:
    """What goes with somebody, by kind; documents that only name them; and what stays, with the reason."""

    district: int
    person: str
    called: str
    gone: Mapping[str, int]
    edited: Mapping[str, int]
    stays: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Erased:
    """What was done: the erasure's id, what went, what was taken out beside the records, and what is left to do."""

    id: str
    gone: Mapping[str, int]
    beside: Mapping[str, int]
    until: str
    overwritten: bool


@dataclass(frozen=True)
class _Scope:
    """What is about somebody in a district."""

    district: int
    person: str
    found: Found
    subjects: Found
    named: Naming
    words: frozenset[str]

    @property
    def ids(self) -> frozenset[str]:
        """The hub ids of all records that go, and of roles that went before."""
        return frozenset((*(one for _, one in (*self.found, *self.subjects)), *self.humans))

    @property
    def humans(self) -> frozenset[str]:
        """The hub ids of the humans and their roles, also of those that they had."""
        return frozenset(one for one in self.words if _HUB_ID.fullmatch(one))

    @property
    def gone(self) -> Counter[str]:
        """How many records of each kind go."""
        goes = (RECORDS[kind].__name__ for kind, _ in (*self.found, *self.subjects))
        documents = (f"document in {resource}" for resource, whole in kinds_of(self.named) if whole)
        return Counter((*goes, *documents))

    @property
    def edited(self) -> Counter[str]:
        """How many documents of each resource are about others and name them."""
        return Counter(resource for resource, whole in kinds_of(self.named) if not whole)


def _scope(kept: Kept, district: int, person: str) -> _Scope:
    found = gather(kept, district, person)
    if not found:
        raise NotFound(Problem("person", f"{person[:60]} is nobody in this district", "it may be that they are erased"))
    known = frozenset(words(kept, found))
    there = {identity for _, identity in found}
    named = naming(kept, district, sorted(there | known), there)
    return _Scope(district, person, found, of_research(kept, district, found), named, known)


def foretell(store: Store, district: int, person: str) -> Preview:
    """What erasing a human (hub id) of a district would do; nothing is changed. Raises `NotFound`."""
    with store.lend() as kept:
        scope = _scope(kept, district, person)
        row = scope.found[Person.__name__, person]
        called = " ".join(filter(None, (row["forename"], row["surname"])))
        told = _stays(kept, scope)
    return Preview(district, person, called, scope.gone, scope.edited, tuple(told))


def _stays(kept: Kept, scope: _Scope) -> list[tuple[str, str]]:
    addresses = [row[name] for row in scope.found.values() for name in ("home_email", "work_email") if row.get(name)]
    accounts = [one for one in addresses if kept.accounts.by_email(one) is not None]
    free = ("texts about others that may name them", "nobody but a reader can find a name in a sentence: search for it")
    return [
        ("the ledger of disclosures", "it proves what was told to whom; it names them no longer"),
        ("what apps and sources hold", "apps are told that the records are gone; sources have to be told by you"),
        ("backups made before", "they cannot be changed; after a restore, people are erased again by the list"),
        free,
        *(
            (f"the account {one}", "it is how somebody signs in; take its roles with `rollbook accounts`")
            for one in accounts
        ),
    ]


# ---- doing so


def erase(
    store: Store,
    district: int,
    person: str,
    *,
    by: str,
    why: str = "",
    tell_days: int = TELL_DAYS,
    tidy: bool = True,
) -> Erased:
    """Erase a human (hub id) of a district; raises `NotFound` where there is none.

    For some days apps that follow changes are told of what is gone by the ids that they knew it by. Unless it is to
    `tidy`, what held it in files is written anew later.
    """
    until = _later(now(), tell_days)
    with store.of_districts((district, HUB)) as kept:
        scope = _scope(kept, district, person)
        identity, beside = new_id(), Counter[str]()
        told = Erasure(identity, mark(store, person), now(), by, why, scope.gone, until)
        beside.update(_from_records(store, kept, scope, told))
    with store.passing as passing:
        beside.update(passing.traces.scrub(scope.words, store.clock()))
    store.ledger.fold()
    beside["people of the ledger"] = store.ledger.forget(scope.ids)
    forget_readings(store.folder)
    if not tell_days:
        end_due(store)
    return Erased(identity, scope.gone, +beside, until, tidy and tidied(store))


OVERWRITE = "overwrite"
"""The setting that says that files still hold what was deleted, in places that nothing is kept in."""


def tidied(store: Store) -> bool:
    """Leave nothing of what was deleted in files; where somebody is in the way, a worker does it later."""
    done = store.overwrite()
    if done != (store.setting(OVERWRITE) in (None, "")):
        store.set(OVERWRITE, "" if done else "due")
    return done


def tidy_later(store: Store) -> None:
    """Have a worker write the files anew: whoever waits for an answer does not wait for that."""
    store.set(OVERWRITE, "due")


def mark(store: Store, person: str) -> str:
    """By what somebody is known on the list of those who were erased: it leads nowhere without the hub's secret."""
    return digest(store.secret(PURPOSE), person)


def _later(at: str, days: int) -> str:
    moment = datetime.fromisoformat(at).replace(tzinfo=UTC) + timedelta(days=days)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3]


def _from_records(store: Store, kept: Kept, scope: _Scope, told: Erasure) -> Counter[str]:
    """Take somebody out of the records, and out of what is kept beside them; gives how much of that went."""
    district, secret, erasures = scope.district, store.secret(PURPOSE), kept.erasures
    keys = erasures.keys(district, scope.ids)
    erasures.add(district, told)
    erasures.keep_out(district, told.id, (digest(secret, *one) for one in keys if one[1] in HUMANS))
    beside = Counter(_sources(kept, scope, {source for source, _, _ in keys}))
    batch = Batch(kept, district)
    hub = batch.beside(HUB) if district != HUB else batch
    # Gone as if no source had ever said it: nothing is held of what they say.
    with batch.quoting(), hub.quoting():
        _remove(batch, hub, scope)
    batch.settle()
    hub.settle()
    stones = erasures.stones(district, scope.ids, scope.words)
    erasures.silence(district, told.id, stones)
    erasures.unregister(district, [row["made"] for (kind, _), row in scope.found.items() if kind == Student.__name__])
    beside.update(erasures.scrub(district, scope.ids, scope.words))
    beside["sayings"] += erasures.unsay(district, scope.humans)
    _undraft(kept, scope)
    return beside


def _remove(batch: Batch, hub: Batch, scope: _Scope) -> None:
    cut_out(batch, scope.named)
    for one in counted(batch.kept, scope.district, scope.found):
        # That somebody was counted stays true; who, nobody can say any more.
        hub.change(CountedStudent, one, {"of_student": new_id()})
    for kind, identity in scope.subjects:
        hub.remove(RECORDS[kind], identity)
    # What is found first is what the others are about, and goes last: so each tombstone has its whole key.
    for kind, identity in reversed(scope.found):
        batch.remove(RECORDS[kind], identity)


def _sources(kept: Kept, scope: _Scope, told: set[str]) -> dict[str, int]:
    """Drop what sources asked to keep that told of somebody; gives how many sources have to say everything again."""
    known, dropped = [word.encode() for word in scope.words], 0
    for source in kept.erasures.sources(scope.district):
        names = kept.erasures.files(scope.district, source)
        held = (kept.sources.file(scope.district, source, name) or b"" for name in names)
        if names and (source in told or any(word in data for data in held for word in known)):
            kept.erasures.drop_files(scope.district, source)
            dropped += 1
    return {"files of sources": dropped} if dropped else {}


def _undraft(kept: Kept, scope: _Scope) -> None:
    """Take somebody out of the lists that schools are just choosing."""
    for (kind, _), row in scope.found.items():
        drafting = kept.choices.drafting(kind, scope.district, row["school"]) if RECORDS[kind].human else ()
        for grant, person in drafting:
            draft, gone = kept.choices.drafts(grant, person)[kind], {row["mis_id"]}
            less = replace(draft, people=draft.people - gone, without=draft.without - gone)
            kept.choices.keep_drafts(grant, person, {kind: less})


# ---- ending it, and undoing a part of it


def end_due(store: Store, at: str = "") -> int:
    """Forget by which ids apps knew those of whom they were told long enough; gives of how many erasures."""
    ended = store.kept.erasures.due(at or now())
    for district, identity in ended:
        with store.of_district(district) as kept:
            told = kept.erasures.told(district, identity)
            kept.erasures.end(district, identity, now())
        # Whoever asked what is gone was told of them meanwhile.
        store.ledger.fold()
        store.ledger.forget(told)
    return len(ended)


def let_back(store: Store, district: int, erasure: str) -> int:
    """Let sources bring somebody again who was erased; gives by how many keys they knew them. Raises `NotFound`."""
    with store.of_district(district) as kept:
        if all(one.id != erasure for one in kept.erasures.of_district(district)):
            raise NotFound(Problem("erasure", f"{erasure[:60]} is no erasure", "`rollbook people erasures` lists them"))
        return kept.erasures.let_back(district, erasure)


def again(store: Store, listed: frozenset[str], by: str) -> int:
    """Erase those again who are on a list of marks, after a restore; gives how many."""
    key, count = store.secret(PURPOSE), 0
    for one in store.kept.schools.districts():
        for person in sorted(store.kept.records.ids(Person, one.number)):
            if digest(key, person) in listed:
                erase(store, one.number, person, by=by, why="erased again after a restore")
                count += 1
    return count
