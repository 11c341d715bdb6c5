"""When, where and by whom classes are taught."""

from __future__ import annotations

from ..fields import Text
from ..scopes import S
from .organisation import SchoolRecord


class Room(SchoolRecord, scope=S.School, indexes=(("school", "mis_id"), ("school", "code"))):
    """A room in which the school teaches."""

    mis_id = Text("Id of the room", "8")
    code = Text("Room code", "R1")
    name = Text("Name of the room", "Red 1")
