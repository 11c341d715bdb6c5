"""Calendars and their days are the record's: those of the demo schools are there, and those of hubs of before too."""

from __future__ import annotations

from tests.district import EdFi, calendar, calendar_date
from tests.looking import look

from .school_year import ESTAB
from .test_homing import before, listed, opened_again
from .test_writing import plain


def test_the_days_on_which_a_demo_school_teaches_are_those_of_its_calendar(shelf: EdFi) -> None:
    (found,) = shelf.get(f"calendars?schoolId={ESTAB}")
    assert plain(found) == calendar("2026-2027", ESTAB)
    days = {
        day: [plain(one) for one in shelf.get(f"calendarDates?schoolId={ESTAB}&date={day}")]
        for day in ("2026-10-22", "2026-10-23", "2026-10-24", "2026-10-26")
    }
    assert days == {
        "2026-10-22": [calendar_date("2026-2027", ESTAB, "2026-10-22")],
        "2026-10-23": [calendar_date("2026-2027", ESTAB, "2026-10-23", "Teacher only day")],
        "2026-10-24": [],
        "2026-10-26": [calendar_date("2026-2027", ESTAB, "2026-10-26", "Holiday")],
    }


def test_days_that_were_kept_whole_are_in_the_calendar_that_was(api: EdFi) -> None:
    with before("calendars", "calendarDates"):
        own = api.post("calendars", calendar("C1", ESTAB))
        day = api.post("calendarDates", calendar_date("C1", ESTAB, "2026-09-07", "Weather day"))
    api = opened_again(api)
    assert plain(api.get(f"calendarDates/{day}")) == calendar_date("C1", ESTAB, "2026-09-07", "Weather day")
    assert listed(api, f"calendarDates?calendarCode=C1&schoolId={ESTAB}") == [day]
    calendars = look(api.hub.store, "SELECT calendar FROM calendar_day WHERE id LIKE ?", (f"{day[:8]}-{day[8:12]}%",))
    assert [one.replace("-", "") for (one,) in calendars] == [own]
    assert api.ask("DELETE", f"calendars/{own}").status == 409
    for resource, identity in (("calendarDates", day), ("calendars", own)):
        assert api.ask("DELETE", f"{resource}/{identity}").status == 204
