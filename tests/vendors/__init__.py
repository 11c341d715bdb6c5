"""Services of vendors on loopback, made from their public documents: each is a table of what it serves."""

from __future__ import annotations

from .aeries import AERIES
from .blackbaud_sky import BLACKBAUD_SKY
from .blackboard import BLACKBOARD
from .brightspace import BRIGHTSPACE
from .ethos import ETHOS
from .facts import FACTS
from .illuminate import ILLUMINATE
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
    "brightspace": BRIGHTSPACE,
    "blackbaud-sky": BLACKBAUD_SKY,
    "illuminate": ILLUMINATE,
}
"""Each by the name of its connector."""
