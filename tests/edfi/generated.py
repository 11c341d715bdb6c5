"""Documents of any resource, drawn from its declaration, with the documents that they refer to."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable
from typing import Any
from zlib import crc32

from rollbook.edfi.resources import EVERY, RESOURCES
from rollbook.edfi.schema import (
    Boolean,
    Collection,
    Date,
    Descriptor,
    Integer,
    Moment,
    Number,
    Object,
    Property,
    Reference,
    Resource,
    Text,
)
from rollbook.edfi.validation import understand
from rollbook.model.vocabulary import Descriptor as Word
from tests.district import EdFi
from tests.hub import Hub

from .school_year import ESTAB, TERM

WORDS = "uri://ocotillo.example.org"
"""Whose words documents use: each list has two."""

KNOWN: dict[str, Any] = {"educationOrganizationId": ESTAB, "schoolYear": 2027, "courseCode": "ALG-1"} | {
    name: value for resource, document in TERM.items() for name, value in RESOURCES[resource].key(document).items()
}
"""What members of keys are called by in the documents of a term."""

LETTERS = "abcXYZ019 éÜ名😀'\"\\<>&%_#,;/"


def lists(properties: Iterable[Property]) -> set[str]:
    """The lists whose words some properties are."""
    found: set[str] = set()
    for one in properties:
        if isinstance(one, Descriptor):
            found.add(one.kind)
        elif isinstance(one, Reference):
            found |= lists(one.target.members)
        elif isinstance(one, Collection | Object):
            found |= lists(one.properties)
    return found


def publish(hub: Hub) -> None:
    """Put two words of every list into the record."""
    kinds = sorted({kind for resource in EVERY for kind in lists(resource.properties)})
    with hub.desk.writers.shared() as batch:
        batch.add(
            Word,
            [
                {"kind": f"{kind}Descriptor", "namespace": f"{WORDS}/{kind}Descriptor", "code": code, "short": code}
                for kind in kinds
                for code in ("One", "Two")
            ],
        )


class Writer:
    """Draws documents and writes what they refer to; `much` is how likely what is not required is there."""

    def __init__(self, api: EdFi, rng: random.Random, much: float = 0.5) -> None:
        self.api = api
        self.rng = rng
        self.much = much
        self.written: dict[str, dict[str, Any]] = {name: TERM[name] for name in TERM}
        self.under_way: list[str] = []
        self.shared: set[str] = set()
        """The members of the key that references share with the document itself."""

    def draw(self, resource: Resource, salt: str = "") -> dict[str, Any]:
        """A document, as it is read back; `salt` tells its key from that of others."""
        self.under_way.append(resource.name)
        before, self.shared = self.shared, {path.rpartition(".")[2] for paths in resource.unified for path in paths}
        drawn = self.object(resource.properties, salt)
        self.under_way.pop()
        self.shared = before
        return understand(resource, json.loads(json.dumps(drawn)))

    def object(self, properties: Iterable[Property], salt: str = "") -> dict[str, Any]:
        """The members of a document or an item."""
        found: dict[str, Any] = {}
        for one in properties:
            if one.needed or self.rng.random() < self.much:
                value = self.value(one, salt)
                if value is not None:
                    found[one.name] = value
        return found

    def value(self, one: Property, salt: str) -> Any:
        """A value of a property; nothing where it would lead in a circle."""
        if isinstance(one, Reference):
            return self.reference(one)
        if isinstance(one, Collection) and not one.needed and self.in_circle(one):
            return None
        if isinstance(one, Collection):
            items = [self.object(one.properties, f"{salt}{at}") for at in range(self.rng.randint(1, 2))]
            keys = [json.dumps([item.get(p.name) for p in one.properties if p.identity]) for item in items]
            return [item for key, item in dict(zip(keys, items, strict=True)).items() if key]
        if isinstance(one, Object):
            return self.object(one.properties, salt) or None
        return called(one, "" if one.name in self.shared else salt) if one.identity else self.scalar(one)

    def in_circle(self, one: Collection) -> bool:
        """Whether every item must refer to what is still being drawn."""
        inner = (p for p in one.properties if isinstance(p, Reference) and p.needed)
        return any(_kept_whole(p) in self.under_way for p in inner)

    def scalar(self, one: Property) -> Any:
        """Some value that is no part of a key."""
        rng = self.rng
        if isinstance(one, Text):
            least = max(one.least, 1)
            said = "".join(rng.choices(LETTERS, k=rng.randint(least, max(least, min(one.most, 40)))))
            return said.strip().ljust(least, "x")
        if isinstance(one, Integer):
            least = one.least if one.least is not None else -9
            return rng.randint(least, min(one.most if one.most is not None else least + 999, least + 999))
        if isinstance(one, Number):
            least, most = one.least or 0, one.most
            return round(rng.uniform(least if least > -1000 else 0, min(most, 1000) if most else least + 9), 2)
        if isinstance(one, Boolean):
            return rng.random() < 0.5
        return called(one, str(rng.randint(0, 1)))

    def reference(self, one: Reference) -> dict[str, Any] | None:
        """A reference to a document that is there, which is written where it is not."""
        if one.target.everywhere:
            return {"schoolYear": 2027}
        name = next((n for n in one.target.served if n in TERM or n == "schools"), None) or _kept_whole(one)
        if name == "schools":
            return {one.target.members[0].name: ESTAB}
        if not name or name in self.under_way:
            assert not one.needed, f"{one.name} leads in a circle"
            return None
        if name not in self.written:
            resource, much = RESOURCES[name], self.much
            self.much = 0
            self.written[name] = self.draw(resource)
            self.much = much
            self.api.post(name, self.written[name])
        key = RESOURCES[name].key(self.written[name])
        other_names = one.target.served[name]
        return {m.name: key[other_names.get(m.name, m.name)] for m in one.target.members}


def _kept_whole(one: Reference) -> str:
    plain = [name for name in one.target.served if name in RESOURCES]
    return "studentProgramAssociations" if "studentProgramAssociations" in plain else next(iter(plain), "")


def called(one: Property, salt: str) -> Any:
    """The value that a member of a key always has, by its name: references that share it agree."""
    if not salt and one.name in KNOWN:
        return KNOWN[one.name]
    number = crc32(f"{one.name}{salt}".encode())
    if isinstance(one, Text):
        return f"{number % 1000}{one.name}"[: one.most]
    if isinstance(one, Integer):
        least = one.least or 0
        return least + number % (min(one.most or 10**6, 10**6) - least)
    if isinstance(one, Descriptor):
        return f"{WORDS}/{one.kind}Descriptor#{'Two' if number % 2 else 'One'}"
    if isinstance(one, Date):
        return f"2026-09-{number % 28 + 1:02}"
    if isinstance(one, Moment):
        return f"2026-09-{number % 28 + 1:02}T10:00:00Z"
    return number % 2 == 0 if isinstance(one, Boolean) else f"{number % 24:02}:00:00"
