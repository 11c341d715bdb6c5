"""Ways of seeing: which rows of a kind of record a reader may know of, and which facts of them.

One school through one grant; a district through the grants of its schools; or a partition as a whole, for those who
bound their questions themselves. A statement asks its sight wherever it touches a row or a fact.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from ..fields import RECORDS, Expr, Field, Record, Ref, Told
from ..model.organisation import District, School
from ..model.people import Person
from ..scopes import Need

Guards = Mapping[str, str]
"""For each kind of human that a grant names one by one: `only` those chosen, or all `except` them."""

NEVER = "0"

CHOSEN_NOW = ":today BETWEEN first AND last"
"""Whether a row of `chosen` holds today: places on roll and in groups have dates, so a rule names people for a time."""


class Sight(Protocol):
    """What a statement asks about rows and facts; each answer is SQL, or "" where nothing has to be asked."""

    @property
    def key(self) -> Hashable:
        """What tells it from other sights: equal keys, equal statements."""
        ...

    @property
    def follows(self) -> bool:
        """Whether a row has changed when the parts that it tells of have."""
        ...

    @property
    def dated(self) -> bool:
        """Whether who is seen may be another one tomorrow."""
        ...

    def bounds(self, record: type[Record], alias: str, plus: str = "") -> list[str]:
        """What holds of the rows that a question may be about; `plus` keeps SQLite from walking a school's rows."""
        ...

    def linked(self, record: type[Record], alias: str) -> list[str]:
        """What holds of a row that another one refers to."""
        ...

    def part(self, record: type[Record], alias: str, of: type[Record], *, disclosed: bool) -> list[str]:
        """What holds of the rows that refer to another one; `disclosed` when a scope of their own covers them."""
        ...

    def shows(self, field: Field, alias: str, *, sure: bool) -> str:
        """Whether a row's fact is shown; `sure` that the row is one that `bounds` let through."""
        ...

    def allows(self, record: type[Record], alias: str, need: Need) -> str:
        """Whether what needs these scopes is shown of a row."""
        ...

    def remembers(self, role: type[Record], alias: str, need: Need) -> str:
        """Whether what was written of a human beside the facts is shown, through a role."""
        ...

    def through(self, record: type[Record], alias: str) -> str:
        """The schools through which a row is seen, a text of hub ids with commas between; "" where there is one."""
        ...

    def facts(self, expr: Expr) -> frozenset[int]:
        """The numbers of the views under which a fact is shown; none where there are no views."""
        ...

    def called(self, record: type[Record]) -> str:
        """Where a record is looked up by a value that is its own."""
        ...

    def turned(self, record: type[Record], alias: str, refs: Iterable[str]) -> list[str]:
        """The stamps with which whoever a row is, is a part of, or refers to by `refs` was let in or left out."""
        ...

    def appeared(self, record: type[Record], alias: str) -> list[str]:
        """The stamps with which a row that was left out came back."""
        ...

    def turned_since(self, record: type[Record], alias: str, refs: Iterable[str], bound: str) -> list[str]:
        """What holds of the rows of which a stamp of `turned` may have a number within a bound, such as `>= :low`."""
        ...


def _school_ref(record: type[Record]) -> Ref | None:
    school = record.fields.get("school")
    return school if isinstance(school, Ref) else None


def humans(record: type[Record], alias: str) -> list[tuple[type[Record], str]]:
    """The humans whom a row is, or is a part of, each with the SQL of their hub id."""
    found = [(record, f"{alias}.id")] if record.human else []
    return found + [
        (ref.target, f'{alias}."{name}"') for name, ref in record.refs().items() if ref.part_of and ref.target.human
    ]


def unveiled(record: type[Record], alias: str) -> list[str]:
    """A row is not veiled from the reader's app (`:seer`), nor is what it is a part of."""
    whole = (f'{alias}."{name}"' for name, ref in record.refs().items() if ref.part_of and ref.target is not School)
    own = [] if record.derived() else [f"{alias}.id"]
    return [f"({one} IN (SELECT id FROM veiled WHERE (app = :seer) <> shown)) IS NOT TRUE" for one in (*own, *whole)]


