"""Several callers at once, against a real server: nothing is lost or doubled, and nobody is told of a fault."""

from __future__ import annotations

import http.client
import json
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.district import ED_FI, cohort, enrolment, place, student, word

from ..test_server import Served
from .school_year import ESTAB

pytestmark = pytest.mark.slow

CALLERS = 8


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A running demo."""
    with Served(Path(tmp_path_factory.mktemp("served"), "data")) as one:
        yield one


class Line:
    """One caller with a connection of its own."""

    def __init__(self, served: Served, token: str) -> None:
        self.connection: http.client.HTTPConnection = served.connection()
        self.token = token

    def ask(self, method: str, path: str, body: Any = None, **more: str) -> tuple[int, dict[str, str], Any]:
        """Status, headers and what came back."""
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json", **more}
        sent = None if body is None else json.dumps(body)
        self.connection.request(method, path if path.startswith("/") else f"{ED_FI}/{path}", sent, headers)
        answer = self.connection.getresponse()
        came = answer.read()
        return answer.status, {n.lower(): v for n, v in answer.getheaders()}, json.loads(came) if came else None


@pytest.fixture(scope="module")
def token(served: Served) -> str:
    """The demo's own Ed-Fi key, exchanged."""
    facts = served.facts["edfi"]
    connection = served.connection()
    body = {"grant_type": "client_credentials", "client_id": facts["key"], "client_secret": facts["secret"]}
    connection.request("POST", "/edfi/oauth/token", json.dumps(body), {"Content-Type": "application/json"})
    return json.loads(connection.getresponse().read())["access_token"]


@pytest.fixture
def lines(served: Served, token: str) -> list[Line]:
    """Eight callers."""
    return [Line(served, token) for _ in range(CALLERS)]


def together(lines: list[Line], do: Callable[[Line, int], list[int]]) -> Counter[int]:
    """What every caller got, who all did something at the same time."""
    with ThreadPoolExecutor(len(lines)) as pool:
        done = pool.map(do, lines, range(len(lines)))
        return Counter(status for statuses in done for status in statuses)


def test_many_at_once_write_different_documents(lines: list[Line]) -> None:
    def write(line: Line, number: int) -> list[int]:
        return [line.ask("POST", "cohorts", cohort(f"{number}-{at}", ESTAB))[0] for at in range(40)]

    before = int(lines[0].ask("GET", "cohorts?totalCount=true&limit=0")[1]["total-count"])
    assert together(lines, write) == {201: CALLERS * 40}
    after = int(lines[0].ask("GET", "cohorts?totalCount=true&limit=0")[1]["total-count"])
    assert after - before == CALLERS * 40


def test_many_at_once_write_the_same_document(lines: list[Line]) -> None:
    def write(line: Line, number: int) -> list[int]:
        return [line.ask("POST", "cohorts", cohort(f"same-{at}", ESTAB))[0] for at in range(30)]

    assert together(lines, write) == {201: 30, 200: (CALLERS - 1) * 30}
    for at in range(30):
        assert len(lines[0].ask("GET", f"cohorts?cohortIdentifier=same-{at}")[2]) == 1


def test_many_at_once_tell_of_the_same_students_and_enrol_them(lines: list[Line]) -> None:
    def write(line: Line, number: int) -> list[int]:
        found: list[int] = []
        for at in range(15):
            found.append(line.ask("POST", "students", student(f"many-{at}"))[0])
            found.append(line.ask("POST", "studentSchoolAssociations", enrolment(f"many-{at}", ESTAB))[0])
            held = place("crowd", ESTAB, f"many-{at}", "2026-09-14")
            found.append(line.ask("POST", "studentCohortAssociations", held)[0])
        return found

    lines[0].ask("POST", "cohorts", cohort("crowd", ESTAB))
    assert together(lines, write) == {201: 45, 200: (CALLERS - 1) * 45}
    for at in range(15):
        for resource in ("students", "studentSchoolAssociations", "studentCohortAssociations"):
            assert len(lines[0].ask("GET", f"{resource}?studentUniqueId=many-{at}")[2]) == 1


