"""People who are new to a source: which humans of the hub they may be, looked up rule by rule."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Set
from typing import Any

from ...fields import Record
from ...model.people import Person, Staff
from ...model.students import Student
from ...store.kept.matches import Matches
from ...store.numbering import UNIQUE_IDS
from ..plan import Part, Plan
from ..rows import Row
from .found import Candidates, Ids, Likely
from .humans import MASTER, USER_IDS, Human, Key, Same, counted_apart, judge, likely, of_record, of_row, plain, shared

FEW = 10
"""As many words are looked for one by one in what the hub keeps beside the facts of humans."""

_BEARERS: Mapping[str, type[Record]] = {"upn": Student, "uln": Student, "teacher_number": Staff, "ni_number": Staff}
_NAMES = ("forename", "surname", "legal_forename", "legal_surname", "previous_legal_surname")


def as_told(plan: Plan, rows: Iterable[Row], ids: Ids) -> dict[str, Human]:
    """Some people of a source by its keys, with what their roles in it say of them."""
    wanted = {row.key: row for row in rows}
    roles: defaultdict[str, list[tuple[str, Mapping[str, Any]]]] = defaultdict(list)
    for part in plan.parts:
        for row in part.rows if part.kind.human else ():
            if (person := row.refs.get("person")) in wanted and person:
                roles[person].append((ids.of("School", row.refs.get("school")) or "", row.values))
    return {key: of_row(row, roles.get(key, ())) for key, row in wanted.items()}


def candidates(kept: Matches, district: int, rows: Iterable[Row], told: Mapping[str, Human]) -> Candidates:
    """By key, the hub ids of the humans who share something with a row, and all such humans."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    by_key: defaultdict[Key, list[str]] = defaultdict(list)
    for key, human in told.items():
        for one in human.known_by():
            by_key[one].append(key)
    pairs = [
        *_numbered(kept, district, by_key),
        *_bearing(kept, district, by_key),
        *_known_elsewhere(kept, district, by_key),
    ]
    for number, identity in pairs:
        for key in by_key.get(number, ()):
            found[key].add(identity)
    for key, identity in _alike(kept, district, rows, told):
        found[key].add(identity)
    every = {identity for ids in found.values() for identity in ids}
    humans = {one["id"]: of_record(one) for one in kept.humans(district, every)} if every else {}
    return Candidates(found, humans)


def compare(one: Human, other: Human, *, one_system: bool) -> tuple[Same, Likely]:
    """Whether a row is somebody whom the hub knows, with the rule and the facts that say so."""
    best = Same.NO
    rule, facts = "", tuple[str, ...]()
    for key in shared(one, other):
        said = judge(one, other, key, one_system=one_system)
        name = key[0].split(" ")[0]
        if said is Same.CERTAIN:
            return said, Likely(name, (name,))
        if said is Same.LIKELY and best is Same.NO:
            best, rule, facts = said, f"{name}, which the rest contradicts", (name,)
    if best is Same.NO and (alike := likely(one, other)):
        best, rule, facts = Same.LIKELY, ", ".join(alike), alike
    return best, Likely(rule, facts)


def twins(part: Part, asked: Set[str], plan: Plan, ids: Ids) -> Iterator[tuple[Row, str, Likely]]:
    """New rows of one import that may be one human, each with the key of the other: the source keeps them apart.

    Those that are `asked` about wait anyway.
    """
    doubtful = _alike_in(part, asked)
    told = as_told(plan, (row for group in doubtful for row in group), ids) if doubtful else {}
    seen: set[tuple[str, str]] = set()
    for first, *others in doubtful:
        for other in others:
            one, two = told[first.key], told[other.key]
            facts = likely(one, two)
            if facts and not counted_apart(one, two) and (pair := (other.key, first.key)) not in seen:
                seen.add(pair)
                yield other, first.key, Likely(", ".join(facts), facts)


