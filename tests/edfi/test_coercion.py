"""Values as clients send them, and what becomes of them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollbook.edfi.coercion import Wrong, coerce, empty
from rollbook.edfi.schema import Boolean, Date, Descriptor, Integer, Moment, Number, Property, Text, Time

TEXT = Text("cohortIdentifier", "", 36)
WORD = Descriptor("cohortTypeDescriptor", "", "CohortType")
INTEGER = Integer("schoolId", "", bits=64)
NUMBER = Number("availableCredits", "", 0, 10)
BOOLEAN = Boolean("studentRecordAccess", "")
DATE = Date("beginDate", "")
TIME = Time("startTime", "")
MOMENT = Moment("administrationDate", "")


@pytest.mark.parametrize(
    ("one", "sent", "taken"),
    [
        (TEXT, "Study Hall", "Study Hall"),
        (TEXT, 1, "1"),
        (TEXT, 30.27, "30.27"),
        (WORD, "uri://ed-fi.org/CohortTypeDescriptor#Field Trip", "uri://ed-fi.org/CohortTypeDescriptor#Field Trip"),
        (INTEGER, 255901107, 255901107),
        (INTEGER, "255901107", 255901107),
        (INTEGER, " 255901107 ", 255901107),
        (INTEGER, 255901107.0, 255901107),
        (INTEGER, "-1", -1),
        (NUMBER, "0.5", 0.5),
        (NUMBER, "1", 1),
        (NUMBER, 1, 1),
        (BOOLEAN, True, True),
        (BOOLEAN, "True", True),
        (BOOLEAN, "false", False),
        (BOOLEAN, 0, False),
        (BOOLEAN, "1", True),
        (DATE, "2026-09-14", "2026-09-14"),
        (DATE, "2026-9-4", "2026-09-04"),
        (DATE, "9/14/2026", "2026-09-14"),
        (DATE, "5/1/2009 12:00:00 AM", "2009-05-01"),
        (DATE, "2009-05-01T00:00:00", "2009-05-01"),
        (DATE, "2009-05-01T00:00:00.000Z", "2009-05-01"),
        (DATE, "2009-05-01 00:00:00+01:00", "2009-05-01"),
        (TIME, "08:45:00", "08:45:00"),
        (TIME, "08:45", "08:45:00"),
        (TIME, "8:45:00", "08:45:00"),
        (MOMENT, "2026-09-14T08:45:00Z", "2026-09-14T08:45:00Z"),
        (MOMENT, "2026-09-14T08:45:00-05:00", "2026-09-14T13:45:00Z"),
        (MOMENT, "2026-09-14T08:45:00", "2026-09-14T08:45:00Z"),
        (MOMENT, "2026-09-14", "2026-09-14T00:00:00Z"),
    ],
)
def test_a_value_becomes_what_is_due(one: Property, sent: Any, taken: Any) -> None:
    made = coerce(one, sent)
    assert made == taken
    assert type(made) is type(taken)


@pytest.mark.parametrize(
    ("one", "sent", "said"),
    [
        (TEXT, True, "must be a string"),
        (TEXT, ["1"], "must be a string"),
        (TEXT, 1e300, "must be a string"),
        (INTEGER, "12A", "must be a whole number"),
        (INTEGER, 1.5, "must be a whole number"),
        (INTEGER, True, "must be a whole number"),
        (INTEGER, float("inf"), "must be a whole number"),
        (INTEGER, "१", "must be a whole number"),
        (INTEGER, {}, "must be a whole number"),
        (NUMBER, "half", "must be a number"),
        (NUMBER, float("nan"), "must be a number"),
        (NUMBER, False, "must be a number"),
        (BOOLEAN, "yes", "must be true or false"),
        (BOOLEAN, 2, "must be true or false"),
        (DATE, "14/9/2026", "must be a date that there is"),
        (DATE, "2026-02-30", "must be a date that there is"),
        (DATE, "0000-01-01", "must be a date that there is"),
        (DATE, "September 14", "must be a date, written yyyy-MM-dd"),
        (DATE, 20260914, "must be a date, written yyyy-MM-dd"),
        (TIME, "quarter past", "must be a time, written HH:mm:ss"),
        (MOMENT, "this morning", "must be a moment, written yyyy-MM-ddTHH:mm:ssZ"),
        (MOMENT, "2026-02-30T08:45:00Z", "must be a moment, written yyyy-MM-ddTHH:mm:ssZ"),
        (MOMENT, "0001-01-01T00:00:00+05:00", "must be a moment, written yyyy-MM-ddTHH:mm:ssZ"),
        (MOMENT, 1789375500, "must be a moment, written yyyy-MM-ddTHH:mm:ssZ"),
    ],
)
def test_what_cannot_become_it_is_told(one: Property, sent: Any, said: str) -> None:
    with pytest.raises(Wrong, match=f"^{said}$"):
        coerce(one, sent)


@pytest.mark.parametrize("said", [None, "", "  ", [], {}])
def test_what_says_nothing_is_as_good_as_left_out(said: Any) -> None:
    assert empty(said)


@pytest.mark.parametrize("said", [0, False, 0.0, "0", [None], {"schoolId": None}])
def test_zero_and_false_say_something(said: Any) -> None:
    assert not empty(said)


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@given(value=_json, one=st.sampled_from([TEXT, WORD, INTEGER, NUMBER, BOOLEAN, DATE, TIME, MOMENT]))
def test_a_coerced_value_stays_what_it_is(value: Any, one: Property) -> None:
    try:
        made = coerce(one, value)
    except Wrong:
        return
    assert coerce(one, made) == made
