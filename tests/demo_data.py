"""The demo schools that tests read, and a hub without any, made once and kept until what makes them changes."""

from __future__ import annotations

import fcntl
import hashlib
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path

import grimp

import rollbook
from rollbook import demo
from rollbook.store.sqlite import Store

SOURCE = Path(rollbook.__file__).parent
KEPT = SOURCE.parent / ".demo-data-of-tests"


@cache
def made_by() -> str:
    """A digest of every file that the demo's records depend on: its modules, all that they import, the migrations."""
    graph = grimp.build_graph("rollbook", cache_dir=None)
    modules = graph.find_upstream_modules("rollbook.demo", as_package=True)
    modules |= {"rollbook.demo", *graph.find_descendants("rollbook.demo")}
    stems = [SOURCE.parent.joinpath(*module.split(".")) for module in modules]
    files = [file for stem in stems for file in (stem.with_suffix(".py"), stem / "__init__.py") if file.exists()]
    found = hashlib.sha256()
    for file in sorted([*files, *SOURCE.glob("store/migrations/*.sql")]):
        found.update(file.name.encode() + file.read_bytes())
    return found.hexdigest()[:16]


def demo_schools(size: float, folder: Path) -> Path:
    """A copy of the demo schools at a size, in a folder of the caller's; made first where nobody has."""
    return _copy(f"{size:g}", folder, lambda store: demo.build(store, size=size))


def no_schools(folder: Path) -> Path:
    """A data directory that holds nothing yet: to copy one takes a hundredth of the time of all migrations."""
    return _copy("none", folder, lambda store: None)


def _copy(name: str, folder: Path, fill: Callable[[Store], object]) -> Path:
    kept = KEPT / f"{name}-{made_by()}"
    KEPT.mkdir(exist_ok=True)
    # Processes that test side by side want the same one; the first makes it, the others wait.
    with (KEPT / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            for old in KEPT.glob(f"{name}-*"):
                shutil.rmtree(old)
            half = kept.with_name(f"{kept.name}.half")
            shutil.rmtree(half, ignore_errors=True)
            with Store(half) as store:
                fill(store)
            half.rename(kept)
    return Path(shutil.copytree(kept, folder, dirs_exist_ok=True))
