"""What sources and the hub itself say of records, so that each fact comes from the first of them who says anything.

A record that one source brought and nobody overwrote is what that source says, and nothing is kept of it here: whose
reading made a record is told by the number of its making (`moment`). Once a second claimant joins it, or the hub's own
say is put above the source's, what each says is kept (`Sayings`), the first one's as the record has it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ..errors import Conflict, NotFound
from ..fields import RECORDS, Record, Ref
from ..model.organisation import School
from ..model.people import Person
from .kept.sayings import ABOVE, BELOW, HUB, Say
from .numbering import UNIQUE_IDS, gave
from .parts import parts_of
from .precedence import (
    Order,
    above,
    differences,
    facts_of,
    is_deleted,
    of_sources,
    stamps_of,
    told_by_sources,
    values_of,
)
from .renumbering import renumber

if TYPE_CHECKING:
    from .writing import Batch

Row = Mapping[str, Any]

NEVER_BLANK = frozenset({"mis_id", "xid", "estab", *UNIQUE_IDS})
"""What the hub gives where nobody says it."""


class Claims:
    """Who says what of the records of a district, within a transaction."""

    def __init__(self, batch: Batch) -> None:
        self._batch = batch
        self._kept = batch.kept.sayings
        self._district = batch.district
        self._ahead: dict[str, tuple[dict[str, Any] | None, list[Say]]] = {}
        self._makers: dict[int, str | None] = {}

    @cached_property
    def order(self) -> Order:
        """The order in which the sources are asked."""
        return Order(self._batch.kept.sources.standing(self._district))

    @cached_property
    def fed(self) -> bool:
        """Whether any source ever brought anything of the district."""
        return self._kept.fed(self._district)

    @cached_property
    def any(self) -> bool:
        """Whether anything is kept of what is said."""
        return self._kept.any(self._district)

    @cached_property
    def deleted(self) -> set[str]:
        """The records that sources have and the hub holds deleted, by hub id."""
        return set(self._kept.deleted(self._district)) if self.any else set()

    # ---- who says what

    def look_ahead(self, record: type[Record], ids: Sequence[str]) -> None:
        """Read at once what is known of records that are joined or corrected next, each once."""
        rows = {row["id"]: row for row in self._batch.kept.records.with_ids(record, self._district, ids)}
        says = self.kept(record, ids)
        self._makers |= self._kept.makers(self._district, {row["made"] for row in rows.values()})
        self._ahead = {identity: (rows.get(identity), says.get(identity, [])) for identity in ids}

    def row(self, record: type[Record], identity: str) -> dict[str, Any] | None:
        """A record as it is; of one that was looked at ahead, as it was then."""
        known = self._ahead.get(identity)
        return known[0] if known else self._batch.get(record, identity)

    def taken(self, record: type[Record], identity: str) -> dict[str, Any] | None:
        """The same of a record that is about to be changed, so that it is read again after that."""
        row = self.row(record, identity)
        self._ahead.pop(identity, None)
        return row

    def done(self) -> None:
        """Forget what was read ahead."""
        self._ahead = {}

    def _made_by(self, number: int) -> str | None:
        """The source of whose reading a write was."""
        if number not in self._makers:
            return self._kept.maker(self._district, number)
        return self._makers[number]

    def kept(self, record: type[Record], ids: Sequence[str]) -> dict[str, list[Say]]:
        """What is said of those of these records of which that is kept."""
        return self._kept.of(self._district, record, ids) if self.any and ids else {}

    def of(self, record: type[Record], identity: str, row: Row | None) -> list[Say]:
        """What each claimant says of a record (`row`, as it is): the source that brought it, where nothing is kept."""
        if row is None:
            return self.kept(record, [identity]).get(identity, [])
        if identity in self._ahead:
            kept, maker = self._ahead.pop(identity)[1], self._made_by(row["made"])
            return kept or ([self._first(record, row, maker, "")] if maker else [])
        kept, maker = self._kept.known(self._district, record, identity, row["made"])
        return kept or ([self._first(record, row, maker, "")] if maker else [])

    def chosen(self, record: type[Record], says: Sequence[Say]) -> dict[str, Say]:
        """For each fact that anybody says of a record, the claimant from whom it is taken."""
        return self.order.chosen(record, says, self._stands(record))

    def maker(self, record: type[Record], identity: str) -> str | None:
        """The source whose reading made a record; none where it was no reading, or nobody knows."""
        row = self.row(record, identity)
        return self._made_by(row["made"]) if row else None

    def _first(self, record: type[Record], row: Row, source: str, key: str) -> Say:
        facts = facts_of(record, row)
        for name in UNIQUE_IDS if record is Person else ():
            if gave(facts.get(name)):
                del facts[name]
        return Say(source, key, facts, row["made"], stamps_of(record, row, facts))

    # ---- what sources say

    def join(self, record: type[Record], identity: str, source: str, key: str, facts: Row) -> None:
        """Let another row of a source be one of a record that is there, and say these facts of it."""
        row = self.row(record, identity)
        says = self.of(record, identity, row)
        if not says and row is not None:
            says = [self._first(record, row, HUB, BELOW)]
        if any(say.source == source and say.key == "" for say in says):
            # It is known by two keys to one source, of which the first must be told apart from this one.
            known = self._batch.kept.matches.keys_of(self._district, source, record.__name__, [identity])
            says = self._named(says, [(source, one) for one in known.get(identity, ())])
        self.tell(record, identity, says, source, key, facts, row=row)

    def tell(
        self,
        record: type[Record],
        identity: str,
        says: Iterable[Say],
        source: str,
        key: str,
        facts: Row,
        former: str | None = None,
        row: Row | None = None,
    ) -> None:
        """Let a source say these facts of a record, and none that it said before by this key, or a `former` one.

        `row` is the record as it is, where the caller has it.
        """
        was = list(says)
        before = _by_key(was, source, key if former is None else former)
        others = [say for say in was if say is not before]
        self._put(record, identity, was, [*others, self._said(before, source, key, facts)], row)

    def _said(self, before: Say | None, source: str, key: str, facts: Row) -> Say:
        known = {name: value for name, value in facts.items() if value is not None}
        if before is None:
            return Say(source, key, known, self._number, {})
        same = {n for n, v in known.items() if n in (before.facts or {}) and (before.facts or {})[n] == v}
        since = {n: before.since(n) if n in same else self._number for n in known}
        return Say(source, key, known, before.made, since)

    def withhold(self, record: type[Record], identity: str, source: str, key: str, facts: Row) -> None:
        """Hold a record deleted that a source has now, since it is a part of one that is."""
        said = self._said(None, source, key, facts)
        self._store(record, identity, [said, Say(HUB, ABOVE, None, self._number, {})])
        self.deleted.add(identity)

    def withdraw(self, record: type[Record], identity: str, says: Iterable[Say], source: str, key: str) -> None:
        """Let a source say nothing more of a record by a key: without any other claimant the record goes."""
        was = list(says)
        self._put(record, identity, was, [say for say in was if say is not _by_key(was, source, key)])

    # ---- sources that go

    def _named(self, says: list[Say], keys: Iterable[tuple[str, str]]) -> list[Say]:
        """What is said, with the key of the row that a record was made of, where that is known."""
        by = {source: [key for of, key in keys if of == source] for source in {say.source for say in says}}
        return [
            say._replace(key=by[say.source][0]) if say.key == "" and len(by[say.source]) == 1 else say for say in says
        ]

    def forget(self, source: str) -> None:
        """Let nothing more be kept of what a source says; a record that nobody else tells of stays the hub's own."""
        for name, identity in self._kept.of_source(self._district, source):
            record = RECORDS[name]
            says = [say for say in self.kept(record, [identity])[identity] if say.source != source]
            self._store(record, identity, says if of_sources(says) else [])

    @cached_property
    def _number(self) -> int:
        """The number since which is said what is news in this transaction."""
        return self._batch.tick()[0]

    # ---- what the hub says

    def overwrite(self, record: type[Record], before: Row, different: Row) -> None:
        """The hub has changed facts of a record: where sources tell of it, the hub says them above these from now on.

        What comes to be what the sources say is theirs again.
        """
        says = self.of(record, before["id"], before) if self.fed else []
        if not of_sources(says):
            return
        held = above(says) or Say(HUB, ABOVE, {}, self._batch.last, {})
        others = [say for say in says if say is not held]
        below = self.order.effective(record, others, self._stands(record))
        told, facts, since = told_by_sources(says), dict(held.facts or {}), {n: held.since(n) for n in held.facts or ()}
        for name, value in differences(before, different):
            facts.pop(name, None)
            if below.get(name) != value and (name in told or name in record.fields):
                facts[name], since[name] = value, self._batch.last
        self._keep(record, before, [*others, *([held._replace(facts=facts, changed=since)] if facts else [])])

    def gone(self, record: type[Record], before: Row, *, quoted: bool) -> None:
        """A record goes; where it was the hub that deleted it, and sources have it, it is held deleted from now on."""
        identity = before["id"]
        says = self.of(record, identity, before) if self.fed and not quoted else []
        if of_sources(says):
            others = [say for say in says if say is not above(says)]
            self._store(record, identity, [*others, Say(HUB, ABOVE, None, self._batch.last, {})])
            self.deleted.add(identity)
            return
        if self.any:
            self._kept.drop(self._district, record, identity)
        if self.fed:
            # What went as a part of another record is in no source's list of what is gone.
            self._batch.kept.sources.forget_record(self._district, record, identity)

    def release(self, record: type[Record], identity: str, names: Iterable[str] = ()) -> list[str]:
        """Let a record be what its sources say, in these facts or in all that the hub says above; gives which.

        One that the hub holds deleted is there again, under the same id, with what was deleted as a part of it. Raises
        `NotFound` where nothing is held.
        """
        says, wanted = self.kept(record, [identity]).get(identity, []), set(names)
        held = above(says)
        if held is None or not wanted <= (held.facts or {}).keys():
            raise NotFound(f"the hub holds nothing like that above the sources of {record.__name__} {identity}")
        free = wanted or set(held.facts or ())
        stays = {name: value for name, value in (held.facts or {}).items() if name not in free}
        others = [say for say in says if say is not held]
        with self._batch.quoting():
            self._put(record, identity, says, [*others, *([held._replace(facts=stays)] if stays else [])])
        if held.facts is None:
            self._release_parts(record, identity, held)
        return sorted(free)

    def _release_parts(self, record: type[Record], identity: str, held: Say) -> None:
        at = self._kept.when(self._district, held.made)
        for part, name in parts_of(record):
            for one, says in self.kept(part, list(self.deleted)).items():
                gone = above(says)
                whole = {say.facts.get(name) for say in says if say.facts}
                if (
                    gone
                    and gone.facts is None
                    and identity in whole
                    and self._kept.when(self._district, gone.made) == at
                ):
                    self.release(part, one)

    def gather(self, record: type[Record], identity: str, was: Iterable[Say], now: Iterable[Say]) -> None:
        """Let this be what is said of a record, in the place of what was: of two records one is made, say."""
        self._put(record, identity, list(was), list(now))

    def settle(self, source: str) -> None:
        """Work out again every record of which a source says something, after its precedence or what it may say."""
        with self._batch.quoting():
            for name, identity in self._kept.of_source(self._district, source):
                record = RECORDS[name]
                says = self.kept(record, [identity])[identity]
                self._put(record, identity, says, says)

    # ---- what comes of it

    def _put(self, record: type[Record], identity: str, was: list[Say], now: list[Say], row: Row | None = None) -> None:
        """Keep what is said of a record, and make the record so."""
        before = row or self._batch.get(record, identity)
        now = self._agreed(record, now)
        if not self.order.holds(record, now):
            self._kept.drop(self._district, record, identity)
            self.deleted.discard(identity)
            if before is not None:
                self._batch.remove(record, identity)
        elif is_deleted(now):
            self._store(record, identity, now)
        elif before is None:
            self._make(record, identity, now)
        else:
            self._correct(record, before, was, now)
            self._keep(record, before, now)

    def _agreed(self, record: type[Record], says: list[Say]) -> list[Say]:
        """Let the hub no longer say above the sources what they say too."""
        held = above(says)
        if held is None or held.facts is None:
            return says
        others = [say for say in says if say is not held]
        below = self.order.effective(record, others, self._stands(record))
        facts = {name: value for name, value in held.facts.items() if below.get(name) != value}
        return [*others, held._replace(facts=facts)] if facts else others

    def _correct(self, record: type[Record], before: Row, was: Sequence[Say], now: Sequence[Say]) -> None:
        named = {name for say in (*was, *now) for name in say.facts or ()}
        found = self.order.effective(record, now, self._stands(record))
        facts = {n: found.get(n) for n in named if n in found or n not in NEVER_BLANK}
        numbers = {n: facts.pop(n) for n in UNIQUE_IDS if record is Person and n in facts}
        if record is School and self._batch.kept.schools.has_estab(facts.get("estab") or "", before["id"]):
            # A school is found by its number: none gets that of another by saying so later.
            del facts["estab"]
        self._batch.correct(record, before["id"], values_of(before, facts), before)
        self._renumber(before, {n: v for n, v in numbers.items() if v and before[n] != v})

    def _renumber(self, before: Row, numbers: dict[str, str]) -> None:
        called = self._batch.kept.history.called
        free = {fact: value for fact, value in numbers.items() if not called(self._district, fact, value)}
        if free:
            renumber(self._batch, before["id"], free)

    def _make(self, record: type[Record], identity: str, now: list[Say]) -> None:
        """A record that was held deleted is there again."""
        facts = self.order.effective(record, now, self._stands(record))
        lost = [n for n, ref in record.refs().items() if ref.part_of and facts.get(n) is None]
        if lost and any(n in (say.facts or {}) for n in lost for say in now):
            raise Conflict(f"what {record.__name__} {identity} is a part of is deleted too", hint="release that first")
        blank = {"remainder": None}
        self._batch.add(record, [{**values_of(blank, facts), "id": identity}])
        self.deleted.discard(identity)
        self._store(record, identity, now)

    def _stands(self, record: type[Record]) -> Any:
        """Tells whether a value can be a fact of a record: nothing refers to what is gone."""

        def stands(name: str, value: Any) -> bool:
            fact = record.fields.get(name)
            return not isinstance(fact, Ref) or (value not in self.deleted and self._batch.there(fact.target, value))

        return stands

    def _keep(self, record: type[Record], before: Row, says: list[Say]) -> None:
        """Keep what is said of a record, unless it is said by the source alone that brought it, or by none any more."""
        own = len(says) == 1 and says[0].source == self._made_by(before["made"])
        self._store(record, before["id"], says if of_sources(says) and not own else [])

    def _store(self, record: type[Record], identity: str, says: list[Say]) -> None:
        if says:
            self._kept.put(self._district, record, identity, says)
            self.any = True
        elif self.any:
            self._kept.drop(self._district, record, identity)


def _by_key(says: Iterable[Say], source: str, key: str) -> Say | None:
    """What a source says by a key; the row that a record was made of has none here until the source says it again."""
    own = [say for say in says if say.source == source and say.key in (key, "")]
    return next((say for say in own if say.key == key), own[0] if own else None)
