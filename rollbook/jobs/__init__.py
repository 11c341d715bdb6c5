"""Jobs: what must be done later, written down first, done at least once, and seen when it cannot be done."""

from .freshness import DATABASES, Database, Freshness
from .queue import Failed, Job, Later, Queue
from .worker import Lane, Work, Worker

__all__ = ["DATABASES", "Database", "Failed", "Freshness", "Job", "Lane", "Later", "Queue", "Work", "Worker"]
