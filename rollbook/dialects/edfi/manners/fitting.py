"""How documents are written that are canonical records where they fit one, and are kept whole where they do not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ....edfi.schema import Resource, Written
from ..pen import Pen
from .whole import WholeDocuments


class FittingPen(Pen):
    """Writes documents of a resource that has several parts, each as what it fits."""

    def add(self, document: Mapping[str, Any], written: Written) -> str:
        return self.new(self.fitting(document), document)

    def change(self, identity: str, document: Mapping[str, Any], written: Written, *, rename: bool = False) -> None:
        """Make a document say something else; where it fits another part now, it goes there under its id."""
        now, then = self.part_of(identity), self.fitting(document)
        if now is then:
            self.on(now).change(identity, document, now.unshape(document), rename=rename)
            return
        self.writer.remove(now.of, identity)
        self.new(then, document, identity)

    def remove(self, identity: str) -> None:
        self.on(self.part_of(identity)).remove(identity)

    def new(self, part: Resource, document: Mapping[str, Any], identity: str = "") -> str:
        """A new document of a part; gives its hub id."""
        pen = self.on(part)
        pen.identity = identity
        return pen.add(document, part.unshape(document))

    def on(self, part: Resource) -> Pen:
        """What writes documents of a part."""
        return Pen(part, self.writer, self.places)

    def part_of(self, identity: str) -> Resource:
        """The part that a document is of."""
        return next(part for part in self.resource.parts if self.writer.get(part.of, identity))

    def fitting(self, document: Mapping[str, Any]) -> Resource:
        """The part that a document fits: a canonical record, if what it must refer to is in the district."""
        whole, *forms = self.resource.parts
        return next((form for form in forms if form.fits(document) and self.leads(form, document)), whole)

    def leads(self, form: Resource, document: Mapping[str, Any]) -> bool:
        """Whether the records that one of a form refers to are there; a human is found as one for any part."""
        stored = [one for one in form.unshape(document).references if one.sets and one.role is None]
        resolving = self.on(form).resolving
        return all(resolving.find(one)[0] for one in stored)


class Fitting(WholeDocuments):
    """Documents that are canonical records where they fit one, and are kept whole where they do not."""

    pen = FittingPen
