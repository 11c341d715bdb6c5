"""UserAsync Writeback Async: who of the school is which user of its directory."""

from __future__ import annotations

import re

from ....mis import Change
from ....mis.users import ROLES, UserEntry, Users
from ....scopes import S
from .operation import Case, Operation
from .sections import Body, Item, Property, Section, shown, without_minus

LONGEST = 100
"""Characters of a sign-in name; Active Directory's user principal names are rarely half as long."""

USERS = Section(
    "Users",
    "The people, each by one of the three ids, and the names by which they sign in.",
    (
        Property("StudentId", "id", "Id of the student; a minus takes the name away", "9919"),
        Property("StaffId", "id", "Id of the member of staff; a minus takes the name away", "5"),
        Property("ContactId", "id", "Id of the contact; a minus takes the name away", "9920"),
        Property(
            "Username", "text", "The name of the provisioned user; mandatory unless it is taken away", "graham.abbess"
        ),
    ),
    mandatory=True,
)


def read(body: Body, case: Case, wrong: list[str]) -> Change | None:
    """The users of a body; whether a name is free only the live records can tell ("tier 2")."""
    entries = [_entry(item, case, wrong) for item in body["Users"]]
    return None if wrong else Users(tuple(entry for entry in entries if entry is not None))


def _entry(item: Item, case: Case, wrong: list[str]) -> UserEntry | None:
    named = [kind for kind in ROLES if f"{kind}Id" in item]
    if len(named) != 1:
        wrong.append("Provide one of StudentId, StaffId and ContactId for each user")
        return None
    (kind,) = named
    who, gone = without_minus(item[f"{kind}Id"])
    seen = ROLES[kind].scope.met_by(case.checker.grant.scopes)
    if not seen or case.checker.human(ROLES[kind], who) is None:
        wrong.append(f"Invalid {kind}Id: {shown(who)}")
    if gone:
        return UserEntry(kind, who)
    name: str = item.get("Username", "").strip()
    if not name:
        wrong += ["Missing mandatory field Username"] if "Username" not in item.unread else []
    # What Active Directory allows in no sign-in name, and white space.
    elif len(name) > LONGEST or not name.isprintable() or re.search(r'[\s"/\\\[\]:;|=,+*?<>]', name):
        wrong.append(f"Invalid Username provided: {shown(name)}")
    return UserEntry(kind, who, name)


user_async = Operation(
    "UserAsync",
    "UserAsync Writeback Async",
    "Assign students, staff and contacts to the users that were provisioned for them, and be called back when that "
    "is done.",
    ("writeback/userasync", "writeback/userasync/{estab}"),
    S.WritebackUsers,
    (USERS,),
    read,
    asynchronous=True,
    subject="User",
)

OPERATIONS = (user_async,)
