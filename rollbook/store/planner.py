"""Questions turned into SQL whose result is the JSON of each row; compiled once for each kind of reader."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from ..fields import Condition, Expr, Question, Record, RowHash
from ..model.people import Person
from .counting import count_together
from .facts import Plain, facts_of, leaves_of, letters, said_by
from .naming import about_people, compared, named
from .sights import OneSchool, Sight
from .statement import Statement
from .telling import whom


@dataclass(frozen=True)
class Plan:
    """A question as SQL, each row one JSON object; parameters are `:district`, `:school`, `:grant`, `:today` and the
    question's own arguments, `:limit` and `:offset`, and `:page` and `:before` for the rows that these are parts of.

    `rows` yields (shown) or, where a RowHash is shown, (shown, hashed). `telling` yields after them whom the row tells
    of: `singles` hub ids and `lists` texts of hub ids with commas between, and what it
    tells of `shows`, or of `shows_of_many` (`store/facts.py`). `keyed` yields the row's hub id and key
    before all that, `some` does so for the rows whose hub ids stand in the JSON list `:only`. `moved` yields the hub
    ids of the rows that may be other ones since a kind of record stood at `:since`, for each kind that they are made
    of, except those in `nested`, which are read in a roundabout way. `facts` are the names of what is shown, such as
    `Student.reg_group.name`, whatever a dialect calls it; `asked` those of what the request compares with values of
    its own. `named` yields the hub ids of the people whom the request names; `numbered` of those whom a count is of.
    """

    shown: str
    whom: str
    plain: Plain
    letters: str
    source: str
    identity: str
    singles: int
    lists: int
    shows: tuple[frozenset[str], ...]
    shows_of_many: tuple[frozenset[str], ...]
    by_letters: bool
    """Whether letters for `shows_of_many` stand beside a row; else all of them are told."""
    through: bool
    """Whether the last column of `telling` says through which schools the row is seen, hub ids with commas between."""
    under: Mapping[int, frozenset[str]]
    """Where grants differ, the facts that are shown, or asked after, under each view that shows any."""
    asked: frozenset[str]
    named: tuple[str, ...]
    numbered: str
    owners: int
    """How many columns of `numbered` are single hub ids; the others are lists."""
    passed: str
    """The same for the rows that are skipped before a page, where the request compares facts of people."""
    of_people: bool
    """Whether the request compares facts of people with values of its own."""
    human: bool
    """Whether a row's hub id is that of a human."""
    keyed: str
    some: str
    moved: dict[str, str]
    count: str
    reads: frozenset[str]
    nested: frozenset[str]
    dated: bool
    row_hash: str | None

    @cached_property
    def rows(self) -> str:
        """The statement for those whom nobody asks of whom they read."""
        return f"SELECT {self.shown} {self.source}"

    @cached_property
    def ids(self) -> str:
        """The statement for the hub ids of the rows, in their order."""
        return f"SELECT {self.identity} {self.source}"

    def facts(self, filled: Sequence[str | None], *, one: bool) -> frozenset[str]:
        """What some rows show, by the letters beside them; `one` where only one was asked for."""
        if one:
            return said_by(self.shows, filled)
        return said_by(self.shows_of_many, filled) if self.by_letters else frozenset[str]().union(*self.shows_of_many)

    @cached_property
    def telling(self) -> str:
        """The statement that tells of whom its rows are."""
        return f"SELECT {self.shown}{self.whom} {self.source}"

    @cached_property
    def facts_of_one(self) -> str:
        """The statement for what is not in `plain` of the facts that rows tell, where one thing is asked for.

        "" where there is nothing else.

        It stands beside `telling`, for apsw compiles each time what is longer than 16 KB, such as both in one.
        """
        return f"SELECT {self.letters} {self.source}" if self.letters else ""


