"""When sources are read by themselves: at night, every so often, within certain hours, and later after failures."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, available_timezones

from ..errors import Malformed, Problem, nearest
from ..jobs import Queue
from ..store.kept import Kept
from ..store.kept.feeds import ON, Feed

NIGHTLY = "nightly"

DAY = 24 * 60
"""Minutes of a day."""

NIGHT = 3 * 60
"""When the night's readings begin, in minutes of a day, of sources that may be read at any time."""

SPREAD = 60
"""Over how many minutes they are spread, each source always at the same time, so that they do not begin together."""

JITTER = 0.1
"""By which share of the time between two readings the next one may be later, for the same reason."""

BACK_OFF, LONGEST = 300.0, 6 * 3600.0
"""Seconds to wait after a reading that failed: at first, doubling with each that fails again, and at most."""

PAUSE = 30.0
"""Seconds between two looks at what is due."""

UNITS = {"m": 1, "h": 60, "d": 1440}

LEAST = 5
"""Minutes that have to be between two readings."""


@dataclass(frozen=True)
class Window:
    """The hours in which a source may be read, in minutes of a day; one that ends before it begins is over midnight."""

    begins: int
    ends: int

    @property
    def length(self) -> int:
        """How many minutes it is open."""
        return (self.ends - self.begins) % DAY

    def open(self, minute: float) -> bool:
        """Whether it is open at a minute of a day."""
        return (minute - self.begins) % DAY < self.length

    def __str__(self) -> str:
        return "-".join(f"{at // 60:02}:{at % 60:02}" for at in (self.begins, self.ends))


@dataclass(frozen=True)
class Schedule:
    """When a source is read by itself: all of it every night, what changed every so many minutes, or both.

    It is read within a window only, where there is one. Times of day are those of a zone.
    """

    nightly: bool = False
    minutes: int = 0
    window: Window | None = None
    zone: str = "UTC"

    @classmethod
    def of(cls, kept: str) -> Schedule:
        """A schedule as the store keeps it."""
        nightly, minutes, within, zone = False, 0, None, "UTC"
        for word in kept.split():
            name, _, value = word.partition("=")
            nightly |= word == NIGHTLY
            minutes = int(word) if word.isdecimal() else minutes
            within = window(value) if name == "within" else within
            zone = value if name == "zone" else zone
        return cls(nightly, minutes, within, zone)

    def kept(self) -> str:
        """The same as the store keeps it; blank where a source is read when its data is asked for, at any time."""
        within = f"within={self.window}" if self.window else ""
        zone = f"zone={self.zone}" if self.zone != "UTC" else ""
        words = (NIGHTLY if self.nightly else "", str(self.minutes or ""), within, zone)
        return " ".join(word for word in words if word)

    def __str__(self) -> str:
        between = f"what changed {_so_often(self.minutes)}" if self.nightly else _so_often(self.minutes)
        often = [NIGHTLY if self.nightly else "", between if self.minutes else ""]
        said = ", ".join(one for one in often if one) or "when its data is asked for"
        zone = f" ({self.zone})" if self.zone != "UTC" or self.window else ""
        return said + (f", {self.window} only" if self.window else "") + zone

    def open(self, now: float) -> bool:
        """Whether the source may be read at a moment (seconds since 1970)."""
        return self.window is None or self.window.open(self._minute(now))

    def night(self, name: str, now: float) -> float:
        """When a source of a name was last to be read at night, or is to be this minute."""
        begins, length = (self.window.begins, self.window.length) if self.window else (NIGHT, SPREAD)
        minute = (begins + _place(name) * min(length, SPREAD)) % DAY
        return now - (self._minute(now) - minute) % DAY * 60

    def again(self, name: str, last: float) -> float:
        """When a source of a name that was last read at a moment is to be read again between two nights."""
        return last + self.minutes * 60 * (1 + JITTER * _place(f"{name}/{last}"))

    @property
    def longest(self) -> float:
        """Seconds after which what was read is out of date; 0 where nothing says so."""
        return (self.minutes * 60 if self.minutes and not self.window else DAY * 60) if self.regular else 0

    @property
    def regular(self) -> bool:
        """Whether the source is read without being asked for."""
        return self.nightly or bool(self.minutes)

    def _minute(self, now: float) -> float:
        local = datetime.fromtimestamp(now, ZoneInfo(self.zone))
        return local.hour * 60 + local.minute + local.second / 60


def _so_often(minutes: int) -> str:
    unit = next(unit for unit in reversed(UNITS) if minutes % UNITS[unit] == 0)
    return f"every {minutes // UNITS[unit]}{unit}"


