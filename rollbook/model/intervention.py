"""What a school does beside its lessons to help a student on."""

from __future__ import annotations

from ..fields import Date, Ref, Text
from ..scopes import S
from .organisation import SchoolRecord
from .students import Student


class Intervention(SchoolRecord, scope=S.Conduct, indexes=(("school", "mis_id"), ("student", "start"))):
    """Help that a student gets for a time, with an aim."""

    student = Ref("Who is helped", Student, part_of=True, tells=("mis_id", "idaas_id", "on_roll"))
    mis_id = Text("The MIS Id of the intervention", "12")
    start = Date("The first day of the intervention", "2026-09-14")
    end = Date("The last day of the intervention", "2026-10-23")
