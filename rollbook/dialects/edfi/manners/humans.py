"""How students and staff are written: in every district that has them, or waiting for a first role."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from ....consent.waiting import WaitingReader
from ....edfi.schema import Resource, Written
from ..conditions import Conditions
from ..locating import ROLES, UNIQUE_IDS
from ..pen import Outcome, Pen
from ..reading import find_quietly
from .rows import Rows

if TYPE_CHECKING:
    from ..writing import Scribe


class Humans(Rows):
    """Humans, all of whose records say the same."""

    def post(self, scribe: Scribe, resource: Resource, document: Mapping[str, Any], written: Written) -> Outcome:
        """A human: whom a district knows is changed there; whom none does waits for the first role.

        They may get that role, or lose their last one, while this waits for its turn to write: then it begins again.
        """
        outcome = None
        while outcome is None:
            known = scribe.known(resource, document)
            if known is None:
                outcome = self.await_role(scribe, resource, document, written)
            elif self.change_each(scribe, resource, known, document, written):
                outcome = Outcome(known, False)
        return scribe.wanted(outcome)

    def await_role(
        self, scribe: Scribe, resource: Resource, document: Mapping[str, Any], written: Written
    ) -> Outcome | None:
        """Let a human whom no district knows wait for a role; None if one has come to know them meanwhile."""
        fact, role = UNIQUE_IDS[resource.singular], ROLES[resource.singular]
        with scribe.desk.writers.waiting(scribe.holder) as pending:
            waiting = pending.find(fact, str(written.values[fact]), role)
            if waiting is None and scribe.known(resource, document) is not None:
                return None
            kept = waiting["id"] if waiting else ""
            return Outcome(pending.put(role, written.values, told(resource, written), kept), waiting is None)

    def change_each(
        self,
        scribe: Scribe,
        resource: Resource,
        identity: str,
        document: Mapping[str, Any],
        written: Written,
        check: Callable[[], object] = lambda: None,
    ) -> bool:
        """Change a human in every district that has them, so that all records of one human say the same.

        `check` raises unless the change may still be made now that nobody else can write. Gives whether it was made:
        not where none has them, or others than those that did a moment ago.
        """
        places = self.districts(scribe, resource, identity)
        if not places:
            return False
        with scribe.desk.writers.in_districts(scribe.holder, places) as writers:
            check()
            if self.districts(scribe, resource, identity) != places:
                return False
            for writer in writers:
                Pen(resource, writer, scribe.places).change(identity, document, written)
        return True

    def districts(self, scribe: Scribe, resource: Resource, identity: str) -> list[int]:
        """The districts that have a human whom the app sees there."""
        return [r.district for r in scribe.readers if find_quietly(resource, [r], identity)]

    def put(
        self,
        scribe: Scribe,
        resource: Resource,
        identity: str,
        document: Mapping[str, Any],
        written: Written,
        conditions: Conditions,
    ) -> None:
        # They may get their first role, or lose their last one, while this waits for its turn to write.
        while not self.put_person(scribe, resource, identity, document, written, conditions):
            continue

    def delete(self, scribe: Scribe, resource: Resource, identity: str, conditions: Conditions) -> None:
        while self.waits(scribe, resource, identity, conditions):
            with scribe.desk.writers.waiting(scribe.holder) as pending:
                if self.waits(scribe, resource, identity, conditions):
                    pending.drop(identity, ROLES[resource.singular])
                    return
        super().delete(scribe, resource, identity, conditions)

    def put_person(
        self,
        scribe: Scribe,
        resource: Resource,
        identity: str,
        document: Mapping[str, Any],
        written: Written,
        conditions: Conditions,
    ) -> bool:
        """Update a human where they are now; gives whether they still were there when nobody else could write."""

        def check() -> None:
            scribe.renamed(resource, scribe.current(resource, identity, conditions), document)

        if not self.waits(scribe, resource, identity, conditions):
            return self.change_each(scribe, resource, identity, document, written, check)
        with scribe.desk.writers.waiting(scribe.holder) as pending:
            check()
            if not self.waits(scribe, resource, identity, conditions):
                return False
            pending.put(ROLES[resource.singular], written.values, told(resource, written), identity)
        return True

    def waits(self, scribe: Scribe, resource: Resource, identity: str, conditions: Conditions) -> bool:
        """Whether a document is of a human who has no role."""
        return isinstance(scribe.current(resource, identity, conditions).reader, WaitingReader)


def told(resource: Resource, written: Written) -> dict[str, Any]:
    """What a document says that no field takes, as it is kept of a human who has no role."""
    return {"edfi": {resource.name: written.rest}}