def test_a_student_is_one_while_some_enrol_and_others_end_the_enrolment(lines: list[Line]) -> None:
    """Whoever is posted moves between those who wait and those who are enrolled, and no write falls between."""
    body = student("to-and-fro")
    identity = lines[0].ask("POST", "students", body)[1]["location"].rsplit("/", 1)[-1]

    def write(line: Line, number: int) -> list[int]:
        return enrol_and_end(line) if number % 2 else rename(line, number)

    def enrol_and_end(line: Line) -> list[int]:
        for _ in range(8):
            told = line.ask("POST", "studentSchoolAssociations", enrolment("to-and-fro", ESTAB))
            line.ask("DELETE", f"studentSchoolAssociations/{told[1]['location'].rsplit('/', 1)[-1]}")
        return []

    def rename(line: Line, number: int) -> list[int]:
        found: list[int] = []
        for at in range(8):
            changed = {**body, "middleName": f"{number}-{at}"}
            found += [line.ask("POST", "students", changed)[0], line.ask("PUT", f"students/{identity}", changed)[0]]
        return found

    assert together(lines, write) == {200: CALLERS // 2 * 8, 204: CALLERS // 2 * 8}
    assert len(lines[0].ask("GET", "students?studentUniqueId=to-and-fro")[2]) == 1


def test_of_many_updates_that_rest_on_the_same_version_one_wins(lines: list[Line]) -> None:
    lines[0].ask("POST", "cohorts", cohort("race", ESTAB))
    (first,) = lines[0].ask("GET", "cohorts?cohortIdentifier=race")[2]

    def write(line: Line, number: int) -> list[int]:
        body = cohort("race", ESTAB) | {"cohortDescription": f"written by {number}"}
        return [line.ask("PUT", f"cohorts/{first['id']}", body, **{"If-Match": first["_etag"]})[0]]

    assert together(lines, write) == {204: 1, 412: CALLERS - 1}


def test_of_many_deletes_one_finds_the_document(lines: list[Line]) -> None:
    ids: list[str] = []
    for at in range(10):
        _, headers, _ = lines[0].ask("POST", "cohorts", cohort(f"gone-{at}", ESTAB))
        ids.append(headers["location"].rsplit("/", 1)[-1])

    def remove(line: Line, number: int) -> list[int]:
        return [line.ask("DELETE", f"cohorts/{identity}")[0] for identity in ids]

    assert together(lines, remove) == {204: 10, 404: (CALLERS - 1) * 10}


def test_who_reads_while_others_write_sees_whole_documents_each_once(lines: list[Line]) -> None:
    def work(line: Line, number: int) -> list[int]:
        found: list[int] = []
        for at in range(15):
            if number % 2:
                found.append(line.ask("POST", "cohorts", cohort(f"while-{number}-{at}", ESTAB))[0])
                continue
            seen: list[str] = []
            path: str | None = "cohorts"
            while path:
                status, headers, page = line.ask("GET", path)
                found.append(status)
                assert all(d["cohortTypeDescriptor"].startswith(word("CohortType", "")) for d in page)
                seen += [d["id"] for d in page]
                after = headers.get("next-page-token")
                path = f"cohorts?pageSize=200&pageToken={after}" if after else None
            assert len(seen) == len(set(seen))
        return found

    assert together(lines, work).keys() == {200, 201}


def test_many_at_once_write_many_kinds_of_things(lines: list[Line]) -> None:
    def work(line: Line, number: int) -> list[int]:
        unique = f"kinds-{number}"
        own = {"namespace": "uri://kinds.example", "codeValue": f"Kind {number}", "shortDescription": "x"}
        found = [
            line.ask("POST", "cohortTypeDescriptors", own)[0],
            line.ask("POST", "students", student(unique))[0],
            line.ask("POST", "studentSchoolAssociations", enrolment(unique, ESTAB))[0],
        ]
        used = cohort(unique, ESTAB) | {"cohortTypeDescriptor": f"uri://kinds.example#Kind {number}"}
        found.append(line.ask("POST", "cohorts", used)[0])
        found.append(line.ask("POST", "studentCohortAssociations", place(unique, ESTAB, unique, "2026-09-14"))[0])
        return found

    assert together(lines, work) == {201: CALLERS * 5}
