"""GDPRfilter Writeback: an app's own part in choosing the people of its grant.

The document shows two lists of objects, `add` and `remove`, and gives the objects no properties. Here they name a
person as tags do. Being on the list means what the school said it means: where only those listed are seen, to be seen;
otherwise, not to be seen. An app edits a list of its own, within what the school chose, and never sees more for it.
"""

from __future__ import annotations

from ....api.messages import Response
from ....consent import Desk, Grant
from ....consent.filtering import KINDS, Strangers
from ....fields import RECORDS
from ....mis import Change, Invalid
from ....scopes import S
from ..wire import QUIET, success
from .operation import Case, Operation
from .sections import Body, Property, Section, shown

_PERSON = (
    Property("Type", "text", "What the person is", "Student", True, KINDS),
    Property("Id", "id", "Id of the student, member of staff or contact", "9919", True),
)

ADD = Section("add", "People to put on the list.", _PERSON)
REMOVE = Section("remove", "People to take off the list.", _PERSON)


def filter_people(desk: Desk, grant: Grant, body: Body) -> Response:
    """Add people to an app's lists and take others off: whole or not at all, with every problem at once."""
    add, remove = ([(item.get("Type", ""), item.get("Id", "")) for item in body[s.name]] for s in (ADD, REMOVE))
    wrong = [*body.wrong, *(f"{kind} {shown(one)} is in add and in remove" for kind, one in sorted({*add} & {*remove}))]
    # Whether there is somebody with an Id is told only to whoever may see people of that kind.
    strange = [
        k for k in KINDS if not RECORDS[k].scope.met_by(grant.scopes) and k in {kind for kind, _ in add + remove}
    ]
    wrong += [f"Type {kind} needs the scope {RECORDS[kind].scope}" for kind in strange]
    if not add and not remove and not wrong:
        wrong.append("Missing mandatory section add or remove")
    if wrong:
        raise Invalid(*wrong)
    try:
        desk.people.restrict(grant, add, remove)
    except Strangers as error:
        raise Invalid(*(f"Invalid {kind}Id: {shown(one)}" for kind, one in error.people)) from error
    return success({**QUIET, "Message": "success"})


def _nothing(body: Body, case: Case, wrong: list[str]) -> Change | None:
    """Nothing is entered in a MIS."""
    return None


gdpr_filter = Operation(
    "GDPRfilter",
    "GDPRfilter Writeback",
    "Put people on the lists of whom the app is to see, or not to see, and take them off.",
    ("writeback/gdprfilter", "writeback/gdprfilter/{estab}"),
    S.WritebackGDPRfilter,
    (ADD, REMOVE),
    _nothing,
    decides=filter_people,
)

OPERATIONS = (gdpr_filter,)
