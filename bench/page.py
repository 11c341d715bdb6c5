"""The page docs/performance.md: the latest table, how it came about, and where it falls short."""

from __future__ import annotations

import os
from datetime import UTC, datetime

from .report import Line, machine, markdown

HOW = """\
## How it is measured

Everything runs on one machine. Each server is a separate process with one worker, with authentication and consent on.
In each round every server is measured within the same minute, with one request after the other over one connection that
is kept alive. A figure is the median of the rounds' medians, from sending a request to receiving the
last byte of its answer (*first byte*: the first byte of its content). Ratios are of speed: 25 means that Rollbook is 25
times as fast; 0.35 of bare sockets means that it takes not quite three times as long as sending bytes that are ready.
Other work on the machine affects all columns, so trust ratios more than times.

- **Rollbook** is `rollbook serve` over two invented schools in one data directory, every column of every student
  filled, one student in ten changed since being made. The app holds all scopes.
- **Bare sockets** are the limit: a loop, a thread for each connection, that sends the very bytes that Rollbook sent,
  headers included, from memory. For imports the limit is a loop that reads the CSV files with `csv.reader` and puts
  the rows as they are into SQLite with `executemany`. For writes it is the disk: how many rows a bare loop can commit
  to SQLite each second, one at a time, as durably as both servers do (write-ahead log, `synchronous = FULL`).
- **FastAPI** is what a school's developer would write instead: FastAPI, SQLAlchemy and Pydantic on SQLite, the same
  rows, indexes for every question asked, relations joined, a bearer token looked up in the database, a Pydantic model
  for the columns that the scopes show, uvicorn with uvloop and httptools. It has less work to do: dates stay texts,
  row hashes are stored and not computed, and the answer does not pass through FastAPI's own second validation. Before
  anything is measured, its answers are compared with Rollbook's: every column, thirty columns, one student; then
  every answer of the other dialects, and what both tell of the same cohort and its students, written twice.
- **Cold** means that Rollbook reads, guards and renders every row: another process has just changed a student of
  the school, or the student was not asked for before. **Warm** means that nothing was written since the
  same app asked the same: Rollbook then answers from memory, after it has made sure of the token, the grant and the
  state of the records. FastAPI caches no answers, like most such servers. Answers above 16 MB are never cached, so
  the large school's are always cold.
- **The client** is a blocking socket that counts bytes and looks for the end of the answer; it parses nothing.
- **Extra memory** is the peak during the first long answer of a freshly started server (`VmHWM`, reset before) less
  what it had before. Pages of the database file that the system maps are counted, though it may take them back at
  any moment; the line below it leaves them out (`RssAnon`).
- **Server time** is the time for which the server's threads were on a processor, HTTP included, by request.
- **changedRows** is compared with the usual `updated_since` over an index. That answers less: it finds neither
  rows that are gone nor changes in joined and computed columns, and two writes in one millisecond can be missed.
- **Ed-Fi students** are a page of documents as `GET /ed-fi/students?limit=500` gives it, and one of them by its id; for
  an app to which the small school granted all scopes. FastAPI is spared the etags.
- **Edlink people** are all people of the small school's district in one answer (`$first=1000`), with demographics,
  address, identifiers, roles and schools. FastAPI reads students, staff and contacts of its people as Rollbook does.
- **OneRoster users** are the students of the small school in one answer (`/schools/{sourcedId}/students?limit=1000`),
  with their roles, ids and organisations.
- **Beside Xporter's students** is the server's time for a list after a change of one of its people, and that for
  as many students with as many columns as a row of the list has values, after such a change, by turns.
- **Pages by cursor** are asked for one after the other, at the beginning and at the end of very many places of students
  in one cohort, by turns, none twice. `--deep 7000000` makes so many of them.
- **Research cohorts** are the cohorts of a researcher's project, one for each form of the small school, with all their
  subjects (`include[]=subjects.*`): its students, under pseudonyms, as far as the school's grant lets them be seen.
- **Ed-Fi writes** are POSTs of new documents, each found or made by its natural key after its references and
  descriptors were checked, each in a commit of its own: cohorts, and places of the small school's students in one
  cohort (studentCohortAssociations). Both servers wait for the disk once a row (`fdatasync`) before they answer.
  *Plain connections* are kept alive, and each sends one request after the other. What several of them write at the same
  time, Rollbook brings to the disk at once.
  `lightbeam send` is that client as published (0.1.12, eight connections), from its start to its end. Where both are
  far below the disk's commits, the limit is the server's one processor: *server time* is how much of it a row takes.
- **Xporter's endpoints** are measured on `rollbook demo`'s own secondary at its full size, with only the required
  parameters, and no answer is in memory, though rows of it may be. The largest requests are measured in the same way;
  their bare sockets send the same bytes. The 100,000 assessment results are added to the school's own. *Just after a
  write that they show*: another process has changed a mark, a result or a cover before each request.
- **The ledger** is measured on two servers over copies of one data directory, by turns: `rollbook serve`, and the same
  without a ledger. The figure is how long the answering threads are on a processor: a quarter of the requests take
  less. The time that the worker takes within the next second to fold the journal is given beside it. The year
  is written and folded as a server does it: every half hour each app asks for every list, seven of ten for the whole
  school (of which one child in 200 changes each week) and three for forty children who are others each time; and each
  looks up a hundred single children a day.
- **Readers beside something else** are eight connections, each of which asks for another student every 25 milliseconds,
  whatever became of its last request: a wait counts from when the request was due, and the first second does not count.
  Every student was asked for before.
  The lock is held by another process, and a request to write waits for it. The import is `rollbook import` of a
  OneRoster roster, about ten rows for each student, into the data directory that is served. The slow client reads 64 KB
  of the large school's answer twenty times a second. Readers, hub and import share the machine's processors.
- **In PostgreSQL** is the same hub with its records in a PostgreSQL database on the same machine, over a local socket,
  asked by turns with the hub over files. The ratio is of speed: 0.5 means that it takes twice as long. *At once* are
  so many connections, each of which sends one request after the other. Each statement goes to another process and back,
  which takes the longer the busier the machine is.
- **Imports** are the whole command, interpreter start included, into a new data directory (`all new`), then again
  with the same files (`unchanged`), then a delta. Rows are those of the CSV files. The ratio is of seconds of a
  processor.

Run it yourself: `make bench`, or `python -m bench` (about ten minutes), `python -m bench --quick`
to see that it runs, `--only one` for a part, `--write` to renew this page. `make clients` installs lightbeam;
without it the bench says so and continues.
"""


