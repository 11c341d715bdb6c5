"""Writing documents of one resource within one district's transaction."""

from __future__ import annotations

import json
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from ...consent import Writer
from ...consent.rights import Rights, lacking
from ...edfi.entries import Entry
from ...edfi.resources import HOMED, RESOURCES
from ...edfi.schema import Resource, Written
from ...edfi.words import folded
from ...errors import NotHeld
from ...fields import Record
from ...model.assessment import Aspect, AssessmentResult, MarkSet
from ...model.coursework import ClassFile, SubmissionFile
from ...model.curriculum import Course, CourseOffering, Program
from ...model.groups import Group, GroupProgram, GroupSession
from ...model.organisation import District, School
from ...model.people import Person
from ...model.profiles import StudentProfile
from ...model.students import Relationship, Student
from . import problems
from .following import Following
from .places import Places
from .reading import find_quietly
from .refusal import Refusal
from .resolving import MADE, Resolved, Resolving
from .stating import Stating
from .uses import referrer

OF_DISTRICT: tuple[type[Record], ...] = (School, Program, Course, Group, Person)
"""What a district cannot be deleted with."""

GOES_WITH: dict[type[Record], tuple[type[Record], ...]] = {
    Group: (GroupSession, GroupProgram),
    Aspect: (MarkSet, ClassFile),
    AssessmentResult: (SubmissionFile,),
}
"""What a record has only for its own sake: it does not keep the record from being deleted."""


@dataclass(frozen=True)
class Outcome:
    """What became of a write: the hub id, whether the record is new, and its etag, where that is known already."""

    id: str
    created: bool
    etag: str | None = None


def remainder(resource: Resource, before: str | None, rest: Mapping[str, Any]) -> str | None:
    """What a record keeps beside its facts, with this resource's part of it replaced."""
    kept: dict[str, Any] = json.loads(before or "{}")
    own = {name: part for name, part in kept.get("edfi", {}).items() if name != resource.name}
    own |= {resource.name: rest} if rest else {}
    others = {name: part for name, part in kept.items() if name != "edfi"}
    kept = {**others, **({"edfi": own} if own else {})}
    return json.dumps(kept, ensure_ascii=False) if kept else None


def rest(written: Written, resolved: Resolved) -> dict[str, Any]:
    """What has no canonical field; and what is linked, since a link that is gone leaves no stamp of its own."""
    return {**written.rest, **{name: sorted(there) for name, there in resolved.links.items() if there}}


