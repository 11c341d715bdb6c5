"""References follow what they refer to: where that has another key, every document says the new one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ...consent import Writer
from ...edfi.documents import Whole
from ...edfi.paths import reference_at
from ...edfi.resources import EVERY, RESOURCES
from ...edfi.schema import Resource


class Following:
    """Rewrites references within one district's transaction, whoever may see the documents that make them."""

    def __init__(self, writer: Writer) -> None:
        self.writer = writer
        self.done: set[tuple[str, str]] = set()

    def follow(self, resource: Resource, identity: str) -> None:
        """Let every document that refers to one say its key as it is now, and so on with those that refer to them."""
        # The key of a record is final by now; one that is made of several references changes with each of them.
        if not isinstance(resource, Whole):
            if (resource.name, identity) in self.done:
                return
            self.done.add((resource.name, identity))
        key = self.key(resource, identity)
        for one in self.writer.referring(identity) if key else ():
            for part in RESOURCES[one.resource].parts:
                self.rewrite(part, one.source, one.path, key)
        for record, dependent, _ in self.writer.known_by(resource.of, identity):
            for other in (part for one in EVERY for part in one.parts if part.of is record):
                self.follow(other, dependent)

    def key(self, resource: Resource, identity: str) -> dict[str, Any]:
        """The natural key that a document has now; empty where it has none."""
        keys = self.writer.known_as(resource.of, identity)
        keys = keys if "district.identifier" in keys else {**keys, "district.identifier": self.writer.reader.identifier}
        key = resource.key_of(keys)
        return {} if None in key.values() else key

    def rewrite(self, resource: Resource, source: str, path: str, key: Mapping[str, Any]) -> None:
        """Let the reference at a path of a document name what it refers to by a key."""
        row = self.writer.get(resource.of, source)
        kept: dict[str, Any] = json.loads((row or {}).get("remainder") or "{}")
        body = kept.get("edfi", {}).get(resource.name)
        reference = reference_at(body, path)
        if reference is None:
            return
        known = {**key, **_other_names(key, reference)}
        said = {name: known.get(name, value) for name, value in reference.items()}
        if said == reference:
            return
        reference.update(said)
        values: dict[str, Any] = {"remainder": json.dumps(kept, ensure_ascii=False)}
        if isinstance(resource, Whole):
            values |= resource.found_by(resource.key(body))
        self.writer.entail(resource.of, source, values)
        if isinstance(resource, Whole):
            self.follow(resource, source)


def _other_names(key: Mapping[str, Any], reference: Mapping[str, Any]) -> dict[str, Any]:
    """The members of a key by the names that they have in references to what it is one kind of."""
    own = {name: value for name, value in key.items() if name not in reference}
    return {name: next(iter(own.values())) for name in reference if name not in key and len(own) == 1}
