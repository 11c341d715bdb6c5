"""E-mail addresses, and texts that go into letters: what is taken for one."""

from __future__ import annotations

import re

from ..errors import Problem
from ..settings import SMTP
from ..store.kept import Kept

LONGEST = 254
"""The longest address (RFC 5321 §4.5.3.1.3, less the angle brackets)."""

# Narrower than RFC 5322: no quotes, comments or spaces, so that no address can be read as two, or as a header.
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")


def mails() -> bool:
    """Whether this process can send e-mail."""
    return bool(SMTP.get())


SENDS_MAIL = "sends mail"
"""The setting that keeps whether the hub, as it was last served, could send e-mail (`yes`)."""


def sends_mail(kept: Kept) -> bool:
    """Whether e-mail can be sent by this process, or by the hub that is served beside it."""
    return mails() or kept.settings.get(SENDS_MAIL) == "yes"


def is_address(text: str) -> bool:
    """Whether a text is one e-mail address and nothing else."""
    return len(text) <= LONGEST and _ADDRESS.fullmatch(text) is not None


def address_problems(where: str, text: str) -> list[Problem]:
    """What is wrong with an e-mail address."""
    return [] if is_address(text) else [Problem(where, f"{text[:60]!r} is not an e-mail address")]


def line_problems(where: str, text: str, longest: int = 200) -> list[Problem]:
    """What is wrong with a text that must stand on one line."""
    if not text.isprintable():
        return [Problem(where, "must be one line without control characters")]
    return [Problem(where, f"is longer than {longest} characters")] if len(text) > longest else []
