"""Questions turned into SQL; compiled once for each kind of reader."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from ...fields import Compare, Condition, Expr, HubId, OneOf, Question, Record, RowHash
from ...model.people import Person
from .counting import count_together
from .facts import facts_of, leaves_of
from .gathered import Body, Completion, Made
from .grammar import GRAMMAR
from .letters import letters
from .moved import moved
from .naming import about_people, compared, named
from .phrases import every
from .planned import Plan
from .sights import OneSchool, Sight
from .statement import Statement, names_one

Columns = list[tuple[str, Expr]]


def plan(question: Question, sight: Sight) -> Plan:
    """Compile a question for readers with this sight, for the database of its flavour."""
    shown, marks, hashed = _columns(question)
    sql = Statement(question.of, sight, hashed, GRAMMAR)
    count_together(sql, [expr for _, expr in (*shown, *(hashed if marks else ()))])
    values = _values(sql, shown, hashed if marks else None)
    singles, lists = sql.telling.whom(sql.of, sql.base)
    plain, one_by_one, by_roles = letters(sql, shown)
    rows = _rows(sql, question)
    through = sight.through(question.of, sql.base)
    people = "".join(f", {one}" for one in (*singles, *lists, by_roles.sql, through) if one)
    columns = f"{rows.identity}, {rows.key}, {values.sql}{people}"
    counted = _Counted.of(question, sight, hashed)
    asked = list(compared(question.where))
    return Plan(
        shown=values.sql,
        columns=values.names,
        completion=values.completion,
        whom=people,
        plain=plain,
        letters=one_by_one.sql,
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
        named=tuple(dict.fromkeys(_naming(record, one, sight) for record, one in _named(question, sight))),
        numbered=counted.numbered,
        owners=counted.owners,
        passed=counted.passed if about_people(question.where) else "",
        of_people=about_people(question.where),
        human=question.of.human or question.of is Person,
        keyed=f"SELECT {columns} {rows.page}",
        some=f"SELECT {columns} {rows.some}",
        moved=moved(sql),
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


@dataclass(frozen=True)
class _Values:
    """What a row shows and what its hash covers, as SQL; the names of both where the row is encoded later."""

    sql: str
    names: tuple[tuple[str, ...], tuple[str, ...]] | None
    completion: Completion | None


def _values(sql: Statement, shown: Columns, hashed: Columns | None) -> _Values:
    selected, body = _body(sql, shown)
    bodies = [body]
    # The digest is over the whole row; where that is what is shown, once is enough.
    more = hashed if hashed is not None and [n for n, _ in shown] != [n for n, _ in hashed] else []
    if more:
        columns, body = _body(sql, more)
        selected, bodies = [*selected, *columns], [*bodies, body]
    elif hashed is not None and sql.flavour.encodes:
        selected, bodies = [*selected, "NULL"], [*bodies, (None,)]
    names = None if sql.flavour.encodes else (tuple(n for n, _ in shown), tuple(n for n, _ in more))
    gathered = tuple(sql.gatherings)
    completion = Completion(gathered, tuple(bodies)) if gathered else None
    return _Values(", ".join([*selected, *(one.sql for one in gathered)]), names, completion)


def _body(sql: Statement, columns: Columns) -> tuple[list[str], Body]:
    """What is selected for a row, and how it is put together with what is made after the query."""
    selected: list[str] = []
    body: list[Made | None] = []
    for late, run in groupby(columns, key=lambda column: column[1] in sql.made):
        if late:
            body += [Made(name, *sql.made[expr]) for name, expr in run]
        else:
            found = sql.flavour.row(sql.columns(list(run)))
            selected += found
            body += [None] * len(found)
    return (selected, tuple(body)) if columns else (sql.flavour.row([]), (None,))


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
    where = sql.within(condition, few=question.few or names_one(question.where))
    only = sql.identified(sql.of, sql.base, sql.flavour.listed(":only"))
    those = sql.within(every([condition, only]), few=True)
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
        own, several = sql.telling.whom(sql.of, sql.base)
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


def _under(sight: Sight, shown: Iterable[Expr]) -> Mapping[int, frozenset[str]]:
    found: dict[int, set[str]] = {}
    for leaf in dict.fromkeys(leaf for expr in shown for leaf in leaves_of(expr)):
        for view in sight.facts(leaf):
            found.setdefault(view, set()).update(facts_of(leaf))
    return {view: frozenset(facts) for view, facts in found.items()}
