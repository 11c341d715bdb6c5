"""What members of staff do at a school, and for how long."""

from __future__ import annotations

from ..fields import Date, Ref, Text
from ..scopes import S
from .organisation import SchoolRecord
from .people import Staff


class StaffAssignment(
    SchoolRecord,
    scope=S.StaffEmployment,
    writing=S.WritebackStaff,
    indexes=(("school",), ("staff",)),
    natural=("start", "classification", "staff.person.staff_unique_id", "school.estab"),
):
    """A position that a member of staff holds at a school, for a time."""

    staff = Ref(
        "Whose position", Staff, part_of=True, tells=("mis_id", "external_id", "xid", "idaas_id", "staff_unique_id")
    )
    classification = Text("The kind of work, as a value of Ed-Fi's StaffClassificationDescriptor", "Teacher")
    title = Text("What the school calls the position", "Teacher of French")
    start = Date("The first day in the position", "2019-09-01")
    end = Date("The last day in the position", "2027-08-31")
