"""A school's sources: what each brought when it was last read, and what of it is set aside and why."""

from __future__ import annotations

from ..api.messages import Response
from ..ingest.brought import Brought, brought, place_of
from ..ingest.scheduling import seconds
from .guests import Guest, Routes, nothing, school_path
from .premises import page_of, school_at, zone_at
from .sheets import sheet
from .visiting import moment_of

MOST = 50
"""How many rows that are set aside one page shows of a source; the file has all."""

HEADS = ("since (UTC)", "file", "line", "column", "reason", "hint", "kind", "key", "rows waiting for it")


class Sourcing:
    """The pages of where a school's records come from."""

    def __init__(self) -> None:
        at = "schools/{estab}/sources"
        self.routes = Routes({at: self.home, f"{at}/{{source}}/aside.csv": self.aside})

    def home(self, guest: Guest, part: dict[str, str]) -> Response:
        """Each source: when it was last read, what came of it, and what waits to be mended."""
        school = school_at(guest, part["estab"])
        zone, here = zone_at(guest, school), school_path(school.estab, "sources")
        found = brought(guest.desk.store.kept, school.district, school.id, guest.desk.clock())
        rows = [(one, _moment(one.at, zone), school_path(school.estab, "sources", one.feed.source, "aside.csv"),
                 [(_moment(run.started, zone), run) for run in one.runs],
                 [(_moment(row.at, zone), row) for row in one.aside[:MOST]]) for one in found]  # fmt: skip
        return page_of(guest, school, "school_sources.html", ((here, "Sources"),), rows=rows, most=MOST)

    def aside(self, guest: Guest, part: dict[str, str]) -> Response:
        """What is set aside of a source, as a table that a spreadsheet opens."""
        school = school_at(guest, part["estab"])
        source = _named(brought(guest.desk.store.kept, school.district, school.id, guest.desk.clock()), part["source"])
        rows = ((row.at, *place_of(row), row.what, row.hint, row.kind, row.key, row.waits) for row in source.aside)
        guest.desk.roles.note(guest.email, "took the list of what is set aside", school.id, source.feed.source)
        return sheet(f"set-aside-{source.feed.source}", HEADS, rows)


def _named(found: list[Brought], name: str) -> Brought:
    one = next((one for one in found if one.feed.source == name), None)
    if one is None:
        raise nothing()
    return one


def _moment(stamp: str, zone: str) -> str:
    return moment_of(seconds(stamp), zone)
