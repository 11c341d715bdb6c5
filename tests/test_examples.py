"""The pages of tests/examples, executed: each request gets the answer that its page shows.

A page belongs to the dialect of its folder, whose `Speaker` says how its requests are signed and what of an answer the
next request may name. `python -m tests.test_examples` writes the answers of today into the pages and keeps what they
leave open (`…`); pages may be named after it.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote

import pytest
from click.testing import CliRunner

from rollbook import cli
from rollbook.app import application
from rollbook.dialects.edlink.catalogue import RESOURCES
from rollbook.dialects.xporter.catalogue import ENDPOINTS
from rollbook.model.people import Person
from rollbook.model.students import Student
from tests.looking import look

from .demo_data import demo_schools
from .hub import BRAMBLESIDE, SAGUARO, THORNFIELD, Answer, Hub
from .research.lab import Lab

EXAMPLES = Path(__file__).parent / "examples"
PAGES = sorted(p for p in EXAMPLES.glob("*/*.md") if p.stem != "README")
APP = "revision.example.org"

_BLOCK = re.compile(r"^```(?P<kind>http|json|sh|text)(?: (?P<status>\d+))?\n(?P<text>.*?)^```$", re.M | re.S)
_STEP = re.compile(r"^> Then (?P<then>.+?)\.$", re.M)
_AFTER = re.compile(r"^> After \[[^\]]+\]\((?P<page>[\w-]+)\.md\)\.$", re.M)
_RENAMED = re.compile(r"the school changes the surname of student (\d+) to (\w+)")
_GONE = re.compile(r"student (\d+) is gone from the school's records")

VARIES = {
    *("TrackingId", "trackingid", "LastUpdated", "RowHash", "token", "expires", "Expires", "SnapshotDate", "DateTime"),
    *("created_date", "updated_date", "date", "integration_id", "application_id"),
    *("$request", "$next", "access_token", "refresh_token"),
    *("_etag", "_lastModifiedDate"),
}
"""Facts that differ from run to run; a page that is written again leaves them open."""


@dataclass(frozen=True)
class Part:
    """A block of a page, or a step between two of them."""

    kind: str
    text: str
    at: int
    end: int
    status: int = 200


def parts(page: str) -> list[Part]:
    """What a page asks, shows and does, in order."""
    found = [Part(m["kind"], m["text"], *m.span("text"), int(m["status"] or 200)) for m in _BLOCK.finditer(page)]
    found += [Part("then", m["then"], *m.span()) for m in _STEP.finditer(page)]
    return sorted(found, key=lambda p: p.at)


def books() -> list[list[Path]]:
    """The pages, those that are read one after another together: a page may say which it comes after."""
    follows = {p.parent / f"{found['page']}.md": p for p in PAGES if (found := _AFTER.search(p.read_text()))}
    return [list(_from(first, follows)) for first in PAGES if first not in follows.values()]


def _from(page: Path | None, follows: dict[Path, Path]) -> Iterator[Path]:
    while page:
        yield page
        page = follows.get(page)


def writes(path: Path) -> bool:
    """Whether a page changes records, so that it needs a hub of its own, which is a small one."""
    said = parts(path.read_text())
    posts = any(p.kind == "http" and p.text.startswith(("POST /api/v1/", "POST /api/Manage/")) for p in said)
    return SPEAKERS[path.parent.name].writes or posts or any(p.kind == "then" for p in said)


def commands(path: Path) -> bool:
    """Whether a page runs commands, which may change consent, so that it needs a hub of its own at full size."""
    return any(p.kind == "sh" for p in parts(path.read_text()))


class Speaker:
    """How a dialect is spoken: what signs a request that brings no `Authorization`, and what is remembered."""

    writes = False
    """Whether its pages change records."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub

    def authorization(self, path: str) -> str:
        """The header that signs a request for a path."""
        raise NotImplementedError

    def heard(self, answer: Answer) -> dict[str, str]:
        """What of an answer the requests after it may name in braces."""
        return {}

    def ran(self, words: list[str], known: dict[str, str]) -> None:
        """A command was run, after which these names are known."""


