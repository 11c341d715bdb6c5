"""What apps write is promised to the source that has it, where that source may be written to."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from ..fields import Record
from ..model.groups import Group
from ..model.organisation import District, School
from ..store.kept.feeds import Feed
from ..store.writing import Batch

KIND = "forward"
"""The kind of the jobs that send what was written to a source."""

WRITE_BACK = "write-back"
"""The setting of a source that says whether it is written to: `yes`."""

GRADEBOOKS, DOCUMENTS = "oneroster-rest", "edfi-rest"
"""The connectors of sources that take what is written into gradebooks, and Ed-Fi's documents."""


def writes(feed: Feed) -> bool:
    """Whether a source is written to."""
    return feed.settings.get(WRITE_BACK) == "yes"


class Forwarding:
    """Promises, in the transaction of a write, that what was written is sent to the source that has it.

    A job names a record and says nothing of it: what is sent is how the record stands by then, as the holder of the
    credential (its id) that wrote it sees it.
    """

    def __init__(self, batch: Batch, credential: str) -> None:
        self._batch = batch
        self._credential = credential

    @cached_property
    def _feeds(self) -> list[Feed]:
        return [one for one in self._batch.kept.feeds.of_district(self._batch.district) if writes(one)]

    def gradebook(self, record: type[Record], identity: str, group: str) -> None:
        """Promise that something of a class's gradebook is sent to the first source of those that have the class."""
        if source := self._first(GRADEBOOKS, self._known(Group, group)):
            self._promise(source, {"record": record.__name__, "id": identity}, identity)

    def document(
        self, resource: str, record: type[Record], identity: str, school: str | None, *, goes: bool = False
    ) -> None:
        """Promise that a document is sent to the source that has its record, or else its school or district.

        Where it `goes`, that is promised before it does.
        """
        if not any(feed.connector == DOCUMENTS for feed in self._feeds):
            return
        district = self._batch.kept.schools.district_id(self._batch.district) or ""
        home = self._known(School, school) if school else self._known(District, district)
        if source := self._first(DOCUMENTS, self._known(record, identity) or home):
            since = self._batch.tick()[0] if goes else 0
            said = {"resource": resource, "id": identity, "credential": self._credential, "since": since}
            self._promise(source, said, f"{resource}/{identity}/{self._credential}")

    def _known(self, record: type[Record], identity: str) -> set[str]:
        """The sources that know a record."""
        return {
            source for source, _ in self._batch.kept.matches.claims(self._batch.district, record.__name__, identity)
        }

    def _first(self, connector: str, known: set[str]) -> str | None:
        return next((one.source for one in self._feeds if one.connector == connector and one.source in known), None)

    def _promise(self, source: str, said: Mapping[str, Any], key: str) -> None:
        payload = {"district": self._batch.district, "source": source, **said}
        self._batch.kept.outbox.promise(KIND, payload, key=f"{self._batch.district}/{source}/{key}")
