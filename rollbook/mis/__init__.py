"""Writing back: what an app asks a school's management information system (MIS) to enter, and the outcome."""

from .agents import AgentMis, Handing, mis_of
from .changes import Change, Invalid, MisRefused
from .orders import Order, Outcome, Tell, WriteBacks
from .profiles import Profile, profile_of
from .school import SchoolRecords
from .systems import Find, HubMis, Mis
from .tasks import Task, Tasks

__all__ = [
    "AgentMis",
    "Change",
    "Find",
    "Handing",
    "HubMis",
    "Invalid",
    "Mis",
    "MisRefused",
    "Order",
    "Outcome",
    "Profile",
    "SchoolRecords",
    "Task",
    "Tasks",
    "Tell",
    "WriteBacks",
    "mis_of",
    "profile_of",
]
