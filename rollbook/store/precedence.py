"""Which of several claimants a record's facts are taken from: for each fact the first one that says anything.

A fact here is a column of a record, or one format's part of its remainder (`remainder.oneroster`), so that parts of
different formats stand side by side.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from ..fields import Record
from .kept.sayings import ABOVE, BELOW, HUB, Say
from .kept.sources import Standing

Facts = dict[str, Any]

PART = "remainder."
"""What the name of a part of a remainder begins with."""

OF_APIS = frozenset({"edfi"})
"""The parts of remainders that clients of the hub's own APIs write: no source says them, unless they are marked."""

SOURCES = {"made": "source"}
"""Marks such a part as one that a source of the same standard says."""

Stands = Callable[[str, Any], bool]
"""Whether a value can be a fact of a record now: what a reference leads to may be gone."""


class Order:
    """The order in which the sources of a district are asked for a fact, and what each of them may say."""

    def __init__(self, standing: Iterable[Standing]) -> None:
        listed = list(standing)
        self._place = {one.source: place for place, one in enumerate(listed)}
        self._of = {one.source: one for one in listed}

    @property
    def sources(self) -> frozenset[str]:
        """The sources that are known."""
        return frozenset(self._of)

    def may(self, source: str, kind: type[Record], name: str = "") -> bool:
        """Whether a source may say a fact of a kind of record; without a name, anything of it."""
        known = self._of.get(source)
        return known is None or known.may_say(kind.__name__, name)

    def whole(self, source: str, kind: type[Record]) -> bool:
        """Whether a source may make and keep records of a kind: it may say all of it, and not only some facts."""
        known = self._of.get(source)
        return known is None or known.whole(kind.__name__)

    def limits(self, source: str) -> bool:
        """Whether there is anything that a source may not say."""
        return source in self._of and bool(self._of[source].may)

    def arranged(self, says: Iterable[Say]) -> list[Say]:
        """What is said, the first to be asked first: the hub above all sources, and below them what it had before."""
        return sorted(says, key=self._rank)

    def _rank(self, say: Say) -> tuple[int, str, str]:
        if say.source == HUB:
            return (-1 if say.key == ABOVE else len(self._place) + 1), say.source, say.key
        return self._place.get(say.source, len(self._place)), say.source, say.key

    def holds(self, kind: type[Record], says: Iterable[Say]) -> bool:
        """Whether anybody who may says that there is such a record."""
        return any(
            say.key == BELOW if say.source == HUB else self.whole(say.source, kind)
            for say in says
            if say.facts is not None
        )

    def chosen(self, kind: type[Record], says: Sequence[Say], stands: Stands) -> dict[str, Say]:
        """For each fact that anybody says, the claimant from whom it is taken."""
        found: dict[str, Say] = {}
        for say in self.arranged(says):
            for name, value in (say.facts or {}).items():
                if name not in found and self._says(say, kind, name) and (value is None or stands(name, value)):
                    found[name] = say
        # What an id is an id of belongs to the id.
        if "origin" in found and "external_id" in found and found["origin"] is not above(says):
            found["origin"] = found["external_id"]
        return found

    def _says(self, say: Say, kind: type[Record], name: str) -> bool:
        return say.source == HUB or self.may(say.source, kind, name)

    def effective(self, kind: type[Record], says: Sequence[Say], stands: Stands) -> Facts:
        """The facts of a record, as far as anybody says them."""
        return {name: (say.facts or {}).get(name) for name, say in self.chosen(kind, says, stands).items()}


def above(says: Iterable[Say]) -> Say | None:
    """What the hub itself says of a record above all sources."""
    return next((say for say in says if (say.source, say.key) == (HUB, ABOVE)), None)


def is_deleted(says: Iterable[Say]) -> bool:
    """Whether the hub holds a record deleted that sources have."""
    held = above(says)
    return held is not None and held.facts is None


def of_sources(says: Iterable[Say]) -> bool:
    """Whether any source says something of a record."""
    return any(say.source != HUB for say in says)


def told_by_sources(says: Iterable[Say]) -> frozenset[str]:
    """The facts that any source says of a record."""
    return frozenset(name for say in says if say.source != HUB for name in say.facts or ())


# ---- records as facts


def parts_of_remainder(remainder: str | None) -> Facts:
    """The parts of a remainder as facts."""
    return {f"{PART}{name}": part for name, part in json.loads(remainder or "{}").items()}


def facts_of(kind: type[Record], row: Mapping[str, Any]) -> Facts:
    """What the source of a record says: every fact that is not blank, but for what came through the hub's own APIs."""
    facts = {name: row[name] for name in kind.stored() if row[name] is not None}
    parts = parts_of_remainder(row["remainder"]).items()
    return facts | {name: part for name, part in parts if _of_source(name.removeprefix(PART), part)}


def _of_source(name: str, part: Any) -> bool:
    return name not in OF_APIS or SOURCES.items() <= part.items()


def stamps_of(kind: type[Record], row: Mapping[str, Any], facts: Iterable[str]) -> dict[str, int]:
    """The numbers of the writes since which a record's facts are as they are, where that is not since its making."""
    stamps: dict[str, int] = json.loads(row["changed"] or "{}")
    columns = {name: "remainder" if name.startswith(PART) else name for name in facts}
    return {name: stamps[column] for name, column in columns.items() if column in stamps}


def differences(before: Mapping[str, Any], values: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """What changes of a record, fact by fact, when it gets these values."""
    yield from ((name, value) for name, value in values.items() if name != "remainder")
    if "remainder" in values:
        was, now = (parts_of_remainder(one) for one in (before["remainder"], values["remainder"]))
        yield from ((name, now.get(name)) for name in {**was, **now} if was.get(name) != now.get(name))


def values_of(before: Mapping[str, Any], facts: Mapping[str, Any]) -> dict[str, Any]:
    """The columns that a record gets, to have these facts; the other parts of its remainder stay."""
    values = {name: value for name, value in facts.items() if not name.startswith(PART)}
    parts = {name: part for name, part in facts.items() if name.startswith(PART)}
    was = parts_of_remainder(before["remainder"])
    now = {name: part for name, part in {**was, **parts}.items() if part}
    if now != was:
        kept = {name.removeprefix(PART): part for name, part in now.items()}
        values["remainder"] = json.dumps(kept, ensure_ascii=False) if kept else None
    return values
