"""Questions turned into SQL; compiled once for each kind of reader."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from ...fields import Compare, Condition, Down, Expr, HubId, OneOf, Question, Record, RowHash
from ...model.people import Person
from .counting import count_together
from .facts import facts_of, leaves_of
from .flavour import Column, Flavour
from .gathered import Body, Completion, Made
from .grammar import GRAMMAR
from .letters import letters
from .moved import Moving
from .naming import about_people, compared, named
from .phrases import every
from .planned import Plan
from .selecting import Selecting, in_parts, size
from .sights import OneSchool, Sight
from .statement import Statement, by_key, identified, looked_up

Columns = list[tuple[str, Expr]]

PARTS = 4
"""Into how many parts at least a row's JSON is divided of which a statement has no room for the whole."""


def plan(question: Question, sight: Sight) -> Plan:
    """Compile a question for readers with this sight, for the database of its flavour."""
    shown, marks, hashed = _columns(question)
    sql = Statement(question.of, sight, hashed, GRAMMAR)
    count_together(sql, [expr for _, expr in (*shown, *(hashed if marks else ()))])
    bodies = _bodies(sql, shown, hashed if marks else None)
    singles, lists = sql.telling.whom(sql.of, sql.base, sql.flavour)
    plain, one_by_one, by_roles = letters(sql, shown)
    rows = _rows(sql, question)
    through = sight.through(question.of, sql.base)
    people = tuple(one for one in (*singles, *lists, by_roles.sql, through) if one)
    beside = (rows.identity, rows.key)
    values = _values(sql, bodies, size([rows.identity, *beside, *people, rows.page]))
    columns = (*beside, *values.columns, *people)
    selecting = Selecting(rows.identity, sight.flavour.longest, sight.common if sight.flavour.shares else "")
    counted = _Counted.of(question, sight, hashed)
    asked = list(compared(question.where))
    return Plan(
        selecting=selecting,
        shown=values.columns,
        columns=values.names,
        completion=values.completion,
        whom=people,
        plain=plain,
        letters=one_by_one.each,
        source=rows.page,
        identity=rows.identity,
        singles=len(singles),
        lists=len(lists),
        shows=(*plain.facts, *one_by_one.facts),
        shows_of_many=by_roles.facts,
        by_letters=bool(by_roles.sql),
        through=bool(through),
        under=_under(sight, [*(expr for _, expr in shown), *asked]),
        asked=frozenset(name for expr in asked for name in facts_of(expr)),
        named=" UNION ALL ".join(dict.fromkeys(_naming(record, one, sight) for record, one in _named(question, sight))),
        numbered=counted.numbered,
        owners=counted.owners,
        passed=counted.passed if question.sorted or about_people(question.where) else "",
        of_people=about_people(question.where),
        human=question.of.human or question.of is Person,
        keyed=selecting.statements(columns, rows.page),
        some=selecting.statements(columns, rows.some),
        those=f"SELECT {rows.identity} {rows.some}",
        moving=None if sql.stored.derived() else Moving(sql.stored, sql.flavour, tuple(sql.traces)),
        settled=_settled(question),
        count=counted.count,
        reads=frozenset(sql.reads | sql.nested),
        nested=frozenset(sql.nested),
        dated=sql.dated or counted.dated or sight.dated,
        row_hash=marks[0] if marks else None,
    )


def _columns(question: Question) -> tuple[Columns, list[str], Columns]:
    """The columns that are shown, the names of row hashes, and the columns that these cover."""
    shown = [(name, expr) for name, expr in question.columns if not isinstance(expr, RowHash)]
    marks = [name for name, expr in question.columns if isinstance(expr, RowHash)]
    hashed = [(n, e) for n, e in (question.hashed or question.columns) if not isinstance(e, RowHash)]
    return shown, marks, hashed


Run = Made | list[Column]
"""A member of a row's JSON that is made after the query, or some that the query makes together."""


@dataclass(frozen=True)
class _Bodies:
    """What a row shows, and what its hash covers where that is something else, before either is written out."""

    shown: list[Run]
    more: list[Run]
    names: tuple[tuple[str, ...], tuple[str, ...]]
    alike: bool
    """Whether a hash is asked for that covers what is shown: once is enough."""


def _bodies(sql: Statement, shown: Columns, hashed: Columns | None) -> _Bodies:
    first = _runs(sql, shown)
    alike = hashed is not None and [n for n, _ in shown] == [n for n, _ in hashed]
    more = [] if hashed is None or alike else hashed
    names = tuple(n for n, _ in shown), tuple(n for n, _ in more)
    return _Bodies(first, _runs(sql, more), names, alike or hashed == [])


def _runs(sql: Statement, columns: Columns) -> list[Run]:
    runs: list[Run] = []
    for late, run in groupby(columns, key=lambda column: column[1] in sql.made):
        if late:
            runs += [Made(name, *sql.made[expr]) for name, expr in run]
        else:
            runs.append(sql.columns(list(run)))
    return runs


@dataclass(frozen=True)
class _Values:
    """What a row shows and what its hash covers, as SQL; the names of both where the row is encoded later."""

    columns: tuple[str, ...]
    names: tuple[tuple[str, ...], tuple[str, ...]] | None
    completion: Completion | None


