"""Invented exports of no standard shape, with the mappings that read them: a spreadsheet, and what an app gives."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

from rollbook.ingest.conformance import Samples

Sheets = dict[str, list[dict[str, Any]]]

FORENAMES = ("Ada", "Bo", "Cy", "Di", "Ed", "Flo", "Gus", "Hal", "Ida", "Jo", "Kit", "Lou")
SURNAMES = ("Quill", "Rook", "Snow", "Teal", "Umber", "Vale", "Wren", "Yew", "Zeal", "Ash", "Birch", "Cole")


def sheets() -> Sheets:
    """What a school's office keeps: a list of pupils with their forms, and one of its staff."""
    return {"pupils": [_pupil(n) for n in range(12)], "staff": [_teacher(1, "Mo Lark"), _teacher(2, "Pat Heron")]}


def _pupil(number: int) -> dict[str, Any]:
    return {
        "Pupil No": f"{1001 + number}",
        "Forename": FORENAMES[number],
        "Surname": SURNAMES[number],
        "Date of birth": f"{number + 13}/09/2015",
        "Gender": "F" if number % 2 else "M",
        "Year": "Year 7",
        "Form": "7A" if number < 6 else "7B",
        "Locker": f"locker-{number + 1}",
    }


def _teacher(number: int, name: str) -> dict[str, Any]:
    return {
        "Staff code": f"T{number}",
        "Name": name,
        "E-mail": f"t{number}@alder.example",
        "Form": f"7{'AB'[number - 1]}",
    }


SHEETS = """
system = "The office's spreadsheet"

[[orgs]]
sourcedId = { value = "alder" }
name = { value = "Alder School" }
type = { value = "school" }
identifier = { value = "9001" }

[[users]]
file = "pupils.csv"
sourcedId = "Pupil No"
identifier = "Pupil No"
givenName = "Forename"
familyName = "Surname"
grades = "Year"
role = { value = "student" }
orgSourcedIds = { value = "alder" }

[[users]]
file = "staff.csv"
sourcedId = "Staff code"
identifier = "Staff code"
givenName = { from = "Name", before = " " }
familyName = { from = "Name", after = " " }
email = "E-mail"
role = { value = "teacher" }
orgSourcedIds = { value = "alder" }

[[demographics]]
file = "pupils.csv"
sourcedId = "Pupil No"
birthDate = { from = "Date of birth", date = "DD/MM/YYYY" }
sex = { from = "Gender", codes = { M = "male", F = "female" } }

[[courses]]
file = "staff.csv"
sourcedId = "Form"
title = "Form"
orgSourcedId = { value = "alder" }

[[classes]]
file = "staff.csv"
sourcedId = "Form"
title = "Form"
classType = { value = "homeroom" }
courseSourcedId = "Form"
schoolSourcedId = { value = "alder" }

[[enrollments]]
file = "pupils.csv"
sourcedId = { from = ["Form", "Pupil No"] }
classSourcedId = "Form"
userSourcedId = "Pupil No"
schoolSourcedId = { value = "alder" }
role = { value = "student" }

[[enrollments]]
file = "staff.csv"
sourcedId = { from = ["Form", "Staff code"] }
classSourcedId = "Form"
userSourcedId = "Staff code"
schoolSourcedId = { value = "alder" }
role = { value = "teacher" }
"""


def folder(path: Path, of: Sheets, mapping: str = SHEETS, delimiter: str = ",") -> Path:
    """Write sheets as CSV, with the mapping beside them."""
    path.mkdir(parents=True, exist_ok=True)
    (path / "mapping.toml").write_text(mapping)
    for name, rows in of.items():
        with (path / f"{name}.csv").open("w", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]), delimiter=delimiter)
            writer.writeheader()
            writer.writerows(rows)
    return path


