"""The academic years, terms and weeks of a school: the days that a request counts from and to."""

from __future__ import annotations

from datetime import date, timedelta

from ...consent import Reader


def years_of(reader: Reader) -> list[tuple[str, str]]:
    """The first and last days of the academic years that have begun at the school, newest first."""
    begun = [(start, end) for kind, start, end in reader.sessions() if kind == "schoolYear" and start <= reader.today]
    return sorted(begun, reverse=True)


def academic_years(reader: Reader) -> dict[str, str | int]:
    """What `_academic_years` says as of the reader's day, worked out once."""
    return reader.once(("academic years", reader.today), lambda: _academic_years(reader))


def _academic_years(reader: Reader) -> dict[str, str | int]:
    """The bounds of this week, this term, this academic year and the one before, as the school's calendar has them,
    the calendar year in which this academic year begins, and the first day of the third year before this one.

    Without a calendar a year begins on 1 September. Before its first term, or between two, the term is the one before;
    in a year without terms it is the year.
    """
    today = reader.today
    years = years_of(reader)
    start, end = years[0] if years else (_september(today), _day_before(_september(today, after=True)))
    last = years[1] if len(years) > 1 else (_september(start, before=True), _day_before(start))
    # Calendars seldom reach back so far; academic years begin on much the same day.
    fourth = years[3][0] if len(years) > 3 else f"{int(start[:4]) - 3}{start[4:]}"
    terms = [(s, e) for kind, s, e in reader.sessions() if kind in ("term", "semester") and start <= s <= today]
    term = max(terms, default=(start, end))
    monday = date.fromisoformat(today) - timedelta(date.fromisoformat(today).weekday())
    return {
        "academic_year": int(start[:4]),
        "year_start": start,
        "year_end": end,
        "last_year_start": last[0],
        "last_year_end": last[1],
        "three_years_before": fourth,
        "term_start": term[0],
        "term_end": term[1],
        "week_start": monday.isoformat(),
        "week_end": (monday + timedelta(6)).isoformat(),
    }


def _september(day: str, *, before: bool = False, after: bool = False) -> str:
    year, month = int(day[:4]), int(day[5:7])
    return f"{year + (1 if after else 0) - (1 if before or month < 9 else 0)}-09-01"


def _day_before(day: str) -> str:
    return (date.fromisoformat(day) - timedelta(1)).isoformat()
