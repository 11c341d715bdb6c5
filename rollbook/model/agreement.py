"""What parents agreed to."""

from __future__ import annotations

from ..fields import Ref, Text
from ..scopes import S
from .organisation import SchoolRecord
from .students import Student


class ConsentType(SchoolRecord, scope=S.ParentalConsents, indexes=(("school", "mis_id"),)):
    """Something that a school asks parents to agree to."""

    mis_id = Text("The ID of the consent record", "2")
    description = Text("The description of the consent scope provided by the MIS", "Data Exchange")


class ParentalConsent(SchoolRecord, scope=S.ParentalConsents, indexes=(("school", "student"), ("student",))):
    """Something that a student's parent agreed to; there is no record of what they did not agree to."""

    student = Ref("The MIS ID of the student", Student, part_of=True, tells=("mis_id", "external_id", "xid", "on_roll"))
    kind = Ref(
        "The ID of the corresponding record in the ParentalConsentLookups table",
        ConsentType,
        part_of=True,
        tells=("mis_id", "description"),
    )
