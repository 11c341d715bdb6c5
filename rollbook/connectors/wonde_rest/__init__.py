"""Wonde's REST API: the records of one school, by the token that Wonde gives an app for it.

A reading lists everything, or with the setting `full-every` most of the time what changed. Places in groups and classes
are listed whole each time: they may move without a trace on the student or the class.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from ...errors import Malformed, Problem
from ...ingest.meaning import is_day
from ...ingest.settings import Setting
from ...ingest.web import REACHED, Bearer, Listing, NextUrl, service_of
from ...ingest.web.recorded import Changing, RecordProvider, Settings
from ...ingest.web.since import FULL_EVERY
from .rows import class_, code, group, human, joined, lesson, lesson_mark, mark, period, plain, student
from .tables import PLAN

ADDRESS = "https://api.wonde.com/v1.0"
PAGES = NextUrl("meta.pagination.next", {"per_page": "200"})


def _lists(said: Settings) -> Mapping[str, Listing]:
    """What is asked for; marks only from the day on that the settings name, since there are some hundred thousand."""
    school = f"schools/{said['school']}"
    found = {
        "schools": Listing(school, ("data",), lone=True),
        **{
            name: Listing(
                f"{school}/{path}", ("data",), PAGES, {"include": included} if included else {}, optional=not needed
            )
            for name, path, included, needed in INCLUDED
        },
    }
    if day := said.get("marks-since"):
        if not is_day(day):
            raise Malformed(Problem("marks-since", f"{day!r} is not a day", "yyyy-mm-dd"))
        asked = {"include": "student,attendance_code", "updated_after": f"{day} 00:00:00"}
        found["marks"] = Listing(f"{school}/attendance/session", ("data",), PAGES, asked)
        if said.get("lesson-marks") == "yes":
            asked = {**asked, "include": "student,lesson,attendance_code"}
            found["lesson marks"] = Listing(f"{school}/attendance/lesson", ("data",), PAGES, asked)
    return found


INCLUDED = (
    ("subjects", "subjects", "", False),
    ("rooms", "rooms", "", False),
    ("periods", "periods", "", False),
    ("codes", "attendance-codes", "", False),
    ("contacts", "contacts", "contact_details", False),
    ("employees", "employees", "contact_details,employment_details,roles", True),
    ("students", "students", "contact_details,education_details,extended_details,contacts", True),
    ("groups", "groups", "students,employees", True),
    ("classes", "classes", "students,employees,subject", True),
    ("lessons", "lessons", "class,employee,employees,period,room", False),
)
"""The lists of a school: by which name, where, with what of other objects, and whether a reading needs them."""

WONDE_REST = RecordProvider(
    "wonde-rest",
    "wonde",
    (
        Setting("token", "The token that Wonde gave your app", secret=True),
        Setting("school", "Wonde's id of the school, such as A1930499544"),
        Setting(
            "marks-since", "The day, yyyy-mm-dd, from which on session marks are read; none without it", needed=False
        ),
        Setting("lesson-marks", "yes, to read marks of lessons from that day on too", needed=False),
        Setting("address", f"The address of the API, where not {ADDRESS}: it differs by region", needed=False),
        FULL_EVERY,
        *REACHED,
    ),
    lambda said: service_of(said, said.get("address") or ADDRESS),
    lambda said: Bearer(said["token"]),
    _lists,
    PLAN,
    {
        "schools": plain,
        **dict.fromkeys(("subjects", "rooms"), plain),
        "periods": period,
        "codes": code,
        "groups": group,
        "classes": class_,
        "students": student,
        "employees": partial(human, of="employees"),
        "contacts": partial(human, of="contacts"),
        "marks": mark,
        "lesson marks": lesson_mark,
        "lessons": lesson,
    },
    joined,
    Changing(
        frozenset(("students", "employees", "contacts")),
        frozenset(("marks", "lesson marks")),
        lambda said: Listing(f"schools/{said['school']}/deletions", ("data",), PAGES),
        lambda moment: {"updated_after": moment[:19].replace("T", " ")},
    ),
)