def _alike_in(part: Part, asked: Set[str]) -> list[list[Row]]:
    """The new rows that sign in with one name, or have one birthday and name; of a million, only these are held."""
    once, twice = set[int](), set[int]()
    for row, _ in part.new:
        for name in _names_of(row):
            (twice if (short := hash(name)) in once else once).add(short)
    groups: defaultdict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for row, _ in part.new if twice else ():
        for name in _names_of(row) if row.key not in asked else ():
            if hash(name) in twice:
                groups[name].append(row)
    return [group for group in groups.values() if len(group) > 1]


def _names_of(row: Row) -> Iterator[tuple[Any, ...]]:
    said = row.values
    if name := said.get("username"):
        yield "username", str(name).casefold()
    if said.get("birth_date") and said.get("surname"):
        yield said["birth_date"], str(said["surname"]).casefold(), str(said.get("forename")).casefold()


# ---- one statement for each rule


def _numbered(kept: Matches, district: int, by_key: Collection[Key]) -> Iterator[tuple[Key, str]]:
    for name in UNIQUE_IDS:
        if wanted := {value for kind, value in by_key if kind == name}:
            for one in kept.alike(Person, district, {name: wanted}, (name,)):
                yield (name, one[name]), one["id"]


def _bearing(kept: Matches, district: int, by_key: Collection[Key]) -> Iterator[tuple[Key, str]]:
    for name, role in _BEARERS.items():
        if wanted := {value for kind, value in by_key if kind == name}:
            yield from (((name, v), person) for v, _, person in kept.bearers(district, role, name, wanted) if person)
    if wanted := {value for kind, value in by_key if kind.startswith("admission_no ")}:
        for value, school, person in kept.bearers(district, Student, "admission_no", wanted):
            if person:
                yield (f"admission_no {school}", value), person


def _known_elsewhere(kept: Matches, district: int, by_key: Collection[Key]) -> Iterator[tuple[Key, str]]:
    """Humans by ids that other systems have of them."""
    own = {value: kind for kind, value in by_key if kind in ("id", "short id")}
    others = {value for kind, value in by_key if kind.startswith(USER_IDS)}
    # Many systems count their users from one, so that a short id says nothing by itself.
    if wanted := others | {value for value, kind in own.items() if kind == "id"}:
        by_value: defaultdict[str, list[Key]] = defaultdict(list)
        for key in by_key:
            by_value[key[1]].append(key)
        for one in kept.alike(Person, district, {"external_id": wanted}, ("external_id",)):
            yield from ((key, one["id"]) for key in by_value[one["external_id"]])
    masters = {value for kind, value in by_key if kind == MASTER}
    if words := {*own, *masters, *others}:
        yield from _mentioned(kept, district, words, own)


def _mentioned(
    kept: Matches, district: int, words: Collection[str], own: Mapping[str, str]
) -> Iterator[tuple[Key, str]]:
    looked_for = [w.replace("\\", "_") for w in words] if len(words) <= FEW else [MASTER, USER_IDS]
    for identity, remainder in kept.mentioning(district, looked_for):
        human = of_record({"remainder": remainder, "roles": ()})
        for key in human.known_by():
            yield key, identity
            if key[1] in own:
                yield (own[key[1]], key[1]), identity


def _alike(kept: Matches, district: int, rows: Iterable[Row], told: Mapping[str, Human]) -> Iterator[tuple[str, str]]:
    """Those who were born on the same day and are called the same, or sign in with the same name."""
    born: defaultdict[str, list[str]] = defaultdict(list)
    signed: defaultdict[str, list[str]] = defaultdict(list)
    for row in rows:
        if day := told[row.key].born:
            born[day].append(row.key)
        if name := row.values.get("username"):
            signed[str(name)].append(row.key)
    if born:
        for one in kept.alike(Person, district, {"birth_date": born}, ("birth_date", *_NAMES)):
            surnames = {plain(one[name]) for name in _NAMES[1::2]} | {plain(one["previous_legal_surname"])}
            yield from ((k, one["id"]) for k in born[one["birth_date"]] if told[k].surnames & surnames)
    if signed:
        for one in kept.alike(Person, district, {"username": signed}, ("username",)):
            yield from ((key, one["id"]) for key in signed[one["username"]])
