"""Make `rollbook/edfi/standard.txt`, the Ed-Fi Data Standard as facts: `python docs/standard.py FACTS.json`.

The facts come from the relational manifest that the Ed-Fi Alliance publishes under the Apache License 2.0 with its Data
Management Service. FACTS.json says for each of its resources the `properties` by JSON path (type, `most`, `precision`,
`required`, `identity`), the `references` (what they point `to`, and the members of its key), the `collections`, and the
paths that are `unified`. What the manifest leaves out, and the Alliance's documents say, is in the tables below.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Facts = dict[str, Any]
INTO = Path(__file__).parent.parent / "rollbook" / "edfi" / "standard.txt"

HEAD = """\
# The Ed-Fi Data Standard 5.2.0 as facts, one line for each property. Made by docs/standard.py; do not edit.
# Derived from the relational manifest of github.com/Ed-Fi-Alliance-OSS/Data-Management-Service, commit 4ee01b0,
# Copyright (c) Ed-Fi Alliance, LLC and contributors, licensed under the Apache License, Version 2.0.
#
# RESOURCE Entity [is Abstract] [moves]   a kind of document (one that moves lets its key change), and below it, in the
# order of documents:
#   name type [bounds] [key|required]
#     text, int, long, decimal, bool, date, time, moment (a date with a time), #Kind (a descriptor), >Entity (a
#     reference; member=name where a member of its key has another name in this resource's own), [] (a collection) and
#     {} (an object), each with the name of its objects' schema
#   same path path ...            paths that must have one and the same value
"""

LEAST = {
    "birthCity": 2,
    "city": 2,
    "countyFIPSCode": 3,
    "electronicMailAddress": 7,
    "namespace": 5,
    "webSite": 5,
    **dict.fromkeys(("instructionalTimePlanned", "maxCompletionsForCredit", "timeRequiredForCompletion"), 1),
    **dict.fromkeys(("numberOfParts", "orderOfPriority", "sequenceOfCourse"), 1),
    **dict.fromkeys(("availableCredits", "maximumAvailableCredits", "minimumAvailableCredits"), 0),
    "fullTimeEquivalency": 0,
    "totalInstructionalDays": 0,
}
"""The least values and the shortest texts, by name; addresses of pages have five characters or more."""

MOST = {"numberOfParts": 8, "sequenceOfCourse": 8}
YEARS = (1991, 2100)
MONEY = "922337203685477.58"

REQUIRED = {
    "assessments.academicSubjects",
    "bellSchedules.classPeriods",
    "calendarDates.calendarEvents",
    "courses.identificationCodes",
    "disciplineActions.disciplines",
    "learningStandards.academicSubjects",
    "learningStandards.gradeLevels",
    "schools.educationOrganizationCategories",
    "schools.gradeLevels",
}
"""Collections that must have an item, besides the categories of every organisation."""

MOVES = {
    "classPeriods",
    "courseOfferings",
    "gradebookEntries",
    "grades",
    "locations",
    "sections",
    "sessions",
    "studentSchoolAssociations",
    "studentSectionAssociations",
    "studentSectionAttendanceEvents",
}
"""Resources whose natural key may be changed: those for which the ODS updates what refers to them."""

SAME = {
    "bellSchedules": [("$.schoolReference.schoolId", "$.classPeriods[*].classPeriodReference.schoolId")],
    "sections": [("$.courseOfferingReference.schoolId", "$.classPeriods[*].classPeriodReference.schoolId")],
    "sessions": [
        (
            "$.schoolReference.schoolId",
            "$.academicWeeks[*].academicWeekReference.schoolId",
            "$.gradingPeriods[*].gradingPeriodReference.schoolId",
        ),
        ("$.schoolYearTypeReference.schoolYear", "$.gradingPeriods[*].gradingPeriodReference.schoolYear"),
    ],
}
"""What a document and the items of its collections share."""

NAMED = {
    ("courseTranscripts", "courseReference", "educationOrganizationId"): "courseEducationOrganizationId",
    ("localAccounts", "chartOfAccountReference", "accountIdentifier"): "chartOfAccountIdentifier",
    ("sections", "locationReference", "classroomIdentificationCode"): "locationClassroomIdentificationCode",
    ("sections", "locationReference", "schoolId"): "locationSchoolId",
    ("sections", "locationSchoolReference", "schoolId"): "locationSchoolId",
}
"""Members whose names follow no rule."""

ORGANISATION, PROGRAMME = "EducationOrganization", "GeneralStudentProgramAssociation"
SHARED = {
    ORGANISATION: {
        "addresses",
        "categories",
        "educationOrganizationCategories",
        "identificationCodes",
        "indicators",
        "institutionTelephones",
        "internationalAddresses",
    },
    PROGRAMME: {"programParticipationStatuses"},
}
"""The collections of abstract kinds, whose items have one schema in all of their resources."""


@dataclass
class Node:
    """A property, with those within it where it is an object or a collection."""

    name: str
    type: str = ""
    facts: Facts = field(default_factory=dict[str, Any])
    inner: dict[str, Node] = field(default_factory=dict[str, "Node"])

    @property
    def identity(self) -> bool:
        return bool(self.facts.get("identity"))


def tree(facts: Facts) -> dict[str, Node]:
    """The properties of a resource, those within others within them."""
    top: dict[str, Node] = {}
    for path, one in facts.get("collections", {}).items():
        _place(top, path.removesuffix("[*]"), Node("", "[]", one))
    for path, one in facts.get("properties", {}).items():
        _place(top, path, Node("", one["type"], one))
    for path, one in facts.get("references", {}).items():
        _place(top, path, Node("", f">{one['to']}", one))
    return top


def _place(top: dict[str, Node], path: str, node: Node) -> None:
    *above, node.name = path.removeprefix("$.").split(".")
    for step in above:
        name = step.removesuffix("[*]")
        top = top.setdefault(name, Node(name, "[]" if step.endswith("[*]") else "{}")).inner
    if found := top.get(node.name):
        node.inner = found.inner
    top[node.name] = node


# ---- what members of keys are called


def names(resource: str, facts: Facts, targets: dict[str, set[str]]) -> dict[str, dict[str, str]]:
    """The names of the members of each reference as parts of the resource's own key, where they are others."""
    unified = [set(paths) for paths in facts.get("unified", [])]
    references: Facts = {p[2:]: r for p, r in facts.get("references", {}).items() if "." not in p[2:]}
    found: dict[str, dict[str, str]] = {name: {} for name in references}
    for name, one in references.items():
        role = _role(name, one["to"])
        for member in one["members"]:
            path = f"$.{name}.{member}"
            shared = any(path in paths and len(paths) > 1 for paths in unified)
            if role and not shared and not member.startswith(role):
                found[name][member] = role + _capital(member)
    for (own, name, member), said in NAMED.items():
        if own == resource:
            found[name][member] = said
    _by_target(references, found, targets.get(facts["entity"], set()))
    _apart(references, found, unified, facts)
    return found