class Xporter(Speaker):
    """A school's token, that which was given last; the name of a data set, and of what was written back."""

    def __init__(self, hub: Hub) -> None:
        super().__init__(hub)
        self.token = hub.token(app=APP)

    def authorization(self, path: str) -> str:
        return f"Idaas {self.token}"

    def heard(self, answer: Answer) -> dict[str, str]:
        given = answer.json.get("token")
        self.token = given if isinstance(given, str) else self.token
        rows = cast(list[dict[str, str]], answer.json.get("__changedRows__", []))
        results = cast(list[dict[str, Any]], answer.json.get("result", []))
        named = {"NextChangedRows": rows[-1]["NextChangedRows"]} if rows else {}
        return named | ({"ActualId": str(results[-1]["ActualId"])} if results else {})

    def ran(self, words: list[str], known: dict[str, str]) -> None:
        if words[:2] == ["apps", "grant"]:
            self.token = self.hub.desk.tokens.sign_in(words[2], known["schoolSecret"], words[3])[0]


class Edlink(Speaker):
    """An integration's token, or that of the person to whom one was given last; the ids of the first thing shown."""

    def __init__(self, hub: Hub) -> None:
        super().__init__(hub)
        app = hub.app(APP)
        for estab in (THORNFIELD, BRAMBLESIDE):
            hub.desk.grants.authorise(app, estab, ["all"])
        self.token = hub.desk.credentials.add(app, "edlink", district=hub.desk.schools.find(THORNFIELD)[0])[1]
        self.person = ""

    def authorization(self, path: str) -> str:
        return f"Bearer {self.person if path.startswith('/api/v2/my/') else self.token}"

    def heard(self, answer: Answer) -> dict[str, str]:
        data: Any = answer.json.get("$data") or {}
        first = cast(dict[str, Any], next(iter(cast(list[Any], data))) if isinstance(data, list) else data)
        self.person = first.get("access_token", self.person)
        named = {n: str(v) for n, v in first.items() if n == "id" or n.endswith("_id")}
        address = cast(str, answer.json.get("$next", ""))
        return named | ({"next": "/" + address.split("/", 3)[-1]} if address else {})

    def ran(self, words: list[str], known: dict[str, str]) -> None:
        if words[:2] == ["apps", "key"]:
            self.token = known["token"]


class EdFi(Speaker):
    """A key for everything in each demo school, or the token that came last; where documents and the next page are."""

    writes = True

    def __init__(self, hub: Hub) -> None:
        super().__init__(hub)
        self.made: dict[str, list[str]] = {}
        app = hub.app(APP)
        for estab in (THORNFIELD, BRAMBLESIDE, SAGUARO):
            hub.desk.grants.authorise(app, estab, ["all"])
        key, secret = hub.desk.credentials.add(app, "edfi", rights=["EdFiSandbox"])
        self.token = hub.desk.tickets.exchange("edfi", key.key, secret, 86_400)[0]

    def authorization(self, path: str) -> str:
        return f"Bearer {self.token}"

    def heard(self, answer: Answer) -> dict[str, str]:
        where, token = (answer.headers.get(name, "") for name in ("location", "next-page-token"))
        put = self.put("/" + where.split("/", 3)[-1]) if where else {}
        said: Any = answer.json if answer.body else {}
        told = cast(dict[str, Any], said if isinstance(said, dict) else {})
        self.token = told.get("access_token", self.token)
        since = {"since": str(told["newestChangeVersion"] + 1)} if "newestChangeVersion" in told else {}
        return put | since | ({"token": token} if token else {})

    def put(self, where: str) -> dict[str, str]:
        """Where the document written last is, and each that the page has made: `{cohorts.1}` is its first cohort."""
        _, resource, id = where.rsplit("/", 2)
        made = self.made.setdefault(resource, [])
        if where not in made:
            made.append(where)
        return {"Location": where, "id": id, **{f"{resource}.{n}": one for n, one in enumerate(made, 1)}}


class Research(Speaker):
    """A researcher's token; the id of the last thing of each kind that was shown."""

    writes = True

    def __init__(self, hub: Hub) -> None:
        super().__init__(hub)
        self.token = Lab(hub).token("ada")

    def authorization(self, path: str) -> str:
        return f"Bearer {self.token}"

    def heard(self, answer: Answer) -> dict[str, str]:
        shown = {n: cast(dict[str, Any], v) for n, v in answer.json.items() if isinstance(v, dict)}
        return {name: str(value["id"]) for name, value in shown.items() if "id" in value}


SPEAKERS: dict[str, type[Speaker]] = {"xporter": Xporter, "edlink": Edlink, "edfi": EdFi, "research": Research}


