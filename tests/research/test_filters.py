"""Filters and orders, against what plain computation gives."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest

from .lab import Json, Lab

MICE: list[Json] = [
    {"name": "Mouse 1", "sex": "F", "description": "Ångström", "birth_date": "2026-01-05", "tags": ["old", "grey"]},
    {"name": "mouse 2", "sex": "M", "description": "", "birth_date": "2026-02-05", "tags": ["grey"]},
    {"name": "Rat_3", "sex": "F", "description": "100% grey", "birth_date": None, "tags": []},
    {"name": "Rat 10", "sex": "U", "description": "ångström unit", "birth_date": "2026-01-05", "tags": ["new, old"]},
    {"name": "O'Hare", "sex": "M", "description": "ends in grey", "birth_date": "2025-12-31", "tags": ["Grey"]},
]


@pytest.fixture
def mice(lab: Lab) -> Lab:
    """Five subjects in two projects, and three cohorts."""
    maze, wheel = lab.project("Maze", is_public=True, tags=["x"]), lab.project("Wheel")
    ids = [lab.subject(projects=[maze if n < 3 else wheel], **mouse) for n, mouse in enumerate(MICE)]
    lab.cohort("A", maze, ids[0], ids[1])
    lab.cohort("B", maze, ids[2], description="rats")
    lab.cohort("C", wheel)
    return lab


Holds = Callable[[Any, str], bool]

TEXT: dict[str, Holds] = {
    "": operator.eq,
    "iexact": lambda a, b: a.casefold() == b.casefold(),
    "contains": lambda a, b: b in a,
    "icontains": lambda a, b: b.casefold() in a.casefold(),
    "startswith": lambda a, b: a.startswith(b),
    "istartswith": lambda a, b: a.casefold().startswith(b.casefold()),
    "endswith": lambda a, b: a.endswith(b),
    "iendswith": lambda a, b: a.casefold().endswith(b.casefold()),
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
}

DATES: dict[str, Holds] = {
    name: lambda a, b, holds=holds: a is not None and holds(a, b)
    for name, holds in TEXT.items()
    if name in ("", "gt", "gte", "lt", "lte")
}


def found(lab: Lab, query: str) -> list[str]:
    return lab.names(f"stem/subject/?{query}")


def plain(holds: Callable[[Json], bool]) -> list[str]:
    return sorted(m["name"] for m in MICE if holds(m))


@pytest.mark.parametrize("minus", ["", "-"])
def test_texts_are_compared_as_the_operators_say(mice: Lab, minus: str):
    for name in ("name", "description", "sex"):
        for op, holds in TEXT.items():
            for value in ("Mouse 1", "mouse", "", "grey", "ÅNGSTRÖM", "ang", "%", "_", "O'Hare", "F", "1", "Rat"):
                wanted = plain(lambda m, h=holds, n=name, v=value: h(m[n], v) != bool(minus))
                query = f"filter{{{minus}{name}{'.' if op else ''}{op}}}={quote(value, safe='')}"
                assert sorted(found(mice, query)) == wanted, query


@pytest.mark.parametrize("minus", ["", "-"])
def test_dates_are_compared_as_the_operators_say(mice: Lab, minus: str):
    for op, holds in DATES.items():
        for value in ("2026-01-05", "2026-01-31", "2020-01-01"):
            wanted = plain(lambda m, h=holds, v=value: h(m["birth_date"], v) != bool(minus))
            query = f"filter{{{minus}birth_date{'.' if op else ''}{op}}}={value}"
            assert sorted(found(mice, query)) == wanted, query


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("filter{name.in}=Mouse 1&filter{name.in}=O'Hare", ["Mouse 1", "O'Hare"]),
        ("filter{name.in}=Mouse 1,O'Hare", []),
        ("filter{sex.in}=F", ["Mouse 1", "Rat_3"]),
        ("filter{-sex.in}=F&filter{-sex.in}=M", ["Rat 10"]),
        ("filter{birth_date.in}=2026-02-05,2025-12-31", ["O'Hare", "mouse 2"]),
        ("filter{birth_date.range}=2026-01-01&filter{birth_date.range}=2026-01-31", ["Mouse 1", "Rat 10"]),
        ("filter{birth_date.range}=2026-01-01,2026-01-31", ["Mouse 1", "Rat 10"]),
        ("filter{-birth_date.range}=2026-01-01,2026-01-31", ["O'Hare", "Rat_3", "mouse 2"]),
        ("filter{name.range}=M,P", ["Mouse 1", "O'Hare"]),
        ("filter{birth_date.isnull}=true", ["Rat_3"]),
        ("filter{birth_date.isnull}=1", ["Rat_3"]),
        ("filter{birth_date.isnull}=false", ["Mouse 1", "O'Hare", "Rat 10", "mouse 2"]),
        ("filter{-birth_date.isnull}=false", ["Rat_3"]),
        ("filter{-birth_date.isnull}=true", ["Mouse 1", "O'Hare", "Rat 10", "mouse 2"]),
        ("filter{tags}=grey", ["Mouse 1", "mouse 2"]),
        ("filter{-tags}=grey", ["O'Hare", "Rat 10", "Rat_3"]),
        ("filter{tags.icontains}=GREY", ["Mouse 1", "O'Hare", "mouse 2"]),
        ("filter{tags}=new, old", ["Rat 10"]),
        ("filter{tags}=grey&filter{tags.in}=old", ["Mouse 1"]),
        ("filter{tags.isnull}=true", ["Rat_3"]),
        ("filter{tags.isnull}=false", ["Mouse 1", "O'Hare", "Rat 10", "mouse 2"]),
        ("filter{sex}=F&filter{name.startswith}=M", ["Mouse 1"]),
        ("filter{projects.name}=Maze", ["Mouse 1", "Rat_3", "mouse 2"]),
        ("filter{-projects.name}=Maze", ["O'Hare", "Rat 10"]),
        ("filter{projects.is_public}=true", ["Mouse 1", "Rat_3", "mouse 2"]),
        ("filter{projects.tags}=x", ["Mouse 1", "Rat_3", "mouse 2"]),
        ("filter{projects.users.email.istartswith}=ADA", ["Mouse 1", "O'Hare", "Rat 10", "Rat_3", "mouse 2"]),
        ("filter{projects.cohorts.name}=C", ["O'Hare", "Rat 10"]),
        ("filter{projects.isnull}=true", []),
        ("filter{strain.name.icontains}=c57", ["Mouse 1", "O'Hare", "Rat 10", "Rat_3", "mouse 2"]),
        ("filter{strain.species.name}=Rattus", []),
        ("filter{-strain.species.name}=Rattus", ["Mouse 1", "O'Hare", "Rat 10", "Rat_3", "mouse 2"]),
        ("filter{strain.isnull}=true", []),
        ("filter{procedures.id.isnull}=true", ["Mouse 1", "O'Hare", "Rat 10", "Rat_3", "mouse 2"]),
        ("filter{procedures.isnull}=false", []),
        ("filter{supplier.isnull}=true", ["Mouse 1", "O'Hare", "Rat 10", "Rat_3", "mouse 2"]),
        ("filter{subjectlogs}=01981c0e-8a5b-4c1d-9f3e-5d2a7b8c9e0f", []),
        ("filter{name_used_in_storage.isnull}=true&filter{genetic_line}=", [
            "Mouse 1", "O'Hare", "Rat 10", "Rat_3", "mouse 2"]),
    ],
)  # fmt: skip
def test_filters_of_lists_relations_and_tags(mice: Lab, query: str, wanted: list[str]):
    assert sorted(found(mice, query)) == wanted
    assert mice.get(f"stem/subject/?{query}&limit=1")["count"] == len(wanted)


def test_relations_are_found_by_their_ids(mice: Lab):
    subjects = {s["name"]: s for s in mice.get("stem/subject/")["subjects"]}
    mouse = subjects["Mouse 1"]
    assert mice.names(f"stem/cohort/?filter{{subjects.id}}={mouse['id'].upper()}") == ["A"]
    assert mice.names(f"stem/cohort/?filter{{subjects}}={mouse['id']}") == ["A"]
    both = f"{mouse['id']},{subjects['Rat_3']['id']}"
    assert mice.names(f"stem/cohort/?filter{{subjects.id.in}}={both}") == ["A", "B"]
    assert mice.names(f"stem/cohort/?filter{{-subjects.id}}={mouse['id']}") == ["B", "C"]
    assert mice.names("stem/cohort/?filter{subjects.isnull}=true") == ["C"]
    assert mice.names("stem/cohort/?filter{subjects.name.icontains}=rat") == ["B"]
    assert mice.names(f"stem/cohort/?filter{{project.id}}={mouse['projects'][0]}") == ["A", "B"]
    assert mice.names(f"stem/project/?filter{{subjects.id}}={mouse['id']}") == ["Maze"]
    assert mice.names("stem/project/?filter{cohorts.name}=C") == ["Wheel"]
    assert mice.names("stem/project/?filter{sessions.id}=01981c0e-8a5b-4c1d-9f3e-5d2a7b8c9e0f") == []
    assert mice.names("stem/project/?filter{users.id}=1&filter{users.email}=ada@research.example") == ["Maze", "Wheel"]
    assert mice.names("stem/project/?filter{groups.name}=Lab") == []
    assert mice.names("taxonomies/strain/?filter{tags}=x") == []
    assert mice.get("users/user/?filter{id.gte}=1&filter{id.in}=1,5")["count"] == 1
    assert mice.get("users/user/?filter{active_projects.name}=Maze")["count"] == 1


@pytest.mark.parametrize("sort", ["sort[]=id", "sort[]=strain.name&sort[]=id"])
def test_ids_are_sorted_as_texts(mice: Lab, sort: str):
    # Two subjects of one millisecond have ids in any order, so what is asked for is not the order of their making.
    subjects = mice.get(f"stem/subject/?{sort}")["subjects"]
    assert [s["id"] for s in subjects] == sorted(s["id"] for s in subjects)
    assert len(subjects) == len(MICE)


@pytest.mark.parametrize(
    ("sort", "wanted"),
    [
        ("sort[]=name", ["Mouse 1", "O'Hare", "Rat 10", "Rat_3", "mouse 2"]),
        ("sort[]=-name", ["mouse 2", "Rat_3", "Rat 10", "O'Hare", "Mouse 1"]),
        ("sort[]=sex&sort[]=-name", ["Rat_3", "Mouse 1", "mouse 2", "O'Hare", "Rat 10"]),
        ("sort[]=-birth_date,name", ["mouse 2", "Mouse 1", "Rat 10", "O'Hare", "Rat_3"]),
        ("sort[]=strain&sort[]=description", ["mouse 2", "Rat_3", "O'Hare", "Mouse 1", "Rat 10"]),
    ],
)
def test_lists_are_sorted_as_asked(mice: Lab, sort: str, wanted: list[str]):
    assert found(mice, sort) == wanted
    page = [found(mice, f"{sort}&limit=2&offset={n}") for n in (0, 2, 4)]
    assert [name for part in page for name in part] == wanted


def test_lists_are_sorted_by_name_unless_asked(mice: Lab):
    assert found(mice, "") == ["Mouse 1", "O'Hare", "Rat 10", "Rat_3", "mouse 2"]
    assert mice.names("stem/cohort/?sort[]=-project.name&sort[]=name") == ["C", "A", "B"]


COHORT = "id, name, description, project, subjects, tags"
TEXTS = "gt, gte, lt, lte, in, range, isnull, iexact, contains, icontains, startswith, istartswith, endswith, iendswith"


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("filter{nme}=x", {
            "filter{nme}": [f"nme is not a filter (did you mean name? known: {COHORT})"]}),
        ("filter{name.regex}=x", {
            "filter{name.regex}": [f"regex is not an operator of name (did you mean range? known: {TEXTS})"]}),
        ("filter{name.iregex}=x", {
            "filter{name.iregex}": [f"iregex is not an operator of name (known: {TEXTS})"]}),
        ("filter{tags.name}=x", {
            "filter{tags.name}": [f"name is not an operator of tags (known: {TEXTS})"]}),
        ("filter{id.gt}=x", {"filter{id.gt}": ["gt is not an operator of id (known: in, isnull)"]}),
        ("filter{project}=x", {"filter{project}": ["“x” is not a valid UUID."]}),
        ("filter{project.id.in}=x", {"filter{project.id.in}": ["“x” is not a valid UUID."]}),
        ("filter{project.is_public}=x", {"filter{project.is_public}": ["Must be a valid boolean."]}),
        ("filter{project.users.id}=x", {
            "filter{project.users.id}": ["Incorrect type. Expected pk value, received str."]}),
        ("filter{name.isnull}=x", {"filter{name.isnull}": ["Must be a valid boolean."]}),
        ("filter{name.range}=x", {
            "filter{name.range}": [
                "A range has two values: send the filter twice, or both with a comma between them."]}),
        ("filter{subjects.birth_date}=x", {"filter{subjects.birth_date}": [
            "Date has wrong format. Use one of these formats instead: YYYY-MM-DD."]}),
        ("filter{}=x", {"filter{}": ["is not a filter (write filter{name} or filter{name.icontains})"]}),
        ("filter{name=x", {"filter{name": ["is not a filter (write filter{name} or filter{name.icontains})"]}),
        ("filter[name]=x", {"filter[name]": ["is not a filter (write filter{name} or filter{name.icontains})"]}),
        ("name=x", {"name": [
            "is not a parameter (known: exclude[], filter{...}, format, include[], limit, offset, sort[])"]}),
        ("sort[]=subjects", {"sort[]": [
            "lists cannot be sorted by subjects (known: id, name, description, project)"]}),
        ("include[]=subject", {"include[]": ["subject is not related to cohort (known: project, subjects)"]}),
        ("include[]=subjects.nothing.*", {"include[]": [
            "nothing is not related to subject (known: projects, strain, supplier, procedures, subjectlogs)"]}),
        ("exclude[]=nme", {"exclude[]": ["nme is not a field of cohort (did you mean name?)"]}),
        ("limit=0", {"limit": ["A valid integer is required, 1 or more."]}),
        ("limit=x&offset=-1", {
            "limit": ["A valid integer is required, 1 or more."],
            "offset": ["A valid integer is required, 0 or more."]}),
        ("filter{a}=1&filter{b}=2&sort[]=c", {
            "filter{a}": [f"a is not a filter (known: {COHORT})"],
            "filter{b}": [f"b is not a filter (known: {COHORT})"],
            "sort[]": ["lists cannot be sorted by c (known: id, name, description, project)"]}),
    ],
)  # fmt: skip
def test_what_is_not_known_is_told_with_what_is(lab: Lab, query: str, said: Json):
    assert lab.wrong(lab.ask("GET", f"stem/cohort/?{query}")) == said


def test_one_resource_is_neither_filtered_nor_sorted(lab: Lab):
    project = lab.project()
    answer = lab.ask("GET", f"stem/project/{project}/?filter{{name}}=x&sort[]=name&limit=1")
    assert lab.wrong(answer) == {n: ["is only for lists"] for n in ("filter{name}", "sort[]", "limit")}


def test_filters_see_no_further_than_lists(lab: Lab):
    mine, theirs = lab.project("Mine", tags=["x"]), lab.project("Theirs", "bram", tags=["secret"])
    lab.join(mine, "bram", "can_change")
    mouse = lab.subject("Mouse 1", mine)
    assert lab.patch("subject", mouse, "bram", projects=[mine, theirs]).status == 200
    lab.cohort("Hidden", theirs, mouse, who="bram")
    for query in (
        "projects.name}=Theirs",
        f"projects.id}}={theirs}",
        "projects.tags}=secret",
        "projects.cohorts.name}=Hidden",
    ):
        assert found(lab, f"filter{{{query}") == [], query
        assert lab.names(f"stem/subject/?filter{{{query}", "bram") == ["Mouse 1"], query
    assert found(lab, "filter{-projects.name}=Theirs") == ["Mouse 1"]
    assert lab.get("users/user/?filter{active_projects.name}=Theirs")["count"] == 0
    # Neither does the public portal.
    assert lab.get("users/user/?filter{email.icontains}=bram", "", "public")["count"] == 0
