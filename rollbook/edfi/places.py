"""Where and when a school teaches: its rooms."""

from __future__ import annotations

from ..model.timetable import Room
from .declaring import declare, through
from .homes import Fact
from .organisations import schools
from .schema import Same

locations = declare(
    "locations",
    Room,
    {
        "classroomIdentificationCode": Fact(Room.code),
        "schoolReference": through(Room.school, schools),
    },
    fresh={"name": Same("code")},
)
