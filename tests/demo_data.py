"""The demo schools that tests read, and a hub without any, made once and kept until what makes them changes."""

from __future__ import annotations

import json
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from rollbook import demo
from rollbook.cli.demonstrating import facts_of
from rollbook.store.sqlite import Store

from .kept import kept
from .looking import looking

MAKERS = "rollbook.demo", "rollbook.store.sqlite"

TOLD = "built.json"
"""The file in which lies what was told of the demo schools when they were made."""


def demo_schools(size: float, folder: Path) -> Path:
    """A copy of the demo schools at a size, in a folder of the caller's; made first where nobody has.

    `rollbook demo` takes them for those that it made.
    """
    _copy(_schools(size), folder)
    with Store(folder) as store:
        store.set("demo", json.dumps(facts_of(what_was_built(size))))
    return folder


def what_was_built(size: float) -> demo.Demo:
    """What was told of the demo schools of a size when they were made."""
    return msgspec.json.decode((_schools(size) / TOLD).read_bytes(), type=demo.Demo)


def no_schools(folder: Path) -> Path:
    """A data directory that holds nothing yet: to copy one takes a hundredth of the time of all migrations."""
    return _copy(kept("none", MAKERS, lambda made: Store(made).close()), folder)


@contextmanager
def new_store(folder: Path) -> Generator[Store]:
    """A store that holds nothing yet, open for a block, with ways to look into it."""
    with Store(no_schools(folder)) as store, looking(store):
        yield store


def _schools(size: float) -> Path:
    return kept(f"{size:g}", MAKERS, lambda folder: _build(folder, size))


def _build(folder: Path, size: float) -> None:
    with Store(folder) as store:
        made = demo.build(store, size=size)
    (folder / TOLD).write_bytes(msgspec.json.encode(made))


def _copy(made: Path, folder: Path) -> Path:
    return Path(shutil.copytree(made, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns(TOLD)))
