"""What a resource has: how each attribute is read from records, shown, and taken from what a client sends."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

import msgspec

from ...consent.research import Place, Role
from ...fields import Coalesce, Down, Expr, Field, Literal, Many, Path, Ref, Rows, Truth, Value
from ...model.research import LogEntry, ResearchTag, log_entries
from .values import Wrong, day, flag, items, json_any, kind_of, moment, number, shown_moment, some, text, url, uuid


@dataclass(frozen=True, eq=False)
class Attribute:
    """One name of a resource's JSON object."""

    required: bool = False
    read_only: bool = False
    unset: Any = None
    """What is shown, and kept when a client that adds a resource does not say."""
    shown: bool = True
    """Whether it is part of answers."""

    def column(self) -> Expr | None:
        """What is read of the row; None for what is the same in every one."""
        return None

    def show(self, value: Any) -> Any:
        """What was read, as it is shown."""
        return value

    def take(self, value: Any) -> Any:
        """What a client sent, as it is written; raises `Wrong`."""
        return value


# ---- facts


@dataclass(frozen=True, eq=False)
class Fact(Attribute):
    """A value of the record itself; `kind` is text, url, number, flag, date, moment or id."""

    value: Expr = field(default_factory=lambda: Literal(None))
    kind: str = "text"
    most: int | None = None
    choices: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def expr(self) -> Expr:
        """The value that filters compare and lists are sorted by."""
        return self.value if self.unset is None else Coalesce(self.value, Literal(self.unset))

    def column(self) -> Expr:
        return Truth(self.expr) if self.kind == "flag" else self.expr

    def show(self, value: Any) -> Any:
        return shown_moment(value) if self.kind == "moment" else value

    def take(self, value: Any) -> Value:
        if some(value, null=not self.required and self.unset is None) is None:
            return None
        if self.kind == "moment":
            return moment(value)
        if self.kind == "flag":
            return flag(value)
        if self.kind == "date":
            return day(value)
        found = text(value, None if self.choices else self.most)
        if not found and self.required:
            raise Wrong("This field may not be blank.")
        if self.choices and found not in self.choices:
            raise Wrong(f'"{found[:60]}" is not a valid choice.')
        return url(found) if self.kind == "url" else found


@dataclass(frozen=True, eq=False)
class Document(Attribute):
    """JSON that is kept as it is; `unset` says whether it is an object or a list, `check` raises for what is wrong."""

    value: Field | None = None
    check: Callable[[Any], None] = json_any

    def column(self) -> Expr | None:
        return self.value

    def show(self, value: Any) -> Any:
        return self.unset if value is None else msgspec.Raw(value.encode())

    def take(self, value: Any) -> str:
        self.check(some(value, null=False))
        return msgspec.json.encode(value).decode()


# ---- relations


@dataclass(frozen=True, eq=False)
class Relation(Attribute):
    """Other resources, each known by its id; `model` is what they are."""

    model: str = ""
    numbered: bool = False
    """Whether their ids are numbers."""

    def known(self, value: Any) -> str | int:
        """An id as a client sends it."""
        return number(value) if self.numbered else uuid(value)


@dataclass(frozen=True, eq=False)
class One(Relation):
    """One other resource; `value` is its id, where that is not the reference itself."""

    ref: Ref | None = None
    value: Path | None = None

    def column(self) -> Expr | None:
        return self.value or self.ref

    def take(self, value: Any) -> Any:
        return None if some(value, null=not self.required) is None else self.known(value)


@dataclass(frozen=True, eq=False)
class Several(Relation):
    """Many other resources, in order; `ref` is the reference of the record between, None where there is none."""

    many: Many | None = None
    ref: Ref | None = None
    value: Expr | None = None
    order: tuple[Expr, ...] = ()

    def column(self) -> Expr | None:
        shown = self.value or self.ref
        return Rows(self.many, {"id": shown}, order=self.order) if self.many and shown else None

    def show(self, value: Any) -> list[Any]:
        return [row["id"] for row in value]

    def take(self, value: Any) -> list[Any]:
        found = [self.known(one) for one in items(some(value, null=False))]
        if self.required and not found:
            raise Wrong("This list may not be empty.")
        return found


