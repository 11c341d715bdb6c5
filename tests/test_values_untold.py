"""What is wrong with a file is said without its values: they may be a child's, and others read what is said."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollbook.connectors.records_csv import LAYOUTS as RECORDS
from rollbook.ingest.cells import check
from rollbook.ingest.mapping.cells import Cell, Unreadable
from rollbook.ingest.mapping.days import MILLISECONDS
from rollbook.ingest.refusals import unquoted
from rollbook.ingest.roster.layouts import LAYOUTS
from rollbook.ingest.rows import Problems
from rollbook.ingest.tables import Layout, parse

VALUES = ("Fernwhistle", "2015-13-04", "4.5.2015", 'O\'Fern "Whistle"', "9,Fernwhistle", "7,8 Elm Row")


def told(of: Layout, column: str, value: str) -> str:
    """All that is said of a file with one row, of which a cell holds a value."""
    quoted = '"' + value.replace('"', '""') + '"'
    problems = Problems()
    table, _ = check(parse(of, f"{of.key},{column}\nk1,{quoted}\n".encode(), problems), problems)
    return " ".join([*(str(one.problem) for one in table.aside), *problems.notes()])


@pytest.mark.parametrize("of", [*LAYOUTS, *RECORDS.values()], ids=lambda of: of.name)
def test_no_column_of_any_file_has_its_values_repeated(of: Layout) -> None:
    for column in of.columns:
        if column.name != of.key and not column.to:
            for value in VALUES:
                said = told(of, column.name, value)
                assert not any(word in said for word in re.split(r"[ ,]", value) if len(word) > 2), said


@pytest.mark.parametrize(
    "cell",
    [
        Cell(("Born",), days=("DD/MM/YYYY",)),
        Cell(("Born",), days=(MILLISECONDS,)),
        Cell(("Born",), codes={"M": "male"}),
        Cell(("Born",), true=("Y",), false=("N",)),
    ],
)
def test_no_cell_that_a_mapping_cannot_read_is_repeated(cell: Cell) -> None:
    for value in VALUES:
        with pytest.raises(Unreadable) as raised:
            cell.read({"Born": value})
        said = f"{raised.value} {raised.value.what} {raised.value.hint}"
        assert value not in said


@given(st.text(min_size=1).map(lambda text: f"Fern{text}whistle"))
def test_what_is_kept_of_a_problem_is_without_what_it_quotes(value: str) -> None:
    assert unquoted(f"{value!r} refers to users.csv, but {value!r} is not there") == (
        "a value refers to users.csv, but a value is not there"
    )