def document() -> dict[str, Any]:
    """What an app gives over its API: schools, people and classes within one another, in one file."""
    people = [
        {
            "uuid": f"p-{number}",
            "type": "learner",
            "profile": {"first": FORENAMES[number], "last": SURNAMES[number], "born": 1442102400 + 86400 * number},
            "studentNumber": 1001 + number,
            "locker": f"locker-{number + 1}",
            "archived": False,
        }
        for number in range(12)
    ]
    staff = {"uuid": "t-1", "type": "educator", "profile": {"first": "Mo", "last": "Lark"}, "studentNumber": "S1"}
    classes = [
        {"id": 7, "label": "Art", "teachers": ["t-1"], "learners": [{"uuid": f"p-{n}"} for n in range(12)]},
    ]
    return {
        "school": [{"code": "9001", "title": "Alder School"}],
        "data": {"users": [*people, staff], "classes": classes},
    }


DOCUMENT = """
[[orgs]]
file = "export.json"
list = "school"
sourcedId = "code"
identifier = "code"
name = "title"
type = { value = "school" }

[[users]]
file = "export.json"
list = "data.users"
where = { archived = { not = true } }
sourcedId = "uuid"
identifier = "studentNumber"
givenName = "profile.first"
familyName = "profile.last"
role = { from = "type", codes = { learner = "student", educator = "teacher" } }
orgSourcedIds = { value = "9001" }

[[demographics]]
file = "export.json"
list = "data.users"
where = { type = "learner" }
sourcedId = "uuid"
birthDate = { from = "profile.born", date = "seconds" }

[[courses]]
file = "export.json"
list = "data.classes"
sourcedId = "id"
title = "label"
orgSourcedId = { value = "9001" }

[[classes]]
file = "export.json"
list = "data.classes"
sourcedId = "id"
title = "label"
courseSourcedId = "id"
schoolSourcedId = { value = "9001" }

[[enrollments]]
file = "export.json"
list = "data.classes"
each = "learners"
sourcedId = { from = ["id", "learners.uuid"] }
classSourcedId = "id"
userSourcedId = "learners.uuid"
schoolSourcedId = { value = "9001" }
role = { value = "student" }

[[enrollments]]
file = "export.json"
list = "data.classes"
each = "teachers"
sourcedId = { from = ["id", "teachers"] }
classSourcedId = "id"
userSourcedId = "teachers"
schoolSourcedId = { value = "9001" }
role = { value = "teacher" }
"""


def exported(path: Path, of: dict[str, Any], mapping: str = DOCUMENT) -> Path:
    """Write an app's answer as JSON, with the mapping beside it."""
    path.mkdir(parents=True, exist_ok=True)
    (path / "mapping.toml").write_text(mapping)
    (path / "export.json").write_text(json.dumps(of))
    return path


def samples_of_sheets(path: Path) -> Samples:
    """The states of the sheets that conformance asks for."""

    def state(name: str, change: Callable[[Sheets], None]) -> Path:
        of = sheets()
        change(of)
        return folder(path / name, of)

    return Samples(
        whole=folder(path / "whole", sheets()),
        fewer=state("fewer", lambda of: of["pupils"].__delitem__(1)),
        altered=state("altered", lambda of: of["pupils"][0].update(Surname="Nettlebed")),
        shrunk=state("shrunk", lambda of: of.update(pupils=of["pupils"][:2])),
        dangling=state("dangling", lambda of: of["pupils"][0].update(Form="7Z")),
        extra="locker-1",
    )


def samples_of_documents(path: Path) -> Samples:
    """The states of the document that conformance asks for."""

    def state(name: str, change: Callable[[list[Any], list[Any]], None]) -> Path:
        of = deepcopy(document())
        change(of["data"]["users"], of["data"]["classes"][0]["learners"])
        return exported(path / name, of)

    def fewer(users: list[Any], learners: list[Any]) -> None:
        del users[1], learners[1]

    def shrunk(users: list[Any], learners: list[Any]) -> None:
        del users[2:12], learners[2:]

    return Samples(
        whole=exported(path / "whole", document()),
        fewer=state("fewer", fewer),
        altered=state("altered", lambda users, _: users[0]["profile"].update(last="Nettlebed")),
        shrunk=state("shrunk", shrunk),
        dangling=state("dangling", lambda _, learners: learners[0].update(uuid="nobody")),
        extra="locker-1",
    )
