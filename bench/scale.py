"""`python -m bench.scale`: what a hub takes of more and more schools, to be told by the school.

Each point is so many schools at a size, as `100@0.1` for a hundred at a tenth: the invented trusts of the demo, all of
which granted one app everything. The same questions are asked at the same school each time. `--write` keeps what was
measured in bench/scale.json, beside what was measured before of other points, and
tells of it in docs/growth.md and its picture.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from rollbook.consent import Desk
from rollbook.store.sqlite import Store

from . import servers
from .callers import make_callers
from .endpoints import spelled
from .importing import Cost, roster, run_measured, write_roster
from .looking import look
from .plot import drawn
from .schools import PARTY, Measured
from .servers import Server

HERE = Path(__file__).parent
KEPT, PICTURE = HERE / "scale.json", HERE.parent / "docs" / "pictures" / "growth.svg"

PAGE, BEGINS, ENDS = HERE.parent / "docs" / "growth.md", "<!-- measured -->", "<!-- until here -->"

ASKED = {
    "one student, another each time": "one student, ms",
    "all students of a school": "all students, ms",
    "groups of a school": "groups, ms",
    "nothing has changed": "no change, ms",
    "100 students of Ed-Fi": "100 of Ed-Fi, ms",
    "100 people of Edlink": "100 of Edlink, ms",
    "100 users of OneRoster": "100 of OneRoster, ms",
}
"""The questions, and what the page calls them."""

POINTS = ("3@0.1", "10@0.1", "100@0.1", "500@0.01", "3@1", "10@1")
IMPORTED = 1_000
"""Students of the roster that is imported into the hub."""

TIMES = 9
"""How often a question is asked; the middle of the processor times counts."""

MB = 1e6


@dataclass(frozen=True)
class Point:
    """What a hub of so many schools takes: sizes in MB, processor times in seconds unless they say ms."""

    schools: int
    size: float
    students: int
    rows: int
    day: str
    file: float
    build: float
    start: float
    served: float
    """Memory of the server's own when it has answered everything, pages of the file left out."""
    imported: float
    import_memory: float
    backup: float
    backup_file: float
    backup_memory: float
    asked: dict[str, float]
    """Milliseconds of the server's processor for each question, when something was written before and when not."""


def main() -> None:
    """Measure the points that are asked for, one after the other."""
    parser = argparse.ArgumentParser(prog="python -m bench.scale", description=__doc__)
    parser.add_argument("points", nargs="*", default=POINTS, metavar="SCHOOLS@SIZE")
    parser.add_argument("--write", action="store_true", help="keep what was measured, and draw it")
    asked = parser.parse_args()
    found = [_measured(point) for point in asked.points]
    if asked.write:
        keep(found)


def _measured(point: str) -> Point:
    schools, _, size = point.partition("@")
    with TemporaryDirectory(prefix="rollbook-scale-") as place:
        found = measure(Path(place), int(schools), float(size or 1))
    print(json.dumps(asdict(found)), flush=True)
    return found


def keep(found: list[Point]) -> None:
    """Lay what was measured over what was kept, and draw all of it."""
    known: list[dict[str, Any]] = json.loads(KEPT.read_text()) if KEPT.exists() else []
    points = {(one["schools"], one["size"]): one for one in [*known, *map(asdict, found)]}
    rows = [points[key] for key in sorted(points, key=lambda key: (key[1], key[0]))]
    KEPT.write_text(json.dumps(rows, indent=1) + "\n")
    PICTURE.write_text(drawn(rows))
    before, _, rest = PAGE.read_text().partition(BEGINS)
    PAGE.write_text(f"{before}{BEGINS}\n{table(rows)}\n{ENDS}{rest.partition(ENDS)[2]}")


def table(rows: list[dict[str, Any]]) -> str:
    """What was measured, as the page shows it."""
    heads = [
        "schools",
        "size",
        "students",
        "file, MB",
        "start, s",
        "memory, MB",
        "import, s",
        "backup, s",
        *ASKED.values(),
    ]
    lines = ["| " + " | ".join(heads) + " |"]
    lines.append("|---:" * len(heads) + "|")
    for row in rows:
        facts = [
            row["schools"],
            f"{row['size']:g}",
            f"{row['students']:,}",
            f"{row['file']:.0f}",
            f"{row['start']:.1f}",
        ]
        facts += [f"{row['served']:.0f}", f"{row['imported']:.1f}", f"{row['backup']:.1f}"]
        lines.append("| " + " | ".join(map(str, [*facts, *(f"{row['asked'][what]:.1f}" for what in ASKED)])) + " |")
    return "\n".join(lines)


