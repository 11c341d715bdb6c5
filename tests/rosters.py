"""Small invented OneRoster rosters, written as folders or ZIPs: the demo's, with more that a roster may hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from rollbook.demo import roster as sample
from rollbook.demo.roster import Roster, Rows, enrolment, files, gradebook, in_1_2, zipped
from rollbook.ingest.conformance import Samples

__all__ = ["Roster", "Rows", "enrolment", "files", "folder", "gradebook", "roster", "samples", "student", "version_1_2"]
__all__ += ["without", "without_contacts", "zipped"]


def roster() -> Roster:
    """The demo's roster in 1.1, with passwords, which no hub may keep, and a column that no standard knows."""
    tables = sample.roster()
    users = [_with_more(row) if row["role"] == "student" else row for row in tables["users"]]
    return tables | {"users": users}


def student(key: str, number: int, school: str) -> dict[str, str]:
    """A student in users.csv."""
    return _with_more(sample.student(key, number, school))


def _with_more(row: dict[str, str]) -> dict[str, str]:
    locker = {"metadata.locker": "locker-1"} if row["identifier"] == "910001" else {}
    return row | locker | {"password": "hunter2"}


def version_1_2() -> Roster:
    """The same district in 1.2, with gradebooks and resources."""
    return in_1_2(roster() | gradebook())


def folder(path: Path, tables: Mapping[str, Rows], version: str = "1.1", **modes: str) -> Path:
    """Write a roster as a folder."""
    path.mkdir(parents=True, exist_ok=True)
    for name, text in files(tables, version, **modes).items():
        (path / name).write_text(text)
    return path


def without(tables: Roster, *students: str) -> Roster:
    """A roster without some students and all that speaks of them."""
    gone, names = set(students), ("sourcedId", "userSourcedId", "studentSourcedId")
    return {
        name: [row for row in rows if not {row.get(column, "") for column in names} & gone]
        for name, rows in tables.items()
    }


def without_contacts() -> Roster:
    """The roster without the parent, whom nobody else could know again where a system gives contacts no number."""
    tables = without(roster(), "p")
    return tables | {"users": [{**row, "agentSourcedIds": ""} for row in tables["users"]]}


def samples(path: Path, make: Callable[[], Roster] = roster, version: str = "1.1") -> Samples:
    """The states of a roster that conformance asks for."""
    altered, dangling = make(), make()
    altered["users"][0]["familyName"] = "Nettlebed"
    dangling["enrollments"][0]["userSourcedId"] = "nobody"
    most = without(make(), *(f"s{n}" for n in range(3, 13)))
    return Samples(
        whole=folder(path / "whole", make(), version),
        fewer=folder(path / "fewer", without(make(), "s2"), version),
        altered=folder(path / "altered", altered, version),
        shrunk=folder(path / "shrunk", most, version),
        dangling=folder(path / "dangling", dangling, version),
        extra="locker-1",
    )