@dataclass(frozen=True)
class OneSchool:
    """One school through one grant (`:school`, `:grant`); the columns that it may not see are gone already."""

    guards: Guards
    veils: bool = False
    """Whether the hub has records that are veiled from some app."""

    @property
    def key(self) -> Hashable:
        """The guards, and whether there are veils."""
        return *sorted(self.guards.items()), self.veils

    @property
    def follows(self) -> bool:
        """A table's parts have rows, and moments, of their own."""
        return False

    @property
    def dated(self) -> bool:
        """Where people are chosen, since some may be for a time."""
        return bool(self.guards)

    def bounds(self, record: type[Record], alias: str, plus: str = "") -> list[str]:
        """One district, one school: nothing else can be read."""
        bound = [f"{alias}.district = :district"]
        school = _school_ref(record)
        if record is School:
            bound.append(f"{alias}.id = :school")
        elif school is not None:
            own = f"{plus}{alias}.school = :school"
            bound.append(f"({own} OR {alias}.school IS NULL)" if school.shared else own)
        elif record is not District:
            raise TypeError(f"{record.__name__} is read through a role at a school")
        return bound + self.guarded(record, alias)

    def linked(self, record: type[Record], alias: str) -> list[str]:
        """What a grant hides is not joined."""
        return self.guarded(record, alias)

    def part(self, record: type[Record], alias: str, of: type[Record], *, disclosed: bool) -> list[str]:
        """Parts of what the whole district shares stand at the school; those of the school's own do anyway."""
        whole, mine = _school_ref(of), _school_ref(record)
        own: list[str] = []
        if whole is not None and whole.shared and mine is not None:
            here = f"{alias}.school = :school"
            own.append(f"({here} OR {alias}.school IS NULL)" if mine.shared else here)
        return own + self.guarded(record, alias)

    def guarded(self, record: type[Record], alias: str) -> list[str]:
        """A row is hidden with the human that it is, or is a part of, and behind a veil."""
        named = [(kind, identity) for kind, identity in humans(record, alias) if kind.__name__ in self.guards]
        return [self.guard(*one) for one in named] + (unveiled(record, alias) if self.veils else [])

    def guard(self, record: type[Record], identity: str) -> str:
        chosen = (
            f"""SELECT 1 FROM chosen WHERE "grant" = :grant AND kind = '{record.__name__}' AND id = {identity}"""
            f" AND {CHOSEN_NOW}"
        )
        return f"{'' if self.guards[record.__name__] == 'only' else 'NOT '}EXISTS ({chosen})"

    def shows(self, field: Field, alias: str, *, sure: bool) -> str:
        """What is not granted has no column."""
        return ""

    def allows(self, record: type[Record], alias: str, need: Need) -> str:
        """What is not granted has no column."""
        return ""

    def remembers(self, role: type[Record], alias: str, need: Need) -> str:
        """What is not granted has no column."""
        return ""

    def through(self, record: type[Record], alias: str) -> str:
        """The one school."""
        return ""

    def facts(self, expr: Expr) -> frozenset[int]:
        """There are no views: what is not granted has no column."""
        return frozenset()

    def called(self, record: type[Record]) -> str:
        """The school's own look-up."""
        return "district = :district AND school = :school"

    def turned(self, record: type[Record], alias: str, refs: Iterable[str]) -> list[str]:
        """Who reads one school compares it with what they have."""
        return []

    def appeared(self, record: type[Record], alias: str) -> list[str]:
        """Who reads one school compares it with what they have."""
        return []

    def turned_since(self, record: type[Record], alias: str, refs: Iterable[str], bound: str) -> list[str]:
        """Who reads one school compares it with what they have."""
        return []


