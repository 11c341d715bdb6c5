"""One file for each kind of source that a roster can come from."""

from ..ingest import Connector
from .oneroster_csv import ONEROSTER_CSV
from .records_csv import MIS_AGENT, RECORDS_CSV

CONNECTORS: dict[str, Connector] = {c.name: c for c in (ONEROSTER_CSV, RECORDS_CSV, MIS_AGENT)}

__all__ = ["CONNECTORS"]