class Pen:
    """Writes documents of one resource; `places` are the organisations that the caller reaches."""

    def __init__(self, resource: Resource, writer: Writer, places: Places) -> None:
        self.resource = resource
        self.writer = writer
        self.places = places
        self.resolving = Resolving(resource, writer, places)
        self.locator = self.resolving.locator
        self.stating = Stating(resource, writer)
        self.identity = ""
        """The hub id that a new record is given, where its document has had one."""

    # ---- create and update

    def post(self, document: Mapping[str, Any], written: Written) -> Outcome:
        """Create a document, or update the one that has its natural key."""
        known = self.known(document)
        if known is None:
            return Outcome(self.add(document, written), True)
        self.change(known, document, written)
        return Outcome(known, False)

    def known(self, document: Mapping[str, Any]) -> str | None:
        """The hub id of the document with the same natural key."""
        return self.locator.document(self.resource, self.resource.key(document))

    def taken(self, document: Mapping[str, Any], school: str | None = None) -> bool:
        """Whether something that the caller does not see has the natural key of a document that it may write."""
        # A student at two schools has the same contact at each.
        at = {"school": school} if self.resource.of is Relationship else {}
        return self.locator.taken(self.resource, self.resource.key(document), **at)

    def add(self, document: Mapping[str, Any], written: Written) -> str:
        """A new record; gives its hub id."""
        resolved = self.resolving.resolve(written)
        new = {**written.values, **resolved.fields}
        if self.resource.of is not School:
            rights = self.writer.rights(self.resource.of, values=new)
            written = self.allowed(document, written, rights, resolved)
        values = {**written.values, **resolved.fields, **self.resource.first(written.values)}
        values = self.entered(values, {})
        values["remainder"] = remainder(self.resource, None, rest(written, resolved))
        if self.resource.of is School:
            identity = self.writer.open_school(values)
            self.refer(identity, written, resolved, new=True)
            return identity
        taken = self.taken(document, resolved.fields.get("school"))
        own, said = self.stating.parted({**values, **self.follows(values)})
        own |= {"id": self.identity} if self.identity else {}
        identity = self.writer.add(self.resource.of, own, taken=taken)
        self.stating.state(own, said, {})
        self.refer(identity, written, resolved, new=True)
        self.link(identity, resolved, new=True)
        self.meet(identity, values, {})
        self.forward(identity, values)
        return identity

    def change(self, identity: str, document: Mapping[str, Any], written: Written, *, rename: bool = False) -> None:
        """Make a record say what a document says."""
        before = self.writer.get(self.resource.of, identity) or {}
        resolved = self.resolving.resolve(written, before)
        new = {**written.values, **resolved.fields}
        rights = self.writer.rights(self.resource.of, identity, new, self.resource.role)
        written = self.allowed(document, written, rights, resolved)
        values = self.entered({**written.values, **resolved.fields}, before)
        values["remainder"] = self.kept(before, written, resolved)
        facts, said = self.stating.parted({**values, **self.follows(values)})
        if rename:
            self.writer.rename(self.resource.of, identity, facts, taken=self.taken(document))
        else:
            self.writer.change(self.resource.of, identity, facts, self.resource.role)
        self.stating.state(facts, said, before)
        self.refer(identity, written, resolved, whole=written.keeps)
        if rename:
            Following(self.writer).follow(self.resource, identity)
        self.link(identity, resolved)
        self.meet(identity, values, before)
        self.forward(identity, before)

    def forward(self, identity: str, row: Mapping[str, Any], *, goes: bool = False) -> None:
        """Promise that a document is sent to the source that has its record, where that takes any."""
        if self.resource in HOMED:
            school = identity if self.resource.of is School else row.get("school")
            self.writer.forwarding.document(self.resource.name, self.resource.of, identity, school, goes=goes)

    def refer(self, identity: str, written: Written, resolved: Resolved, **known: bool) -> None:
        """Write down what a document refers to beside the references of its record, and the words that it uses."""
        words = ((word.kind, word.uri) for word in written.words)
        self.writer.refer(self.resource.name, identity, resolved.pointers, words, **known)

    def allowed(self, document: Mapping[str, Any], written: Written, rights: Rights, resolved: Resolved) -> Written:
        """What of a document, `written` whole, the caller may write; raises with all that says what they may not."""
        resource = self.resource
        rights.require()
        if not rights.met(rights.need):
            raise NotHeld(lacking(resource.name, rights.need))
        kept = resource.remainder if resource.remainder is not None else rights.need
        keeps = rights.met(kept)
        if not written.is_the_same_for(rights.may, keeps=keeps):
            written = resource.unshape(document, rights.may, keeps=keeps)
        needs = {path: rights.needs(name) if name else kept for path, name in written.lacking.items()}
        for name in (n for n, there in resolved.links.items() if there):
            child = resource.links[name].many.child
            if not rights.met(child.scope):
                needs[f"$.{name}"] = child.scope
        if needs:
            raise NotHeld(*(lacking(path, need) for path, need in needs.items()))
        return written

    def kept(self, before: Mapping[str, Any], written: Written, resolved: Resolved) -> str | None:
        """What is kept beside the facts: what the caller was not shown stays, since it cannot have meant to drop it."""
        known = before.get("remainder")
        stays: dict[str, Any] = {}
        if not written.keeps:
            stays = json.loads(known or "{}").get("edfi", {}).get(self.resource.name, {})
        return remainder(self.resource, known, stays | rest(written, resolved))

    def remove(self, identity: str) -> None:
        """Delete a record to which nothing refers that the caller sees."""
        record, writer = self.resource.of, self.writer
        own = GOES_WITH.get(record, ())
        holding = writer.dependents(record, identity, own)
        # No record refers to its own district.
        within = {r: writer.find(r) for r in OF_DISTRICT} if record is District else {}
        holding += [r.__name__ for r, rows in within.items() if any(writer.sees(r, row["id"]) for row in rows)]
        if holding:
            raise Refusal(problems.depended_on(referrer(self.resource, holding)))
        pointing = list(self.pointing(identity))
        if seen := next((resource for resource, sees in pointing if sees), None):
            raise Refusal(problems.depended_on(seen.entity))
        before = writer.get(record, identity) or {}
        self.forward(identity, before, goes=True)
        with self.leaving(record, before):
            self.stating.withdraw(before)
            writer.drop(record, identity, own, holds=any(within.values()) or bool(pointing))
        self.unmake(before)

    def unmake(self, before: Mapping[str, Any]) -> None:
        """Take away the role that was made for a document which is gone, unless something else needs it."""
        name, role, mark = MADE.get(self.resource.of, ("", Person, ""))
        row = self.writer.get(role, before.get(name) or "") if name else None
        if row and row["remainder"] == mark and not self.writer.dependents(role, row["id"]):
            with self.leaving(role, row):
                self.writer.drop(role, row["id"])

    def pointing(self, identity: str) -> Iterator[tuple[Resource, bool]]:
        """The resources of the documents that refer to one, and whether the caller sees the document."""
        for one in self.writer.referring(identity):
            if one.source != identity and one.resource in RESOURCES:
                resource = RESOURCES[one.resource]
                yield resource, any(self.writer.sees(part.of, one.source) for part in resource.parts)
        for reader in self.places.readers:
            if reader.district != self.writer.reader.district:
                for one in reader.referring(identity):
                    resource = RESOURCES[one.resource]
                    yield resource, find_quietly(resource, [reader], one.source) is not None

    @contextmanager
    def leaving(self, record: type[Record], row: Mapping[str, Any]) -> Generator[None]:
        """Take a role away from a human, who then waits for another one if the caller sees no more of them."""
        person = row.get("person") if record.human else None
        humans = next((r for r in RESOURCES.values() if r.of is Person and r.role is record), None)
        if humans is None or not person:
            yield
            return
        shown = self.writer.shown(person, record, humans.remainder or record.scope)
        yield
        others = (r for r in self.places.readers if r.district != self.writer.reader.district)
        self.writer.release(person, record, shown, elsewhere=find_quietly(humans, others, person) is not None)

    # ---- what goes with it

    def entered(self, values: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
        """The values with the entries of the school's lists that words stand for; a key keeps what it has."""
        named = {name: entry for name, entry in self.resource.entries.items() if name in values}
        school = values.get("school") or before.get("school")
        kept = {name: before[name] for name in named if before and name in self.resource.key_entries}
        found = {n: self.entry(e, values[n], school, before.get(n)) for n, e in named.items() if n not in kept}
        return {**values, **found, **kept}

    def entry(self, entry: Entry, word: str | None, school: str | None, before: str | None) -> str | None:
        """The entry for a word: the one that was there if it says the same, or one of the school's, or a new one."""
        there = self.writer.get(entry.record, before or "")
        if folded(word or "") == folded((entry.says(there["word"], there["description"]) if there else None) or ""):
            return before
        if word is None:
            return None
        known = entry.among(self.writer.find(entry.record, school=school, **entry.list), word)
        return known or self.writer.add(entry.record, {"school": school, **entry.fresh(word)})

    def follows(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Facts that other dialects read and that follow from a document's own."""
        if self.resource.of is StudentProfile:
            role = self.writer.get(Student, values.get("student") or "") or {}
            place = self.places.known.get(int(values["organisation"]))
            return {"person": role.get("person"), "place": place.school if place else None}
        if self.resource.of is not Group or not values.get("offering"):
            return {}
        offering = self.writer.get(CourseOffering, values["offering"]) or {}
        return {"course": offering.get("course")}

    def link(self, identity: str, resolved: Resolved, *, new: bool = False) -> None:
        """Make the rows of linking collections those that the document has; a `new` one has none yet."""
        for name, wanted in ((n, some) for n, some in resolved.links.items() if some or not new):
            linking = self.resource.links[name]
            child, via = linking.many.child, linking.many.via.name
            rows = self.writer.find(child, **{via: identity})
            target = child.refs()[linking.sets].target
            # Whatever the caller was not shown stays: it cannot have meant to take it away.
            shown = (r for r in rows if self.writer.sees(child, r["id"]) and self.writer.sees(target, r[linking.sets]))
            there = {row[linking.sets]: row["id"] for row in shown}
            self.align(child, identity, via, linking.sets, wanted, there)

    def align(
        self,
        child: type[Record],
        identity: str,
        via: str,
        sets: str,
        wanted: Iterable[str],
        there: Mapping[str, str],
    ) -> None:
        """Add the rows that are missing, remove those that are too many."""
        kept = set(wanted)
        missing = [one for one in dict.fromkeys(wanted) if one not in there]
        school = (self.writer.get(self.resource.of, identity) or {}).get("school") if missing else None
        for one in missing:
            self.writer.add(child, {"school": school, via: identity, sets: one})
        for one, row in there.items():
            if one not in kept:
                self.writer.remove(child, row)

    def meet(self, identity: str, values: Mapping[str, Any], before: Mapping[str, Any]) -> None:
        """A section meets in the session of its offering, and teaches its course, whichever of the two was written."""
        if self.resource.of is Group and values.get("offering"):
            left = self.writer.get(CourseOffering, before.get("offering") or "") or {}
            self.convene(identity, values["offering"], left.get("session"))
        if self.resource.of is CourseOffering and before:
            for group in self.writer.find(Group, offering=identity):
                self.writer.entail(Group, group["id"], {"course": values["course"]})
                self.convene(group["id"], identity, before.get("session"))

    def convene(self, group: str, offering: str, left: str | None) -> None:
        """Let a group meet in its offering's session instead of `left`; what a roster gave beside it is left alone."""
        session = (self.writer.get(CourseOffering, offering) or {}).get("session")
        there = {row["session"]: row["id"] for row in self.writer.find(GroupSession, group=group)}
        if left in there and left != session:
            self.writer.remove(GroupSession, there[left])
        if session not in there:
            school = (self.writer.get(Group, group) or {}).get("school")
            self.writer.add(GroupSession, {"school": school, "group": group, "session": session})
