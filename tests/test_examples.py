"""The pages of tests/examples, executed: each request gets the answer that its page shows.

`python -m tests.test_examples` writes the answers of today into the pages and keeps what they leave open (`…`).
"""

from __future__ import annotations

import json
import os
import re
import shlex
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote

import pytest
from click.testing import CliRunner

from rollbook import cli
from rollbook.app import application
from rollbook.dialects.xporter.catalogue import ENDPOINTS
from rollbook.model.people import Person
from rollbook.model.students import Student

from .conftest import _build  # pyright: ignore[reportPrivateUsage]
from .hub import THORNFIELD, Answer, Hub

EXAMPLES = Path(__file__).parent / "examples"
PAGES = sorted(p for p in EXAMPLES.glob("*/*.md") if p.stem != "README")
APP = "revision.example.org"

_BLOCK = re.compile(r"^```(?P<kind>http|json|sh|text)(?: (?P<status>\d+))?\n(?P<text>.*?)^```$", re.M | re.S)
_STEP = re.compile(r"^> Then (?P<then>.+?)\.$", re.M)
_RENAMED = re.compile(r"the school changes the surname of student (\d+) to (\w+)")
_GONE = re.compile(r"student (\d+) is gone from the school's records")

VARIES = {"LastUpdated", "RowHash", "token", "expires", "Expires", "SnapshotDate"}
"""Facts that differ from run to run; a page that is written anew leaves them open."""


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


def writes(page: str) -> bool:
    """Whether a page changes records, so that it needs a hub of its own."""
    return any(p.kind == "then" for p in parts(page))


class Reading:
    """One page being read, by somebody who does what it says."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self.known: dict[str, str] = {}
        self.token = hub.token(app=APP)

    # ---- requests

    def ask(self, text: str) -> Answer:
        """Send an `http` block; the token that was given last goes with it unless it brings its own."""
        head, _, body = self.filled(text).partition("\n\n")
        line, *lines = head.strip().split("\n")
        method, path = line.split(" ", 1)
        headers = {name.lower(): value.strip() for name, _, value in (h.partition(":") for h in lines)}
        token = None if "authorization" in headers else self.token
        answer = self.hub.ask(method, quote(path, safe="/?&=%*,$:+"), token, body.strip().encode(), **headers)
        given = answer.json.get("token")
        self.token = given if isinstance(given, str) else self.token
        return answer

    def filled(self, text: str) -> str:
        """The text with what commands and answers gave, such as `{schoolSecret}`."""
        for name, value in self.known.items():
            text = text.replace(f"{{{name}}}", value)
        return text

    def remember(self, answer: dict[str, Any]) -> None:
        """Keep the name of a data set, so that the next request can send it."""
        for row in answer.get("__changedRows__", []):
            self.known["NextChangedRows"] = row["NextChangedRows"]

    # ---- steps

    def run(self, text: str) -> str:
        """Run a `sh` block; a secret that it prints is known from then on, and a new grant gets a new token."""
        printed = ""
        for line in text.replace("\\\n", " ").strip().split("\n"):
            program, *words = shlex.split(line)
            assert program == "rollbook", line
            if words[0] == "apps":
                self.hub.app(words[2])
            result = CliRunner().invoke(
                cli.main, words, obj=application, env={"ROLLBOOK_DATA": str(self.hub.store.folder), "COLUMNS": "100"}
            )
            assert result.exit_code == 0, result.exception
            printed += result.output
            self.known |= dict(re.findall(r"^(\w+Secret): (\S+)$", result.output, re.M))
            if words[:2] == ["apps", "grant"]:
                self.token = self.hub.desk.sign_in(words[2], self.known["schoolSecret"], words[3])[0]
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
        found = self.hub.store.records.execute(
            "SELECT s.district, s.id, s.person FROM student s JOIN school ON school.id = s.school"
            " WHERE s.mis_id = ? AND school.estab = ?",
            (mis_id, THORNFIELD),
        ).fetchone()
        assert found is not None, mis_id
        return cast(tuple[int, str, str], found)


Found = Callable[[Part, Any], None]


def read(page: str, hub: Hub, found: Found) -> None:
    """Read a page from top to bottom; `found` is told of each answer shown and what really came."""
    reading = Reading(hub)
    answer: Answer | None = None
    printed = ""
    for part in parts(page):
        if part.kind == "http":
            answer = reading.ask(part.text)
        elif part.kind == "json":
            assert answer is not None, "an answer without a request"
            assert answer.status == part.status
            reading.remember(answer.json)
            found(part, answer.json)
        elif part.kind == "sh":
            printed = reading.run(part.text)
        elif part.kind == "text":
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


@pytest.mark.parametrize("path", PAGES, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_a_request_gets_the_answer_that_its_page_shows(path: Path, request: pytest.FixtureRequest):
    page = path.read_text()

    def compare(part: Part, came: Any) -> None:
        if part.kind == "text":
            assert fits(part.text.strip(), came.strip()), came
            return
        shown = json.loads(part.text)
        assert fits(shown, came), laid_out(opened(shown, came))

    read(page, request.getfixturevalue("small_hub" if writes(page) else "hub"), compare)


def test_every_endpoint_has_a_page_of_its_name():
    assert {e.segment for e in ENDPOINTS.values()} <= {p.stem for p in PAGES if p.parent.name == "xporter"}


def test_the_index_lists_every_page():
    index = (EXAMPLES / "xporter" / "README.md").read_text()
    assert {f"({p.name})" for p in PAGES if p.parent.name == "xporter"} <= set(re.findall(r"\([\w-]+\.md\)", index))


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


# ---- writing the answers into the pages


def write_page(path: Path, hub: Hub) -> None:
    """Put the answers of today into a page."""
    page = path.read_text()
    changes: list[tuple[Part, str]] = []

    def put(part: Part, came: Any) -> None:
        if part.kind == "json":
            changes.append((part, laid_out(opened(json.loads(part.text.strip() or "null"), came)) + "\n"))
        elif not fits(part.text.strip(), came.strip()):
            changes.append((part, came.rstrip() + "\n"))

    read(page, hub, put)
    for part, text in reversed(changes):
        page = page[: part.at] + text + page[part.end :]
    path.write_text(page)


def main() -> None:
    """Write every page anew."""
    with tempfile.TemporaryDirectory() as folder:
        whole, small = _build(Path(folder, "whole"), 1.0), _build(Path(folder, "small"), 0.05)
        for path in PAGES:
            hub = Hub.copy(small, Path(folder, path.stem)) if writes(path.read_text()) else Hub(whole)
            write_page(path, hub)
            hub.close()


if __name__ == "__main__":
    os.environ.setdefault("COLUMNS", "100")
    main()
