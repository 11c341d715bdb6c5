"""How districts and schools are written: whoever may make them founds districts, and a school joins another one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ....edfi.schema import Resource, Written
from ....errors import Conflict, Problem
from ....model.organisation import District
from .. import problems
from ..conditions import EXISTS, Conditions
from ..pen import Outcome, Pen, remainder
from ..refusal import Refusal
from .rows import Rows

if TYPE_CHECKING:
    from ..writing import Scribe


class Districts(Rows):
    """Districts: one in reach is changed, another one is founded."""

    def founds(self, scribe: Scribe) -> bool:
        return scribe.holder.credential.organisations

    def post(self, scribe: Scribe, resource: Resource, document: Mapping[str, Any], written: Written) -> Outcome:
        """A district: one in reach is changed, another one is founded."""
        number = document["localEducationAgencyId"]
        place = scribe.places.known.get(number)
        if place is not None and place.school is None:
            with scribe.desk.writers.in_district(scribe.holder, place.district) as writer:
                return scribe.wanted(Pen(resource, writer, scribe.places).post(document, written))
        kept = {"remainder": remainder(resource, None, written.rest)}
        with scribe.desk.writers.founding(scribe.holder, {**written.values, **kept}) as writer:
            scribe.free(resource.singular, "localEducationAgencyId", number)
            return Outcome(writer.find(District)[0]["id"], True)


class Schools(Districts):
    """Schools: each is in the district where it is, in that of its agency, or in one of its own."""

    def post(self, scribe: Scribe, resource: Resource, document: Mapping[str, Any], written: Written) -> Outcome:
        """A school: in the district where it is, in that of its agency, or in one of its own."""
        number, agency = document["schoolId"], document.get("localEducationAgencyReference")
        known = scribe.places.known.get(number)
        named = scribe.places.known.get(agency["localEducationAgencyId"]) if agency else None
        if agency and (named is None or named.school):
            said = f"There is no localEducationAgency with localEducationAgencyId = {agency['localEducationAgencyId']}."
            raise Refusal(problems.unresolved(Problem("$.localEducationAgencyReference", said)))
        there = known is not None and known.school is not None
        home = known if there else named
        if home is None:
            with scribe.desk.writers.founding(scribe.holder, {"name": document["nameOfInstitution"]}) as writer:
                scribe.free("school", "schoolId", number)
                return Outcome(Pen(resource, writer, scribe.places).add(document, written), True)
        if there and named is not None and named.district != home.district:
            identity = home.school or ""
            self.move(scribe, resource, identity, home.district, named.district, document, written)
            return scribe.wanted(Outcome(identity, False))
        with scribe.desk.writers.in_district(scribe.holder, home.district) as writer:
            if not there:
                scribe.free("school", "schoolId", number)
            return scribe.wanted(Pen(resource, writer, scribe.places).post(document, written))

    def put(
        self,
        scribe: Scribe,
        resource: Resource,
        identity: str,
        document: Mapping[str, Any],
        written: Written,
        conditions: Conditions,
    ) -> None:
        current = scribe.current(resource, identity, conditions)
        old = current.reader.district
        new = self.joins(scribe, document, old)
        if new is None:
            super().put(scribe, resource, identity, document, written, conditions)
            return
        scribe.renamed(resource, current, document)
        self.move(scribe, resource, identity, old, new, document, written)

    def joins(self, scribe: Scribe, document: Mapping[str, Any], district: int) -> int | None:
        """The number of the district that a school joins, where that is another one than it is in."""
        agency = document.get("localEducationAgencyReference")
        named = scribe.places.known.get(agency["localEducationAgencyId"]) if agency else None
        return named.district if named is not None and not named.school and named.district != district else None

    def move(
        self,
        scribe: Scribe,
        resource: Resource,
        identity: str,
        old: int,
        new: int,
        document: Mapping[str, Any],
        written: Written,
    ) -> None:
        """Let a school join another district; raises where its records must stay in the one that it is in."""
        if scribe.only_new:
            raise Refusal(EXISTS)
        try:
            with scribe.desk.writers.moving_school(scribe.holder, identity, old, new) as writer:
                Pen(resource, writer, scribe.places).change(identity, document, written)
        except Conflict as error:
            said = f"The school cannot join another district: {error.problems[0]}."
            raise Refusal(problems.invalid(Problem("$.localEducationAgencyReference", said))) from error
