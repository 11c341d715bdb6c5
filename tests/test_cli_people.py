"""`rollbook apps people`: the school's lists of whom an app sees, as they are typed."""

from __future__ import annotations

from pathlib import Path

import pytest

from .hub import THORNFIELD, Hub
from .test_cli import PARTY, refused, said

AT = ("apps", "people", PARTY, THORNFIELD)


@pytest.fixture
def data(small_hub: Hub) -> Path:
    """A data directory with the demo schools, and an app that Thornfield has authorised."""
    folder = small_hub.store.folder
    said("apps", "add", PARTY, "--data", folder)
    said("apps", "grant", PARTY, THORNFIELD, "--scopes", "all", "--data", folder)
    return folder


def test_a_list_is_begun_added_to_and_shown(data: Path) -> None:
    said(*AT, "students", "only", "9919", "--data", data)
    said(*AT, "students", "add", "9920", "9921", "--data", data)
    said(*AT, "students", "remove", "9919", "--data", data)
    assert said(*AT, "--data", data).splitlines() == ["Student: only 9920 9921", "Staff: all", "Contact: all"]
    assert said(*AT, "staff", "--data", data).splitlines() == ["Staff: all"]


def test_a_list_may_be_a_file(data: Path, tmp_path: Path) -> None:
    listed = tmp_path / "left-out.csv"
    listed.write_text("9919,9920\r\n9921\r\n", encoding="utf-8-sig")
    assert said(*AT, "students", "except", "--file", listed, "--data", data).strip().endswith("except 3 students")
    assert said(*AT, "students", "--data", data).strip() == "Student: except 9919 9920 9921"


def test_nothing_is_added_to_a_list_that_was_not_begun(data: Path) -> None:
    assert "sees every Student" in refused(*AT, "students", "add", "9919", "--data", data)
