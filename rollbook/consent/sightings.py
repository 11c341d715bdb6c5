"""When the humans of a district were seen through the grants of an app: what each change of a choice wrote down.

A human of whom nothing is written down was always seen or never, as the choice says now. What is a part of several
humans (a relationship, of a student and a contact) was seen while all of them were.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast

from ..fields import Record
from ..store.kept.chosen import Turn, Turns
from ..store.kept.history import END
from ..store.keys import NAMED

Human = tuple[str, str]
"""A kind of human and the hub id of one."""


def humans_in(record: type[Record], identity: str, facts: Mapping[str, object]) -> list[Human]:
    """The humans whom a row with these references is, is a part of, or whose documents name them."""
    found = [(record.__name__, identity)] if record.human else []
    parts = [
        (ref.target.__name__, str(facts[name]))
        for name, ref in record.refs().items()
        if ref.part_of and ref.target.human and facts.get(name)
    ]
    return [*found, *parts, *((kind, role) for kind, role, _ in named_in(facts))]


def named_in(facts: Mapping[str, object]) -> list[tuple[str, str, str]]:
    """Whom the documents of a row named besides, each by a role: its kind, its hub id, that of its school."""
    return [(kind, role, school) for kind, role, school in cast(Any, facts.get(NAMED) or ())]


class Sightings:
    """When humans were seen; `chooses` says whether a grant's choice lets one in now, `stands` whether one is there."""

    def __init__(
        self,
        turns: Turns,
        chooses: Callable[[str, Human], bool],
        listed: Callable[[Human], bool],
        stands: Callable[[Human], bool],
    ) -> None:
        self._turns = turns
        self._chooses = chooses
        self._listed = listed
        self._stands = stands

    def asking(
        self, chooses: Callable[[str, Human], bool], listed: Callable[[Human], bool], stands: Callable[[Human], bool]
    ) -> Sightings:
        """The same changes of choices, while others say what is chosen and who is there."""
        return Sightings(self._turns, chooses, listed, stands)

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds of human of whom anybody was ever let in or left out; Person, where that tells of a human."""
        return frozenset(kind for _, kind, identity in self._turns if identity)

    @property
    def last(self) -> int:
        """The number of the last change of a choice; 0 when there was none."""
        return max((turns[-1].seq for turns in self._turns.values()), default=0)

    def left(self, since: int) -> list[Human]:
        """The humans who were left out after a number and have not come back."""
        return [
            (kind, identity)
            for (_, kind, identity), turns in self._turns.items()
            if identity and turns[-1].seq > since and not turns[-1].seen
        ]

    def seen(self, grant: str, human: Human, number: int = END) -> bool:
        """Whether a human was seen when a write had a number."""
        turns = self._turns.get((grant, *human))
        if turns is None and not self._listed(human) and not self._stands(human):
            # Of who is gone nobody asked any more when a choice was changed.
            turns = self._turns.get((grant, human[0], ""))
        if turns is None:
            return self._chooses(grant, human)
        return next((t.seen for t in reversed(turns) if t.seq <= number), not turns[0].seen)

    def all_seen(self, grant: str, humans: Iterable[Human], number: int = END) -> bool:
        """Whether all of some humans were seen at a number."""
        return all(self.seen(grant, human, number) for human in humans)

    def lost(self, grant: str, humans: list[Human], number: int = END) -> Turn | None:
        """When, up to a number, sight of some humans was last lost; None if they were never all seen before."""
        turns = {t for human in humans for t in self._turns.get((grant, *human), ()) if t.seq <= number and not t.seen}
        for turn in sorted(turns, key=lambda t: -t.seq):
            if self.all_seen(grant, humans, turn.seq - 1):
                return turn
        return None

    def found(self, grant: str, humans: Iterable[Human]) -> Turn | None:
        """When some humans who are all seen now came into sight; None if they always were."""
        turns = (self._turns.get((grant, *human), [])[-1:] for human in humans)
        return max((t for last in turns for t in last), key=lambda t: t.seq, default=None)
