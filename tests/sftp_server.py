"""An OpenSSH server of a test's own on loopback, in a folder that goes with it."""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

SSHD = next((found for name in ("sshd", "/usr/sbin/sshd") if (found := shutil.which(name))), None)

ABSENT = (
    "OpenSSH's server is not installed, so nothing was tried against a real SFTP server: apt-get install openssh-server"
)

PASSPHRASE = "a heron on one leg"

CONFIG = """
Port {port}
ListenAddress 127.0.0.1
HostKey {folder}/host
AuthorizedKeysFile {folder}/authorized
PidFile none
StrictModes no
UsePAM no
PasswordAuthentication no
PermitRootLogin prohibit-password
Subsystem sftp internal-sftp
"""


@dataclass
class SftpServer:
    """A server that is up: whoever runs the tests signs in with a key."""

    folder: Path
    port: int

    def address(self, path: Path | str) -> str:
        """The address of a path, which is the same there and here."""
        return f"sftp://{getpass.getuser()}@127.0.0.1:{self.port}{path}"

    @property
    def fingerprint(self) -> str:
        """The fingerprint of its key, as ssh-keygen tells it."""
        told = subprocess.run(
            ["ssh-keygen", "-lf", self.folder / "host.pub"], capture_output=True, text=True, check=True
        )
        return told.stdout.split()[1]

    @property
    def key(self) -> str:
        """The private key of the user, which has a passphrase."""
        return (self.folder / "user").read_text()

    @property
    def signing(self) -> dict[str, str]:
        """The settings with which the user signs in."""
        return {"private-key": self.key.strip(), "passphrase": PASSPHRASE, "host-key": self.fingerprint}


@contextmanager
def serving_sftp() -> Generator[SftpServer]:
    """A server on loopback, as long as the context lasts."""
    assert SSHD is not None
    with tempfile.TemporaryDirectory(prefix="sftp-") as made:
        folder = Path(made)
        for name, words in (("host", ""), ("user", PASSPHRASE)):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", words, "-f", folder / name], check=True)
        shutil.copy(folder / "user.pub", folder / "authorized")
        server = SftpServer(folder, _free())
        (folder / "config").write_text(CONFIG.format(port=server.port, folder=folder))
        if os.geteuid() == 0:
            Path("/run/sshd").mkdir(exist_ok=True)
        with (folder / "log").open("w") as log:
            running = subprocess.Popen(
                [SSHD, "-D", "-e", "-f", folder / "config"], stderr=log, stdin=subprocess.DEVNULL
            )
        try:
            _wait(server)
            yield server
        finally:
            running.terminate()
            running.wait(10)


def _free() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def _wait(server: SftpServer) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", server.port), 1).close()
            return
        except ConnectionRefusedError:
            time.sleep(0.05)
    raise AssertionError((server.folder / "log").read_text())
