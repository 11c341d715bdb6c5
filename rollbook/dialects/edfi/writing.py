"""Writing documents: create, upsert, update and delete, each whole or not at all."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from typing import Any

from ...consent import Desk, DistrictReader, Holder, Writer, unwritable
from ...consent.credentials import READS_ONLY
from ...edfi.declaring import target_of
from ...edfi.documents import Whole
from ...edfi.resources import RESOURCES
from ...edfi.schema import Resource, Word
from ...edfi.words import folded
from ...errors import Problem
from . import problems
from .conditions import EXISTS, Conditions
from .manners import manner_of
from .pen import Outcome
from .places import Places
from .publishing import uris
from .reading import Document, find, find_by_key, readers_of
from .refusal import Refusal

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
        if not (any(r.sight.meeting(resource.writing) for r in self.readers) or manner_of(resource).founds(self)):
            raise Refusal(problems.not_allowed(unwritable(resource.writing)))

    def post(self, resource: Resource, document: Mapping[str, Any]) -> Outcome:
        """Create a document, or update the one that has its natural key."""
        self.may(resource)
        written = resource.unshape(document)
        self.check(written.words)
        return manner_of(resource).post(self, resource, document, written)

    def put(self, resource: Resource, identity: str, document: Mapping[str, Any], conditions: Conditions) -> None:
        """Update the document with an id."""
        self.may(resource)
        written = resource.unshape(document)
        self.check(written.words)
        manner_of(resource).put(self, resource, identity, document, written, conditions)

    def delete(self, resource: Resource, identity: str, conditions: Conditions) -> None:
        """Delete the document with an id."""
        self.may(resource)
        manner_of(resource).delete(self, resource, identity, conditions)

    # ---- what all manners share

    def wanted(self, outcome: Outcome) -> Outcome:
        """What became of a write, unless the caller only wanted to create."""
        if self.only_new and not outcome.created:
            raise Refusal(EXISTS)
        return outcome

    def known(self, resource: Resource, document: Mapping[str, Any]) -> str | None:
        """The hub id of the human, or of what is kept whole, with the natural key of a document, in any district."""
        key = resource.key(document)
        for reader in self.readers:
            with reader.session() as session:
                found = find_by_key(resource, reader, session, key)
            if found is not None:
                return found.id
        return None

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

    def renamed(self, resource: Resource, current: Document, document: Mapping[str, Any]) -> bool:
        """Whether a document has another natural key than the one that it replaces; raises where it must not."""
        key, before = _told(resource.key(document)), _told(resource.key(current.body))
        renamed = [name for name, value in key.items() if before[name] != value]
        if renamed and not resource.key_may_change:
            raise Refusal(problems.key_change(resource.singular, *renamed))
        return bool(renamed)

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
        each = ((w, (f"{w.kind}Descriptor", folded(w.uri))) for w in words)
        unknown = [w for w, key in each if key not in known and key not in uris()]
        if unknown:
            said = (Problem(w.path, f"{w.uri} is not a value of {w.kind}Descriptor.") for w in unknown)
            raise Refusal(problems.invalid(*said))


def _told(key: Mapping[str, Any]) -> dict[str, Any]:
    """A natural key as it compares: descriptors in any case."""
    return {name: folded(value) if isinstance(value, str) and "#" in value else value for name, value in key.items()}