class Reading:
    """One page being read, by somebody who does what it says."""

    def __init__(self, hub: Hub, dialect: str) -> None:
        self.hub = hub
        self.known: dict[str, str] = {}
        self.speaker = SPEAKERS[dialect](hub)

    # ---- requests

    def ask(self, text: str) -> Answer:
        """Send an `http` block; the speaker signs it unless it brings its own `Authorization`."""
        head, _, body = self.filled(text).partition("\n\n")
        line, *lines = head.strip().split("\n")
        method, path = line.split(" ", 1)
        headers = {name.lower(): value.strip() for name, _, value in (h.partition(":") for h in lines)}
        headers.setdefault("authorization", self.speaker.authorization(path))
        headers.setdefault("host", "hub.example")
        answer = self.hub.ask(method, quote(path, safe="/?&=%*,$:+"), None, body.strip().encode(), **headers)
        if "location" in answer.headers or answer.headers.get("content-type", "").startswith("application/json"):
            self.known |= self.speaker.heard(answer)
        return answer

    def filled(self, text: str) -> str:
        """The text with what commands and answers gave, such as `{schoolSecret}`."""
        for name, value in self.known.items():
            text = text.replace(f"{{{name}}}", value)
        return text

    # ---- steps

    def run(self, text: str) -> str:
        """Run a `sh` block; a secret that it prints is known from then on, and a new grant gets a new token."""
        printed = ""
        for line in text.replace("\\\n", " ").strip().split("\n"):
            program, *words = shlex.split(self.filled(line))
            assert program == "rollbook", line
            if words[0] == "apps" and words[1] != "person-code":
                self.hub.app(words[2])
            result = CliRunner().invoke(
                cli.main, words, obj=application, env={"ROLLBOOK_DATA": str(self.hub.store.folder), "COLUMNS": "100"}
            )
            assert result.exit_code == 0, result.exception
            printed += result.output
            self.known |= dict(re.findall(r"^(\w+): (\S+)$", result.output, re.M))
            self.speaker.ran(words, self.known)
        return printed

    def then(self, step: str) -> None:
        """Do what a page says that a school did."""
        if found := _RENAMED.fullmatch(step):
            district, _, person = self.student(found[1])
            with self.hub.store.write(district) as batch:
                assert batch.change(Person, person, {"surname": found[2]})
        elif found := _GONE.fullmatch(step):
            district, student, _ = self.student(found[1])
            with self.hub.store.write(district) as batch:
                assert batch.remove(Student, student)
        else:
            raise AssertionError(f"no reader would know how: Then {step}")

    def student(self, mis_id: str) -> tuple[int, str, str]:
        """A student's district, hub id, and the hub id of the human."""
        found = look(
            self.hub.store,
            "SELECT s.district, s.id, s.person FROM student s JOIN school ON school.id = s.school"
            " WHERE s.mis_id = ? AND school.estab = ?",
            (mis_id, THORNFIELD),
        ).fetchone()
        assert found is not None, mis_id
        return cast(tuple[int, str, str], found)


Found = Callable[[Part, Any], None]

TOLD = ("Location", "ETag", "Total-Count", "Next-Page-Token", "Allow")
"""The headers that say something about what was asked."""


def headers(answer: Answer) -> str:
    """What an answer says in its headers, which a `text` block with its status may show."""
    return "\n".join(f"{name}: {answer.headers[name.lower()]}" for name in TOLD if name.lower() in answer.headers)


def read(page: str, hub: Hub, dialect: str, found: Found) -> None:
    """Read a page from top to bottom; `found` is told of each answer shown and what really came."""
    reading = Reading(hub, dialect)
    answer: Answer | None = None
    printed = ""
    for part in parts(page):
        if part.kind == "http":
            answer = reading.ask(part.text)
            printed = headers(answer)
        elif part.kind == "json":
            assert answer is not None, "an answer without a request"
            assert answer.status == part.status
            found(part, answer.json)
        elif part.kind == "sh":
            printed = reading.run(part.text)
        elif part.kind == "text":
            assert part.status == 200 or (answer is not None and answer.status == part.status)
            found(part, printed)
        else:
            reading.then(part.text)


# ---- comparing


