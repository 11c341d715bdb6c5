"""The private folder of a reading: there again after one that was cut short, empty after one that was not."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from rollbook.errors import Unavailable
from rollbook.fields import Field
from rollbook.ingest import Reading, import_roster
from rollbook.ingest.folders import LONGEST, READINGS, reading_folder
from rollbook.store.sqlite import Store
from tests.test_sync import Told, people, source


@dataclass
class Fetching:
    """A connector that fetches in two steps, and is cut short between them as often as it is told."""

    told: Told
    cut: int
    name: str = "fetching"
    format: str = "told"
    fills: frozenset[Field] = frozenset()
    seen: list[tuple[list[str], bytes | None]] = field(default_factory=list[tuple[list[str], bytes | None]])

    def read(self, reading: Reading) -> Told:
        assert reading.folder
        assert reading.folder.stat().st_mode & 0o777 == 0o700
        self.seen.append((sorted(one.name for one in reading.folder.iterdir()), reading.kept("cursor")))
        (reading.folder / "page-1").write_text("[]")
        self.cut -= 1
        if self.cut >= 0:
            raise Unavailable("the line was cut")
        return self.told


def test_a_reading_that_was_cut_short_finds_what_it_had(tmp_path: Path) -> None:
    fetching = Fetching(source(*people("Abbess")).source, cut=1)
    with Store(tmp_path / "hub") as store:
        number = store.new_district({"name": "Larkspur"})
        with pytest.raises(Unavailable):
            import_roster(store, fetching, "", district=number, name="sis")
        assert [run.outcome for run in store.kept.feeds.runs(number, "sis", 9)] == ["refused"]
        for _ in range(2):
            import_roster(store, fetching, "", district=number, name="sis")
        import_roster(store, fetching, "", district=number, name="sis", dry_run=True)
    assert fetching.seen == [([], None), (["page-1"], None), ([], b"42"), ([], b"42")]


def test_two_readings_of_a_source_have_a_folder_each(tmp_path: Path) -> None:
    with reading_folder(tmp_path, 1, "sis") as first, reading_folder(tmp_path, 1, "sis") as second:
        assert first.path != second.path
        (second.path / "page").write_text("[]")
    assert [*(tmp_path / READINGS).iterdir()] == [first.path]


def test_what_nobody_goes_on_with_goes_after_a_day(tmp_path: Path) -> None:
    with reading_folder(tmp_path, 1, "sis") as first:
        (first.path / "page").write_text("[]")
    old = time.time() - LONGEST - 1
    os.utime(first.path, (old, old))
    with reading_folder(tmp_path, 1, "other") as other:
        assert [*(tmp_path / READINGS).iterdir()] == [other.path]
