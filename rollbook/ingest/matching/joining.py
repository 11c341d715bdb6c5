"""Rows that are new to a source are of a record that the hub holds, or may be, or are of none.

Nothing is looked up for a row that refers to something new, nor in a district that holds nothing of its kind: a first
import costs nothing. Everything else is looked up for all rows of a kind together.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from ...errors import Problem, Stop
from ...model.organisation import District, School
from ...model.origin import ONEROSTER
from ...model.people import Person
from ...store.kept.matches import Found
from ...store.writing import Batch
from ..plan import Part, Plan, Question, target_of
from ..rows import Row
from . import people, places
from .found import Ids, Likely
from .humans import Same
from .rules import NATURE, Nature, Need

SHOWN = ("name", "title", "forename", "surname", "birth_date", "username", "estab", "identifier", "admission_no")
"""What a row is shown by to whoever decides whether it is a record."""

MOST_REKEYED = 3
"""More people than these are not given other keys by their school at once, but by a migration of its system."""

_NEW = "\0new"
"""Stands for a record that is not there yet, which is none that is."""


def match(batch: Batch, plan: Plan, *, hub_ids: bool, own_ids: bool, rekey: bool) -> None:
    """Find out, of rows that are new to the source, which records they are, and which of them must wait.

    `hub_ids` says that the source may know records by their hub ids, and `own_ids` that the hub wrote it, so that its
    ids are those under which OneRoster lists the records. Raises `Stop` when many people have new keys,
    unless `rekey`.
    """
    Matcher(batch, plan, hub_ids, own_ids).run()
    others = sum(len(part.rekeyed) for part in plan.parts if part.kind is Person)
    if others > MOST_REKEYED and not rekey:
        said = f"{others:,} people have other keys in this source than before, as after a migration of its system"
        hint = "they were found again by their numbers; if that is right, import again with --rekey"
        raise Stop(Problem("Person", said, hint))


class Matcher:
    """Matches the parts of one plan, in their order, so that what a row refers to is known before it."""

    def __init__(self, batch: Batch, plan: Plan, hub_ids: bool, own_ids: bool) -> None:
        self._kept = batch.kept.matches
        self._batch = batch
        self._plan = plan
        self._hub_ids = hub_ids
        self._own_ids = own_ids
        self._ids = Ids(plan.held)
        self._taken: defaultdict[str, set[str]] = defaultdict(set)

    def run(self) -> None:
        """Match everything that is new."""
        fresh = not self._kept.any(District, self._batch.district)
        for part in self._plan.parts:
            if part.new and not fresh and self._kept.any(part.kind, self._batch.district):
                self._match(part)
            if part.new and part.kind is Person:
                self._offer_twins(part)

    def _match(self, part: Part) -> None:
        if self._hub_ids:
            self._by_hub_ids(part)
        if self._own_ids and "origin" in part.kind.fields:
            self._by_own_ids(part)
        if part.kind is District:
            self._the_district(part)
        elif part.kind is School:
            self._schools(part)
        elif part.kind is Person:
            self._people(part)
        else:
            for nature in NATURE.get(part.kind.__name__, ()):
                self._by_nature(part, nature)

    # ---- certain

    def _claims(self, part: Part, ids: Iterable[str]) -> dict[str, list[str]]:
        return self._kept.keys_of(self._batch.district, self._plan.source, part.kind.__name__, set(ids))

    def _free(self, part: Part, identity: str, claims: Mapping[str, list[str]]) -> bool:
        """Whether no other row of the source is this record: a key that vanishes may have become another one."""
        return identity not in self._taken[part.kind.__name__] and all(k in part.gone for k in claims.get(identity, ()))

    def _join(self, part: Part, found: Mapping[str, str], claims: Mapping[str, list[str]]) -> None:
        """Take rows, by their keys, for records that the hub holds."""
        if not found:
            return
        part.join(found)
        for key, identity in found.items():
            self._ids.join(part.kind.__name__, key, identity)
            self._taken[part.kind.__name__].add(identity)
            for former in claims.get(identity, ()):
                part.rekeyed[former] = part.gone.pop(former)

    def _by_hub_ids(self, part: Part) -> None:
        """Records that the hub itself wrote to a file are known by its ids."""
        keys = self._kept.there(part.kind, self._batch.district, {row.key for row, _ in part.new})
        claims = self._claims(part, keys)
        self._join(part, {key: key for key in keys if self._free(part, key, claims)}, claims)

    def _by_own_ids(self, part: Part) -> None:
        """Records that the hub itself wrote to a file are known by the ids that their own source gave them."""
        wanted = {row.key for row, _ in part.new if row.values.get("external_id") == row.key}
        facts = {"external_id": wanted, "origin": {ONEROSTER}}
        there = self._kept.alike(part.kind, self._batch.district, facts, ("external_id",)) if wanted else []
        times, claims = Counter(one["external_id"] for one in there), self._claims(part, (one["id"] for one in there))
        alone = [one for one in there if times[one["external_id"]] == 1 and self._free(part, one["id"], claims)]
        self._join(part, {one["external_id"]: one["id"] for one in alone}, claims)

    def _the_district(self, part: Part) -> None:
        made = self._batch.kept.schools.district_id(self._batch.district)
        if made and part.new:
            self._join(part, {next(iter(part.new))[0].key: made}, self._claims(part, [made]))

    def _by_nature(self, part: Part, nature: Nature) -> None:
        told = [(row.key, said) for row, _ in part.new if (said := self._facts(row, part, nature))]
        if not told:
            return
        wanted = {name: {said[name] for _, said in told} for name in nature.equal}
        alike = self._kept.alike(part.kind, self._batch.district, wanted, nature.names)
        claims = self._claims(part, (one["id"] for one in alike))
        by_facts: defaultdict[tuple[Any, ...], list[Found]] = defaultdict(list)
        for one in alike:
            if self._free(part, one["id"], claims):
                by_facts[tuple(one[name] for name in nature.equal)].append(one)
        found: dict[str, str] = {}
        for key, said in told:
            there = by_facts.get(tuple(said[name] for name in nature.equal), [])
            fitting = next((one for one in there if fits(nature, said, one)), None)
            if fitting:
                found[key] = fitting["id"]
                # One record is one row of a source: what is left may be another one.
                there.remove(fitting)
        self._join(part, found, claims)

    def _facts(self, row: Row, part: Part, nature: Nature) -> dict[str, Any] | None:
        """What a row says of the facts that are compared, references as hub ids; None where it cannot be compared."""
        said: dict[str, Any] = {}
        for name in nature.names:
            if name in row.refs:
                key = row.refs[name]
                said[name] = None if key is None else self._ids.of(target_of(part.kind, name), key) or _NEW
            else:
                said[name] = row.values.get(name)
        return said if all(said[name] not in (None, _NEW) for name in nature.equal) else None

    # ---- certain or likely

    def _schools(self, part: Part) -> None:
        there = self._kept.alike(School, self._batch.district, {}, places.FACTS)
        compared = {row.key: [(one["id"], *places.compare(row.values, one)) for one in there] for row, _ in part.new}
        self._settle(part, compared, lambda key, identity: True)

    def _people(self, part: Part) -> None:
        rows = [row for row, _ in part.new]
        told = people.as_told(self._plan, rows, self._ids)
        found = people.candidates(self._kept, self._batch.district, rows, told)
        claims = self._claims(part, found.humans)
        compared = {
            key: [
                (one, *people.compare(told[key], found.humans[one], one_system=one in claims))
                for one in sorted(ids)
                if one in found.humans
            ]
            for key, ids in found.by_row.items()
        }
        self._settle(
            part,
            compared,
            lambda key, identity: people.counted_apart(told[key], found.humans[identity]),
        )

    def _settle(
        self,
        part: Part,
        compared: Mapping[str, list[tuple[str, Same, Likely]]],
        apart: Callable[[str, str], bool],
    ) -> None:
        """Join what is certainly one record, and let wait what may be one; `apart` tells of two of one source."""
        claims = self._claims(part, {one for each in compared.values() for one, _, _ in each})
        decided = self._kept.decided(self._batch.district, self._plan.source) if compared else {}
        certain: dict[str, str] = {}
        rows = {row.key: row for row, _ in part.new} if compared else {}
        for key, each in compared.items():
            said = decided.get((part.kind.__name__, key), {})
            open_ = [one for one in each if self._free(part, one[0], claims) and said.get(one[0]) != "apart"]
            sure = [one for one in open_ if one[1] is Same.CERTAIN or said.get(one[0]) == "same"]
            if len(sure) == 1:
                certain[key] = sure[0][0]
            else:
                self._ask(part, rows[key], [one for one in open_ if one[1] is not Same.NO])
            for one in each:
                if not self._free(part, one[0], claims) and one[1] is not Same.NO and not apart(key, one[0]):
                    # The source itself has two of them, so that nothing is doubled by the hub: it is only offered.
                    self._plan.questions.append(_question(part, rows[key], one[0], one[2], waits=False))
        times = Counter(certain.values())
        for key, identity in certain.items():
            if times[identity] > 1:
                self._ask(part, rows[key], [(identity, Same.LIKELY, Likely("two rows of this source", ()))])
        self._join(part, {key: one for key, one in certain.items() if times[one] == 1}, claims)

    def _ask(self, part: Part, row: Row, maybe: list[tuple[str, Same, Likely]]) -> None:
        self._plan.questions += [_question(part, row, identity, why) for identity, _, why in maybe]

    def _offer_twins(self, part: Part) -> None:
        asked = {one.key for one in self._plan.questions if one.waits and one.kind is part.kind}
        for row, other, why in people.twins(part, asked, self._plan, self._ids):
            self._plan.questions.append(_question(part, row, "", why, waits=False, twin=other))


def _question(part: Part, row: Row, identity: str, why: Likely, *, waits: bool = True, twin: str = "") -> Question:
    said = {**row.values, **(row.numbers or {})}
    shown = {name: said[name] for name in dict.fromkeys((*SHOWN, *why.facts)) if said.get(name) is not None}
    return Question(part.kind, row.key, identity, why.rule, why.facts, shown, waits, twin)


def fits(nature: Nature, one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two rows say the same of all facts that a nature compares."""
    return all(_same(need, one[name], other[name]) for name, need in nature.facts) and (
        nature.span is None or _overlap(*((side[nature.span[0]], side[nature.span[1]]) for side in (one, other)))
    )


def _same(need: Need, one: Any, other: Any) -> bool:
    if need is Need.UNDISPUTED and (one is None or other is None):
        return True
    return one == other and (one is not None or need is not Need.EQUAL)


def _overlap(one: tuple[str | None, str | None], other: tuple[str | None, str | None]) -> bool:
    first, last = max(one[0] or "", other[0] or ""), min(one[1] or "~", other[1] or "~")
    return first <= last


def waiting(plan: Plan) -> Iterator[tuple[str, str]]:
    """Kind and key of the rows that wait for somebody to decide."""
    yield from dict.fromkeys((one.kind.__name__, one.key) for one in plan.questions if one.waits)