def fits(shown: Any, came: Any) -> bool:
    """Whether an answer is the one shown: key by key in the same order; `…` in a text stands for any letters."""
    if isinstance(shown, dict) and isinstance(came, dict):
        left, right = cast(dict[str, Any], shown), cast(dict[str, Any], came)
        return list(left) == list(right) and all(fits(v, right[k]) for k, v in left.items())
    if isinstance(shown, list) and isinstance(came, list):
        those, these = cast(list[Any], shown), cast(list[Any], came)
        return len(those) == len(these) and all(map(fits, those, these))
    if isinstance(shown, str) and isinstance(came, str) and "…" in shown:
        return re.fullmatch(".+".join(map(re.escape, shown.split("…"))), came, re.S) is not None
    return bool(shown == came) and isinstance(shown, bool) == isinstance(came, bool)


def opened(shown: Any, came: Any, name: str = "") -> Any:
    """The answer that came, with what the page leaves open left open."""
    if isinstance(came, dict):
        before = cast(dict[str, Any], shown if isinstance(shown, dict) else {})
        return {k: opened(before.get(k), v, k) for k, v in cast(dict[str, Any], came).items()}
    if isinstance(came, list):
        every = cast(list[Any], shown if isinstance(shown, list) else [])
        return [opened(every[n] if n < len(every) else None, v) for n, v in enumerate(cast(list[Any], came))]
    if isinstance(came, str) and (name in VARIES or (isinstance(shown, str) and "…" in shown and fits(shown, came))):
        return shown if isinstance(shown, str) and fits(shown, came) else "…"
    return came


def laid_out(value: Any, indent: str = "") -> str:
    """JSON as a person would lay it out: on one line what fits there."""
    flat = str(json.dumps(value, ensure_ascii=False))
    if len(indent) + len(flat) <= 100 or not isinstance(value, dict | list):
        return flat
    deeper = f"{indent}  "
    if isinstance(value, dict):
        named = cast(dict[str, Any], value)
        each = [f"{json.dumps(k, ensure_ascii=False)}: {laid_out(v, deeper)}" for k, v in named.items()]
        first, last = "{}"
    else:
        each = [laid_out(v, deeper) for v in cast(list[Any], value)]
        first, last = "[]"
    inside = ",\n".join(f"{deeper}{e}" for e in each)
    return f"{first}\n{inside}\n{indent}{last}"


# ---- the tests


@pytest.mark.parametrize("book", books(), ids=lambda b: f"{b[0].parent.name}/{b[0].stem}")
def test_a_request_gets_the_answer_that_its_page_shows(book: list[Path], request: pytest.FixtureRequest):

    def compare(part: Part, came: Any) -> None:
        if part.kind == "text":
            assert fits(part.text.strip(), came.strip()), came
            return
        shown = json.loads(part.text)
        assert fits(shown, came), laid_out(opened(shown, came))

    path = book[0]
    name = "small_hub" if writes(path) else "own_hub" if commands(path) else "hub"
    hub = request.getfixturevalue(name)
    for path in book:
        read(path.read_text(), hub, path.parent.name, compare)


@pytest.mark.parametrize(
    ("dialect", "names"),
    [("xporter", {e.segment for e in ENDPOINTS.values()}), ("edlink", {*RESOURCES, "events", "licenses", "my"})],
)
def test_everything_that_a_dialect_answers_has_a_page_of_its_name(dialect: str, names: set[str]):
    assert names <= {p.stem for p in PAGES if p.parent.name == dialect}


CERTIFIED = {
    *("schools", "courses", "programs", "classPeriods", "locations", "descriptorMappings"),
    *("calendars", "calendarDates", "gradingPeriods", "sessions", "bellSchedules", "courseOfferings", "sections"),
    *(
        "staffs",
        "staffEducationOrganizationAssignmentAssociations",
        "staffSchoolAssociations",
        "staffSectionAssociations",
    ),
    *("students", "graduationPlans", "studentSchoolAssociations", "studentEducationOrganizationAssociations"),
    *("studentEducationOrganizationResponsibilityAssociations", "studentSectionAssociations"),
    *("contacts", "studentContactAssociations", "cohorts", "staffCohortAssociations", "studentCohortAssociations"),
    *("disciplineIncidents", "studentDisciplineIncidentBehaviorAssociations", "disciplineActions"),
    *("studentProgramAssociations", "studentCTEProgramAssociations", "studentHomelessProgramAssociations"),
    *("studentLanguageInstructionProgramAssociations", "studentMigrantEducationProgramAssociations"),
    *("studentNeglectedOrDelinquentProgramAssociations", "studentSchoolFoodServiceProgramAssociations"),
    *("studentSpecialEducationProgramAssociations", "studentTitleIPartAProgramAssociations"),
    *(
        "studentSchoolAttendanceEvents",
        "studentSectionAttendanceEvents",
        "grades",
        "studentAcademicRecords",
        "courseTranscripts",
    ),
}
"""The resources that the certification of an SIS on Data Standard 5 is about."""


