"""Views: what some schools of a district granted alike, and what of a human is told through which roles."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from ....fields import RECORDS, Expr, Field, Record, Told
from ....model.people import Person
from ....scopes import Need


@dataclass(frozen=True)
class View:
    """What some schools of a district granted alike: scopes, and of whom."""

    scopes: frozenset[str]
    guards: tuple[tuple[str, str], ...] = ()


Ways = tuple[tuple[type[Record], tuple[int, ...]], ...]
"""Through which roles a human is seen, and under which views."""


@dataclass(frozen=True)
class Views:
    """What the schools of a district granted, told apart by number."""

    views: tuple[View, ...]
    roles: tuple[type[Record], ...] = ()
    """The roles through which humans are seen; every one if none are named."""

    def sees(self, expr: Expr) -> bool:
        """Whether any school granted what a value needs."""
        if isinstance(expr, Field) and expr.owner is Person:
            return any(views for _, views in self.ways(expr))
        people = [p for p in expr.parts() if isinstance(p, Field) and p.owner is Person]
        return bool(self.meeting(expr.need)) and all(map(self.sees, people))

    @cached_property
    def _met(self) -> dict[Need, tuple[int, ...]]:
        return {}

    def meeting(self, need: Need) -> tuple[int, ...]:
        """The numbers of the views that hold what is needed."""
        if need not in self._met:
            self._met[need] = tuple(n for n, view in enumerate(self.views) if need.met_by(view.scopes))
        return self._met[need]

    def facts(self, expr: Expr) -> frozenset[int]:
        """Those whose school granted the fact, of a human those with a role that tells it."""
        if isinstance(expr, Field) and expr.owner is Person:
            return frozenset(n for _, views in self.ways(expr) for n in views)
        return frozenset(self.meeting(expr.need))

    def ways(self, field: Field | None) -> Ways:
        """The roles and views through which a fact of a human is told; for None, through which the human is seen."""
        key = id(field)
        if key not in self._ways:
            roles = self.roles or tuple(role for role in RECORDS.values() if role.human)
            found = ((role, self.telling(role, field)) for role in roles)
            self._ways[key] = tuple((role, views) for role, views in found if views)
        return self._ways[key]

    @cached_property
    def _ways(self) -> dict[int, Ways]:
        return {}

    def telling(self, role: type[Record], field: Field | None) -> tuple[int, ...]:
        """The views under which a role tells a fact of the human."""
        seen = self.meeting(role.scope)
        if field is None:
            return seen
        told = [t for t in role.fields.values() if isinstance(t, Told) and t.fact is field]
        return tuple(n for n in seen if any(n in self.meeting(t.need) for t in told))
