"""The bench of the ledger asks what it says it asks."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.ledger import Year, fill_year
from rollbook.consent.disclosures import Disclosures
from rollbook.store.ledger import ALWAYS
from rollbook.store.sqlite import Store

pytestmark = pytest.mark.slow

TINY = Year(apps=2, endpoints=4, days=6, lists=3, singles=5, people=200)


def test_a_year_of_traffic_tells_of_the_child_in_every_list_of_the_whole_school(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        child, number, _ = fill_year(store, tmp_path, TINY)
        assert number == 6 * (3 * 2 * 4 + 2 * 5)
        lines = Disclosures(store).often([child], ALWAYS)
        assert len(store.ledger.log([what.number for what in store.ledger.whats()], take=1000)) == number
    whole = [line for line in lines if line.endpoint == "school.endpoint0"]
    assert [line.times for line in whole] == [6 * 3] * 2
