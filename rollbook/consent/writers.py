"""Writers are made here: each changes the records of a district for a holder, whole or not at all."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from ..errors import NotHeld
from ..store.kept import Kept
from ..store.moving import move_school
from ..store.port import Store
from ..store.writing import Batch
from .credentials import READS_ONLY, Holder
from .pending import Pending
from .readers import Readers
from .shared import SHARED
from .writer import Writer


class Writers:
    """Lets holders change what they may write to."""

    def __init__(self, store: Store, readers: Readers) -> None:
        self._store = store
        self._readers = readers

    @contextmanager
    def in_district(self, holder: Holder, district: int, *, together: bool = False) -> Generator[Writer]:
        """Change records of a district for a holder: whole or not at all.

        What reads through its writer alone may be written `together` with what others write.
        """
        if not holder.credential.writes:
            raise NotHeld(READS_ONLY)
        with self._store.write(district, together=together) as batch:
            # Nobody else writes now, so what is granted stays granted until the end.
            reader = next((r for r in self._readers.for_holder(holder) if r.district == district), None)
            if reader is None:
                raise NotHeld("No school in this district has granted the app anything.")
            yield Writer(batch, reader)

    @contextmanager
    def in_districts(self, holder: Holder, districts: Iterable[int]) -> Generator[Iterator[Writer]]:
        """Change records of several districts for a holder, one after the other: all of them or none."""
        if not holder.credential.writes:
            raise NotHeld("the credential may read only", hint="ask for one whose rights let it write")
        several = frozenset(districts)
        with self._store.of_districts(several) as kept:
            yield self._each(kept, holder, several)

    def _each(self, kept: Kept, holder: Holder, districts: frozenset[int]) -> Iterator[Writer]:
        for reader in (r for r in self._readers.for_holder(holder) if r.district in districts):
            batch = Batch(kept, reader.district)
            yield Writer(batch, reader)
            batch.settle()

    @contextmanager
    def moving_school(self, holder: Holder, school: str, old: int, new: int) -> Generator[Writer]:
        """Let a school that a holder founded by itself join a district, and change it there: whole or not at all."""
        if not (holder.credential.writes and holder.credential.organisations):
            raise NotHeld("the credential may not move schools", hint="ask for one whose rights let it")
        with self._store.of_districts({old, new}) as kept:
            readers = {r.district: r for r in self._readers.for_holder(holder)}
            if not {old, new} <= readers.keys():
                raise NotHeld("no school of this district has granted the app anything")
            move_school(kept, school, old, new)
            there = readers[new]
            grants = [*there.grants, *(replace(g, district=new) for g in readers[old].grants)]
            batch = Batch(kept, new)
            yield Writer(batch, self._readers.of_district(holder.credential, new, there.identifier, grants))
            batch.settle()

    @contextmanager
    def founding(self, holder: Holder, values: dict[str, Any]) -> Generator[Writer]:
        """Make a district for a holder, who may see it and make schools in it: whole or not at all."""
        if not holder.credential.organisations:
            raise NotHeld("This key may not make districts.", hint="use a key whose claim set may, such as EdFiSandbox")
        with self._store.founding(values, holder.app.id) as batch:
            identifier = values.get("identifier") or ""
            yield Writer(batch, self._readers.of_district(holder.credential, batch.district, identifier, []))

    @contextmanager
    def shared(self) -> Generator[Batch]:
        """Change what all districts share: whole or not at all."""
        with self._store.write(SHARED) as batch:
            yield batch

    @contextmanager
    def waiting(self, holder: Holder) -> Generator[Pending]:
        """Change what a holder told of humans who have no role yet: whole or not at all."""
        if not holder.credential.writes:
            raise NotHeld(READS_ONLY)
        with self._store.of_district(SHARED) as kept:
            yield Pending(Batch(kept, SHARED), holder.app.id)
