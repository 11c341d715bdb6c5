"""`rollbook backup` and `rollbook restore`."""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import click

from ..errors import Conflict, Problem, Stop
from ..settings import BACKUP_PASSPHRASE, KEY
from .common import (
    data_folder,
    data_option,
    database,
    json_option,
    made_whole,
    open_store,
    print_json,
    say,
    wants_json,
    warn,
)

if TYPE_CHECKING:
    from ..operation.archive import Manifest


@click.command()
@click.argument("place", type=click.Path(file_okay=False, path_type=Path))
@data_option()
@click.option("--keep", type=click.IntRange(1), help="Delete all backups in PLACE but so many, the newest ones.")
@click.option("--with-key", is_flag=True, help="Put the hub's key into it although it is not encrypted.")
@json_option()
def backup(place: Path, data: Path | None, keep: int | None, with_key: bool, as_json: bool) -> None:
    """Copy a hub into one file, while it is served.

    The file is a new one in the directory PLACE.
    Records, consent, jobs and the ledger of disclosures are of one moment. The file is read back before it gets its
    name: each of its hashes is compared, and each database is looked through. With a passphrase in
    ROLLBOOK_BACKUP_PASSPHRASE, or in the file that ROLLBOOK_BACKUP_PASSPHRASE_FILE names, it is encrypted, and holds
    the hub's key as well.
    """
    from ..ingest.erasing import write_list
    from ..operation import archive

    passphrase = BACKUP_PASSPHRASE.get()
    with open_store(data) as store:
        keyed = with_key or bool(passphrase)
        path, manifest = archive.make(store, place, passphrase, with_key=keyed, now=time.time())
        write_list(store, place)
    gone = archive.forget(place, keep) if keep else []
    facts = {**_facts(path, manifest), "encrypted": bool(passphrase), "deleted": [str(one) for one in gone]}
    if wants_json(as_json):
        print_json(facts)
    else:
        say(f"{path} holds the hub: {path.stat().st_size:,} bytes, read back and compared.")
    if not manifest.holds_key:
        warn(
            "The hub's key is not in it. Keep hub.key (or ROLLBOOK_KEY) elsewhere: without it, secrets and links that"
            " apps and schools hold no longer work."
        )


@click.command()
@click.argument("source", type=click.Path(exists=True, path_type=Path))
@data_option()
@click.option(
    "--erasures",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A later list of people who were erased than the one beside the backup: they are erased again.",
)
@click.option("--check", "only", is_flag=True, help="Only see that the backup is whole: unpack it and compare hashes.")
@json_option()
def restore(source: Path, data: Path | None, erasures: Path | None, only: bool, as_json: bool) -> None:
    """Make a hub of a backup.

    SOURCE is its file, or a directory, of which it is the newest one.
    It goes into a data directory that holds no hub, or with --database into an empty database. Nothing is overwritten.
    Whoever has been erased since the backup is erased again: by the list erasures.json beside it, in the data
    directory, or given with --erasures.
    """
    from ..operation import archive

    path, passphrase = archive.newest(source), BACKUP_PASSPHRASE.get()
    if only:
        manifest = archive.check(path, passphrase)
    else:
        folder = data_folder(data)
        manifest = _into_database(path, folder, passphrase) if database() else _into_folder(path, folder, passphrase)
    facts = _facts(path, manifest)
    if wants_json(as_json):
        print_json(facts)
    else:
        say(f"{path} is whole, of {facts['made']}." if only else f"The hub of {facts['made']} is back.")
    if not only:
        _tell_of_key(data_folder(data), manifest)
        _erase_again(data, path, erasures)


def _facts(path: Path, manifest: Manifest) -> dict[str, Any]:
    made = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(manifest.made))
    files = {one.name: one.sha256 for one in manifest.files}
    return {"backup": str(path), "made": made, "layout": manifest.layout, "key": manifest.holds_key, "files": files}


def _into_folder(path: Path, folder: Path, passphrase: str | None) -> Manifest:
    from ..operation import archive
    from ..store import copies
    from ..store.numbering import now

    there = [name for name in copies.holding(folder) if name != "hub.key"]
    if there:
        hint = "name a directory that is empty, or does not exist, with --data"
        raise Conflict(Problem(str(folder), f"holds {there[0]}", hint))
    with made_whole(folder) as aside:
        aside.mkdir(mode=0o700)
        manifest = archive.unpack(path, aside, passphrase)
        copies.check(aside)
        copies.go_on_behind(aside, now())
        _refuse_another_key(folder, aside)
    return manifest


def _refuse_another_key(folder: Path, aside: Path) -> None:
    """Raise `Conflict` where a key would take the place of another one."""
    there, brought = (place / "hub.key" for place in (folder, aside))
    if there.exists() and brought.exists() and there.read_bytes() != brought.read_bytes():
        raise Conflict(Problem(str(there), "is another key than the backup holds", "move it away first"))


def _into_database(path: Path, folder: Path, passphrase: str | None) -> Manifest:
    from ..operation import archive
    from ..store import copies
    from ..store.numbering import now
    from ..store.opening import need_postgres, opened

    need_postgres()
    from ..store.transfer import into_database

    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with TemporaryDirectory(dir=folder, prefix="restoring-") as place:
        aside = Path(place)
        manifest = archive.unpack(path, aside, passphrase)
        _refuse_another_key(folder, aside)
        # A copy of an older layout is brought up to date before it moves.
        opened(aside).close()
        copies.go_on_behind(aside, now())
        into_database(aside, database() or "")
        if manifest.holds_key:
            shutil.copyfile(aside / "hub.key", folder / "hub.key")
            (folder / "hub.key").chmod(0o600)
    return manifest


def _erase_again(data: Path | None, backup: Path, given: Path | None) -> None:
    """Erase whoever was erased after the backup was made, as far as the lists that are at hand tell."""
    from ..ingest.erasing import again, read_list
    from ..ingest.erasing.listing import NAME

    folder = data_folder(data)
    listed = read_list([folder / NAME, backup.parent / NAME, *([given] if given else [])])
    if listed and not (KEY.get() or (folder / "hub.key").exists()):
        warn("People have been erased since. With the key in place, run `rollbook people erasures --again LIST`.")
        return
    if not listed:
        return
    with open_store(data) as store:
        count = again(store, listed, "restore")
    if count:
        say(f"{count} people who were erased after the backup was made are erased again.")


def _tell_of_key(folder: Path, manifest: Manifest) -> None:
    """Say so where the key that is there is not the one that the backup's hub had."""
    import hmac

    from ..operation.archive import known_by
    from ..store.secrets import hub_key

    if not (folder / "hub.key").exists() and not KEY.get():
        warn(f"Its key was not in the backup: put hub.key into {folder}, or set ROLLBOOK_KEY, before you serve it.")
        return
    key = hub_key(folder)
    if known_by(lambda purpose: hmac.digest(key, purpose.encode(), "sha256")) != manifest.key:
        raise Stop("the key that is there is not the one of this hub", hint="put its hub.key or ROLLBOOK_KEY in place")
