"""What parents agreed to (school.parentalconsents)."""

from __future__ import annotations

from ...api.resource import Endpoint, Filter, Table
from ...fields import Arg, Called, Key
from ...model.agreement import ConsentType, ParentalConsent
from ...model.students import Student
from ...scopes import S

_local_id = Key(
    "PL.", ParentalConsent.student / Student.mis_id, about="The local ID of the student", example="PL.12851"
)
_kind = ParentalConsent.kind / ConsentType.mis_id


class ParentalConsents(
    Table,
    of=ParentalConsent,
    only=(ParentalConsent.student / Student.on_roll).is_("OnRoll"),
    order=(ParentalConsent.student, _kind),
):
    """What a parent of each student on roll agreed to; what they did not agree to has no row."""

    Id = Key(_local_id, ".", _kind, about="The unique ID of the record", example="PL.99119.2")
    StudentMisId = ParentalConsent.student / Student.mis_id
    StudentLocalID = _local_id
    ParentalConsentLookupId = _kind


class ParentalConsentLookups(Table, of=ConsentType, order=(ConsentType.mis_id,)):
    """What the school asks parents to agree to."""

    Id = ConsentType.mis_id
    ConsentDescription = ConsentType.description


parental_consents = Endpoint(
    "ParentalConsents",
    "parentalconsents",
    "School",
    "Students on roll with the parental consents given for them, and the list of parental consent descriptions.",
    S.ParentalConsents,
    (ParentalConsents, ParentalConsentLookups),
    filters={
        "id": Filter(
            "A single student by Id, ExternalId or XID",
            Called((Student.mis_id, Student.external_id, Student.xid), Arg("id"), ParentalConsent.student),
        ),
    },
)

ENDPOINTS = (parental_consents,)