def every(words: str) -> int:
    """The minutes that words such as `30m`, `2h` or `1d` mean; `never` is 0. Raises `Malformed` for others."""
    if words == "never":
        return 0
    number, unit = words[:-1], words[-1:]
    minutes = int(number) * UNITS[unit] if words.isascii() and number.isdecimal() and unit in UNITS else 0
    if minutes < LEAST:
        raise Malformed(
            Problem("every", f"{words!r} is not a time", f"such as 30m, 2h, 1d or never; at least {LEAST}m")
        )
    return minutes


def window(words: str) -> Window | None:
    """The hours that words such as `20:00-06:00` mean; `always` is none. Raises `Malformed` for others."""
    if words == "always":
        return None
    try:
        begins, ends = (datetime.strptime(one, "%H:%M") for one in words.split("-"))
        found = Window(begins.hour * 60 + begins.minute, ends.hour * 60 + ends.minute)
    except ValueError:
        found = Window(0, 0)
    if not found.length:
        raise Malformed(Problem("within", f"{words!r} is not a time of day", "such as 20:00-06:00, or always"))
    return found


def zone(name: str) -> str:
    """The name of a time zone, if there is one. Raises `Malformed` otherwise."""
    known = available_timezones()
    if name not in known:
        raise Malformed(Problem("zone", f"{name!r} is not a time zone", nearest(name, known) or "as Europe/London"))
    return name


def in_words(schedule: str) -> str:
    """A schedule that the store keeps, as people say it."""
    return str(Schedule.of(schedule))


def back_off(failed: int) -> float:
    """Seconds to wait after so many readings that failed, one after the other."""
    return min(LONGEST, BACK_OFF * 2.0 ** min(failed - 1, 20)) if failed else 0.0


@dataclass(frozen=True)
class Past:
    """What came of the readings of a source: when the last one began, and when those ended that failed since one went
    well; moments in seconds since 1970."""

    last: float | None = None
    failed: tuple[float, ...] = ()

    @property
    def resumes(self) -> float:
        """The moment before which it is not read by itself again."""
        return self.failed[-1] + back_off(len(self.failed)) if self.failed else 0.0


def past(kept: Kept, feed: Feed) -> Past:
    """What came of the readings of a source, as far as they are remembered."""
    runs = kept.feeds.runs(feed.district, feed.source, 1)
    failed = kept.feeds.failing(feed.district, feed.source)
    return Past(seconds(runs[0].started) if runs else None, tuple(map(seconds, failed)))


def seconds(moment: str) -> float:
    """A moment (UTC) in seconds since 1970."""
    return datetime.fromisoformat(moment).replace(tzinfo=UTC).timestamp()


WHOLE, CHANGES, EITHER = "whole", "changes", "either"
"""How a source is to be read: all of it, what changed if it can say so, or as its settings say."""


def due(feed: Feed, before: Past, now: float) -> str:
    """How a source has to be read at a moment; blank where it has not."""
    schedule, name = Schedule.of(feed.schedule), f"{feed.district}/{feed.source}"
    if not schedule.regular or feed.state != ON or not schedule.open(now) or now < before.resumes:
        return ""
    often = CHANGES if schedule.nightly else EITHER
    if before.last is None or before.failed:
        # Among what failed may have been the night's reading.
        return WHOLE if schedule.nightly else EITHER
    if schedule.nightly and before.last < schedule.night(name, now):
        return WHOLE
    return often if schedule.minutes and now >= schedule.again(name, before.last) else ""


class Schedules:
    """Has sources read when it is time: each becomes a job, so what is due is not lost when the hub stops."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.clock = clock
        self._looked = float("-inf")

    def __call__(self, queue: Queue) -> None:
        """Look at what is due, now and then."""
        now = self.clock()
        if now < self._looked + PAUSE:
            return
        self._looked = now
        for feed in queue.store.kept.feeds.every():
            if feed.schedule and (how := due(feed, past(queue.store.kept, feed), now)):
                _add(queue, feed, {WHOLE: False, CHANGES: True}.get(how))


def _add(queue: Queue, feed: Feed, changes: bool | None) -> None:
    key = f"{feed.district}/{feed.source}"
    if not queue.pending("sync", key):
        queue.add("sync", {"district": feed.district, "source": feed.source, "changes": changes}, key=key)


def _place(name: str) -> float:
    """Where a name is among all, from 0 to 1."""
    return zlib.crc32(name.encode()) / 2**32
