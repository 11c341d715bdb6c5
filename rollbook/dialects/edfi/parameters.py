"""What a request asks of a collection, from its query: names in any case, every problem at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from ...edfi.coercion import Wrong, coerce
from ...edfi.declaring import target_of
from ...edfi.homes import Fact, Home
from ...edfi.resources import resolvable
from ...edfi.schema import Collection, Object, Property, Reference, Resource
from ...errors import Problem, nearest
from ...fields import Arg, Condition, Either, Expr, KeptValue, Literal, Value
from .problems import InvalidQuery
from .reading import kept

ORGANISATION = target_of("EducationOrganization")

LIMIT, MOST = 25, 500
"""How many documents a page has when nothing is said, and at most."""


@dataclass(frozen=True)
class Terms:
    """The conditions of a query on one part of a resource."""

    where: tuple[Condition, ...]
    args: Mapping[str, Value]
    shape: tuple[str, ...]
    rest: tuple[tuple[tuple[tuple[str, ...], ...], Any], ...]


@dataclass(frozen=True)
class Query:
    """A query, once it is understood."""

    limit: int = LIMIT
    offset: int = 0
    total: bool = False
    token: str | None = None
    """Where a page begins, as an earlier answer said."""
    paged: bool = False
    """Whether it asks for a page by its number of documents (limit or offset), rather than by a token."""
    changed_since: int | None = None
    changed_until: int | None = None
    number: int | None = None
    """How many partitions are asked for."""
    id: str | None = None
    where: tuple[Condition, ...] = ()
    args: Mapping[str, Value] = field(default_factory=dict[str, Value])
    shape: tuple[str, ...] = ()
    """The names of the filters: two queries of one shape have the same conditions."""
    rest: tuple[tuple[tuple[tuple[str, ...], ...], Any], ...] = ()
    """Values that the remainder must have, each with the members that lead to it: one of several ways is enough."""
    others: tuple[Terms, ...] = ()
    """The conditions on the further parts of the resource, if it has any."""


@dataclass(frozen=True)
class Filter:
    """A query parameter that a resource has of its own: a property, or members of references that share its name."""

    name: str
    one: Property
    identity: bool
    homes: tuple[Home, ...] = ()
    paths: tuple[tuple[str, ...], ...] = ()
    """Where the value may be in the remainder, when the record has no home for it."""
    always: bool = False
    """Whether each document has it in all of these places."""
    known: bool = True
    """Whether any document can have it: a reference to what this hub does not have is in none."""

    @property
    def either(self) -> bool:
        """Whether any of several places is enough, one of which at least is the record: no document has all."""
        return bool(self.homes) and not self.always and len(self.homes) + len(self.paths) > 1


@cache
def filters(resource: Resource) -> Mapping[str, Filter]:
    """The query parameters of a resource by name, in the order of its properties."""
    found: dict[str, list[_Scalar]] = {}
    for one in sorted(_scalars(resource), key=lambda one: not one.known):
        found.setdefault(one.name, []).append(one)
    return {name: _filter(name, those) for name, those in found.items()}


def _filter(name: str, those: list[_Scalar]) -> Filter:
    """The parameter that some members are, which share one value: what each document has says it for the others."""
    first = those[0]
    if always := [one for one in those if one.always]:
        those = [one for one in always if one.home] or always[:1]
    homes = tuple(one.home for one in those if one.home)
    paths = tuple(one.path for one in those if not one.home and (one.known or not first.known))
    identity = any(one.identity for one in those)
    return Filter(name, first.one, identity, homes, paths, bool(always), first.known)


@dataclass(frozen=True)
class _Scalar:
    """A value of documents: a property, or a member of a reference."""

    name: str
    one: Property
    holder: Reference | None = None

    @property
    def known(self) -> bool:
        return self.holder is None or resolvable(self.holder.target)

    @property
    def identity(self) -> bool:
        return (self.holder or self.one).identity

    @property
    def always(self) -> bool:
        """Whether each document has it."""
        return (self.holder or self.one).needed

    @property
    def home(self) -> Home | None:
        return self.one.home if self.holder is None else self.holder.homes.get(self.one.name)

    @property
    def path(self) -> tuple[str, ...]:
        return (self.one.name,) if self.holder is None else (self.holder.name, self.one.name)


def _scalars(resource: Resource) -> Iterator[_Scalar]:
    for one in resource.properties:
        if isinstance(one, Reference):
            yield from (_Scalar(one.parameter(m.name), m, one) for m in one.target.members)
        elif not isinstance(one, Collection | Object):
            yield _Scalar(one.name, one)


# ---- understanding


def understand(
    resource: Resource, pairs: Iterable[tuple[str, str]], *, filtered: bool = True, strict: bool = False
) -> Query:
    """A query from its names and values; `filtered` says whether the resource's own filters may be among them.

    Parameters that the resource does not have are ignored, as the ODS/API ignores them, unless the reading is
    `strict`. Raises `InvalidQuery` with everything that is wrong.
    """
    found: list[Problem] = []
    own = {f.name.lower(): f for f in filters(resource).values()} if filtered else {}
    # A school and a district are education organisations, so that they answer to that name of their number too.
    other_names: Mapping[str, str] = ORGANISATION.served.get(resource.name, {}) if filtered else {}
    own |= {name.lower(): own[there.lower()] for name, there in other_names.items()}
    said: dict[str, Any] = {}
    asked: dict[str, tuple[Filter, Any]] = {}
    for name, text in pairs:
        control, one = _CONTROLS.get(name.lower()), own.get(name.lower())
        try:
            if control:
                said[control.sets] = control.read(text)
            elif one:
                asked[one.name] = (one, coerce(one.one, text))
            elif strict:
                known = [*(c.name for c in _CONTROLS.values()), *(f.name for f in own.values() if f.known)]
                found.append(Problem(name, f"{name} is not a parameter of {resource.name}.", nearest(name, known)))
        except Wrong as wrong:
            found.append(Problem(name, f"{(control or own[name.lower()]).name} {wrong}."))
    found += _clashes(said)
    if found:
        raise InvalidQuery(*found)
    return _query(resource, said, asked)


def _query(resource: Resource, said: Mapping[str, Any], asked: Mapping[str, tuple[Filter, Any]]) -> Query:
    own = {n: v for n, v in said.items() if n not in ("size",)}
    if "size" in said:
        own["limit"] = said["size"]
    paged = "limit" in said or "offset" in said
    values = {name: value for name, (_, value) in asked.items()}
    first, *others = (_terms(part, {n: (filters(part)[n], v) for n, v in values.items()}) for part in resource.parts)
    return Query(**own, paged=paged, **vars(first), others=tuple(others))


def _terms(resource: Resource, asked: Mapping[str, tuple[Filter, Any]]) -> Terms:
    where: list[Condition] = []
    args: dict[str, Value] = {}
    rest: list[tuple[tuple[tuple[str, ...], ...], Any]] = []
    for name in sorted(asked):
        one, value = asked[name]
        ways: list[Condition] = []
        for at, home in enumerate(one.homes):
            argument = f"filter_{name}_{at}"
            ways.append(_same(home, one.one, Arg(argument)))
            args[argument] = home.asked(value)
        if one.either:
            beside = (KeptValue(kept(resource), *path, kind=kind_of(value)) for path in one.paths)
            where.append(Either((*ways, *(said.same(Arg(f"beside_{name}")) for said in beside))))
            args[f"beside_{name}"] = value
            continue
        where += ways
        if one.paths and one.one.otherwise is None:
            rest.append((one.paths, value))
        elif one.paths:
            # Where the client wrote nothing, the document shows what stands in for it.
            written, argument = KeptValue(kept(resource), *one.paths[0], kind=kind_of(value)), f"filter_{name}"
            where.append(_either(written, one.one.otherwise, Arg(argument)))
            args[argument] = value
    shape = tuple(n for n in sorted(asked) if asked[n][0].homes or asked[n][0].one.otherwise is not None)
    return Terms(tuple(where), args, shape, tuple(rest))


def _same(home: Home, one: Property, arg: Arg) -> Condition:
    """The rows whose documents have a value, be it because there is none and another one stands in for it."""
    found = home.where(arg)
    if found is None:
        raise TypeError(f"{one.name} cannot be asked for")
    if one.otherwise is None or not isinstance(home, Fact):
        return found
    return found | _either(home.expr, home.asked(one.otherwise), arg)


def kind_of(value: Any) -> str:
    """The kind of a value in the remainder that a value may be compared with."""
    if isinstance(value, bool):
        return "flag"
    return "number" if isinstance(value, int | float) else "text"


def _either(value: Expr, otherwise: Value, arg: Arg) -> Condition:
    """A value, or what stands in for it, is the one that is asked for."""
    one, other = value, Literal(otherwise)
    if isinstance(otherwise, str):
        return one.same(arg) | (one.unknown() & other.same(arg))
    return one.is_(arg) | (one.unknown() & other.is_(arg))


def _clashes(said: Mapping[str, Any]) -> Iterator[Problem]:
    by_token = [c.name for c in CONTROLS if c.sets in ("token", "size") and c.sets in said]
    by_number = [n for n in ("limit", "offset") if n in said]
    if by_token and by_number:
        yield Problem(by_token[0], f"{by_token[0]} cannot be used together with {' and '.join(by_number)}.")
    if "size" in said and "token" not in said:
        yield Problem("pageSize", "pageSize needs a pageToken.")
    since, until = said.get("changed_since"), said.get("changed_until")
    if since is not None and until is not None and since > until:
        yield Problem("minChangeVersion", "minChangeVersion must not be greater than maxChangeVersion.")


def _whole(least: int, most: int | None = None) -> Callable[[str], int]:
    def read(text: str) -> int:
        number = int(text) if text.isascii() and text.isdecimal() and len(text) < 20 else -1
        if number < least or (most is not None and number > most):
            bounds = f"between {least} and {most}" if most is not None else f"{least} or more"
            raise Wrong(f"must be a whole number, {bounds}")
        # Nothing is numbered higher than the store can count.
        return min(number, 2**62)

    return read


def _truth(text: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise Wrong("must be true or false")
    return text.lower() == "true"


def _token(text: str) -> str:
    if not text:
        raise Wrong("must be what an earlier answer's Next-Page-Token said")
    return text


@dataclass(frozen=True)
class Control:
    """A parameter that every collection has."""

    name: str
    sets: str
    """What of the query it says."""
    read: Callable[[str], Any]


CONTROLS = (
    Control("limit", "limit", _whole(0, MOST)),
    Control("offset", "offset", _whole(0)),
    Control("totalCount", "total", _truth),
    Control("pageToken", "token", _token),
    Control("pageSize", "size", _whole(0, MOST)),
    Control("minChangeVersion", "changed_since", _whole(0)),
    Control("maxChangeVersion", "changed_until", _whole(0)),
    Control("number", "number", _whole(1, 200)),
    Control("id", "id", str),
)
_CONTROLS = {c.name.lower(): c for c in CONTROLS}
