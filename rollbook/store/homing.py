"""Bringing documents that were kept whole to the home that their resource has got since, when a store is opened.

A document keeps its hub id and the number of its making, so that nobody sees it deleted and made again; other dialects
find it as a record that has just changed. What was deleted before is told by the keys that it would have now. Each
transaction takes a few documents, and what is done is no longer there to be done, so a process that is killed goes on
where it was.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..edfi import standard
from ..edfi.documents import Whole, kept_whole
from ..edfi.entries import Entered
from ..edfi.gradebooks import range_of
from ..edfi.homes import DISTRICT, NUMERAL, Fact, OrganisationId, trail
from ..edfi.resources import FORMS, HOMED
from ..edfi.schema import Pointing, Resource, Written
from ..fields import Record
from ..model.assessment import Aspect, MarkSet
from ..model.organisation import School
from ..model.people import Person
from ..model.students import Student
from ..model.whole import WHOLE, WholeDocument
from .references import row_of, rows_of
from .writing import Batch

if TYPE_CHECKING:
    from .port import Store

log = logging.getLogger("rollbook")

DONE = "homes"
"""The setting that says for which homes all of this was done."""

AT_ONCE = 500
"""How many documents a transaction takes."""

READ_BY_NOBODY = (AttributeError, KeyError, TypeError, ValueError)
"""What a document raises that has not its resource's shape: the log tells of it, and the hub opens all the same."""

Row = dict[str, Any]


EVERY = (*HOMED, *(form for forms in FORMS.values() for form in forms if not form.read_only))
"""What has a home, each after what it refers to; of some resources only the documents that fit one have it."""


def bring_home(store: Store, resources: Sequence[Resource] = EVERY) -> None:
    """Give every document its home that was kept whole, and whose resource has one now.

    One whose key names something that is gone stays where it is, and is told of in the log. One that does not fit the
    only home that its resource has stays as well, and is served.
    """
    said = hashlib.blake2b(" ".join(r.name for r in resources).encode(), digest_size=16).hexdigest()
    names = json.dumps([r.name for r in resources])
    if store.setting(DONE) == said or not (districts := _waiting(store, names)):
        return
    for district in districts:
        for resource in resources:
            _bring(store, district, resource)
    store.set(DONE, said)


def _waiting(store: Store, names: str) -> list[int]:
    """The districts with documents, or tombstones of such, that are of resources (a list as JSON) with a home now."""
    listed = store.flavour.listed(":names")
    kinds = json.dumps([WHOLE[name].__name__ for name in json.loads(names)])
    rows = store.kept.connection.execute(
        "SELECT d.district FROM district d WHERE EXISTS"
        f" (SELECT 1 FROM whole_document w WHERE w.district = d.district AND w.resource IN ({listed}))"
        " OR EXISTS (SELECT 1 FROM history h WHERE h.district = d.district"
        f" AND h.kind IN ({store.flavour.listed(':kinds')})) ORDER BY d.district",
        {"names": names, "kinds": kinds},
    )
    return [district for (district,) in rows.fetchall()]


def _bring(store: Store, district: int, resource: Resource) -> None:
    """Bring a district's documents of a resource to their home."""
    stay = moved = 0
    while True:
        with store.of_district(district) as kept:
            batch = Moving(kept, district)
            rows = batch.waiting(resource, stay)
            gone = batch.move(resource, rows)
            restated = 0 if _in_part(resource) else batch.restate(resource)
            batch.settle()
        moved, stay = moved + gone, stay + len(rows) - gone
        if len(rows) < AT_ONCE and restated < AT_ONCE:
            break
    if moved or stay:
        log.info("district %d: %d documents of %s were given their home", district, moved, resource.name)
    if stay and not _in_part(resource):
        log.warning("district %d: %d documents of %s name what is gone and stay aside", district, stay, resource.name)


def _in_part(resource: Resource) -> bool:
    """Whether it is only one of several places for the documents of its resource: the others tell what is gone."""
    return resource in FORMS.get(resource.name, ())


@dataclass(frozen=True)
class Moved:
    """A document as it is in its home."""

    row: Row
    values: Row
    links: Mapping[str, Sequence[str]]
    pointers: Mapping[str, str]
    written: Written