def plan(question: Question, sight: Sight) -> Plan:
    """Compile a question for readers with this sight."""
    shown = [(name, expr) for name, expr in question.columns if not isinstance(expr, RowHash)]
    marks = [name for name, expr in question.columns if isinstance(expr, RowHash)]
    hashed = [(n, e) for n, e in (question.hashed or question.columns) if not isinstance(e, RowHash)]
    sql = Statement(question.of, sight, hashed)
    count_together(sql, [expr for _, expr in (*shown, *(hashed if marks else ()))])
    bodies = [sql.json(shown)]
    singles, lists = whom(sql)
    plain, one_by_one, by_roles = letters(sql, shown)
    if marks:
        # The digest is over the whole row; where that is what is shown, once is enough.
        same = [n for n, _ in shown] == [n for n, _ in hashed]
        bodies.append("NULL" if same else sql.json(hashed))
    identity = f"{sql.base}.id"
    # What has no key of its standard's is told apart by the hub's.
    key = f"coalesce({sql.expr(question.key)}, {identity})" if question.key is not None else identity
    where = sql.where(question.where, few=question.few)
    order = sql.order(question.order, few=question.few)
    source = f"FROM {sql.tables()} WHERE {where}"
    tail = f"{source} ORDER BY {order} LIMIT :limit OFFSET :offset"
    through = sight.through(question.of, sql.base)
    whose = [*singles, *lists]
    people = "".join(f", {one}" for one in (*whose, by_roles.sql, through) if one)
    columns = f"{', '.join([f'{sql.base}.id', key, *bodies])}{people}"
    some = f"{source} AND {sql.base}.id IN (SELECT value FROM json_each(:only)) ORDER BY {order}"
    counted = Statement(question.of, sight, hashed)
    counted_where = counted.where(question.where, few=question.few)
    own, several = whom(counted)
    counting = [one for one in (*own, *several, sight.through(question.of, counted.base)) if one]
    numbered = f"SELECT {', '.join(counting)} FROM {counted.tables()} WHERE {counted_where}"
    return Plan(
        shown=", ".join(bodies),
        whom=people,
        plain=plain,
        letters=one_by_one.sql,
        source=tail,
        identity=identity,
        singles=len(singles),
        lists=len(lists),
        shows=(*plain.facts, *one_by_one.facts),
        shows_of_many=by_roles.facts,
        by_letters=bool(by_roles.sql),
        through=bool(through),
        under=_under(sight, [*(expr for _, expr in shown), *compared(question.where)]),
        asked=frozenset(name for expr in compared(question.where) for name in facts_of(expr)),
        named=tuple(dict.fromkeys(_naming(question, record, one, sight) for record, one in _named(question, sight))),
        numbered=numbered if own or several else "",
        owners=len(own),
        passed=_passed(question, sight, hashed) if about_people(question.where) else "",
        of_people=about_people(question.where),
        human=question.of.human or question.of is Person,
        keyed=f"SELECT {columns} {tail}",
        some=f"SELECT {columns} {some}".replace(f" {sql.base}.school =", f" +{sql.base}.school ="),
        moved=sql.moved(),
        count=f"SELECT count(*) FROM {counted.tables()} WHERE {counted_where}",
        reads=frozenset(sql.reads | sql.nested),
        nested=frozenset(sql.nested),
        dated=sql.dated or counted.dated or sight.dated,
        row_hash=marks[0] if marks else None,
    )


def _passed(question: Question, sight: Sight, hashed: list[tuple[str, Expr]]) -> str:
    sql = Statement(question.of, sight, hashed)
    where = sql.where(question.where, few=question.few)
    own, several = whom(sql)
    if not own and not several:
        return ""
    columns = [one for one in (*own, *several, sight.through(question.of, sql.base)) if one]
    order = sql.order(question.order, few=question.few)
    return f"SELECT {', '.join(columns)} FROM {sql.tables()} WHERE {where} ORDER BY {order} LIMIT :offset"


def _named(question: Question, sight: Sight) -> Iterator[tuple[type[Record], Condition]]:
    # Through one school's grant humans are read by their roles there.
    return ((r, one) for r, one in named(question.where) if not (r is Person and isinstance(sight, OneSchool)))


def _naming(question: Question, record: type[Record], one: Condition, sight: Sight) -> str:
    sql = Statement(record, sight, [])
    where = sql.where(one, few=True)
    return f"SELECT {sql.base}.id FROM {sql.tables()} WHERE {where}"


def _under(sight: Sight, shown: Iterable[Expr]) -> Mapping[int, frozenset[str]]:
    found: dict[int, set[str]] = {}
    for leaf in dict.fromkeys(leaf for expr in shown for leaf in leaves_of(expr)):
        for view in sight.facts(leaf):
            found.setdefault(view, set()).update(facts_of(leaf))
    return {view: frozenset(facts) for view, facts in found.items()}