def _role(name: str, target: str) -> str:
    name = name.removesuffix("Reference")
    return "" if _capital(name) == target else name.removesuffix(target)


def _by_target(references: Facts, found: dict[str, dict[str, str]], members: set[str]) -> None:
    """Names by which others that point at this resource know the members of its key."""
    for name, one in references.items():
        for member in one["members"] if one.get("identity") else ():
            said = name.removesuffix("Reference") + _capital(member)
            if said in members:
                found[name][member] = said


def _apart(references: Facts, found: dict[str, dict[str, str]], unified: list[set[str]], facts: Facts) -> None:
    """Tell apart members that have one name and are not one value: the organisation that it is about keeps the name."""
    said: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for name, one in references.items():
        for member in one["members"]:
            said[found[name].get(member) or member].append((name, member))
    for called, those in said.items():
        own = f"$.{called}" in facts.get("properties", {})
        paths = {f"$.{name}.{member}" for name, member in those}
        paths |= {f"$.{called}"} if own else paths
        if len(paths) < 2 or any(paths <= group for group in unified):
            continue
        first = min(those, key=lambda at: (len(references[at[0]]["members"]), not references[at[0]].get("identity")))
        for name, member in those:
            if own or (name, member) != first:
                found[name][member] = name.removesuffix("Reference") + _capital(member)


def _capital(name: str) -> str:
    return name[0].upper() + name[1:]


# ---- lines


def lines(resource: str, facts: Facts, targets: dict[str, set[str]], kind: str) -> Iterator[str]:
    """The lines of a resource."""
    marks = (f" is {kind}" if kind else "") + (" moves" if resource in MOVES else "")
    yield f"{resource} {facts['entity']}{marks}"
    own = names(resource, facts, targets)
    yield from _lines(_ordered(resource, tree(facts)), f"{resource}.", facts["entity"], kind, own, 1)
    groups = [tuple(dict.fromkeys(paths)) for paths in facts.get("unified", [])]
    for paths in [*(p for p in groups if len(p) > 1), *SAME.get(resource, [])]:
        yield f"  same {' '.join(paths)}"


