"""`python -m bench`: measure everything, print a table; `--write` puts it into docs/performance.md."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from .depth import measure_depth
from .dialects import check_dialects, measure_edfi, measure_edlink, measure_oneroster, measure_research
from .endpoints import measure_endpoints
from .importing import measure_import
from .ledger import Year, measure_ledger
from .listings import measure_listings
from .page import page
from .postgres import measure_postgres
from .reading import (
    Field,
    Sizes,
    check_agreement,
    measure_changes,
    measure_lists,
    measure_many,
    measure_one,
    open_field,
)
from .report import Line, show
from .waiting import measure_waiting
from .writing import check_writes, measure_writes

SERVED: dict[str, Callable[[Field], list[Line]]] = {
    "lists": measure_lists,
    "one": measure_one,
    "many": measure_many,
    "changes": measure_changes,
    "edfi": measure_edfi,
    "edlink": measure_edlink,
    "oneroster": measure_oneroster,
    "research": measure_research,
    "listings": measure_listings,
    # The last ones, because they leave more behind than they found.
    "writes": measure_writes,
    "waiting": measure_waiting,
    "postgres": measure_postgres,
}
PARTS = [*SERVED, "depth", "endpoints", "ledger", "import"]
PAGE = Path(__file__).parent.parent / "docs" / "performance.md"
QUICK = Sizes(
    small=200,
    large=2_000,
    imported=200,
    rounds=2,
    repeat=5,
    written=24,
    sent=24,
    school=0.05,
    results=1_000,
    days=3,
    crowd=2_000,
    deep=20_000,
    seconds=3,
)


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small sizes, to see that everything runs")
    parser.add_argument("--only", choices=PARTS, action="append", help="measure only this")
    parser.add_argument("--write", action="store_true", help="write docs/performance.md")
    parser.add_argument("--deep", type=int, metavar="NUMBER", help="how many documents are paged through (7000000)")
    asked = parser.parse_args()
    if asked.write and (asked.quick or asked.only):
        parser.error("--write is for a whole run, without --quick and --only")
    began = perf_counter()
    sizes = QUICK if asked.quick else Sizes()
    lines = measure(replace(sizes, deep=asked.deep or sizes.deep), asked.only or PARTS)
    show(lines)
    print(f"measured in {perf_counter() - began:.0f} s")
    if asked.write:
        PAGE.write_text(page(lines))


def measure(sizes: Sizes, wanted: list[str]) -> list[Line]:
    """The lines of the table for what is wanted."""
    lines: list[Line] = []
    chosen = [SERVED[name] for name in SERVED if name in wanted]
    if chosen:
        with TemporaryDirectory() as place, ExitStack() as stack:
            field = open_field(stack, Path(place), sizes)
            agreed = check_agreement(field) + check_dialects(field) + check_writes(field)
            print(f"the servers agree on {agreed:,} rows", flush=True)
            for one in chosen:
                lines += one(field)
    if "depth" in wanted:
        lines += measure_depth(sizes.deep, sizes.rounds)
    if "endpoints" in wanted:
        lines += measure_endpoints(sizes.school, sizes.results, sizes.rounds)
    if "ledger" in wanted:
        lines += measure_ledger(sizes.school, min(sizes.rounds, 3), Year(days=sizes.days))
    if "import" in wanted:
        lines += measure_import(sizes.imported, min(sizes.rounds, 3))
    return lines


if __name__ == "__main__":
    main()
