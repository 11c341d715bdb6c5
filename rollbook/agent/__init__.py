"""The school agent: it runs beside a school's records, connects to a hub, and carries out the hub's tasks there."""

from .line import Credential, Line, read_credential
from .program import Agent
from .school import School

__all__ = ["Agent", "Credential", "Line", "School", "read_credential"]
