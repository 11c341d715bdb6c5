"""The school agent: it runs beside a school's records, calls a hub, and does there what the hub asks of it."""

from .line import Credential, Line, read_credential
from .program import Agent
from .school import School

__all__ = ["Agent", "Credential", "Line", "School", "read_credential"]
