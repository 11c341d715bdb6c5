"""XML that others wrote, read element by element; what could lead elsewhere is refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, cast
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from .rows import Problems

CHUNK = 1 << 16


@dataclass
class Node:
    """An element with what is in it, and the line on which it begins."""

    name: str
    line: int
    id: str = ""
    ref: str = ""
    text: str = ""
    children: list[Node] = field(default_factory=list["Node"])

    def leaves(self) -> Iterator[tuple[str, str]]:
        """The texts in it, however deep, by the names of their elements."""
        for child in self.children:
            if child.children:
                yield from child.leaves()
            else:
                yield child.name, child.text


@dataclass
class _Builder:
    """Makes a node of each element right below the root, and forgets it when it has been taken."""

    line: Any = None
    root: str = ""
    stack: list[Node] = field(default_factory=list[Node])
    done: list[Node] = field(default_factory=list[Node])
    texts: list[str] = field(default_factory=list[str])

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        name = tag.rpartition("}")[2]
        if not self.root:
            self.root = name
            return
        self.texts = []
        self.stack.append(Node(name, self.line(), attributes.get("id", ""), attributes.get("ref", "")))

    def data(self, text: str) -> None:
        """Text comes, in one piece or several."""
        self.texts.append(text)

    def end(self, tag: str) -> None:
        """An element ends."""
        if not self.stack:
            return
        node = self.stack.pop()
        node.text = "" if node.children else "".join(self.texts).strip()
        self.texts = []
        (self.stack[-1].children if self.stack else self.done).append(node)

    def close(self) -> None:
        """The file ends."""


def nodes(data: bytes) -> Iterator[Node]:
    """The elements right below the root, one after another; raises `ParseError` for what is not well-formed XML.

    A document type is refused, and with it entities: what they stand for may be without end, or in other files.
    """
    builder = _Builder()
    parser = DefusedXMLParser(target=builder, forbid_dtd=True)
    builder.line = lambda: parser.parser.CurrentLineNumber
    for at in range(0, len(data), CHUNK):
        parser.feed(data[at : at + CHUNK])
        yield from builder.done
        builder.done.clear()
    parser.close()


def nodes_of(name: str, data: bytes, problems: Problems) -> Iterator[Node]:
    """The elements right below the root of a file; what is wrong with it is noted."""
    try:
        yield from nodes(data)
    except ParseError as wrong:
        problems.add(name, f"{name} line {wrong.position[0]}", "is not well-formed XML", "export the file again")
    except DefusedXmlException:
        problems.add(name, name, "has a document type, which may lead to other files", "export it without one")


def plain(node: Node) -> Any:
    """What an element says as JSON would: a text, or an object; several elements of one name are a list."""
    if not node.children:
        return node.text
    said: dict[str, Any] = {}
    for child in node.children:
        said.setdefault(child.name, []).append(plain(child))
    return {name: found if len(found) > 1 else found[0] for name, found in said.items()}


def listed(said: object, *path: str) -> list[dict[str, Any]]:
    """The objects at a path in what an element says, also where there is only one."""
    for name in path:
        said = cast(dict[str, Any], said).get(name) if isinstance(said, dict) else None
    found = cast(list[Any], said) if isinstance(said, list) else [said]
    return [one for one in found if isinstance(one, dict)]
