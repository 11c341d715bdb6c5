"""Filters, as dynamic-rest writes them: `filter{[-]path[.operator]}=value`, over relations too."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

import msgspec

from ...errors import Malformed, Problem, nearest
from ...fields import ALWAYS, Arg, Condition, Expr, Field, Many, Matches, Not, Question, Ref, Some, Value, Within
from ...model.research import ResearchTag
from .attributes import Attribute, Fact, Members, Nothing, One, Relation, Several, Tags
from .catalogue import RESOURCES, Resource
from .values import Wrong, day, flag, moment, number, uuid

NEVER = Not(ALWAYS)

Test = Callable[[Expr, Arg], Condition]

ORDERED: dict[str, Test] = {
    "": lambda expr, arg: expr.is_(arg),
    "gt": lambda expr, arg: expr.after(arg),
    "gte": lambda expr, arg: expr.since(arg),
    "lt": lambda expr, arg: expr.before(arg),
    "lte": lambda expr, arg: expr.until(arg),
    "in": lambda expr, arg: expr.one_of(arg),
    "range": lambda expr, arg: expr.since(arg) & expr.until(Arg(f"{arg.name}to")),
    "isnull": lambda expr, arg: expr.unknown(),
}
EXACT = {name: ORDERED[name] for name in ("", "in", "isnull")}


def _matching(how: str) -> Test:
    return lambda expr, arg: Matches(expr, how, arg)


WORDS = {
    **ORDERED,
    "iexact": _matching("iequals"),
    "contains": _matching("contains"),
    "icontains": _matching("icontains"),
    "startswith": _matching("starts"),
    "istartswith": _matching("istarts"),
    "endswith": _matching("ends"),
    "iendswith": _matching("iends"),
}

TESTS: dict[str, Mapping[str, Test]] = {
    "text": WORDS,
    "number": ORDERED,
    "url": WORDS,
    "date": ORDERED,
    "moment": ORDERED,
    "flag": EXACT,
    "id": EXACT,
}
"""The operators of each kind of value. Regular expressions are left out: a hostile one would keep the hub busy."""

OPERATORS = tuple(name for name in WORDS if name)

TAKEN: dict[str, Callable[[Any], Value]] = {
    "text": str,
    "number": number,
    "url": str,
    "date": day,
    "moment": moment,
    "flag": flag,
    "id": uuid,
}

DEEPEST = 4
"""How many relations a filter may lead through."""


@dataclass(frozen=True)
class Filter:
    """One condition: what it says, whether it is turned round, and the arguments that it brings."""

    condition: Condition
    args: Mapping[str, Any]
    key: tuple[str, ...]
    """What tells the statement from others, whatever its values."""


def understand(resource: Resource, name: str, values: list[str], place: int) -> Filter:
    """A filter by what stands between its braces, and its values; raises `Malformed`."""
    parameter = f"filter{{{name}}}"
    path, operator = _parted(name.removeprefix("-"))
    try:
        condition, args, isnull = _Reading(parameter, operator, values, Arg(f"f{place}")).walk(resource, path, 0)
    except Wrong as error:
        raise Malformed(Problem(parameter, str(error))) from None
    # `isnull=false` asks for the opposite.
    turned = name.startswith("-") != (isnull is False)
    return Filter(Not(condition) if turned else condition, args, (str(turned), operator, *path))


def _parted(name: str) -> tuple[list[str], str]:
    path = name.split(".")
    return (path[:-1], path[-1]) if len(path) > 1 and path[-1] in OPERATORS else (path, "")


Found = tuple[Condition, dict[str, Any], bool | None]


@dataclass(frozen=True)
class _Reading:
    """The walk from a resource to the attribute that a filter is about."""

    parameter: str
    operator: str
    values: list[str]
    arg: Arg

    def walk(self, resource: Resource, path: list[str], depth: int) -> Found:
        every = {**resource.attributes, **resource.hidden}
        attribute = every.get(path[0])
        if attribute is None or depth > DEEPEST or not _filters(attribute):
            self.refuse(path[0], "a filter", (n for n, a in every.items() if _filters(a)))
        rest = path[1:]
        if isinstance(attribute, Fact):
            if rest:
                self.refuse(rest[0], f"an operator of {path[0]}", TESTS[attribute.kind])
            return self.test(attribute.expr, attribute.kind, path[0])
        if isinstance(attribute, Tags):
            return self.tagged(attribute, rest)
        if isinstance(attribute, Nothing):
            return self.nothing(rest)
        assert isinstance(attribute, One | Several | Members)
        return self.through(attribute, rest, depth)

    def refuse(self, what: str, kind: str, known: Iterable[str]) -> NoReturn:
        listed = [n for n in known if n]
        close = nearest(what[:60], listed)
        hint = f"{close} known: {', '.join(listed)}" if close.startswith("did") else f"known: {', '.join(listed)}"
        raise Wrong(f"{what[:60]} is not {kind} ({hint})")

    def test(self, expr: Expr, kind: str, name: str) -> Found:
        test = TESTS[kind].get(self.operator)
        if test is None:
            self.refuse(self.operator, f"an operator of {name}", TESTS[kind])
        args, isnull = self.taken(kind)
        return test(expr, self.arg), args, isnull

    def taken(self, kind: str) -> tuple[dict[str, Any], bool | None]:
        """The values, each as its kind is kept."""
        take, name = TAKEN[kind], self.arg.name
        if self.operator == "isnull":
            return {}, bool(flag(self.values[-1]))
        if self.operator == "in":
            # A text may hold a comma; the values of anything else may be told with commas between them.
            every = self.values if kind in ("text", "url") else [v for value in self.values for v in value.split(",")]
            return {name: msgspec.json.encode([take(v) for v in every]).decode()}, None
        if self.operator == "range":
            ends = self.values if len(self.values) > 1 else self.values[0].split(",")
            if len(ends) != 2:
                raise Wrong("A range has two values: send the filter twice, or both with a comma between them.")
            return {name: take(ends[0]), f"{name}to": take(ends[1])}, None
        return {name: take(self.values[0])}, None

    def tagged(self, tags: Tags, rest: list[str]) -> Found:
        if rest:
            self.refuse(rest[0], "an operator of tags", WORDS)
        if self.operator == "isnull":
            return (Not(Some(tags.many, ALWAYS)) if tags.many else ALWAYS), *self.taken("text")
        condition, args, isnull = self.test(ResearchTag.name, "text", "tags")
        return (Some(tags.many, condition) if tags.many else NEVER), args, isnull

    def nothing(self, rest: list[str]) -> Found:
        if rest not in ([], ["id"]):
            self.refuse(rest[0], "a filter", ["id"])
        _, args, isnull = self.test(Fact().expr, "id", "id")
        return (ALWAYS if self.operator == "isnull" else NEVER), args, isnull

    def through(self, relation: One | Several | Members, rest: list[str], depth: int) -> Found:
        if rest in ([], ["id"]) and self.operator == "isnull":
            return _absent(relation), *self.taken("text")
        target = RESOURCES[relation.model]
        inner, args, isnull = self.walk(target, rest or ["id"], depth + 1)
        asked = Question(target.of, (), inner)
        if isinstance(relation, One):
            assert relation.ref is not None
            return Within(relation.ref, asked), args, isnull
        return _among(relation, asked), args, isnull


def _filters(attribute: Attribute) -> bool:
    return isinstance(attribute, Fact | Tags | Relation) and (attribute.shown or not isinstance(attribute, Fact))


def _absent(relation: One | Several | Members) -> Condition:
    if isinstance(relation, One):
        assert relation.ref is not None
        return relation.ref.unknown()
    assert relation.many is not None
    return Not(Some(relation.many, ALWAYS))


def _among(relation: Several | Members, asked: Question) -> Condition:
    many: Many | None = relation.many
    ref: Ref | None = relation.ref
    assert many is not None
    # Without a record between, the many are what is asked for themselves.
    return Some(many, Within(ref, asked) if ref is not None else asked.where)


def sortable(resource: Resource, name: str) -> Expr | None:
    """What a list is sorted by under a name: a fact, a reference, or a fact of what is referred to."""
    first, _, rest = name.partition(".")
    attribute = resource.attributes.get(first)
    if isinstance(attribute, Fact) and attribute.shown and not rest:
        return attribute.expr
    if not isinstance(attribute, One) or attribute.ref is None:
        return None
    if not rest or rest == "id":
        return attribute.value or attribute.ref
    fact = RESOURCES[attribute.model].attributes.get(rest)
    value = fact.value if isinstance(fact, Fact) else None
    return attribute.ref / value if isinstance(value, Field) and value.stored else None
