"""A place for one document of a client's own: what it may hold by all that was acknowledged."""

from __future__ import annotations

from dataclasses import dataclass, field

from .client import expect
from .wire import Answer

Value = str | None
"""What a document says; nothing where there is none."""


@dataclass
class Slot:
    """What may be there: one thing, or either of several where a write was never answered."""

    key: str
    possible: set[Value] = field(default_factory=lambda: {None})
    identity: str = ""
    """The id under which the document is known; nothing where that is in doubt."""

    @property
    def there(self) -> bool:
        """Whether there may be a document."""
        return self.possible != {None}

    @property
    def certain(self) -> bool:
        """Whether it is known what is there."""
        return len(self.possible) == 1

    def put(self, answer: Answer | None, value: str) -> None:
        """A document was sent that is made or replaced: 201 and 200, or nobody answered."""
        if answer is None:
            self.possible |= {value}
            self.identity = ""
            return
        allowed = {201} if self.possible == {None} else {200, 204} if None not in self.possible else {200, 201, 204}
        # What had no answer at first may have made it.
        allowed |= {200, 204} if answer.doubted else set[int]()
        expect(answer.status in allowed, f"{self.key}: {answer.status} to a write where {self.possible} may be")
        self.possible = {value}

    def changed(self, answer: Answer | None, value: str) -> None:
        """A document was sent to its id."""
        if answer is None:
            self.possible |= {value}
            return
        self._found(answer, {200, 204}, "a change")
        self.possible = {value} if answer.status != 404 else {None}

    def removed(self, answer: Answer | None) -> None:
        """It was deleted by its id."""
        if answer is None:
            self.possible |= {None}
            return
        if not (answer.status == 404 and answer.doubted):
            self._found(answer, {204}, "a delete")
        self.possible, self.identity = {None}, ""

    def _found(self, answer: Answer, statuses: set[int], what: str) -> None:
        allowed = (statuses if self.there else set[int]()) | ({404} if None in self.possible else set[int]())
        expect(answer.status in allowed, f"{self.key}: {answer.status} to {what} where {self.possible} may be")

    def seen(self, found: list[str]) -> None:
        """It was read: what there is under its key."""
        expect(len(found) <= 1, f"{self.key}: there {len(found)} times")
        value = found[0] if found else None
        expect(value in self.possible, f"{self.key}: {value!r} where {self.possible} may be")
