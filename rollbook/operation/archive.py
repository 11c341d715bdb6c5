"""A backup: one file with a hub's files, the hash of each, and what they are a copy of.

It is a tar archive, compressed, and encrypted where there is a passphrase. It gets its name when it is whole and has
been read back: every file was unpacked again, its hash compared, and every database looked through.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import shutil
import tarfile
import time
import zlib
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO, cast

import msgspec

from .. import __version__
from ..errors import Conflict, NotFound, Problem, Stop
from ..store import copies
from ..store.port import Store
from .encrypting import MAGIC, Decrypting, Encrypting, NotUnsealed

SUFFIX = ".backup"
KEY = "hub.key"
MANIFEST = "manifest.json"
FORMAT = 1

KNOWN_BY = "key is known by"
"""The setting that keeps what the hub's key is known by, since it was last served."""

PATIENCE_SECONDS = 300.0
"""How long a backup waits for others who write, such as an import."""


class Copied(msgspec.Struct, frozen=True):
    """A file in a backup."""

    name: str
    bytes: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True):
    """What a backup is a copy of."""

    format: int
    rollbook: str
    made: float
    """Seconds since 1970."""
    layout: int
    key: str
    """What the hub's key is known by, which tells nothing of it."""
    files: tuple[Copied, ...]

    @property
    def holds_key(self) -> bool:
        """Whether the hub's key is in it."""
        return any(one.name == KEY for one in self.files)


# ---- making one


def make(store: Store, place: Path, passphrase: str | None, *, with_key: bool, now: float) -> tuple[Path, Manifest]:
    """Make a backup of a hub in a directory, and read it back; gives its path."""
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = place / f"rollbook-{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime(now))}{SUFFIX}"
    if path.exists():
        raise Conflict(Problem(str(path), "is there already", "wait a second, then try again"))
    # A hub has its key from when it first asks for one.
    key, partial = known_by(store.secret), path.with_suffix(".partial")
    try:
        with TemporaryDirectory(dir=place, prefix=".copying-") as aside:
            store.copy_to(Path(aside), PATIENCE_SECONDS)
            if with_key and (store.folder / KEY).exists():
                shutil.copyfile(store.folder / KEY, Path(aside, KEY))
            manifest = _described(Path(aside), store, key, now)
            _write(partial, Path(aside), manifest, passphrase)
        check(partial, passphrase, place)
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)
    return path, manifest


def known_by(secret: Callable[[str], bytes]) -> str:
    """What a hub's key is known by."""
    return secret("which key a backup is of").hex()[:16]


def _described(folder: Path, store: Store, key: str, now: float) -> Manifest:
    found = tuple(
        Copied(path.name, path.stat().st_size, _hash(path))
        for path in sorted(folder.iterdir())
        if path.name in (*copies.FILES, KEY)
    )
    return Manifest(FORMAT, __version__, now, store.layout(), key, found)


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write(path: Path, folder: Path, manifest: Manifest, passphrase: str | None) -> None:
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        sealed = Encrypting(file, passphrase) if passphrase else None
        into = cast(BinaryIO, sealed or file)
        with (
            gzip.GzipFile(fileobj=into, mode="wb", compresslevel=3, mtime=0) as packed,
            tarfile.open(fileobj=packed, mode="w|") as tar,
        ):
            _pack(tar, folder, manifest)
        if sealed is not None:
            sealed.close()
        file.flush()
        os.fsync(file.fileno())


def _pack(tar: tarfile.TarFile, folder: Path, manifest: Manifest) -> None:
    told, head = msgspec.json.encode(manifest), tarfile.TarInfo(MANIFEST)
    head.size, head.mode = len(told), 0o600
    tar.addfile(head, io.BytesIO(told))
    for one in manifest.files:
        tar.add(folder / one.name, one.name)


# ---- reading one


