"""Finding what the references of a document name, within a transaction: the school, the people and all else."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ...consent import Writer
from ...edfi.documents import Whole
from ...edfi.resources import RESOURCES
from ...edfi.schema import Pointing, Resource, Written
from ...errors import Problem
from ...fields import Record
from ...model.employment import StaffAssignment
from ...model.people import Contact, Staff
from ...model.students import Relationship
from . import problems
from .locating import ORGANISATIONS, ROLES, UNIQUE_IDS, Locator, people, roles
from .places import Places
from .reading import find_by_key
from .refusal import Refusal

MADE: dict[type[Record], tuple[str, type[Record], str]] = {
    StaffAssignment: ("staff", Staff, json.dumps({"edfi": {"staffs": {}, "made": "assignment"}})),
    Relationship: ("contact", Contact, json.dumps({"edfi": {"contacts": {}, "made": "association"}})),
}
"""The documents that make somebody have a role: the reference to it, the role, and what marks one that was made so."""


@dataclass(frozen=True)
class Resolved:
    """The references of a document as hub ids: by the stored field that takes each, and by the linking collection."""

    fields: dict[str, str | None]
    links: dict[str, list[str]]
    pointers: dict[str, str]
    """What the document refers to beside the references of its record, by path."""


def lost(one: Pointing) -> Problem:
    """A reference that leads nowhere."""
    named = ", ".join(f"{name} = {value}" for name, value in one.identity.items())
    return Problem(one.path, f"There is no {one.target.name} with {named}.")


class Resolving:
    """Resolves the references of one resource's documents."""

    def __init__(self, resource: Resource, writer: Writer, places: Places) -> None:
        self.resource = resource
        self.writer = writer
        self.places = places
        self.locator = Locator(writer, places)

    @property
    def stays(self) -> bool:
        """Whether a record stays at the school that it was given."""
        return isinstance(self.resource, Whole) or self.resource.stays

    # ---- references

    def resolve(self, written: Written, before: Mapping[str, Any] | None = None) -> Resolved:
        """The references as hub ids; raises with every one that leads nowhere."""
        fields: dict[str, str | None] = {}
        links: dict[str, list[str]] = {name: [] for name in self.resource.links}
        pointers: dict[str, str] = {}
        missing: list[Problem] = []
        humans = [p for p in written.references if p.role is not None and p.sets]
        for one in (p for p in written.references if p not in humans):
            found, identity = self.find(one)
            if not found:
                missing.append(lost(one))
            elif one.link and identity:
                links[one.link].append(identity)
            elif one.sets:
                # An organisation that is no school has nobody to grant anything.
                fields[one.sets] = None if one.sets == "school" and not self.places.has(identity) else identity
            if identity and not one.link and (not one.sets or self.stays):
                pointers[one.path] = identity
        those = {one.path: self.person(one) for one in humans}
        missing += [lost(one) for one in humans if those[one.path] is None]
        if missing:
            raise Refusal(problems.unresolved(*missing))
        self.place(fields, written, before)
        # A role is made where the others are of whom the document tells.
        for one in sorted(humans, key=self.makes):
            if self.makes(one):
                self.place(fields, written, before)
            person = those[one.path] or ""
            fields[one.sets] = self.same(one, person, before) or self.role(one, person, fields.get("school"))
        self.place(fields, written, before)
        if isinstance(self.resource, Whole):
            self.inherit(fields, pointers)
        named = self.locator.named(written.references) if self.resource.of.names_others else {}
        return Resolved(fields, links, pointers | named)

    def place(self, fields: dict[str, str | None], written: Written, before: Mapping[str, Any] | None) -> None:
        """The school of a record whose document names none: that of the first record it belongs with that has one."""
        if self.stays and before and not fields.get("school"):
            fields["school"] = before.get("school")
        if before is not None or "school" not in self.resource.of.fields or "school" in written.values:
            return
        for name in self.resource.belongs:
            ref = self.resource.of.refs()[name]
            row = self.writer.get(ref.target, fields.get(name) or "")
            if row and row.get("school") and not fields.get("school"):
                fields["school"] = row["school"]

    def inherit(self, fields: dict[str, str | None], pointers: Mapping[str, str]) -> None:
        """The school and the people of a document whose key names none: those of what it belongs to."""
        for one in (p for p in self.resource.references if p.identity and f"$.{p.name}" in pointers):
            for name in one.target.served:
                row = self.writer.get(RESOURCES[name].of, pointers[f"$.{one.name}"]) if name in RESOURCES else None
                own = row if row and row["district"] == self.writer.reader.district else {}
                for fact in ("school", "student", "staff") if isinstance(RESOURCES.get(name), Whole) else ("school",):
                    if own.get(fact) and not fields.get(fact):
                        fields[fact] = own[fact]

    def find(self, one: Pointing) -> tuple[bool, str | None]:
        """Whether what a reference names is there, and its hub id; a district has none among its own records."""
        if one.target.everywhere:
            return True, None
        if one.target.name in ORGANISATIONS:
            place = self.places.find(one.target, one.identity)
            there = place is not None and (place.district == self.writer.reader.district or not one.sets)
            if place is not None:
                return there, place.school if there else None
            found = self.locator.kept_whole(one)
            return found is not None, found
        if one.target.name in UNIQUE_IDS:
            person = self.person(one)
            return person is not None, person
        found = self.locator.target(one.target, one.identity) or self.elsewhere(one)
        return found is not None, found

    def elsewhere(self, one: Pointing) -> str | None:
        """The hub id of what a reference names in another district, where it is one that no school has for itself."""
        for name, members in one.target.served.items():
            resource = RESOURCES.get(name)
            if resource is None or not (isinstance(resource, Whole) or (resource.roams and not one.sets)):
                continue
            key = {members.get(m, m): value for m, value in one.identity.items()}
            for reader in (r for r in self.places.readers if r.district != self.writer.reader.district):
                with reader.session() as session:
                    if found := find_by_key(resource, reader, session, key):
                        return found.id
        return None

    # ---- humans

    def person(self, one: Pointing) -> str | None:
        """The hub id of the human whom a reference names, taken into the district if they were waiting for it."""
        fact = UNIQUE_IDS[one.target.name]
        value = str(next(iter(one.identity.values())))
        if seen := people(self.writer, one.target, one.identity):
            return seen[0]
        waiting = self.writer.pending.find(fact, value, ROLES[one.target.name])
        begins = one.role is None or self.makes(one)
        if waiting is None:
            return self.moved(one) if begins else None
        if begins and not one.sets:
            # A mention makes nobody a school's: they would no longer wait, and be seen by no one.
            raise Refusal(problems.no_relationship(value))
        if begins:
            self.writer.adopt(waiting["id"], fact)
        return waiting["id"]

    def moved(self, one: Pointing) -> str | None:
        """The hub id of a human whom the caller sees in another district, and who gets a record in this one."""
        (name,) = one.target.served
        humans = RESOURCES[name]
        for reader in (r for r in self.places.readers if r.district != self.writer.reader.district):
            with reader.session() as session:
                found = find_by_key(humans, reader, session, one.identity)
            if found:
                written = humans.unshape({n: v for n, v in found.body.items() if n in humans.by_name})
                rest = {"edfi": {name: written.rest}}
                self.writer.bring(found.id, reader.district, written.values, rest)
                return found.id
        return None

    def makes(self, one: Pointing) -> bool:
        """Whether a document makes the human whom a reference names have the role."""
        return one.sets == MADE.get(self.resource.of, ("",))[0]

    def same(self, one: Pointing, person: str, before: Mapping[str, Any] | None) -> str | None:
        """The role that a student or contact has in an association already: its document does not name the school."""
        if self.resource.of is not Relationship or not before or one.role is None:
            return None
        row = self.writer.get(one.role, before.get(one.sets) or "") or {}
        return row.get("id") if row.get("person") == person else None

    def role(self, one: Pointing, person: str, school: str | None) -> str:
        """The role that a human has at the row's school, or elsewhere in the district where that is the district's."""
        assert one.role is not None
        seen = [r for r in roles(self.writer, one.role, person) if self.writer.sees(one.role, r["id"])]
        at_school = [r for r in seen if r["school"] == school]
        if self.makes(one) and not at_school:
            if school is None:
                said = (
                    "Positions are kept at schools only, so that each has a school to answer for it. Name the school."
                )
                raise Refusal(problems.invalid(Problem("$.educationOrganizationReference", said)))
            mark = MADE[self.resource.of][-1]
            return self.writer.add(one.role, {"school": school, "person": person, "remainder": mark})
        best = max(at_school or seen, key=lambda r: r.get("entry_date") or "", default=None)
        if best is None:
            raise Refusal(problems.no_relationship(str(next(iter(one.identity.values())))))
        return best["id"]
