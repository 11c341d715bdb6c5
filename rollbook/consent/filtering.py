"""Choosing the people of a grant: the school's lists, those that an app edits itself, and when either let whom in.

The school's list says whom an app may see, or whom it may not. An app may leave more people out, and let those in
again whom it left out itself; it never widens what the school chose. What both come to stands in `chosen`, which every
reading is held against. Whoever is let in or left out by a change is written down with a number of the one clock
(`turned`), so that those who follow changes are told; the records themselves are not touched, since no other grant
has to do with it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from ..errors import Conflict, Malformed, NotFound, Problem, nearest
from ..fields import RECORDS
from ..model.people import Contact
from ..model.students import Relationship
from ..store.connection import Connection
from ..store.sqlite import Store
from ..store.writing import Batch
from .grants import GRANT_COLUMNS, MODES, Grant, grant_from, human_kind

KINDS = ("Student", "Staff", "Contact")
"""The kinds of human of whom a grant keeps lists."""


@dataclass(frozen=True)
class Choice:
    """The people of one kind whom a grant sees, by MIS ids.

    `mode` is what the school said: `all`, `only` those in `ids`, or all `except` those. `declined` are the people whom
    the school lets in and the app leaves out by itself.
    """

    kind: str
    mode: str
    ids: tuple[str, ...]
    declined: tuple[str, ...]

    @property
    def opted_in(self) -> bool:
        """Whether only the people of a list are seen."""
        return self.mode == "only"

    @property
    def told(self) -> tuple[str, ...]:
        """The list as the app may know it: those it sees where it is one of those let in, else those it left out.

        Whom the school left out is not named: they are nowhere.
        """
        return tuple(i for i in self.ids if i not in self.declined) if self.opted_in else self.declined


@dataclass(frozen=True)
class _Lists:
    """The lists of a grant for one kind of human, by hub ids."""

    mode: str
    school: frozenset[str] = frozenset()
    declined: frozenset[str] = frozenset()

    @property
    def both(self) -> tuple[str, frozenset[str]]:
        """One list that lets through whom both let through, and how it is meant."""
        if self.mode == "only":
            return "only", self.school - self.declined
        every = self.school | self.declined
        return ("except" if every else self.mode), every

    def lets_in(self, identity: str) -> bool:
        """Whether the school lets a human in, whatever the app says."""
        return self.mode == "all" or (identity in self.school) == (self.mode == "only")


class Strangers(NotFound):
    """Somebody named in the request was not found, or the school does not let the app see them."""

    def __init__(self, people: tuple[tuple[str, str], ...]) -> None:
        said = "no {} whom the school lets this app see has the Id {}"
        super().__init__(*(Problem("people", said.format(*one)) for one in people))
        self.people = people


class FilteringDesk:
    """The part of the desk that keeps the lists of people."""

    store: Store

    def _again(self, grant: Grant) -> Grant:
        (row,) = self.store.records.execute(f"SELECT {GRANT_COLUMNS} WHERE g.id = ?", (grant.id,))
        return grant_from(row)

    # ---- the school's lists

    def choose(self, grant: Grant, kind: str, mode: str, mis_ids: Iterable[str]) -> Grant:
        """Let a grant see only these people of a kind, or all except them; mode `all` takes the choice back.

        Whom the app left out by itself stays left out.
        """
        human = human_kind(kind)
        if mode not in {*MODES, "all"}:
            raise Malformed(Problem("mode", f"{mode} is not known", nearest(mode, [*MODES, "all"])))
        with self.store.write(grant.district) as batch:
            ids = _known(batch.connection, grant, human, mis_ids)
            listed = frozenset[str]() if mode == "all" else frozenset(ids.values())
            before = _lists(batch.connection, grant, human)
            _keep(batch, grant, human, before, replace(before, mode=mode, school=listed))
        return self._again(grant)

    def amend(self, grant: Grant, kind: str, *, add: Iterable[str] = (), remove: Iterable[str] = ()) -> Grant:
        """Add people to the school's list of a kind and take others off it; who is on it already may be added again."""
        human = human_kind(kind)
        with self.store.write(grant.district) as batch:
            before = _lists(batch.connection, grant, human)
            if before.mode == "all":
                said = f"there is no list at {grant.estab}: {grant.app.relying_party} sees every {human}"
                raise Conflict(Problem("people", said, "say first whether it is to see only some, or all except some"))
            ids = _known(batch.connection, grant, human, [*add, *remove])
            school = (before.school | {ids[m] for m in add}) - {ids[m] for m in remove}
            _keep(batch, grant, human, before, replace(before, school=school))
        return self._again(grant)

    def people_of(self, grant: Grant) -> tuple[Choice, ...]:
        """What a grant sees of each kind of human: the school's list, and whom the app leaves out of it."""
        with self.store.lend() as connection:
            return tuple(_choice(connection, grant, kind) for kind in KINDS)

    # ---- an app's own

    def restrict(
        self, grant: Grant, add: Iterable[tuple[str, str]] = (), remove: Iterable[tuple[str, str]] = ()
    ) -> Grant:
        """An app's own edit of the lists of its grant: people (kind, MIS id) to put on them, and to take off.

        What being on a list means the school has said: to be seen where it lets in only those listed, not to be seen
        otherwise. What was said before may be said again. Raises `Strangers` with everybody who cannot be named, and
        then nothing is done.
        """
        wanted = [(True, *one) for one in add] + [(False, *one) for one in remove]
        with self.store.write(grant.district) as batch:
            before = {kind: _lists(batch.connection, grant, kind) for kind in dict.fromkeys(k for _, k, _ in wanted)}
            ids = {k: _found(batch.connection, grant, k, [m for _, of, m in wanted if of == k]) for k in before}
            strangers = tuple(
                (kind, mis_id)
                for kind, mis_id in dict.fromkeys((k, m) for _, k, m in wanted)
                if mis_id not in ids[kind] or not before[kind].lets_in(ids[kind][mis_id])
            )
            if strangers:
                raise Strangers(strangers)
            for kind, lists in before.items():
                declined = set(lists.declined)
                for on, of, mis_id in wanted:
                    if of == kind and on == (lists.mode == "only"):
                        declined.discard(ids[kind][mis_id])
                    elif of == kind:
                        declined.add(ids[kind][mis_id])
                _keep(batch, grant, kind, lists, replace(lists, declined=frozenset(declined)))
        return self._again(grant)