def measure(place: Path, schools: int, size: float) -> Point:
    """One point."""
    data = place / "data"
    built = _processor(lambda: subprocess.run([sys.executable, "-c", BUILD, data, str(schools), str(size)], check=True))
    first = _opened(data)
    with Store(data) as store:
        students, rows = _counted(store)
    took = _file(data)
    with servers.rollbook(data) as server:
        start = server.cpu()
        asked = dict(_questions(server, data, first))
        served = server.status("RssAnon") / MB
    backup = run_measured("-m", "bench.rollbook_command", "backup", str(place / "backups"), "--data", str(data))
    (copy,) = (place / "backups").glob("*")
    imported = _imported(place, data)
    return Point(
        schools=schools,
        size=size,
        students=students,
        rows=rows,
        day=date.today().isoformat(),
        file=took / MB,
        build=built,
        start=start,
        served=served,
        imported=imported.processor,
        import_memory=imported.megabytes,
        backup=backup.processor,
        backup_file=copy.stat().st_size / MB,
        backup_memory=backup.megabytes,
        asked=asked,
    )


BUILD = """
import sys
from rollbook import demo
from rollbook.store.sqlite import Store
with Store(sys.argv[1]) as store:
    demo.build(store, schools=int(sys.argv[2]), size=float(sys.argv[3]))
"""


def _processor(act: Callable[[], object]) -> float:
    """Seconds of a processor that the programs that something starts take."""

    def used() -> float:
        spent = resource.getrusage(resource.RUSAGE_CHILDREN)
        return spent.ru_utime + spent.ru_stime

    before = used()
    act()
    return used() - before


def _file(data: Path) -> int:
    return sum(file.stat().st_size for file in data.rglob("*") if file.is_file())


def _opened(data: Path) -> Measured:
    """The first school, and what an app needs to which all schools granted everything."""
    with Store(data) as store:
        desk = Desk(store)
        app, _ = desk.apps.add(PARTY)
        secrets = {one.estab: desk.grants.authorise(app, one.estab, ["all"])[1] for one in desk.schools.all()}
        estab = "9994001"
        district, school, _ = desk.schools.find(estab)
        ((students,),) = look(
            store, "SELECT count(*) FROM student s JOIN school o ON o.key = s.school WHERE o.id = ?", (school,)
        )
    return Measured(estab, district, students, secrets[estab])


def _counted(store: Store) -> tuple[int, int]:
    """How many students there are, and how many rows of all kinds."""
    ((students,),) = look(store, "SELECT count(*) FROM student")
    tables = look(store, "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
    return students, sum(look(store, f'SELECT count(*) FROM "{name}"')[0][0] for (name,) in tables)


def _questions(server: Server, data: Path, school: Measured) -> Iterator[tuple[str, float]]:
    """Milliseconds of the server's processor for each of the same questions, in the middle."""
    callers = make_callers(data, replace(school, students=0))
    xporter, at = servers.sign_in(server, school), f"/api/v1/School/{school.estab}"
    ones = [f"{at}/Students?id={9919 + number}" for number in range(TIMES + 2)]
    asked: dict[str, tuple[str, list[str]]] = {
        "one student, another each time": (xporter, ones),
        "all students of a school": (xporter, [spelled(f"{at}/Students") for _ in range(TIMES + 2)]),
        "groups of a school": (xporter, [spelled(f"{at}/Groups") for _ in range(TIMES + 2)]),
        "nothing has changed": (xporter, [_unchanged(server, xporter, at)] * (TIMES + 2)),
        "100 students of Ed-Fi": (callers.headers["edfi"], _offsets("/edfi/data/v3/ed-fi/students?limit=100&offset=")),
        "100 people of Edlink": (callers.headers["edlink"], _offsets("/api/v2/graph/people?$first=", 90)),
        "100 users of OneRoster": (
            callers.headers["oneroster"],
            _offsets("/ims/oneroster/rostering/v1p2/users?limit=100&offset="),
        ),
    }
    for what, (token, paths) in asked.items():
        yield what, _middle(server, token, paths)


def _offsets(path: str, base: int = 0) -> list[str]:
    return [f"{path}{base + number}" for number in range(TIMES + 2)]


def _unchanged(server: Server, token: str, at: str) -> str:
    path = f"{at}/Students?changedRows="
    with server.wire(token) as wire:
        return path + wire.json(f"{path}%2A")["__changedRows__"][0]["NextChangedRows"]


def _middle(server: Server, token: str, paths: list[str]) -> float:
    taken: list[float] = []
    with server.wire(token) as wire:
        for path in paths:
            before = server.answering()
            wire.time(path)
            taken.append(server.answering() - before)
    # The first two compile the question.
    return 1000 * median(taken[2:])


def _imported(place: Path, data: Path) -> Cost:
    """What it takes to import a roster into a hub that holds all these schools."""
    write_roster(place / "roster", roster(IMPORTED))
    words = ("import", "oneroster-csv", str(place / "roster"), "--data", str(data))
    return run_measured("-m", "bench.rollbook_command", *words)


if __name__ == "__main__":
    main()
