"""A mail server on the loopback address that keeps what it is given."""

from __future__ import annotations

import socket
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, cast

from aiosmtpd.controller import Controller


@dataclass
class Postbox:
    """The letters that came, with whom each was sent to; `refuses` is what the server says to the next ones."""

    letters: list[EmailMessage] = field(default_factory=list[EmailMessage])
    envelopes: list[tuple[str, list[str]]] = field(default_factory=list[tuple[str, list[str]]])
    refuses: str = ""
    port: int = 0

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Take a letter, as a mail server does."""
        if self.refuses:
            return self.refuses
        letter = message_from_bytes(cast(bytes, envelope.content), policy=policy.default)
        self.letters.append(letter)
        self.envelopes.append((envelope.mail_from, list(envelope.rcpt_tos)))
        return "250 OK"

    def text(self, number: int = -1) -> str:
        """What stands in a letter."""
        return str(self.letters[number].get_content())


@contextmanager
def receiving() -> Generator[Postbox]:
    """A mail server, while the block lasts."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        box = Postbox(port=free.getsockname()[1])
    controller = Controller(box, hostname="127.0.0.1", port=box.port)
    controller.start()
    try:
        yield box
    finally:
        controller.stop()