def test_every_resource_of_a_certification_has_its_scenarios_on_a_page():
    pages = "".join(p.read_text() for p in PAGES if p.stem.startswith("certification-"))
    assert len(CERTIFIED) == 45
    assert set(re.findall(r"^POST /edfi/data/v3/ed-fi/(\w+)$", pages, re.M)) >= CERTIFIED


def test_pages_that_come_after_each_other_are_read_in_that_order():
    (book,) = (b for b in books() if len(b) > 1)
    assert [p.stem for p in book[:3]] == [
        "certification-organisations",
        "certification-calendars",
        "certification-schedules",
    ]
    assert sorted(p for b in books() for p in b) == PAGES


@pytest.mark.parametrize("dialect", sorted({p.parent.name for p in PAGES}))
def test_the_index_lists_every_page(dialect: str):
    index = (EXAMPLES / dialect / "README.md").read_text()
    assert {f"({p.name})" for p in PAGES if p.parent.name == dialect} <= set(re.findall(r"\([\w-]+\.md\)", index))


@pytest.mark.parametrize(
    ("shown", "came"),
    [
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        ({"a": 1}, {"a": 1, "b": 2}),
        ([1], [1, 2]),
        ("2026-…", "2027-01-01"),
        ("…", ""),
        ("…", None),
        (1, "1"),
        (1, True),
    ],
)
def test_a_page_is_taken_to_the_letter(shown: Any, came: Any):
    assert not fits(shown, came)


def test_three_dots_stand_for_what_differs_from_run_to_run():
    assert fits({"LastUpdated": "2026-…T…", "Id": "1"}, {"LastUpdated": "2026-11-20T08:45:00.123", "Id": "1"})


@pytest.mark.slow
@pytest.mark.parametrize("name", ["xporter/Health", "edlink/districts"])
def test_pages_written_twice_differ_in_nothing(name: str, hub: Hub, tmp_path: Path):
    committed = (EXAMPLES / f"{name}.md").read_text()
    path = tmp_path / f"{name}.md"
    path.parent.mkdir()
    path.write_text(outdated(committed))
    assert path.read_text() != committed
    for _ in range(2):
        write_page(path, hub)
        assert path.read_text() == committed


def outdated(page: str) -> str:
    """The page with an answer as it never was."""
    last = next(part for part in reversed(parts(page)) if part.kind == "json")
    return page[: last.at] + json.dumps(json.loads(last.text) | {"Old": 1}) + page[last.end - 1 :]


# ---- writing the answers into the pages


def write_page(path: Path, hub: Hub) -> None:
    """Put the answers of today into a page."""
    page = path.read_text()
    changes: list[tuple[Part, str]] = []

    def put(part: Part, came: Any) -> None:
        # What is still true stays as it was laid out: a page differs only where its answers do.
        if part.kind == "json":
            shown = json.loads(part.text.strip() or "null")
            if not fits(shown, came):
                changes.append((part, laid_out(opened(shown, came)) + "\n"))
        elif not fits(part.text.strip(), came.strip()):
            changes.append((part, came.rstrip() + "\n"))

    read(page, hub, path.parent.name, put)
    for part, text in reversed(changes):
        page = page[: part.at] + text + page[part.end :]
    path.write_text(page)


def main(*names: str) -> None:
    """Write every page anew, or those that are named (`Students`)."""
    with tempfile.TemporaryDirectory() as folder:
        whole = cache(lambda: demo_schools(1.0, Path(folder, "whole")))
        for book in (b for b in books() if not names or {p.stem for p in b} & {*names}):
            path = book[0]
            own = Path(folder, path.parent.name, path.stem)
            # What others have read of a hub stands in its ledger, so a page of its own begins with a new one.
            size = 0.05 if writes(path) else 1.0
            hub = Hub(demo_schools(size, own) if writes(path) or commands(path) else whole())
            for path in book:
                write_page(path, hub)
            hub.close()


if __name__ == "__main__":
    os.environ.setdefault("COLUMNS", "100")
    main(*sys.argv[1:])