# ---- reading the lists


def _lists(connection: Connection, grant: Grant, kind: str) -> _Lists:
    said = json.loads(connection.execute('SELECT people FROM "grant" WHERE id = ?', (grant.id,)).get or "{}")
    mode = said.get(kind, "all")
    where = (grant.id, kind)
    both = {i for (i,) in connection.execute('SELECT id FROM chosen WHERE "grant" = ? AND kind = ?', where)}
    own = dict(connection.execute('SELECT id, listed FROM declined WHERE "grant" = ? AND kind = ?', where).fetchall())
    listed = {i for i, also in own.items() if also}
    if mode == "only":
        return _Lists("only", frozenset(both | listed), frozenset(own))
    school = frozenset((both - own.keys()) | listed)
    return _Lists("except" if school or (mode == "except" and not own) else "all", school, frozenset(own))


def _choice(connection: Connection, grant: Grant, kind: str) -> Choice:
    lists = _lists(connection, grant, kind)

    def mis_ids(ids: Iterable[str]) -> tuple[str, ...]:
        rows = connection.execute(
            f'SELECT mis_id FROM "{RECORDS[kind].table}" WHERE district = ? AND school = ?'
            " AND id IN (SELECT value FROM json_each(?)) ORDER BY length(mis_id), mis_id",
            (grant.district, grant.school, json.dumps(list(ids))),
        )
        return tuple(mis_id for (mis_id,) in rows)

    return Choice(kind, lists.mode, mis_ids(lists.school), mis_ids(filter(lists.lets_in, lists.declined)))


def _known(connection: Connection, grant: Grant, kind: str, mis_ids: Iterable[str]) -> dict[str, str]:
    """The hub ids of people of the school by their MIS ids, every one of which must be there."""
    wanted = list(mis_ids)
    found = _found(connection, grant, kind, wanted)
    missing = [m for m in dict.fromkeys(wanted) if m not in found]
    if missing:
        raise NotFound(*(Problem("people", f"no {kind} has the Id {m} at {grant.estab}") for m in missing))
    return found


