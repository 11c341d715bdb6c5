"""Papers that a school keeps about people."""

from __future__ import annotations

from ..fields import Ref, Text
from ..scopes import S
from .organisation import SchoolRecord
from .students import Student


class StudentDocument(SchoolRecord, scope=S.StudentFreeText, indexes=(("school", "mis_id"), ("student",))):
    """A document that is linked to a student."""

    student = Ref("Whom the document is about", Student, part_of=True, tells=("mis_id", "on_roll"))
    mis_id = Text("Id of the linked document", "32")
    file_name = Text("Name of the file", "Photo1.jpg.gz")
