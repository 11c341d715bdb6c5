"""The bench compares like with like."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from bench import lightbeam
from bench.changing import KINDS
from bench.client import content
from bench.dialects import check_dialects, measure_edfi
from bench.lightbeam import Sender
from bench.reading import EDFI, Field, Sizes, check_agreement, hub_path, measure_changes, open_field, sockets_for
from bench.writing import Mill, bare_commits, check_writes, measure_writes

pytestmark = pytest.mark.slow

TINY = Sizes(small=30, large=40, rounds=1, repeat=2, written=3, sent=2)


@pytest.fixture(scope="module")
def field(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Field]:
    """Small schools, and both servers over them."""
    with ExitStack() as stack:
        yield open_field(stack, tmp_path_factory.mktemp("bench"), TINY)


def test_the_servers_that_are_compared_tell_the_same_rows(field: Field) -> None:
    assert check_agreement(field) == 30 + 30 + 1


def test_they_tell_the_same_in_every_dialect(field: Field) -> None:
    # Ed-Fi: a list and one; Edlink and OneRoster: a list; research: one answer with all its cohorts and subjects.
    assert check_dialects(field) == 30 + 1 + 30 + 30 + 1


def test_research_cohorts_hold_every_student_of_the_school(field: Field) -> None:
    with field.calling_peer() as peer:
        answer = peer.json("/research/cohorts?limit=100")
    assert ([c["name"] for c in answer["cohorts"]], len(answer["subjects"])) == (["Form 0000", "Form 0001"], 30)


def test_they_tell_the_same_of_what_was_written_twice(field: Field) -> None:
    assert check_writes(field) == 3


def test_bare_sockets_send_the_very_bytes_that_rollbook_sent(field: Field) -> None:
    with ExitStack() as stack:
        path = hub_path(field.small)
        hub = stack.enter_context(field.asking(field.small))
        answer = hub.raw(path)
        bare = sockets_for(stack, field, "list", {path: answer})
        assert bare.raw(path) == answer
        assert len(hub.json(path)["Students"]) == 30
        assert bare.time(path).size == len(answer) - answer.index(b"\r\n\r\n") - 4
        assert content(answer).startswith(b'{"Students":[')


def test_a_dialect_is_measured_cold_and_warm(field: Field) -> None:
    assert [line.what.rpartition(" (")[2] for line in measure_edfi(field)] == ["cold)", "warm)"] * 2


def test_change_sets_are_measured_after_a_change_of_each_kind_of_record(field: Field) -> None:
    line = measure_changes(field)[-1]
    assert line.what == f"changedRows, one row of 40 changed, slowest of {len(KINDS)} facts"
    assert any(kind.name in line.rollbook for kind in KINDS)


@pytest.mark.parametrize("whose", ["hub", "peer"])
def test_a_write_that_is_refused_is_not_counted(field: Field, whose: str) -> None:
    wire = field.calling("edfi") if whose == "hub" else field.calling_peer()
    with wire, pytest.raises(ConnectionError, match=r"HTTP/1\.1 4"):
        wire.post(f"{EDFI}/studentCohortAssociations", b"{}")


def test_writes_are_measured_beside_commits_and_without_lightbeam_that_is_said(
    field: Field, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(lightbeam, "PLACE", tmp_path)
    *plain, last = measure_writes(field)
    assert [line.what for line in plain] == [
        "Ed-Fi writes, cohorts, 1 plain connection",
        "Ed-Fi writes, cohorts, 8 plain connections",
        "Ed-Fi writes, studentCohortAssociations, 1 plain connection",
        "Ed-Fi writes, studentCohortAssociations, 8 plain connections",
    ]
    assert all(line.sockets.endswith("commits/s (bare SQLite)") and line.to_fastapi for line in plain)
    assert last.rollbook == "not measured: lightbeam is not there (`make clients`)"
    assert "run `make clients`. Its writes are NOT measured." in capsys.readouterr().out


def test_places_are_never_the_same_twice() -> None:
    made = Mill("1", ["a", "b"], "x").make("studentCohortAssociations", 2_000)
    assert len({(p["studentReference"]["studentUniqueId"], p["beginDate"]) for p in made}) == 2_000


def test_a_failing_lightbeam_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "lightbeam").write_text("#!/bin/sh\necho 'the API is away' >&2\nexit 1\n")
    (tmp_path / "lightbeam").chmod(0o755)
    monkeypatch.setattr(lightbeam, "PLACE", tmp_path)
    with pytest.raises(RuntimeError, match="the API is away"):
        Sender(tmp_path / "sent", "http://127.0.0.1:9/edfi", "key", "secret").send({"cohorts": []})


def test_commits_are_counted_by_the_second(tmp_path: Path) -> None:
    assert bare_commits(tmp_path, 5) > 0
