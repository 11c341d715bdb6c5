"""Tags Writeback and TagDefinitions Writeback: labels, and who and what has them.

The document gives these no fields. They are the columns that the Tags endpoint shows, so that what was read can be
sent back.
"""

from __future__ import annotations

import re
from typing import Any

from ....fields import RECORDS
from ....mis import Change
from ....mis.tags import GIVEN, DefinitionEntry, TagDefinitions, TagEntry, Tags
from ....model.groups import Group
from ....model.tags import TagDefinition
from ....scopes import S
from .operation import Case, Operation
from .sections import Body, Item, Property, Section, shown, twice, without_minus

KINDS = tuple(GIVEN)

TAGS = Section(
    "Tags",
    "The tags to give and to take away.",
    (
        Property("TagDefinitionId", "id", "Id of the tag, of TagDefinitions", "1", True),
        Property("EntityType", "text", "What is given the tag", "Student", True, KINDS),
        Property(
            "EntityId", "id", "Id of the student, member of staff or group; a minus takes the tag away", "9919", True
        ),
        Property("StartDate", "date", "The first day on which the tag applies; today if it is new", "2026-09-07"),
        Property("EndDate", "date", "The last day on which the tag applies", "2027-07-21"),
    ),
    mandatory=True,
)

DEFINITIONS = Section(
    "TagDefinitions",
    "The tags that may be given.",
    (
        Property("Id", "id", "Id of a tag that is there; a minus has it given to nobody from now on", "1"),
        Property("Code", "text", "Short code, which stays the same", "LIBRARIAN", new=True),
        Property("Name", "text", "The tag as shown to people", "Pupil Librarian", new=True),
        Property("Description", "text", "What the tag means", "Helps in the library at lunchtime"),
        Property("Colour", "text", "The colour in which the tag is shown, #RRGGBB", "#2F6B4F"),
        Property("AppliesTo", "text", "CSV of what may be given it; Student if it is new", "Student,Staff"),
        Property("Active", "flag", "Whether it may be given; 1 if it is new", 1),
    ),
    mandatory=True,
)

FACTS = {
    "Code": "code",
    "Name": "name",
    "Description": "description",
    "Colour": "colour",
    "AppliesTo": "applies_to",
    "Active": "active",
}
"""The properties of a definition, and what the record calls them."""

LONGEST = {"Code": 50, "Name": 100, "Description": 500}
"""Characters."""

MAY_BE_GIVEN = TagDefinition.active.is_not(0)


# ---- tags


def read_tags(body: Body, case: Case, wrong: list[str]) -> Change | None:
    """The tags of a body."""
    entries = [_entry(item, case, wrong) for item in body["Tags"] if "EntityType" in item]
    return None if wrong else Tags(tuple(entry for entry in entries if entry is not None))


def _entry(item: Item, case: Case, wrong: list[str]) -> TagEntry | None:
    kind, told = item["EntityType"], item.get("EntityId")
    if not GIVEN[kind][1].scope.met_by(case.checker.grant.scopes):
        wrong.append(f"EntityType {kind} needs the scope {GIVEN[kind][1].scope}")
        return None
    if told is None:
        return None
    who, gone = without_minus(told)
    found = case.checker.known(Group, mis_id=who) if kind == "Group" else case.checker.human(RECORDS[kind], who)
    if found is None:
        wrong.append(f"Invalid {kind}Id: {shown(who)}")
    _check_definition(item, kind, gone, case, wrong)
    start, end = item.get("StartDate"), item.get("EndDate")
    if start and end and end < start:
        wrong.append(f"Invalid EndDate provided: {end}")
    return TagEntry(item.get("TagDefinitionId", ""), kind, who, start, end, gone)


def _check_definition(item: Item, kind: str, gone: bool, case: Case, wrong: list[str]) -> None:
    definition = item.get("TagDefinitionId")
    if definition is None:
        return
    usable = None if gone else MAY_BE_GIVEN
    applies = case.checker.told(TagDefinition, TagDefinition.applies_to, usable, mis_id=definition)
    if not applies or not (gone or kind in (applies[0] or kind).split(",")):
        wrong.append(f"Invalid TagDefinitionId provided: {shown(definition)}")


# ---- definitions


def read_definitions(body: Body, case: Case, wrong: list[str]) -> Change | None:
    """The definitions of a body."""
    entries = [_definition(item, case, wrong) for item in body["TagDefinitions"]]
    codes = [str(e.facts["code"]).lower() for e in entries if "code" in e.facts]
    wrong += [f"Code is given twice: {shown(code)}" for code in twice(codes)]
    return None if wrong else TagDefinitions(tuple(entries))


def _definition(item: Item, case: Case, wrong: list[str]) -> DefinitionEntry:
    facts: dict[str, Any] = {fact: item[name] for name, fact in FACTS.items() if name in item}
    mis_id, gone = without_minus(item["Id"]) if "Id" in item else (None, False)
    _check_facts(item, wrong)
    if mis_id is None:
        DEFINITIONS.complete(item, wrong)
        return DefinitionEntry({"applies_to": "Student", "active": 1, **facts})
    known = case.checker.told(TagDefinition, TagDefinition.code, mis_id=mis_id)
    if not known:
        wrong.append(f"Invalid Id provided: {shown(mis_id)}")
    elif "Code" in item and item["Code"] != known[0]:
        wrong.append(f"Invalid Code provided: {shown(item['Code'])}")
    # It may be held by people of whom the app does not know, so it is not deleted.
    return DefinitionEntry({"active": 0} if gone else facts, mis_id)


def _check_facts(item: Item, wrong: list[str]) -> None:
    applies = [one.strip() for one in item.get("AppliesTo", "Student").split(",")]
    if not set(applies) <= set(KINDS):
        wrong.append(f"Invalid AppliesTo provided: {shown(item['AppliesTo'])}")
    if "Colour" in item and not re.fullmatch(r"#[0-9A-Fa-f]{6}", item["Colour"]):
        wrong.append(f"Invalid Colour provided: {shown(item['Colour'])}")
    wrong += [
        f"{name} field max character limit ({longest}) exceeded for Code: {shown(item.get('Code', ''))}"
        for name, longest in LONGEST.items()
        if len(item.get(name, "")) > longest
    ]


tags = Operation(
    "Tags",
    "Tags Writeback",
    "Give tags to students, staff and groups, and take them away.",
    ("writeback/tags", "writeback/tags/{estab}"),
    S.WritebackTags,
    (TAGS,),
    read_tags,
)

tag_definitions = Operation(
    "TagDefinitions",
    "TagDefinitions Writeback",
    "Create and change the tags that may be given.",
    ("writeback/tagdefinitions", "writeback/tagdefinitions/{estab}"),
    S.WritebackTags,
    (DEFINITIONS,),
    read_definitions,
)

OPERATIONS = (tag_definitions, tags)
