"""Jobs: what must be done later, written down first, done at least once, and seen when it cannot be done."""

from .freshness import DATABASES, Database, Freshness
from .queue import Job, Later, Queue
from .worker import Work, Worker

__all__ = ["DATABASES", "Database", "Freshness", "Job", "Later", "Queue", "Work", "Worker"]
