"""Writing back: what an app asks a school's management information system (MIS) to enter, and what came of it."""

from .changes import Change, Invalid, MisRefused
from .orders import Order, Outcome, Tell, WriteBacks
from .profiles import Profile, profile_of
from .school import SchoolRecords
from .systems import Find, HubMis, Mis

__all__ = [
    "Change",
    "Find",
    "HubMis",
    "Invalid",
    "Mis",
    "MisRefused",
    "Order",
    "Outcome",
    "Profile",
    "SchoolRecords",
    "Tell",
    "WriteBacks",
    "profile_of",
]
