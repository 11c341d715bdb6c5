"""`rollbook migrate-store`: move a hub from a data directory into a PostgreSQL database, and back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from shlex import quote

import click

from ..errors import Malformed, Problem
from ..settings import DATA, KEY
from .common import data_folder, no_password, say


@click.command("migrate-store")
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    envvar=DATA.name,
    help="The data directory. Default: ROLLBOOK_DATA, then ./data, then ./demo-data.",
)
@click.option(
    "--to", "into", metavar="URL", callback=no_password, help="Move the directory's hub into this PostgreSQL database."
)
@click.option(
    "--from",
    "out_of",
    metavar="URL",
    callback=no_password,
    help="Move this PostgreSQL database's hub into the directory.",
)
def migrate_store(data: Path | None, into: str | None, out_of: str | None) -> None:
    """Move a hub from a data directory into a PostgreSQL database, or back.

    Stop every server and worker of the hub first. Everything is moved: records, consent, settings, jobs, and the ledger
    of disclosures. The hub at the new place gives the same answers. If the command is interrupted, run it again: it
    goes on where it was. Each table is compared on both sides before the new place counts as a hub, and the hub at the
    old place stays as it is.
    """
    from ..store.opening import need_postgres

    if bool(into) == bool(out_of):
        raise Malformed(Problem("--to, --from", "name one of the two", "--to moves into a database, --from out of it"))
    need_postgres()
    from ..store.transfer import into_database, into_directory

    folder = data_folder(data)
    moved = into_database(folder, into) if into else into_directory(out_of or "", folder)
    place, other = ("the database", folder) if into else (folder, "the database")
    say(f"The hub is in {place}: {moved.rows:,} rows of {moved.tables} tables, compared with those in {other}.")
    for line in _into(folder) if into else _out_of(folder):
        say(line)


def _into(folder: Path) -> Iterator[str]:
    """What to do when the hub is in a database."""
    yield f"Serve it:  rollbook serve --data {quote(str(folder))} --database URL"
    if _key_of_environment():
        yield "Its key is the one in ROLLBOOK_KEY. Set it on every server."
    else:
        yield (
            f"Its key is the file {folder / 'hub.key'}. Copy it into the data directory of every other server: with"
            " another key, secrets and links that apps and schools hold no longer work. Do not set ROLLBOOK_KEY, which"
            " would be another key."
        )
    yield (
        f"{folder} still holds the hub as it was. Do not serve it from there again. Once you no longer need it, delete"
        " the files ending in .sqlite; keep hub.key."
    )


def _out_of(folder: Path) -> Iterator[str]:
    """What to do when the hub is in a directory."""
    yield f"Serve it:  rollbook serve --data {quote(str(folder))}"
    if _key_of_environment():
        yield "Its key is the one in ROLLBOOK_KEY. Go on setting it."
    elif (folder / "hub.key").exists():
        yield f"Its key is the file {folder / 'hub.key'}, which must be the one that the servers of the database have."
    else:
        yield (
            f"Copy hub.key from a server of the database into {folder} before you serve it. Otherwise the hub makes a"
            " new key, and secrets and links that apps and schools hold no longer work."
        )
    yield "The database still holds the hub as it was. Do not serve it from there again."


def _key_of_environment() -> bool:
    return bool(KEY.get())
