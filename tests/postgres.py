"""A PostgreSQL server of a test's own, in a folder that goes with it."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

DEBIAN = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
"""Where Debian's packages put the programs of each version, the newest first."""

BIN = next((folder for folder in DEBIAN if (folder / "pg_ctl").exists()), None) or (
    Path(found).resolve().parent if (found := shutil.which("pg_ctl")) else None
)

ABSENT = "PostgreSQL is not installed (Debian: postgresql), so nothing was tried on it"


@contextmanager
def served() -> Generator[str]:
    """A server that listens at a socket in a folder of its own; gives how to connect."""
    with tempfile.TemporaryDirectory(prefix="rollbook-postgres-") as name:
        folder = Path(name)
        os.chmod(folder, 0o700)
        _owned(folder)
        data = folder / "data"
        # LC_COLLATE 'C': texts are compared by their code points, as SQLite does.
        _run("initdb", "-D", str(data), "-U", "rollbook", "-A", "trust", "-E", "UTF8", "--locale=C")
        options = f"-k {folder} -c listen_addresses='' -c fsync=off"
        _run("pg_ctl", "-D", str(data), "-l", str(folder / "log"), "-w", "-o", options, "start")
        try:
            yield f"host={folder} user=rollbook dbname=postgres"
        finally:
            _run("pg_ctl", "-D", str(data), "-m", "immediate", "-w", "stop")


def _run(program: str, *words: str) -> None:
    assert BIN is not None
    # PostgreSQL refuses to run as root; its package has a user for it.
    user = _user().pw_uid if os.geteuid() == 0 else None
    # Its output goes nowhere rather than into a pipe, which the server would keep open.
    command, nowhere = [str(BIN / program), *words], subprocess.DEVNULL
    done = subprocess.run(command, user=user, stdout=nowhere, stderr=nowhere)
    assert done.returncode == 0, f"{program} failed"


def _user() -> pwd.struct_passwd:
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise AssertionError("nobody to run PostgreSQL as")


def _owned(folder: Path) -> None:
    if os.geteuid() == 0:
        os.chown(folder, _user().pw_uid, _user().pw_gid)
