"""A hub in PostgreSQL answers byte for byte what it answers over files, and keeps what it is given."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from rollbook.store.connection import connect
from rollbook.store.postgres.copying import copy, number_on
from rollbook.store.postgres.making import make
from rollbook.store.postgres.session import Session

from .hub import Hub
from .laws.asking import answers, tables
from .postgres import ABSENT, BIN, served

pytestmark = [pytest.mark.slow, pytest.mark.skipif(BIN is None and not os.environ.get("CI"), reason=ABSENT)]


@dataclass(frozen=True)
class Twins:
    """The same hub twice: over files, and in PostgreSQL."""

    embedded: Hub
    served: Hub


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with served() as where:
        yield where


@pytest.fixture(scope="module")
def twins(address: str, small_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Twins]:
    """Two hubs that hold the small demo schools, with a grant of everything."""
    folder = tmp_path_factory.mktemp("twins")
    embedded = Hub.copy(small_folder, folder / "embedded")
    embedded.grant()
    (folder / "served").mkdir()
    shutil.copy(folder / "embedded" / "hub.key", folder / "served" / "hub.key")
    make(address)
    for name in ("records", "passing"):
        source, target = connect(folder / "embedded" / f"{name}.sqlite"), Session(address, name)
        copy(source, target)
        if name == "records":
            number_on(target)
        source.close()
        target.close()
    both = Twins(embedded, Hub(folder / "served", address))
    yield both
    both.embedded.close()
    both.served.close()


def test_every_answer_of_a_school_is_the_same(twins: Twins) -> None:
    embedded, in_postgres = (answers(hub, hub.token()) for hub in (twins.embedded, twins.served))
    assert len(embedded) > 80
    assert sum(len(rows) for body in embedded.values() for rows in tables(body).values()) > 1000
    assert {path for path in embedded if embedded[path] != in_postgres[path]} == set()
