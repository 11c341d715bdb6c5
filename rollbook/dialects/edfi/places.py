"""The organisations that a caller reaches, by the numbers that Ed-Fi knows them by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ...consent import DistrictReader
from ...edfi.locating import Place, place_of
from ...edfi.schema import Resource, Target
from ...errors import Problem
from . import problems
from .refusal import Refusal


class Places:
    """Districts and schools by number: a school's is its establishment number, a district's its identifier."""

    def __init__(self, readers: Sequence[DistrictReader]) -> None:
        self.readers = tuple(readers)
        self.known: dict[int, Place] = {}
        for reader in readers:
            if reader.identifier.isdecimal():
                self.known[int(reader.identifier)] = Place(reader.district, None)
            for grant in (g for g in reader.grants if g.estab.isdecimal()):
                self.known[int(grant.estab)] = Place(reader.district, grant.school)

    def find(self, target: Target, identity: Mapping[str, Any]) -> Place | None:
        """The organisation that a reference names; nothing when it is of another kind."""
        return place_of(self.known, target, identity)

    def has(self, school: str | None) -> bool:
        """Whether a hub id is that of a school in reach."""
        return any(place.school == school for place in self.known.values())

    def named(self, resource: Resource, document: Mapping[str, Any]) -> int | None:
        """The number of the district of an organisation in reach that a document names, one of its key if there is."""
        for one in sorted(resource.references, key=lambda one: not one.identity):
            said: Mapping[str, Any] = document.get(one.name) or {}
            for member in one.target.members:
                if member.name in ("schoolId", "educationOrganizationId") and said.get(member.name) in self.known:
                    return self.known[said[member.name]].district
        return None

    def district(self, resource: Resource, document: Mapping[str, Any]) -> int:
        """The number of the district that a document belongs to, by the organisations in its natural key."""
        missing: list[Problem] = []
        for _, member, holder in resource.members():
            if holder is not None and member.name in ("schoolId", "educationOrganizationId"):
                number = document[holder.name][member.name]
                if number in self.known:
                    return self.known[number].district
                missing.append(Problem(f"$.{holder.name}", f"There is no organisation with {member.name} = {number}."))
        raise Refusal(problems.unresolved(*missing))
