"""Resources whose documents are kept whole: how they are found by their keys, and whose and where they are."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from typing import Any

from ..fields import ALWAYS, Arg, Condition, Expr, Path, Record, Value
from ..model.people import Staff
from ..model.students import Student
from ..model.whole import WHOLE
from .declaring import made_of, target_of
from .homes import May, Rest, Row, trail
from .properties import Descriptor, Link, Pointing, Property, Reference, Target, Written
from .schema import Resource
from .standard import Kind
from .telling import about
from .words import folded


@dataclass(frozen=True)
class Who:
    """A role in which somebody is known, the member of keys that names them, and the fact that it is."""

    name: str
    """The stored reference of a document to the role."""
    member: str
    role: type[Record]
    fact: str

    @property
    def target(self) -> Target:
        """What references to them point at."""
        return target_of(self.name[0].upper() + self.name[1:])

    def told(self, of: type[Record]) -> Path:
        """The number by which a document's human is known today."""
        return of.refs()[self.name] / self.role.fields[self.fact]


WHO = {
    "student": Who("student", "studentUniqueId", Student, "student_unique_id"),
    "staff": Who("staff", "staffUniqueId", Staff, "staff_unique_id"),
}
"""Whom documents are about, by the word for it."""


@dataclass(frozen=True, eq=False)
class Naming(Reference):
    """A reference that names whom a document is about, be it by what is known by them too."""

    of: Who = field(kw_only=True)
    number: Path = field(kw_only=True)

    def columns(self) -> dict[str, Expr]:
        return {trail(self.number): self.number}

    def read(self, row: Row, rest: Rest, link: Link | None = None) -> Any:
        value, now = super().read(row, rest, link), row.get(trail(self.number))
        return {**value, self.of.member: now} if value and now is not None else value

    def split(self, document: Mapping[str, Any], into: Written) -> None:
        super().split(document, into)
        value = document.get(self.name)
        if value is None:
            into.say({self.of.name: None})
            return
        if self.target.name == self.of.name:
            into.references.pop()
        human = {self.of.member: value[self.of.member]}
        into.references.append(Pointing(self.of.target, human, f"$.{self.name}", self.of.name, self.of.role))


@dataclass(frozen=True, eq=False, repr=False)
class Whole(Resource):
    """A resource whose documents are kept whole, as they were written, but for those that are records of other kinds.

    What the record has in part is one resource all the same: each of `forms` is made of one kind of record.
    """

    forms: tuple[Resource, ...] = ()

    @property
    def parts(self) -> tuple[Resource, ...]:
        return (self, *self.forms)

    @cached_property
    def compared(self) -> bool:
        return False

    @cached_property
    def naming(self) -> Naming | None:
        """The reference that names whom a document is about, if one does."""
        return next((p for p in self.properties if isinstance(p, Naming)), None)

    @cached_property
    def known_with(self) -> Naming | None:
        """The same, where who it is is a part of the key."""
        return self.naming if self.naming and self.naming.identity else None

    def apart(self, key: Mapping[str, Any]) -> dict[str, Any]:
        """A natural key without who it is about, who may get another number."""
        member = self.known_with.of.member if self.known_with else ""
        return {name: value for name, value in key.items() if name != member}

    def found_by(self, key: Mapping[str, Any]) -> dict[str, Value]:
        """The stored facts by which the document with a natural key is found."""
        known = self.apart(key)
        words = {name for name, one, _ in self.members() if isinstance(one, Descriptor)}
        same = {name: folded(value) if name in words else value for name, value in known.items()}
        digest = hashlib.blake2b(_text(same).encode(), digest_size=16).hexdigest()
        return {"digest": digest, "known_as": _text(known)}

    def unshape(self, document: Mapping[str, Any], may: May | None = None, *, keeps: bool = True) -> Written:
        into = super().unshape(document, may, keeps=keeps)
        into.say(self.found_by(self.key(document)))
        return into

    @cached_property
    def keyed(self) -> Condition:
        found = self.only & self.of.fields["digest"].is_(Arg("key_digest"))
        if self.known_with:
            found = found & self.known_with.number.is_(Arg("key_human"))
        return found

    def key_args(self, key: Mapping[str, Any]) -> dict[str, Value]:
        human = {"key_human": key[self.known_with.of.member]} if self.known_with else {}
        return {"key_digest": self.found_by(key)["digest"], **human}

    def key_of(self, gone: Mapping[str, Any]) -> dict[str, Any]:
        known: dict[str, Any] = json.loads(gone.get("known_as") or "{}")
        human = {self.known_with.of.member: gone.get(trail(self.known_with.number))} if self.known_with else {}
        return {name: {**known, **human}.get(name) for name, _, _ in self.members()}

    @property
    def known(self) -> Condition:
        return ALWAYS

    @cached_property
    def key_facts(self) -> tuple[Expr, ...]:
        human = (self.known_with.number,) if self.known_with else ()
        return (self.of.fields["known_as"], *human)


def kept_whole(kind: Kind, forms: tuple[Resource, ...] = ()) -> Whole:
    """The resource of a kind of document that is kept whole, but for those that have one of these forms."""
    of, every = WHOLE[kind.name], made_of(kind)
    naming = dict(_naming(every))
    place = _place(every, people=bool(naming))
    made = [_adapted(one, naming, of, placing=one is place) for one in every]
    return Whole(
        kind.name,
        kind.entity,
        about(kind.entity),
        of,
        tuple(made),
        fresh=of.apart(),
        key_may_change=kind.moves,
        belongs=("student", "staff"),
        unified=kind.unified,
        forms=forms,
    )


def _adapted(one: Property, naming: Mapping[Property, Who], of: type[Record], *, placing: bool) -> Property:
    """A property of documents of a kind, which may say whom they are about or to which school they belong."""
    if who := naming.get(one):
        said = {f.name: getattr(one, f.name) for f in fields(one)}
        return Naming(**said, of=who, number=who.told(of))
    return replace(one, sets="school") if placing else one


def _naming(properties: Iterable[Property]) -> Iterator[tuple[Property, Who]]:
    """The references that say whom documents are about: a student rather than a member of staff, or either."""
    references = [p for p in properties if isinstance(p, Reference)]
    for who in WHO.values():
        named = [p for p in references if any(p.parameter(m.name) == m.name == who.member for m in p.target.members)]
        best = min(named, key=lambda p: (not p.identity, p.target.name != who.name), default=None)
        if best:
            yield best, who
            if best.identity:
                return


def _place(properties: Iterable[Property], *, people: bool) -> Reference | None:
    """The reference to the school that a document belongs to, or to its district.

    What is about somebody belongs to their school, where its key names none.
    """
    own = [p for p in properties if isinstance(p, Reference) and p.target.name in ("school", "educationOrganization")]
    own = [p for p in own if p.identity or not people]
    return min(own, key=lambda p: (not p.identity, bool(p.names)), default=None)


def _text(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


__all__ = ["WHO", "Naming", "Who", "Whole", "kept_whole"]
