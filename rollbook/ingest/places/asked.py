"""What a source has to be told besides its path, when that is on another machine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..setting import Setting
from ..web.service import CERTIFICATES, HOURS, PROXY, PROXY_USER
from .address import is_address

HOST_KEY = Setting("host-key", "The key of the SFTP server, SHA256:…, as whoever runs it says", needed=False)
PASSWORD = Setting("password", "The password at the server", secret=True, needed=False)
PRIVATE_KEY = Setting(
    "private-key", "The private key to sign in with, instead of a password", secret=True, needed=False
)
PASSPHRASE = Setting("passphrase", "The passphrase of the private key", secret=True, needed=False)
USER = Setting("user", "The user of the password, at an https server", needed=False)
TOKEN = Setting("token", "The bearer token to send to an https server", secret=True, needed=False)

ASKED = (HOST_KEY, PASSWORD, PRIVATE_KEY, PASSPHRASE, USER, TOKEN, PROXY, PROXY_USER, CERTIFICATES, HOURS)
"""All that a source whose files are fetched may be told."""


def lacking(given: Mapping[str, Any]) -> tuple[Setting, ...]:
    """What is still needed to fetch from where the path is: at an SFTP server, a password or a key."""
    path = str(given.get("path", ""))
    if not (is_address(path) and path.startswith("sftp")):
        return ()
    return () if given.get(PASSWORD.name) or given.get(PRIVATE_KEY.name) else (PASSWORD,)
