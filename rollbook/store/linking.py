"""What the references of new and changed rows lead to: hub ids as they are given, keys as they are stored."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from typing import NamedTuple

from ..errors import NotFound
from ..fields import RECORDS, Record, Ref
from .connection import Connection
from .references import key_of
from .schema import NUMBERED_ID

REMEMBERED = 500_000
"""How many keys a batch remembers at most; it looks the others up again."""


def numbered_id(key: int) -> str:
    """The hub id that is made of a key, of a kind that is `numbered`."""
    return f"{NUMBERED_ID}{key:012d}"


class Slot(NamedTuple):
    """A reference of a row: its kind, its key and the name of the reference."""

    record: type[Record]
    key: int
    name: str

    @property
    def ref(self) -> Ref:
        """What it refers to, and how."""
        return self.record.refs()[self.name]


class Links:
    """The keys that the references of a batch's rows lead to; who refers to a record that comes later waits for it."""

    def __init__(self, connection: Connection, district: int, keys: defaultdict[str, dict[str, int]]) -> None:
        """`keys` are those of records that are there, by kind and hub id."""
        self._connection = connection
        self._district = district
        self._keys = keys
        self._wanted: dict[Slot, str] = {}
        self._waiting: defaultdict[tuple[str, str], list[Slot]] = defaultdict(list)
        self._promised: defaultdict[str, dict[str, int]] = defaultdict(dict)

    # ---- which are there

    def promise(self, record: type[Record], key: int) -> str:
        """The hub id for a record that will have a key: others may refer to it already."""
        identity = numbered_id(key)
        self._promised[record.__name__][identity] = key
        self.come(record, [identity], [key])
        return identity

    def redeem(self, record: type[Record], identity: str | None) -> int:
        """The key of the record to which an id was promised; 0 where none was."""
        return self._promised[record.__name__].pop(identity, 0) if identity else 0

    def keys(self, target: type[Record], ids: Iterable[str | None]) -> Mapping[str, int]:
        """The keys of at least those of these records (hub ids) that are there."""
        known = self._keys[target.__name__]
        missing = {identity for identity in ids if identity is not None and identity not in known}
        if missing:
            rows = self._connection.execute(
                f"SELECT j.value, {key_of(target, ':district', 'j.value')}"
                f" FROM ({self._connection.flavour.listed(':ids')}) j",
                {"district": self._district, "ids": json.dumps([*missing])},
            )
            known.update((identity, key) for identity, key in rows if key is not None)
        return known

    def key(self, slot: Slot, identity: str | None) -> int | None:
        """What a reference of a row is to hold from now on, to lead to a record; it may come later in the batch."""
        self._wanted.pop(slot, None)
        if identity is None:
            return None
        target = slot.ref.target
        found = self.keys(target, [identity]).get(identity)
        if found is None:
            self.wait(slot, identity)
        return found

    def wait(self, slot: Slot, identity: str) -> None:
        """A reference leads to a record that is not there yet."""
        self._wanted[slot] = identity
        self._waiting[slot.ref.target.__name__, identity].append(slot)

    def _trim(self) -> None:
        """Forget what was looked up, before it is too much to hold."""
        if sum(map(len, self._keys.values())) > REMEMBERED:
            self._keys = defaultdict(dict, {kind: dict(known) for kind, known in self._promised.items()})

    def come(self, record: type[Record], ids: Iterable[str], keys: Iterable[int]) -> None:
        """Records (hub ids and keys) are about to be there."""
        self._trim()
        if record.__name__ in _targets():
            self._keys[record.__name__].update(zip(ids, keys, strict=True))

    def lead(self, record: type[Record], ids: Iterable[str]) -> list[Slot]:
        """Let those lead to new records who waited for them; gives who did."""
        if not self._waiting:
            return []
        led: list[Slot] = []
        known = self._keys[record.__name__]
        found: defaultdict[tuple[str, str], list[tuple[int, int, int]]] = defaultdict(list)
        for identity in ids:
            for slot in self._waiting.pop((record.__name__, identity), ()):
                if self._wanted.get(slot) == identity:
                    del self._wanted[slot]
                    led.append(slot)
                    found[slot.record.table, slot.name].append((known[identity], self._district, slot.key))
        for (table, name), rows in found.items():
            self._connection.executemany(f'UPDATE "{table}" SET "{name}" = ? WHERE district = ? AND key = ?', rows)
        return led

    def go(self, record: type[Record], identity: str, key: int) -> None:
        """A record is gone, and waits for nothing any more."""
        self._keys[record.__name__].pop(identity, None)
        for name in record.refs() if self._wanted else ():
            self._wanted.pop(Slot(record, key, name), None)

    def settle(self) -> None:
        """Raise `NotFound` where a reference still leads nowhere."""
        for slot, identity in self._wanted.items():
            owner, target = slot.record.__name__, slot.ref.target.__name__
            raise NotFound(f"no {target} {identity}, to which {owner}.{slot.name} refers")


@cache
def _targets() -> frozenset[str]:
    """The kinds of record that others refer to."""
    return frozenset(ref.target.__name__ for r in RECORDS.values() if not r.derived() for ref in r.refs().values())
