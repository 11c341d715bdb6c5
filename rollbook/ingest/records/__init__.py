"""Sources that tell the hub's own records: a table for each kind, with a column for each of its facts."""

from .layouts import LAYOUTS
from .mapping import bit, facts_of, of
from .told import COUNTS, Told

__all__ = ["COUNTS", "LAYOUTS", "Told", "bit", "facts_of", "of"]
