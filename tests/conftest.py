"""What tests share: the demo schools, built once, and hubs over them."""

from __future__ import annotations

import gc
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from .begun import begin_from_copies
from .databases import WANTED
from .demo_data import demo_schools, no_schools
from .hub import Hub
from .postgres import ABSENT, BIN

LAWS = Path(__file__).parent / "laws"

FILES = "looks at the files of a data directory"
"""Why a test that is marked `files` is not run over PostgreSQL."""

MEMORY, ROOM = Path("/dev/shm"), 12 * 1024**3
"""A disk in memory, and how many bytes it and the machine must have left for the files of tests to lie there."""


@pytest.hookimpl(tryfirst=True)
def pytest_configure() -> None:
    """Look for garbage seldom, keep compiled modules, and the tests' files in memory where there is plenty.

    A third of the processor went into looking for garbage among what a process of tests holds for good, and thousands
    of hubs wait for the disk. Hundreds of commands and servers are started, and where `PYTHONDONTWRITEBYTECODE` is set,
    as in many containers, each would compile all of Rollbook again: half of what it takes to start.
    """
    gc.set_threshold(100_000, 50, 100)
    begin_from_copies()
    sys.dont_write_bytecode = False
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    if MEMORY.is_dir() and min(shutil.disk_usage(MEMORY).free, _available()) > ROOM:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the laws, and say of a test that was to be run over PostgreSQL that it was not.

    A file of laws takes a minute or two: begun last, it would be waited for while the other processors have nothing
    left to do. Over PostgreSQL nothing is run where that is missing, nor what means files.
    """
    items.sort(key=lambda item: item.path.parent != LAWS)
    absent = BIN is None and not os.environ.get("CI")
    for item in items if WANTED else ():
        if absent or item.get_closest_marker("files"):
            item.add_marker(pytest.mark.skip(reason=ABSENT if absent else FILES))


def _available() -> int:
    told = dict(line.split(":") for line in Path("/proc/meminfo").read_text().splitlines())
    return int(told["MemAvailable"].split()[0]) * 1024


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo schools at their full size; to be read only."""
    return demo_schools(1.0, tmp_path_factory.mktemp("demo"))


@pytest.fixture(scope="session")
def small_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo schools at a twentieth of their size, served before; to be copied by those who change them."""
    return served(demo_schools(0.05, tmp_path_factory.mktemp("small")))


@pytest.fixture(scope="session")
def empty_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A hub without schools, served before; to be copied."""
    return served(no_schools(tmp_path_factory.mktemp("empty")))


def served(folder: Path) -> Path:
    """A data directory that holds what a first start adds to it, so that its copies start in a third of the time."""
    Hub(folder).close()
    return folder


@pytest.fixture(scope="session")
def hub(demo_folder: Path) -> Iterator[Hub]:
    """A hub over the demo schools, for tests that read."""
    served = Hub(demo_folder)
    yield served
    served.close()


@pytest.fixture
def small_hub(small_folder: Path, tmp_path: Path) -> Iterator[Hub]:
    """A hub over small demo schools of its own, for tests that write."""
    served = Hub.copy(small_folder, tmp_path / "hub")
    yield served
    served.close()


@pytest.fixture
def own_hub(tmp_path: Path) -> Iterator[Hub]:
    """A hub over demo schools of its own at their full size, which nobody has read, for tests that change consent."""
    served = Hub(demo_schools(1.0, tmp_path / "hub"))
    yield served
    served.close()
