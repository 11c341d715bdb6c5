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

from rollbook.store.postgres.making import make
from rollbook.store.postgres.session import Session

from .kept import kept

DEBIAN = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
"""Where Debian's packages put the programs of each version, the newest first."""

GIVEN = os.environ.get("ROLLBOOK_POSTGRES_BIN")
"""Where the programs of another version are, to be tried instead."""

FOLDERS = [Path(GIVEN).resolve()] if GIVEN else DEBIAN

BIN = next((folder for folder in FOLDERS if (folder / "pg_ctl").exists()), None) or (
    Path(found).resolve().parent if (found := shutil.which("pg_ctl")) and not GIVEN else None
)

MAKERS, MADE = ("rollbook.store", "rollbook.model"), "made"
"""What the schemas of a hub are made by, and the database of a server in which they were made."""

ABSENT = "PostgreSQL is not installed (Debian: postgresql), so nothing was tried on it"


@contextmanager
def served(*settings: str) -> Generator[str]:
    """A server that listens at a socket in a folder of its own; gives how to connect to a database that holds nothing.

    Settings are `name=value`. A copy of one that is kept, since it takes 7 s of a processor to make.
    """
    with folder_of_a_server() as folder:
        data_of_a_server(folder)
        # Nor need a page be whole after a loss of power.
        started(folder, "full_page_writes=off", *settings)
        try:
            yield _at(folder)
        finally:
            stopped(folder)


@contextmanager
def hub_served(*settings: str) -> Generator[str]:
    """The same; gives how to connect to a database that was made for a hub, and holds no record."""
    with served(*settings) as address:
        yield new_hub(address, "hub")


def new_hub(address: str, name: str) -> str:
    """A new database of a server, made for a hub; gives how to connect to it."""
    session = Session(address, "public")
    session.execute(f"CREATE DATABASE {name} TEMPLATE {MADE}")
    session.close()
    return f"{address} dbname={name}"


def data_of_a_server(folder: Path) -> None:
    """Put a copy of the data that is kept into a server's folder."""
    shutil.copytree(kept(f"postgres-{_version()}", MAKERS, _make), folder / "data")
    _owned(folder, *(folder / "data").rglob("*"), folder / "data")


def _make(folder: Path) -> None:
    """A server's data, with a database to be copied in which the schemas of a hub are."""
    with folder_of_a_server() as place:
        # LC_COLLATE 'C': texts are compared by their code points, as SQLite does.
        run("initdb", "-D", str(place / "data"), "-U", "rollbook", "-A", "trust", "-E", "UTF8", "--locale=C")
        started(place)
        session = Session(_at(place), "public")
        session.execute(f"CREATE DATABASE {MADE}")
        session.close()
        make(_at(place, MADE))
        run("pg_ctl", "-D", str(place / "data"), "-m", "fast", "-w", "stop")
        shutil.copytree(place / "data", folder)


def _at(folder: Path, database: str = "postgres") -> str:
    return f"host={folder} user=rollbook dbname={database}"


def _version() -> str:
    assert BIN is not None
    return subprocess.run([BIN / "postgres", "--version"], capture_output=True, text=True, check=True).stdout.split()[2]


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


def _owned(*files: Path) -> None:
    if os.geteuid() == 0:
        user = _user()
        for file in files:
            os.chown(file, user.pw_uid, user.pw_gid)
