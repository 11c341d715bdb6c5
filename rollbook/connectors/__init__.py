"""One file for each kind of source that a roster can come from."""

from ..ingest import Connector
from .oneroster_csv import ONEROSTER_CSV
from .records_csv import RECORDS_CSV

CONNECTORS: dict[str, Connector] = {c.name: c for c in (ONEROSTER_CSV, RECORDS_CSV)}

__all__ = ["CONNECTORS"]
