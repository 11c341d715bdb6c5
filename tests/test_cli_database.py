"""The commands on a hub in PostgreSQL: each that takes `--data` takes `--database`, and works there."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from rollbook.cli import main

from .postgres import ABSENT, BIN, served
from .test_cli import run, said

PARTY = "app.example.org"


def commands(group: click.Command = main, name: str = "") -> Iterator[tuple[str, click.Command]]:
    """Every command with its name, as it is typed."""
    if isinstance(group, click.Group):
        context = click.Context(group)
        for one in group.list_commands(context):
            found = group.get_command(context, one)
            assert found is not None
            yield from commands(found, f"{name} {one}".strip())
    if not isinstance(group, click.Group) or group.invoke_without_command:
        yield name, group


def test_a_command_that_takes_a_directory_takes_a_database() -> None:
    takes = {name: {param.name for param in command.params} for name, command in commands()}
    assert len(takes) > 50
    # One command names a directory and a database for itself: it moves from the one into the other.
    named = {name for name, params in takes.items() if "data" in params and "database" not in params}
    assert named == {"migrate-store"}


STORY = """
schools list
schools mis {estab} SIMS
schools key {estab}
apps add other.example.org --name Other
apps grant {party} {estab} --scopes School,Student,Contact,Staff
apps widen {party} {estab} --scopes UPN
apps narrow {party} {estab} --scopes School,Student,UPN
apps pause {party} {estab}
apps resume {party} {estab}
apps people {party} {estab} students all
apps ask {party} School --reason Timetables
apps register {party} --contact help@example.org
apps signing-secret {party}
apps key {party} edfi
apps keys
apps list
apps veiled
apps secret {party}
query school.students --select Id --estab {estab} --app {party}
disclosures --school {estab} --student 1
invites signatory {estab} head@example.org
invites add {party} {estab}
invites link {party} {estab}
invites renew {party} {estab}
invites list
invites revoke {party} {estab}
jobs
research users add ada@example.org
research users administrator ada@example.org
research users list
research token ada@example.org
research projects list
research projects proposals
sources list
districts list
sources show oneroster-csv:d
sources pause oneroster-csv:d
agents add oakfield
agents rotate oakfield
agents list
agents revoke oakfield
agents remove oakfield
apps revoke {party} {estab}
export records-csv {folder}/out.zip
"""
"""What an operator may type, one after the other."""


@pytest.mark.slow
@pytest.mark.skipif(BIN is None and not os.environ.get("CI"), reason=ABSENT)
def test_an_operators_day_on_a_database(tmp_path: Path) -> None:
    roster = tmp_path / "roster.zip"
    said("demo", "roster", "--out", roster)
    with served() as address:
        where = "--data", tmp_path / "hub", "--database", address
        assert "holds no records" in run("schools", "list", *where).stderr
        said("import", "oneroster-csv", roster, *where)
        again = json.loads(said("import", "oneroster-csv", roster, "--json", *where))
        schools = json.loads(said("schools", "list", "--json", *where))
        values = {"estab": schools[0]["estab"], "party": PARTY, "folder": tmp_path}
        said("apps", "add", PARTY, *where)
        failed = {
            line: done.stderr
            for line in STORY.strip().splitlines()
            if (done := run(*line.format(**values).split(), *where)).returncode
        }
        assert failed == {}
        copied = json.loads(said("import", "records-csv", tmp_path / "out.zip", "--dry-run", "--json", *where))
    assert len(schools) == 2
    assert {one[what] for one in again["kinds"] for what in ("new", "changed", "gone")} == {0}
    assert {one["kind"] for one in copied["kinds"]} > {"School", "Student", "Group"}
