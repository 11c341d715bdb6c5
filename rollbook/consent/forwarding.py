"""What apps write is promised to the source that has it, where that source may be written to."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from ..edfi.gradebooks import ENTRIES, MARKED
from ..fields import Record
from ..model.assessment import Aspect, AssessmentCategory, AssessmentResult
from ..model.groups import Group
from ..model.organisation import District, School
from ..store.kept import Kept
from ..store.kept.feeds import AGENT, Feed
from ..store.writing import Batch
from .credentials import Credential

KIND = "forward"
"""The kind of the jobs that send what was written to a source."""

WRITE_BACK = "write-back"
"""The setting of a source that says whether it is written to: `yes`."""

GRADEBOOKS, DOCUMENTS = "oneroster-rest", "edfi-rest"
"""The connectors of sources that take what is written into gradebooks, and Ed-Fi's documents."""

EDFI = "edfi"
"""The dialect whose writers number what they write themselves."""

OWN_SPACE = "uri://rollbook/"
"""What the namespace of work that this hub numbers begins with, before the hub id of the school."""

GRADED: Mapping[type[Record], str] = {Aspect: ENTRIES, AssessmentResult: MARKED}
"""What of a gradebook is one of Ed-Fi's documents; a category of its own is none."""


def writes(feed: Feed) -> bool:
    """Whether a source is written to."""
    return feed.settings.get(WRITE_BACK) == "yes"


def in_words(feed: Feed) -> str:
    """Where what apps write goes, and what of it is kept by the hub alone."""
    if writes(feed):
        what = "changes through Ed-Fi and gradebooks" if feed.connector == DOCUMENTS else "gradebooks"
        return f"{what} are sent to the source, all else is kept by the hub above what it says"
    return "entered through its agent" if feed.connector == AGENT else "kept by the hub above what the source says"


class Forwarding:
    """Promises, in the transaction of a write, that what was written is sent to the source that has it.

    A job names a record and says nothing of it: what is sent is how the record stands by then, as the holder of the
    credential that wrote it sees it.
    """

    def __init__(self, batch: Batch, credential: Credential) -> None:
        self._batch = batch
        self._credential = credential

    @cached_property
    def _feeds(self) -> list[Feed]:
        kept, district = self._batch.kept, self._batch.district
        every = kept.once(("feeds", district), (), lambda: kept.feeds.of_district(district))
        return [one for one in every if writes(one)]

    def gradebook(self, record: type[Record], identity: str, *, goes: bool = False) -> None:
        """Promise that a category, a piece of work or a result is sent to the source that has its class, or its school.

        Where it `goes`, that is promised before it does, with the id that the source knows it by.
        """
        of = self._kept_for(record, identity)
        if of is None:
            return
        if source := self._first(GRADEBOOKS, self._known(*of)):
            gone = {"gone": self._id_there(source, record, identity)} if goes else {}
            self._promise(source, {"record": record.__name__, "id": identity, **gone}, f"{identity}{' gone' * goes}")
        elif record in GRADED and any(feed.connector == DOCUMENTS for feed in self._feeds):
            self._number(record, identity)
            self._document(GRADED[record], record, identity, self._known(*of), goes=goes)

    def _number(self, record: type[Record], identity: str) -> None:
        """Let a piece of work that nobody has numbered for Ed-Fi be numbered by this hub, and not by its school.

        The source may number other work of the school's the same.
        """
        row = self._row(record, identity)
        if record is Aspect and row["namespace"] is None and self._credential.dialect != EDFI:
            self._batch.change(Aspect, identity, {"namespace": f"{OWN_SPACE}{row['school']}"})

    def _kept_for(self, record: type[Record], identity: str) -> tuple[type[Record], str] | None:
        """The class whose gradebook has something, or whose category it is: a school's, or the district's."""
        row = self._row(record, identity)
        if record is AssessmentCategory:
            return (School, row["school"]) if row.get("school") else (District, self._district)
        nothing: Mapping[str, Any] = {}
        led = self._row(Aspect, row.get("aspect")) if record in GRADED else nothing
        item = row if record is Aspect else led
        return (Group, item["group"]) if item.get("classwork") and item["group"] else None

    def _id_there(self, source: str, record: type[Record], identity: str) -> str:
        row = self._row(record, identity) or {"id": identity}
        return known_as(self._batch.kept, self._batch.district, source, record, row)

    def document(
        self, resource: str, record: type[Record], identity: str, school: str | None, *, goes: bool = False
    ) -> None:
        """Promise that a document is sent to the source that has its record, or else its school or district.

        Where it `goes`, that is promised before it does.
        """
        if any(feed.connector == DOCUMENTS for feed in self._feeds):
            home = self._known(School, school) if school else self._known(District, self._district)
            self._document(resource, record, identity, self._known(record, identity) or home, goes=goes)

    def _document(self, resource: str, record: type[Record], identity: str, known: set[str], *, goes: bool) -> None:
        # What only one app sees may have the number of somebody whom it does not, and whom the source knows by that.
        if self._batch.veiled(identity):
            return
        if source := self._first(DOCUMENTS, self._known(record, identity) or known):
            by = self._credential
            since = self._batch.tick()[0] if goes else 0
            said = {"resource": resource, "id": identity, "credential": by.id, "dialect": by.dialect, "since": since}
            self._promise(source, said, f"{resource}/{identity}/{by.id}")

    @property
    def _district(self) -> str:
        return self._batch.kept.schools.district_id(self._batch.district) or ""

    def _row(self, record: type[Record], identity: str | None) -> Mapping[str, Any]:
        return (self._batch.get(record, identity) if identity else None) or {}

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


def known_as(kept: Kept, district: int, source: str, record: type[Record], row: Mapping[str, Any]) -> str:
    """The id that a record (`row`) has at a source; one that the source did not bring has an app's, or the hub's."""
    keys = kept.matches.keys_of(district, source, record.__name__, [row["id"]])
    own = row.get("external_id") if row.get("origin") else None
    return next(iter(keys.get(row["id"], ())), own or row["id"])
