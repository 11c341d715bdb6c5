"""`rollbook schools`, as it is typed; and what a school's MIS means to those who write back."""

from __future__ import annotations

from pathlib import Path

import pytest

from .hub import THORNFIELD, Hub
from .test_cli import run, said
from .xporter.conduct_forms import body, incident
from .xporter.writer import Writer


@pytest.fixture
def data(small_hub: Hub) -> Path:
    """A data directory with the demo schools."""
    return small_hub.store.folder


def test_schools_are_listed_with_their_mis_and_what_it_takes_back(data: Path) -> None:
    words = said("schools", "list", "--data", data)
    assert "Thornfield Academy" in words
    assert "Juniper Flats Unified" in words
    assert words.count("rollbook") == words.count("attendance") == 3


@pytest.mark.parametrize(
    ("name", "taken"),
    [
        ("SIMS", "attendance, conduct, detentions, all else"),
        ("Bromcom", "conduct (asynchronous only), all else"),
        ("Ledgerdale", "nothing"),
    ],
)
def test_a_school_is_said_to_keep_its_records_in_another_mis(data: Path, name: str, taken: str) -> None:
    assert said("schools", "mis", THORNFIELD, name, "--data", data) == f"{THORNFIELD}: {name} accepts {taken}\n"
    assert name in said("schools", "list", "--data", data)


def test_a_running_hub_takes_write_backs_as_the_new_mis_does(writer: Writer, data: Path) -> None:
    said("schools", "mis", THORNFIELD, "Ledgerdale", "--data", data)
    answer = writer.write("Writeback/Conduct", body(incident()))
    assert answer["ExceptionMessage"] == "Conduct writeback is not supported for Ledgerdale"
    assert writer.read("SchoolInfo")["meta"][0]["MIS"] == "Ledgerdale"
    said("schools", "mis", THORNFIELD, "rollbook", "--data", data)
    assert writer.write("Writeback/Conduct", body(incident()))["ExceptionMessage"] is None


@pytest.fixture
def writer(small_hub: Hub) -> Writer:
    """An app that may write back everything at the school."""
    return Writer(small_hub)


def test_a_mis_has_a_name_and_a_school_a_number(data: Path) -> None:
    assert "name: is empty" in run("schools", "mis", THORNFIELD, " ", "--data", data).stderr
    assert "estab: no school has the number 1" in run("schools", "mis", "1", "SIMS", "--data", data).stderr
