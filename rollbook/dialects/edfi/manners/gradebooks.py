"""How what is assessed is written: it has a range of points, and a source that keeps gradebooks is told of work."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ....edfi.gradebooks import range_of
from ....edfi.schema import Written
from ....edfi.teaching import GRADING_PERIOD
from ....model.assessment import Aspect, MarkSet
from ....model.calendar import Session
from ..pen import Pen
from .whole import WholeDocuments


class GradebookPen(Pen):
    """Writes what is assessed, such as work that is set for classes, and what came of it."""

    def add(self, document: Mapping[str, Any], written: Written) -> str:
        identity = super().add(document, written)
        self.range(identity, document)
        return identity

    def change(self, identity: str, document: Mapping[str, Any], written: Written, *, rename: bool = False) -> None:
        super().change(identity, document, written, rename=rename)
        self.range(identity, document)

    def range(self, identity: str, document: Mapping[str, Any]) -> None:
        """Let the numbers that results of what is assessed may be now end with its points."""
        if self.resource.of is not Aspect:
            return
        most = document.get("maxPoints", document.get("maxRawScore"))
        now = next((row for row in self.writer.find(MarkSet, aspect=identity) if row["end"] is None), None)
        if now is not None:
            self.writer.change(MarkSet, now["id"], {"most": most})
        elif most is not None:
            school = (self.writer.get(Aspect, identity) or {}).get("school")
            found = range_of(most, document.get("dateAssigned"))
            self.writer.add(MarkSet, {"school": school, "aspect": identity, **found})

    def entered(self, values: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
        stays: dict[str, Any] = {}
        was, now = before.get("assigned"), values.get("assigned")
        if was and now and was[:10] == now[:10]:
            # A day that stays is no other time of it.
            stays["assigned"] = was
        session = self.writer.get(Session, before.get("session") or "")
        if session and session["kind"] != GRADING_PERIOD and not values.get("session"):
            # A term is none that a document could have left out.
            stays["session"] = session["id"]
        return {**super().entered(values, before), **stays}

    def forward(self, identity: str, row: Mapping[str, Any], *, goes: bool = False) -> None:
        super().forward(identity, row, goes=goes)
        self.writer.forwarding.gradebook(self.resource.of, identity, goes=goes)


class Gradebooks(WholeDocuments):
    """Work, which need not name a class, and its results."""

    pen = GradebookPen
