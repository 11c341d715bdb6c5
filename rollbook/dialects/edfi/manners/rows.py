"""How documents are written that are records of a district: what most resources do, and the others fall back on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ....edfi.schema import Resource, Written
from .. import problems
from ..conditions import Conditions
from ..pen import Outcome, Pen
from ..reading import etag_within
from ..refusal import Refusal

if TYPE_CHECKING:
    from ..writing import Scribe


class Rows:
    """Documents that are records of the district which their keys name."""

    pen: type[Pen] = Pen
    """What writes them."""

    def founds(self, scribe: Scribe) -> bool:
        """Whether a document needs no school's leave: what whoever makes districts begins with."""
        return scribe.holder.credential.organisations and not scribe.readers

    def post(self, scribe: Scribe, resource: Resource, document: Mapping[str, Any], written: Written) -> Outcome:
        """Create a document, or update the one that has its natural key."""
        return self.post_in(scribe, scribe.places.district(resource, document), resource, document, written)

    def post_in(
        self, scribe: Scribe, district: int, resource: Resource, document: Mapping[str, Any], written: Written
    ) -> Outcome:
        """The same in a district, with the etag that the document has then."""
        with scribe.desk.writers.in_district(scribe.holder, district, together=True) as writer:
            outcome = scribe.wanted(self.pen(resource, writer, scribe.places).post(document, written))
            writer.settle()
            return Outcome(outcome.id, outcome.created, etag_within(resource, writer, outcome.id))

    def put(
        self,
        scribe: Scribe,
        resource: Resource,
        identity: str,
        document: Mapping[str, Any],
        written: Written,
        conditions: Conditions,
    ) -> None:
        """Update the document with an id."""
        with scribe.alone(resource, identity, conditions) as (current, writer):
            renamed = scribe.renamed(resource, current, document)
            pen = self.pen(resource, writer, scribe.places)
            if renamed and pen.known(document) is not None:
                raise Refusal(problems.not_unique(resource.singular, resource.key(document)))
            pen.change(identity, document, written, rename=renamed)

    def delete(self, scribe: Scribe, resource: Resource, identity: str, conditions: Conditions) -> None:
        """Delete the document with an id."""
        with scribe.alone(resource, identity, conditions) as (_, writer):
            self.pen(resource, writer, scribe.places).remove(identity)
