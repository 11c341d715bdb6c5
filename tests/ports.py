"""Ports for servers that are started, or started again, where they are told to listen."""

from __future__ import annotations

import random
import socket
from pathlib import Path

GIVEN = Path("/proc/sys/net/ipv4/ip_local_port_range")
"""Where Linux says which ports it gives to those who ask for any: to clients too, for each of their connections."""


def free_port() -> int:
    """A port that is free, and stays so until it is asked for by its number, whatever else the machine does."""
    first = int(GIVEN.read_text().split()[0]) if GIVEN.exists() else 32_768
    # The seeds of tests are no matter of chance: two of them that run at once would choose the same.
    dice = random.SystemRandom()
    while True:
        port = dice.randrange(10_000, max(first, 20_000))
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)):
                return port
