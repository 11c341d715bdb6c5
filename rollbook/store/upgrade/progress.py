"""Telling whoever waits how far it is."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path

log = logging.getLogger("rollbook")

SECONDS = 5.0
"""How long it is between two lines about the same step."""


class Progress:
    """Lines in the log of the hub, which a command shows on its error stream."""

    def __init__(self, place: Path | str) -> None:
        self.place = place
        self._told = time.monotonic()

    def say(self, text: str) -> None:
        """Tell something of the data directory, or of the database."""
        # A warning is shown wherever nobody has set up what is logged.
        log.warning("%s: %s", self.place, text)

    def follow(self, what: str, steps: Iterator[None], all_of_them: int) -> None:
        """Do steps one after the other, and tell from time to time which share of them is done."""
        for done, _ in enumerate(steps, start=1):
            self._share(what, done, all_of_them)

    def add_up(self, what: str, steps: Iterator[int], all_of_it: int) -> None:
        """Do steps of which each tells how much it has done, and tell from time to time which share that is."""
        for done in accumulate(steps):
            self._share(what, done, all_of_it)

    def _share(self, what: str, done: int, of: int) -> None:
        if time.monotonic() - self._told >= SECONDS:
            self._told = time.monotonic()
            self.say(f"{what}, {min(99, 100 * done // max(1, of))}%")


def megabytes(size: int) -> str:
    """A size in bytes as people say it."""
    return f"{max(1, round(size / 1_000_000)):,} MB"
