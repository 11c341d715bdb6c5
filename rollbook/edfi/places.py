"""Where and when a school teaches: its rooms, its calendars and their days."""

from __future__ import annotations

from ..model.calendar import CalendarDay, DayCalendar
from ..model.timetable import Room
from .declaring import At, declare, through
from .homes import Fact, Listing
from .organisations import schools
from .schema import Same
from .words import GRADES, word, words

locations = declare(
    "locations",
    Room,
    {
        "classroomIdentificationCode": Fact(Room.code),
        "schoolReference": through(Room.school, schools),
    },
    fresh={"name": Same("code")},
)

calendars = declare(
    "calendars",
    DayCalendar,
    {
        "calendarCode": Fact(DayCalendar.code),
        "schoolReference": through(DayCalendar.school, schools),
        "schoolYearTypeReference": At(homes={"schoolYear": Fact(DayCalendar.year)}),
        "calendarTypeDescriptor": word(DayCalendar.kind, "CalendarType"),
        "gradeLevels": Listing(DayCalendar.grades, "gradeLevelDescriptor", words("GradeLevel", GRADES)),
    },
)

calendar_dates = declare(
    "calendarDates",
    CalendarDay,
    {
        "date": Fact(CalendarDay.date),
        "calendarReference": through(CalendarDay.calendar, calendars),
        "calendarEvents": Listing(CalendarDay.events, "calendarEventDescriptor", words("CalendarEvent")),
    },
    belongs=("calendar",),
)
