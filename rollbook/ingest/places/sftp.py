"""Files on an SFTP server, whose key has to be the one that is kept of it."""

from __future__ import annotations

import asyncio
import hmac
import stat
import time
from collections.abc import AsyncGenerator, Callable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, TypeVar

from ...errors import Malformed, Problem, RollbookError, Stop, Unavailable
from ..rows import Reading, Request
from ..web.service import service_of
from .address import Address
from .choosing import MOST_FILES, Entry, choose, members
from .incoming import Incoming

if TYPE_CHECKING:
    import asyncssh

T = TypeVar("T")

SETTLED_AFTER = 2.0
"""Seconds after which a file that is being written has another size, or another moment."""

PIECE = 4 << 20
"""Bytes that are asked for at once; within them many requests are under way."""

STEP = 30.0
"""Seconds for connecting, for signing in, and for a server that says nothing."""

ABSENT = "The hub cannot speak SFTP: asyncssh is not installed"


def collect(address: Address, reading: Reading, incoming: Incoming) -> tuple[Path, str]:
    """Fetch a file, or the set of a folder that is taken; gives where it is now, and what was fetched in words."""
    deadline = service_of(reading.settings, f"https://{address.host}").deadline
    return _run(address, deadline, lambda: _collect(address, reading, incoming))


def place(address: Address, file: Path, name: str, settings: Mapping[str, str]) -> None:
    """Put a file into a folder under a name, which it has when it is there whole: until then what had it, has it."""
    deadline = service_of(settings, f"https://{address.host}").deadline
    _run(address, deadline, lambda: _place(address, file, name, settings))


async def _place(address: Address, file: Path, name: str, settings: Mapping[str, str]) -> None:
    import asyncssh

    shown = _Shown(settings.get("host-key", ""))
    folder = PurePosixPath(address.path)
    part, whole = (str(folder / one) for one in (f".{name}.part", name))
    try:
        async with (
            _connected(address, shown, _signing(settings)) as connection,
            connection.start_sftp_client() as client,
        ):
            await client.put(str(file), part)
            if (await client.stat(part)).size != file.stat().st_size:
                raise Unavailable(Problem(address.where, "did not take all of the file", "send it again later"))
            try:
                await client.posix_rename(part, whole)
            except asyncssh.SFTPOpUnsupported:
                # Without OpenSSH's extension what has the name has to go before (SFTP 3, section 6.5).
                if await client.exists(whole):
                    await client.remove(whole)
                await client.rename(part, whole)
    except _Unknown:
        raise shown.error(address.host) from None


def host_key(address: Address) -> tuple[str, str]:
    """The kind of the key that a server shows to whoever connects, and its fingerprint. Nobody signs in."""

    async def look() -> tuple[str, str]:
        shown = _Shown("")
        try:
            async with _connected(address, shown, {}):
                raise AssertionError("a server was believed whose key is not known")
        except _Unknown:
            return shown.kind, shown.fingerprint

    return _run(address, STEP * 2, look)


class _Unknown(Exception):
    """The server's key is not the one that is kept."""


class _Shown:
    """The key that a server shows, beside those that are kept of it."""

    def __init__(self, kept: str) -> None:
        self.kept = kept.replace(",", " ").split()
        self.kind = self.fingerprint = ""

    def accept(self, key: asyncssh.SSHKey) -> bool:
        """Whether a key is kept of the server."""
        self.kind, self.fingerprint = key.get_algorithm(), key.get_fingerprint("sha256")
        return any(hmac.compare_digest(self.fingerprint.encode(), one.encode()) for one in self.kept)

    def error(self, host: str) -> RollbookError:
        """What to say where it is not."""
        shows = f"{host} shows the {self.kind} key {self.fingerprint}"
        if not self.kept:
            hint = f"if whoever runs the server says that it is theirs: --set host-key={self.fingerprint}"
            return Malformed(Problem("host-key", f"is not known; {shows}", hint))
        said = f"is another than the one that is kept: {shows}. Nothing was fetched, and no password was sent"
        return Stop(Problem("host-key", said, "ask whoever runs the server; set host-key if they changed their key"))


