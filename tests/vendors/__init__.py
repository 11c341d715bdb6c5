"""Services of vendors on loopback, made from their public documents: each is a table of what it serves."""

from __future__ import annotations

from .aeries import AERIES
from .blackboard import BLACKBOARD
from .ethos import ETHOS
from .facts import FACTS
from .managebac import MANAGEBAC
from .powerschool import POWERSCHOOL
from .schoology import SCHOOLOGY
from .service import Case

VENDORS: dict[str, Case] = {
    "aeries": AERIES,
    "schoology": SCHOOLOGY,
    "powerschool": POWERSCHOOL,
    "managebac": MANAGEBAC,
    "blackboard": BLACKBOARD,
    "facts": FACTS,
    "ethos": ETHOS,
}
"""Each by the name of its connector."""
