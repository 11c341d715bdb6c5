"""The school's side of an order and of a reading: its own records, in a data directory of its own."""

from __future__ import annotations

import hashlib
import logging
import uuid
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from ..consent import Desk
from ..errors import NotFound, Occupied, Problem
from ..ingest.exporting import Changes, changes, export, own_district, reached
from ..mis.orders import FAILED, Order, Outcome, WriteBacks
from ..store.kept import Kept
from ..store.port import Store

log = logging.getLogger("rollbook.agent")

MOST_CHANGES = 10_000
"""Records that are sent as changes; more are sent as a file with all of them."""


def _nobody(order: Order, outcome: Outcome) -> None:
    """Whom to tell of an outcome here: the hub asks."""


@dataclass(frozen=True)
class Copy:
    """A file with all records of a district, as they were at a number of its history."""

    path: Path
    to: int
    size: int
    sha256: str


class School:
    """A district of a data directory, as its agent reads and changes it."""

    def __init__(self, store: Store, district: str | None = None) -> None:
        self.store = store
        self.desk = Desk(store)
        self.writebacks = WriteBacks(store, _nobody)
        self.district, name = own_district(store.kept, district)
        if not self.district:
            raise NotFound(Problem("--district", "does not identify one district", f"known: {name or 'none'}"))
        self.identity = f"{self._directory()}/{self.district}"
        """What tells this district of this data directory from every other."""

    def _directory(self) -> str:
        known = self.store.setting("identity")
        if known is None:
            known = str(uuid.uuid4())
            self.store.set("identity", known)
        return known

    @property
    def reached(self) -> int:
        """How far the history has come."""
        return reached(self.store.kept, self.district)

    def enter(self, identity: str, order: dict[str, Any], recalled: dict[str, Any] | None) -> Outcome:
        """Enter an order once, even if the answer was lost; a recalled order is not entered. What the order names but
        this Rollbook does not know is reported as an error.
        """
        made = Order(identity, "", "", self.district, order["school"], order["operation"], order["change"])
        if recalled is not None:
            return self.writebacks.settle(made, Outcome(recalled["state"], tuple(recalled["messages"])))
        try:
            return self.writebacks.enter(made, self._today(made.school))
        except msgspec.ValidationError:
            unknown = f"The school's agent does not support the write-back {made.operation}. Upgrade it"
            return self.writebacks.settle(made, Outcome(FAILED, (unknown,)))
        except (OSError, Occupied):
            raise
        except Exception:
            # A fault here must not hold up whatever is asked next; nothing of the order is entered.
            log.exception("error while entering %s", identity)
            return self.writebacks.settle(made, Outcome(FAILED, ("The school's agent could not enter the write-back",)))

    def _today(self, school: str) -> str:
        zone = self.store.kept.schools.time_zone(self.district, school)
        self.desk.memory.fresh()
        return self.desk.memory.today(zone or "UTC")

    def changes(self, since: int) -> Changes | None:
        """What has changed since a number of the history; None when it is more than a message holds."""
        with self.store.lend() as kept:
            return changes(kept, self.district, since, MOST_CHANGES)

    @contextmanager
    def copy(self) -> Generator[Copy]:
        """A file with all records, which is there while the block goes on."""
        path = self.store.folder / "agent.zip"
        path.unlink(missing_ok=True)
        path.touch(mode=0o600)
        try:
            with self.store.lend() as kept:
                to = self._export(kept, path)
            with path.open("rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
            yield Copy(path, to, path.stat().st_size, found)
        finally:
            path.unlink(missing_ok=True)

    def _export(self, kept: Kept, path: Path) -> int:
        export(kept, self.district, path)
        return reached(kept, self.district)