def _run(address: Address, deadline: float, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Do something with a server until a deadline, in seconds; what goes wrong is raised in the hub's words."""
    try:
        import asyncssh
    except ImportError:
        raise Malformed(Problem("path", ABSENT, "pip install 'rollbook[sftp]'")) from None

    async def bounded() -> T:
        async with asyncio.timeout(deadline):
            return await work()

    try:
        return asyncio.run(bounded())
    except TimeoutError:
        raise Unavailable(Problem(address.where, "did not answer in time", "read it again later")) from None
    except asyncssh.PermissionDenied:
        raise Malformed(Problem(address.host, "does not accept the user with this password or key")) from None
    except (asyncssh.SFTPNoSuchFile, asyncssh.SFTPNoSuchPath):
        raise Malformed(Problem(address.where, "is not there", "check the path")) from None
    except asyncssh.SFTPPermissionDenied:
        raise Malformed(Problem(address.where, "may not be read by this user")) from None
    except (asyncssh.Error, OSError) as error:
        # What an SSH server gives as a reason is its own text, and may be anything.
        why = error.strerror if isinstance(error, OSError) else type(error).__name__
        said = f"could not be read: {why or type(error).__name__}"
        raise Unavailable(Problem(address.where, said, "read it again later")) from None


@asynccontextmanager
async def _connected(
    address: Address, shown: _Shown, signing: Mapping[str, Any]
) -> AsyncGenerator[asyncssh.SSHClientConnection]:
    import asyncssh

    class Client(asyncssh.SSHClient):
        def validate_host_public_key(self, host: str, addr: str, port: int, key: asyncssh.SSHKey) -> bool:
            return shown.accept(key)

    try:
        connection = await asyncssh.connect(
            address.host,
            address.port,
            username=address.user,
            client_factory=Client,
            # Nothing of whoever runs the hub: no keys, agent or settings; of hosts an empty list, as None believes any.
            **{"known_hosts": ([], [], []), "agent_path": None, "config": None, "client_keys": None, **signing},
            connect_timeout=STEP,
            login_timeout=STEP,
            keepalive_interval=STEP / 2,
        )
    except asyncssh.HostKeyNotVerifiable:
        raise _Unknown from None
    async with connection:
        yield connection


def _signing(settings: Mapping[str, str]) -> dict[str, Any]:
    """How to sign in. Raises `Malformed` for a key that cannot be read."""
    import asyncssh

    found: dict[str, Any] = {"password": settings.get("password") or None}
    if key := settings.get("private-key"):
        try:
            found["client_keys"] = [asyncssh.import_private_key(f"{key}\n", settings.get("passphrase") or None)]
        except (asyncssh.KeyImportError, asyncssh.KeyEncryptionError):
            hint = "a file as ssh-keygen makes it; its passphrase is a secret of its own"
            raise Malformed(Problem("private-key", "cannot be read with this passphrase", hint)) from None
    return found


async def _collect(address: Address, reading: Reading, incoming: Incoming) -> tuple[Path, str]:
    shown = _Shown(reading.settings.get("host-key", ""))
    try:
        async with (
            _connected(address, shown, _signing(reading.settings)) as connection,
            connection.start_sftp_client() as client,
        ):
            path, count, size = await Visit(client, address, reading, incoming).fetch()
    except _Unknown:
        raise shown.error(address.host) from None
    what = "1 file" if count == 1 else f"{count:,} files"
    said = f"{path.name} was" if count == 1 and path.is_file() else f"{what} were"
    return path, f"{said} fetched from {address.host}, {size:,} bytes; its key is {shown.fingerprint}"


class Visit:
    """One visit to a server to fetch what an address names."""

    def __init__(self, client: asyncssh.SFTPClient, address: Address, reading: Reading, incoming: Incoming) -> None:
        self.client = client
        self.address = address
        self.reading = reading
        self.incoming = incoming

    async def fetch(self) -> tuple[Path, int, int]:
        """Fetch it; gives where it is now, how many files it is, and of how many bytes."""
        root, alone = await self._set()
        before = await self._look(root, alone)
        size = sum(one.size for one in before)
        self.incoming.bound(self.address.where, size)
        await asyncio.sleep(SETTLED_AFTER)
        self._unmoved(before, await self._look(root, alone))
        self.incoming.begin(f"{self.address.text} {root} {before!r}")
        done = 0
        for one in before:
            await self._fetch(root if alone else str(PurePosixPath(root) / one.name), one, done, size)
            done += one.size
        self._unmoved(before, await self._look(root, alone))
        files = [self.incoming.finish(f"{self.address.host} {one.name}", one.name) for one in before]
        return files[0] if alone else self.incoming.path, len(files), size

    async def _set(self) -> tuple[str, bool]:
        """The path of the set that is taken, and whether it is one file."""
        path = self.address.path
        if not await self.client.isdir(path):
            return path, True
        chosen = choose(self.address.where, await self._listed(path))
        if chosen is None:
            return path, False
        return str(PurePosixPath(path) / chosen.name), not chosen.folder

    async def _look(self, root: str, alone: bool) -> list[Entry]:
        """The files of a set as they are now."""
        if alone:
            return [await self._entry(root, PurePosixPath(root).name)]
        return sorted(members(self.address.where, await self._listed(root)))

    async def _listed(self, path: str) -> list[Entry]:
        found: list[Entry] = []
        async for one in self.client.scandir(path):
            name = one.filename.decode(errors="replace") if isinstance(one.filename, bytes) else one.filename
            if name not in (".", ".."):
                found.append(await self._entry(str(PurePosixPath(path) / name), name))
            if len(found) > MOST_FILES:
                raise Malformed(Problem(self.address.where, f"holds more than {MOST_FILES:,} files"))
        return found

    async def _entry(self, path: str, name: str) -> Entry:
        said = await self.client.stat(path)
        return Entry(name, said.size or 0, int(said.mtime or 0), stat.S_ISDIR(said.permissions or 0))

    def _unmoved(self, before: Sequence[Entry], after: Sequence[Entry]) -> None:
        moved = next((one for one in (*before, *after) if (one in before) != (one in after)), None)
        if moved:
            where = f"{self.address.host} {moved.name}"
            raise Unavailable(Problem(where, "is still being written", "read it again later"))

    async def _fetch(self, path: str, one: Entry, done: int, of: int) -> None:
        """Fetch a file from where it was left off."""
        began, part, at = time.monotonic(), self.incoming.part(one.name), self.incoming.had(one.name)
        if at >= one.size and at:
            return
        async with self.client.open(path, "rb") as file:
            with part.open("ab") as out:
                while at < one.size:
                    piece: bytes = await file.read(min(PIECE, one.size - at), at)
                    if not piece:
                        break
                    out.write(piece)
                    at += len(piece)
                    self.reading.progress("fetching", done + at, of)
        if at < one.size:
            raise Unavailable(Problem(f"{self.address.host} {one.name}", "was cut short", "read it again later"))
        shown = f"sftp://{self.address.host}/{path.lstrip('/')}"
        self.reading.note(Request("GET", shown, 0, 0, round(time.monotonic() - began, 3)))