@dataclass(frozen=True)
class Whole:
    """A whole partition (`:district`), for a reader that bounds its questions by conditions of its own."""

    @property
    def key(self) -> Hashable:
        """There is one."""
        return "whole"

    @property
    def follows(self) -> bool:
        """A document tells of its parts."""
        return True

    @property
    def dated(self) -> bool:
        """Everything is seen every day."""
        return False

    def bounds(self, record: type[Record], alias: str, plus: str = "") -> list[str]:
        """One partition."""
        return [f"{alias}.district = :district"]

    def linked(self, record: type[Record], alias: str) -> list[str]:
        """Whatever is referred to."""
        return []

    def part(self, record: type[Record], alias: str, of: type[Record], *, disclosed: bool) -> list[str]:
        """Whatever refers."""
        return []

    def shows(self, field: Field, alias: str, *, sure: bool) -> str:
        """Everything is shown."""
        return ""

    def allows(self, record: type[Record], alias: str, need: Need) -> str:
        """Everything is shown."""
        return ""

    def remembers(self, role: type[Record], alias: str, need: Need) -> str:
        """Everything is shown."""
        return ""

    def through(self, record: type[Record], alias: str) -> str:
        """No school."""
        return ""

    def facts(self, expr: Expr) -> frozenset[int]:
        """There are no views."""
        return frozenset()

    def called(self, record: type[Record]) -> str:
        """Anywhere in the partition."""
        return "district = :district"

    def turned(self, record: type[Record], alias: str, refs: Iterable[str]) -> list[str]:
        """Nobody is left out."""
        return []

    def appeared(self, record: type[Record], alias: str) -> list[str]:
        """Nobody is left out."""
        return []

    def turned_since(self, record: type[Record], alias: str, refs: Iterable[str], bound: str) -> list[str]:
        """Nobody is left out."""
        return []


WHOLE = Whole()


@dataclass(frozen=True)
class View:
    """What some schools of a district granted alike: scopes, and of whom."""

    scopes: frozenset[str]
    guards: tuple[tuple[str, str], ...] = ()


Ways = tuple[tuple[type[Record], tuple[int, ...]], ...]
"""Through which roles a human is seen, and under which views."""


