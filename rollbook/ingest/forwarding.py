"""Sending what apps wrote to the source that has it: at least once, as it stands by then, and refusals are seen.

What is written is kept by the hub above what any source says; a source that refuses it changes nothing of that.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Protocol, TypeVar, runtime_checkable

from ..consent.forwarding import WRITE_BACK, known_as, writes
from ..errors import Malformed
from ..fields import RECORDS, Record
from ..jobs import Failed, Job, Later
from ..model.assessment import Aspect, MarkSet
from ..model.origin import ONEROSTER
from ..store.kept import Kept
from ..store.kept.feeds import PAUSED, Feed
from ..store.port import Store
from .reading import connected
from .renewing import renewing
from .rows import Connector, Reading
from .sending import Look, Sends, Wanted, sendings
from .setting import Setting
from .turns import OtherTurn, host_of, turn

BETWEEN_TURNS, WHILE_PAUSED = 30.0, 3600.0
"""Seconds until another try where the source is being read, and where it is paused."""

WRITING = Setting(WRITE_BACK, "yes, to send what apps write into gradebooks to the source", needed=False)
WRITING_DOCUMENTS = Setting(WRITE_BACK, "yes, to send what apps write through Ed-Fi to the source", needed=False)

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Written:
    """A record that an app wrote, with those that it refers to, and the ids that they have at the source.

    `refs` are by the names of facts; a record that the source did not bring has there the id that the app chose for it,
    or else the hub's. `range` is the numbers that results of an assessment may be.
    """

    record: type[Record]
    id: str
    row: Row
    refs: Mapping[str, Written]
    range: Row


@runtime_checkable
class Writes(Protocol):
    """A connector that can write to its source's gradebooks. Raises `Malformed` for what the source refuses."""

    def write(self, reading: Reading, written: Written) -> None:
        """Put a record to the source: the same again changes nothing there."""
        ...

    def remove(self, reading: Reading, record: type[Record], there: str) -> None:
        """Delete a record at the source, by its id there, if it is there."""
        ...


class Forwarding:
    """Does `forward` jobs; `look` is how documents are looked at as apps see them."""

    def __init__(self, store: Store, connectors: Mapping[str, Connector], look: Look) -> None:
        self._store = store
        self._connectors = connectors
        self._look = look

    def __call__(self, job: Job) -> None:
        """Send a record to its source, unless either is gone by now, or the source is written to no more."""
        said = job.payload
        feed = self._store.kept.feeds.find(said["district"], said["source"])
        if feed is None or not writes(feed):
            return
        if feed.state == PAUSED:
            raise Later(WHILE_PAUSED)
        if "resource" in said:
            self._document(feed, said)
        else:
            self._record(feed, said)

    def _record(self, feed: Feed, said: Row) -> None:
        record, kept = RECORDS[said["record"]], self._store.kept
        if "gone" in said:
            if not _is_there(kept, feed, record, said["id"], said["gone"]):
                with self._sending(feed, goes=True) as (connector, reading):
                    _able(feed, connector, Writes).remove(reading, record, said["gone"])
            return
        written = _written(kept, feed, record, said["id"])
        if written is not None:
            with self._sending(feed) as (connector, reading):
                _able(feed, connector, Writes).write(reading, written)

    def _document(self, feed: Feed, said: Row) -> None:
        dialect = said.get("dialect", "edfi")
        wanted = Wanted(said["credential"], feed.district, said["resource"], said["id"], said["since"], dialect)
        if documents := sendings(self._store.kept, feed, self._look, wanted):
            with self._sending(feed, goes=documents[-1].body is None) as (connector, reading):
                _able(feed, connector, Sends).send(reading, documents)

    @contextmanager
    def _sending(self, feed: Feed, *, goes: bool = False) -> Generator[tuple[Connector, Reading]]:
        """The connector of a source in its turn, and what it is given; a refusal is told, and not sent again.

        What `goes` may be refused because something that refers to it is still there, and goes next.
        """
        connector, settings = connected(self._store, self._connectors, feed)
        renew = renewing(self._store, feed.district, feed.source)
        kept = partial(self._store.kept.sources.file, feed.district, feed.source)
        try:
            with turn(self._store.folder, host_of(settings), wait=False):
                yield connector, Reading(Path(), settings, kept, renew=renew)
        except OtherTurn as other:
            raise Later(BETWEEN_TURNS) from other
        except Malformed as refused:
            raise Failed(*refused.problems, final=not goes) from None


def _is_there(kept: Kept, feed: Feed, record: type[Record], identity: str, there: str) -> bool:
    """Whether something that was deleted is there all the same: for others, or made again under the same id."""
    again = {"external_id": there, "origin": ONEROSTER}
    return any(kept.records.find(record, feed.district, facts) for facts in ({"id": identity}, again))


_Able = TypeVar("_Able")


def _able(feed: Feed, connector: Connector, able: type[_Able]) -> _Able:
    if not isinstance(connector, able):
        raise Failed(f"{feed.connector} cannot write", final=True)
    return connector


def _written(kept: Kept, feed: Feed, record: type[Record], identity: str, depth: int = 2) -> Written | None:
    """A record as it stands, with what it refers to; None of one that is gone."""
    row = next(iter(kept.records.find(record, feed.district, {"id": identity})), None)
    if row is None:
        return None
    refs = {name: ref.target for name, ref in record.refs().items() if depth and row[name]}
    led = {name: _written(kept, feed, target, row[name], depth - 1) for name, target in refs.items()}
    there = {name: one for name, one in led.items() if one is not None}
    return Written(
        record,
        known_as(kept, feed.district, feed.source, record, row),
        row,
        there,
        _range(kept, feed, record, identity),
    )


def _range(kept: Kept, feed: Feed, record: type[Record], identity: str) -> Row:
    """The numbers that results of an assessment may be now."""
    every = kept.records.find(MarkSet, feed.district, {"aspect": identity}) if record is Aspect else ()
    return next((row for row in every if row["end"] is None), dict[str, Any]())
