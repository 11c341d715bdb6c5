"""Research: who sees and changes which projects, and which students may stand behind their subjects."""

from .behind import FACTS
from .counting import take_back
from .desk import ANSWERED, DECIDED, KEEPERS, ResearchDesk
from .inviting import ask_to_join
from .joining import PATH, asked_to, begun_with, rights_of, standing_invitation
from .people import leave_team
from .places import Place
from .reading import ResearchReader
from .standing import Caller, Portal, Role
from .subjects import write_line
from .trials import end_trial, trial_token
from .writing import Values, Work

__all__ = [
    "ANSWERED",
    "DECIDED",
    "FACTS",
    "KEEPERS",
    "PATH",
    "Caller",
    "Place",
    "Portal",
    "ResearchDesk",
    "ResearchReader",
    "Role",
    "Values",
    "Work",
    "ask_to_join",
    "asked_to",
    "begun_with",
    "end_trial",
    "leave_team",
    "rights_of",
    "standing_invitation",
    "take_back",
    "trial_token",
    "write_line",
]
