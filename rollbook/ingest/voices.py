"""What a source's rows say of records, as far as it may say it, and how that is put to what others say of them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from ..fields import Record
from ..model.organisation import School
from ..model.origin import ORIGINS
from ..store.claims import NEVER_BLANK
from ..store.numbering import UNIQUE_IDS
from ..store.precedence import PART
from ..store.writing import Batch
from .numbering import fits
from .plan import Part, target_of
from .rows import Row

Ids = Mapping[str, Mapping[str, str]]
"""Hub ids by kind and by the source's own key."""

_json = json.JSONEncoder(ensure_ascii=False).encode


class Voice:
    """One source, heard: `form` is the name of its part of remainders, `ids` of which records its keys are."""

    def __init__(self, batch: Batch, source: str, form: str, ids: Ids) -> None:
        self._batch = batch
        self._claims = batch.claims
        self._source = source
        self._form = form
        self.ids = ids
        self._targets: dict[type[Record], Ids] = {}
        self._has_origin = form in ORIGINS
        self._limited = batch.claims.order.limits(source)
        self._alone = batch.claims.order.sources <= {source}

    # ---- records that nobody had

    def made(self, kind: type[Record], rows: Sequence[Row], own: Mapping[str, str]) -> list[dict[str, Any]]:
        """The values of new records, with their `own` hub ids, but for parts of a record that the hub holds deleted."""
        found = [(row, self._values(kind, row)) for row in rows]
        for row, values in found:
            values["id"] = own[row.key]
        if self._claims.deleted:
            found = [(row, values) for row, values in found if not self._withheld(kind, row, values)]
        return [values for _, values in found]

    def _withheld(self, kind: type[Record], row: Row, values: dict[str, Any]) -> bool:
        lost = [name for name in kind.refs() if values.get(name) in self._claims.deleted]
        if any(kind.refs()[name].part_of for name in lost):
            self._claims.withhold(kind, values["id"], self._source, row.key, self._facts(kind, row))
            return True
        values.update(dict.fromkeys(lost))
        return False

    # ---- records that are there

    def correct(self, kind: type[Record], rows: Sequence[tuple[Row, str]]) -> int:
        """Let the source say other facts of records that it told of before; gives of how many."""
        if not self._claims.order.may(self._source, kind):
            return len(rows)
        kept = self._claims.kept(kind, [identity for _, identity in rows])
        self._look_ahead(kind, [(row, identity) for row, identity in rows if identity not in kept])
        for row, identity in rows:
            if identity in kept:
                self._claims.tell(kind, identity, kept[identity], self._source, row.key, self._facts(kind, row))
            elif self._brought(kind, identity):
                self._correct_alone(kind, row, identity)
            else:
                self.join(kind, row, identity)
        self._claims.done()
        return len(rows)

    def _look_ahead(self, kind: type[Record], rows: Sequence[tuple[Row, str]]) -> None:
        """Read at once what is known of records of which rows are, and what these refer to."""
        self._claims.look_ahead(kind, [identity for _, identity in rows])
        for name, ids in (self._targets.get(kind) or self._targets_of(kind)).items():
            there = {ids[key] for row, _ in rows if (key := row.refs.get(name)) is not None}
            self._batch.look_up(kind.refs()[name].target, there)

    def _brought(self, kind: type[Record], identity: str) -> bool:
        """Whether a record of which nothing is kept is this source's: another one may only have been found by it."""
        return self._alone or self._claims.maker(kind, identity) in (None, self._source)

    def _correct_alone(self, kind: type[Record], row: Row, identity: str) -> None:
        """Change a record of which nobody else says anything."""
        # What the hub gave where the source says nothing stays.
        values = {n: v for n, v in self._values(kind, row).items() if v is not None or n not in NEVER_BLANK}
        if self._limited:
            # It may have been allowed to say more when it was last read.
            no_more = self._said(kind, row).keys() - values.keys() - NEVER_BLANK
            values.update(dict.fromkeys(no_more))
        before = self._claims.taken(kind, identity)
        values["remainder"] = self._merged(kind, row, before)
        if kind is School and self._batch.kept.schools.has_estab(values.get("estab") or "", identity):
            # A school is found by its number: none gets that of another by saying so later.
            del values["estab"]
        self._batch.correct(kind, identity, values, before)

    def join_all(self, kind: type[Record], rows: Sequence[tuple[Row, str]], former: Mapping[str, str]) -> int:
        """Let the source tell of records that are there and that it did not know, or knew by a `former` key.

        Gives of how many.
        """
        self._look_ahead(kind, [(row, identity) for row, identity in rows if identity not in former])
        for row, identity in rows:
            if identity in former:
                self.rekey(kind, row, identity, former[identity])
            else:
                self.join(kind, row, identity)
        self._claims.done()
        return len(rows)

    def join(self, kind: type[Record], row: Row, identity: str) -> None:
        """Let the source tell of a record that is there and that it did not know."""
        if self._claims.order.may(self._source, kind):
            self._claims.join(kind, identity, self._source, row.key, self._facts(kind, row))

    def rekey(self, kind: type[Record], row: Row, identity: str, former: str) -> None:
        """Let the source tell of a record by another key than the `former` one."""
        kept = self._claims.kept(kind, [identity]).get(identity)
        if kept and self._claims.order.may(self._source, kind):
            facts = self._facts(kind, row)
            self._claims.tell(kind, identity, kept, self._source, row.key, facts, former)
        else:
            self.correct(kind, [(row, identity)])

    def withdraw(self, part: Part) -> None:
        """Let the source tell no more of what is gone from it; what nobody else tells of goes."""
        gone = list(part.gone.values())
        kept, still = self._claims.kept(part.kind, gone), self._still(part) if gone else set[str]()
        for key, identity in part.gone.items():
            if identity in kept:
                self._claims.withdraw(part.kind, identity, kept[identity], self._source, key)
            elif identity not in still and self._goes(part.kind, identity):
                self._batch.remove(part.kind, identity)

    def _goes(self, kind: type[Record], identity: str) -> bool:
        """Whether a record of which nothing is kept goes with its row; what it may only name has to be its own."""
        if self._claims.order.may(self._source, kind):
            return self._brought(kind, identity)
        return self._claims.maker(kind, identity) == self._source

    def _still(self, part: Part) -> set[str]:
        """The records that the source still tells of by other keys than those that are gone."""
        joined = {identity for *_, identity in part.joined}
        keys_of, gone = self._batch.kept.matches.keys_of, set(part.gone.values())
        keys = keys_of(self._batch.district, self._source, part.kind.__name__, gone)
        return joined | {identity for identity, those in keys.items() if not part.gone.keys() >= {*those}}

    # ---- what a row says

    def _values(self, kind: type[Record], row: Row) -> dict[str, Any]:
        """The columns of a record as a row has them, as far as the source may say them."""
        said, may = self._said(kind, row), self._claims.order.may
        return {n: v for n, v in said.items() if may(self._source, kind, n)} if self._limited else said

    def _said(self, kind: type[Record], row: Row) -> dict[str, Any]:
        values: dict[str, Any] = row.values.copy()
        targets = self._targets.get(kind) or self._targets_of(kind)
        for name, there in row.refs.items():
            values[name] = targets[name][there] if there is not None else None
        if row.remainder:
            values["remainder"] = _json({self._form: row.remainder})
        if self._has_origin and values.get("external_id") and "origin" in kind.fields:
            # It is no news of the source's, and so no part of what tells whether a row says anything new.
            values["origin"] = self._form
        return values

    def _targets_of(self, kind: type[Record]) -> Ids:
        """The hub ids of what each reference of a kind may lead to."""
        self._targets[kind] = {name: self.ids.get(target_of(kind, name), {}) for name in kind.refs()}
        return self._targets[kind]

    def _facts(self, kind: type[Record], row: Row) -> dict[str, Any]:
        """What a row says, fact by fact; what it may not say is left out where facts are chosen."""
        facts = self._said(kind, row._replace(remainder=None))
        numbers = row.numbers or {}
        facts |= {name: numbers[name] for name in UNIQUE_IDS if fits(numbers.get(name, ""))}
        return facts | ({f"{PART}{self._form}": row.remainder} if row.remainder else {})

    def _merged(self, kind: type[Record], row: Row, record: Mapping[str, Any] | None) -> str | None:
        """The record's remainder with this format's part replaced and the others' kept."""
        before = record or {}
        parts: dict[str, Any] = json.loads(before.get("remainder") or "{}")
        said = row.remainder if self._claims.order.may(self._source, kind, f"{PART}{self._form}") else None
        if (parts.get(self._form) or None) == (said or None):
            return before.get("remainder")
        parts.pop(self._form, None)
        if said:
            parts[self._form] = said
        return _json(parts) if parts else None
