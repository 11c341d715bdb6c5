"""A district through the grants of its schools, which may differ."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, field

from ....fields import RECORDS, Field, Record
from ....model.organisation import School
from ....model.people import Person
from ....scopes import Need
from ..flavour import Flavour
from ..flavours.sqlite import SQLITE
from ..phrases import NEVER, keys_of, naming
from .sight import BETWEEN, CHOSEN_NOW, Decides, humans, in_district, of_whom, school_ref, unveiled
from .views import Views, Ways


@dataclass(frozen=True)
class Schools(Views):
    """A district through the grants of its schools, which may differ.

    `:reach` is a JSON object of each school's hub id and the number of its view; `:grants` a JSON list of the grants'
    ids. A row is there when its own school granted the record's scope, a fact when that school granted the fact's. A
    human is there when one of their roles is, and a fact of theirs is shown when a role tells it that may tell it.
    """

    turns: frozenset[str] = frozenset()
    """The kinds of human of whom somebody was let in or left out at some time (`turned`), and Person with any."""
    veils: bool = False
    """Whether the hub has records that are veiled from some app."""
    flavour: Flavour = field(default=SQLITE, kw_only=True)
    """Of the database whose rows are seen."""

    @property
    def key(self) -> Hashable:
        """The views, the roles, whether there is more than one state to tell of, and whether there are veils."""
        return self.views, self.roles, self.turns, self.veils, self.flavour

    @property
    def common(self) -> str:
        """The schools in reach."""
        return self.reached(None)

    @property
    def follows(self) -> bool:
        """A document tells of its parts."""
        return True

    @property
    def by_roles(self) -> bool:
        """Humans are seen through their roles."""
        return True

    @property
    def dated(self) -> bool:
        """Where people are chosen, since some may be for a time."""
        return any(view.guards for view in self.views)

    def bounds(self, record: type[Record], alias: str, *, few: bool = False, keyed: bool = False) -> list[str]:
        """The rows whose school granted the record's scope, less the people left out."""
        district = in_district(self.flavour, alias, keyed=keyed)
        if record is Person:
            return [district, self.through_roles(self.ways(None), alias)]
        seen = self.at(record, alias, self.meeting(record.scope), every=True, walked=not few)
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
        seen = self.at(record, alias, views, every=True, walked=False)
        return [*([seen] if seen else []), *self.guarded(record, alias)]

    def together(self, record: type[Record], of: type[Record]) -> bool:
        """A row is seen by the grant of its own school."""
        return False

    def decides(self, record: type[Record]) -> Decides:
        """Its own facts, and the grants; of whom its documents name, their roles."""
        roles = (role.__name__ for role in RECORDS.values() if role.human)
        return Decides(kinds=frozenset({Person.__name__, *roles})) if record.names_others else Decides()

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
            return f"{alias}.key"
        if record is Person:
            roles = (
                f'SELECT CAST(r.school AS TEXT) AS s FROM "{role.table}" r WHERE {self._held(role, views, alias)}'
                for role, views in self.ways(None)
            )
            # A UNION that merges would walk through all roles of the district in order, for each human.
            each = f"SELECT DISTINCT s FROM ({' UNION ALL '.join(roles)}) held"
            every = f"SELECT {self.flavour.joined('s', BETWEEN)} FROM ({each}) roles"
            return f"({every})" if self.ways(None) else "NULL"
        return f"{alias}.school" if school_ref(record) is not None else "NULL"

    def called(self, record: type[Record]) -> str:
        """Anywhere in the district; what is found must still be in reach."""
        return "district = :district"

    # ---- schools

    def at(self, record: type[Record], alias: str, views: tuple[int, ...], *, every: bool, walked: bool = True) -> str:
        """Whether a row's school is under one of the views; `every` asks even when all schools in reach are.

        `walked` that the rows may be found by their school.
        """
        if not views:
            return NEVER
        school = school_ref(record)
        whole = len(views) == len(self.views)
        if (school is None and record is not School) or (whole and not every):
            # What belongs to the district as a whole is seen through any of its schools.
            return ""
        mine = f"{alias}.key" if record is School else f"{alias}.school"
        found = mine if walked else self.flavour.unindexed(mine)
        seen = self.flavour.one_of_few(found, self.reached(None if whole else views))
        return f"({seen} OR {mine} IS NULL)" if school is not None and school.shared else seen

    def reached(self, views: Iterable[int] | None) -> str:
        """A SELECT of the keys of the schools in reach: all, or those under one of some views."""
        return keys_of(School, self.flavour.keys(":reach", views))

    # ---- humans

    def guarded(self, record: type[Record], alias: str) -> list[str]:
        """A row is hidden with the human that it is, or is a part of, and behind a veil."""
        left_out = [
            of_whom(record, alias, identity, g)
            for kind, identity in humans(record, alias)
            for g in self.guards(kind, identity, f"{alias}.school")
        ]
        named_too = [self.names_nobody_unseen(alias)] if record.names_others else []
        return left_out + named_too + (unveiled(self.flavour, record, alias) if self.veils else [])

    def names_nobody_unseen(self, alias: str) -> str:
        """A row's documents name nobody who has a role and is seen in none."""
        roles = [role for role in RECORDS.values() if role.human]
        held = (
            f'EXISTS (SELECT 1 FROM "{r.table}" held WHERE held.district = :district AND held.person = named.key)'
            for r in roles
        )
        seen = self.through_roles(tuple((r, self.meeting(r.scope)) for r in roles), "named")
        return f"NOT EXISTS (SELECT 1 {naming(f'{alias}.id')} AND ({' OR '.join(held)}) AND NOT {seen})"

    def guards(self, record: type[Record], identity: str, school: str) -> list[str]:
        """What the grants say of one human, each at its own school."""
        kind = record.__name__
        chosen = (
            f"SELECT key FROM chosen WHERE kind = '{kind}' AND \"grant\" IN ({self.flavour.listed(':grants')})"
            # Whoever is not there has no key, and a list with an unknown value is not known to lack another one.
            f" AND key IS NOT NULL AND {CHOSEN_NOW}"
        )
        found: list[str] = []
        for mode, word in (("only", "IN"), ("except", "NOT IN")):
            views = [n for n, view in enumerate(self.views) if dict(view.guards).get(kind) == mode]
            if not views:
                continue
            named = f"{identity} {word} ({chosen})"
            there = self.flavour.one_of_few(school, self.reached(views))
            found.append(named if len(views) == len(self.views) else f"(({there}) IS NOT TRUE OR {named})")
        return found

    def through_roles(self, ways: Ways, person: str) -> str:
        """Whether a human has one of these roles at a school under one of its views."""
        found: list[str] = []
        for role, views in ways:
            if views:
                found.append(f'EXISTS (SELECT 1 FROM "{role.table}" r WHERE {self._held(role, views, person)})')
        return f"({' OR '.join(found)})" if found else NEVER

    def _held(self, role: type[Record], views: tuple[int, ...], person: str) -> str:
        # The role has always the same name: equal conditions are then equal texts.
        held = ["r.district = :district", f"r.person = {person}.key"]
        return " AND ".join([*held, self.at(role, "r", views, every=True, walked=False), *self.guarded(role, "r")])

    # ---- who was let in or left out

    def turned(self, record: type[Record], alias: str, refs: Iterable[str]) -> list[str]:
        """The last stamp of each human whom the row is, is a part of, refers to, or names."""
        of = [self._last_turn(*concerned) for concerned in self._concerned(record, alias, refs)]
        return [*of, *(f"coalesce((SELECT max(seq) {turns}), 0)" for turns in self._turns_of_named(record, alias))]

    def turned_since(self, record: type[Record], alias: str, refs: Iterable[str], bound: str) -> list[str]:
        """Look-ups by index, in place of a walk through all rows."""
        of = [
            f"{identity} IN (SELECT key {self._turns(kind)} AND seq {bound})"
            for kind, identity in self._concerned(record, alias, refs)
        ]
        return [*of, *(f"EXISTS (SELECT 1 {turns} AND seq {bound})" for turns in self._turns_of_named(record, alias))]

    def _turns_of_named(self, record: type[Record], alias: str) -> Iterator[str]:
        """The turns of the roles of whoever the documents of a row name."""
        for role in RECORDS.values() if record.names_others else ():
            if role.human and role.__name__ in self.turns:
                held = f'SELECT held.key FROM "{role.table}" held WHERE held.district = :district AND held.person IN'
                yield f"{self._turns(role)} AND key IN ({held} (SELECT named.key {naming(f'{alias}.id')}))"

    def _concerned(self, record: type[Record], alias: str, refs: Iterable[str]) -> list[tuple[type[Record], str]]:
        """The humans whose turns are a row's, each with the SQL of their key."""
        those = dict.fromkeys(humans(record, alias))
        named = ((ref.target, f'{alias}."{name}"') for name, ref in record.refs().items() if name in set(refs))
        those |= dict.fromkeys((kind, identity) for kind, identity in named if kind.human)
        if record is Person:
            those = {(Person, f"{alias}.key"): None}
        return [(kind, identity) for kind, identity in those if kind.__name__ in self.turns]

    def appeared(self, record: type[Record], alias: str) -> list[str]:
        """The last stamp of each human whom the row is or is a part of; of a human, of the first role that was seen."""
        if record is not Person or not self._turning():
            return self.turned(record, alias, ())
        seen = (
            f'SELECT {self._last_turn(role, "r.key")} AS came FROM "{role.table}" r'
            f" WHERE {self._held(role, views, alias)}"
            for role, views in self.ways(None)
        )
        return [f"coalesce((SELECT min(came) FROM ({' UNION ALL '.join(seen)}) seen), 0)"]

    def _turning(self) -> list[type[Record]]:
        roles = self.roles or tuple(role for role in RECORDS.values() if role.human)
        return [role for role in roles if role.__name__ in self.turns]

    def _turns(self, kind: type[Record]) -> str:
        return f"""FROM turned WHERE "grant" IN ({self.flavour.listed(":grants")}) AND kind = '{kind.__name__}'"""

    def _last_turn(self, kind: type[Record], identity: str) -> str:
        """The stamp with which a human was last let in or left out; 0 when that never happened."""
        return f"coalesce((SELECT max(seq) {self._turns(kind)} AND key = {identity}), 0)"
