"""Research: who sees and changes which projects, and which students may stand behind their subjects."""

from .behind import FACTS
from .counting import take_back
from .desk import INVITATIONS, KEEPERS, ResearchDesk
from .joining import PATH, rights_of, standing_invitation
from .lists import SPECIES, STRAINS
from .projects import Place
from .reading import ResearchReader
from .standing import Caller, Portal, Role
from .writing import Values, Work

__all__ = [
    "FACTS",
    "INVITATIONS",
    "KEEPERS",
    "PATH",
    "SPECIES",
    "STRAINS",
    "Caller",
    "Place",
    "Portal",
    "ResearchDesk",
    "ResearchReader",
    "Role",
    "Values",
    "Work",
    "rights_of",
    "standing_invitation",
    "take_back",
]
