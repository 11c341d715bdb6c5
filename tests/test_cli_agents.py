"""`rollbook agents` and `rollbook export`, as they are typed."""

from __future__ import annotations

import json
from pathlib import Path

from rollbook.agent import read_credential
from rollbook.consent import Desk
from rollbook.errors import NotSignedIn
from rollbook.store.sqlite import Store
from tests.looking import look

from .hub import Hub
from .test_cli import refused, run, said
from .test_cli_keys import lines


def admitted(data: Path, key: str, secret: str) -> str | None:
    """The name of the agent that shows a credential."""
    with Store(data) as store:
        try:
            return Desk(store).agents.admit(key, secret).name
        except NotSignedIn:
            return None


def test_an_agents_credential_is_shown_once_and_can_be_changed_and_ended(tmp_path: Path) -> None:
    data = tmp_path / "hub"
    printed = said("agents", "add", "oakfield", "--data", data)
    (tmp_path / "file").write_text(printed)
    first = read_credential(tmp_path / "file")
    assert admitted(data, first.key, first.secret) == "oakfield"
    listed = said("agents", "list", "--data", data)
    assert "oakfield" in listed
    assert json.loads(listed)[0]["lastContact"] is None
    assert first.secret not in listed
    second = lines(said("agents", "rotate", "oakfield", "--data", data))
    assert admitted(data, first.key, first.secret) is None
    assert admitted(data, second["key"], second["secret"]) == "oakfield"
    said("agents", "revoke", "oakfield", "--data", data)
    assert admitted(data, second["key"], second["secret"]) is None
    assert json.loads(said("agents", "list", "--data", data))[0]["active"] is False
    said("agents", "remove", "oakfield", "--data", data)
    assert "oakfield" not in said("agents", "list", "--data", data)


def test_an_agent_has_a_name_of_its_own_and_a_source_that_is_there(tmp_path: Path) -> None:
    said("agents", "add", "oakfield", "--data", tmp_path)
    assert "Oakfield is already taken" in refused("agents", "add", "Oakfield", "--data", tmp_path)
    assert "must be a name without spaces" in refused("agents", "add", "oak field", "--data", tmp_path)
    assert "nothing was imported" in refused("agents", "add", "elm", "--source", "records-csv:1", "--data", tmp_path)
    assert "did you mean oakfield?" in refused("agents", "rotate", "oakfeld", "--data", tmp_path)


def test_records_are_exported_as_they_are_imported(small_hub: Hub, tmp_path: Path) -> None:
    data, path = small_hub.store.folder, tmp_path / "records.zip"
    told = said("export", "records-csv", path, "--district", "Larkspur Learning Trust", "--data", data)
    assert f"records of Larkspur Learning Trust to {path}." in told
    assert "Larkspur Learning Trust" in run("import", "records-csv", path, "--data", tmp_path / "other").stdout
    refusal = refused("export", "records-csv", path, "--data", data)
    assert "must identify one district" in refusal
    # An agent goes on where the import left off.
    with Store(tmp_path / "other") as store:
        source = look(store, "SELECT DISTINCT source FROM source_row").get
    said("agents", "add", "larkspur", "--source", source, "--data", tmp_path / "other")
    assert "9994001" in said("agents", "list", "--data", tmp_path / "other")
