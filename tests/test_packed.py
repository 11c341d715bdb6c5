"""A roster is packed as it is read: what comes of it is the same, whatever the size of its parts."""

from __future__ import annotations

from array import array
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollbook.connectors import CONNECTORS
from rollbook.ingest import columns
from rollbook.ingest.columns import Growing, Repeating, Various, chosen, column, distinct
from rollbook.ingest.conformance import conform
from rollbook.ingest.packed import InOrder, PackedFiles, packing
from rollbook.ingest.plan import packed
from rollbook.ingest.rows import Row
from rollbook.model.students import Student, StudentMembership
from tests import rosters

WORDS = st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)), max_size=3)


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts so small that each roster of a test has many."""
    for name, size in {"columns.BLOCK": 3, "csv_rows.BLOCK": 2, "packed.BLOCK": 2, "packed.RUN": 3}.items():
        monkeypatch.setattr(f"rollbook.ingest.{name}", size)
    monkeypatch.setattr("rollbook.ingest.roster.shelves.AT_ONCE", 4)
    monkeypatch.setattr("rollbook.ingest.roster.shelves.USERS", 3)


@pytest.mark.usefixtures("tiny")
def test_a_roster_in_small_parts_conforms(tmp_path: Path) -> None:
    samples = rosters.samples(tmp_path / "samples", rosters.version_1_2, "1.2")
    conform(CONNECTORS["oneroster-csv"], samples, tmp_path)


@given(st.lists(WORDS), st.data())
def test_a_column_has_the_cells_that_it_was_made_of(cells: list[str], data: st.DataObject) -> None:
    stay = data.draw(st.lists(st.booleans(), min_size=len(cells), max_size=len(cells)))
    was, columns.BLOCK = columns.BLOCK, 3
    try:
        made = Growing()
        made.extend(cells[:4])
        made.extend(cells[4:])
        found = made.done()
        assert [*found] == cells
        assert [found[at] for at in range(len(found))] == cells
        assert [*chosen(found, stay)] == [cell for cell, yes in zip(cells, stay, strict=True) if yes]
        assert distinct(found) == set(cells)
        assert (found == tuple(cells)) is (len(cells) > 3 or isinstance(found, tuple))
    finally:
        columns.BLOCK = was


def test_cells_that_repeat_are_held_once_and_others_side_by_side() -> None:
    often, once = column(f"{n % 7}" for n in range(50_000)), column(f"{n}" for n in range(50_000))
    assert isinstance(often, Repeating)
    assert (often.words, often.codes[:8]) == ([*"0123456"], array("B", [0, 1, 2, 3, 4, 5, 6, 0]))
    assert isinstance(once, Various)
    assert (once[40_000], once[-1], once[1:3]) == ("40000", "49999", ["1", "2"])


def test_rows_lie_in_a_file_without_a_name(tmp_path: Path) -> None:
    rows = [Row(f"s{n}", {"upn": f"{n}"}, {"school": "a", "person": f"p{n}"}, {"x": [n]}) for n in range(2_500)]
    with packing(tmp_path):
        told = packed(Student, rows, {"School": {"a"}, "Person": {f"p{n}" for n in range(2_499)}})
        assert ([*told], len(told)) == (rows, 2_500)
        assert told.keyed("s1234") == rows[1_234]
        assert [*tmp_path.iterdir()] == []
        assert told.seen
        assert (told.seen.schools, told.seen.astray["person"]) == ({"a": 2_500}, {"p2499"})
        files = PackedFiles([("one", b"1"), ("two", b"22")]).beside({"three": b"333"})
        assert dict(files) == {"one": b"1", "two": b"22", "three": b"333"}


@pytest.mark.usefixtures("tiny")
def test_more_than_can_be_sorted_at_once_is_sorted(tmp_path: Path) -> None:
    kind = tuple[str, int]
    items = [(f"{n * 7 % 100:02}", n) for n in range(100)]
    with packing(tmp_path):
        some = InOrder[tuple[str, int]](kind, items[: len(items) // 2])
        some.pack()
        some.extend(items[len(items) // 2 :])
        assert [*some] == sorted(items)
    assert [*InOrder[tuple[str, int]](kind, items)] == sorted(items)


@pytest.mark.parametrize("at_once", [1, 3, 1_000])
def test_a_key_that_is_there_twice_is_noticed_however_few_are_sorted_at_once(
    monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr("rollbook.ingest.rows.AT_ONCE", at_once)
    rows = [Row(f"m{n}", {}, {"school": "a"}) for n in range(20)]
    assert packed(StudentMembership, rows, {}).seen is not None
    assert packed(StudentMembership, [*rows, rows[7]], {}).seen is None
