"""Jobs: what must be done later, written down first, done at least once, and seen when it cannot be done."""

from .freshness import DATABASES, Database, Freshness
from .mail import Mail, PostOffice, hub_address, post_office
from .queue import Job, Later, Queue
from .worker import Work, Worker

__all__ = [
    "DATABASES",
    "Database",
    "Freshness",
    "Job",
    "Later",
    "Mail",
    "PostOffice",
    "Queue",
    "Work",
    "Worker",
    "hub_address",
    "post_office",
]
