"""Filters that several endpoints have."""

from __future__ import annotations

from ...api.resource import Filter, Table
from ...fields import ALWAYS, Arg, LastUpdated, Record

_WORDS = "Records that were last updated after this date (yyyy-MM-dd, or with a time in UTC)"


def updated_since(of: type[Record], about: str = _WORDS) -> Filter:
    """Only rows in which a fact that the caller may see was changed later than the moment given."""
    return Filter(about, LastUpdated(of).after(Arg("updatedSince")), kind="moment")


def updated_since_in(*tables: type[Table]) -> Filter:
    """The same for a table that is filled from several kinds of record."""
    later = {t: LastUpdated(t.of).after(Arg("updatedSince")) for t in tables}
    return Filter(_WORDS, ALWAYS, kind="moment", elsewhere=later)
