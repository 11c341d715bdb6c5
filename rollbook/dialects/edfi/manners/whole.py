"""How documents are written that are kept whole: they need not name the district that they are in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ....consent import unwritable
from ....edfi.schema import Resource, Written
from .. import problems
from ..pen import Outcome
from ..reading import find_quietly
from ..refusal import Refusal
from ..registering import RegisterPen
from .rows import Rows

if TYPE_CHECKING:
    from ..writing import Scribe


class WholeDocuments(Rows):
    """Documents that are where what they name is; what names no place is the first district's."""

    def post(self, scribe: Scribe, resource: Resource, document: Mapping[str, Any], written: Written) -> Outcome:
        if not scribe.readers:
            raise Refusal(problems.not_allowed(unwritable(resource.writing)))
        refused: Refusal | None = None
        for district in self.whereabouts(scribe, resource, document):
            try:
                return self.post_in(scribe, district, resource, document, written)
            except Refusal as refusal:
                refused = refused or refusal
        assert refused is not None
        raise refused

    def whereabouts(self, scribe: Scribe, resource: Resource, document: Mapping[str, Any]) -> list[int]:
        """The districts in which a document may be: that of an organisation that it names, or each in turn."""
        every = [reader.district for reader in scribe.readers]
        named = scribe.places.named(resource, document)
        if named is not None or len(every) == 1:
            return [named if named is not None else every[0]]
        known = scribe.known(resource, document)
        if known is None:
            return every
        return [reader.district for reader in scribe.readers if find_quietly(resource, [reader], known)]


class Organisations(WholeDocuments):
    """Organisations that are neither schools nor districts: no two of any kind have one number."""

    def post(self, scribe: Scribe, resource: Resource, document: Mapping[str, Any], written: Written) -> Outcome:
        for member, number in resource.key(document).items():
            scribe.free(resource.singular, member, number, resource)
        return super().post(scribe, resource, document, written)


class Events(WholeDocuments):
    """Events of attendance, which are entered in the register."""

    pen = RegisterPen
