"""Ingest: what connectors read becomes canonical records, as a difference applied whole or not at all."""

from .bundle import open_bundle
from .diff import Diff, Tally
from .refreshing import Renewal, follow
from .rows import Connector, Kept, Origin, Problems, Progress, Row, Source, Stream
from .sync import import_roster

__all__ = [
    "Connector",
    "Diff",
    "Kept",
    "Origin",
    "Problems",
    "Progress",
    "Renewal",
    "Row",
    "Source",
    "Stream",
    "Tally",
    "follow",
    "import_roster",
    "open_bundle",
]
