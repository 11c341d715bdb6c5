"""Ed-Fi's interchange files in XML, of Data Standard 5, as a folder or a ZIP.

An element says what the property of the same name says in JSON, so that it becomes a document and is taken in as one.
The files group some properties that documents have side by side, and refer to one another by `id` and `ref`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from ..edfi.schema import Collection, Descriptor, Property, Reference, Target
from ..ingest import Problems, Reading, open_bundle
from ..ingest.edfi import FILLS, RESOURCES, Documents
from ..ingest.xml import Node, nodes_of

GROUPS = ("Name", "BirthData")
"""Elements that only group what documents have side by side."""

CREDITS = ("AvailableCredits", "MaximumAvailableCredits", "MinimumAvailableCredits")
"""Elements that group an amount of credits with its kind."""

ENTITIES = {one.entity: one for one in RESOURCES.values()}


class EdFiXml:
    """Ed-Fi's interchange files."""

    name = "edfi-xml"
    format = "edfi"
    fills = FILLS

    def read(self, reading: Reading) -> Documents:
        """Open a folder or ZIP and read the interchange files in it."""
        problems = Problems()
        parts = open_bundle(reading.path, problems, ending=".xml")
        found, files = Documents(problems), Files()
        for done, name in enumerate(sorted(parts)):
            reading.progress("reading", done, len(parts))
            if (data := parts[name].read(problems)) is not None:
                self._take(files, name, data, problems)
        files.give(found)
        reading.progress("reading", len(parts), len(parts))
        if not problems.found:
            found.settle()
        return found

    def _take(self, files: Files, name: str, data: bytes, problems: Problems) -> None:
        for node in nodes_of(name, data, problems):
            files.take(name, node)


EDFI_XML = EdFiXml()


@dataclass
class Files:
    """What the files have: elements by resource, and what those are known by to which others refer by `ref`."""

    found: dict[str, list[tuple[dict[str, Any], tuple[str, int]]]] = field(default_factory=dict[str, Any])
    named: dict[str, dict[str, str]] = field(default_factory=dict[str, dict[str, str]])
    others: dict[str, int] = field(default_factory=dict[str, int])

    def take(self, file: str, node: Node) -> None:
        """Take an element right below the root of a file."""
        if node.id:
            self.named[node.id] = dict(node.leaves())
        resource = ENTITIES.get(node.name)
        if resource is None:
            self.others[node.name] = self.others.get(node.name, 0) + 1
            return
        self.found.setdefault(resource.name, []).append((_object(resource.properties, node), (file, node.line)))

    def give(self, into: Documents) -> None:
        """Give the documents of all files, now that each reference by `ref` can be followed."""
        for resource in (one for one in RESOURCES.values() if one.name in self.found):
            said = self.found.pop(resource.name)
            into.take(resource.name, ((self._led(document), place) for document, place in said))
        for name, count in sorted(self.others.items()):
            into.notes.append(f"{count:,} {name} were not read: the hub keeps none")

    def _led(self, value: Any) -> Any:
        if isinstance(value, _Ref):
            return {m.name: said for m in value.target.members if (said := _leaf(m, self.named.get(value.id, {})))}
        if isinstance(value, dict):
            return {name: self._led(one) for name, one in cast(dict[str, Any], value).items()}
        return [self._led(one) for one in cast(list[Any], value)] if isinstance(value, list) else value


@dataclass(frozen=True)
class _Ref:
    """A reference to an element by its `id`."""

    target: Target
    id: str


# ---- elements as objects


def _object(properties: Sequence[Property], node: Node) -> dict[str, Any]:
    by_name: dict[str, list[Node]] = {}
    for child in _side_by_side(node):
        by_name.setdefault(child.name, []).append(child)
    made: dict[str, Any] = {}
    for one in properties:
        found = next((by_name[name] for name in _names(one) if name in by_name), None)
        if found:
            made[one.name] = _value(one, found)
    return made


def _side_by_side(node: Node) -> Iterator[Node]:
    for child in node.children:
        if child.name in GROUPS:
            yield from child.children
        elif child.name in CREDITS and child.children:
            for part in child.children:
                name = child.name.removesuffix("s") + part.name.removeprefix("Credit")
                yield Node(child.name if part.name == "Credits" else name, part.line, text=part.text)
        else:
            yield child


def _names(one: Property) -> Iterator[str]:
    """The names that a property's element may have."""
    name = _capital(one.name)
    if isinstance(one, Collection):
        yield _capital(one.item)
        yield from (name.removesuffix("es"), name.removesuffix("s"), f"{name.removesuffix('s')}Reference")
        for inner in one.properties:
            yield from _names(inner) if isinstance(inner, Reference) else ()
    elif isinstance(one, Reference):
        yield from (name, name.removesuffix("TypeReference"))
    elif isinstance(one, Descriptor):
        yield name.removesuffix("Descriptor")
    else:
        yield name


def _value(one: Property, found: Sequence[Node]) -> Any:
    if isinstance(one, Collection):
        return [_item(one, node) for node in found]
    return _pointing(one, found[0]) if isinstance(one, Reference) else found[0].text


def _item(one: Collection, node: Node) -> dict[str, Any]:
    reference = next((p for p in one.properties if isinstance(p, Reference)), None)
    if reference is not None and node.name in _names(reference):
        return {reference.name: _pointing(reference, node)}
    if not node.children:
        return {one.properties[0].name: node.text}
    return _object(one.properties, node)


def _pointing(one: Reference, node: Node) -> Any:
    if node.ref:
        return _Ref(one.target, node.ref)
    if not node.children:
        return {one.target.members[0].name: _year(node.text)}
    leaves = dict(node.leaves())
    return {m.name: said for m in one.target.members if (said := _leaf(m, leaves))}


ORGANISATIONS = ("EducationOrganizationId", "SchoolId", "LocalEducationAgencyId")


def _leaf(member: Property, leaves: Mapping[str, str]) -> str:
    name = _capital(member.name).removesuffix("Descriptor")
    names = ORGANISATIONS if name == ORGANISATIONS[0] else (name,)
    said = next((leaves[one] for one in names if one in leaves), "")
    return _year(said) if name == "SchoolYear" else said


def _year(said: str) -> str:
    """A school year as JSON has it: the calendar year in which it ends."""
    return said.rpartition("-")[2]


def _capital(name: str) -> str:
    return name[0].upper() + name[1:]