class Moving(Batch):
    """A batch that makes records of documents, each under the key and the hub id that it has."""

    _known_keys: Mapping[str, int] = {}

    def waiting(self, resource: Resource, skip: int) -> list[Row]:
        """Documents of a resource that are kept whole, after so many that stay so."""
        whole = WHOLE[resource.name]
        found = self.connection.execute(
            f"{rows_of(whole, self.kept.flavour)} WHERE t.district = :district AND t.resource = :resource"
            " ORDER BY t.digest, t.student, t.key LIMIT :most OFFSET :skip",
            {"district": self.district, "resource": resource.name, "most": AT_ONCE, "skip": skip},
        )
        return [row_of(whole, one) for one in found.fetchall()]

    def move(self, resource: Resource, rows: Iterable[Row]) -> int:
        """Give documents their home; tells of how many it could be done."""
        moved = [one for row in rows if (one := self._as_record(resource, row))]
        self._leave(resource, moved)
        self._known_keys = {one.row["id"]: one.row["made"] for one in moved}
        self.add(resource.of, ({**one.values, "id": one.row["id"]} for one in moved))
        self._known_keys = {}
        self._stamp(resource.of, moved)
        for one in moved:
            words = ((word.kind, word.uri) for word in one.written.words)
            self.kept.pointers.keep(self.district, resource.name, one.row["id"], one.pointers, words)
            self._link(resource, one)
        return len(moved)

    def _identify(
        self, record: type[Record], rows: Sequence[Mapping[str, Any]]
    ) -> tuple[Sequence[int], list[str], Sequence[str | None]]:
        if not self._known_keys:
            return super()._identify(record, rows)
        ids = [row["id"] for row in rows]
        return [self._known_keys[one] for one in ids], ids, ids

    # ---- what a document is in its home

    def _as_record(self, resource: Resource, row: Row) -> Moved | None:
        """What a document is in its home; nothing where its key names something that is gone, or it cannot be read."""
        try:
            kept: dict[str, Any] = json.loads(row["remainder"] or "{}")
            document: Row = kept.get("edfi", {}).get(resource.name, {})
            if not resource.fits(document):
                return None
            written = resource.unshape(document)
        except READ_BY_NOBODY:
            return None
        pointing = self._pointing(resource, row["id"])
        fields: Row = {"school": row["school"]} if "school" in resource.of.fields else {}
        links: dict[str, list[str]] = {name: [] for name in resource.links}
        rest = dict(written.rest)
        for one in written.references:
            if one.link:
                if not self._there(resource.links[one.link].many.child.refs()[one.sets].target, pointing, one):
                    return None
                links[one.link].append(pointing[one.path])
            elif one.sets:
                found = self._found(resource, one, row, pointing)
                if found is None and self._needed(resource, one):
                    return None
                if found is None:
                    # What leads nowhere is read as it was written.
                    rest[one.path[2:]] = one.identity
                fields[one.sets] = found or fields.get(one.sets)
        rest |= {name: sorted(there) for name, there in links.items() if there}
        values = self._told({**written.values, **fields, **resource.first(written.values)}, resource)
        values["remainder"] = json.dumps({"edfi": {resource.name: rest}}, ensure_ascii=False) if rest else None
        own = {one.path for one in written.references if one.sets and not (resource.stays and one.role is None)}
        return Moved(row, values, links, {p: to for p, to in pointing.items() if p not in own}, written)

    def _told(self, values: Row, resource: Resource) -> Row:
        """What a document says, with entries of the school's lists for words; what it says of a human is told there."""
        for name, entry in resource.entries.items():
            if word := values.get(name):
                rows = self.kept.records.find(entry.record, self.district, {"school": values["school"], **entry.list})
                made = {"school": values["school"], **entry.fresh(word)}
                values[name] = entry.among(rows, word) or self.add(entry.record, [made])[0]
        if not resource.humans:
            return values
        role = self.get(Student, values["student"] or "") or {}
        person = self.get(Person, role.get("person") or "") or {}
        said = {name: value for name, value in values.items() if name in resource.humans and value is not None}
        # What the record has of them is newer than a document that it did not heed.
        self.change(Person, person["id"], {name: value for name, value in said.items() if person[name] is None})
        found = self.kept.records.find(School, self.district, {"estab": values["organisation"]})
        place = found[0]["id"] if found else None
        own = {n: v for n, v in values.items() if n not in resource.humans}
        return {**own, "person": person["id"], "place": place}

    def _pointing(self, resource: Resource, identity: str) -> dict[str, str]:
        """What a document refers to, by path."""
        return dict(
            self.connection.execute(
                "SELECT path, target FROM pointer WHERE district = ? AND source = ? AND resource = ?",
                (self.district, identity, resource.name),
            ).fetchall()
        )

    def _found(self, resource: Resource, one: Pointing, row: Row, pointing: Mapping[str, str]) -> str | None:
        """The hub id of what a reference of a document leads to as a record of its district."""
        target = resource.of.refs()[one.sets].target
        if one.role is not None:
            return row.get(one.target.name) or self._role(one.role, row, pointing.get(one.path, ""))
        return pointing[one.path] if self._there(target, pointing, one) else None

    def _role(self, role: type[Record], row: Row, person: str) -> str | None:
        roles = self.kept.records.find(role, self.district, {"person": person}) if person else []
        best = max(roles, key=lambda r: (r["school"] == row["school"], r.get("entry_date") or ""), default=None)
        return best["id"] if best else None

    def _there(self, target: type[Record], pointing: Mapping[str, str], one: Pointing) -> bool:
        return one.path in pointing and self.there(target, pointing[one.path])

    def _needed(self, resource: Resource, one: Pointing) -> bool:
        """Whether a document is none without what a reference leads to; a district has no record of its own."""
        named = resource.by_name[one.path[2:]]
        at_district = resource.of.refs()[one.sets].target is School and one.target.name != "school"
        return named.identity and not at_district

    # ---- what becomes of the records

    def _leave(self, resource: Resource, moved: Sequence[Moved]) -> None:
        whole = WHOLE[resource.name]
        self.connection.executemany(
            f'DELETE FROM "{WholeDocument.table}" WHERE district = ? AND key = ?',
            [(self.district, one.row["made"]) for one in moved],
        )
        if self._any_veiled:
            self.connection.executemany(
                "UPDATE veiled SET kind = ? WHERE district = ? AND id = ?",
                [(resource.of.__name__, self.district, one.row["id"]) for one in moved],
            )
        number = self._take(1) if moved else 0
        for school in {one.row["school"] or "" for one in moved}:
            self._move(whole, school, number)

    def _stamp(self, record: type[Record], moved: Sequence[Moved]) -> None:
        """Let records be as old as they are, and all of them have changed now."""
        first = self._take(len(moved))
        stamped = [(number, one) for number, one in enumerate(moved, first)]
        self.connection.executemany(
            f'UPDATE "{record.table}" SET seq = ?, changed = ? WHERE district = ? AND key = ?',
            [(n, json.dumps(dict.fromkeys(one.values, n)), self.district, one.row["made"]) for n, one in stamped],
        )
        for number, one in stamped:
            self._move(record, one.values.get("school") or "", number)

    def _link(self, resource: Resource, one: Moved) -> None:
        for name, there in one.links.items():
            linking = resource.links[name]
            own = {"school": one.values.get("school"), linking.many.via.name: one.row["id"]}
            self.add(linking.many.child, [{**own, linking.sets: identity} for identity in dict.fromkeys(there)])
        rest = one.written.rest
        if resource.of is Aspect and (most := rest.get("maxPoints", rest.get("maxRawScore"))) is not None:
            own = {"school": one.values.get("school"), "aspect": one.row["id"]}
            self.add(MarkSet, [{**own, **range_of(most, one.values.get("assigned"))}])

    # ---- what is gone

    def restate(self, resource: Resource) -> int:
        """Let tombstones of documents tell of them as of records; tells of how many, at most as many as at once."""
        whole = kept_whole(standard.kinds()[resource.name])
        rows = self.connection.execute(
            "SELECT seq, school, keys FROM history WHERE district = ? AND kind = ? ORDER BY seq LIMIT ?",
            (self.district, whole.of.__name__, AT_ONCE),
        ).fetchall()
        told = [(seq, school or "", json.dumps(_keys(resource, whole, json.loads(keys)))) for seq, school, keys in rows]
        self.connection.executemany(
            "UPDATE history SET kind = ?, keys = ? WHERE district = ? AND seq = ?",
            [(resource.of.__name__, keys, self.district, seq) for seq, _, keys in told],
        )
        number = self._take(1) if told else 0
        for school in {school for _, school, _ in told}:
            self._move(resource.of, school, number)
        return len(told)


def _keys(resource: Resource, whole: Whole, keys: Mapping[str, Any]) -> Row:
    """What a document was known by, as its home would tell it."""
    key = whole.key_of(keys)
    known = {name: value for name, value in keys.items() if name not in ("known_as", "digest", "resource")}
    known |= resource.common
    for name, home in resource.key_homes:
        if isinstance(home, OrganisationId):
            told = home.estab if keys.get("school") else DISTRICT
            known[trail(told)] = NUMERAL.write(key[name])
        elif isinstance(home, Fact) and key[name] is not None:
            known[home.name] = home.asked(key[name])
        elif isinstance(home, Entered):
            known[trail(home.entry.word)] = key[name]
    return known


__all__ = ["bring_home"]
