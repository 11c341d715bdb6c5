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

GIVEN = os.environ.get("ROLLBOOK_POSTGRES_BIN")
"""Where the programs of another version are, to be tried instead."""

FOLDERS = [Path(GIVEN).resolve()] if GIVEN else DEBIAN

BIN = next((folder for folder in FOLDERS if (folder / "pg_ctl").exists()), None) or (
    Path(found).resolve().parent if (found := shutil.which("pg_ctl")) and not GIVEN else None
)

ABSENT = "PostgreSQL is not installed (Debian: postgresql), so nothing was tried on it"


@contextmanager
def served(*settings: str) -> Generator[str]:
    """A server that listens at a socket in a folder of its own; gives how to connect. Settings are `name=value`."""
    with folder_of_a_server() as folder:
        # LC_COLLATE 'C': texts are compared by their code points, as SQLite does.
        run("initdb", "-D", str(folder / "data"), "-U", "rollbook", "-A", "trust", "-E", "UTF8", "--locale=C")
        started(folder, *settings)
        try:
            yield f"host={folder} user=rollbook dbname=postgres"
        finally:
            stopped(folder)


@contextmanager
def folder_of_a_server() -> Generator[Path]:
    """A folder of the user whom PostgreSQL runs as, for a server's data, socket and log."""
    # Where the tests' own files lie in memory, so do the server's.
    where = os.environ.get("PYTEST_DEBUG_TEMPROOT")
    with tempfile.TemporaryDirectory(prefix="rollbook-postgres-", dir=where) as name:
        folder = Path(name)
        os.chmod(folder, 0o700)
        _owned(folder)
        yield folder


def restart(address: str) -> None:
    """End a server and all its sessions, and start it again in the way in which it was started."""
    folder = Path(address.split()[0].removeprefix("host="))
    run("pg_ctl", "-D", str(folder / "data"), "-l", str(folder / "log"), "-m", "fast", "-w", "restart")


def started(folder: Path, *settings: str) -> None:
    """Start the server of a folder."""
    options = f"-k {folder} -c listen_addresses='' -c fsync=off" + "".join(f" -c {one}" for one in settings)
    run("pg_ctl", "-D", str(folder / "data"), "-l", str(folder / "log"), "-w", "-o", options, "start")


def stopped(folder: Path) -> None:
    """End the server of a folder at once, if it is there."""
    if (folder / "data" / "postmaster.pid").exists():
        run("pg_ctl", "-D", str(folder / "data"), "-m", "immediate", "-w", "stop")


def run(program: str, *words: str) -> None:
    """Run one of PostgreSQL's programs."""
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
