"""Examples for people: what a record is called, and which of its facts change from what to what."""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import islice
from typing import Any

from ..fields import RECORDS, Record
from ..store.writing import Batch
from .diff import EXAMPLES, Tally
from .plan import Part, Plan, target_of
from .rows import Row

NAMES = ("admission_no", "identifier", "code", "forename", "surname", "name", "title", "mark", "value")
MOST_FIELDS = 4


class Namer:
    """Names records that are in the hub, and rows that are not yet."""

    def __init__(self, batch: Batch, plan: Plan) -> None:
        self._batch = batch
        self._plan = plan
        self._rows: dict[tuple[str, str], Row | None] = {}

    def tally(self, part: Part) -> Tally:
        """Count a part and give examples."""
        kind = part.kind
        asked = [one for one in self._plan.questions if one.kind is kind]
        examples = {
            "new": [f"{kind.__name__} {self.row(kind, row)}" for row, _ in islice(part.new, EXAMPLES)],
            "changed": [self.change(kind, row, identity) for row, _, identity in islice(part.changed, EXAMPLES)],
            "gone": [f"{kind.__name__} {self.held(kind, i)}" for i in islice(part.gone.values(), EXAMPLES)],
            "joined": [f"{kind.__name__} {self.held(kind, i)}" for _, _, i in islice(part.joined, EXAMPLES)],
            "review": [f"{kind.__name__} {' '.join(_words(one.said))} ({one.rule})" for one in asked[:EXAMPLES]],
        }
        return Tally(
            len(part.new),
            len(part.changed),
            len(part.gone),
            part.unchanged,
            len(part.joined),
            len({one.key for one in asked}),
            {what: listed for what, listed in examples.items() if listed},
        )

    def row(self, kind: type[Record], row: Row, deep: bool = True) -> str:
        """What a row of the source is called."""
        words = _words(row.values)
        through = ["person"] if words else [n for n in row.refs if n != "school"]
        if deep:
            words += [self.key(target_of(kind, n), key) for n in through if (key := row.refs.get(n))]
        return " ".join(words) or row.key

    def key(self, kind: str, key: str) -> str:
        """What the row with a key is called, or the record that an earlier import made of it."""
        if (kind, key) not in self._rows:
            found = (p.rows.keyed(key) for p in self._plan.parts if p.kind.__name__ == kind)
            self._rows[kind, key] = next(filter(None, found), None)
        if row := self._rows[kind, key]:
            return self.row(RECORDS[kind], row, kind not in {"Person", "Group"})
        before = self._plan.held.kinds.get(kind, {}).get(key)
        return self.held(RECORDS[kind], before[1]) if before else key

    def held(self, kind: type[Record], identity: str) -> str:
        """What a record of the hub is called."""
        record = self._batch.get(kind, identity) or {}
        words = _words(record)
        through = ["person"] if words else [n for n in kind.refs() if n != "school"]
        for name in through:
            if identity_there := record.get(name):
                words.append(self.held(RECORDS[target_of(kind, name)], identity_there))
        return " ".join(words) or identity

    def change(self, kind: type[Record], row: Row, identity: str) -> str:
        """What a record is called, and what of it changes from what to what."""
        before = self._batch.get(kind, identity) or {}
        said = [f"{n}: {_shown(before[n])} -> {_shown(v)}" for n, v in row.values.items() if before.get(n) != v]
        for name, key in row.refs.items():
            target = target_of(kind, name)
            known = self._plan.held.kinds.get(target, {}).get(key or "", (b"", None))[1]
            if before.get(name) != known or (key and known is None):
                was = self.held(RECORDS[target], before[name]) if before.get(name) else "nothing"
                said.append(f"{name}: {was} -> {self.key(target, key) if key else 'nothing'}")
        more = f" and {len(said) - MOST_FIELDS} more" if len(said) > MOST_FIELDS else ""
        listed = ", ".join(said[:MOST_FIELDS]) or "values that have no field of their own"
        return f"{kind.__name__} {self.held(kind, identity)}: {listed}{more}"


def _words(values: Mapping[str, Any]) -> list[str]:
    # A class whose code is its title is named once.
    return list(dict.fromkeys(str(values[n]) for n in NAMES if values.get(n)))


def _shown(value: Any) -> str:
    return "nothing" if value is None else value if isinstance(value, str) else json.dumps(value)