def _values(sql: Statement, found: _Bodies, beside: int) -> _Values:
    """`beside` is the size of what else stands in a statement."""
    whole = _written(sql, found, None)
    room = sql.flavour.longest - beside
    return whole if not sql.flavour.longest or size(whole.columns) <= room else _written(sql, found, room // PARTS)


def _written(sql: Statement, found: _Bodies, most: int | None) -> _Values:
    """The values; of a row's JSON, `most` bytes of SQL at a time."""
    selected, body = _body(sql.flavour, found.shown, most)
    bodies = [body]
    if found.more:
        columns, body = _body(sql.flavour, found.more, most)
        selected, bodies = [*selected, *columns], [*bodies, body]
    elif found.alike and sql.flavour.encodes:
        selected, bodies = [*selected, "NULL"], [*bodies, (None,)]
    gathered = tuple(sql.gatherings)
    parted = sql.flavour.encodes and any(len(body) > 1 for body in bodies)
    completion = Completion(gathered, tuple(bodies)) if gathered or parted else None
    columns = (*selected, *(one.sql for one in gathered))
    return _Values(columns, None if sql.flavour.encodes else found.names, completion)


def _body(flavour: Flavour, runs: list[Run], most: int | None) -> tuple[list[str], Body]:
    """What is selected for a row, and how it is put together with what is made after the query."""
    selected: list[str] = []
    body: list[Made | None] = []
    for run in runs:
        if isinstance(run, Made):
            body.append(run)
            continue
        for part in [run] if most is None else in_parts(run, most):
            found = flavour.row(part)
            selected += found
            body += [None] * len(found)
    return (selected, tuple(body)) if runs else (flavour.row([]), (None,))


@dataclass(frozen=True)
class _Rows:
    """The rows that a question is about: those of a page, and those of some hub ids."""

    identity: str
    key: str
    page: str
    some: str


def _rows(sql: Statement, question: Question) -> _Rows:
    identity = f"{sql.base}.id"
    # What has no key of its standard's is told apart by the hub's.
    key = f"coalesce({sql.expr(question.key)}, {identity})" if question.key is not None else identity
    condition = sql.condition(question.where)
    few = question.few or looked_up(question.of, question.where)
    where = sql.within(condition, few=few, keyed=by_key(question.of, question.where))
    # Where it is one of another kind's, it is looked up by that kind's keys.
    only = identified(sql.flavour, sql.stored, sql.base, sql.flavour.listed(":only"))
    with sql.of_few():
        those = sql.within(every([sql.condition(question.where), only]), few=True, keyed=sql.stored.numbered)
    order = f"ORDER BY {sql.order(question.order, few=question.few)}"
    source = f"FROM {sql.tables()} WHERE"
    page = sql.flavour.page(":limit", ":offset")
    return _Rows(identity, key, f"{source} {where} {order} {page}", f"{source} {those} {order}")


@dataclass(frozen=True)
class _Counted:
    """How many rows there are, of whom they are, and of whom those are that are skipped before a page."""

    count: str
    numbered: str
    passed: str
    owners: int
    dated: bool

    @classmethod
    def of(cls, question: Question, sight: Sight, hashed: Columns) -> _Counted:
        sql = Statement(question.of, sight, hashed, GRAMMAR)
        where = sql.where(question.where, few=question.few)
        own, several = sql.telling.whom(sql.of, sql.base, sql.flavour)
        source = f"FROM {sql.tables()} WHERE {where}"
        if not own and not several:
            return cls(f"SELECT count(*) {source}", "", "", 0, sql.dated)
        columns = ", ".join(one for one in (*own, *several, sight.through(question.of, sql.base)) if one)
        return cls(
            count=f"SELECT count(*) {source}",
            numbered=f"SELECT {columns} {source}",
            passed=_passed(sql, question, f"SELECT {columns}", where),
            owners=len(own),
            dated=sql.dated,
        )


def _passed(sql: Statement, question: Question, select: str, where: str) -> str:
    order = sql.order(question.order, few=question.few)
    return f"{select} FROM {sql.tables()} WHERE {where} ORDER BY {order} LIMIT :offset"


def _named(question: Question, sight: Sight) -> Iterator[tuple[type[Record], Condition]]:
    # Through one school's grant humans are read by their roles there.
    return ((r, one) for r, one in named(question.where) if not (r is Person and isinstance(sight, OneSchool)))


def _naming(record: type[Record], one: Condition, sight: Sight) -> str:
    sql = Statement(record, sight, [], GRAMMAR)
    # The other ids of people have indexes that begin with the school.
    where = sql.where(one, few=isinstance(one, Compare | OneOf) and isinstance(one.expr, HubId))
    return f"SELECT {sql.base}.id FROM {sql.tables()} WHERE {where}"


def _settled(question: Question) -> bool:
    """Whether rows are in the order of what never changes: their hub ids. Whoever is made anew has another key."""
    if not question.order:
        return question.of.derived()
    first = question.order[0]
    # Moments of making are special cases of it, and may be the same of several.
    return type(first.value if isinstance(first, Down) else first) is HubId


def _under(sight: Sight, shown: Iterable[Expr]) -> Mapping[int, frozenset[str]]:
    found: dict[int, set[str]] = {}
    for leaf in dict.fromkeys(leaf for expr in shown for leaf in leaves_of(expr)):
        for view in sight.facts(leaf):
            found.setdefault(view, set()).update(facts_of(leaf))
    return {view: frozenset(facts) for view, facts in found.items()}
