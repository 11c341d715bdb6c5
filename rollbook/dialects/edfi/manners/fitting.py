"""How documents are written that are canonical records where they fit one, and are kept whole where they do not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ....edfi.documents import Whole
from ....edfi.schema import Resource, Written
from ....errors import Conflict, Problem
from .. import problems
from ..pen import Pen
from ..refusal import Refusal
from .whole import WholeDocuments


class FittingPen(Pen):
    """Writes documents of a resource that has several parts, each as what it fits."""

    def add(self, document: Mapping[str, Any], written: Written) -> str:
        return self.new(self.fitting(document), document)

    def change(self, identity: str, document: Mapping[str, Any], written: Written, *, rename: bool = False) -> None:
        """Make a document say something else; where it fits another part now, it goes there under its id."""
        now, then = self.written(identity), self.fitting(document)
        if now is then:
            self.on(now).change(identity, document, now.unshape(document), rename=rename)
            return
        if self.says_more(now, identity, document):
            said = f"The document is of a {now.of.__name__} of the school's record, which says more than it does"
            raise Conflict(f"{said}, and can be nothing else", hint="post another one beside it")
        self.writer.remove(now.of, identity)
        self.new(then, document, identity)

    def remove(self, identity: str) -> None:
        self.on(self.written(identity)).remove(identity)

    def written(self, identity: str) -> Resource:
        """The part that a document is of; raises where only other systems write its records."""
        part = self.part_of(identity)
        if part.read_only:
            said = f"A {part.of.__name__} is kept by the school's own system, and read only here."
            raise Refusal(problems.not_allowed(Problem("", said)))
        return part

    def says_more(self, part: Resource, identity: str, document: Mapping[str, Any]) -> bool:
        """Whether a record has facts that no document of its part says, and that would go if it became another one."""
        if isinstance(part, Whole):
            return False
        written = part.unshape(document)
        own = {*written.values, *part.fresh, *(one.sets for one in written.references), "school"}
        row = self.writer.get(part.of, identity) or {}
        return any(row[name] is not None for name in part.of.stored() if name not in own)

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
