"""Files that belong to the work of a class: what its teachers hand out, and what its students hand in."""

from __future__ import annotations

from ..fields import Number, Ref, Text
from ..scopes import S
from .assessment import Aspect, AssessmentResult
from .groups import Group
from .organisation import SchoolRecord


class WorkFile(SchoolRecord, abstract=True):
    """A file; its content is encoded in base64."""

    title = Text("What the file is called", "island.txt")
    description = Text("What is in it", "A map of an island, to copy")
    size = Number("How many bytes it has", 24)
    content = Text("The file itself, as base64", "TjogbGlnaHRob3VzZS4gUzogYmVhY2gu")


class ClassFile(
    WorkFile,
    scope=S.School,
    writing=S.WritebackAssessment,
    indexes=(("school",), ("group",), ("aspect",)),
):
    """A file for a class, or for a piece of its work."""

    group = Ref("The class", Group, part_of=True)
    aspect = Ref("The piece of work that it is attached to, if it is not for the class as such", Aspect, part_of=True)


class SubmissionFile(
    WorkFile,
    scope=S.AssessmentResults,
    writing=S.WritebackAssessment,
    indexes=(("school",), ("result",)),
):
    """A file that a student has handed in."""

    result = Ref("What came of the work, with which it was handed in", AssessmentResult, part_of=True)
