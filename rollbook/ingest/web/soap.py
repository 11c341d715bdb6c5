"""Calls by SOAP 1.2, as far as reading takes them: an operation with texts as arguments, a data set in answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

from ...errors import Malformed, Problem
from ..rows import Problems
from ..xml import Node, nodes_of, plain
from .answers import Answer
from .session import Session

KIND = "application/soap+xml; charset=utf-8"
ENVELOPE = """<?xml version="1.0" encoding="utf-8"?>
<soap:Envelope xmlns:soap="http://www.w3.org/2003/05/soap-envelope"><soap:Body>{}</soap:Body></soap:Envelope>"""


@dataclass(frozen=True)
class Soap:
    """Operations of one namespace at one path of a service."""

    path: str
    namespace: str

    def table(self, session: Session, operation: str, arguments: Mapping[str, str]) -> list[dict[str, Any]]:
        """The rows of the table in the data set that an operation gives; raises `Malformed` where it gives none."""
        inner = "".join(f"<{name}>{escape(said)}</{name}>" for name, said in arguments.items())
        body = ENVELOPE.format(f'<{operation} xmlns="{self.namespace}">{inner}</{operation}>')
        kind = f'{KIND}; action="{self.namespace}{operation}"'
        answer = session.post(self.path, body.encode(), kind, lambda found: len(_rows(found, operation)))
        return _rows(answer, operation)


def _rows(answer: Answer, operation: str) -> list[dict[str, Any]]:
    """The rows in an answer: a result without a data set has none, and an answer without a result is an error."""
    problems, results = Problems(), list[Node]()
    for node in nodes_of("the answer", answer.content, problems):
        results += _named(node, f"{operation}Result")
    if problems.found:
        raise Malformed(Problem("", "is not the XML of an answer", "check the address"))
    if not results:
        raise Malformed(Problem("", f"has no {operation}Result, which its rows would be in"))
    said = [plain(row) for result in results for row in _named(result, "Table")]
    return [row for row in said if isinstance(row, dict)]


def _named(node: Node, name: str) -> list[Node]:
    """The elements of a name in one, itself among them; not those within one another."""
    return [node] if node.name == name else [found for child in node.children for found in _named(child, name)]