@dataclass(frozen=True, eq=False)
class Nothing(Relation):
    """Other resources that the hub does not keep, so that there are never any."""

    def show(self, value: Any) -> Any:
        return self.unset

    def take(self, value: Any) -> Any:
        for one in value if isinstance(value, list) else [value]:  # pyright: ignore[reportUnknownVariableType]
            if one is not None:
                raise Wrong(f'Invalid pk "{str(one)[:60]}" - object does not exist.')  # pyright: ignore[reportUnknownArgumentType]
        return self.unset


@dataclass(frozen=True, eq=False)
class Tags(Attribute):
    """Words by which something is found; without a `many`, none."""

    many: Many | None = None

    def column(self) -> Expr | None:
        return Rows(self.many, {"id": ResearchTag.name}, order=(ResearchTag.position,)) if self.many else None

    def show(self, value: Any) -> list[str]:
        return [row["id"] for row in value]

    def take(self, value: Any) -> list[str]:
        found = [text(one, 100) for one in items(some(value, null=False))]
        if "" in found:
            raise Wrong("A tag may not be blank.")
        return found


@dataclass(frozen=True, eq=False)
class Listing(Attribute):
    """Some facts of many other resources, to be read only."""

    many: Many | None = None
    members: Mapping[str, Expr] = field(default_factory=dict[str, Expr])

    def column(self) -> Expr | None:
        return Rows(self.many, self.members, order=tuple(self.members.values())) if self.many else None


@dataclass(frozen=True, eq=False)
class Lines(Attribute):
    """The lines of a log, the last first: each of a moment, or of what lasted from one moment to another."""

    def column(self) -> Expr:
        facts = {n: LogEntry.fields[n] for n in ("began", "ended", "notes", "details")}
        return Rows(log_entries, facts, order=(Down(LogEntry.began),))

    def show(self, value: Any) -> list[dict[str, Any]]:
        return [self._line(**row) for row in value]

    def _line(self, began: str, ended: str | None, notes: str | None, details: str | None) -> dict[str, Any]:
        when = {"date_time": shown_moment(began)}
        if ended is not None:
            when = {"start_date_time": shown_moment(began), "end_date_time": shown_moment(ended)}
        return {**when, "notes": notes, "details": msgspec.Raw((details or "{}").encode())}


@dataclass(frozen=True, eq=False)
class Members(Relation):
    """Users by e-mail address, or groups by name, each with their rights; sent back, it says what is to change."""

    many: Many | None = None
    ref: Ref | None = None
    by: Field | None = None
    rights: Mapping[str, Field] = field(default_factory=dict[str, Field])

    def column(self) -> Expr | None:
        if self.many is None or self.ref is None or self.by is None:
            return None
        called = self.ref / self.by
        members: dict[str, Expr] = {"called": called, **{n: Truth(f) for n, f in self.rights.items()}}
        return Rows(self.many, members, order=(called,))

    def show(self, value: Any) -> dict[str, dict[str, Any]]:
        return {row.pop("called"): row for row in value}

    def take(self, value: Any) -> dict[str, Place]:
        if not isinstance(some(value, null=False), dict):
            raise Wrong(f'Expected a dictionary of items but got type "{kind_of(value)}".')
        return {text(called, 254): self._place(said) for called, said in cast(dict[str, Any], value).items()}

    def _place(self, said: Any) -> Place:
        if not isinstance(said, dict):
            raise Wrong(f'Expected a dictionary of rights but got type "{kind_of(said)}".')
        rights = cast(dict[str, Any], said)
        unknown = rights.keys() - {*self.rights, "remove"}
        if unknown:
            raise Wrong(f"“{min(unknown)[:60]}” is not a right; known: {', '.join(self.rights)}, remove.")
        held = {name for name, value in rights.items() if flag(value)}
        if "remove" in held:
            return Place(None)
        ranks = {"is_owner": Role.OWNER, "is_manager": Role.MANAGER, "can_change": Role.CONTRIBUTOR}
        return Place(max((ranks[name] for name in held), default=Role.MEMBER))
