"""Exports of any shape, by a mapping: what is read, what stops, what is set aside, and what is wrong with a mapping."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rollbook.connectors import CONNECTORS
from rollbook.errors import Malformed
from rollbook.ingest import Diff, import_roster
from rollbook.ingest.conformance import by_keys, conform
from rollbook.ingest.mapping import Cell, kept
from rollbook.ingest.mapping.written import read_plan
from rollbook.store.sqlite import Store
from tests import exports

from .demo_data import new_store


def test_sheets_conform(tmp_path: Path) -> None:
    conform(CONNECTORS["mapped-csv"], exports.samples_of_sheets(tmp_path / "samples"), tmp_path)


def test_documents_conform(tmp_path: Path) -> None:
    conform(CONNECTORS["mapped-json"], exports.samples_of_documents(tmp_path / "samples"), tmp_path)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with new_store(tmp_path / "hub") as opened:
        yield opened


def take(store: Store, path: Path, connector: str = "mapped-csv") -> Diff:
    return import_roster(store, CONNECTORS[connector], path)


def refused(store: Store, path: Path, connector: str = "mapped-csv") -> list[str]:
    with pytest.raises(Malformed) as raised:
        take(store, path, connector)
    return [str(problem) for problem in raised.value.problems]


def test_a_spreadsheet_becomes_pupils_staff_and_forms(store: Store, tmp_path: Path) -> None:
    take(store, exports.folder(tmp_path / "office", exports.sheets(), delimiter=";"))
    held = by_keys(store)
    ada = held["Person", "1001"]
    assert (ada["forename"], ada["surname"], ada["birth_date"]) == ("Ada", "Quill", "2015-09-13")
    assert held["Student", "1001@alder"]["grade"] == "07"
    assert held["Person", "T1"]["surname"] == "Lark"
    assert held["School", "alder"]["mis"] == "The office's spreadsheet"
    assert ("StudentMembership", "7A-1001") in held
    assert json.loads(ada["remainder"])["mapped"]["metadata.Locker"] == "locker-1"


def test_one_file_needs_no_folder(store: Store, tmp_path: Path) -> None:
    path = exports.exported(tmp_path / "app", exports.document())
    take(store, path / "export.json", "mapped-json")
    assert by_keys(store)["Person", "p-0"]["birth_date"] == "2015-09-13"


def test_what_a_mapping_names_and_is_not_there_stops(store: Store, tmp_path: Path) -> None:
    mapping = exports.SHEETS.replace('givenName = "Forename"', 'givenName = "Forenames"').replace(
        "staff.csv", "staf.csv"
    )
    found = refused(store, exports.folder(tmp_path / "office", exports.sheets(), mapping))
    assert found[:2] == [
        "mapping.toml line 21, users.file: staf.csv is not there (did you mean staff.csv?)",
        "mapping.toml line 14, users.givenName: pupils.csv has no column Forenames (did you mean Forename?)",
    ]


def test_a_list_that_is_not_in_a_document_stops(store: Store, tmp_path: Path) -> None:
    mapping = exports.DOCUMENT.replace('list = "data.users"', 'list = "users"')
    found = refused(store, exports.exported(tmp_path / "app", exports.document(), mapping), "mapped-json")
    assert found[0] == "export.json, users: is not there (list = … in the mapping: did you mean data.users?)"


def test_a_document_that_was_cut_short_stops(store: Store, tmp_path: Path) -> None:
    path = exports.exported(tmp_path / "app", exports.document())
    text = (path / "export.json").read_text()
    (path / "export.json").write_text(text[: len(text) // 2])
    assert refused(store, path, "mapped-json")[0].startswith("export.json: is not valid JSON")


def test_rows_that_a_mapping_cannot_read_are_set_aside_with_the_line_of_their_file(
    store: Store, tmp_path: Path
) -> None:
    sheets = exports.sheets()
    sheets["pupils"][0]["Gender"] = "Z"
    sheets["pupils"][1]["Date of birth"] = "31/02/2015"
    sheets["pupils"][2]["Surname"] = ""
    diff = take(store, exports.folder(tmp_path / "office", sheets))
    assert [str(one.problem) for one in diff.aside] == [
        "pupils.csv line 4, column familyName: is empty; 2 rows wait for it (expected a value)",
        "pupils.csv line 2, column Gender: is not in the mapping's list of codes (add it to the mapping; known: F, M)",
        "pupils.csv line 3, column Date of birth: is not a day written as DD/MM/YYYY"
        " (correct it, or the format in the mapping)",
    ]


def test_every_fault_of_a_mapping_is_told_at_once() -> None:
    with pytest.raises(Malformed) as raised:
        read_plan("mapping.toml", FAULTY)
    assert [str(problem) for problem in raised.value.problems] == [
        "mapping.toml line 2, user: is not a table of a roster (did you mean users?)",
        "mapping.toml line 6, orgs: lacks the column name"
        ' (say where each comes from: name = "…", or name = { value = "…" })',
        "mapping.toml line 8, type: 'schol' is not an allowed value (did you mean school?)",
        "mapping.toml line 11, birthDate.date: 'DD/MM' has no year (YYYY) (as in DD/MM/YYYY)",
        "mapping.toml line 12, sexx: is not a column of demographics"
        " (did you mean sex?; metadata.sexx keeps it with the record)",
        "mapping.toml line 13, sex.code: is not known here (did you mean codes?)",
        "mapping.toml: has no [[users]] (a roster has schools and people)",
    ]


FAULTY = """
[[user]]
file = "pupils.csv"
sourcedId = "Id"

[[orgs]]
sourcedId = { value = "1" }
type = { value = "schol" }
[[demographics]]
sourcedId = "Id"
birthDate = { from = "Born", date = "DD/MM" }
sexx = "Sex"
sex = { from = "Sex", code = { M = "male" } }
"""


def test_a_mapping_that_is_no_toml_says_on_which_line() -> None:
    with pytest.raises(Malformed, match=r"mapping.toml line 2: is not valid TOML"):
        read_plan("mapping.toml", "\nDate of birth = 3")


@pytest.mark.parametrize(
    ("cell", "row", "read"),
    [
        (Cell(("a", "b")), {"a": "1", "b": 2}, "1-2"),
        (Cell(("a", "b")), {"a": "1", "b": ""}, ""),
        (Cell(("a",), constant="none"), {"a": None}, "none"),
        (Cell(("a",), split=";"), {"a": "x; y;;x"}, "x,y"),
        (Cell(("a",), days=("D MMM YYYY", "YYYYMMDD")), {"a": "3 Sep 2015"}, "2015-09-03"),
        (Cell(("a",), days=("milliseconds",)), {"a": 1442102400000}, "2015-09-13"),
        (Cell(("a",), true=("Y",)), {"a": "n"}, "false"),
        (Cell(("a.b.c",)), {"a": {"b": [{"c": 1}, {"c": True}]}}, "1,true"),
        (Cell(("a.0",)), {"a": ["x", "y"]}, "x"),
        (Cell(("No. of",)), {"No. of": " 3 "}, "3"),
        (Cell(("a",), codes={"m": "male"}, otherwise=""), {"a": "X"}, ""),
        (Cell(("a",), codes={"m": "male"}), {"a": "M"}, "male"),
    ],
)
def test_a_cell_is_told_from_a_row(cell: Cell, row: dict[str, Any], read: str) -> None:
    assert cell.read(row) == read


def test_no_password_is_kept() -> None:
    assert kept({"User password": "x", "Token": "y", "locker": 3, "id": 1}, {"id"}) == {"metadata.locker": "3"}
