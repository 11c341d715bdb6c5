"""EntityAttributes Writeback: notes of the app's own, kept under the XID of a person or a group."""

from __future__ import annotations

from ....consent.checking import HUMANS
from ....mis import Change
from ....mis.attributes import NOTED, AttributeEntry, EntityAttributes
from ....scopes import S
from .operation import Case, Operation
from .sections import Body, Item, Property, Section, shown, twice

LONGEST_NAME, LONGEST_VALUE = 50, 500
"""Characters of an attribute's name and of its value."""

ATTRIBUTES = Section(
    "attributes",
    "The attributes, of one person or group in each object.",
    (Property("XID", "text", "XID of a student, member of staff, contact or group", "x3h8w2d", True),),
    mandatory=True,
    further=Property(
        "Homework", "text", "An attribute by its name, at most 500 characters; null removes it", "Opened every day"
    ),
)


def read(body: Body, case: Case, wrong: list[str]) -> Change | None:
    """The attributes of a body."""
    entries = [entry for item in body["attributes"] if "XID" in item for entry in _entries(item, case, wrong)]
    again = twice((entry.kind, entry.who, entry.name) for entry in entries)
    wrong += [f"Only write back one {shown(name)} for each XID" for _, _, name in again]
    return None if wrong else EntityAttributes(case.checker.grant.app.relying_party, tuple(entries))


def _entries(item: Item, case: Case, wrong: list[str]) -> list[AttributeEntry]:
    xid = item["XID"]
    found = _whose(xid, case)
    if found is None:
        wrong.append(f"Invalid XID: {shown(xid)}")
    kind, who = found or ("", "")
    named = {name: value for name, value in item.items() if name != "XID"}
    for name, value in named.items():
        if not name.strip() or not name.isprintable() or len(name) > LONGEST_NAME:
            wrong.append(f"Invalid attribute name provided: {shown(name)}")
        if value is not None and len(value) > LONGEST_VALUE:
            wrong.append(f"{shown(name)} field max character limit ({LONGEST_VALUE}) exceeded for XID: {shown(xid)}")
    return [AttributeEntry(kind, who, name, value) for name, value in named.items()]


def _whose(xid: str, case: Case) -> tuple[str, str] | None:
    """The kind and the MIS id of whose XID it is, among what the app may see the ids of."""
    for kind, (record, attribute) in NOTED.items():
        if attribute.scope.met_by(case.checker.grant.scopes):
            for mis_id in case.checker.told(record, record.fields["mis_id"], HUMANS.get(record), xid=xid):
                return kind, mis_id
    return None


entity_attributes = Operation(
    "EntityAttributes",
    "EntityAttributes Writeback",
    "Keep extra attributes of the app's own for an XID.",
    ("writeback/entityattributes", "writeback/entityattributes/{estab}"),
    S.WritebackAttributes,
    (ATTRIBUTES,),
    read,
)

OPERATIONS = (entity_attributes,)