def _lines(
    nodes: Iterable[Node], at: str, owner: str, kind: str, own: dict[str, dict[str, str]], depth: int
) -> Iterator[str]:
    for node in nodes:
        needed = ("key",) if node.identity and node.type != "[]" else ("required",) if _required(node, at) else ()
        if node.type in ("[]", "{}"):
            item = _item(node, kind if node.name in SHARED.get(kind, ()) else owner)
            yield "  " * depth + " ".join((node.name, node.type, item, *needed))
            yield from _lines(_within(node), f"{at}{node.name}.", _capital(item), "", {}, depth + 1)
        else:
            renamed = (f"{member}={said}" for member, said in own.get(node.name, {}).items())
            yield "  " * depth + " ".join((node.name, node.type, *_bounds(node), *needed, *renamed))


def _required(node: Node, at: str) -> bool:
    if node.type == "[]":
        return f"{at}{node.name}" in REQUIRED or node.name == "categories"
    return bool(node.facts.get("required"))


def _ordered(resource: str, nodes: dict[str, Node]) -> list[Node]:
    """What makes the key and what must be there, then the references, then the rest, each by its name."""

    def group(node: Node) -> int:
        if node.type.startswith(">"):
            return 1
        first = _required(node, f"{resource}.") if node.type == "[]" else node.identity
        return 0 if first else 2

    return sorted(nodes.values(), key=lambda n: (group(n), n.name.lower()))


def _within(node: Node) -> list[Node]:
    """What makes the key of an item, then the rest as the manifest has it."""

    def group(one: Node) -> tuple[int, int]:
        return (0 if one.identity and one.type[0] not in ">[" else 1), (one.type[0] in ">[{")

    return sorted(node.inner.values(), key=group)


def _item(node: Node, owner: str) -> str:
    """The name of the schema of an item, which begins with what it belongs to."""
    item = _capital(node.name if node.type == "{}" else _singular(node.name))
    if f"{item[0].lower()}{item[1:]}Reference" in node.inner:
        return owner[0].lower() + owner[1:] + item
    for length in range(min(len(item), len(owner)), 3, -1):
        if owner.endswith(item[:length]) and item[length : length + 1].isupper():
            item = item[length:]
            break
    return owner[0].lower() + owner[1:] + item


def _singular(name: str) -> str:
    if name.endswith("ies"):
        return f"{name.removesuffix('ies')}y"
    if name.endswith(("sses", "statuses")):
        return name.removesuffix("es")
    return name if name == "federalFunds" else name.removesuffix("s")


def _bounds(node: Node) -> tuple[str, ...]:
    """The least and the most value or length, `2..30`; only the most for a text without a least length."""
    name, most = node.name, node.facts.get("most")
    least: Any = LEAST.get(name, 5 if name.endswith(("URL", "URI")) or name == "uri" else None)
    if node.type == "text":
        return (f"{least}..{most}" if least else str(most),)
    if node.type == "long":
        return ("1..",)
    if node.type == "decimal":
        precision, scale = node.facts["precision"], node.facts["scale"]
        digits = "9" * precision
        reach = MONEY if precision == 19 else f"{digits[: precision - scale]}.{digits[:scale]}"
        return (f"-{reach}..{reach}" if least is None else f"{least}..{reach}",)
    if node.type == "int" and name.lower().endswith("schoolyear"):
        return (f"{YEARS[0]}..{YEARS[1]}",)
    if node.type == "int" and least is not None:
        return (f"{least}..{MOST.get(name, '')}",)
    return ()


def abstract(name: str, members: dict[str, str]) -> Iterator[str]:
    """The lines of a kind that is only known by its key."""
    yield f"abstract {name}"
    for member, said in members.items():
        kind, _, most = said.partition(":")
        yield "  " + " ".join((member, kind, *_bounds(Node(member, kind, {"most": most})), "key"))


def kinds(resources: dict[str, Facts]) -> dict[str, str]:
    """The abstract kind that a resource is of, by its name."""
    found = {name: ORGANISATION for name, r in resources.items() if "$.nameOfInstitution" in r.get("properties", {})}
    key = {"$.educationOrganizationReference", "$.programReference", "$.studentReference"}
    return found | {
        name: PROGRAMME
        for name, r in resources.items()
        if r["entity"].endswith("ProgramAssociation") and key <= set(r.get("references", {}))
    }


def made(facts: Facts) -> str:
    """The whole file."""
    resources: dict[str, Facts] = facts["resources"]
    targets: dict[str, Facts] = {}
    for one in resources.values():
        targets |= {r["to"]: r["members"] for r in one.get("references", {}).values()}
    of, known = kinds(resources), {name: set(members) for name, members in targets.items()}
    said = [HEAD]
    said += ["\n".join(abstract(name, targets[name])) + "\n" for name in facts["abstract"]]
    said += ["\n".join(lines(name, one, known, of.get(name, ""))) + "\n" for name, one in sorted(resources.items())]
    return "\n".join(said)


if __name__ == "__main__":
    INTO.write_text(made(json.loads(Path(sys.argv[1]).read_text())))