@dataclass(frozen=True)
class Schools:
    """A district through the grants of its schools, which may differ.

    `:reach` is a JSON object of each school's hub id and the number of its view; `:grants` a JSON list of the grants'
    ids. A row is there when its own school granted the record's scope, a fact when that school granted the fact's. A
    human is there when one of their roles is, and a fact of theirs is shown when a role tells it that may tell it.
    """

    views: tuple[View, ...]
    roles: tuple[type[Record], ...] = ()
    """The roles through which humans are seen; every one if none are named."""
    turns: frozenset[str] = frozenset()
    """The kinds of human of whom somebody was let in or left out at some time (`turned`), and Person with any."""
    veils: bool = False
    """Whether the hub has records that are veiled from some app."""

    @property
    def key(self) -> Hashable:
        """The views, the roles, whether there is more than one state to tell of, and whether there are veils."""
        return self.views, self.roles, self.turns, self.veils

    @property
    def follows(self) -> bool:
        """A document tells of its parts."""
        return True

    @property
    def dated(self) -> bool:
        """Where people are chosen, since some may be for a time."""
        return any(view.guards for view in self.views)

    def bounds(self, record: type[Record], alias: str, plus: str = "") -> list[str]:
        """The rows whose school granted the record's scope, less the people left out."""
        district = f"{alias}.district = :district"
        if record is Person:
            return [district, self.through_roles(self.ways(None), alias)]
        seen = self.at(record, alias, self.meeting(record.scope), every=True, plus=plus)
        return [district, *([seen] if seen else []), *self.guarded(record, alias)]

    def linked(self, record: type[Record], alias: str) -> list[str]:
        """A row of any school in reach; of whom is guarded, and its facts ask for themselves."""
        if record is Person:
            return []
        seen = self.at(record, alias, tuple(range(len(self.views))), every=True)
        return [*([seen] if seen else []), *self.guarded(record, alias)]

    def part(self, record: type[Record], alias: str, of: type[Record], *, disclosed: bool) -> list[str]:
        """The rows in reach, by their own scope unless another one covers them."""
        views = tuple(range(len(self.views))) if disclosed else self.meeting(record.scope)
        # They are found by what they refer to, never by their school.
        seen = self.at(record, alias, views, every=True, plus="+")
        return [*([seen] if seen else []), *self.guarded(record, alias)]

    def shows(self, field: Field, alias: str, *, sure: bool) -> str:
        """Whether the school of the row granted the fact."""
        if field.owner is not Person:
            return self.allows(field.owner, alias, field.need)
        ways = self.ways(field)
        if sure and ways == self.ways(None):
            return ""
        return self.through_roles(ways, alias)

    def allows(self, record: type[Record], alias: str, need: Need) -> str:
        """Whether the school of the row granted what is needed."""
        return self.at(record, alias, self.meeting(need), every=False)

    def remembers(self, role: type[Record], alias: str, need: Need) -> str:
        """Whether the human has the role at a school that granted what is needed."""
        return self.through_roles(((role, self.meeting(role.scope & need)),), alias)

    def through(self, record: type[Record], alias: str) -> str:
        """The row's own school, or those at which a human has a role that shows them."""
        if record is School:
            return f"{alias}.id"
        if record is Person:
            roles = (
                f'SELECT r.school AS s FROM "{role.table}" r WHERE {self._held(role, views, alias)}'
                for role, views in self.ways(None)
            )
            return f"(SELECT group_concat(s) FROM ({' UNION '.join(roles)}))" if self.ways(None) else "NULL"
        return f"{alias}.school" if _school_ref(record) is not None else "NULL"

    def facts(self, expr: Expr) -> frozenset[int]:
        """Those whose school granted the fact, of a human those with a role that tells it."""
        if isinstance(expr, Field) and expr.owner is Person:
            return frozenset(n for _, views in self.ways(expr) for n in views)
        return frozenset(self.meeting(expr.need))

    def called(self, record: type[Record]) -> str:
        """Anywhere in the district; what is found must still be in reach."""
        return "district = :district"

    def sees(self, expr: Expr) -> bool:
        """Whether any school granted what a value needs."""
        if isinstance(expr, Field) and expr.owner is Person:
            return any(views for _, views in self.ways(expr))
        people = [p for p in expr.parts() if isinstance(p, Field) and p.owner is Person]
        return bool(self.meeting(expr.need)) and all(map(self.sees, people))

    # ---- views

    @cached_property
    def _met(self) -> dict[Need, tuple[int, ...]]:
        return {}

    def meeting(self, need: Need) -> tuple[int, ...]:
        """The numbers of the views that hold what is needed."""
        if need not in self._met:
            self._met[need] = tuple(n for n, view in enumerate(self.views) if need.met_by(view.scopes))
        return self._met[need]

    def at(self, record: type[Record], alias: str, views: tuple[int, ...], *, every: bool, plus: str = "") -> str:
        """Whether a row's school is under one of the views; `every` asks even when all schools in reach are."""
        if not views:
            return NEVER
        school = _school_ref(record)
        whole = len(views) == len(self.views)
        if (school is None and record is not School) or (whole and not every):
            # What belongs to the district as a whole is seen through any of its schools.
            return ""
        mine = f"{alias}.id" if record is School else f"{alias}.school"
        those = "" if whole else f" WHERE value IN ({', '.join(map(str, views))})"
        seen = f"{plus}{mine} IN (SELECT key FROM json_each(:reach){those})"
        return f"({seen} OR {mine} IS NULL)" if school is not None and school.shared else seen

    # ---- humans

    def guarded(self, record: type[Record], alias: str) -> list[str]:
        """A row is hidden with the human that it is, or is a part of, and behind a veil."""
        left_out = [
            g for kind, identity in humans(record, alias) for g in self.guards(kind, identity, f"{alias}.school")
        ]
        return left_out + (unveiled(record, alias) if self.veils else [])

    def guards(self, record: type[Record], identity: str, school: str) -> list[str]:
        """What the grants say of one human, each at its own school."""
        kind = record.__name__
        chosen = (
            f"SELECT id FROM chosen WHERE kind = '{kind}' AND \"grant\" IN (SELECT value FROM json_each(:grants))"
            f" AND {CHOSEN_NOW}"
        )
        found: list[str] = []
        for mode, word in (("only", "IN"), ("except", "NOT IN")):
            views = [n for n, view in enumerate(self.views) if dict(view.guards).get(kind) == mode]
            if not views:
                continue
            named = f"{identity} {word} ({chosen})"
            those = f"SELECT key FROM json_each(:reach) WHERE value IN ({', '.join(map(str, views))})"
            found.append(
                named if len(views) == len(self.views) else f"(({school} IN ({those})) IS NOT TRUE OR {named})"
            )
        return found

    def ways(self, field: Field | None) -> Ways:
        """The roles and views through which a fact of a human is told; for None, through which the human is seen."""
        key = id(field)
        if key not in self._ways:
            roles = self.roles or tuple(role for role in RECORDS.values() if role.human)
            found = ((role, self.telling(role, field)) for role in roles)
            self._ways[key] = tuple((role, views) for role, views in found if views)
        return self._ways[key]

    @cached_property
    def _ways(self) -> dict[int, Ways]:
        return {}

    def telling(self, role: type[Record], field: Field | None) -> tuple[int, ...]:
        """The views under which a role tells a fact of the human."""
        seen = self.meeting(role.scope)
        if field is None:
            return seen
        told = [t for t in role.fields.values() if isinstance(t, Told) and t.fact is field]
        return tuple(n for n in seen if any(n in self.meeting(t.need) for t in told))

    def through_roles(self, ways: Ways, person: str) -> str:
        """Whether a human has one of these roles at a school under one of its views."""
        found: list[str] = []
        for role, views in ways:
            found.append(f'EXISTS (SELECT 1 FROM "{role.table}" r WHERE {self._held(role, views, person)})')
        return f"({' OR '.join(found)})" if found else NEVER

    def _held(self, role: type[Record], views: tuple[int, ...], person: str) -> str:
        # The role has always the same name: equal conditions are then equal texts.
        held = ["r.district = :district", f"r.person = {person}.id"]
        return " AND ".join([*held, self.at(role, "r", views, every=True, plus="+"), *self.guarded(role, "r")])

    # ---- who was let in or left out

    def turned(self, record: type[Record], alias: str, refs: Iterable[str]) -> list[str]:
        """The last stamp of each human whom the row is, is a part of, or refers to."""
        return [_last_turn(*concerned) for concerned in self._concerned(record, alias, refs)]

    def turned_since(self, record: type[Record], alias: str, refs: Iterable[str], bound: str) -> list[str]:
        """Look-ups by index, in place of a walk through all rows."""
        return [
            f"{identity} IN (SELECT id {_turns(kind)} AND seq {bound})"
            for kind, identity in self._concerned(record, alias, refs)
        ]

    def _concerned(self, record: type[Record], alias: str, refs: Iterable[str]) -> list[tuple[type[Record], str]]:
        """The humans whose turns are a row's, each with the SQL of their hub id."""
        those = dict.fromkeys(humans(record, alias))
        named = ((ref.target, f'{alias}."{name}"') for name, ref in record.refs().items() if name in set(refs))
        those |= dict.fromkeys((kind, identity) for kind, identity in named if kind.human)
        if record is Person:
            those = {(Person, f"{alias}.id"): None}
        return [(kind, identity) for kind, identity in those if kind.__name__ in self.turns]

    def appeared(self, record: type[Record], alias: str) -> list[str]:
        """The last stamp of each human whom the row is or is a part of; of a human, of the first role that was seen."""
        if record is not Person or not self._turning():
            return self.turned(record, alias, ())
        seen = (
            f'SELECT {_last_turn(role, "r.id")} AS came FROM "{role.table}" r WHERE {self._held(role, views, alias)}'
            for role, views in self.ways(None)
        )
        return [f"coalesce((SELECT min(came) FROM ({' UNION ALL '.join(seen)})), '')"]

    def _turning(self) -> list[type[Record]]:
        roles = self.roles or tuple(role for role in RECORDS.values() if role.human)
        return [role for role in roles if role.__name__ in self.turns]


def _turns(kind: type[Record]) -> str:
    return f"""FROM turned WHERE "grant" IN (SELECT value FROM json_each(:grants)) AND kind = '{kind.__name__}'"""


def _last_turn(kind: type[Record], identity: str) -> str:
    """The stamp with which a human was last let in or left out; "" when that never happened."""
    return f"coalesce((SELECT max(at || printf('%012d', seq)) {_turns(kind)} AND id = {identity}), '')"
