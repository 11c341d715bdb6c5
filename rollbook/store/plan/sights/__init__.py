"""Ways of seeing: which rows of a kind of record a reader may know of, and which facts of them.

One school through one grant; a district through the grants of its schools; or a partition as a whole, for those who
bound their questions themselves. A statement asks its sight wherever it touches a row or a fact.
"""

from .one_school import Guards, OneSchool
from .research import ResearchSight, bounds_of
from .schools import Schools
from .sight import BETWEEN, CHOSEN_NOW, Sight, humans
from .views import View, Views
from .waiting import APP, AS, Waiting
from .whole import Whole

__all__ = [
    "APP",
    "AS",
    "BETWEEN",
    "CHOSEN_NOW",
    "Guards",
    "OneSchool",
    "ResearchSight",
    "Schools",
    "Sight",
    "View",
    "Views",
    "Waiting",
    "Whole",
    "bounds_of",
    "humans",
]