def check(path: Path, passphrase: str | None, place: Path | None = None) -> Manifest:
    """Unpack a backup where nobody sees it, compare every hash, look through every database; raises `Stop`."""
    with TemporaryDirectory(dir=place, prefix=".checking-") as aside:
        manifest = unpack(path, Path(aside), passphrase)
        copies.check(Path(aside))
        return manifest


def unpack(path: Path, folder: Path, passphrase: str | None) -> Manifest:
    """Unpack a backup into a folder; raises `Stop` where it is not what was packed."""
    try:
        with _opened(path, passphrase) as tar:
            manifest = _manifest(path, tar)
            expected = {one.name: one for one in manifest.files}
            if not expected.keys() <= {*copies.FILES, KEY}:
                raise _damaged(path, "tells of a file that no hub has")
            while (member := tar.next()) is not None:
                one = expected.pop(member.name, None)
                if one is None or not member.isfile():
                    raise _damaged(path, "holds a file that it does not tell of")
                _take(path, tar, member, folder / one.name, one)
    except NotUnsealed as error:
        raise _damaged(path, error.problems[0].what) from None
    except (EOFError, OSError, tarfile.TarError, zlib.error, msgspec.MsgspecError) as error:
        raise _damaged(path, "is not whole") from error
    missing = [*expected, *({*copies.FILES} - {one.name for one in manifest.files})]
    if missing:
        raise _damaged(path, f"lacks {missing[0]}")
    return manifest


@contextmanager
def _opened(path: Path, passphrase: str | None) -> Generator[tarfile.TarFile]:
    try:
        file = path.open("rb")
    except FileNotFoundError:
        raise NotFound(Problem(str(path), "is not there")) from None
    with file:
        sealed = file.read(len(MAGIC)) == MAGIC
        if sealed and not passphrase:
            raise Stop(Problem(str(path), "is encrypted", "set ROLLBOOK_BACKUP_PASSPHRASE, or the same with _FILE"))
        if not sealed:
            file.seek(0)
        stream: Any = Decrypting(file, passphrase or "") if sealed else file
        with gzip.GzipFile(fileobj=stream, mode="rb") as packed, tarfile.open(fileobj=packed, mode="r|") as tar:
            yield tar
            # What says that the archive is whole comes last.
            packed.read()


def _manifest(path: Path, tar: tarfile.TarFile) -> Manifest:
    head = tar.next()
    told = tar.extractfile(head) if head is not None and head.name == MANIFEST else None
    if told is None:
        raise Stop(Problem(str(path), "is no backup of a hub"))
    manifest = msgspec.json.decode(told.read(), type=Manifest)
    if manifest.format > FORMAT:
        raise Stop(Problem(str(path), f"was made by Rollbook {manifest.rollbook}", "restore it with that version"))
    return manifest


def _take(path: Path, tar: tarfile.TarFile, member: tarfile.TarInfo, into: Path, one: Copied) -> None:
    source = tar.extractfile(member)
    assert source is not None
    with open(os.open(into, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        shutil.copyfileobj(source, file, 1024 * 1024)
        file.flush()
        os.fsync(file.fileno())
    if into.stat().st_size != one.bytes or _hash(into) != one.sha256:
        raise _damaged(path, f"holds another {one.name} than was put into it")


def _damaged(path: Path, what: str) -> Stop:
    older = [one.name for one in listed(path.parent) if one.name < path.name]
    return Stop(Problem(str(path), what, f"the one before is {older[-1]}" if older else "take another backup"))


# ---- many of them


def listed(place: Path) -> list[Path]:
    """The backups in a directory, oldest first."""
    return sorted(place.glob(f"rollbook-*{SUFFIX}"))


def newest(place: Path) -> Path:
    """The backup that is meant: the file itself, or the newest one of a directory."""
    if not place.is_dir():
        return place
    found = listed(place)
    if not found:
        raise NotFound(Problem(str(place), "holds no backup"))
    return found[-1]


def forget(place: Path, keep: int) -> list[Path]:
    """Delete all backups of a directory but the newest ones; gives those that are gone."""
    gone = listed(place)[:-keep]
    for path in gone:
        path.unlink()
    return gone
