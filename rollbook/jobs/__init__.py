"""Jobs: work to be done later. Each is recorded first, done at least once, and listed if it fails permanently."""

from .freshness import DATABASES, Database, Freshness
from .mail import Mail, PostOffice, hub_address, post_office
from .queue import Failed, Job, Later, Queue
from .worker import Lane, Work, Worker

__all__ = [
    "DATABASES",
    "Database",
    "Failed",
    "Freshness",
    "Job",
    "Lane",
    "Later",
    "Mail",
    "PostOffice",
    "Queue",
    "Work",
    "Worker",
    "hub_address",
    "post_office",
]
