"""Finding a record by its natural key within a transaction, as far as the caller sees it."""

from __future__ import annotations

from functools import partial

from ...consent import Writer
from ...edfi import locating
from ...edfi.locating import ORGANISATIONS, ROLES, UNIQUE_IDS, people, roles
from ...edfi.schema import Resource
from .places import Places
from .reading import sees


class Locator(locating.Locator):
    """Finds the records that a caller sees, by their natural keys."""

    def __init__(self, writer: Writer, places: Places) -> None:
        super().__init__(writer, writer.reader.district, places.known)
        self.writer = writer

    def seen(self, resource: Resource, identity: str) -> bool:
        """Whether a record is a document of the resource that the caller sees."""
        seen = partial(sees, resource, self.writer.reader, self.writer.session, identity)
        return self.writer.once(("seen", resource.asked_as, identity), seen)


__all__ = ["ORGANISATIONS", "ROLES", "UNIQUE_IDS", "Locator", "people", "roles"]
