"""Settings: said once, read from the environment or, if secret, from a file, and shown without secrets."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

import rollbook
from rollbook.cli import main
from rollbook.errors import Stop
from rollbook.settings import DATABASE, EVERY, KEY, RATE_LIMIT, SMTP, WRITE_WAIT, password_in, unknown
from rollbook.store.secrets import hub_key

from .test_cli import refused

SECRET = "a passphrase that nobody may ever read"


def shown(environment: dict[str, str]) -> tuple[dict[str, dict[str, str]], str]:
    """What `rollbook config` prints in an environment, by setting, and all that it says."""
    found = CliRunner().invoke(main, ["config"], env={one.name: None for one in EVERY} | environment)
    return {row["name"]: row for row in json.loads(found.stdout)}, f"{found.output} {found.exception}"


def test_each_setting_is_shown_with_its_value_and_where_it_comes_from(tmp_path: Path):
    (tmp_path / "key").write_text(f"{SECRET}\n")
    rows, _ = shown({"ROLLBOOK_PORT": "9000", "ROLLBOOK_KEY_FILE": str(tmp_path / "key")})
    assert [*rows] == [one.name for one in EVERY]
    assert (rows["ROLLBOOK_PORT"]["value"], rows["ROLLBOOK_PORT"]["source"]) == ("9000", "environment")
    assert (rows["ROLLBOOK_KEY"]["value"], rows["ROLLBOOK_KEY"]["source"]) == ("set", f"file {tmp_path / 'key'}")
    assert (rows["ROLLBOOK_WRITE_WAIT"]["value"], rows["ROLLBOOK_WRITE_WAIT"]["source"]) == ("5", "default")


def test_no_secret_is_shown():
    secrets = {
        "ROLLBOOK_KEY": SECRET,
        "ROLLBOOK_DATABASE": "postgresql://hub:hush@db.example/rollbook?password=hush",
        "ROLLBOOK_REPLICA": "host=db password=hush",
        "ROLLBOOK_SMTP_URL": "smtp://hub:hush@mail.example:587",
    }
    rows, said = shown(secrets)
    assert "hush" not in said
    assert SECRET not in said
    assert rows["ROLLBOOK_DATABASE"]["value"] == "postgresql://db.example/rollbook"
    assert rows["ROLLBOOK_REPLICA"]["value"] == "set"
    assert rows["ROLLBOOK_SMTP_URL"]["value"] == "smtp://mail.example:587"


def test_all_that_is_wrong_is_named_at_once_with_what_was_meant():
    _, said = shown({"ROLLBOOK_RATE_LIMITS": "5", "ROLLBOOK_PORT": "http", "ROLLBOOK_URL_FILE": "/etc/url"})
    assert "ROLLBOOK_RATE_LIMITS: is no setting of Rollbook (did you mean ROLLBOOK_RATE_LIMIT?)" in said
    assert "ROLLBOOK_PORT: must be a whole number from 0 to 65535 (unset, it is 8000)" in said
    assert "ROLLBOOK_URL_FILE: is no setting of Rollbook (ROLLBOOK_URL is no secret: set it directly)" in said


def test_a_value_of_the_wrong_kind_is_refused_without_repeating_it():
    for wrong in ("nan", "0", "-1", "soon"):
        with pytest.raises(Stop, match="ROLLBOOK_WRITE_WAIT: must be seconds") as refusal:
            WRITE_WAIT.get({"ROLLBOOK_WRITE_WAIT": wrong})
        assert "soon" not in str(refusal.value)
    assert RATE_LIMIT.get({"ROLLBOOK_RATE_LIMIT": " "}) == RATE_LIMIT.default


def test_a_secret_comes_from_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "key").write_text(f"{SECRET}\n")
    monkeypatch.delenv("ROLLBOOK_KEY", raising=False)
    monkeypatch.setenv("ROLLBOOK_KEY_FILE", str(tmp_path / "key"))
    assert hub_key(tmp_path) == SECRET.encode()
    monkeypatch.setenv("ROLLBOOK_KEY", SECRET)
    with pytest.raises(Stop, match="ROLLBOOK_KEY: is set, and so is ROLLBOOK_KEY_FILE"):
        hub_key(tmp_path)


def test_a_file_that_holds_no_secret_is_an_error(tmp_path: Path):
    with pytest.raises(Stop, match=r"ROLLBOOK_KEY_FILE: names .*, which cannot be read"):
        KEY.get({"ROLLBOOK_KEY_FILE": str(tmp_path / "none")})
    (tmp_path / "empty").touch()
    with pytest.raises(Stop, match="which is empty"):
        SMTP.get({"ROLLBOOK_SMTP_URL_FILE": str(tmp_path / "empty")})


def test_a_password_is_no_argument():
    assert password_in("postgresql://hub:hush@db/rollbook")
    assert password_in("host=db password = hush")
    assert not password_in("postgresql://hub@db/rollbook")
    for words in (["jobs", "--database"], ["migrate-store", "--to"]):
        said = refused(*words, "postgresql://hub:hush@db/rollbook")
        assert "holds a password, which everybody on this machine could read" in said
        assert "hush" not in said


def test_a_database_may_be_named_by_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "url").write_text("postgresql://hub:hush@127.0.0.1:1/rollbook\n")
    monkeypatch.delenv(DATABASE.name, raising=False)
    monkeypatch.setenv(DATABASE.file, str(tmp_path / "url"))
    said = refused("jobs", "--data", tmp_path)
    assert "database" in said
    assert "hush" not in said


def test_every_variable_that_the_program_speaks_of_is_declared():
    spoken: set[str] = set()
    for path in Path(rollbook.__file__).parent.rglob("*.py"):
        spoken |= set(re.findall(r"ROLLBOOK_[A-Z_]+[A-Z]", path.read_text()))
    assert unknown(dict.fromkeys(spoken, "")) == []
