"""Whom a grant lets an app see: what the school and the app said, and what that comes to, day by day.

What was said stands in `choice` (how a list is meant), `named` (people one by one), `rule` (people by year, form,
house, class or course) and `declined` (whom the app leaves out by itself). What it comes to stands in `chosen`, for
spans of days, and every reading is held against that. A rule follows the roll: each transaction that moves places on
roll or in groups works out `chosen` again before it ends (`follow`). Contacts go with their students: where not every
student is seen, a contact is seen while one of their students is.

Whoever is let in or left out is written down with a number of the one clock (`turned`), so that those who follow
changes are told. A day that comes lets people in and leaves them out without a write; `follow_days` writes that down.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ..fields import RECORDS
from ..model.people import Contact, Staff
from ..model.students import Relationship, Student
from .connection import BUSY_SECONDS, Connection
from .rules import FOREVER, Roll, Rule, Span, Spans, merged, within

if TYPE_CHECKING:
    from .sqlite import Store
    from .writing import Batch

KINDS = tuple(kind.__name__ for kind in (Student, Staff, Contact))
"""The kinds of human of whom a grant keeps lists."""

MOVING = frozenset(
    {"Student", "StudentMembership", "Group", "Course", "CourseOffering", "Relationship", "Contact", "School"}
)
"""The kinds of record by which whom a rule names, or who is a contact of whom, may become another one."""


@dataclass(frozen=True)
class Lists:
    """What was said of one kind of human, by hub ids.

    The school's list (`mode`: `all`, `only` those on it, all `except` those on it) has those `named` and those whom a
    rule names, `without` some. `declined` are those whom the app leaves out by itself.
    """

    mode: str = "all"
    named: frozenset[str] = frozenset()
    rules: frozenset[Rule] = frozenset()
    without: frozenset[str] = frozenset()
    declined: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Guard:
    """What the lists come to: nobody is asked about (`all`), `only` these are seen on these days, or all `except`."""

    mode: str
    spans: Spans

    def on(self, day: str) -> tuple[str, frozenset[str]]:
        """What holds on one day."""
        return self.mode, frozenset(i for i, spans in self.spans.items() if any(a <= day <= b for a, b in spans))

    def seen(self, identity: str) -> tuple[Span, ...]:
        """The days on which somebody is seen."""
        listed = self.spans.get(identity, ())
        return listed if self.mode == "only" else between(listed)

    def lets_in(self, identity: str, day: str) -> bool:
        """Whether somebody is seen on a day."""
        return any(first <= day <= last for first, last in self.seen(identity))


@dataclass(frozen=True)
class Place:
    """Where a grant is: its hub id, district and school, and the day there."""

    grant: str
    district: int
    school: str
    day: str


def place_of(connection: Connection, grant: str) -> Place:
    """Where a grant (hub id) is."""
    (row,) = connection.execute(
        'SELECT g.id, g.district, g.school, s.time_zone FROM "grant" g'
        " JOIN school s ON s.district = g.district AND s.id = g.school WHERE g.id = ?",
        (grant,),
    )
    identity, district, school, zone = row
    return Place(identity, district, school, day_at(connection, zone))


def day_at(connection: Connection, time_zone: str | None) -> str:
    """The day on a school's clock, unless the data directory has stopped the clock."""
    stopped, now = connection.execute("SELECT (SELECT value FROM setting WHERE name = 'today'), hub_now()").get
    try:
        zone = ZoneInfo(time_zone or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        zone = UTC
    return stopped or datetime.fromtimestamp(now, zone).date().isoformat()


# ---- what was said


def lists_of(connection: Connection, grant: str, kind: str) -> Lists:
    """What was said of one kind of human."""
    where = (grant, kind)
    mode = connection.execute('SELECT mode FROM choice WHERE "grant" = ? AND kind = ?', where).get
    named = dict(connection.execute('SELECT id, listed FROM named WHERE "grant" = ? AND kind = ?', where).fetchall())
    rules = connection.execute('SELECT "by", value FROM rule WHERE "grant" = ? AND kind = ?', where).fetchall()
    own = connection.execute('SELECT id FROM declined WHERE "grant" = ? AND kind = ?', where).fetchall()
    return Lists(
        mode or "all",
        frozenset(i for i, listed in named.items() if listed),
        frozenset(Rule(*row) for row in rules),
        frozenset(i for i, listed in named.items() if not listed),
        frozenset(i for (i,) in own),
    )


def keep_lists(batch: Batch, grant: str, kind: str, lists: Lists) -> None:
    """Write down what was said of one kind of human, and whom that lets in or leaves out."""
    put, where = batch.connection.executemany, (grant, kind)
    for table in ("choice", "named", "rule", "declined"):
        batch.connection.execute(f'DELETE FROM {table} WHERE "grant" = ? AND kind = ?', where)
    put("INSERT INTO choice VALUES (?, ?, ?)", [(*where, lists.mode)] if lists.mode != "all" else [])
    put("INSERT INTO named VALUES (?, ?, ?, ?)", [(*where, i, 1) for i in sorted(lists.named)])
    put("INSERT INTO named VALUES (?, ?, ?, ?)", [(*where, i, 0) for i in sorted(lists.without - lists.named)])
    put("INSERT INTO rule VALUES (?, ?, ?, ?)", [(*where, r.by, r.value) for r in sorted(lists.rules)])
    put("INSERT INTO declined VALUES (?, ?, ?)", [(*where, i) for i in sorted(lists.declined)])
    settle(batch, place_of(batch.connection, grant))


# ---- what it comes to


class Reckoning:
    """What the lists of one grant come to."""

    def __init__(self, connection: Connection, place: Place, said: Mapping[str, Lists] | None = None) -> None:
        self._connection = connection
        self._place = place
        self.roll = Roll(connection, place.district, place.school)
        self.lists = {k: lists_of(connection, place.grant, k) for k in KINDS} | dict(said or {})
        self._guards: dict[str, Guard] = {}
        self._offers: dict[str, Guard] = {}

    def listed(self, kind: str) -> dict[str, tuple[Span, ...]]:
        """Who stands on the school's list of a kind, with their days."""
        lists = self.lists[kind]
        by_rule = self.roll.named(lists.rules) if lists.rules else {}
        every = by_rule | dict.fromkeys(lists.named, (FOREVER,))
        return {identity: spans for identity, spans in every.items() if identity not in lists.without}

    def guard(self, kind: str) -> Guard:
        """Whom a grant sees of a kind."""
        if kind not in self._guards:
            self._guards[kind] = self._own(kind, declined=True)
            if kind == Contact.__name__ and self.guard(Student.__name__).mode != "all":
                self._guards[kind] = self._with_students(self._guards[kind])
        return self._guards[kind]

    def seen(self, kind: str) -> list[str]:
        """Who is seen of a kind today, where only some are."""
        mode, ids = self.guard(kind).on(self._place.day)
        return sorted(ids) if mode == "only" else []

    def offers(self, kind: str, identity: str) -> bool:
        """Whether the school lets somebody be seen today, whatever the app leaves out of that kind by itself."""
        if kind not in self._offers:
            own = self._own(kind, declined=False)
            with_students = kind == Contact.__name__ and self.guard(Student.__name__).mode != "all"
            self._offers[kind] = self._with_students(own) if with_students else own
        return self._offers[kind].lets_in(identity, self._place.day)

    def _own(self, kind: str, *, declined: bool) -> Guard:
        lists, spans = self.lists[kind], self.listed(kind)
        without = lists.declined if declined else frozenset[str]()
        if lists.mode == "only":
            return Guard("only", {i: s for i, s in spans.items() if i not in without})
        every = {**(spans if lists.mode == "except" else {}), **dict.fromkeys(without, (FOREVER,))}
        return Guard("except" if without else lists.mode, every)

    def _with_students(self, own: Guard) -> Guard:
        """The contacts whom a guard of their own lets in, on the days on which one of their students is seen."""
        students, found = self.guard(Student.__name__), dict[str, list[Span]]()
        for contact, student in self._relations():
            for span in students.seen(student):
                found.setdefault(contact, []).extend(within(span, other) for other in own.seen(contact))
        spans = {contact: merged(some) for contact, some in found.items()}
        return Guard("only", {contact: some for contact, some in spans.items() if some})

    def _relations(self) -> list[tuple[str, str]]:
        return self._connection.execute(
            f'SELECT contact, student FROM "{Relationship.table}" WHERE district = ? AND school = ?',
            (self._place.district, self._place.school),
        ).fetchall()


def between(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The days that are in none of some spans, which are in order."""
    found: list[Span] = []
    first = FOREVER[0]
    for start, end in spans:
        if start > FOREVER[0]:
            found.append((first, _beside(start, -1)))
        if end >= FOREVER[1]:
            return tuple(s for s in found if s[0] <= s[1])
        first = _beside(end, 1)
    return (*(s for s in found if s[0] <= s[1]), (first, FOREVER[1]))


def _beside(day: str, days: int) -> str:
    return (date.fromisoformat(day) + timedelta(days)).isoformat()


# ---- keeping it true


def follow(batch: Batch, moved: Iterable[tuple[str, str]]) -> None:
    """Work out again whom the grants of a district see, after records moved (school and kind) that decide it."""
    schools = {school for school, kind in moved if kind in MOVING}
    if not schools:
        return
    rows = batch.connection.execute(
        "SELECT id, school FROM \"grant\" WHERE district = ? AND people ->> '$.Student' IS NOT NULL", (batch.district,)
    ).fetchall()
    for grant, school in rows:
        if school in schools or "" in schools:
            settle(batch, place_of(batch.connection, grant))


def follow_days(store: Store, patience: float = BUSY_SECONDS) -> int:
    """Write down whom the day that has come lets in and leaves out, for every grant; gives for how many.

    Raises `Occupied` when somebody else writes for longer than `patience` seconds.
    """
    late = list(_late(store.records))
    for grant, district in late:
        with store.write(district, patience) as batch:
            settle(batch, place_of(batch.connection, grant))
    return len(late)


def _late(connection: Connection) -> Iterator[tuple[str, int]]:
    rows = connection.execute(
        'SELECT g.id, g.district, s.time_zone, f.day FROM "grant" g'
        " JOIN school s ON s.district = g.district AND s.id = g.school"
        " LEFT JOIN followed f ON f.\"grant\" = g.id WHERE g.people ->> '$.Student' IS NOT NULL"
    )
    today: dict[str, str] = {}
    for grant, district, zone, day in rows.fetchall():
        if zone not in today:
            today[zone] = day_at(connection, zone)
        if day != today[zone]:
            yield grant, district


def settle(batch: Batch, place: Place) -> None:
    """Work out whom a grant sees, and write down who is let in or left out by what is different."""
    db, reckoning = batch.connection, Reckoning(batch.connection, place)
    day = db.execute('SELECT day FROM followed WHERE "grant" = ?', (place.grant,)).get or place.day
    people = json.loads(db.execute('SELECT people FROM "grant" WHERE id = ?', (place.grant,)).get)
    turning, different = list[tuple[str, Guard, Guard]](), False
    for kind in KINDS:
        before = Guard(people.get(kind, "all"), _kept(db, place.grant, kind))
        after = reckoning.guard(kind)
        if before != after:
            _write(db, place.grant, kind, before, after)
            different = True
        turning.append((kind, before, after))
    if different:
        modes = {kind: after.mode for kind, _, after in turning if after.mode != "all"}
        db.execute(
            'UPDATE "grant" SET people = ?, version = version + 1 WHERE id = ?', (json.dumps(modes), place.grant)
        )
    db.execute("INSERT OR REPLACE INTO followed VALUES (?, ?)", (place.grant, place.day))
    for kind, before, after in turning:
        _turn(batch, place, kind, before.on(day), after.on(place.day))


def _kept(connection: Connection, grant: str, kind: str) -> dict[str, tuple[Span, ...]]:
    rows = connection.execute(
        'SELECT id, first, last FROM chosen WHERE "grant" = ? AND kind = ? ORDER BY id, first', (grant, kind)
    )
    found: dict[str, tuple[Span, ...]] = {}
    for identity, first, last in rows:
        found[identity] = (*found.get(identity, ()), (first, last))
    return found


def _write(connection: Connection, grant: str, kind: str, before: Guard, after: Guard) -> None:
    was, is_now = ({(i, *s) for i, spans in guard.spans.items() for s in spans} for guard in (before, after))
    connection.executemany(
        'DELETE FROM chosen WHERE "grant" = ? AND kind = ? AND id = ? AND first = ?',
        [(grant, kind, i, first) for i, first, _ in was - is_now],
    )
    connection.executemany("INSERT INTO chosen VALUES (?, ?, ?, ?, ?)", [(grant, kind, *row) for row in is_now - was])


# ---- who was let in or left out


_READ = (
    'SELECT 1 FROM opened WHERE "grant" = :grant UNION ALL'
    " SELECT 1 FROM \"grant\" g JOIN credential c ON c.app = g.app WHERE g.id = :grant AND g.state = 'active'"
)
"""Whether anybody can have read a district through a grant; keys that are older than `opened` are not in it."""

Sides = tuple[str, frozenset[str]]
"""How a list is meant, and who stands on it."""


def _turn(batch: Batch, place: Place, kind: str, before: Sides, after: Sides) -> None:
    db = batch.connection
    here = dict(
        db.execute(
            f'SELECT id, made FROM "{RECORDS[kind].table}" WHERE district = ? AND school = ?',
            (place.district, place.school),
        ).fetchall()
    )
    if before[0] == "except":
        # Who was left out until they were gone was never seen, which nothing else will tell now.
        _bygone(db, place, kind, before[1] - here.keys() - after[1], seen=False)
    if db.execute(_READ, {"grant": place.grant}).get is None:
        # Nobody has read through the grant yet: whom it leaves out from the beginning is never heard of.
        return
    if before[0] == "only":
        # Who was on the list until they were gone was seen, which nothing else will tell now.
        _bygone(db, place, kind, before[1] - here.keys(), seen=True)
    turned = list(_turned(here, before, after))
    # Who is new and seen from the beginning need not be let in.
    turned = [(i, seen) for i, seen in turned if not (seen and i and batch.makes(here[i]))]
    if turned:
        _stamp(batch, place, kind, turned)


def _bygone(connection: Connection, place: Place, kind: str, ids: Iterable[str], *, seen: bool) -> None:
    connection.executemany(
        "INSERT INTO turned SELECT :grant, :kind, :id, 0, '', :seen WHERE NOT EXISTS"
        ' (SELECT 1 FROM turned WHERE "grant" = :grant AND kind = :kind AND id = :id)',
        [{"grant": place.grant, "kind": kind, "id": i, "seen": int(seen)} for i in ids],
    )


def _stamp(batch: Batch, place: Place, kind: str, turned: list[tuple[str, bool]]) -> None:
    seq, at = batch.tick()
    batch.connection.executemany(
        "INSERT INTO turned VALUES (?, ?, ?, ?, ?, ?)",
        [(place.grant, kind, identity, seq, at, seen) for identity, seen in turned],
    )
    # A human who is seen in one role may show less without the other, or as a contact without their student. One of
    # them may be concerned by several kinds.
    batch.connection.execute(
        "INSERT OR IGNORE INTO turned SELECT DISTINCT :grant, 'Person', person, :seq, :at, 1"
        f" FROM ({_CONCERNED[kind]}) WHERE person IS NOT NULL",
        {
            "grant": place.grant,
            "district": place.district,
            "seq": seq,
            "at": at,
            "ids": json.dumps([identity for identity, _ in turned]),
        },
    )


_TURNED = "IN (SELECT value FROM json_each(:ids))"

_CONCERNED = {
    kind: f'SELECT person FROM "{RECORDS[kind].table}" WHERE district = :district AND id {_TURNED}' for kind in KINDS
}
_CONCERNED["Student"] += (
    f' UNION SELECT c.person FROM "{Relationship.table}" r'
    f' JOIN "{Contact.table}" c ON c.district = r.district AND c.id = r.contact'
    f" WHERE r.district = :district AND r.student {_TURNED}"
)
"""The hub ids of those of whom a change of somebody's sight tells: of a student, their contacts too."""


def _turned(here: Iterable[str], before: Sides, after: Sides) -> Iterator[tuple[str, bool]]:
    """Whom a change lets in (true) or leaves out; "" stands for whoever no list names."""
    for identity in ("", *here):
        was, is_now = (mode == "all" or (identity in ids) == (mode == "only") for mode, ids in (before, after))
        if was != is_now:
            yield identity, is_now


def widened(lists: Lists, *, add: Iterable[str] = (), remove: Iterable[str] = ()) -> Lists:
    """A list with people put on it and others taken off, also of those whom a rule puts there."""
    added, gone = frozenset(add), frozenset(remove)
    without = ((lists.without - added) | gone) if lists.rules else frozenset[str]()
    return replace(lists, named=(lists.named | added) - gone, without=without - added)
