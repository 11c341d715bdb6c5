"""Sending documents that apps wrote through Ed-Fi to the source that has their records, as they stand by then.

What is sent is what the hub holds above the source, laid over the document as the source has it now: what the source
alone has, or has changed since it was read, stays there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol, cast, runtime_checkable

from ..edfi.resources import HOMED
from ..edfi.schema import Resource
from ..fields import Record
from ..jobs import Failed
from ..model.employment import StaffAssignment
from ..model.organisation import District, School
from ..model.people import Staff
from ..model.students import Student
from ..store.kept import Kept
from ..store.kept.feeds import Feed
from ..store.kept.sayings import Say
from ..store.precedence import PART, above
from .edfi.documents import ADDED
from .edfi.mapping import names_of
from .rows import Reading

Document = Mapping[str, Any]

RESOURCES = {one.name: one for one in HOMED}
"""What documents may be sent, by name: also those that no reading takes in, such as gradebooks."""

EDFI = f"{PART}edfi"
"""What documents say that has no field of its own, as a fact."""


class Wanted(NamedTuple):
    """A document that is looked for: which, as whoever holds a credential (its id) of a dialect sees it.

    `since` is the number of a write before it may have gone.
    """

    credential: str
    district: int
    resource: str
    id: str
    since: int = 0
    dialect: str = "edfi"


class Seen(NamedTuple):
    """A document as an app sees it: its natural key, what it says, and which others it names (resource and hub id).

    It says nothing where it is gone.
    """

    key: Mapping[str, Any]
    body: Document | None
    names: tuple[tuple[str, str], ...] = ()


Look = Callable[[Wanted], Seen | None]
"""Looks at a document; none where the app sees neither it nor that it is gone."""


@dataclass(frozen=True)
class Sending:
    """A document for its source, and the id that it has there, where that is known.

    `own` are the properties that the hub holds above the source; None: it says all of it, since no source brought it.
    """

    resource: str
    there: str
    key: Mapping[str, Any]
    body: Document | None
    own: frozenset[str] | None = None

    def over(self, there: Document) -> Document:
        """The document as it is to be at the source, which has it as it is `there`."""
        before, said = plain(there), self.body or {}
        if self.own is None:
            return {**before, **said}
        return {n: v for n, v in before.items() if n not in self.own} | {n: v for n, v in said.items() if n in self.own}


@runtime_checkable
class Sends(Protocol):
    """A connector that can send documents to its source. Raises `Malformed` for what the source refuses."""

    def send(self, reading: Reading, documents: list[Sending]) -> None:
        """Make the source have documents, in their order, or have them no more: the same again changes nothing."""
        ...


def plain(document: Document) -> dict[str, Any]:
    """A document without what its server adds."""
    return {name: _plain(value) for name, value in document.items() if name not in ADDED}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        said = cast(dict[str, Any], value)
        return {name: _plain(one) for name, one in said.items() if name != "link"}
    return [_plain(one) for one in cast(list[Any], value)] if isinstance(value, list) else value


def sendings(kept: Kept, feed: Feed, look: Look, wanted: Wanted) -> list[Sending]:
    """What has to be sent so that a source has a document, each after those that it names and the source has not.

    A human whom the source does not know comes with what makes them one of a school's, or nobody there may write of
    them.
    """
    resource, seen = RESOURCES[wanted.resource], look(wanted)
    if seen is None or (seen.body is None and kept.records.find(resource.of, feed.district, {"id": wanted.id})):
        raise Failed(f"the app that wrote {wanted.resource}/{wanted.id} does not see it any more", final=True)
    return list(_sendings(kept, feed, look, wanted, seen, set()))


def _sendings(kept: Kept, feed: Feed, look: Look, wanted: Wanted, seen: Seen, done: set[str]) -> Iterator[Sending]:
    resource = RESOURCES[wanted.resource]
    if any(one.id == wanted.id and one.shown for one in kept.history.veiled()):
        raise Failed(f"only the app that wrote {wanted.resource}/{wanted.id} sees it", final=True)
    done.add(wanted.id)
    for name, identity in seen.names:
        if _is_only_here(kept, feed, name, identity):
            for one in ((name, identity), *_roles(kept, feed, name, identity)):
                yield from _further(kept, feed, look, wanted._replace(resource=one[0], id=one[1]), done)
    there = _key_there(kept, feed, resource.of, wanted.id)
    own = _own(kept, feed, resource, wanted.id) if there else None
    if own != frozenset() or seen.body is None:
        number = there.partition("/")[2].partition("@")[0] if resource.of not in (District, School) else ""
        yield Sending(resource.name, number, seen.key, seen.body and plain(seen.body), own)


def _further(kept: Kept, feed: Feed, look: Look, wanted: Wanted, done: set[str]) -> Iterator[Sending]:
    """What has to be sent with another document, where it was not and the app sees it."""
    if wanted.id not in done and (seen := look(wanted)) and seen.body is not None:
        yield from _sendings(kept, feed, look, wanted, seen, done)


def _roles(kept: Kept, feed: Feed, name: str, human: str) -> Iterator[tuple[str, str]]:
    """The documents that make somebody a student or staff of a school: resource and hub id."""
    find, district = kept.records.find, feed.district
    for row in find(Student, district, {"person": human}) if name == "students" else ():
        yield "studentSchoolAssociations", row["id"]
    for role in find(Staff, district, {"person": human}) if name == "staffs" else ():
        for row in find(StaffAssignment, district, {"staff": role["id"]}):
            yield "staffEducationOrganizationAssignmentAssociations", row["id"]


def _is_only_here(kept: Kept, feed: Feed, name: str, identity: str) -> bool:
    """Whether a document is of those that the source could have, and apps wrote it: what another one brought stays."""
    resource = RESOURCES.get(name)
    if resource is None or resource.of in (District, School):
        return False
    return not kept.matches.claims(feed.district, resource.of.__name__, identity)


def _key_there(kept: Kept, feed: Feed, record: type[Record], identity: str) -> str:
    """The key by which a source knows a record; blank where it does not."""
    found = kept.matches.keys_of(feed.district, feed.source, record.__name__, [identity])
    return next(iter(found.get(identity, ())), "")


def _own(kept: Kept, feed: Feed, resource: Resource, identity: str) -> frozenset[str]:
    """The properties of a document that the hub holds above what a source says."""
    says = kept.sayings.of(feed.district, resource.of, [identity]).get(identity, [])
    held = above(says)
    facts = set(held.facts or ()) if held else set[str]()
    own = {one.name for one in resource.properties if facts.intersection(names_of([one]))}
    return frozenset(own | (_kept_beside(feed, resource, says, held) if held else set()))


def _kept_beside(feed: Feed, resource: Resource, says: list[Say], held: Say) -> set[str]:
    """The properties of which the hub keeps something above the source that has no field of its own."""
    if EDFI not in (held.facts or {}):
        return set()
    mine = _rest(held, resource)
    none: Mapping[str, Any] = {}
    theirs = next((_rest(say, resource) for say in says if say.source == feed.source), none)
    return {name.partition("#")[0] for name in {**mine, **theirs} if mine.get(name) != theirs.get(name)}


def _rest(say: Say, resource: Resource) -> Mapping[str, Any]:
    part: Mapping[str, Any] = (say.facts or {}).get(EDFI) or {}
    return part.get(resource.name, {})
