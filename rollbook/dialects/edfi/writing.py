"""Writing documents: create, upsert, update and delete, each whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import contextmanager
from typing import Any

from ...consent import Desk, DistrictReader, Holder, Writer, unwritable
from ...consent.credentials import READS_ONLY
from ...consent.waiting import WaitingReader
from ...edfi.declaring import target_of
from ...edfi.documents import Whole
from ...edfi.resources import RESOURCES
from ...edfi.schema import Resource, Word, Written
from ...errors import Conflict, Problem
from ...model.organisation import District, School
from ...model.people import Person
from ...model.vocabulary import Descriptor
from . import problems
from .conditions import EXISTS, Conditions
from .locating import ROLES, UNIQUE_IDS
from .pen import Outcome, Pen, remainder
from .places import Places
from .publishing import publish_of, uris
from .reading import Document, find, find_in, find_quietly, readers_of
from .refusal import Refusal
from .uses import using

ORGANISATIONS = target_of("EducationOrganization")
OTHERS = tuple(r for name in ORGANISATIONS.served if isinstance(r := RESOURCES.get(name), Whole))
"""The kinds of organisation that are neither schools nor districts; no two have one number."""


class Scribe:
    """Writes documents for a holder, in whichever district they belong to."""

    def __init__(self, desk: Desk, holder: Holder, *, only_new: bool = False) -> None:
        self.desk = desk
        self.holder = holder
        self.only_new = only_new
        self.readers: tuple[DistrictReader, ...] = desk.readers.for_holder(holder)
        self.places = Places(self.readers)
        if not holder.credential.writes:
            raise Refusal(problems.not_allowed(READS_ONLY))

    def may(self, resource: Resource) -> None:
        """Raise unless some school lets the app write documents like this."""
        if not (any(r.sight.meeting(resource.writing) for r in self.readers) or self.founds(resource)):
            raise Refusal(problems.not_allowed(unwritable(resource.writing)))

    def founds(self, resource: Resource) -> bool:
        """Whether a document needs no school's leave: a descriptor, or what whoever makes districts begins with."""
        first = resource.of in (District, School) or not self.readers
        return resource.of is Descriptor or (self.holder.credential.organisations and first)

    # ---- create and upsert

    def post(self, resource: Resource, document: Mapping[str, Any]) -> Outcome:
        """Create a document, or update the one that has its natural key."""
        self.may(resource)
        written = resource.unshape(document)
        self.check(written.words)
        if resource.of is Descriptor:
            return self.post_word(resource, document, written)
        if resource.of is District:
            return self.post_district(resource, document, written)
        if resource.of is Person:
            return self.post_person(resource, document, written)
        if resource.of is School:
            return self.post_school(resource, document, written)
        if isinstance(resource, Whole):
            return self.post_whole(resource, document, written)
        with self.desk.writers.in_district(self.holder, self.places.district(resource, document)) as writer:
            return self.wanted(Pen(resource, writer, self.places).post(document, written))

    def post_whole(self, resource: Whole, document: Mapping[str, Any], written: Written) -> Outcome:
        """A document that is kept whole: where what it names is; what names no place is the first district's."""
        if not self.readers:
            raise Refusal(problems.not_allowed(unwritable(resource.writing)))
        if resource.name in ORGANISATIONS.served:
            for member, number in resource.key(document).items():
                self.free(resource.singular, member, number, resource)
        refused: Refusal | None = None
        for district in self.whereabouts(resource, document):
            try:
                with self.desk.writers.in_district(self.holder, district) as writer:
                    return self.wanted(Pen(resource, writer, self.places).post(document, written))
            except Refusal as refusal:
                refused = refused or refusal
        assert refused is not None
        raise refused

    def whereabouts(self, resource: Whole, document: Mapping[str, Any]) -> list[int]:
        """The districts in which a document may be: that of an organisation that it names, or each in turn."""
        every = [reader.district for reader in self.readers]
        named = self.places.named(resource, document)
        if named is not None or len(every) == 1:
            return [named if named is not None else every[0]]
        known = self.known(resource, document)
        if known is None:
            return every
        return [reader.district for reader in self.readers if find_quietly(resource, [reader], known)]

    def wanted(self, outcome: Outcome) -> Outcome:
        """What became of a write, unless the caller only wanted to create."""
        if self.only_new and not outcome.created:
            raise Refusal(EXISTS)
        return outcome

    def post_word(self, resource: Resource, document: Mapping[str, Any], written: Written) -> Outcome:
        """A descriptor, which every district shares."""
        publish_of(self.desk, resource)
        with self.desk.writers.shared() as batch:
            shared = self.desk.readers.shared()
            with shared.session() as session:
                args = resource.key_args(resource.key(document))
                known = find_in(resource, shared, session, resource.keyed, args, "key")
            if known is None:
                values = {**written.values, **resource.first(written.values), "remainder": self.signature()}
                return Outcome(batch.add(Descriptor, [values])[0], True)
            if self.added(batch.get(Descriptor, known.id)):
                batch.change(Descriptor, known.id, written.values)
            return self.wanted(Outcome(known.id, False))

    def signature(self) -> str:
        """What a word carries of the app that added it, seen by nobody."""
        return json.dumps({"$app": self.holder.app.id})

    def added(self, word: Mapping[str, Any] | None) -> bool:
        """Whether it was the caller's app that added a word."""
        return word is not None and word["remainder"] == self.signature()

    def own(self, word: Mapping[str, Any] | None) -> None:
        """Raise unless the caller's app added a word: every district uses it."""
        if not self.added(word):
            said = "A descriptor is changed by the app that added it only; published ones stay as they are."
            raise Refusal(problems.not_allowed(Problem("", said)))

    def post_district(self, resource: Resource, document: Mapping[str, Any], written: Written) -> Outcome:
        """A district: one in reach is changed, another one is founded."""
        number = document["localEducationAgencyId"]
        place = self.places.known.get(number)
        if place is not None and place.school is None:
            with self.desk.writers.in_district(self.holder, place.district) as writer:
                return self.wanted(Pen(resource, writer, self.places).post(document, written))
        kept = {"remainder": remainder(resource, None, written.rest)}
        with self.desk.writers.founding(self.holder, {**written.values, **kept}) as writer:
            self.free(resource.singular, "localEducationAgencyId", number)
            return Outcome(writer.find(District)[0]["id"], True)

    def post_school(self, resource: Resource, document: Mapping[str, Any], written: Written) -> Outcome:
        """A school: in the district where it is, in that of its agency, or in one of its own."""
        number, agency = document["schoolId"], document.get("localEducationAgencyReference")
        known = self.places.known.get(number)
        named = self.places.known.get(agency["localEducationAgencyId"]) if agency else None
        if agency and (named is None or named.school):
            said = f"There is no localEducationAgency with localEducationAgencyId = {agency['localEducationAgencyId']}."
            raise Refusal(problems.unresolved(Problem("$.localEducationAgencyReference", said)))
        there = known is not None and known.school is not None
        home = known if there else named
        if home is None:
            with self.desk.writers.founding(self.holder, {"name": document["nameOfInstitution"]}) as writer:
                self.free("school", "schoolId", number)
                return Outcome(Pen(resource, writer, self.places).add(document, written), True)
        if there and named is not None and named.district != home.district:
            identity = home.school or ""
            self.move(resource, identity, home.district, named.district, document, written)
            return self.wanted(Outcome(identity, False))
        with self.desk.writers.in_district(self.holder, home.district) as writer:
            if not there:
                self.free("school", "schoolId", number)
            return self.wanted(Pen(resource, writer, self.places).post(document, written))

    def joins(self, document: Mapping[str, Any], district: int) -> int | None:
        """The number of the district that a school joins, where that is another one than it is in."""
        agency = document.get("localEducationAgencyReference")
        named = self.places.known.get(agency["localEducationAgencyId"]) if agency else None
        return named.district if named is not None and not named.school and named.district != district else None

    def move(
        self,
        resource: Resource,
        identity: str,
        old: int,
        new: int,
        document: Mapping[str, Any],
        written: Written,
    ) -> None:
        """Let a school join another district; raises where its records must stay in the one that it is in."""
        if self.only_new:
            raise Refusal(EXISTS)
        try:
            with self.desk.writers.moving_school(self.holder, identity, old, new) as writer:
                Pen(resource, writer, self.places).change(identity, document, written)
        except Conflict as error:
            said = f"The school cannot join another district: {error.problems[0]}."
            raise Refusal(problems.invalid(Problem("$.localEducationAgencyReference", said))) from error

    def free(self, entity: str, member: str, number: int, of: Resource | None = None) -> None:
        """Raise if an organisation that the caller reaches, of another kind than one, has a number.

        That of one out of reach is answered as a free one.
        """
        if number in self.places.known or any(self.has(other, number) for other in OTHERS if other is not of):
            raise Refusal(problems.not_unique(entity, {member: number}))

    def has(self, resource: Whole, number: int) -> bool:
        """Whether there is an organisation of a kind with a number, in any district."""
        ((member, _, _),) = resource.members()
        return self.known(resource, {member: number}) is not None

    def post_person(self, resource: Resource, document: Mapping[str, Any], written: Written) -> Outcome:
        """A human: whom a district knows is changed there; whom none does waits for the first role.

        They may get that role, or lose their last one, while this waits for its turn to write: then it begins again.
        """
        outcome = None
        while outcome is None:
            known = self.known(resource, document)
            if known is None:
                outcome = self.await_role(resource, document, written)
            elif self.change_each(resource, known, document, written):
                outcome = Outcome(known, False)
        return self.wanted(outcome)

    def await_role(self, resource: Resource, document: Mapping[str, Any], written: Written) -> Outcome | None:
        """Let a human whom no district knows wait for a role; None if one has come to know them meanwhile."""
        fact, role = UNIQUE_IDS[resource.singular], ROLES[resource.singular]
        with self.desk.writers.waiting(self.holder) as pending:
            waiting = pending.find(fact, str(written.values[fact]), role)
            if waiting is None and self.known(resource, document) is not None:
                return None
            kept = waiting["id"] if waiting else ""
            return Outcome(pending.put(role, written.values, told(resource, written), kept), waiting is None)

    def known(self, resource: Resource, document: Mapping[str, Any]) -> str | None:
        """The hub id of the human, or of what is kept whole, with the natural key of a document, in any district."""
        args = resource.key_args(resource.key(document))
        for reader in self.readers:
            with reader.session() as session:
                found = find_in(resource, reader, session, resource.keyed, args, "key")
            if found is not None:
                return found.id
        return None

    def change_each(
        self,
        resource: Resource,
        identity: str,
        document: Mapping[str, Any],
        written: Written,
        check: Callable[[], object] = lambda: None,
    ) -> bool:
        """Change a human in every district that has them, so that all records of one human say the same.

        `check` raises unless the change may still be made now that nobody else can write. Gives whether it was made:
        not where none has them, or others than those that did a moment ago.
        """
        places = self.districts(resource, identity)
        if not places:
            return False
        with self.desk.writers.in_districts(self.holder, places) as writers:
            check()
            if self.districts(resource, identity) != places:
                return False
            for writer in writers:
                Pen(resource, writer, self.places).change(identity, document, written)
        return True

    def districts(self, resource: Resource, identity: str) -> list[int]:
        """The districts that have a human whom the app sees there."""
        return [r.district for r in self.readers if find_quietly(resource, [r], identity)]

    # ---- update and delete

    def put(self, resource: Resource, identity: str, document: Mapping[str, Any], conditions: Conditions) -> None:
        """Update the document with an id."""
        self.may(resource)
        written = resource.unshape(document)
        self.check(written.words)
        if resource.of is Descriptor:
            with self.desk.writers.shared() as batch:
                self.renamed(resource, self.current(resource, identity, conditions), document)
                self.own(batch.get(Descriptor, identity))
                batch.change(Descriptor, identity, written.values)
            return
        if resource.of is Person:
            # They may get their first role, or lose their last one, while this waits for its turn to write.
            while not self.put_person(resource, identity, document, written, conditions):
                continue
            return
        old = self.current(resource, identity, conditions).reader.district
        new = self.joins(document, old) if resource.of is School else None
        if new is not None:
            self.renamed(resource, self.current(resource, identity, conditions), document)
            self.move(resource, identity, old, new, document, written)
            return
        with self.alone(resource, identity, conditions) as (current, writer):
            renamed = self.renamed(resource, current, document)
            pen = Pen(resource, writer, self.places)
            if renamed and pen.known(document) is not None:
                raise Refusal(problems.not_unique(resource.singular, resource.key(document)))
            pen.change(identity, document, written, rename=renamed)

    def put_person(
        self,
        resource: Resource,
        identity: str,
        document: Mapping[str, Any],
        written: Written,
        conditions: Conditions,
    ) -> bool:
        """Update a human where they are now; gives whether they still were there when nobody else could write."""

        def check() -> None:
            self.renamed(resource, self.current(resource, identity, conditions), document)

        if not self.waits(resource, identity, conditions):
            return self.change_each(resource, identity, document, written, check)
        with self.desk.writers.waiting(self.holder) as pending:
            check()
            if not self.waits(resource, identity, conditions):
                return False
            pending.put(ROLES[resource.singular], written.values, told(resource, written), identity)
        return True

    def waits(self, resource: Resource, identity: str, conditions: Conditions) -> bool:
        """Whether a document is of a human who has no role."""
        return isinstance(self.current(resource, identity, conditions).reader, WaitingReader)

    def renamed(self, resource: Resource, current: Document, document: Mapping[str, Any]) -> bool:
        """Whether a document has another natural key than the one that it replaces; raises where it must not."""
        key, before = _told(resource.key(document)), _told(resource.key(current.body))
        renamed = [name for name, value in key.items() if before[name] != value]
        if renamed and not resource.key_may_change:
            raise Refusal(problems.key_change(resource.singular, *renamed))
        return bool(renamed)

    def delete(self, resource: Resource, identity: str, conditions: Conditions) -> None:
        """Delete the document with an id."""
        self.may(resource)
        if resource.of is Descriptor:
            with self.desk.writers.shared() as batch:
                word = self.current(resource, identity, conditions).body
                self.own(batch.get(Descriptor, identity))
                user = using(resource, word, self.readers)
                if user is not None:
                    raise Refusal(problems.depended_on(user.entity))
                batch.remove(Descriptor, identity)
            return
        while self.waits(resource, identity, conditions):
            with self.desk.writers.waiting(self.holder) as pending:
                if self.waits(resource, identity, conditions):
                    pending.drop(identity, ROLES[resource.singular])
                    return
        with self.alone(resource, identity, conditions) as (_, writer):
            Pen(resource, writer, self.places).remove(identity)

    @contextmanager
    def alone(self, resource: Resource, identity: str, conditions: Conditions) -> Generator[tuple[Document, Writer]]:
        """The document with an id, as it is now that nobody else can write, and what changes it."""
        district = self.current(resource, identity, conditions).reader.district
        with self.desk.writers.in_district(self.holder, district) as writer:
            yield self.current(resource, identity, conditions), writer

    def current(self, resource: Resource, identity: str, conditions: Conditions) -> Document:
        """The document with an id, if it is still the one that the caller means."""
        found = find(resource, readers_of(self.desk, self.holder, resource), identity)
        if found is None:
            raise Refusal(problems.not_found())
        conditions.hold(found.etag)
        return found

    # ---- words

    def check(self, words: Iterable[Word]) -> None:
        """Raise unless every descriptor is one that there is."""
        known = self.desk.vocabulary.usable()
        each = ((w, (f"{w.kind}Descriptor", _folded(w.uri))) for w in words)
        unknown = [w for w, key in each if key not in known and key not in uris()]
        if unknown:
            said = (Problem(w.path, f"{w.uri} is not a value of {w.kind}Descriptor.") for w in unknown)
            raise Refusal(problems.invalid(*said))


def told(resource: Resource, written: Written) -> dict[str, Any]:
    """What a document says that no field takes, as it is kept of a human who has no role."""
    return {"edfi": {resource.name: written.rest}}


_SMALL = str.maketrans({chr(c): chr(c + 32) for c in range(ord("A"), ord("Z") + 1)})


def _folded(uri: str) -> str:
    """A descriptor in small letters, as the store makes them: those of other alphabets stay."""
    return uri.translate(_SMALL)


def _told(key: Mapping[str, Any]) -> dict[str, Any]:
    """A natural key as it compares: descriptors in any case."""
    return {name: _folded(value) if isinstance(value, str) and "#" in value else value for name, value in key.items()}
