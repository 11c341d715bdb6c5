"""What is dear to make, made once and kept until what makes it changes."""

from __future__ import annotations

import fcntl
import hashlib
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path

import grimp

import rollbook

SOURCE = Path(rollbook.__file__).parent
KEPT = SOURCE.parent / ".demo-data-of-tests"


def kept(name: str, makers: tuple[str, ...], make: Callable[[Path], None]) -> Path:
    """A folder that `make` has filled, to be copied; it is there until a module that the makers depend on changes."""
    folder = KEPT / f"{name}-{made_by(makers)}"
    KEPT.mkdir(exist_ok=True)
    # Processes that test side by side want the same one; the first makes it, the others wait.
    with (KEPT / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            for old in KEPT.glob(f"{name}-*"):
                shutil.rmtree(old)
            half = folder.with_name(f"{folder.name}.half")
            shutil.rmtree(half, ignore_errors=True)
            make(half)
            half.rename(folder)
    return folder


@cache
def made_by(makers: tuple[str, ...]) -> str:
    """A digest of every file on which modules or packages depend: they, all that they import, the migrations."""
    graph = grimp.build_graph("rollbook", cache_dir=None)
    modules = set(makers).union(*(graph.find_descendants(maker) for maker in makers))
    modules |= set().union(*(graph.find_upstream_modules(maker, as_package=True) for maker in makers))
    stems = [SOURCE.parent.joinpath(*module.split(".")) for module in modules]
    files = [file for stem in stems for file in (stem.with_suffix(".py"), stem / "__init__.py") if file.exists()]
    found = hashlib.sha256()
    for file in sorted([*files, *SOURCE.glob("store/migrations/**/*.sql")]):
        found.update(file.name.encode() + file.read_bytes())
    return found.hexdigest()[:16]
