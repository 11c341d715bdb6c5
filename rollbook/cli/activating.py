"""Sockets that systemd hands over (`sd_listen_fds`): who connects while a hub starts waits, and is not refused."""

from __future__ import annotations

import os
import socket

import click

FIRST = 3
"""The number of the first file that is handed over."""

TOLD = ("LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES")


def handed_over() -> socket.socket | None:
    """The socket that was handed to this process, and already listens; None where none was."""
    pid, count, _ = (os.environ.get(name, "") for name in TOLD)
    if pid != str(os.getpid()) or not count.isdigit() or count == "0":
        return None
    for name in TOLD:
        # They are said to this process, and not to those that it starts.
        os.environ.pop(name, None)
    if count != "1":
        raise click.UsageError(f"systemd hands over {count} sockets, and one is used: name one ListenStream=.")
    listening = socket.socket(fileno=FIRST)
    if listening.family not in (socket.AF_INET, socket.AF_INET6) or listening.type != socket.SOCK_STREAM:
        raise click.UsageError(
            "systemd hands over no TCP socket: name a host and a port, as in ListenStream=127.0.0.1:8000."
        )
    return listening
