"""Writing down what documents refer to that were written before anybody noted it, when a store is opened.

Nobody sees a document change by it: the two indexes get rows, and those that they have stay. Each transaction takes a
few records, and a setting says up to where it was done, so a process that is killed goes on from there.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

import msgspec

from .. import recent
from ..edfi.documents import Whole
from ..edfi.locating import Locator, Place
from ..edfi.resources import EVERY, RESOURCES
from ..edfi.schema import Resource, Written
from ..fields import Arg, HubId, Question, Record
from .homing import AT_ONCE, READ_BY_NOBODY
from .kept import Kept
from .kept.pointers import digest_of
from .plan import sights
from .plan.planner import Plan, plan

if TYPE_CHECKING:
    from .port import Store

log = logging.getLogger("rollbook")

DONE = "pointers"
"""The setting that says up to where all of this was done: a district, a table, the key of a record; or everywhere."""

EVERYWHERE = "everywhere"

A_DAY = "2026-09-01"

TABLES = tuple(sorted({part.of.table for resource in EVERY for part in resource.parts}))
"""Where the records of documents are."""

Found = TypeVar("Found")


def bring_pointers(store: Store) -> None:
    """Note of each document what it refers to and which words it uses; what leads nowhere now is left out."""
    said = store.setting(DONE)
    if said == EVERYWHERE or not (districts := _districts(store)):
        return
    since: tuple[int, str, int] = tuple(json.loads(said)) if said else (0, "", 0)
    places = _places(store)
    for district in districts:
        known = _known(places, district)
        for table in TABLES:
            if (district, table) >= since[:2]:
                _bring(store, known, district, table, since[2] if (district, table) == since[:2] else 0)
    store.set(DONE, EVERYWHERE)


def _bring(store: Store, known: Mapping[int, Place], district: int, table: str, after: int) -> None:
    """Note what the documents of the records of a table refer to, after the record with a key."""
    noted = 0
    while _rows(store.kept, district, table, after):
        with store.of_district(district) as kept:
            # What is written at the same moment is noted by its writer.
            rows = _rows(kept, district, table, after)
            after = rows[-1][0] if rows else after
            record = InDistrict(kept, district)
            noted += sum(_note(record, known, table, identity, remainder) for _, identity, remainder in rows)
            kept.settings.put(DONE, json.dumps((district, table, after)))
    if noted:
        log.info("district %d: it was noted what %d documents of %s refer to", district, noted, table)


def _rows(kept: Kept, district: int, table: str, after: int) -> list[tuple[int, str, str]]:
    """The next records of a table that have more than their facts: the key, the hub id and what else there is."""
    return kept.connection.execute(
        f'SELECT key, id, remainder FROM "{table}" WHERE district = ? AND key > ? AND remainder IS NOT NULL'
        " ORDER BY key LIMIT ?",
        (district, after, AT_ONCE),
    ).fetchall()


def _districts(store: Store) -> list[int]:
    rows = store.kept.connection.execute("SELECT d.district FROM district d ORDER BY d.district").fetchall()
    return [district for (district,) in rows]


def _places(store: Store) -> dict[int, dict[int, Place]]:
    """The organisations of each district, by the numbers that Ed-Fi knows them by."""
    found: dict[int, dict[int, Place]] = {}
    named = "SELECT district, NULL, identifier FROM district UNION ALL SELECT district, id, estab FROM school"
    for district, school, number in store.kept.connection.execute(named).fetchall():
        if number and number.isdecimal():
            found.setdefault(district, {})[int(number)] = Place(district, school)
    return found


def _known(places: Mapping[int, Mapping[int, Place]], district: int) -> dict[int, Place]:
    """The organisations by number, a district's own rather than others that have the same."""
    others = {number: place for known in places.values() for number, place in known.items()}
    return others | dict(places.get(district, {}))


class InDistrict:
    """The records of a district, as nobody in particular sees them: all of them."""

    def __init__(self, kept: Kept, district: int) -> None:
        self.kept = kept
        self.district = district
        self._found: dict[object, Any] = {}

    def once(self, key: object, make: Callable[[], Found]) -> Found:
        """What is found once in a transaction, which changes nothing of it."""
        return recent.once(self._found, key, make)

    def find(self, record: type[Record], **facts: Any) -> list[dict[str, Any]]:
        """The records with these stored facts, oldest first."""
        return self.kept.records.find(record, self.district, facts)

    def get(self, record: type[Record], identity: str) -> dict[str, Any] | None:
        """A record by its hub id."""
        rows = self.kept.records.with_ids(record, self.district, [identity])
        return next((row for row in rows if record.of_row(row) is record), None)

    def sees(self, record: type[Record], identity: str) -> bool:
        """Everything is seen."""
        return True

    def known_as(self, record: type[Record], identity: str) -> dict[str, Any]:
        """What others know a record by now."""
        row = self.get(record, identity)
        return self.kept.records.keys(record, row) if row else {}


class Anything(Locator):
    """Finds what documents refer to, whoever may see it."""

    def seen(self, resource: Resource, identity: str) -> bool:
        """Whatever has the natural key is the document."""
        return True


def _note(record: InDistrict, known: Mapping[int, Place], table: str, identity: str, remainder: str) -> int:
    """Note what the documents of a record refer to; tells of how many there are."""
    kept = json.loads(remainder).get("edfi")
    those = cast("dict[str, Any]", kept) if isinstance(kept, dict) else {}
    resources = [p for name in those if name in RESOURCES for p in RESOURCES[name].parts if p.of.table == table]
    locator = Anything(record, record.district, known)
    for resource in resources:
        for document in _documents(record, resource, identity, those[resource.name]):
            try:
                written = resource.unshape(document)
            except READ_BY_NOBODY:
                log.warning("district %d: %s %s cannot be read", record.district, resource.name, identity)
                continue
            targets = [(resource.name, *one) for one in _pointers(locator, resource, written).items()]
            words = [(resource.name, digest_of(word.kind, word.uri)) for word in written.words]
            record.kept.pointers.put(record.district, identity, targets, words)
    return len(resources)


def _pointers(locator: Locator, resource: Resource, written: Written) -> dict[str, str]:
    """What a document refers to beside the references of its record, by path."""
    stays = isinstance(resource, Whole) or resource.stays
    noted = [one for one in written.references if not one.link and (not one.sets or (stays and one.role is None))]
    found = {one.path: to for one in noted if (to := locator.leads(one))}
    return found | (locator.named(written.references) if resource.of.names_others else {})


def _documents(
    record: InDistrict, resource: Resource, identity: str, kept: Mapping[str, Any]
) -> Iterator[dict[str, Any]]:
    """The document that a record is, with what was written beside; none where it is not one any more."""
    asked = record.once(("asked", resource.asked_as), lambda: _asked(record, resource))
    # What a document refers to is the same on every day.
    bound = {"district": record.district, "today": A_DAY, "allowed_on": A_DAY, "district_id": "", "wanted": identity}
    bound |= {"limit": -1, "offset": 0, "page": -1, "before": 0}
    for said, *_ in record.kept.plans.rows(asked, bound):
        yield resource.shape(msgspec.json.decode(said), kept)


def _asked(record: InDistrict, resource: Resource) -> Plan:
    """The question for what a record tells itself of a document."""
    own = HubId(resource.of)
    columns = (*resource.columns, ("$id", own))
    asked = Question(resource.of, columns, resource.only & own.is_(Arg("wanted")), few=True)
    return plan(asked, sights.Whole(flavour=record.kept.flavour))


__all__ = ["bring_pointers"]
