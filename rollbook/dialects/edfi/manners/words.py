"""How descriptors are written: every district shares them, and the app that added one changes it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ....edfi.schema import Resource, Written
from ....errors import Problem
from ....model.vocabulary import Descriptor
from .. import problems
from ..conditions import Conditions
from ..pen import Outcome
from ..publishing import publish_of
from ..reading import find_in
from ..refusal import Refusal
from ..uses import using
from .rows import Rows

if TYPE_CHECKING:
    from ..writing import Scribe


class Words(Rows):
    """Words of lists, which need no school's leave."""

    def founds(self, scribe: Scribe) -> bool:
        return True

    def post(self, scribe: Scribe, resource: Resource, document: Mapping[str, Any], written: Written) -> Outcome:
        """A descriptor, which every district shares."""
        publish_of(scribe.desk, resource)
        with scribe.desk.writers.shared() as batch:
            shared = scribe.desk.readers.shared()
            with shared.session() as session:
                args = resource.key_args(resource.key(document))
                known = find_in(resource, shared, session, resource.keyed, args, "key")
            if known is None:
                values = {**written.values, **resource.first(written.values), "remainder": self.signature(scribe)}
                return Outcome(batch.add(Descriptor, [values])[0], True)
            if self.added(scribe, batch.get(Descriptor, known.id)):
                batch.change(Descriptor, known.id, written.values)
            return scribe.wanted(Outcome(known.id, False))

    def put(
        self,
        scribe: Scribe,
        resource: Resource,
        identity: str,
        document: Mapping[str, Any],
        written: Written,
        conditions: Conditions,
    ) -> None:
        with scribe.desk.writers.shared() as batch:
            scribe.renamed(resource, scribe.current(resource, identity, conditions), document)
            self.own(scribe, batch.get(Descriptor, identity))
            batch.change(Descriptor, identity, written.values)

    def delete(self, scribe: Scribe, resource: Resource, identity: str, conditions: Conditions) -> None:
        with scribe.desk.writers.shared() as batch:
            word = scribe.current(resource, identity, conditions).body
            self.own(scribe, batch.get(Descriptor, identity))
            user = using(resource, word, scribe.readers)
            if user is not None:
                raise Refusal(problems.depended_on(user.entity))
            batch.remove(Descriptor, identity)

    def signature(self, scribe: Scribe) -> str:
        """What a word carries of the app that added it, seen by nobody."""
        return json.dumps({"$app": scribe.holder.app.id})

    def added(self, scribe: Scribe, word: Mapping[str, Any] | None) -> bool:
        """Whether it was the caller's app that added a word."""
        return word is not None and word["remainder"] == self.signature(scribe)

    def own(self, scribe: Scribe, word: Mapping[str, Any] | None) -> None:
        """Raise unless the caller's app added a word: every district uses it."""
        if not self.added(scribe, word):
            said = "A descriptor is changed by the app that added it only; published ones stay as they are."
            raise Refusal(problems.not_allowed(Problem("", said)))
