"""Importing measured: an invented OneRoster roster, all new, unchanged, and one row changed, beside a bare loop."""

from __future__ import annotations

import csv
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from statistics import median
from subprocess import DEVNULL
from tempfile import TemporaryDirectory, TemporaryFile
from time import perf_counter
from typing import NamedTuple

from .report import Line, time_text

HERE = Path(__file__).parent.parent
AIM_NEW, AIM_UNCHANGED, AIM_DELTA = 30_000, 15_000, 1.0
"""Rows a second, and the seconds that a delta of one row may take."""

MOST, MOST_DELTA = 400, 200
"""Megabytes that an import may take, and one of a delta of one row."""

FIRST = ("Ada", "Brook", "Cleo", "Dara", "Ellis", "Fern", "Gray", "Hollis", "Indra", "Jules", "Kit", "Lark", "Moss")
LAST = ("Abbess", "Birch", "Cairn", "Dale", "Elder", "Fennel", "Garth", "Heath", "Iver", "Juniper", "Keld", "Linden")
LESSONS = 7
"""Classes that each student is in."""

Rows = list[dict[str, str]]


def roster(students: int) -> dict[str, Rows]:
    """A district of four schools with about ten rows for each student."""
    schools = [f"school-{n}" for n in range(4)]
    people = [(f"s-{n:06}", schools[n % 4], n) for n in range(students)]
    lessons = max(students // 25, 8)
    return {
        "orgs": [_org("district", "Bench District", "district", "")]
        + [_org(s, f"Bench School {n}", "school", "district") for n, s in enumerate(schools)],
        "academicSessions": [
            _session("year", "Year 2026", "schoolYear", "2026-08-15", "2027-06-10", ""),
            _session("autumn", "Autumn", "term", "2026-08-15", "2026-12-18", "year"),
        ],
        "courses": [
            {"sourcedId": f"c-{n}", "title": f"Course {n}", "courseCode": f"C{n}", "orgSourcedId": "district"}
            for n in range(40)
        ],
        "classes": [_class(n, schools[n % 4]) for n in range(lessons)],
        "users": [
            *(_user(key, "student", school, n, f"p-{n // 2:06}") for key, school, n in people),
            *(_user(f"t-{n:05}", "teacher", schools[n % 4], n, "") for n in range(lessons)),
            *(_user(f"p-{n:06}", "parent", schools[2 * n % 4], n, "") for n in range((students + 1) // 2)),
        ],
        "enrollments": [
            *(_enrolment(n, k, key, school, lessons) for key, school, n in people for k in range(LESSONS)),
            *(_teaching(n, schools[n % 4]) for n in range(lessons)),
        ],
        "demographics": [
            {"sourcedId": key, "birthDate": f"20{10 + n % 8:02}-0{1 + n % 9}-1{n % 10}"}
            | {"sex": ("female", "male")[n % 2], "white": "true" if n % 3 else "false", "cityOfBirth": "Riverton"}
            for key, _, n in people
        ],
    }


def _org(key: str, name: str, kind: str, parent: str) -> dict[str, str]:
    return {"sourcedId": key, "name": name, "type": kind, "identifier": f"id-{key}", "parentSourcedId": parent}


def _session(key: str, title: str, kind: str, start: str, end: str, parent: str) -> dict[str, str]:
    return {"sourcedId": key, "title": title, "type": kind, "startDate": start, "endDate": end} | {
        "parentSourcedId": parent,
        "schoolYear": "2027",
    }


def _class(number: int, school: str) -> dict[str, str]:
    return {
        "sourcedId": f"k-{number:05}",
        "title": f"Class {number}",
        "grades": f"{number % 12 + 1:02}",
        "courseSourcedId": f"c-{number % 40}",
        "classCode": f"K{number}",
        "classType": "homeroom" if number % 7 == 0 else "scheduled",
        "schoolSourcedId": school,
        "termSourcedIds": "autumn",
        "subjects": "English",
        "subjectCodes": "ENG",
        "periods": f"{number % 6 + 1}",
    }


def _user(key: str, role: str, school: str, number: int, parent: str) -> dict[str, str]:
    return {
        "sourcedId": key,
        "enabledUser": "true",
        "orgSourcedIds": school,
        "role": role,
        "username": key,
        "givenName": FIRST[number % len(FIRST)],
        "familyName": f"{LAST[number % len(LAST)]}-{number}",
        "identifier": f"91{number:07}",
        "email": f"{key}@bench.example",
        "grades": f"{number % 12 + 1:02}" if role == "student" else "",
        "agentSourcedIds": parent,
    }


def _enrolment(number: int, lesson: int, student: str, school: str, lessons: int) -> dict[str, str]:
    # A class of the student's own school: schools and classes both go round by fours.
    place = (number % 4 + 4 * (number // 4 + 5 * lesson)) % (lessons // 4 * 4)
    return {
        "sourcedId": f"e-{number:06}-{lesson}",
        "classSourcedId": f"k-{place:05}",
        "schoolSourcedId": school,
        "userSourcedId": student,
        "role": "student",
        "beginDate": "2026-08-15",
    }


def _teaching(number: int, school: str) -> dict[str, str]:
    return {
        "sourcedId": f"et-{number:05}",
        "classSourcedId": f"k-{number:05}",
        "schoolSourcedId": school,
        "userSourcedId": f"t-{number:05}",
        "role": "teacher",
        "primary": "true",
    }


def write_roster(folder: Path, tables: dict[str, Rows], mode: str = "bulk") -> int:
    """Write a roster, or a delta, as a folder of OneRoster 1.1 CSV files; gives its number of rows."""
    folder.mkdir(parents=True)
    lines = ["propertyName,value", "manifest.version,1.0", "oneroster.version,1.1"]
    lines += [*(f"file.{name},{mode}" for name in tables), "source.systemName,Bench"]
    (folder / "manifest.csv").write_text("\n".join([*lines, ""]))
    for name, rows in tables.items():
        names = list(dict.fromkeys(["sourcedId", "status", "dateLastModified", *(n for row in rows for n in row)]))
        with (folder / f"{name}.csv").open("w", newline="") as file:
            writer = csv.DictWriter(file, names, restval="")
            writer.writeheader()
            writer.writerows(rows)
    return sum(map(len, tables.values()))


# ---- the limit


def bare_loop(folder: Path, database: Path) -> None:
    """Parse every CSV file, put its rows as they are into a table of texts with a key, in one transaction."""
    with sqlite3.connect(database) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        for file in sorted(folder.glob("*.csv")):
            with file.open(newline="") as opened:
                rows = csv.reader(opened)
                names = next(rows)
                columns = ", ".join(f'"{name}" TEXT' for name in names)
                connection.execute(f'CREATE TABLE IF NOT EXISTS "{file.stem}" ({columns}, PRIMARY KEY ("{names[0]}"))')
                connection.executemany(
                    f'INSERT OR REPLACE INTO "{file.stem}" VALUES ({", ".join("?" * len(names))})', rows
                )
    connection.close()


# ---- measuring


class Cost(NamedTuple):
    """What a command took: seconds, its peak memory in megabytes, and seconds of a processor."""

    seconds: float
    megabytes: float
    processor: float


def measure_import(students: int, rounds: int) -> list[Line]:
    """The whole command, from its start to its end: into a new data directory, once more, and for one changed row."""
    with TemporaryDirectory() as place:
        source, delta, tables = Path(place) / "roster", Path(place) / "delta", roster(students)
        rows = write_roster(source, tables)
        write_roster(delta, {"users": [tables["users"][0] | {"status": "active", "familyName": "Nettlebed"}]}, "delta")
        times = [_round(source, delta, Path(place) / str(n)) for n in range(rounds)]
    full, again, one, bare, bare_one = (_middle(column) for column in zip(*times, strict=True))
    return [
        _line(f"import, {rows:,} rows, all new", rows, full, bare, AIM_NEW),
        _line(f"import, {rows:,} rows, unchanged", rows, again, bare, AIM_UNCHANGED),
        _delta_line(f"import, one row changed of {rows:,}", one, bare_one),
    ]


def _round(source: Path, delta: Path, place: Path) -> tuple[Cost, ...]:
    def imported(path: Path) -> Cost:
        return run_measured(
            "-m", "bench.rollbook_command", "import", "oneroster-csv", str(path), "--data", str(place / "data")
        )

    def copied(path: Path) -> Cost:
        return run_measured("-m", "bench.importing", str(path), str(place / "bare.sqlite"))

    place.mkdir()
    return imported(source), imported(source), imported(delta), copied(source), copied(delta)


def _middle(costs: Iterable[Cost]) -> Cost:
    seconds, megabytes, processor = zip(*costs, strict=True)
    return Cost(median(seconds), median(megabytes), median(processor))


def run_measured(*arguments: str) -> Cost:
    """What a program of Python takes, from its start to its end; raises `RuntimeError` when it fails."""
    # As where it is installed: Python keeps what it has compiled.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    began = perf_counter()
    with TemporaryFile() as said:
        command = [sys.executable, *arguments]
        process = subprocess.Popen(command, stdout=DEVNULL, stderr=said, cwd=HERE, env=environment)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        seconds = perf_counter() - began
        if process.returncode:
            said.seek(0)
            raise RuntimeError(said.read().decode())
    return Cost(seconds, used.ru_maxrss / 1024, used.ru_utime + used.ru_stime)


def _line(what: str, rows: int, own: Cost, bare: Cost, aim: int) -> Line:
    return Line(
        what,
        f"{_told(own)}, {rows / own.seconds:,.0f} rows/s",
        f"{_told(bare)}, {rows / bare.seconds:,.0f} rows/s (csv.reader and executemany)",
        "",
        bare.processor / own.processor,
        None,
        f"{aim:,} rows/s, {MOST} MB",
        rows / own.seconds >= aim and own.megabytes <= MOST,
    )


def _delta_line(what: str, own: Cost, bare: Cost) -> Line:
    return Line(
        what,
        _told(own),
        f"{_told(bare)} (csv.reader and executemany)",
        "",
        bare.processor / own.processor,
        None,
        f"{AIM_DELTA:.0f} s, {MOST_DELTA} MB",
        own.seconds <= AIM_DELTA and own.megabytes <= MOST_DELTA,
    )


def _told(cost: Cost) -> str:
    return f"{time_text(cost.seconds)} ({time_text(cost.processor)} of a processor), {cost.megabytes:,.0f} MB"


if __name__ == "__main__":
    bare_loop(Path(sys.argv[1]), Path(sys.argv[2]))
