"""The environments of the clients: exact versions, no word of where they come from, no silence when one is missing."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from . import conftest
from .conftest import HERE, client

LISTS = sorted(HERE.glob("*.txt"))
PACKAGES = sorted(HERE.glob("*/package.json"))


def test_every_version_is_exact() -> None:
    lines = [line for file in LISTS for line in file.read_text().splitlines() if not line.startswith("#")]
    assert [line for line in lines if not re.fullmatch(r"[\w.-]+==[\d.]+", line)] == []
    versions = [version for file in PACKAGES for version in wanted(json.loads(file.read_text()))]
    assert [version for version in versions if not re.fullmatch(r"\d+\.\d+\.\d+(-beta\.\d+)?", version)] == []
    assert len(versions) > 3


def wanted(package: dict[str, Any]) -> list[str]:
    """The versions that a package.json asks for, also of what is for one kind of machine only."""
    return [version for kind in ("dependencies", "optionalDependencies") for version in package.get(kind, {}).values()]


def test_no_file_says_where_packages_come_from() -> None:
    assert [file.name for file in [*LISTS, *PACKAGES] if "://" in file.read_text()] == []
    assert not [*HERE.glob("*/package-lock.json")]


@pytest.mark.parametrize(("ci", "ending"), [("", pytest.skip.Exception), ("true", pytest.fail.Exception)])
def test_a_missing_client_is_told_and_in_ci_a_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ci: str, ending: type[BaseException]
) -> None:
    monkeypatch.setenv("CI", ci)
    monkeypatch.setattr(conftest, "PLACE", tmp_path)
    with pytest.raises(ending, match="the client 'edfi' is not there: run 'make clients'"):
        client("edfi", "edfi.txt", tmp_path)


def test_a_client_made_from_other_versions_is_an_old_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "edfi").mkdir()
    (tmp_path / "edfi" / "ready").write_text("lightbeam==0.1.0\n")
    monkeypatch.setenv("CI", "")
    monkeypatch.setattr(conftest, "PLACE", tmp_path)
    with pytest.raises(pytest.skip.Exception, match="is an old one"):
        client("edfi", "edfi.txt", tmp_path)