def _found(connection: Connection, grant: Grant, kind: str, mis_ids: list[str]) -> dict[str, str]:
    rows = connection.execute(
        f'SELECT mis_id, id FROM "{RECORDS[kind].table}" WHERE district = ? AND school = ?'
        " AND mis_id IN (SELECT value FROM json_each(?))",
        (grant.district, grant.school, json.dumps(mis_ids)),
    )
    return dict(rows.fetchall())


# ---- keeping them


def _keep(batch: Batch, grant: Grant, kind: str, before: _Lists, after: _Lists) -> None:
    """Write down the lists, and whom the change lets in or leaves out."""
    db, (mode, ids) = batch.connection, after.both
    if before == after:
        return
    db.execute('DELETE FROM chosen WHERE "grant" = ? AND kind = ?', (grant.id, kind))
    db.executemany("INSERT INTO chosen VALUES (?, ?, ?)", [(grant.id, kind, i) for i in ids])
    db.execute('DELETE FROM declined WHERE "grant" = ? AND kind = ?', (grant.id, kind))
    own = [(grant.id, kind, i, int(i in after.school)) for i in after.declined]
    db.executemany("INSERT INTO declined VALUES (?, ?, ?, ?)", own)
    # What was chosen of other kinds since the grant was read stays chosen.
    said = json.loads(db.execute('SELECT people FROM "grant" WHERE id = ?', (grant.id,)).get or "{}")
    people = {k: v for k, v in said.items() if k != kind} | ({} if mode == "all" else {kind: mode})
    db.execute('UPDATE "grant" SET people = ?, version = version + 1 WHERE id = ?', (json.dumps(people), grant.id))
    _turn(batch, grant, kind, before.both, (mode, ids))


_READ = (
    'SELECT 1 FROM opened WHERE "grant" = :grant UNION ALL'
    " SELECT 1 FROM \"grant\" g JOIN credential c ON c.app = g.app WHERE g.id = :grant AND g.state = 'active'"
)
"""Whether anybody can have read a district through a grant; keys that are older than `opened` are not in it."""


def _turn(
    batch: Batch, grant: Grant, kind: str, before: tuple[str, frozenset[str]], after: tuple[str, frozenset[str]]
) -> None:
    if batch.connection.execute(_READ, {"grant": grant.id}).get is None:
        # Nobody has read through the grant yet: whom it leaves out from the beginning is never heard of.
        return
    rows = batch.connection.execute(
        f'SELECT id FROM "{RECORDS[kind].table}" WHERE district = ? AND school = ?', (grant.district, grant.school)
    )
    here = {identity for (identity,) in rows}
    put = batch.connection.executemany
    if before[0] == "only":
        # Who was on the list until they were gone was seen, which nothing else will tell now.
        bygone = [{"grant": grant.id, "kind": kind, "id": i} for i in before[1] - here]
        put(
            "INSERT INTO turned SELECT :grant, :kind, :id, 0, '', 1 WHERE NOT EXISTS"
            ' (SELECT 1 FROM turned WHERE "grant" = :grant AND kind = :kind AND id = :id)',
            bygone,
        )
    turned = list(_turned(here, before, after))
    if turned:
        seq, at = batch.tick()
        put("INSERT INTO turned VALUES (?, ?, ?, ?, ?, ?)", [(grant.id, kind, i, seq, at, seen) for i, seen in turned])
        # A human who is seen in one role may show less without the other, or as a contact without their student.
        batch.connection.execute(
            f"INSERT INTO turned SELECT DISTINCT :grant, 'Person', person, :seq, :at, 1 FROM ({_CONCERNED[kind]})",
            {
                "grant": grant.id,
                "district": grant.district,
                "seq": seq,
                "at": at,
                "ids": json.dumps([i for i, _ in turned]),
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


def _turned(
    here: Iterable[str], before: tuple[str, frozenset[str]], after: tuple[str, frozenset[str]]
) -> Iterator[tuple[str, bool]]:
    """Whom a change lets in (true) or leaves out; "" stands for whoever no list names."""
    for identity in ("", *here):
        was, is_now = (mode == "all" or (identity in ids) == (mode == "only") for mode, ids in (before, after))
        if was != is_now:
            yield identity, is_now
