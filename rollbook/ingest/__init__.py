"""Ingest: what connectors read becomes canonical records, as a difference applied whole or not at all."""

from .bundle import open_bundle
from .diff import Diff, Tally
from .feeds import follow, note_path
from .refreshing import Renewal
from .rows import Connector, Kept, Origin, Problems, Progress, Reading, Row, Source, Stream
from .scheduling import Schedules
from .sync import import_roster

__all__ = [
    "Connector",
    "Diff",
    "Kept",
    "Origin",
    "Problems",
    "Progress",
    "Reading",
    "Renewal",
    "Row",
    "Schedules",
    "Source",
    "Stream",
    "Tally",
    "follow",
    "import_roster",
    "note_path",
    "open_bundle",
]
