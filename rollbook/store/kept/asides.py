"""What of each source is set aside, as it is told to schools and operators."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from .sources import Sources
from .statements import Statements

LISTED = "set aside"
"""The name under which a source's list is kept beside its files."""


class SetAside(NamedTuple):
    """A row that is set aside, without what it says: since when (UTC), where it is, what is wrong and how to mend it.

    `kind` and `key` are the source's own words for it; `waits` says how many rows wait for it, and `schools` (hub ids)
    of which schools any of them is, none where that is not known.
    """

    source: str
    at: str
    kind: str
    key: str
    where: str
    what: str
    hint: str
    waits: int
    schools: tuple[str, ...]


_decode = msgspec.json.Decoder(list[SetAside]).decode


class Asides(Statements):
    """What of each source is set aside; sources are named by their district's number and their own names."""

    admits = False

    def keep(self, district: int, source: str, rows: Iterable[SetAside]) -> None:
        """Keep what is set aside of a source now, in the place of what was before."""
        listed = list(rows)
        if listed or self._files.file(district, source, LISTED) is not None:
            self._files.keep_file(district, source, LISTED, msgspec.json.encode(listed))

    def of_source(self, district: int, source: str) -> list[SetAside]:
        """What is set aside of a source."""
        data = self._files.file(district, source, LISTED)
        return _decode(data) if data else []

    def of_school(self, district: int, school: str) -> list[SetAside]:
        """What is set aside of the sources of a school (hub id), or of nobody knows which."""
        sources = sorted({reading.source for reading in self._files.readings(district, school)})
        rows = (row for source in sources for row in self.of_source(district, source))
        return [row for row in rows if not row.schools or school in row.schools]

    @property
    def _files(self) -> Sources:
        return Sources(self._connection)