WHY = """\
## The slowest endpoints, and why

Endpoints that take more than 50 ms by default, or nearly, read tens of thousands of rows for a short answer, or return
many:

- `HistoricalAttendanceSummary` and `AttendanceSummary` read about a dozen registers a student and year instead of 400
  marks. The thirty numbers of a row are made once for each text of marks, which takes as long as reading it; after a
  write the rows that moved are read anew.
- `AttStatsByWeek` reads registers too, and looks up whether each week has a mark; after a write all weeks are read
  anew. Its statement takes 14 ms for 2,001 rows, 7 of them for rows with neither registers nor marks.
  `AttendanceForDateRange` grows with the number of days requested; two weeks have 20,000 marks.
- `TimetableModel` is the whole year: 38,000 rows, 4 MB. Those of which nothing has moved come from memory.
- `PriorAttainment` is 10,400 rows with three look-ups each, in the order of the record; after a write the rows that
  moved are read anew, and the order only if one has come or gone.

The cost of the ledger is what stands beside each row to tell of whom it is: SQLite returns it, and sorts with it. With
a hub id of 36 characters, this took a sixth of a microsecond; with a key it has not been measured. It is noticeable
where rows are short and many.

"""


def page(lines: list[Line]) -> str:
    """The page for a whole run."""
    return (
        "# Performance\n\n"
        "Measured by `python -m bench` and compared with bare sockets, which are the limit, and with what a school's"
        f" developer would write instead. `python -m bench --write` writes this page.\n\n"
        f"Machine: {machine()}. Date: {datetime.now(UTC):%Y-%m-%d}. {_busy()}\n\n"
        f"{markdown(lines)}\n\n{_shortfalls(lines)}\n{WHY}{HOW}"
    )


def _busy() -> str:
    """How busy the machine was; the bench itself keeps one to one and a half processors at work."""
    load, cores = os.getloadavg()[1], os.cpu_count() or 1
    said = f"In the last five minutes {load:.1f} processes wanted a processor"
    return f"{said}: others were at work too, so times are longer than they need be." if load > cores else f"{said}."


def _shortfalls(lines: list[Line]) -> str:
    short = [line for line in lines if line.met is False]
    if not short:
        return "## Where it falls short\n\nEvery aim was met in this run.\n"
    listed = "\n".join(f"- {line.what}: {_reached(line)}; the aim is {line.aim}." for line in short)
    return f"## Where it falls short\n\n{listed}\n"


def _reached(line: Line) -> str:
    ratios = [f"{line.to_sockets:.2f} of bare sockets"] if line.to_sockets is not None else []
    ratios += [f"{line.to_fastapi:.1f} times FastAPI"] if line.to_fastapi is not None else []
    return ", ".join([line.rollbook, *ratios])
