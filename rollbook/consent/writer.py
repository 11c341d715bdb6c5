"""Changing records for one app: nothing that its grants do not hold is written, changed or removed."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any, TypeVar

from ..errors import NotHeld
from ..fields import RECORDS, Arg, Question, Record, Told
from ..model.organisation import School
from ..model.people import Person
from ..recent import once
from ..scopes import ANYONE, Need
from ..store.kept.pointers import Pointer
from ..store.numbering import UNIQUE_IDS, now
from ..store.writing import Batch
from .district import DistrictReader
from .forwarding import Forwarding
from .pending import Pending
from .rights import Rights, lacking, unwritable
from .session import Session
from .shared import SHARED
from .slips import names

Found = TypeVar("Found")

Row = dict[str, Any]
Dependent = tuple[type[Record], str]
"""A kind of record, and the reference by which it leads to another one."""


class Writer:
    """Writes to one district within one transaction.

    A record is written only where the school granted its write scope, a fact only where it granted the fact's too.
    """

    def __init__(self, batch: Batch, reader: DistrictReader) -> None:
        self._batch = batch
        self.reader = reader
        self.session = Session(batch.kept, reader.base)
        self.forwarding = Forwarding(batch, reader.credential)
        self._returning: dict[str, dict[str, Any]] = {}
        self._adopted: set[str] = set()
        self._found: dict[object, Any] = {}
        self._found_at: object = None

    @cached_property
    def pending(self) -> Pending:
        """The humans of the app who have no role."""
        return Pending(self._batch.beside(SHARED), self.reader.app.id)

    # ---- what is there

    def once(self, key: object, make: Callable[[], Found]) -> Found:
        """What is found once, until the next change."""
        state = self._batch.writes, len(self._adopted), self.reader.sight.veils
        if self._found_at != state:
            self._found, self._found_at = {}, state
        return once(self._found, key, make)

    def settle(self) -> None:
        """Write down what follows from what was written, as at the end: it can be read then as others will see it."""
        self._batch.settle()

    def find(self, record: type[Record], **facts: Any) -> list[Row]:
        """The records of the district with these stored facts, whoever may see them, oldest first."""
        return self._batch.kept.records.find(record, self.reader.district, facts)

    def get(self, record: type[Record], identity: str) -> Row | None:
        """A record by its hub id, whoever may see it."""
        return self.once(("row", record, identity), lambda: self._batch.get(record, identity)) if identity else None

    def sees(self, record: type[Record], identity: str) -> bool:
        """Whether the app may see a record, as things stand within the transaction.

        A human who is seen is on the line of the request, since its answer depends on them, taken or refused.
        """
        seen = self.once(("sees", record, identity), lambda: self.reader.finds(self.session, record, identity))
        if seen and (record.human or record is Person):
            names(identity)
        return seen

    # ---- changing

    def add(self, record: type[Record], values: Mapping[str, Any], *, taken: bool = False) -> str:
        """A new record; gives its hub id. `taken` when something has its natural key that the app does not see."""
        self.may(record, values.get("school"), values)
        if values.get("person") in self._adopted and not self.reader.holds(values.get("school"), record.human_writing):
            raise NotHeld(unwritable(record.human_writing))
        identity = self._batch.add(record, [values])[0]
        if record.human and values.get("person"):
            self._joined(record, identity, values["person"], values.get("school"))
        if (taken or self._batch.alone(record, values)) and not self._batch.veiled(identity):
            self._veil(record, identity)
        return identity

    def _joined(self, role: type[Record], identity: str, person: str, school: str | None) -> None:
        """Veil a role of a human who is veiled, or who has it at the school already where the app cannot see it."""
        if self._batch.veiled(person) or self._crowded(role, identity, person, school):
            self._veil(role, identity)
        known = self._returning.pop(person, None)
        if known:
            may = self.rights(Person, person, role=role).may
            self._batch.change(Person, person, {n: v for n, v in known.items() if may(n)})

    def _crowded(self, role: type[Record], identity: str, person: str, school: str | None) -> bool:
        """Whether a human has a role at a school already where the app cannot see it."""
        others = (row["id"] for row in self.find(role, person=person, school=school) if row["id"] != identity)
        return not all(self.sees(role, other) for other in others)

    def _veil(self, record: type[Record], identity: str) -> None:
        """Let nobody else see a record whose natural key something has that the app may not see."""
        self._batch.veil(record, identity, self.reader.app.id, shown=True)
        self.reader.heed_veils()

    def change(
        self, record: type[Record], identity: str, values: Mapping[str, Any], role: type[Record] | None = None
    ) -> bool:
        """Change facts of a record; tells whether any differed. What the app may not write, it does not empty.

        A fact that has a value and may not be written is refused, whatever is stored: otherwise a right guess would be
        answered like no change at all. A human is changed through a `role`, or through any that they have: only where
        a school that has them in that role granted the fact.
        """
        rights = self.rights(record, identity, values, role)
        self._require(record, rights, values)
        allowed = {n: v for n, v in values.items() if n not in record.fields or rights.may(n)}
        return self._batch.change(record, identity, allowed)

    def entail(self, record: type[Record], identity: str, values: Mapping[str, Any]) -> bool:
        """Change what follows from an allowed change, whoever may see it."""
        return self._batch.change(record, identity, values)

    def rights(
        self,
        record: type[Record],
        identity: str = "",
        values: Mapping[str, Any] | None = None,
        role: type[Record] | None = None,
    ) -> Rights:
        """What the app may write of a record, or, without an `identity`, of a new one with these values."""
        if record is Person:
            return self._rights_of_human(identity, role)
        before = self._batch.get(record, identity) if identity else None
        # A record that moves from one school to another is written at both.
        rows = [row for row in (before, values) if row is not None and "school" in row]
        schools = {row["school"] for row in rows} or {identity if record is School and identity else None}
        return self.reader.writing(record, frozenset(schools))

    def _rights_of_human(self, identity: str, role: type[Record] | None, *, only_seen: bool = False) -> Rights:
        """What a role in which the app sees a human lets it write, at a school that granted it; or `only_seen`."""
        sight = replace(self.reader.sight, roles=(role,)) if role else self.reader.sight
        roles = self._roles(identity, [kind for kind, _ in sight.ways(None)])
        writable = {kind: views & {*sight.meeting(kind.human_writing)} for kind, views in roles.items()}
        seen = roles if only_seen else writable

        def told(name: str) -> bool:
            ways = sight.ways(Person.fields[name])
            return any({*views} & seen.get(kind, set()) for kind, views in ways)

        def met(need: Need) -> bool:
            return any({*sight.meeting(need & kind.scope)} & views for kind, views in seen.items())

        def needs(name: str) -> Need:
            found = Need(frozenset())
            for kind in seen:
                for fact in kind.fields.values():
                    if isinstance(fact, Told) and fact.fact is Person.fields[name]:
                        found |= fact.need
            return found

        writing = role.human_writing if role else Need(frozenset(w for kind in seen for w in kind.human_writing.ways))
        return Rights(writing, role.scope if role else ANYONE, met, needs, told)

    def _roles(self, identity: str, kinds: Iterable[type[Record]]) -> dict[type[Record], set[int]]:
        """By role, under which views the app sees a human in it."""
        return {
            kind: {
                self.reader.reach[row["school"]]
                for row in self.find(kind, person=identity)
                if row["school"] in self.reader.reach and self.sees(kind, row["id"])
            }
            for kind in kinds
        }

    def adopt(self, identity: str, known_by: str) -> None:
        """Take a human who was told of before any role into the district; their role's school must let it.

        Somebody with the same number (`known_by`) may be there whom the app does not see: then only the app sees this
        one, so that nobody else meets two.
        """
        self._adopted.add(identity)
        row = self.pending.take(identity)
        if self._batch.get(Person, identity):
            # The app saw them here before, and took away the last role that it saw.
            own = (n for n in Person.stored() if n not in UNIQUE_IDS and row[n] is not None)
            self._returning[identity] = {n: row[n] for n in own}
            return
        taken = {fact for fact in UNIQUE_IDS if self.find(Person, **{fact: row[fact]})}
        # A number that the hub drew while they waited may be another human's here.
        self._batch.add(Person, [row | dict.fromkeys(taken - {known_by})])
        # Their record in another district may be out of sight now, and is still theirs.
        self._batch.kept.history.twin_again(identity, self.reader.district)
        if known_by in taken:
            self._veil(Person, identity)

    def bring(self, identity: str, of: int, values: Mapping[str, Any], rest: Mapping[str, Any]) -> None:
        """Take a human whom the app sees in another district (`of`) into this one too, under the same hub id."""
        self._adopted.add(identity)
        if self._batch.get(Person, identity) is None:
            self._batch.add(Person, [{**values, "id": identity, "remainder": json.dumps(rest, ensure_ascii=False)}])
        self._batch.kept.history.twin(identity, (of, self.reader.district))

    def release(self, identity: str, role: type[Record], shown: Mapping[str, Any], *, elsewhere: bool = False) -> None:
        """Let a human whose last role that the app sees is gone wait for another one, with what the app was `shown`.

        Whoever has other roles, is told of by a source, or has facts that the app was not shown, stays in the district
        too. Whom the app still sees in another district (`elsewhere`) does not wait.
        """
        if self.sees(Person, identity):
            return
        told = self._batch.kept.sources.tells_of(self.reader.district, identity)
        row = self._batch.get(Person, identity)
        if row is None:
            return
        whole = all(row[n] is None or n in shown for n in (*Person.stored(), "remainder"))
        if whole and not told and not self.depends(Person, identity):
            self._batch.remove(Person, identity)
            self._batch.kept.history.part_twins(identity, self.reader.district)
        if elsewhere:
            return
        rest = json.loads(shown.get("remainder") or "{}")
        facts = {n: v for n, v in shown.items() if n != "remainder"}
        held = identity if self.pending.holds(identity) else ""
        self.pending.put(role, facts if held else {"id": identity, **facts}, rest, held)

    def shown(self, person: str, role: type[Record], kept: Need) -> dict[str, Any]:
        """What the app sees of a human through a role, and the numbers by which they are known.

        `kept` is what lets it see what has no field.
        """
        row, rights = self._batch.get(Person, person) or {}, self._rights_of_human(person, role, only_seen=True)
        shown = {n: row.get(n) for n in Person.stored() if n in UNIQUE_IDS or rights.may(n)}
        return shown | ({"remainder": row.get("remainder")} if rights.met(kept) else {})

    def depends(self, record: type[Record], identity: str, but: tuple[type[Record], ...] = ()) -> list[Dependent]:
        """How others refer to a record, whoever may see them, less those kinds that go with it."""
        refers, district = self._batch.kept.records.refers, self.reader.district
        found = [
            (other, name)
            for other in RECORDS.values()
            if not other.derived() and other not in but
            for name, ref in other.refs().items()
            if ref.target is record and refers(other, district, name, identity)
        ]
        return [
            (kind, name)
            for other, name in found
            for kind in other.kinds.values() or (other,)
            if kind is other or refers(kind, district, name, identity)
        ]

    def dependents(self, record: type[Record], identity: str, but: tuple[type[Record], ...] = ()) -> list[str]:
        """The kinds of record of which the app sees one that refers to a record, less those that go with it."""
        found = self.depends(record, identity, but)
        return list(dict.fromkeys(other.__name__ for other, name in found if self._sees_one(other, name, identity)))

    def _sees_one(self, record: type[Record], name: str, identity: str) -> bool:
        asked = Question(record, (), where=record.refs()[name].is_(Arg("wanted")))
        if not self.reader.sees(asked.where):
            return False
        plan = self.reader.prepare(asked, ("refers", record.__name__, name))
        return self.session.count(plan, {"wanted": identity}) > 0

    def drop(
        self, record: type[Record], identity: str, but: tuple[type[Record], ...] = (), *, holds: bool = False
    ) -> None:
        """Delete a record on which nothing depends that the app sees; `holds` when something is known to depend on it.

        Where something does that the app may not see, the record stays for everybody else: a refusal would tell that
        there is something, and a deletion would take it along.
        """
        before = self._batch.get(record, identity) or {}
        self.may(record, before.get("school") or (identity if record is School else None), {})
        if holds or self.depends(record, identity, but):
            self._batch.veil(record, identity, self.reader.app.id, shown=False)
            self.reader.heed_veils()
        else:
            self._batch.remove(record, identity)

    def known_by(self, record: type[Record], identity: str) -> list[tuple[type[Record], str, dict[str, Any]]]:
        """The records whose natural key leads through a record, each with the key that it has now."""
        found: list[tuple[type[Record], str, dict[str, Any]]] = []
        for other in (r for r in RECORDS.values() if not r.derived()):
            steps = {name.split(".")[0] for name in other.natural if "." in name}
            for name in (n for n, ref in other.refs().items() if n in steps and ref.target is record):
                for row in self.find(other, **{name: identity}):
                    kind = other.of_row(row)
                    found.append((kind, row["id"], self._batch.keys(kind, row["id"])))
                    found += self.known_by(kind, row["id"])
        return found

    def remove(self, record: type[Record], identity: str) -> int:
        """Delete a record and all that is part of it; gives how many records went."""
        before = self._batch.get(record, identity) or {}
        self.may(record, before.get("school") or (identity if record is School else None), {})
        return self._batch.remove(record, identity)

    # ---- what documents refer to

    def refer(
        self, resource: str, identity: str, targets: Mapping[str, str], words: Iterable[tuple[str, str]], **known: bool
    ) -> None:
        """Write down what a document refers to, hub ids by path, and the words of lists that it uses."""
        self._batch.kept.pointers.keep(self.reader.district, resource, identity, targets, words, **known)

    def referring(self, identity: str) -> list[Pointer]:
        """The documents that refer to something beside the records' references, whoever may see them."""
        return self._batch.kept.pointers.to(self.reader.district, identity)

    def known_as(self, record: type[Record], identity: str) -> dict[str, Any]:
        """What others know a record by now, as the history would keep it."""
        return self._batch.keys(record, identity)

    def rename(self, record: type[Record], identity: str, values: Mapping[str, Any], *, taken: bool = False) -> bool:
        """Change facts by which a record is known; what is known through it is noted as having another key.

        `taken` when something has the new key that the app does not see. Then the app has what it asked for, and all
        others see what had the key before, and not two.
        """
        knowing = self.known_by(record, identity)
        if taken or self._doubles(record, identity, values):
            self._set_apart((record, identity), *((other, dependent) for other, dependent, _ in knowing))
        changed = self.change(record, identity, values)
        for other, dependent, keys in knowing:
            self._batch.touch(other, dependent, keys)
        return changed

    def _doubles(self, record: type[Record], identity: str, values: Mapping[str, Any]) -> bool:
        """Whether a record with another key is one that only the app can see: by what it leads to, or as a role."""
        before = self._batch.get(record, identity) or {}
        place = ("person", "school")
        comes = record.human and any(before.get(name) != values.get(name) for name in place)
        crowded = comes and self._crowded(record, identity, *(values[name] for name in place))
        return crowded or self._batch.alone(record, values)

    def _set_apart(self, *records: tuple[type[Record], str]) -> None:
        """Let nobody else see records any more, of which each is known by those before it."""
        for record, identity in reversed(records):
            self._batch.set_apart(record, identity, self.reader.app.id)
        self.reader.heed_veils()

    def may(self, record: type[Record], school: str | None, values: Mapping[str, Any]) -> None:
        """Raise `NotHeld` unless the school (or, without one, any of the district) granted this write and its facts."""
        self._require(record, self.rights(record, values={**values, "school": school}), values)

    def _require(self, record: type[Record], rights: Rights, values: Mapping[str, Any]) -> None:
        """Raise `NotHeld` where nothing may be written, or with every fact that has a value and may not be."""
        rights.require()
        refused = [] if rights.met(rights.need) else [lacking(record.__name__, rights.need)]
        asked = [n for n, v in values.items() if n in record.fields and v is not None]
        refused += [lacking(n, rights.needs(n)) for n in asked if not rights.may(n)]
        if refused:
            raise NotHeld(*refused)

    # ---- organisations

    def open_school(self, values: Mapping[str, Any]) -> str:
        """A new school, at which the app is granted what its credential lets through; gives its hub id."""
        if not self.reader.credential.organisations:
            raise NotHeld("This key may not create schools.", hint="use a key whose claim set may, such as EdFiSandbox")
        wanted = values.get("estab")
        kept = self._batch.kept
        taken = wanted and kept.schools.has_estab(wanted)
        estab = wanted if taken else kept.schools.free_estab(wanted, self.reader.district)
        school = self._batch.add(School, [{**values, "estab": estab}])[0]
        if taken:
            self._veil(School, school)
        scopes = self.reader.credential.scopes
        kept.grants.open(str(uuid.uuid4()), self.reader.app.id, self.reader.district, school, scopes, now())
        return school
